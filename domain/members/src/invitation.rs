//! Invitation: the first login links a subject of an issuer to a member, by a code that was sent to the person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::dsl::{InnerJoinQuerySource, LeftJoinQuerySource};
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::{Email, GivenName, NetworkReference, OrganizationReference, UsualName};
use kernel::look_alike::OfInvitation;
use kernel::named::MaybeNamed;
use kernel::notification::DeliveryStatus;
use kernel::schema::{invitation, membership_request, network, organization};
use kernel::sql::clock;
use kernel::{
    Actor, Count, Identity, InvitationId, Label, MemberId, MembershipRequestId, NetworkId, NotificationLevel, Noun,
    Offer, OrganizationId, Page, PrincipalId, Refusal, Ruling, Seen, Version, Vouched, action, codes, seal, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::member::{Member, MemberStatus};
use crate::my_data::PEOPLE;
use crate::powers::{ENTRUSTED, Powers};
use crate::siren::{Siren, Siret};

text!(
    /// Single-use code of an invitation (64 characters), as the e-mail gives it.
    InvitationCode, 64..=64, Line
);

codes! {
    /// Status of an invitation.
    InvitationStatus {
        Sent = "sent" ("envoyée", "sent"),
        Claimed = "claimed" ("à confirmer", "to be confirmed"),
        Used = "used" ("utilisée", "used"),
        Revoked = "revoked" ("annulée", "revoked"),
        Expired = "expired" ("expirée", "expired"),
    }
}

/// SQL functions that an invitation's queries call.
mod sql {
    use diesel::sql_types::{Array, Nullable, Text, Timestamptz, Uuid};

    diesel::define_sql_function! {
        /// The status of an invitation at a time.
        #[sql_name = "app.invitation_status"]
        fn invitation_status(used: Nullable<Timestamptz>, revoked: Nullable<Timestamptz>, claimed: Nullable<Timestamptz>, expires: Timestamptz, at: Timestamptz) -> Text;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.dossier_is_open"]
        fn dossier_is_open(person: Nullable<Text>, network: Nullable<Text>, withdrawn: Nullable<Timestamptz>, expires: Nullable<Timestamptz>, at: Timestamptz) -> Bool;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.delivery_status"]
        fn delivery_status(of_invitation: Uuid) -> Nullable<Text>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.claimant"]
        fn claimant(issuer: Nullable<Text>, subject: Nullable<Text>) -> Nullable<Uuid>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.senders"]
        fn senders(first: Uuid, again: Array<Uuid>, invited: Nullable<Uuid>) -> Array<Uuid>;
    }
    diesel::define_sql_function! {
        #[sql_name = "app.powers_meant"]
        fn powers_meant(who: Nullable<Uuid>, address: Text, at: Timestamptz) -> Nullable<Jsonb>;
    }
}

#[expect(missing_docs, reason = "the type of the expression, which the attribute makes")]
mod standing {
    use diesel::prelude::*;

    use super::sql::{dossier_is_open, invitation_status};
    use super::{clock, invitation, membership_request};

    /// The status of an invitation, in a query.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub fn stands() -> _ {
        invitation_status(
            invitation::used_at,
            invitation::revoked_at,
            invitation::claimed_at,
            invitation::expires_at,
            clock(),
        )
    }

    /// Whether its membership request, if there is one, may still be decided.
    #[must_use]
    #[diesel::dsl::auto_type]
    pub fn is_wanted() -> _ {
        dossier_is_open(
            membership_request::person_decision.nullable(),
            membership_request::network_decision.nullable(),
            membership_request::withdrawn_at.nullable(),
            membership_request::expires_at.nullable(),
            clock(),
        )
    }
}
pub use standing::{is_wanted, stands};

/// The joined tables that an invitation is read from.
pub type Joined = LeftJoinQuerySource<
    LeftJoinQuerySource<InnerJoinQuerySource<invitation::table, organization::table>, membership_request::table>,
    network::table,
>;

