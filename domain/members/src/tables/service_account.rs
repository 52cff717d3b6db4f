//! Service accounts: the SIG administrator makes them, their owners keep the keys, scripts keep nothing of their own.

use kernel::{PrincipalId, Scope, ServiceAccountId, ServiceAccountKeyId, Version};
use personas::{Checked, Table, alive, at, closed, id, merged, recorded, text, who};

use crate::service_account::{
    Create, CreateKey, ListKeys, Read, ReadKey, Revoke, RevokeKey, RotateKey, ServiceAccount, ServiceAccountKey,
    ServiceAccountKeyKind, ServiceAccountKeyStatus, ServiceAccountReference, ServiceAccountStatus, SubjectClients,
    Update,
};

/// The account of the persona `bot-mi`, for which the persona of a sign answers.
fn owned_by(sign: char, status: ServiceAccountStatus) -> ServiceAccount {
    let revoked = status == ServiceAccountStatus::Revoked;
    ServiceAccount {
        id: ServiceAccountId(who('B').0),
        name: text("Annuaire"),
        organization_id: at::INTERIEUR,
        organization: personas::organization(at::INTERIEUR),
        owner_id: who(sign),
        owner: personas::member(who(sign)),
        source_code: Some(text("annuaire-mi")),
        scopes: vec![Scope::DirectoryRead],
        subject_clients: SubjectClients::default(),
        status,
        expires_at: recorded(),
        revoked_at: revoked.then(recorded),
        last_used_at: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

fn key_of(sign: char, kind: ServiceAccountKeyKind, status: ServiceAccountKeyStatus) -> ServiceAccountKey {
    let revoked = status == ServiceAccountKeyStatus::Revoked;
    ServiceAccountKey {
        id: ServiceAccountKeyId(id(91)),
        service_account_id: ServiceAccountId(who('B').0),
        service_account: ServiceAccountReference { id: ServiceAccountId(who('B').0), name: text("Annuaire") },
        owner_id: who(sign),
        kind,
        name: "0123456789".to_owned(),
        public_key: None,
        secret: None,
        status,
        expires_at: recorded(),
        revoked_at: revoked.then(recorded),
        last_used_at: None,
        version: Version::FIRST,
        created_at: recorded(),
        updated_at: recorded(),
        created_by: PrincipalId::SYSTEM,
        updated_by: PrincipalId::SYSTEM,
    }
}

pub(super) fn tables() -> Vec<Checked> {
    use ServiceAccountStatus::{Active, Expired, Revoked, Suspended};
    let account = |status| owned_by('T', status);
    let of_nobody_here = owned_by('Z', Active);
    let read = |table: Table<Read>| table.who("owned by the director", &account(Active), "+++.....+.....+ ......");
    vec![
        read(Table::new()).who("owned by another", &of_nobody_here, "+++...........+ ......").end(),
        Table::<ListKeys>::new().who("owned by the director", &account(Active), "+++.....+.....+ ......").end(),
        Table::<Create>::new()
            .who("of a ministry", &Some(alive()), "+-------------- ------")
            .now("of a ministry", &Some(alive()))
            .when("of one that was merged", &Some(merged()), "superseded")
            .when("of one that was closed", &Some(closed()), "illegal")
            .end(),
        Table::<Update>::new()
            .who("owned by the director", &account(Active), "+--.....-.....- ......")
            .now("in use", &account(Active))
            .now("expired: it is given a later end", &account(Expired))
            .now("suspended: it is given another owner", &account(Suspended))
            .when("revoked", &account(Revoked), "illegal")
            .end(),
        Table::<Revoke>::new()
            .who("owned by the director", &account(Active), "+--.....+.....- ......")
            .now("in use", &account(Active))
            .now("expired", &account(Expired))
            .when("revoked", &account(Revoked), "illegal")
            .end(),
        Table::<CreateKey>::new()
            .who("owned by the director", &account(Active), "+--.....+.....- ......")
            .now("in use", &account(Active))
            .now("suspended", &account(Suspended))
            .when("expired", &account(Expired), "illegal")
            .when("revoked", &account(Revoked), "illegal")
            .end(),
    ]
    .into_iter()
    .chain(of_keys())
    .collect()
}

fn of_keys() -> Vec<Checked> {
    use ServiceAccountKeyKind::{PublicKey, Secret};
    use ServiceAccountKeyStatus::{Active, Expired, Revoked};
    let secret = |status| key_of('T', Secret, status);
    vec![
        Table::<ReadKey>::new()
            .who("owned by the director", &secret(Active), "+++.....+.....+ ......")
            .who("owned by another", &key_of('Z', Secret, Active), "+++...........+ ......")
            .end(),
        Table::<RotateKey>::new()
            .who("owned by the director", &secret(Active), "+--.....+.....- ......")
            .now("a secret in use", &secret(Active))
            .when("expired", &secret(Expired), "illegal")
            .when("revoked", &secret(Revoked), "illegal")
            .when("a public key", &key_of('T', PublicKey, Active), "illegal")
            .end(),
        Table::<RevokeKey>::new()
            .who("owned by the director", &secret(Active), "+--.....+.....- ......")
            .now("in use", &secret(Active))
            .now("expired", &secret(Expired))
            .now("a public key", &key_of('T', PublicKey, Active))
            .when("revoked", &secret(Revoked), "illegal")
            .end(),
    ]
}
