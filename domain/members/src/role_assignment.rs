//! Role assignment (habilitation): a role outside networks, held through an affiliation, for a time.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::{BoxableExpression, expression::AsExpression};
use kernel::Instant;
use kernel::directory::{MemberReference, OrganizationLife, OrganizationReference};
use kernel::named::{MaybeNamed, Named};
use kernel::policy::Target;
use kernel::schema::role_assignment;
use kernel::{
    Actor, AffiliationId, AsOf, Label, MemberId, Noun, Offer, OrganizationId, Page, PrincipalId, Refusal, Role,
    RoleAssignmentId, Ruling, Seen, Validity, Version, action, clock,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

/// Role assignment (habilitation): a role outside networks, held through an affiliation, for a time.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = role_assignment, check_for_backend(Pg))]
pub struct RoleAssignment {
    /// Identifier of the role assignment.
    pub id: RoleAssignmentId,
    /// Identifier of the member who holds the role.
    pub member_id: MemberId,
    /// Member who holds the role, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<MemberReference, role_assignment::member_id>)]
    pub member: MemberReference,
    /// Identifier of the affiliation through which it is held. The role ends with it.
    pub affiliation_id: AffiliationId,
    /// Role that is held.
    pub role: Role,
    /// Identifier of the organization over which the role is held. Absent for roles of the SIG, the auditor and the
    /// DPO.
    pub organization_id: Option<OrganizationId>,
    /// Organization over which the role is held, by name. Absent: as for `organization_id`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<OrganizationReference, role_assignment::organization_id>)]
    pub organization: Option<OrganizationReference>,
    /// From when to when it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Identifier of the principal who gave the role.
    pub granted_by: PrincipalId,
    /// Version of the role assignment: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the role assignment was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the role assignment last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A role assignment to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = role_assignment, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"affiliation_id": "01900000-0000-7000-8000-000000000003", "role": "org_admin", "organization_id": "01900000-0000-7000-8000-000000000002"}))]
pub struct RoleAssignmentInput {
    /// Identifier of the affiliation through which the role is held.
    pub affiliation_id: AffiliationId,
    /// Role to give.
    pub role: Role,
    /// Identifier of the organization over which the role is held. Required for `dicom_director`, `dicom_contributor`
    /// and `org_admin`, refused for the others.
    pub organization_id: Option<OrganizationId>,
    /// When it begins to hold (UTC). Absent: now.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
    /// When it ceases to hold (UTC, excluded). Absent: with the affiliation.
    #[diesel(skip_insertion)]
    pub valid_to: Option<Instant>,
}

/// Filters of the list of role assignments.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RoleAssignmentFilter {
    /// Keeps only roles of this member.
    pub member_id: Option<MemberId>,
    /// Keeps only roles over this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only assignments of this role.
    pub role: Option<Role>,
    /// Returns roles in force at the end of this past day (Europe/Paris), with what is known today. Absent: in force
    /// now.
    #[param(inline)]
    pub as_of: Option<AsOf>,
}

/// A role assignment with the same content, from now on.
impl From<&RoleAssignment> for RoleAssignmentInput {
    fn from(it: &RoleAssignment) -> Self {
        Self {
            affiliation_id: it.affiliation_id,
            role: it.role,
            organization_id: it.organization_id,
            valid_from: None,
            valid_to: None,
        }
    }
}

/// A role assignment as the caller sees it.
pub type RoleAssignmentView = Seen<RoleAssignment>;
/// A page of role assignments.
pub type RoleAssignmentPage = Page<RoleAssignmentView>;

impl Noun for RoleAssignment {
    const NAME: &'static str = "role_assignment";
    const COLLECTION: &'static str = "role-assignments";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

/// The roles that a communication director gives within their scope.
const BY_DIRECTOR: &[Role] = &[Role::DicomContributor, Role::OrgAdmin];

const GIVERS: Label = Label {
    fr: "Cette opération est réservée à l’administration du SIG et, dans son périmètre, à la personne qui dirige la communication.",
    en: "Only SIG administrators and, within their scope, communication directors may do this.",
};
/// Why nobody gives a role to themselves.
pub const NOT_ONESELF: Label = Label {
    fr: "Vous ne pouvez pas vous attribuer un rôle : une autre personne doit le faire.",
    en: "You cannot give a role to yourself: someone else must.",
};

pub(crate) fn gives(actor: &Actor, role: Role, organization: Option<OrganizationId>) -> bool {
    let own = organization.is_some_and(|organization| actor.reaches(&[Role::DicomDirector], organization));
    actor.is_sig_admin() || (own && BY_DIRECTOR.contains(&role))
}

action!(
    /// See a role assignment: its holder, the SIG, the auditor, and those who answer for the organization.
    Read(RoleAssignmentId) on RoleAssignment as "get_role_assignment", RoleAssignment,
    |actor, it| {
        let own = it.organization_id.is_some_and(|organization| actor.reaches(Actor::KEEPERS, organization));
        Ruling::seen(actor.is_sig() || actor.is_auditor() || own || actor.member() == Some(it.member_id))
    }
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<role_assignment::table, Pg, SqlType = Bool>> {
    if actor.is_sig() || actor.is_auditor() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let reached: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).collect();
    let own = role_assignment::organization_id.eq_any(reached).and(role_assignment::organization_id.is_not_null());
    Box::new(role_assignment::member_id.eq(MemberId(actor.id.0)).or(own.assume_not_null()))
}

impl Target for RoleAssignmentInput {}

/// A role that would be given.
#[derive(Debug, Clone)]
pub struct Gift {
    /// What is asked.
    pub new: RoleAssignmentInput,
    /// The affiliation through which it would be held: its member, organization and validity. Only a caller who may give the
    /// role learns that there is none.
    pub through: Option<(MemberId, OrganizationId, Validity)>,
    /// The organization and all below it, which the role would reach.
    pub reached: Vec<OrganizationId>,
    /// Whether the organization is active.
    pub life: Option<OrganizationLife>,
}

const WITHIN: Label = Label {
    fr: "Ce rôle porterait au-delà de votre périmètre : adressez-vous à l’administration du SIG.",
    en: "This role would reach beyond your scope: ask a SIG administrator.",
};

action!(
    /// Give a role: SIG administrators, and communication directors within their scope.
    Create(RoleAssignmentInput) on RoleAssignment as "create_role_assignment", Gift,
    |actor, it| {
        let (holder, place) = it.through.map(|(holder, place, _)| (holder, place)).unzip();
        let within = it.reached.iter().chain(&place).all(|below| actor.reaches(&[Role::DicomDirector], *below));
        Ruling::Allow
            .and(gives(actor, it.new.role, it.new.organization_id), GIVERS)
            .and(actor.is_sig_admin() || within, WITHIN)
            .and(holder.is_none() || actor.member() != holder, NOT_ONESELF)
    },
    |Gift { new, life, .. }| {
        if new.role.is_scoped() != new.organization_id.is_some() {
            return Err(Refusal::Invalid("/organization_id", SCOPE));
        }
        life.as_ref().map_or(Ok(()), OrganizationLife::alive)
    }
);

const SCOPE: Label = Label {
    fr: "Indiquez une organisation pour les rôles qui portent sur une organisation, et pour ceux-là seulement.",
    en: "Name an organization for roles that are held over one, and for these only.",
};

action!(
    /// Void a role that should never have been given.
    Void(RoleAssignmentId) on RoleAssignment as "void_role_assignment", RoleAssignment,
    |actor, it| Read::rule(actor, it).for_sig_admin(actor)
);

action!(
    /// Take a role back.
    End(RoleAssignmentId) on RoleAssignment as "end_role_assignment", RoleAssignment,
    |actor, it| Read::rule(actor, it).and(gives(actor, it.role, it.organization_id), GIVERS),
    |it| if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);