/// What an invitation would lead to, beside an account.
#[derive(Debug, Clone, Default, Queryable, Selectable)]
#[diesel(table_name = invitation, check_for_backend(Pg))]
pub struct Goal {
    /// Whether its membership request, if there is one, may still be decided.
    #[diesel(select_expression = is_wanted())]
    pub is_wanted: bool,
    /// The visibility of the network, if there is one.
    #[diesel(select_expression = network::visibility.nullable())]
    pub visibility: Option<String>,
}

/// An invitation to log in for the first time. Its code is in the e-mail only.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = invitation, check_for_backend(Pg))]
#[diesel(base_query = invitation::table.inner_join(organization::table).left_join(membership_request::table).left_join(network::table))]
pub struct Invitation {
    /// Identifier of the invitation.
    pub id: InvitationId,
    /// Organization of the person.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// Identifier of the network that the person joins by accepting. Absent: none, or the caller may not know it.
    pub network_id: Option<NetworkId>,
    /// That network, by name. Absent: as for `network_id`.
    #[diesel(select_expression = MaybeNamed::default(), select_expression_type = MaybeNamed<NetworkReference, invitation::network_id>)]
    pub network: Option<NetworkReference>,
    /// Identifier of the membership request that the invitation belongs to. Absent: none, or the caller may not know
    /// its network.
    pub request_id: Option<MembershipRequestId>,
    /// Identifier of the member who was invited, or who accepted. Absent: not recorded yet.
    pub member_id: Option<MemberId>,
    /// Given name of the person.
    pub given_name: GivenName,
    /// Name in use of the person.
    pub usual_name: UsualName,
    /// E-mail address to which the code was sent.
    pub email: Email,
    /// Status of the invitation.
    #[diesel(select_expression = stands())]
    pub status: InvitationStatus,
    /// Delivery status of the last e-mail with the code. Absent: none was sent.
    #[diesel(select_expression = sql::delivery_status(invitation::id))]
    pub delivery_status: Option<DeliveryStatus>,
    /// When the code expires (UTC).
    pub expires_at: DateTime<Utc>,
    /// When the login was linked to the member (UTC). Absent: not yet.
    pub used_at: Option<DateTime<Utc>>,
    /// When someone used the code without proof that they work there (UTC): someone must confirm. Absent: nobody did.
    pub claimed_at: Option<DateTime<Utc>>,
    /// Issuer of the token of the person who used the code. Absent: nobody did.
    #[schema(max_length = 500)]
    pub claimed_issuer: Option<String>,
    /// What the token called the one who showed the code, for those who may confirm; absent where it did not say.
    #[schema(max_length = 200)]
    pub claimed_name: Option<String>,
    /// The e-mail address in that token, for those who may confirm; absent where it named none.
    #[schema(max_length = 254)]
    pub claimed_email: Option<String>,
    /// When another login showed the same code afterwards: the first one waits, and one of the two is not the person invited.
    /// In doubt, revoke the invitation and send a new one.
    pub contested_at: Option<DateTime<Utc>>,
    /// Members whose names look the same as that of the person invited, and who are somebody else: for those who may confirm
    /// it. A warning, and no proof; absent where there is none.
    #[diesel(embed)]
    #[serde(skip_serializing_if = "OfInvitation::is_empty")]
    #[schema(required = false)]
    pub look_alikes: OfInvitation,
    /// Identifier of the member that this person already is. Absent: they are not registered yet.
    #[diesel(select_expression = sql::claimant(invitation::claimed_issuer, invitation::claimed_subject))]
    pub claimed_member_id: Option<MemberId>,
    /// The identifier of that person at the issuer. It is kept out of the contract.
    #[serde(skip)]
    #[schema(ignore)]
    pub claimed_subject: Option<String>,
    /// How soon that person wants to hear of the network.
    #[serde(skip)]
    #[schema(ignore)]
    pub claimed_level: Option<NotificationLevel>,
    /// What it would lead to.
    #[diesel(embed)]
    #[serde(skip)]
    #[schema(ignore)]
    pub goal: Goal,
    /// The rights that the invited member would hold by logging in; none once they have.
    #[diesel(select_expression = sql::powers_meant(invitation::member_id, invitation::email, clock()))]
    #[serde(skip)]
    #[schema(ignore)]
    pub powers: Option<Powers>,
    /// Everyone who sent the code, or recorded the member it is for, with the people who answer for a script among them.
    #[diesel(select_expression = sql::senders(invitation::created_by, invitation::resent_by, invitation::member_id))]
    #[serde(skip)]
    #[schema(ignore)]
    pub senders: Vec<PrincipalId>,
    /// The establishments of the organization, to recognize the person by their token.
    #[diesel(select_expression = organization::sirets)]
    #[serde(skip)]
    #[schema(ignore)]
    pub sirets: Vec<Siret>,
    /// The legal unit of the organization, to recognize the person by their token.
    #[diesel(select_expression = organization::siren)]
    #[serde(skip)]
    #[schema(ignore)]
    pub siren: Option<Siren>,
    /// Version of the invitation: 1 when it is created, one more with each change.
    pub version: Version,
    /// When the invitation was sent first (UTC).
    pub created_at: DateTime<Utc>,
    /// When the invitation last changed (UTC).
    pub updated_at: DateTime<Utc>,
    /// Identifier of the principal who sent it (a member, a service account or the system).
    pub created_by: PrincipalId,
    /// Identifier of the principal who last changed it (a member, a service account or the system).
    pub updated_by: PrincipalId,
}

