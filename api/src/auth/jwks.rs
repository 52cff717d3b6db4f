//! The published keys of an OIDC issuer: fetched aside, swapped whole, kept when the issuer is away.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

use ed25519_dalek::VerifyingKey;
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, Validation, crypto};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::issuer::{IssuerConfig, SignedBy, is_trustworthy};
use super::token::{Claims, Head, rules};

/// How often keys are fetched anew.
const REFRESH: Duration = Duration::from_mins(10);
/// How often a key that we do not know may make us ask, failures included.
const PATIENCE: Duration = Duration::from_mins(1);
/// How soon a failed fetch is tried again: at first, doubled with each failure, and at last.
const RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);
/// How long keys are trusted without hearing from the issuer.
const STALE: Duration = Duration::from_hours(24);
const TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST: u64 = 256 * 1024;
const MOST_KEYS: usize = 50;
/// Of how many keys it is said that they are of no use.
const MOST_TOLD: usize = 200;
/// How much of a key's name is said.
const LONGEST_NAME: usize = 80;
/// How many bytes an RSA modulus has (RFC 7518, §3.3): 2,048 bits at least, and no more than we have time for.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=512;

/// The keys of one issuer.
pub struct Jwks {
    pub(super) config: IssuerConfig,
    /// How often the keys changed.
    pub(super) generation: AtomicU64,
    keys: RwLock<Arc<Keys>>,
    /// The keys of which it was said that they are of no use.
    told: Mutex<HashSet<(String, &'static str)>>,
    ask: SyncSender<()>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, Key>,
    heard: Option<Instant>,
}

/// A key, with the algorithms it is for: one where it says so, else those of its type.
pub(super) struct Key {
    pub(super) algorithms: Vec<Algorithm>,
    pub(super) verifying: DecodingKey,
    pub(super) published: Jwk,
}

/// Two keys are the same when they were published in the same words; the identifier alone says nothing.
impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.published == other.published
    }
}

/// When the issuer is asked next.
struct Pace {
    due: Instant,
    /// From when on an unknown key may make us ask again.
    free: Instant,
    hurried: bool,
    failures: u32,
}

impl Pace {
    fn new(now: Instant) -> Self {
        Self { due: now, free: now, hurried: false, failures: 0 }
    }

    fn left(&self, now: Instant) -> Duration {
        self.due.saturating_duration_since(now)
    }

    /// Someone shows a key that we do not know: at once after a quiet minute, else at its end.
    fn hurry(&mut self) {
        self.due = self.due.min(self.free);
        self.hurried = true;
    }

    fn fetched(&mut self, good: bool, now: Instant) {
        if std::mem::take(&mut self.hurried) {
            self.free = now + PATIENCE;
        }
        let wait = RETRY.saturating_mul(2_u32.saturating_pow(self.failures)).min(LAST_RETRY);
        self.failures = if good { 0 } else { self.failures.saturating_add(1) };
        self.due = now + if good { REFRESH } else { wait };
    }
}

#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
}

impl Jwks {
    /// Begins to follow an issuer's keys, on a thread of its own; does not wait for the first.
    #[must_use]
    pub fn watch(config: IssuerConfig) -> Arc<Self> {
        let (ask, asked) = sync_channel(1);
        let keys = RwLock::new(Arc::new(Keys::default()));
        let told = Mutex::default();
        let this = Arc::new(Self { config, generation: AtomicU64::new(1), keys, told, ask });
        let weak = Arc::downgrade(&this);
        let follow = move || follow(&weak, &asked);
        if let Err(error) = std::thread::Builder::new().name("jwks".into()).spawn(follow) {
            tracing::error!(%error, "the keys of the issuer cannot be followed");
        }
        this
    }

    fn refresh(&self) -> bool {
        match self.fetch() {
            Ok(by_id) => {
                let Ok(mut keys) = self.keys.write() else { return false };
                let same = keys.by_id == by_id;
                *keys = Arc::new(Keys { by_id, heard: Some(Instant::now()) });
                if !same {
                    self.generation.fetch_add(1, Ordering::AcqRel);
                }
                true
            }
            Err(error) => {
                tracing::warn!(
                    issuer = self.config.issuer,
                    error,
                    "the keys of the issuer cannot be fetched: the known ones are kept"
                );
                false
            }
        }
    }

    fn fetch(&self) -> Result<HashMap<String, Key>, String> {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .build()
            .new_agent();
        let discovered = self.config.jwks_uri.is_none().then(|| self.discover(&agent)).transpose()?;
        let address = discovered.as_ref().or(self.config.jwks_uri.as_ref()).ok_or("no address")?;
        let (keys, dropped) = usable(&get(&agent, address)?, &self.config.algorithms());
        for (key, why) in dropped {
            self.tell(&key, why);
        }
        if keys.is_empty() { Err("no usable key".into()) } else { Ok(keys) }
    }

