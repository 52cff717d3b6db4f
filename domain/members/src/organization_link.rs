//! Link between organizations: a DICOM serves a ministry, a ministry supervises an operator, one succeeds another.

use chrono::{DateTime, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::Instant;
use kernel::directory::OrganizationLife;
use kernel::schema::organization_link;
use kernel::{
    Noun, Offer, OrganizationId, OrganizationLinkId, Page, PrincipalId, Refusal, Ruling, Seen, Validity, Version,
    action, clock, codes,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use validator::Validate;

codes! {
    /// What one organization is to another.
    LinkKind {
        Serves = "serves" ("sert (DICOM)", "serves (DICOM)"),
        Supervises = "supervises" ("exerce la tutelle", "supervises"),
        Succeeds = "succeeds" ("succède à", "succeeds"),
    }
}

/// What one organization is to another, for a time.
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = organization_link, check_for_backend(Pg))]
pub struct OrganizationLink {
    /// Its identifier.
    pub id: OrganizationLinkId,
    /// The one that serves, supervises or succeeds.
    pub from_id: OrganizationId,
    /// The one that is served, supervised or succeeded.
    pub to_id: OrganizationId,
    /// What the first is to the second.
    pub kind: LinkKind,
    /// When it holds.
    #[serde(flatten)]
    pub valid: Validity,
    /// Grows at each change.
    pub version: Version,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who recorded it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// A link to record, from the organization of the address.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = organization_link, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"to_id": "01900000-0000-7000-8000-000000000002", "kind": "serves"}))]
pub struct OrganizationLinkInput {
    /// The one that is served, supervised or succeeded.
    pub to_id: OrganizationId,
    /// What the first is to the second.
    pub kind: LinkKind,
    /// From when it holds; from now on if absent.
    #[diesel(skip_insertion)]
    pub valid_from: Option<Instant>,
}

impl OrganizationLinkInput {
    /// To an organization from now on, of which nothing more is known.
    #[must_use]
    pub const fn to(to_id: OrganizationId, kind: LinkKind) -> Self {
        Self { to_id, kind, valid_from: None }
    }
}

/// The same again, from now on.
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