/// Filters of the list of invitations.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InvitationFilter {
    /// Keeps only invitations to this organization.
    pub organization_id: Option<OrganizationId>,
    /// Keeps only invitations with this status.
    pub status: Option<InvitationStatus>,
    /// `exact` also returns how many invitations there are in all, in `count`. Absent: they are not counted.
    pub count: Option<Count>,
}

/// An invitation as the caller sees it.
pub type InvitationView = Seen<Invitation>;
/// A page of invitations.
pub type InvitationPage = Page<InvitationView>;

impl Noun for Invitation {
    const NAME: &'static str = "invitation";
    const COLLECTION: &'static str = "invitations";
    const OFFERS: &'static [Offer<Self>] =
        &[Offer::of::<Read>(), Offer::of::<Confirm>(), Offer::of::<Resend>(), Offer::of::<Revoke>()];

    kernel::versioned!();
}

impl InvitationCode {
    /// The code of an invitation: its identifier, and a seal that only the server can make.
    ///
    /// # Errors
    /// None: the length is right.
    pub fn of(id: InvitationId) -> Result<Self, &'static str> {
        let seal = seal::secret(&Self::parts(&id));
        Self::try_from(BASE64.encode([id.0.as_bytes().as_slice(), &seal].concat()))
    }

    /// The invitation of the code, if this service made the code.
    #[must_use]
    pub fn invitation(&self) -> Option<InvitationId> {
        let bytes = BASE64.decode(&self.0).ok()?;
        let id = InvitationId(Uuid::from_slice(bytes.get(..16)?).ok()?);
        seal::is_sealed(&Self::parts(&id), bytes.get(16..)?).then_some(id)
    }

    fn parts(id: &InvitationId) -> [&[u8]; 2] {
        [b"invitation", id.0.as_bytes()]
    }
}

/// The code of an invitation to accept.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "AZAAAAAAcACAAAAAAAAAAf0Y2nCq2Vb1Qm0cW3r8S7tYkL5xPzH4uJdG9eRfTaBw", "notification_level": "digest"}))]
pub struct InvitationAcceptance {
    /// Code of the invitation, from the e-mail.
    pub code: InvitationCode,
    /// How soon to hear of the network. Required if the invitation is to a network.
    pub notification_level: Option<NotificationLevel>,
}

codes! {
    /// What the code of an invitation led to.
    InvitationOutcome {
        Bound = "bound" ("compte rattaché au membre", "login linked to the member"),
        ToConfirm = "to_confirm" ("à confirmer par l’organisation", "to be confirmed by the organization"),
        Contested = "contested" ("code déjà présenté par un autre compte", "already used by another login"),
    }
}

