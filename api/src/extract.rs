//! What handlers take in: a valid body, a listing, the version that the caller saw.

use std::collections::HashSet;
use std::future::{Future, Ready, ready};
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use kernel::{Label, PageQuery, Versions};
use percent_encoding::percent_decode_str;
use serde::Deserializer;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use utoipa::IntoParams;
use utoipa::openapi::Required;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use validator::Validate;

use crate::call::{BodyDigest, IDEMPOTENCY_KEY};
use crate::judge::{self, Shape};
use crate::problem::{Code, FieldCode, FieldError, MOST_ERRORS, Problem, token};

const JSON: &str = "application/json";
const MERGE_PATCH: &str = "application/merge-patch+json";
/// How long a body may take to arrive: actix has a limit for the head alone.
const PATIENCE: Duration = Duration::from_secs(10);
/// How deep JSON may go; nothing of ours goes deeper than five.
const DEEPEST: usize = 32;

const TOO_DEEP: Label =
    Label { fr: "Le JSON est imbriqué sur plus de 32 niveaux.", en: "The JSON is nested more than 32 levels deep." };
const NO_UTF8: Label = Label { fr: "L’adresse n’est pas en UTF-8.", en: "The address is not UTF-8." };

/// A JSON body that keeps every bound of its type: 422 with pointers otherwise.
pub(crate) struct Valid<T>(pub(crate) T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for Valid<T> {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let patches = request.method() == Method::PATCH;
        let plain = !request.headers().contains_key(header::CONTENT_ENCODING);
        // Names of media types are read whatever their case (RFC 9110, section 8.3.1).
        let is = |name: &str| request.content_type().eq_ignore_ascii_case(name);
        let understood = plain && (is(JSON) || (patches && is(MERGE_PATCH)));
        let body = web::Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            if !understood {
                return Err(Problem::new(Code::UnsupportedMediaType).into());
            }
            let body = tokio::time::timeout(PATIENCE, body).await.map_err(|_| Problem::new(Code::RequestTimeout))??;
            request.extensions_mut().insert(BodyDigest(Sha256::digest(&body).to_vec()));
            Ok(Self(parse(&body, patches, judge::body(&request))?))
        })
    }
}

fn parse<T: DeserializeOwned + Validate>(body: &[u8], may_clear: bool, shape: Option<&Shape>) -> Result<T, Problem> {
    if depth(body) > DEEPEST {
        return Err(Problem::new(Code::Malformed).because(TOO_DEEP));
    }
    let json: Value = serde_json::from_slice(body).map_err(|error| Problem::no_json(&error, body))?;
    let judge = |first: Vec<FieldError>| {
        let again = |mended: &Value| read::<T, _>(mended, mended, may_clear).err().unwrap_or_default();
        Problem::invalid(match shape {
            Some(shape) => shape.faults(&json, first, &again),
            None => first,
        })
    };
    let mut written = serde_json::Deserializer::from_slice(body);
    read(&json, &mut written, may_clear).map_err(judge)
}

/// Reads a body, as far as it can be read: where it stops, or all that is out of bounds.
fn read<'a, T, D>(json: &Value, body: D, may_clear: bool) -> Result<T, Vec<FieldError>>
where
    T: DeserializeOwned + Validate,
    D: Deserializer<'a>,
{
    // serde would take an array for a struct whose fields all have defaults.
    if !json.is_object() {
        return Err(vec![FieldError::new("", FieldCode::Invalid)]);
    }
    let nulls = nulls(json, "");
    if !may_clear && !nulls.is_empty() {
        return Err(nulls);
    }
    let value: T = serde_path_to_error::deserialize(body).map_err(|error| vec![FieldError::located(&error)])?;
    value.validate().map_err(|errors| FieldError::all(&errors, ""))?;
    Ok(value)
}

/// How deep brackets go, outside strings.
pub(crate) fn depth(body: &[u8]) -> usize {
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
            fields.iter().flat_map(|(name, field)| nulls(field, &format!("{at}/{}", token(name)))).collect()
        }
        _ => Vec::new(),
    }
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
        ready(pairs(request).and_then(|given| {
            let of_page = |(name, _): &&(String, String)| name == "limit" || name == "cursor";
            let read = |given: &[Pair]| {
                let (page, filter): (Vec<_>, Vec<_>) = given.iter().partition(of_page);
                both(query::<PageQuery>(&page), query(&filter))
            };
            let (page, filter) =
                read(&given).map_err(|first| judged(request, &given, first, &|it| read(it).map(drop)))?;
            // A cursor belongs to its list: the address with its filters, in whatever order they come.
            let mut rest: Vec<_> = given.iter().filter(|it| !of_page(it)).collect();
            rest.sort_unstable();
            let filters = form_urlencoded::Serializer::new(String::new()).extend_pairs(rest).finish();
            Ok(Self { page: PageQuery { list: format!("{}?{filters}", request.path()), ..page }, filter })
        }))
    }
}

