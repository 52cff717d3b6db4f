//! Answers that were encrypted for us (RFC 7516): by ECDH-ES over P-256, for a key that every instance derives from the server's key.

use josekit::jwe::{self, ECDH_ES, ECDH_ES_A128KW, ECDH_ES_A256KW};
use josekit::jwk::Jwk;
use serde_json::{Map, Value, json};

use super::token::{members_of, private_key};

/// What it is derived by, and what it is called.
const NAME: &str = "answers encrypted for us";
const KEY_ID: &str = "introspection";

/// The public key, as `/jwks` shows it.
pub(crate) fn published() -> Option<Value> {
    let mut key = private_key(NAME)?.members;
    key.remove("d");
    key.extend(
        [("use", "enc"), ("alg", "ECDH-ES"), ("kid", KEY_ID)].map(|(name, value)| (name.to_owned(), json!(value))),
    );
    Some(Value::Object(key))
}

/// The text within, if it was encrypted for us, in a way that asks for nothing else.
pub(super) fn decrypted(text: &str) -> Option<String> {
    let head = members_of(text.split('.').next()?)?;
    // Compressed, it could be larger than we have room for.
    if head.contains_key("zip") || head.contains_key("crit") {
        return None;
    }
    let key: Map<String, Value> = private_key(NAME)?.members;
    let key = Jwk::from_map(key).ok()?;
    let algorithm = match head.get("alg")?.as_str()? {
        "ECDH-ES" => ECDH_ES,
        "ECDH-ES+A128KW" => ECDH_ES_A128KW,
        "ECDH-ES+A256KW" => ECDH_ES_A256KW,
        _ => return None,
    };
    let (within, _) = jwe::deserialize_compact(text, &algorithm.decrypter_from_jwk(&key).ok()?).ok()?;
    String::from_utf8(within).ok()
}
