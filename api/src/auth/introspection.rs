//! Opaque tokens: their issuer is asked whether they are good (RFC 7662), by an answer that may be signed (RFC 9701), and encrypted.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kernel::clock;
use moka::sync::Cache;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use super::caller::Caller;
use super::encryption::decrypted;
use super::jwks::Jwks;
use super::token::{Audience, Claims, LEEWAY, seconds, seconds_if_any};

/// How long an issuer may take, and how large its answer may be.
const TIMEOUT: Duration = Duration::from_secs(3);
const LARGEST: u64 = 64 * 1024;
/// How many questions are open at a time.
const AT_ONCE: usize = 16;
/// How long an answer is believed, in seconds: what its issuer takes back is gone after this.
const BELIEVED: i64 = 60;
/// The type of a signed answer, and the claim that holds it (RFC 9701, section 5).
const SIGNED: &str = "application/token-introspection+jwt";
const TYPE: &str = "token-introspection+jwt";
/// How old a signed answer may be, in seconds.
const FRESH: i64 = 60;

/// How an issuer is asked about tokens that say nothing by themselves.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Introspection {
    /// Where it is asked.
    pub endpoint: String,
    /// What it calls this service.
    pub client_id: String,
    /// By what this service shows who it is.
    pub client_secret: String,
    /// Whether its answers are signed: an unsigned one is refused then.
    #[serde(default)]
    pub signed: bool,
}

/// Without the secret.
impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("endpoint", &self.endpoint)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// What the issuer says of a token.
#[derive(Clone)]
pub(crate) enum Verdict {
    /// It is good, and speaks for this caller.
    Good(Arc<Caller>),
    /// It is not.
    Bad,
    /// It could not be asked now.
    Away,
}

/// Asks one issuer about opaque tokens, and remembers for a short while what it said.
pub(crate) struct Introspector {
    jwks: Arc<Jwks>,
    how: Introspection,
    agent: ureq::Agent,
    said: Cache<[u8; 32], (Verdict, i64)>,
    open: Semaphore,
}

/// An answer (RFC 7662, section 2.2).
#[derive(Debug, Deserialize)]
struct Answer {
    active: bool,
    iss: Option<String>,
    aud: Option<Audience>,
    sub: Option<String>,
    client_id: Option<String>,
    #[serde(default, deserialize_with = "seconds_if_any")]
    exp: Option<i64>,
    #[serde(default, deserialize_with = "seconds_if_any")]
    nbf: Option<i64>,
    /// Where the subject works, and what their directory calls them, as `ProConnect` names these claims.
    siret: Option<String>,
    siren: Option<String>,
    uid: Option<String>,
}

/// A signed one.
#[derive(Debug, Deserialize)]
struct Signed {
    #[serde(deserialize_with = "seconds")]
    iat: i64,
    token_introspection: Answer,
}

impl Introspector {
    pub(super) fn new(jwks: Arc<Jwks>, how: Introspection) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).proxy(None);
        let said = Cache::builder().max_capacity(20_000).time_to_live(Duration::from_mins(1)).build();
        Self { jwks, how, agent: agent.build().new_agent(), said, open: Semaphore::new(AT_ONCE) }
    }

    /// What is known already of a token.
    pub(crate) fn remembered(&self, token: &str) -> Option<Verdict> {
        let (verdict, until) = self.said.get(&digest(token))?;
        (clock::now().timestamp() < until).then_some(verdict)
    }

    /// Asks the issuer. Never longer than it may take, and never too many at once.
    pub(crate) async fn ask(self: Arc<Self>, token: String) -> Verdict {
        let Ok(_turn) = self.open.try_acquire() else { return Verdict::Away };
        let asking = Arc::clone(&self);
        let asked = actix_web::web::block(move || asking.asked(&token));
        asked.await.unwrap_or(Verdict::Away)
    }

    fn asked(&self, token: &str) -> Verdict {
        match self.answer(token) {
            Ok(answer) => {
                let now = clock::now().timestamp();
                let judged = self.judge(answer, now);
                let until = judged.as_ref().map_or(now + BELIEVED, |(_, until)| (*until).min(now + BELIEVED));
                let verdict = judged.map_or(Verdict::Bad, |(caller, _)| Verdict::Good(Arc::new(caller)));
                self.said.insert(digest(token), (verdict.clone(), until));
                verdict
            }
            Err(error) => {
                tracing::warn!(issuer = self.jwks.config.issuer, error, "the issuer cannot be asked about a token");
                Verdict::Away
            }
        }
    }

    fn answer(&self, token: &str) -> Result<Answer, String> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let who = STANDARD.encode(format!("{}:{}", encode(&self.how.client_id), encode(&self.how.client_secret)));
        let accept = if self.how.signed { SIGNED } else { "application/json" };
        let asked = self.agent.post(&self.how.endpoint).header("authorization", format!("Basic {who}"));
        let asked = asked.header("accept", accept).header("content-type", "application/x-www-form-urlencoded");
        let mut answer = asked.send(body).map_err(|error| error.to_string())?;
        if answer.status() != 200 {
            return Err(format!("status {}", answer.status()));
        }
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_signed = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SIGNED));
        if is_signed != self.how.signed {
            return Err(format!("an answer of the type {kind:?}"));
        }
        let text =
            answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|error| error.to_string())?;
        if is_signed { self.signed(&text) } else { serde_json::from_str(&text).map_err(|error| error.to_string()) }
    }

    /// A signed answer, which is for us alone and was made just now; encrypted, it is signed within.
    fn signed(&self, text: &str) -> Result<Answer, String> {
        let within = if text.split('.').count() == 5 { decrypted(text) } else { Some(text.to_owned()) };
        let within = within.ok_or("an answer that was not encrypted for this service")?;
        let signed: Option<Signed> = self.jwks.verified(&within, TYPE, &self.how.client_id);
        let signed = signed.ok_or("an answer that the issuer did not sign for this service")?;
        let age = clock::now().timestamp() - signed.iat;
        if (-LEEWAY..=FRESH).contains(&age) { Ok(signed.token_introspection) } else { Err("an old answer".into()) }
    }

    /// Whom the token speaks for and until when, if it is good for this service.
    fn judge(&self, it: Answer, now: i64) -> Option<(Caller, i64)> {
        let config = &self.jwks.config;
        let ours = it.iss.is_none_or(|name| name == config.issuer);
        let for_us = it.aud.as_ref().is_none_or(|all| all.names(&config.audience) || all.names(&self.how.client_id));
        let client = it.client_id.unwrap_or_default();
        let known = config.clients.as_ref().is_none_or(|all| all.contains(&client));
        let timely = it.nbf.is_none_or(|from| from <= now + LEEWAY) && it.exp.is_none_or(|until| until > now);
        let claims = Claims {
            iss: config.issuer.clone(),
            aud: Audience::One(config.audience.clone()),
            sub: it.sub?,
            iat: now,
            exp: it.exp.unwrap_or(now + BELIEVED),
            nbf: it.nbf,
            jti: String::new(),
            client_id: (!client.is_empty()).then_some(client),
            azp: None,
            siret: it.siret,
            siren: it.siren,
            uid: it.uid,
        };
        let until = claims.exp;
        let good = it.active && ours && for_us && known && timely && claims.has_subject();
        good.then(|| (claims.caller(config.source.clone()), until))
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
