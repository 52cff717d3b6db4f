//! Action item (action): what an organization has to do by a day, perhaps through one of its members. The network and
//! the organization show the same action item.

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
use kernel::{Day, Instant, Several};
pub use rules::{
    Cancel, Complete, Create, Duty, Joined, Read, Reopen, Update, may_show, not_there, of_follow_up, visible,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use crate::follow_up::{FollowUpAxis, FollowUpConfidentiality};
use crate::network::{NetworkCode, NetworkName, NetworkVisibility};

text!(
    /// Title of an action item: what is to be done, on one line.
    ActionTitle, 1..=200, Line
);
text!(
    /// Detail of an action item: what is to be done, at length.
    ActionDetail, 1..=4000, Prose
);

codes! {
    /// State of an action item.
    ActionStatus {
        Open = "open" ("à faire", "open"),
        Done = "done" ("faite", "done"),
        Cancelled = "cancelled" ("abandonnée", "cancelled"),
    }
}

/// Action item (action): what an organization has to do by a day.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = action_item, check_for_backend(Pg))]
#[diesel(base_query = action_item::table.inner_join(organization::table).left_join(network::table).left_join(member::table).left_join(follow_up::table))]
pub struct ActionItem {
    /// Identifier of the action item.
    pub id: ActionItemId,
    /// What is to be done, on one line.
    pub title: ActionTitle,
    /// What is to be done, at length. Absent: the title says all.
    pub detail: Option<ActionDetail>,
    /// Code of the network that follows the action item. Absent: no network follows it, or the caller may not know of
    /// that network.
    #[diesel(select_expression = network::code.nullable())]
    pub network_code: Option<NetworkCode>,
    /// Name of that network. Absent: as for `network_code`.
    #[diesel(select_expression = network::name.nullable())]
    pub network_name: Option<NetworkName>,
    /// Organization that has to do it.
    #[diesel(embed)]
    pub owner_organization: OrganizationReference,
    /// Member who has to do it for the organization. Absent: nobody is named.
    #[diesel(embed)]
    pub owner_member: Option<MemberReference>,
    /// Identifier of the follow-up in which it was agreed. Absent: it comes from no follow-up.
    pub follow_up_id: Option<FollowUpId>,
    /// Whether it belongs to the interministerial topics. A co-lead limited to these topics works on these action items
    /// only.
    pub interministerial: bool,
    /// Day by which it is due (Europe/Paris).
    pub due_on: NaiveDate,
    /// State of the action item: open, done or cancelled.
    pub status: ActionStatus,
    /// When it was completed or cancelled (UTC). Absent: it is open.
    pub closed_at: Option<DateTime<Utc>>,
    /// Identifier of the network that follows it.
    #[serde(skip)]
    #[schema(ignore)]
    pub network_id: Option<NetworkId>,
    /// Visibility of that network.
    #[diesel(select_expression = network::visibility.nullable())]
    #[serde(skip)]
    #[schema(ignore)]
    pub network_visibility: Option<NetworkVisibility>,
    /// Axis and confidentiality of the follow-up that it comes from.
    #[diesel(select_expression = (follow_up::axis.nullable(), follow_up::confidentiality.nullable()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub origin: (Option<FollowUpAxis>, Option<FollowUpConfidentiality>),
    /// Version of the action item: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the action item was recorded (UTC).
    pub created_at: DateTime<Utc>,
    /// When the action item last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who recorded it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// An action item to create.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema, Insertable)]
#[diesel(table_name = action_item, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"title": "Transmettre le plan éditorial", "network_code": "edito",
    "owner_organization_id": "01900000-0000-7000-8000-000000000002", "due_on": "2026-12-15"}))]
pub struct ActionItemInput {
    /// What is to be done, on one line.
    pub title: ActionTitle,
    /// What is to be done, at length. Absent: the title says all.
    pub detail: Option<ActionDetail>,
    /// Code of the network that follows the action item. Absent: the network of its follow-up, if it names one. Another network
    /// than that is refused.
    #[diesel(skip_insertion)]
    pub network_code: Option<NetworkCode>,
    /// Identifier of the organization that has to do it. The organization must be active.
    pub owner_organization_id: OrganizationId,
    /// Identifier of the member who has to do it, affiliated to that organization. Absent: nobody is named.
    pub owner_member_id: Option<MemberId>,
    /// Identifier of the follow-up in which it was agreed; the caller must be able to read it. Absent: it comes from no
    /// follow-up.
    pub follow_up_id: Option<FollowUpId>,
    /// Whether it belongs to the interministerial topics. Default: `false`.
    #[serde(default)]
    pub interministerial: bool,
    /// Day by which it is due (Europe/Paris).
    pub due_on: Day,
}

