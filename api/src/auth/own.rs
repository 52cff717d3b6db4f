//! Our own tokens, for service accounts (RFC 9068). They are signed by a key of the month, which every instance derives from the
//! server's key: nothing is kept, nothing is handed round, and the next key is published a month before it signs.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Months, TimeDelta, Utc};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use kernel::{Identity, MemberId, Scope, ServiceAccountId, ServiceAccountKeyId, Session, Vouched, clock};
use p256::pkcs8::EncodePrivateKey as _;
use persistence::session::Client;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::caller::Caller;
use super::token::{Derived, Head, LEEWAY, TYPE, private_key, rules};

/// How long a token lives.
const LIFE: TimeDelta = TimeDelta::minutes(10);

/// Signs and verifies our own tokens.
#[derive(Clone, Default)]
pub struct Own(Arc<Mutex<HashMap<String, Arc<Pair>>>>);

/// The key of a month.
struct Pair {
    signing: EncodingKey,
    verifying: DecodingKey,
    published: Value,
}

/// What a token of ours says.
#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    client_id: ServiceAccountId,
    iat: i64,
    exp: i64,
    jti: Uuid,
    scope: String,
    /// The key by which the account showed who it is.
    key: ServiceAccountKeyId,
    /// Who acts for the subject, where another does (RFC 8693, section 4.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Act>,
}

/// Who acts.
#[derive(Debug, Serialize, Deserialize)]
struct Act {
    sub: ServiceAccountId,
}

/// What a token is given for.
pub(crate) struct Purpose<'a> {
    /// What the account may do with it, for itself.
    pub(crate) scopes: &'a [Scope],
    /// The member on whose behalf it acts, and when the token ends by which that member showed who they are.
    pub(crate) member: Option<(MemberId, DateTime<Utc>)>,
}

/// A token, and for how many seconds it is good.
pub(crate) struct Issued {
    pub(crate) token: String,
    pub(crate) expires_in: i64,
}

/// A good token of ours.
pub(crate) struct Shown {
    pub(crate) session: Session,
    pub(crate) expires_at: DateTime<Utc>,
    from: i64,
}

impl Own {
    /// A token for an account that showed a key, in the name of an issuer.
    pub(crate) fn issue(&self, issuer: &str, client: &Client, purpose: &Purpose<'_>) -> Option<Issued> {
        let now = clock::now();
        let ends = purpose.member.map_or(now + LIFE, |(_, until)| until.min(now + LIFE));
        let month = month(now);
        let pair = self.pair(&month)?;
        let claims = Claims {
            iss: issuer.to_owned(),
            aud: issuer.to_owned(),
            sub: purpose.member.map_or(client.account.0, |(member, _)| member.0),
            client_id: client.account,
            iat: now.timestamp(),
            exp: ends.timestamp(),
            jti: clock::fresh_v4(),
            act: purpose.member.map(|_| Act { sub: client.account }),
            scope: purpose.scopes.iter().map(|scope| scope.code()).collect::<Vec<_>>().join(" "),
            key: client.key,
        };
        let header = Header { typ: Some(TYPE.to_owned()), kid: Some(month), ..Header::new(Algorithm::ES256) };
        let token = jsonwebtoken::encode(&header, &claims, &pair.signing).ok()?;
        Some(Issued { token, expires_in: claims.exp - claims.iat })
    }

    /// What a token of ours says, if it is good now. Whether it was revoked, the database knows.
    pub(crate) fn read(&self, issuer: &str, token: &str) -> Option<Shown> {
        let head = Head::read(token)?;
        self.verify(issuer, &head, token)
    }

    pub(super) fn verify(&self, issuer: &str, head: &Head, token: &str) -> Option<Shown> {
        let now = clock::now();
        let month = head.key.as_ref().filter(|key| months(now).contains(key))?;
        if head.algorithm != "ES256" || head.issuer != issuer {
            return None;
        }
        let rules = rules(Algorithm::ES256, issuer, issuer);
        let claims = jsonwebtoken::decode::<Claims>(token, &self.pair(month)?.verifying, &rules).ok()?.claims;
        let (from, until) = (claims.iat - LEEWAY, claims.exp + LEEWAY);
        let scopes = claims.scope.split(' ').filter_map(|code| Scope::ALL.iter().find(|it| it.code() == code).copied());
        let member = claims.act.as_ref().map(|_| MemberId(claims.sub));
        // Whom it names as acting is the client that it was given to, or the client is its subject.
        let account = claims.act.map_or(ServiceAccountId(claims.sub), |act| act.sub);
        let scopes = scopes.collect();
        let session = Session { account, key: claims.key, token: claims.jti, scopes, member };
        let good = (from..until).contains(&now.timestamp()) && account == claims.client_id;
        let shown = Shown { session, expires_at: DateTime::from_timestamp(until, 0)?, from };
        good.then_some(shown)
    }

