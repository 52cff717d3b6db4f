//! Action item (action): an organization does something by a day, perhaps by one of its people; both axes show the same one.

mod rules;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::prelude::*;
use kernel::directory::{MemberReference, OrganizationReference};
use kernel::patch::{clearable, replaceable};
use kernel::schema::{action_item, follow_up, member, network, organization};
use kernel::{
    ActionItemId, Count, FollowUpId, MemberId, NetworkId, Noun, Offer, OrganizationId, Page, PrincipalId, Seen,
    Version, codes, text,
};
pub use rules::{Cancel, Complete, Create, Duty, Joined, Read, Reopen, Update, may_show, not_there, of_follow_up, visible};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::follow_up::{FollowUpAxis, FollowUpConfidentiality};
use crate::network::{NetworkCode, NetworkVisibility};

text!(
    /// What is to be done, in a line.
    ActionTitle, 1..=200, Line
);
text!(
    /// What is to be done, at length.
    ActionDetail, 1..=4000, Prose
);

codes! {
    /// Where an action stands.
    ActionStatus {
        Open = "open" ("à faire", "open"),
        Done = "done" ("faite", "done"),
        Cancelled = "cancelled" ("abandonnée", "cancelled"),
    }
}

/// An organization does something by a day.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = action_item, check_for_backend(Pg))]
#[diesel(base_query = action_item::table.inner_join(organization::table).left_join(network::table).left_join(member::table).left_join(follow_up::table))]
pub struct ActionItem {
    /// Its identifier.
    pub id: ActionItemId,
    /// What is to be done, in a line.
    pub title: ActionTitle,
    /// What is to be done, at length.
    pub detail: Option<ActionDetail>,
    /// The network that follows it.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// The organization that owes it.
    #[diesel(embed)]
    pub owner_organization: OrganizationReference,
    /// The person who does it there.
    #[diesel(embed)]
    pub owner_member: Option<MemberReference>,
    /// The follow-up that it came of.
    pub follow_up_id: Option<FollowUpId>,
    /// Whether it belongs to the interministerial topics.
    pub interministerial: bool,
    /// The day by which it is due.
    pub due_on: NaiveDate,
    /// Where it stands.
    pub status: ActionStatus,
    /// When it was done or given up.
    pub closed_at: Option<DateTime<Utc>>,
    /// The network that follows it.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// Who knows of that network.
    #[diesel(select_expression = network::visibility.nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: Option<NetworkVisibility>,
    /// The axis and the confidentiality of the follow-up that it came of.
    #[diesel(select_expression = (follow_up::axis.nullable(), follow_up::confidentiality.nullable()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub origin: (Option<FollowUpAxis>, Option<FollowUpConfidentiality>),
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

/// An action to record.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = action_item, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Transmettre le plan éditorial", "network_code": "edito",
    "owner_organization_id": "01900000-0000-7000-8000-000000000002", "due_on": "2026-12-15"}))]
pub struct ActionItemInput {
    /// What is to be done, in a line.
    pub title: ActionTitle,
    /// What is to be done, at length.
    pub detail: Option<ActionDetail>,
    /// The network that follows it; that of its follow-up, unless said, and no other.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// The organization that owes it.
    pub owner_organization_id: OrganizationId,
    /// The person who does it there.
    pub owner_member_id: Option<MemberId>,
    /// The follow-up that it comes of.
    pub follow_up_id: Option<FollowUpId>,
    /// Whether it belongs to the interministerial topics.
    #[serde(default)]
    pub interministerial: bool,
    /// The day by which it is due.
    pub due_on: NaiveDate,
}

/// What to change of an action: absent keeps, `null` clears.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = action_item)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"due_on": "2027-01-15"}))]
pub struct ActionItemPatch {
    /// What is to be done, in a line.
    #[serde(default, deserialize_with = "replaceable")]
    pub title: Option<ActionTitle>,
    /// What is to be done, at length.
    #[serde(default, deserialize_with = "clearable")]
    pub detail: Option<Option<ActionDetail>>,
    /// The network that follows it: one in which the caller could give it, and that of its follow-up where that names one.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub network_code: Option<Option<NetworkCode>>,
    /// The organization that owes it: one to which the caller could give it.
    #[serde(default, deserialize_with = "replaceable")]
    pub owner_organization_id: Option<OrganizationId>,
    /// The person who does it there.
    #[serde(default, deserialize_with = "clearable")]
    pub owner_member_id: Option<Option<MemberId>>,
    /// The day by which it is due.
    #[serde(default, deserialize_with = "replaceable")]
    pub due_on: Option<NaiveDate>,
}

/// Which actions of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActionItemFilter {
    /// Followed by this network.
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Owed by this organization, or by one that went into it.
    pub owner_organization_id: Option<OrganizationId>,
    /// Owed by this DICOM, by one of those that it serves, or by one that went into these.
    pub dicom_id: Option<OrganizationId>,
    /// Done by this person.
    pub owner_member_id: Option<MemberId>,
    /// That came of this follow-up.
    pub follow_up_id: Option<FollowUpId>,
    /// Where they stand. Those that are done or given up come in the order in which they were, the latest first.
    pub status: Option<ActionStatus>,
    /// Due on this day or later.
    pub due_from: Option<NaiveDate>,
    /// Due on this day or before.
    pub due_to: Option<NaiveDate>,
    /// Those alone that are open past their day, or those alone that are not.
    pub overdue: Option<bool>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// An action as the caller sees it.
pub type ActionItemView = Seen<ActionItem>;
/// A page of actions.
pub type ActionItemPage = Page<ActionItemView>;

impl ActionItemPatch {
    /// Whether it puts the action elsewhere.
    #[must_use]
    pub const fn moves(&self) -> bool {
        self.network_code.is_some() || self.owner_organization_id.is_some()
    }

    /// The action as it would be given where the change puts it.
    #[must_use]
    pub fn given_anew(&self, before: &ActionItem) -> ActionItemInput {
        let person = before.owner_member.as_ref().map(|person| person.id);
        ActionItemInput {
            title: self.title.clone().unwrap_or_else(|| before.title.clone()),
            detail: None,
            network_code: self.network_code.clone().unwrap_or_else(|| before.network_code.clone()),
            owner_organization_id: self.owner_organization_id.unwrap_or(before.owner_organization.id),
            owner_member_id: self.owner_member_id.unwrap_or(person),
            follow_up_id: None,
            interministerial: before.interministerial,
            due_on: self.due_on.unwrap_or(before.due_on),
        }
    }
}

impl Noun for ActionItem {
    const NAME: &'static str = "action_item";
    const COLLECTION: &'static str = "action-items";
    const OFFERS: &'static [Offer<Self>] = &[
        Offer::of::<Read>(),
        Offer::of::<Update>(),
        Offer::of::<Complete>(),
        Offer::of::<Cancel>(),
        Offer::of::<Reopen>(),
    ];

    kernel::versioned!();
}

/// What actions are read from.
#[must_use]
#[diesel::dsl::auto_type(no_type_alias)]
pub fn joined() -> _ {
    action_item::table
        .inner_join(organization::table)
        .left_join(network::table)
        .left_join(member::table)
        .left_join(follow_up::table)
}
