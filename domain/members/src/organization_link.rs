//! Link between organizations: a DICOM serves a ministry, a ministry supervises an operator, one succeeds another.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::{OrganizationLife, OrganizationReference};
use kernel::named::Named;
use kernel::schema::organization_link;
use kernel::{
    Noun, Offer, OrganizationId, OrganizationLinkId, Page, PrincipalId, Refusal, Ruling, Seen, Validity, Version,
    action, clock, codes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

codes! {
    /// Kind of link from one organization to another.
    LinkKind {
        Serves = "serves" ("sert (direction de la communication)", "serves (communication directorate)"),
        Supervises = "supervises" ("exerce la tutelle sur", "supervises"),
        Succeeds = "succeeds" ("succède à", "succeeds"),
    }
}

/// A link between two organizations, for a time.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization_link, check_for_backend(Pg))]
pub struct OrganizationLink {
    /// Identifier of the link.
    pub id: OrganizationLinkId,
    /// Identifier of the organization that serves, supervises or succeeds.
    pub from_id: OrganizationId,
    /// Organization that serves, supervises or succeeds, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<OrganizationReference, organization_link::from_id>)]
    pub from: OrganizationReference,
    /// Identifier of the organization that is served, supervised or succeeded.
    pub to_id: OrganizationId,
    /// Organization that is served, supervised or succeeded, by name.
    #[diesel(select_expression = Named::default(), select_expression_type = Named<OrganizationReference, organization_link::to_id>)]
    pub to: OrganizationReference,
    /// Kind of link: what the organization in `from_id` does for or to the one in `to_id`.
    pub kind: LinkKind,
    /// From when to when it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Version of the link: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the link was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the link last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// A link to create, from the organization of the address.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = organization_link, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to_id": "01900000-0000-7000-8000-000000000002", "kind": "serves"}))]
pub struct OrganizationLinkInput {
    /// Identifier of the organization that is served, supervised or succeeded.
    pub to_id: OrganizationId,
    /// Kind of link: what the organization of the address does for or to the one in `to_id`.
    pub kind: LinkKind,
    /// When it begins to hold (UTC). Absent: now.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

impl OrganizationLinkInput {
    /// A link to an organization, from now on.
    #[must_use]
    pub const fn to(to_id: OrganizationId, kind: LinkKind) -> Self {
        Self { to_id, kind, valid_from: None }
    }
}

/// A link with the same content, from now on.
impl From<&OrganizationLink> for OrganizationLinkInput {
    fn from(it: &OrganizationLink) -> Self {
        Self { to_id: it.to_id, kind: it.kind, valid_from: None }
    }
}

/// A link as the caller sees it.
pub type OrganizationLinkView = Seen<OrganizationLink>;
/// A page of links.
pub type OrganizationLinkPage = Page<OrganizationLinkView>;

impl Noun for OrganizationLink {
    const NAME: &'static str = "organization_link";
    const COLLECTION: &'static str = "organization-links";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<End>(), Offer::of::<Void>()];

    kernel::versioned!();
}

action!(
    /// See the links of an organization.
    List(OrganizationId) on OrganizationLink as "list_organization_links", (),
    |actor, ()| Ruling::Allow.for_insiders(actor)
);

action!(
    /// See a link: insiders may.
    Read(OrganizationLinkId) on OrganizationLink as "get_organization_link", OrganizationLink,
    |actor, _| Ruling::seen(actor.is_insider())
);

action!(
    /// Link an organization to another.
    Create((OrganizationId, OrganizationLinkInput)) on OrganizationLink as "create_organization_link", Vec<OrganizationLife>,
    |actor, _| Ruling::Allow.for_sig(actor),
    |ends| ends.iter().try_for_each(OrganizationLife::alive)
);

action!(
    /// Void a link that should never have been.
    Void(OrganizationLinkId) on OrganizationLink as "void_organization_link", OrganizationLink,
    |actor, _| Ruling::seen(actor.is_insider()).for_sig(actor)
);

action!(
    /// End a link.
    End(OrganizationLinkId) on OrganizationLink as "end_organization_link", OrganizationLink,
    |actor, _| Ruling::seen(actor.is_insider()).for_sig(actor),
    |it| if it.valid.ended_by(clock::now()) { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);