    /// Says once of a key that it is of no use; of so many at most that an issuer cannot fill the log, nor our memory.
    fn tell(&self, key: &str, why: &'static str) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < MOST_TOLD && told.insert((key.to_owned(), why)) {
            tracing::warn!(issuer = self.config.issuer, key, why, "a key of the issuer is left out");
        }
    }

    /// Where the issuer says its keys are (`OpenID` Connect Discovery 1.0, §4).
    fn discover(&self, agent: &ureq::Agent) -> Result<String, String> {
        let ours = &self.config.issuer;
        let address = format!("{}/.well-known/openid-configuration", ours.trim_end_matches('/'));
        let found: Discovery = serde_json::from_value(get(agent, &address)?).map_err(|error| error.to_string())?;
        let in_the_open = ours.starts_with("https:") && !found.jwks_uri.starts_with("https:");
        if found.issuer != *ours {
            Err("the discovery document is another issuer's".into())
        } else if in_the_open || !is_trustworthy(&found.jwks_uri) {
            Err("the discovery document leads to keys that anyone on the way could replace".into())
        } else {
            Ok(found.jwks_uri)
        }
    }

    pub(super) fn verify(&self, head: &Head, token: &str) -> Option<Claims> {
        self.decoded(head, token, |algorithm| rules(algorithm, &self.config.issuer, &self.config.audience))
    }

    /// What the issuer signed for an audience, in a token of a type of its own.
    pub(super) fn verified<T: DeserializeOwned>(&self, token: &str, kind: &str, audience: &str) -> Option<T> {
        let head = Head::of(token)?;
        let typed = head.typ.as_deref().map(|typ| typ.trim_start_matches("application/")) == Some(kind);
        let rules = |algorithm| {
            let mut rules = rules(algorithm, &self.config.issuer, audience);
            rules.set_required_spec_claims(&["iss", "aud"]);
            rules
        };
        if typed { self.decoded(&head, token, rules) } else { None }
    }

    fn decoded<T: DeserializeOwned>(
        &self,
        head: &Head,
        token: &str,
        rules: impl FnOnce(Algorithm) -> Validation,
    ) -> Option<T> {
        let keys = Arc::clone(&*self.keys.read().ok()?);
        if keys.heard.is_none_or(|heard| heard.elapsed() > STALE) {
            let _ = self.ask.try_send(());
            return None;
        }
        let id = head.key.as_ref()?;
        let Some(key) = keys.by_id.get(id) else {
            // Someone shows a key that we do not know: it may be new. Never waits, never asks twice.
            let _ = self.ask.try_send(());
            return None;
        };
        let algorithm = Algorithm::from_str(&head.algorithm).ok()?;
        if !key.algorithms.contains(&algorithm) {
            return None;
        }
        Some(jsonwebtoken::decode::<T>(token, &key.verifying, &rules(algorithm)).ok()?.claims)
    }
}

/// What an issuer publishes: as JSON, within bounds, at this very address.
fn get(agent: &ureq::Agent, address: &str) -> Result<Value, String> {
    let mut answer = agent.get(address).call().map_err(|error| error.to_string())?;
    if answer.status() != 200 {
        return Err(format!("status {}", answer.status()));
    }
    answer.body_mut().with_config().limit(LARGEST).read_json().map_err(|error| error.to_string())
}

