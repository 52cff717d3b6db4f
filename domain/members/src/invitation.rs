//! Invitation: a first login binds a subject of an issuer to a member, by a code that was sent to him.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chrono::{DateTime, Utc};
use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::helper_types::InnerJoinQuerySource;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::{Email, GivenName, OrganizationReference, UsualName};
use kernel::schema::{invitation, organization};
use kernel::sql::clock;
use kernel::{
    Actor, Count, InvitationId, Label, MemberId, MembershipRequestId, NetworkId, NotificationLevel, Noun, Offer,
    OrganizationId, Page, PrincipalId, Refusal, Ruling, Seen, Version, Vouched, action, codes, seal, text,
};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::member::{Member, MemberStatus};
use crate::siren::{Siren, Siret};

text!(
    /// The single-use code of an invitation (256 bits), as the e-mail gives it.
    InvitationCode, 64..=64, Line
);

codes! {
    /// Where an invitation stands.
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
    use diesel::sql_types::{Nullable, Timestamptz};

    diesel::define_sql_function! {
        /// Where an invitation stands at a time.
        #[sql_name = "app.invitation_status"]
        fn invitation_status(used: Nullable<Timestamptz>, revoked: Nullable<Timestamptz>, claimed: Nullable<Timestamptz>, expires: Timestamptz, at: Timestamptz) -> Text;
    }
}

#[expect(missing_docs, reason = "the type of the expression, which the attribute makes")]
mod standing {
    use super::sql::invitation_status;
    use super::{clock, invitation};

    /// Where an invitation stands, in a query.
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
}
pub use standing::stands;

/// Someone is invited to log in for the first time.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema, HasQuery)]
#[diesel(table_name = invitation, check_for_backend(Pg))]
#[diesel(base_query = invitation::table.inner_join(organization::table))]
pub struct Invitation {
    /// Its identifier.
    pub id: InvitationId,
    /// Where he works.
    #[diesel(embed)]
    pub organization: OrganizationReference,
    /// The network that he would join by the same step.
    pub network_id: Option<NetworkId>,
    /// The dossier by which he would join it.
    pub request_id: Option<MembershipRequestId>,
    /// Who he is, where he is recorded already; else who he became.
    pub member_id: Option<MemberId>,
    /// The given name.
    pub given_name: GivenName,
    /// The name in use.
    pub usual_name: UsualName,
    /// Where the code was sent.
    pub email: Email,
    /// Where it stands.
    #[diesel(select_expression = stands())]
    pub status: InvitationStatus,
    /// Until when the code is good.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When someone showed the code whose issuer did not say that he works there: someone who knows him must confirm.
    pub claimed_at: Option<DateTime<Utc>>,
    /// Who vouched for the one who showed the code.
    pub claimed_issuer: Option<String>,
    /// What that issuer calls him: as good as a password to nobody, and no business of the contract.
    #[serde(skip)]
    #[schema(ignore)]
    pub claimed_subject: Option<String>,
    /// How soon he said he wants to hear of the network.
    #[serde(skip)]
    #[schema(ignore)]
    pub claimed_level: Option<NotificationLevel>,
    /// The establishments of the organization, to know him by.
    #[diesel(select_expression = organization::sirets)]
    #[serde(skip)]
    #[schema(ignore)]
    pub sirets: Vec<Siret>,
    /// The legal unit of the organization, to know him by.
    #[diesel(select_expression = organization::siren)]
    #[serde(skip)]
    #[schema(ignore)]
    pub siren: Option<Siren>,
    /// Grows at each change.
    pub version: Version,
    /// When it was sent.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// Who sent it.
    pub created_by: PrincipalId,
    /// Who last changed it.
    pub updated_by: PrincipalId,
}

/// Which invitations of the list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct InvitationFilter {
    /// Of this organization.
    pub organization_id: Option<OrganizationId>,
    /// Where they stand.
    pub status: Option<InvitationStatus>,
    /// Whether to say how many there are in all.
    pub count: Option<Count>,
}

/// An invitation as the caller sees it.
pub type InvitationView = Seen<Invitation>;
/// A page of invitations.
pub type InvitationPage = Page<InvitationView>;

impl Noun for Invitation {
    const NAME: &'static str = "invitation";
    const COLLECTION: &'static str = "invitations";
    const OFFERS: &'static [Offer<Self>] = &[Offer::of::<Read>(), Offer::of::<Confirm>(), Offer::of::<Revoke>()];

    kernel::versioned!();
}

impl InvitationCode {
    /// The code of an invitation: its identifier, and what the server alone can make of it.
    ///
    /// # Errors
    /// None: the length is right.
    pub fn of(id: InvitationId) -> Result<Self, &'static str> {
        let seal = seal::secret(&Self::parts(&id));
        Self::try_from(BASE64.encode([id.0.as_bytes().as_slice(), &seal].concat()))
    }

    /// The invitation that the code is of, if it is one of ours.
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

