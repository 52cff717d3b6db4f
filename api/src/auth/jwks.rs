//! The published keys of an OIDC issuer: fetched aside, swapped whole, kept when the issuer is away.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;

use super::Generation;
use super::token::{Claims, Head, rules};
use crate::config::IssuerConfig;

/// How often keys are fetched anew.
const REFRESH: Duration = Duration::from_mins(10);
/// How often a key that we do not know may make us ask, failures included.
const PATIENCE: Duration = Duration::from_mins(1);
/// How soon a failed fetch is tried again.
const RETRY: Duration = Duration::from_secs(30);
/// How long keys are trusted without hearing from the issuer.
const STALE: Duration = Duration::from_hours(24);
const TIMEOUT: Duration = Duration::from_secs(5);
const LARGEST: u64 = 256 * 1024;
const MOST_KEYS: usize = 50;

/// The keys of one issuer.
pub struct Jwks {
    pub(super) config: IssuerConfig,
    pub(super) generation: Generation,
    keys: RwLock<Arc<Keys>>,
    ask: SyncSender<()>,
}

#[derive(Default)]
struct Keys {
    by_id: HashMap<String, (Algorithm, DecodingKey)>,
    heard: Option<Instant>,
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
        let this = Arc::new(Self { config, generation: AtomicU64::new(1), keys, ask });
        let weak = Arc::downgrade(&this);
        let follow = move || {
            let mut wait = Duration::ZERO;
            loop {
                let called = asked.recv_timeout(wait);
                let Some(this) = weak.upgrade() else { return };
                if called == Err(RecvTimeoutError::Disconnected) {
                    return;
                }
                wait = if this.refresh() { REFRESH } else { RETRY };
                drop(this);
                if called.is_ok() {
                    // Single flight, and no faster, however many unknown keys are shown to us meanwhile.
                    std::thread::sleep(PATIENCE.min(wait));
                    let _ = asked.try_recv();
                }
            }
        };
        if let Err(error) = std::thread::Builder::new().name("jwks".into()).spawn(follow) {
            tracing::error!(%error, "the keys of the issuer cannot be followed");
        }
        this
    }

    fn refresh(&self) -> bool {
        match self.fetch() {
            Ok(by_id) => {
                let Ok(mut keys) = self.keys.write() else { return false };
                let same = keys.by_id.len() == by_id.len() && by_id.keys().all(|id| keys.by_id.contains_key(id));
                *keys = Arc::new(Keys { by_id, heard: Some(Instant::now()) });
                if !same {
                    self.generation.fetch_add(1, Ordering::AcqRel);
                }
                true
            }
            Err(error) => {
                tracing::warn!(issuer = self.config.issuer, error, "no keys from the issuer; keeping those we have");
                false
            }
        }
    }

    fn fetch(&self) -> Result<HashMap<String, (Algorithm, DecodingKey)>, String> {
        let agent = ureq::Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .proxy(None)
            .build()
            .new_agent();
        let get = |address: &str| -> Result<Value, String> {
            let mut answer = agent.get(address).call().map_err(|error| error.to_string())?;
            if answer.status() != 200 {
                return Err(format!("status {}", answer.status()));
            }
            answer.body_mut().with_config().limit(LARGEST).read_json().map_err(|error| error.to_string())
        };
        let address = match &self.config.jwks_uri {
            Some(address) => address.clone(),
            None => {
                let path = format!("{}/.well-known/openid-configuration", self.config.issuer.trim_end_matches('/'));
                let found: Discovery = serde_json::from_value(get(&path)?).map_err(|error| error.to_string())?;
                if found.issuer != self.config.issuer {
                    return Err("the discovery document is another issuer's".into());
                }
                found.jwks_uri
            }
        };
        let keys = usable(&get(&address)?);
        if keys.is_empty() { Err("no usable key".into()) } else { Ok(keys) }
    }

    pub(super) fn verify(&self, head: &Head, token: &str) -> Option<Claims> {
        let keys = Arc::clone(&*self.keys.read().ok()?);
        if keys.heard.is_none_or(|heard| heard.elapsed() > STALE) {
            let _ = self.ask.try_send(());
            return None;
        }
        let id = head.key.as_ref()?;
        let Some((algorithm, key)) = keys.by_id.get(id) else {
            // Someone shows a key that we do not know: it may be new. Never waits, never asks twice.
            let _ = self.ask.try_send(());
            return None;
        };
        if Algorithm::from_str(&head.algorithm).ok()? != *algorithm {
            return None;
        }
        let rules = rules(*algorithm, &self.config.issuer, &self.config.audience);
        Some(jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?.claims)
    }
}

/// The keys that we can use, each with the one algorithm it is for. A bad key takes no other down with it.
fn usable(set: &Value) -> HashMap<String, (Algorithm, DecodingKey)> {
    let all = set.get("keys").and_then(Value::as_array).into_iter().flatten().take(MOST_KEYS);
    let key = |value: &Value| -> Option<(String, (Algorithm, DecodingKey))> {
        let jwk: Jwk = serde_json::from_value(value.clone()).ok()?;
        if matches!(&jwk.common.public_key_use, Some(purpose) if *purpose != PublicKeyUse::Signature) {
            return None;
        }
        let algorithm = match jwk.common.key_algorithm? {
            KeyAlgorithm::RS256 => Algorithm::RS256,
            KeyAlgorithm::PS256 => Algorithm::PS256,
            KeyAlgorithm::ES256 => Algorithm::ES256,
            KeyAlgorithm::ES384 => Algorithm::ES384,
            KeyAlgorithm::EdDSA => Algorithm::EdDSA,
            _ => return None,
        };
        let id = jwk.common.key_id.clone()?;
        Some((id, (algorithm, DecodingKey::from_jwk(&jwk).ok()?)))
    };
    all.filter_map(key).collect()
}

