//! A client: speaks HTTP to the started binary, for one person or for nobody.

use std::time::Duration;

use serde_json::Value;

/// Speaks for one person, or for nobody.
#[derive(Clone)]
pub struct Client {
    agent: ureq::Agent,
    pub base: String,
    pub token: Option<String>,
}

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub bytes: Vec<u8>,
}

impl Client {
    pub fn new(base: &str, token: Option<String>) -> Self {
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(Duration::from_secs(30)))
            .allow_non_standard_methods(true);
        Self { agent: config.build().new_agent(), base: base.to_owned(), token }
    }

    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    pub fn post(&self, path: &str, body: Value) -> Reply {
        self.send("POST", path, &[], Some(body))
    }

    pub fn patch(&self, path: &str, etag: &str, body: Value) -> Reply {
        self.send("PATCH", path, &[("if-match", etag)], Some(body))
    }

    /// Moves the state of an object.
    pub fn act(&self, path: &str, etag: &str, body: Option<Value>) -> Reply {
        self.send("POST", path, &[("if-match", etag)], body)
    }

    pub fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Option<Value>) -> Reply {
        let kind = if method == "PATCH" { "application/merge-patch+json" } else { "application/json" };
        let body = body.map(|body| body.to_string().into_bytes());
        let typed = [("content-type", kind)];
        let typed = if body.is_some() { &typed[..] } else { &[] };
        let headers: Vec<_> = typed.iter().chain(headers).copied().collect();
        self.raw(method, path, &headers, body.unwrap_or_default())
    }

    /// Sends bytes as they are.
    pub fn raw(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Reply {
        let known = [
            "/api",
            "/livez",
            "/readyz",
            "/openapi",
            "/docs",
            "/problems",
            "/.well-known",
            "/metrics",
            "/test",
            "/conventions",
            "/glossary",
            "/go",
            "/oauth",
            "/jwks",
            "/scim",
        ];
        let root = path == "/" || path.starts_with("/?");
        let api = !root && !known.iter().any(|known| path.starts_with(known));
        let address = format!("{}{}{path}", self.base, if api { "/api/v1" } else { "" });
        let mut request = ureq::http::Request::builder().method(method).uri(address);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let mut answer = self.agent.run(request.body(body).unwrap()).unwrap();
        let headers = answer.headers().iter();
        let headers = headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned())).collect();
        let status = answer.status().as_u16();
        let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap();
        Reply { status, headers, bytes }
    }

    /// Every item of a list, page by page.
    pub fn walk(&self, path: &str) -> Vec<Value> {
        self.through(path, "/items")
    }

    /// Every row of a tracking page, page by page.
    pub fn rows(&self, path: &str) -> Vec<Value> {
        self.through(&format!("{path}?limit=200"), "/rows")
    }

    fn through(&self, path: &str, list: &str) -> Vec<Value> {
        let (mut all, mut next) = (Vec::new(), Some(path.to_owned()));
        while let Some(address) = next {
            let page = self.get(&address).expect(200);
            all.extend(page.at(list).as_array().unwrap().iter().cloned());
            next = page.header("link").split(['<', '>']).nth(1).map(str::to_owned);
            assert_eq!(next.is_some(), page.json().get("next").is_some());
        }
        all
    }
}

impl Reply {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// One value of the body, by its pointer.
    pub fn at(&self, pointer: &str) -> Value {
        self.json().pointer(pointer).cloned().unwrap_or_default()
    }

    /// One text of the body, by its pointer.
    #[track_caller]
    pub fn str(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer}: {}", self.text())).to_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    pub fn etag(&self) -> &str {
        self.header("etag")
    }

    /// The code of a problem: every error must be one.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.header("content-type"), "application/problem+json", "{} {}", self.status, self.text());
        self.str("/code")
    }

    /// The status, when it is expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// The problem, when it is expected.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        let reply = self.expect(status);
        assert_eq!(reply.code(), code, "{}", reply.text());
        reply
    }

    pub fn actions(&self) -> Vec<String> {
        let actions = self.at("/available_actions").as_array().cloned().unwrap_or_default();
        actions.iter().map(|action| action.as_str().unwrap().to_owned()).collect()
    }

    /// All that is said, but the number of the request.
    pub fn said(&self) -> Value {
        let mut body = self.json();
        if let Some(body) = body.as_object_mut() {
            body.remove("instance");
        }
        body
    }
}