/// A code that is shown, with the token of whoever shows it.
#[derive(Debug, Clone, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"code": "AZAAAAAAcACAAAAAAAAAAf0Y2nCq2Vb1Qm0cW3r8S7tYkL5xPzH4uJdG9eRfTaBw", "notification_level": "digest"}))]
pub struct InvitationAcceptance {
    /// The code.
    pub code: InvitationCode,
    /// How soon he wants to hear of the network that he joins: needed where he joins one.
    pub notification_level: Option<NotificationLevel>,
}

codes! {
    /// What came of a code.
    InvitationOutcome {
        Bound = "bound" ("compte rattaché", "account bound"),
        ToConfirm = "to_confirm" ("à confirmer par l'organisation", "to be confirmed by the organization"),
    }
}

/// What came of a code.
#[skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct InvitationAccepted {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// Whether the caller is registered now, or must wait for someone who knows him.
    pub outcome: InvitationOutcome,
    /// Who he is here.
    pub member_id: Option<MemberId>,
}

impl Invitation {
    /// Whether an issuer says of someone that he works where he was invited.
    #[must_use]
    pub fn fits(&self, vouched: &Vouched) -> bool {
        let place = vouched.siret.as_deref();
        let unit = vouched.siren.as_deref().or_else(|| place.and_then(|siret| siret.get(..9)));
        let of_unit = self.siren.as_ref().is_some_and(|ours| Some(ours.as_ref()) == unit);
        of_unit || self.sirets.iter().any(|ours| Some(ours.as_ref()) == place)
    }

    fn open(&self) -> Result<(), Refusal> {
        let open = matches!(self.status, InvitationStatus::Sent | InvitationStatus::Claimed);
        if open { Ok(()) } else { Err(Refusal::InvitationSpent) }
    }
}

const KEEPERS: Label = Label {
    fr: "Réservé au SIG, aux administrateurs de l'organisation et aux animateurs du réseau.",
    en: "For the SIG, the administrators of the organization and the leads of the network.",
};
const NO_ADDRESS: Label =
    Label { fr: "Ce communicant n'a pas d'adresse électronique.", en: "This member has no e-mail address." };

fn keeps(actor: &Actor, it: &Invitation) -> bool {
    actor.keeps(it.organization.id) || it.network_id.is_some_and(|network| actor.leads(network))
}

action!(
    /// See an invitation: those who keep the organization's members, the leads of the network, and who sent it.
    Read(InvitationId) on Invitation as "get_invitation", Invitation,
    |actor, it| Ruling::seen(keeps(actor, it) || (actor.is_insider() && it.created_by == actor.id))
);

/// What `Read` says one by one, for all: where every read starts.
#[must_use]
pub fn visible(
    actor: &Actor,
) -> Box<dyn BoxableExpression<InnerJoinQuerySource<invitation::table, organization::table>, Pg, SqlType = Bool>> {
    if actor.is_sig() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let kept: Vec<OrganizationId> = actor.reach(Actor::KEEPERS).chain(actor.kept()).collect();
    let inside = <bool as AsExpression<Bool>>::as_expression(actor.is_insider());
    let led = invitation::network_id.eq_any(actor.led().collect::<Vec<_>>()).assume_not_null();
    // NULL where it is for no network, which is no yes.
    let sent = inside.and(invitation::created_by.eq(actor.id));
    Box::new(invitation::organization_id.eq_any(kept).or(sent).or(led))
}

action!(
    /// Invite a member who never logged in.
    Invite(MemberId) on Member as "invite_member", Member,
    |actor, it| crate::member::Read::rule(actor, it).and(it.is_kept_by(actor), KEEPERS),
    |it| match (it.status, &it.email) {
        (MemberStatus::Invited, Some(_)) => Ok(()),
        (MemberStatus::Invited, None) => Err(Refusal::Invalid("", NO_ADDRESS)),
        _ => Err(Refusal::Illegal { allowed: Vec::new() }),
    }
);

action!(
    /// Confirm that who showed the code is the one who was invited.
    Confirm(InvitationId) on Invitation as "confirm_invitation", Invitation,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it), KEEPERS),
    |it| match it.status {
        InvitationStatus::Claimed => Ok(()),
        InvitationStatus::Sent => Err(Refusal::Illegal { allowed: vec!["revoke_invitation"] }),
        _ => Err(Refusal::InvitationSpent),
    }
);

action!(
    /// Take an invitation back: its code is good for nothing any more.
    Revoke(InvitationId) on Invitation as "revoke_invitation", Invitation,
    |actor, it| {
        Read::rule(actor, it).and(keeps(actor, it) || it.created_by == actor.id, KEEPERS)
    },
    Invitation::open
);

impl kernel::policy::Target for InvitationCode {
    fn key(&self) -> Option<String> {
        self.invitation().map(|id| id.to_string())
    }
}

action!(
    /// Show a code: whoever has it and a good token may, registered or not.
    Show(InvitationCode) on Invitation as "accept_invitation", Invitation,
    |_, _| Ruling::Allow,
    Invitation::open
);
