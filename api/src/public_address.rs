//! Where the service stands for those who call it. What a client claims of it (`Host`, forwarded fields) would let anyone
//! send others, by way of what we answer, to an address of theirs.

use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::Uri;
use actix_web::http::header::HeaderMap;
use url::Url;

use crate::limits::Networks;

/// The local end of a connection.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Here(pub(crate) SocketAddr);

/// Where the service stands: where its operator says, else where a proxy of ours says, else where it listens.
#[derive(Debug, Clone)]
pub struct PublicAddress(Arc<Stands>);

#[derive(Debug)]
struct Stands {
    set: Option<String>,
    proxies: Networks,
}

impl PublicAddress {
    /// The address that is set up, if one is, and the proxies whose forwarded fields count.
    #[must_use]
    pub fn new(set: Option<String>, proxies: Networks) -> Self {
        Self(Arc::new(Stands { set, proxies }))
    }

    /// Scheme and authority, without a slash behind.
    pub(crate) fn of(&self, request: &HttpRequest) -> String {
        let set = self.0.set.clone();
        let proxy = request.peer_addr().is_some_and(|peer| self.0.proxies.contain(&peer.ip().to_canonical()));
        let forwarded = || if proxy { forwarded(request.headers()) } else { None };
        set.or_else(forwarded).unwrap_or_else(|| {
            let listens = request.app_config().local_addr();
            let here = request.conn_data::<Here>().map_or(listens, |here| here.0);
            format!("http://{}", if listens.ip().is_unspecified() { here } else { listens })
        })
    }
}

/// An address of a setting: http or https, a host and perhaps a port, and nothing more; without a slash behind.
pub(crate) fn origin(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok()?;
    let bare =
        url.username().is_empty() && url.password().is_none() && url.query().is_none() && url.fragment().is_none();
    let web = ["http", "https"].contains(&url.scheme()) && url.has_host();
    (web && bare && url.path() == "/").then(|| url.origin().ascii_serialization())
}

/// What the proxy in front says: of several values the last, which is its own (RFC 7239, section 4).
fn forwarded(headers: &HeaderMap) -> Option<String> {
    let values = |name: &str| {
        let all = headers.get_all(name).filter_map(|value| value.to_str().ok());
        all.collect::<Vec<_>>().join(",")
    };
    let last = |list: &str| list.rsplit(',').next().map(|value| value.trim().to_owned()).filter(|it| !it.is_empty());
    let standard = values("forwarded");
    let pairs: Vec<_> = last(&standard).into_iter().flat_map(|it| pairs(&it)).collect();
    let standard = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
    let host = standard("host").or_else(|| last(&values("x-forwarded-host")))?;
    let scheme = standard("proto").or_else(|| last(&values("x-forwarded-proto")));
    let scheme = scheme.map_or_else(|| "http".to_owned(), |scheme| scheme.to_ascii_lowercase());
    // An authority by the rules of addresses, not only something that could be read as one.
    let plain = host.parse::<Uri>().is_ok_and(|uri| uri.authority().is_some_and(|it| it.as_str() == host));
    if plain { origin(&format!("{scheme}://{host}")) } else { None }
}

/// The pairs of one element of `Forwarded`.
fn pairs(element: &str) -> Vec<(String, String)> {
    let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim().trim_matches('"').to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::origin;

    #[test]
    fn an_address_is_a_scheme_and_a_host_and_nothing_more() {
        for (good, said) in [
            ("https://diapason.example", "https://diapason.example"),
            ("https://Diapason.example:443/", "https://diapason.example"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(origin(good).as_deref(), Some(said));
        }
        for bad in [
            "",
            "diapason.example",
            "ftp://diapason.example",
            "https://",
            "https://diapason.example/path",
            "https://diapason.example/?a",
            "https://diapason.example/#a",
            "https://user@diapason.example",
            "https://:password@diapason.example",
            "mailto:a@b.example",
        ] {
            assert_eq!(origin(bad), None, "{bad}");
        }
    }
}
