//! Opaque tokens: their issuer is asked whether they are good (RFC 7662), by an answer that may be signed, and
//! encrypted too (RFC 9701).

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
use super::encrypted::Opener;
use super::jwks::Jwks;
use super::token::{Audience, Claims, LEEWAY, digits, seconds, seconds_if_any};

/// How long an issuer may take, and how large its answer may be.
const TIMEOUT: Duration = Duration::from_secs(3);
const LARGEST: u64 = 64 * 1024;
/// How many questions are open at a time.
const AT_ONCE: usize = 16;
/// How long a question waits for its turn.
const PATIENCE: Duration = Duration::from_secs(1);
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
    /// Whether its answers are encrypted for this service, and signed within: others are refused then.
    #[serde(default)]
    pub encrypted: bool,
}

impl Introspection {
    fn is_signed(&self) -> bool {
        self.signed || self.encrypted
    }

    /// How its answers come, for the operator who reads the settings.
    pub(super) fn shown(&self) -> &'static str {
        match (self.is_signed(), self.encrypted) {
            (_, true) => ", which signs and encrypts its answers",
            (true, false) => ", which signs its answers",
            (false, false) => "",
        }
    }
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
    /// Its address had the issuer asked too often: how many seconds to wait.
    TooOften(u64),
}

/// Asks one issuer about opaque tokens, and remembers for a short while what it said.
pub(crate) struct Introspector {
    jwks: Arc<Jwks>,
    how: Introspection,
    opener: Option<Arc<Opener>>,
    agent: ureq::Agent,
    said: Cache<[u8; 32], (Verdict, i64)>,
    open: Arc<Semaphore>,
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
    #[serde(default, deserialize_with = "digits::<_, 14>")]
    siret: Option<String>,
    #[serde(default, deserialize_with = "digits::<_, 9>")]
    siren: Option<String>,
    #[serde(default, deserialize_with = "digits::<_, 0>")]
    uid: Option<String>,
    token_type: Option<String>,
}

/// A signed one.
#[derive(Debug, Deserialize)]
struct Signed {
    #[serde(deserialize_with = "seconds")]
    iat: i64,
    token_introspection: Answer,
}

const NOT_UNDERSTOOD: &str = "an answer that is not understood";

impl Introspector {
    /// The name of the issuer.
    pub(super) fn issuer(&self) -> &str {
        &self.jwks.config.issuer
    }