/// Fields of an action item to change (JSON merge patch, RFC 7396): a field left out stays as it is. `null` clears
/// `detail`, `network_code` and `owner_member_id`.
#[derive(Debug, Clone, Default, Deserialize, Validate, ToSchema, AsChangeset)]
#[diesel(table_name = action_item)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"due_on": "2027-01-15"}))]
pub struct ActionItemPatch {
    /// What is to be done, on one line.
    #[serde(default, deserialize_with = "replaceable")]
    pub title: Option<ActionTitle>,
    /// What is to be done, at length.
    #[serde(default, deserialize_with = "clearable")]
    pub detail: Option<Option<ActionDetail>>,
    /// Code of the network that follows it. The caller must be allowed to create action items for that network. It is that of
    /// its follow-up, if that names one.
    #[serde(default, deserialize_with = "clearable")]
    #[diesel(skip_update)]
    pub network_code: Option<Option<NetworkCode>>,
    /// Identifier of the organization that has to do it. The caller must be allowed to create action items for that
    /// organization.
    #[serde(default, deserialize_with = "replaceable")]
    #[schema(nullable = false)]
    pub owner_organization_id: Option<OrganizationId>,
    /// Identifier of the member who has to do it, affiliated to the organization.
    #[serde(default, deserialize_with = "clearable")]
    pub owner_member_id: Option<Option<MemberId>>,
    /// Day by which it is due (Europe/Paris).
    #[serde(default, deserialize_with = "replaceable")]
    pub due_on: Option<Day>,
}

codes! {
    /// Field by which a list of action items is counted.
    ActionItemFacet {
        Status = "status" ("état", "state"),
    }
}

/// Filters of the list of action items.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ActionItemFilter {
    /// Keeps only the action items that this network follows (code of the network).
    #[param(inline)]
    pub network_code: Option<NetworkCode>,
    /// Keeps only the action items of this organization, or of organizations that were merged or split into it.
    pub owner_organization_id: Option<OrganizationId>,
    /// Keeps only the action items of this DICOM and of the organizations that it serves. Those of their merged or
    /// split predecessors are kept too.
    pub dicom_id: Option<OrganizationId>,
    /// Keeps only the action items of this member.
    pub owner_member_id: Option<MemberId>,
    /// Keeps only the action items agreed in this follow-up.
    pub follow_up_id: Option<FollowUpId>,
    /// Keeps only the action items in this state. With `done` or `cancelled`, the order changes: the latest closed
    /// first.
    pub status: Option<ActionStatus>,
    /// Keeps only the action items due on this day or later.
    pub due_from: Option<Day>,
    /// Keeps only the action items due on this day or before.
    pub due_to: Option<Day>,
    /// `true` keeps only the open action items whose due date is past (Europe/Paris); `false` keeps only the others.
    /// Absent: both.
    pub overdue: Option<bool>,
    /// Keeps only the action items that changed at this time (UTC) or later.
    pub updated_since: Option<Instant>,
    /// `exact` also returns how many action items there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
    /// Fields by which the whole list is counted, in `facets`. Absent: none.
    #[serde(default)]
    #[param(value_type = Option<Vec<ActionItemFacet>>, min_items = 1, max_items = 1)]
    pub facets: Several<ActionItemFacet>,
}

/// An action item as the caller sees it.
pub type ActionItemView = Seen<ActionItem>;
/// One page of action items.
pub type ActionItemPage = Page<ActionItemView>;

impl ActionItemPatch {
    /// Whether the change gives the action item to another network or organization.
    #[must_use]
    pub const fn moves(&self) -> bool {
        self.network_code.is_some() || self.owner_organization_id.is_some()
    }

    /// The action item as it would be created in its new place, to check that the caller could create it there.
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
            due_on: self.due_on.unwrap_or(Day(before.due_on)),
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

/// The tables that action items are read from.
#[must_use]
#[diesel::dsl::auto_type(no_type_alias)]
pub fn joined() -> _ {
    action_item::table
        .inner_join(organization::table)
        .left_join(network::table)
        .left_join(member::table)
        .left_join(follow_up::table)
}
