//! Short keyed digests: what we hand out and must recognise (cursors), or what must not be guessed (entity tags).

use std::fmt::Write as _;
use std::sync::OnceLock;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use crate::clock::fresh_v4;

static KEY: OnceLock<Vec<u8>> = OnceLock::new();

/// Sets the server's key; every instance that serves the same clients has the same one. The first call wins.
pub fn set_key(key: &[u8]) {
    let _ = KEY.set(key.to_vec());
}

/// Twelve hexadecimal digits that nobody without the key can make for these parts.
#[must_use]
pub fn tag(parts: &[&[u8]]) -> String {
    // Without a key of its own (printing the contract, unit tests), a process trusts itself alone.
    let key = KEY.get_or_init(|| [fresh_v4().as_bytes().as_slice(), fresh_v4().as_bytes()].concat());
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    for part in parts {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        mac.update(&u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
