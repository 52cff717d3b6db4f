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
    secret(parts).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// 256 bits that nobody without the key can make for these parts.
#[must_use]
pub fn secret(parts: &[&[u8]]) -> Vec<u8> {
    sealed(parts).map(|mac| mac.finalize().into_bytes().to_vec()).unwrap_or_default()
}

/// Whether someone who has the key made this for these parts. The comparison takes constant time.
#[must_use]
pub fn is_sealed(parts: &[&[u8]], seal: &[u8]) -> bool {
    sealed(parts).is_some_and(|mac| mac.verify_slice(seal).is_ok())
}

fn sealed(parts: &[&[u8]]) -> Option<Hmac<Sha256>> {
    // Without a configured key (printing the contract, unit tests), a process makes one that only it knows.
    let key = KEY.get_or_init(|| [fresh_v4().as_bytes().as_slice(), fresh_v4().as_bytes()].concat());
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    for part in parts {
        // The length keeps ("ab", "c") apart from ("a", "bc").
        mac.update(&u64::try_from(part.len()).unwrap_or_default().to_le_bytes());
        mac.update(part);
    }
    Some(mac)
}