/// What the code of an invitation led to.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationAccepted {
    /// Identifier of the invitation.
    pub invitation_id: InvitationId,
    /// Whether the login is linked now, or must be confirmed first.
    pub outcome: InvitationOutcome,
    /// Identifier of the member that the caller now is. Absent if it must be confirmed first.
    pub member_id: Option<MemberId>,
}

impl Invitation {
    /// Whether an issuer says that a person works at the organization of the invitation.
    #[must_use]
    pub fn fits(&self, vouched: &Vouched) -> bool {
        let place = vouched.siret.as_deref();
        let unit = vouched.siren.as_deref().or_else(|| place.and_then(|siret| siret.get(..9)));
        let of_unit = self.siren.as_ref().is_some_and(|ours| Some(ours.as_ref()) == unit);
        of_unit || self.sirets.iter().any(|ours| Some(ours.as_ref()) == place)
    }

    /// What a caller may read of it: a network that is hidden from them is not named, nor is who used the code to those who do
    /// not keep the members of the organization.
    #[must_use]
    pub fn shown_to(self, actor: &Actor) -> Self {
        let keeps = actor.keeps(self.organization.id);
        let (claimed_name, claimed_email) = (self.claimed_name.filter(|_| keeps), self.claimed_email.filter(|_| keeps));
        let it = Self { claimed_name, claimed_email, ..self };
        it.without_hidden_network(actor)
    }

    fn without_hidden_network(self, actor: &Actor) -> Self {
        let hidden = self.goal.visibility.as_deref() == Some("hidden");
        let known = |network| (!hidden && actor.knows_networks()) || actor.is_sig() || actor.sits_in(network);
        if self.network_id.is_none_or(known) {
            self
        } else {
            Self { network_id: None, network: None, request_id: None, ..self }
        }
    }

    /// Whether another login showed the code before this one, and waits.
    #[must_use]
    pub fn waits_for_another(&self, who: &Identity) -> bool {
        let first = self.claimed_issuer.as_ref().zip(self.claimed_subject.as_ref());
        first.is_some_and(|first| first != (&who.issuer, &who.subject))
    }

    fn pends(&self) -> Result<(), Refusal> {
        let pends = matches!(self.status, InvitationStatus::Sent | InvitationStatus::Claimed);
        if pends { Ok(()) } else { Err(Refusal::InvitationSpent) }
    }

    /// Its code is good, and its membership request, if there is one, is still open.
    fn open(&self) -> Result<(), Refusal> {
        if self.goal.is_wanted { self.pends() } else { Err(Refusal::InvitationSpent) }
    }
}

const KEEPERS: Label = Label {
    fr: "Cette opération est réservée au SIG, à l’administration de l’organisation et à l’animation du réseau.",
    en: "Only the SIG, those who keep the members of the organization and the leads of the network may do this.",
};
const NOT_ONESELF: Label = Label {
    fr: "Vous ne pouvez pas confirmer votre propre invitation : une autre personne doit le faire.",
    en: "You cannot confirm your own invitation: someone else must.",
};
const ITS_KEEPERS: Label = Label {
    fr: "Seuls le SIG, la personne qui dirige la communication et l’administration de l’organisation peuvent confirmer qu’une personne y travaille.",
    en: "Who works in the organization is confirmed by the SIG, its communication director or its administrators.",
};
const SENT_IT: Label = Label {
    fr: "La personne qui a envoyé l’invitation ou enregistré le membre ne peut pas la confirmer : une autre personne doit le faire.",
    en: "Whoever sent the invitation, or recorded the person, does not confirm it: someone else must know them.",
};
const NO_ADDRESS: Label = Label {
    fr: "Ce membre n’a pas d’adresse électronique : ajoutez-en une à sa fiche.",
    en: "This member has no e-mail address: add one to their card.",
};

