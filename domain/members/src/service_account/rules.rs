//! Who may do what to a service account and its keys, and when.

use diesel::BoxableExpression;
use diesel::expression::AsExpression;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use kernel::directory::OrganizationLife;
use kernel::policy::Target;
use kernel::schema::service_account;
use kernel::{Actor, Label, MemberId, Refusal, Ruling, ServiceAccountId, ServiceAccountKeyId, action};

use super::{
    ServiceAccount, ServiceAccountInput, ServiceAccountKey, ServiceAccountKeyInput, ServiceAccountKeyKind,
    ServiceAccountKeyStatus, ServiceAccountStatus,
};

const OWNER: Label = Label {
    fr: "Cette opération est réservée à l’administration du SIG et à la personne qui répond du compte de service.",
    en: "Only SIG administrators and the owner of the service account may do this.",
};

impl Target for ServiceAccountInput {}

fn sees(actor: &Actor, account: ServiceAccountId, owner: MemberId) -> bool {
    actor.is_sig() || actor.is_auditor() || actor.member() == Some(owner) || actor.id.0 == account.0
}

/// Whether the caller keeps the keys: a script keeps none, for a stolen key could then make others.
fn keeps(actor: &Actor, owner: MemberId) -> bool {
    actor.is_sig_admin() || actor.member() == Some(owner)
}

fn alive(it: &ServiceAccount) -> Result<(), Refusal> {
    let ended = matches!(it.status, ServiceAccountStatus::Revoked | ServiceAccountStatus::Expired);
    if ended { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}

fn not_revoked(it: &ServiceAccount) -> Result<(), Refusal> {
    if it.revoked_at.is_some() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
}

action!(
    /// See a service account: the SIG, the auditor, its owner, and itself.
    Read(ServiceAccountId) on ServiceAccount as "get_service_account", ServiceAccount,
    |actor, it| Ruling::seen(sees(actor, it.id, it.owner_id))
);

/// The rule of `Read` as a condition of a query: every list starts from it.
#[must_use]
pub fn visible(actor: &Actor) -> Box<dyn BoxableExpression<service_account::table, Pg, SqlType = Bool>> {
    if actor.is_sig() || actor.is_auditor() {
        return Box::new(<bool as AsExpression<Bool>>::as_expression(true));
    }
    let own = service_account::owner_id.eq(MemberId(actor.id.0));
    Box::new(own.or(service_account::id.eq(ServiceAccountId(actor.id.0))))
}

action!(
    /// Create a service account: SIG administrators.
    Create(ServiceAccountInput) on ServiceAccount as "create_service_account", Option<OrganizationLife>,
    |actor, _| Ruling::Allow.for_sig_admin(actor).and(actor.through.is_none(), Label::YOURSELF),
    |life| life.as_ref().map_or(Ok(()), OrganizationLife::alive)
);

action!(
    /// Change a service account: SIG administrators. One that has expired is given a later end so.
    Update(ServiceAccountId) on ServiceAccount as "update_service_account", ServiceAccount,
    |actor, it| Read::rule(actor, it).for_sig_admin(actor).and(actor.through.is_none(), Label::YOURSELF), not_revoked
);

action!(
    /// Revoke a service account for good: SIG administrators, and its owner, who may be the first to hear of a leak.
    Revoke(ServiceAccountId) on ServiceAccount as "revoke_service_account", ServiceAccount,
    |actor, it| Read::rule(actor, it).and(keeps(actor, it.owner_id), OWNER), not_revoked
);

action!(
    /// List the keys of a service account, without their secrets.
    ListKeys(ServiceAccountId) on ServiceAccount as "list_service_account_keys", ServiceAccount,
    |actor, it| Read::rule(actor, it)
);

action!(
    /// Give a service account a key.
    CreateKey((ServiceAccountId, ServiceAccountKeyInput)) on ServiceAccountKey as "create_service_account_key", ServiceAccount,
    |actor, it| {
        Read::rule(actor, it).and(keeps(actor, it.owner_id), OWNER).and(actor.through.is_none(), Label::YOURSELF)
    },
    alive
);

action!(
    /// See a key, without its secret.
    ReadKey(ServiceAccountKeyId) on ServiceAccountKey as "get_service_account_key", ServiceAccountKey,
    |actor, it| Ruling::seen(sees(actor, it.service_account_id, it.owner_id))
);

action!(
    /// Replace a secret by a new one, while both are good for a while.
    RotateKey(ServiceAccountKeyId) on ServiceAccountKey as "rotate_service_account_key", ServiceAccountKey,
    |actor, it| {
        ReadKey::rule(actor, it).and(keeps(actor, it.owner_id), OWNER).and(actor.through.is_none(), Label::YOURSELF)
    },
    |it| {
        let turns = it.kind == ServiceAccountKeyKind::Secret && it.status == ServiceAccountKeyStatus::Active;
        if turns { Ok(()) } else { Err(Refusal::Illegal { allowed: Vec::new() }) }
    }
);

action!(
    /// Revoke a key: what it opened is closed at once.
    RevokeKey(ServiceAccountKeyId) on ServiceAccountKey as "revoke_service_account_key", ServiceAccountKey,
    |actor, it| ReadKey::rule(actor, it).and(keeps(actor, it.owner_id), OWNER),
    |it| if it.revoked_at.is_some() { Err(Refusal::Illegal { allowed: Vec::new() }) } else { Ok(()) }
);
