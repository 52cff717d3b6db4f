//! What a page or a picture of ours may load (Content-Security-Policy): its own style, and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest as _, Sha256};

/// The policy of an answer that carries this text as its one `<style>`: a browser applies that style, loads nothing and
/// runs nothing.
pub(crate) fn own_style(style: &str) -> String {
    let digest = BASE64.encode(Sha256::digest(style));
    format!(
        "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
}