fn keeps(actor: &Actor, it: &Invitation) -> bool {
    actor.keeps(it.organization.id) || it.network_id.is_some_and(|network| actor.leads(network))
}

/// Whether the caller nominated who is invited, and still answers for the organization in that network: having sent it once
/// is no right on its own.
fn nominated(actor: &Actor, it: &Invitation) -> bool {
    let answers = it.network_id.is_some_and(|network| actor.answers_for(network, it.organization.id));
    answers && it.created_by == actor.id
}

action!(
    /// See an invitation: those who keep the organization's members, the leads of the network, and the sender.
    Read(InvitationId) on Invitation as "get_invitation", Invitation,
    |actor, it| Ruling::seen(keeps(actor, it) || (actor.is_insider() && it.created_by == actor.id))
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<Joined, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let kept: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).chain(actor.kept()).collect();
    let inside = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let led = invitation::network_id.eq_any(actor.led().collect::<Vec<_>>()).assume_not_null();
    // NULL where it is for no network, which counts as no.
    let sent = inside.and(invitation::created_by.eq(actor.id));
    Box::new(invitation::organization_id.eq_any(kept).or(sent).or(led))
}

action!(
    /// Invite a member who never logged in.
    Invite(MemberId) on Member as "invite_member", Member,
    |actor, it| {
        crate::member::Read::rule(actor, it).and(it.is_kept_by(actor), KEEPERS).and(it.is_entrusted_to(actor), ENTRUSTED)
    },
    |it| match (it.status, &it.email) {
        (MemberStatus::Invited, Some(_)) => Ok(()),
        (MemberStatus::Invited, None) => Err(Refusal::Invalid("", NO_ADDRESS)),
        _ => Err(Refusal::Illegal { allowed: Vec::new() }),
    }
);

action!(
    /// Confirm that the person who used the code is the one who was invited: those who keep the members of the organization,
    /// never the person who sent the code.
    Confirm(InvitationId) on Invitation as "confirm_invitation", Invitation,
    |actor, it| {
        let claimant = it.claimed_member_id;
        let entrusted = || it.powers.as_ref().is_none_or(|powers| powers.are_given_by(actor));
        Read::rule(actor, it)
            .and(actor.keeps(it.organization.id), ITS_KEEPERS)
            .and(actor.member().is_some(), PEOPLE)
            .and(claimant.is_none() || claimant != actor.member(), NOT_ONESELF)
            .and(it.used_at.is_some() || !it.senders.contains(&actor.id), SENT_IT)
            .and(claimant.is_some() || entrusted(), ENTRUSTED)
    },
    |it| match it.status {
        _ if !it.goal.is_wanted => Err(Refusal::InvitationSpent),
        InvitationStatus::Claimed => Ok(()),
        InvitationStatus::Sent => Err(Refusal::Illegal { allowed: vec!["revoke_invitation"] }),
        _ => Err(Refusal::InvitationSpent),
    }
);

action!(
    /// Revoke an invitation: its code no longer works.
    Revoke(InvitationId) on Invitation as "revoke_invitation", Invitation,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it) || nominated(actor, it), KEEPERS), Invitation::pends
);

action!(
    /// Send the code of an invitation once more: everyone who may revoke it, while nobody has used the code.
    Resend(InvitationId) on Invitation as "resend_invitation", Invitation, Revoke::rule,
    |it| {
        it.open()?;
        let waits = it.status != InvitationStatus::Sent || it.delivery_status == Some(DeliveryStatus::Queued);
        if waits { Err(Refusal::Illegal { allowed: vec!["revoke_invitation"] }) } else { Ok(()) }
    }
);

impl kernel::policy::Target for InvitationCode {
    fn key(&self) -> Option<String> {
        self.invitation().map(|id| id.to_string())
    }
}

action!(
    /// Accept an invitation: everyone with the code and a valid token, registered or not.
    Show(InvitationCode) on Invitation as "accept_invitation", Invitation,
    |_, _| Ruling::Allow,
    Invitation::open
);