/// Two things that are read beside each other: both, or all that is wrong with either.
fn both<A, B>(a: Result<A, Vec<FieldError>>, b: Result<B, Vec<FieldError>>) -> Result<(A, B), Vec<FieldError>> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (Err(mut a), Err(b)) => {
            a.extend(b);
            Err(a)
        }
        (Err(faults), _) | (_, Err(faults)) => Err(faults),
    }
}

/// A query string without pages.
pub(crate) struct Query<F>(pub(crate) F);

impl<F: DeserializeOwned> FromRequest for Query<F> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(pairs(request).and_then(|given| {
            let read = |given: &[Pair]| query(&given.iter().collect::<Vec<_>>());
            read(&given).map(Self).map_err(|first| judged(request, &given, first, &|it| read(it).map(drop)))
        }))
    }
}

/// A list without filters.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoFilter {}

/// One parameter of a query.
pub(crate) type Pair = (String, String);

/// The parameters of a query, in their order.
pub(crate) fn pairs(request: &HttpRequest) -> Result<Vec<Pair>, Problem> {
    // What is no UTF-8 would be read with a sign in its place, and something else be looked for.
    percent_decode_str(request.query_string())
        .decode_utf8()
        .map_err(|_| Problem::new(Code::Malformed).because(NO_UTF8))?;
    Ok(form_urlencoded::parse(request.query_string().as_bytes()).into_owned().collect())
}

fn query<T: DeserializeOwned>(given: &[&(String, String)]) -> Result<T, Vec<FieldError>> {
    let written = form_urlencoded::Serializer::new(String::new()).extend_pairs(given.iter().copied()).finish();
    let pairs = serde_html_form::Deserializer::new(form_urlencoded::parse(written.as_bytes()));
    serde_path_to_error::deserialize(pairs).map_err(|error| vec![FieldError::located(&error)])
}

/// Reads a query again, and says what is wrong with it.
type Reader<'a> = dyn Fn(&[Pair]) -> Result<(), Vec<FieldError>> + 'a;

/// All that is wrong with a query.
fn judged(request: &HttpRequest, given: &[Pair], first: Vec<FieldError>, read: &Reader<'_>) -> Problem {
    let Some(shape) = judge::query(request) else { return Problem::invalid(first) };
    let again = |mended: &Value| read(&Shape::pairs(mended)).err().unwrap_or_default();
    let mut seen = HashSet::new();
    let again_given: HashSet<&str> =
        given.iter().map(|(name, _)| name.as_str()).filter(|name| !seen.insert(*name)).collect();
    let twice = |fault: &FieldError| {
        let name = fault.pointer().trim_start_matches('/');
        again_given.contains(name) && !shape.is_list(name)
    };
    let faults = shape.faults(&shape.object(given), first, &again).into_iter();
    Problem::invalid(faults.map(|fault| if twice(&fault) { fault.repeated() } else { fault }).collect())
}

/// Refuses parameters where the operation takes none: they would be thought to count.
///
/// # Errors
/// There is one.
pub(crate) fn refuse_query(request: &HttpRequest) -> Result<(), Problem> {
    if request.query_string().is_empty() || !judge::query(request).is_some_and(Shape::is_empty) {
        return Ok(());
    }
    let unknown = |(name, _): &Pair| FieldError::new(&format!("/{}", token(name)), FieldCode::Unknown);
    Err(Problem::invalid(pairs(request)?.iter().take(MOST_ERRORS).map(unknown).collect()))
}

/// The version that the caller saw, without which nothing is changed (428).
pub(crate) struct IfMatch(pub(crate) Versions);

impl IfMatch {
    /// Maximum length of the field, in bytes.
    const MOST_BYTES: usize = 1000;
}

impl FromRequest for IfMatch {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        // Several lines of one field are one list (RFC 9110, section 5.3).
        let lines: Vec<_> =
            request.headers().get_all(header::IF_MATCH).map(|tag| tag.to_str().unwrap_or_default()).collect();
        let field = lines.join(",");
        // What is to be done only if nothing is there yet is done on nothing that is (RFC 9110, section 13.1.2).
        let unless = request.headers().get_all(header::IF_NONE_MATCH).any(|tag| tag.as_bytes().trim_ascii() == b"*");
        ready(match field.len() {
            _ if unless => Err(Problem::new(Code::Stale)),
            _ if lines.is_empty() => Err(Problem::new(Code::PreconditionRequired)),
            // What is longer names no version, not even of what is answered a second time.
            length if length > Self::MOST_BYTES => Err(Problem::new(Code::Stale)),
            _ => Ok(Self(Versions::from_field(&field))),
        })
    }
}

impl IntoParams for IfMatch {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let tag = ObjectBuilder::new()
            .schema_type(Type::String)
            .max_length(Some(Self::MOST_BYTES))
            .examples(["\"1-0c1d2e3f4a5b\""]);
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