    pub(super) fn new(jwks: Arc<Jwks>, how: Introspection, opener: Option<Arc<Opener>>) -> Self {
        let agent = ureq::Agent::config_builder().timeout_global(Some(TIMEOUT)).max_redirects(0).proxy(None);
        let said = Cache::builder().max_capacity(20_000).time_to_live(Duration::from_mins(1)).build();
        Self { jwks, how, opener, agent: agent.build().new_agent(), said, open: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// What is known already of a token.
    pub(crate) fn remembered(&self, token: &str) -> Option<Verdict> {
        let (verdict, until) = self.said.get(&digest(token))?;
        (clock::now().timestamp() < until).then_some(verdict)
    }

    /// Asks the issuer: never longer than it may take, never too many at once, and once for all who show the same token.
    pub(crate) async fn ask(self: Arc<Self>, token: String) -> Verdict {
        let turn = tokio::time::timeout(PATIENCE, Arc::clone(&self.open).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Verdict::Away };
        let asked = actix_web::web::block(move || {
            let verdict = self.asked(&token);
            // Not before: a caller who goes away leaves the question open.
            drop(turn);
            verdict
        });
        asked.await.unwrap_or(Verdict::Away)
    }

    fn asked(&self, token: &str) -> Verdict {
        let key = digest(token);
        if self.remembered(token).is_none() {
            self.said.invalidate(&key);
        }
        let said = self.said.try_get_with(key, || {
            let answer = self.answer(token)?;
            let now = clock::now().timestamp();
            let judged = self.judge(answer, now);
            let until = judged.as_ref().map_or(now + BELIEVED, |(_, until)| (*until).min(now + BELIEVED));
            Ok::<_, String>((judged.map_or(Verdict::Bad, |(caller, _)| Verdict::Good(Arc::new(caller))), until))
        });
        said.map_or_else(
            |error| {
                tracing::warn!(issuer = self.jwks.config.issuer, %error, "the issuer cannot be asked about a token");
                Verdict::Away
            },
            |(verdict, _)| verdict,
        )
    }

    fn answer(&self, token: &str) -> Result<Answer, String> {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("token", token)
            .append_pair("token_type_hint", "access_token")
            .finish();
        let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let who = STANDARD.encode(format!("{}:{}", encode(&self.how.client_id), encode(&self.how.client_secret)));
        let accept = if self.how.is_signed() { SIGNED } else { "application/json" };
        let asked = self.agent.post(&self.how.endpoint).header("authorization", format!("Basic {who}"));
        let asked = asked.header("accept", accept).header("content-type", "application/x-www-form-urlencoded");
        let mut answer = asked.send(body).map_err(|error| error.to_string())?;
        if answer.status() != 200 {
            return Err(format!("status {}", answer.status()));
        }
        let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let is_signed = kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(SIGNED));
        if is_signed != self.how.is_signed() {
            return Err(format!("an answer of the type {kind:?}"));
        }
        let text =
            answer.body_mut().with_config().limit(LARGEST).read_to_string().map_err(|error| error.to_string())?;
        // What it says is not repeated: it is about a person.
        match (self.how.encrypted, is_signed) {
            (true, _) => self.signed(&self.opened(&text).ok_or("an answer that cannot be decrypted")?),
            (false, true) => self.signed(&text),
            (false, false) => serde_json::from_str(&text).map_err(|_| NOT_UNDERSTOOD.to_owned()),
        }
    }

    fn opened(&self, text: &str) -> Option<String> {
        self.opener.as_ref()?.open(text)
    }

    /// A signed answer, which is for us alone and was made just now.
    fn signed(&self, text: &str) -> Result<Answer, String> {
        let signed: Option<Signed> = self.jwks.verified(text, TYPE, &self.how.client_id);
        let signed = signed.ok_or("an answer that the issuer did not sign for this service")?;
        let age = clock::now().timestamp() - signed.iat;
        if (-LEEWAY..=FRESH).contains(&age) { Ok(signed.token_introspection) } else { Err("an old answer".into()) }
    }

    /// Whom the token speaks for and until when, if it is good for this service.
    fn judge(&self, it: Answer, now: i64) -> Option<(Caller, i64)> {
        let config = &self.jwks.config;
        let ours = it.iss.is_none_or(|name| name == config.issuer);
        let client = it.client_id.filter(|client| !client.is_empty())?;
        let listed = config.clients.as_ref().map(|all| all.contains(&client));
        // Where it does not say for whom the token is, its client must be one of those that are named.
        let for_us = it
            .aud
            .as_ref()
            .map_or(listed == Some(true), |all| all.names(&config.audience) || all.names(&self.how.client_id));
        let known = listed != Some(false);
        let kinds = ["bearer", "access_token"];
        let opens = it.token_type.is_none_or(|kind| kinds.iter().any(|known| kind.eq_ignore_ascii_case(known)));
        let timely = it.nbf.is_none_or(|from| from <= now + LEEWAY) && it.exp.is_none_or(|until| until > now);
        let claims = Claims {
            iss: config.issuer.clone(),
            aud: Audience::One(config.audience.clone()),
            sub: it.sub?,
            iat: now,
            exp: it.exp.unwrap_or(now + BELIEVED),
            nbf: it.nbf,
            jti: String::new(),
            client_id: Some(client),
            azp: None,
            siret: it.siret,
            siren: it.siren,
            uid: it.uid,
        };
        let until = claims.exp;
        let good = it.active && ours && for_us && known && opens && timely && claims.has_subject();
        good.then(|| (claims.caller(config.source.clone()), until))
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