    /// The keys by which our tokens are verified (RFC 7517): of the last month, of this one and of the next.
    pub(crate) fn published(&self) -> Vec<Value> {
        let all = months(clock::now()).into_iter();
        all.filter_map(|month| Some(self.pair(&month)?.published.clone())).collect()
    }

    fn pair(&self, month: &str) -> Option<Arc<Pair>> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(pair) = known.get(month) {
            return Some(Arc::clone(pair));
        }
        let pair = Arc::new(Pair::of(month)?);
        known.insert(month.to_owned(), Arc::clone(&pair));
        Some(pair)
    }
}

impl Shown {
    /// The caller that it speaks for, and from when until when it is good.
    pub(super) fn caller(self, issuer: &str) -> (Caller, i64, i64) {
        let machine = self.session.member.is_none();
        let subject = self.session.member.map_or(self.session.account.0, |member| member.0).to_string();
        let identity = Identity { issuer: issuer.to_owned(), subject, session: Some(self.session) };
        let vouched = Vouched { machine, ..Vouched::default() };
        (Caller { identity, vouched, machine }, self.from, self.expires_at.timestamp())
    }
}

impl Pair {
    /// The key of a month.
    fn of(month: &str) -> Option<Self> {
        let Derived { key, mut members } = private_key(&format!("signs tokens in {month}"))?;
        members.remove("d");
        members
            .extend([("use", "sig"), ("alg", "ES256"), ("kid", month)].map(|(name, it)| (name.to_owned(), json!(it))));
        let published = Value::Object(members);
        let public: Jwk = serde_json::from_value(published.clone()).ok()?;
        Some(Self {
            signing: EncodingKey::from_ec_der(key.to_pkcs8_der().ok()?.as_bytes()),
            verifying: DecodingKey::from_jwk(&public).ok()?,
            published,
        })
    }
}

fn month(at: DateTime<Utc>) -> String {
    at.format("%Y-%m").to_string()
}

fn months(now: DateTime<Utc>) -> Vec<String> {
    let one = Months::new(1);
    [now.checked_sub_months(one), Some(now), now.checked_add_months(one)].into_iter().flatten().map(month).collect()
}

#[cfg(test)]
mod tests {
    use members::service_account::SubjectClients;

    use super::*;

    const HERE: &str = "https://diapason.example";

    fn client() -> Client {
        let scopes = vec![Scope::DirectoryRead, Scope::NetworksRead];
        let subject_clients = SubjectClients::default();
        Client { account: ServiceAccountId::fresh(), key: ServiceAccountKeyId::fresh(), scopes, subject_clients }
    }

    #[test]
    fn every_instance_verifies_what_another_signed_and_nothing_else() {
        let (one, other, client) = (Own::default(), Own::default(), client());
        let purpose = Purpose { scopes: &[Scope::NetworksRead], member: None };
        let token = one.issue(HERE, &client, &purpose).unwrap().token;
        let shown = other.read(HERE, &token).unwrap();
        assert_eq!((shown.session.account, shown.session.key), (client.account, client.key));
        assert_eq!(shown.session.scopes, [Scope::NetworksRead]);
        assert!(other.read("https://elsewhere.example", &token).is_none());
        let (head, rest) = token.split_once('.').unwrap();
        assert!(other.read(HERE, &format!("{head}A.{rest}")).is_none());
        assert!(other.read(HERE, token.get(..token.len() - 4).unwrap()).is_none());
        let keys = one.published();
        assert_eq!(keys, other.published());
        assert_eq!(keys.len(), 3);
        assert!(keys.iter().all(|key| key.get("d").is_none()));
    }

    #[test]
    fn a_session_of_a_person_names_who_acts_and_ends_with_the_token_it_came_of() {
        let (own, client, member) = (Own::default(), client(), MemberId::fresh());
        let until = clock::now() + TimeDelta::minutes(3);
        let issued = own.issue(HERE, &client, &Purpose { scopes: &[], member: Some((member, until)) }).unwrap();
        assert!((178..=180).contains(&issued.expires_in));
        let shown = own.read(HERE, &issued.token).unwrap();
        assert_eq!((shown.session.member, shown.session.account), (Some(member), client.account));
        let (caller, ..) = shown.caller(HERE);
        assert_eq!((caller.identity.subject, caller.machine), (member.to_string(), false));
    }

    #[test]
    fn the_keys_of_three_months_are_there_over_the_end_of_a_year() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        assert_eq!(months(at("2026-12-31T23:00:00Z")), ["2026-11", "2026-12", "2027-01"]);
        assert_eq!(months(at("2027-01-31T00:00:00Z")), ["2026-12", "2027-01", "2027-02"]);
    }
}
