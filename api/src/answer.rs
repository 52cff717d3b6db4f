//! Answers of handlers: the bytes, and the headers that follow from what they show.

use std::marker::PhantomData;

use actix_web::body::BoxBody;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, Responder};
use kernel::{Cursor, Noun, Page, Seen, Shown, Version, seal};
use serde::Serialize;
use uuid::Uuid;

use crate::problem::Problem;

/// Result of a handler: the answer, or a problem.
pub(crate) type Answer<T> = Result<Reply<T>, Problem>;

/// What an answer needs to know of a payload beside its JSON.
pub(crate) trait Represent: Serialize + Send + 'static {
    /// The object shown and its version, for the entity tag.
    fn object(&self) -> Option<(Uuid, Version)> {
        None
    }
    /// Address of the object, for `Location`.
    fn address(&self) -> Option<String> {
        None
    }
    /// Whether it is a list of reference data, which has an entity tag too.
    fn is_reference(&self) -> bool {
        false
    }
    /// Cursor of the next page, for `Link`.
    fn next(&self) -> Option<&Cursor> {
        None
    }
    /// About how many bytes its JSON takes, so that memory is allocated once.
    fn weight(&self) -> usize {
        ITEM
    }
}

/// About how many bytes the JSON of one object takes.
const ITEM: usize = 1024;

impl<T: Noun + Send> Represent for Seen<T> {
    fn object(&self) -> Option<(Uuid, Version)> {
        Some((self.noun.id(), self.noun.version()))
    }

    fn address(&self) -> Option<String> {
        Some(format!("/api/v1/{}/{}", T::COLLECTION, self.noun.key()))
    }
}

impl<F: Represent, N: Serialize + Send + 'static> Represent for Shown<F, N> {
    fn object(&self) -> Option<(Uuid, Version)> {
        match self {
            Self::Full(it) => it.object(),
            Self::Name(_) => None,
        }
    }

    fn address(&self) -> Option<String> {
        match self {
            Self::Full(it) => it.address(),
            Self::Name(_) => None,
        }
    }
}

impl<T: Serialize + Send + 'static> Represent for Page<T> {
    fn next(&self) -> Option<&Cursor> {
        self.next.as_ref()
    }

    fn weight(&self) -> usize {
        ITEM + ITEM * self.items.len()
    }
}

impl Represent for kernel::Voided {}

/// A list of reference data: it changes rarely, so it has an entity tag, of all that it shows.
#[derive(Serialize)]
#[serde(transparent)]
pub(crate) struct Reference<T>(pub(crate) T);

impl<T: Represent> Represent for Reference<T> {
    fn next(&self) -> Option<&Cursor> {
        self.0.next()
    }

    fn weight(&self) -> usize {
        self.0.weight()
    }

    fn is_reference(&self) -> bool {
        true
    }
}

/// An answer, typed by what it shows.
pub(crate) struct Reply<T> {
    status: StatusCode,
    etag: Option<String>,
    location: Option<String>,
    link: Option<String>,
    replayed: bool,
    body: Vec<u8>,
    shows: PhantomData<fn() -> T>,
}

/// The caller and the address: entity tags of two callers differ, since they may see different fields.
#[derive(Debug)]
pub(crate) struct Looker {
    pub(crate) target: String,
    pub(crate) language: &'static str,
}

impl<T: Represent> Reply<T> {
    pub(crate) fn of(shown: &T, rights: &str, looker: &Looker) -> Answer<T> {
        let mut body = Vec::with_capacity(shown.weight());
        serde_json::to_writer(&mut body, shown).map_err(|error| Problem::fault(&error))?;
        let link = shown.next().map(|next| next_link(&looker.target, next));
        // What is shown of another day is not a version of the object: it gets no entity tag.
        let now = !looker.target.contains("as_of=");
        let etag = shown.object().filter(|_| now).map(|(id, version)| {
            let number = version.number().to_le_bytes();
            let parts =
                [b"etag".as_slice(), id.as_bytes(), &number, rights.as_bytes(), looker.language.as_bytes(), &body];
            version.etag(&seal::tag(&parts))
        });
        let listed = || format!("\"{}\"", seal::tag(&[b"list", looker.language.as_bytes(), &body]));
        let etag = etag.or_else(|| shown.is_reference().then(listed));
        let (status, location) = (StatusCode::OK, shown.address());
        Ok(Self { status, etag, location, link, replayed: false, body, shows: PhantomData })
    }

    pub(crate) fn created(self) -> Self {
        Self { status: StatusCode::CREATED, ..self }
    }

    pub(crate) fn replayed(self) -> Self {
        Self { replayed: true, ..self }
    }

    fn known_to(&self, request: &HttpRequest) -> bool {
        let known = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
        let known = known.collect::<Vec<_>>().join(",");
        let shown = self.etag.as_deref().is_some_and(|etag| names(&known, etag));
        request.method().is_safe() && self.status == StatusCode::OK && shown
    }
}

impl<T: Represent> Responder for Reply<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let known = self.known_to(request);
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { self.status });
        // What is shown depends on who asks, so no cache may share it.
        response.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        response.insert_header((header::VARY, "Authorization, Accept-Language"));
        let location = self.location.filter(|_| self.status == StatusCode::CREATED);
        for (name, value) in [(header::LOCATION, location), (header::ETAG, self.etag), (header::LINK, self.link)] {
            if let Some(value) = value {
                response.insert_header((name, value));
            }
        }
        if self.replayed {
            response.insert_header(("Idempotency-Replayed", "true"));
        }
        if known {
            return response.finish();
        }
        response.content_type("application/json").body(self.body)
    }
}

/// Whether a list of entity tags has one, weak or strong, or is the asterisk that means any (RFC 9110, §13.1.2). A comma
/// within the quotes of a tag parts nothing.
fn names(list: &str, etag: &str) -> bool {
    if list.trim() == "*" {
        return true;
    }
    let mut rest = list;
    while let Some((_, tag)) = rest.split_once('"') {
        let Some((tag, after)) = tag.split_once('"') else { return false };
        if etag.strip_prefix('"').and_then(|etag| etag.strip_suffix('"')) == Some(tag) {
            return true;
        }
        rest = after;
    }
    false
}

/// The `Link` header (RFC 8288) to the next page: the same list, from the cursor on.
fn next_link(target: &str, next: &Cursor) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", next.as_ref());
    let query = kept.chain([cursor.as_str()]).collect::<Vec<_>>().join("&");
    format!("<{path}?{query}>; rel=\"next\"")
}
