//! What handlers take in: a valid body, a listing, the version that the caller saw.

use std::fmt::Display;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use kernel::{PageQuery, Version};
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use validator::Validate;

use crate::call::{BodyDigest, IDEMPOTENCY_KEY};
use crate::problem::{Code, FieldCode, FieldError, Problem};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";
/// How long a body may take to arrive: actix has a limit for the head alone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How deep JSON may go; nothing of ours goes deeper than five.
const DEEPEST: usize = 32;

/// A JSON body that keeps every bound of its type: 422 with pointers otherwise.
pub(crate) struct Valid<T>(pub(crate) T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Valid<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let expected = if request.method() == Method::PATCH { MERGE_PATCH } else { JSON };
        let plain = !request.headers().contains_key(header::CONTENT_ENCODING);
        let understood = plain && request.content_type() == expected;
        let body = web::Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            if !understood {
                return Err(Problem::new(Code::UnsupportedMediaType).into());
            }
            let body = tokio::time::timeout(PATIENCE, body).await.map_err(|_| Problem::new(Code::RequestTimeout))??;
            request.extensions_mut().insert(BodyDigest(Sha256::digest(&body).to_vec()));
            Ok(Self(parse(&body, expected == MERGE_PATCH)?))
        })
    }
}

fn parse<T: DeserializeOwned + Validate>(body: &[u8], may_clear: bool) -> Result<T, Problem> {
    if depth(body) > DEEPEST {
        return Err(Problem::new(Code::Malformed));
    }
    let json: Value = serde_json::from_slice(body).map_err(|_| Problem::new(Code::Malformed))?;
    // serde would take an array for a struct whose fields all have defaults.
    if !json.is_object() {
        return Err(Problem::invalid(vec![FieldError::new("", FieldCode::Invalid)]));
    }
    let nulls = nulls(&json, "");
    if !may_clear && !nulls.is_empty() {
        return Err(Problem::invalid(nulls));
    }
    let mut body = serde_json::Deserializer::from_slice(body);
    let value: T = serde_path_to_error::deserialize(&mut body).map_err(|error| unfit(&error))?;
    value.validate().map_err(|errors| Problem::invalid(FieldError::all(&errors, "")))?;
    Ok(value)
}

/// How deep brackets go, outside strings.
fn depth(body: &[u8]) -> usize {
    let (mut now, mut deepest, mut quoted, mut escaped) = (0_usize, 0, false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'[' | b'{' if !quoted => {
                now += 1;
                deepest = deepest.max(now);
            }
            b']' | b'}' if !quoted => now = now.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// `null` clears in a merge patch and means nothing elsewhere, where serde would take it for absent.
fn nulls(value: &Value, at: &str) -> Vec<FieldError> {
    match value {
        Value::Null => vec![FieldError::new(at, FieldCode::Invalid)],
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| nulls(item, &format!("{at}/{i}"))).collect()
        }
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, field)| nulls(field, &format!("{at}/{name}"))).collect()
        }
        _ => Vec::new(),
    }
}

fn unfit<E: Display>(error: &serde_path_to_error::Error<E>) -> Problem {
    Problem::invalid(vec![FieldError::located(error)])
}

/// A list's query string: the page's own parameters, and the filter's. Neither lets an unknown one pass.
pub(crate) struct Listing<F> {
    pub(crate) filter: F,
    pub(crate) page: PageQuery,
}

impl<F: DeserializeOwned> FromRequest for Listing<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let of_page = |pair: &&str| pair.starts_with("limit=") || pair.starts_with("cursor=");
        let (page, mut filter): (Vec<_>, Vec<_>) = request.query_string().split('&').partition(of_page);
        let read = |page: &[&str], filter: &[&str]| -> Result<Self, Problem> {
            Ok(Self { filter: query(filter)?, page: query::<PageQuery>(page)? })
        };
        let found = read(&page, &filter);
        // A cursor belongs to its list: the address with its filters, in whatever order they come.
        filter.sort_unstable();
        let list = format!("{}?{}", request.path(), filter.join("&"));
        ready(found.map(|found| Self { page: PageQuery { list, ..found.page }, ..found }))
    }
}

/// A query string without pages.
pub(crate) struct Query<F>(pub(crate) F);

impl<F: DeserializeOwned> FromRequest for Query<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(query(&[request.query_string()]).map(Self))
    }
}

/// A list without filters.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFilter {}

fn query<T: DeserializeOwned>(pairs: &[&str]) -> Result<T, Problem> {
    let pairs = pairs.join("&");
    // What is no UTF-8 would be read with a sign in its place, and something else be looked for.
    percent_decode_str(&pairs).decode_utf8().map_err(|_| Problem::new(Code::Malformed))?;
    let pairs = serde_html_form::Deserializer::new(form_urlencoded::parse(pairs.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| unfit(&error))
}

/// The version that the caller saw, without which nothing is changed (428).
pub(crate) struct IfMatch(pub(crate) Version);

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let tag = request.headers().get(header::IF_MATCH).ok_or(Problem::new(Code::PreconditionRequired));
        // A tag that we never gave names no version that the object could have.
        let version = |tag: &header::HeaderValue| tag.to_str().ok().and_then(Version::from_etag);
        ready(tag.and_then(|tag| version(tag).ok_or(Problem::new(Code::Stale))).map(Self))
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let tag = ObjectBuilder::new().schema_type(Type::String).examples(["\"1-0c1d2e3f4a5b\""]);
        let parameter = ParameterBuilder::new().name("If-Match").parameter_in(ParameterIn::Header);
        let parameter = parameter.description(Some("The ETag of the object as the caller last saw it."));
        vec![parameter.required(Required::True).schema(Some(tag)).build()]
    }
}

/// The client's word that makes a call happen once, without which what sends many letters is not done (400).
pub(crate) struct Keyed;

impl FromRequest for Keyed {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let sent = request.headers().contains_key(IDEMPOTENCY_KEY);
        ready(if sent { Ok(Self) } else { Err(Problem::new(Code::IdempotencyKeyRequired)) })
    }
}

// Its text stands with that of all other operations, where the contract is finished.
impl IntoParams for Keyed {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let parameter = ParameterBuilder::new().name("Idempotency-Key").parameter_in(ParameterIn::Header);
        vec![parameter.required(Required::True).build()]
    }
}

#[cfg(test)]
mod tests {
    use super::depth;

    #[test]
    fn depth_counts_brackets_outside_strings() {
        for (json, expected) in [("{}", 1), (r#"{"a":[1,[2]],"b":"[[[[\"[["}"#, 3), ("[[[", 3), ("1", 0), ("]]", 0)] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
    }
}