/// Asks the issuer when it is time, one question at a time, for as long as someone wants its keys.
fn follow(keys: &Weak<Jwks>, asked: &Receiver<()>) {
    let mut pace = Pace::new(Instant::now());
    loop {
        match asked.recv_timeout(pace.left(Instant::now())) {
            Ok(()) => pace.hurry(),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
        if !pace.left(Instant::now()).is_zero() {
            continue;
        }
        let Some(keys) = keys.upgrade() else { return };
        let good = keys.refresh();
        // A request made meanwhile is answered by this refresh.
        let _ = asked.try_recv();
        pace.fetched(good, Instant::now());
    }
}

/// The keys that we can use, by their identifiers, and the names of those that we cannot, with the reason. A bad key takes
/// no other down with it, and of two with one identifier (RFC 7517, §4.5) the first stands.
fn usable(set: &Value, allowed: &[Algorithm]) -> (HashMap<String, Key>, Vec<(String, &'static str)>) {
    let all = set.get("keys").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let (mut keys, mut dropped) = (HashMap::new(), Vec::new());
    for (place, value) in all.iter().enumerate() {
        let name = || {
            let id = value.get("kid").and_then(Value::as_str).filter(|id| !id.is_empty());
            let id = id.map(|id| id.chars().take(LONGEST_NAME).flat_map(char::escape_debug).collect());
            id.unwrap_or_else(|| format!("number {}", place + 1))
        };
        if place >= MOST_KEYS {
            dropped.push(("the others".to_owned(), "there are more keys than 50"));
            break;
        }
        match read(value, allowed) {
            Ok((id, key)) => match keys.entry(id) {
                Entry::Vacant(free) => drop(free.insert(key)),
                Entry::Occupied(_) => dropped.push((name(), "another key has its identifier")),
            },
            Err(why) => dropped.push((name(), why)),
        }
    }
    (keys, dropped)
}

/// A published key, when it is one that verifies signatures, by an algorithm that we accept from its issuer. A key that
/// names no algorithm (RFC 7517, §4.4) is for those of its type.
pub(super) fn read(value: &Value, allowed: &[Algorithm]) -> Result<(String, Key), &'static str> {
    // A private key that was published is anyone's (RFC 7517, §9.2), and a shared secret is one.
    if value.get("d").is_some() || value.get("k").is_some() {
        return Err("its secret part is published");
    }
    let published: Jwk = serde_json::from_value(value.clone()).map_err(|_| "it cannot be read")?;
    let common = &published.common;
    let signs = common.public_key_use.as_ref().is_none_or(|purpose| *purpose == PublicKeyUse::Signature);
    let verifies = common.key_operations.as_ref().is_none_or(|all| all.contains(&KeyOperations::Verify));
    if !signs || !verifies {
        return Err("it is not for signatures");
    }
    let id = common.key_id.clone().ok_or("it has no identifier")?;
    let mut algorithms = match common.key_algorithm {
        Some(KeyAlgorithm::RS256) => vec![Algorithm::RS256],
        Some(KeyAlgorithm::PS256) => vec![Algorithm::PS256],
        Some(KeyAlgorithm::ES256) => vec![Algorithm::ES256],
        Some(KeyAlgorithm::ES384) => vec![Algorithm::ES384],
        Some(KeyAlgorithm::EdDSA) => vec![Algorithm::EdDSA],
        Some(_) => return Err("its algorithm is none that we accept"),
        None => SignedBy::ALL.map(Algorithm::from).to_vec(),
    };
    let verifying = DecodingKey::from_jwk(&published).map_err(|_| "it cannot be read")?;
    algorithms.retain(|algorithm| is_sound(*algorithm, &published, &verifying));
    if algorithms.is_empty() {
        return Err("its type, curve or size is none that we accept");
    }
    algorithms.retain(|algorithm| allowed.contains(algorithm));
    if algorithms.is_empty() {
        return Err("the setting of its issuer allows none of its algorithms");
    }
    Ok((id, Key { algorithms, verifying, published }))
}

/// Whether a key is of the kind, curve and size of its algorithm (RFC 7518, §3; RFC 8037, §2). The library finds out
/// only when a token is shown, and by a panic where an Ed25519 key is too short.
fn is_sound(algorithm: Algorithm, published: &Jwk, key: &DecodingKey) -> bool {
    let fits = match (algorithm, &published.algorithm, key.kind()) {
        (
            Algorithm::RS256 | Algorithm::PS256,
            AlgorithmParameters::RSA(_),
            DecodingKeyKind::RsaModulusExponent { n, e },
        ) => {
            let is_odd = |number: &[u8]| number.last().is_some_and(|last| last % 2 == 1);
            MODULUS.contains(&n.iter().skip_while(|byte| **byte == 0).count()) && is_odd(n) && is_odd(e)
        }
        (Algorithm::ES256, AlgorithmParameters::EllipticCurve(point), _) => point.curve == EllipticCurve::P256,
        (Algorithm::ES384, AlgorithmParameters::EllipticCurve(point), _) => point.curve == EllipticCurve::P384,
        (Algorithm::EdDSA, AlgorithmParameters::OctetKeyPair(point), DecodingKeyKind::SecretOrDer(x)) => {
            // A key of small order verifies what nobody signed.
            let key = <[u8; 32]>::try_from(x.as_slice()).ok().and_then(|x| VerifyingKey::from_bytes(&x).ok());
            point.curve == EllipticCurve::Ed25519 && key.is_some_and(|key| !key.is_weak())
        }
        _ => false,
    };
    // Verifies nothing, but takes the key apart: a point that is not on its curve fails here.
    fits && crypto::verify("", b"", key, algorithm).is_ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{LAST_RETRY, Pace, REFRESH, RETRY};

    #[test]
    fn an_unknown_key_makes_us_ask_at_once_after_a_quiet_minute_and_at_its_end_otherwise() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut pace = Pace::new(start);
        assert_eq!(pace.left(start), Duration::ZERO, "at boot");
        pace.fetched(true, start);
        assert_eq!(pace.left(start), REFRESH);
        pace.hurry();
        assert_eq!(pace.left(at(1)), Duration::ZERO, "the first");
        pace.fetched(true, at(1));
        pace.hurry();
        assert_eq!(pace.left(at(11)), Duration::from_secs(50), "the second waits for the end of the minute");
        pace.fetched(false, at(61));
        pace.hurry();
        assert_eq!(pace.left(at(61)), RETRY, "what failed is tried again, hurried or not");
        pace.fetched(true, at(62));
        pace.hurry();
        assert_eq!(pace.left(at(200)), Duration::ZERO, "after a quiet minute");
    }

    #[test]
    fn an_issuer_that_fails_is_asked_again_soon_and_then_less_often() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut waits = Vec::new();
        for _ in 0..40 {
            pace.fetched(false, start);
            waits.push(pace.left(start).as_secs());
        }
        assert_eq!(waits.get(..7), Some(&[1, 2, 4, 8, 16, 30, 30][..]));
        assert_eq!(pace.left(start), LAST_RETRY);
        pace.fetched(true, start);
        assert_eq!(pace.left(start), REFRESH);
    }
}
