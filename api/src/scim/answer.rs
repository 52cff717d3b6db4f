//! Answers: the media type, the entity tag and the address of what is shown.

use ::scim::MEDIA_TYPE;
use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::fault::Answered;
use ::scim::ScimError;

/// An answer without an entity tag.
pub(super) fn plain(status: StatusCode, body: &Value) -> HttpResponse {
    let mut response = HttpResponse::build(status);
    response.insert_header((header::CACHE_CONTROL, "private, no-cache")).insert_header((header::VARY, "Authorization"));
    response.content_type(MEDIA_TYPE).body(body.to_string())
}

/// A resource, with its entity tag; 304 where the client has it.
pub(super) fn resource(
    request: &HttpRequest,
    status: StatusCode,
    (version, location): (i32, &str),
    body: &Value,
) -> HttpResponse {
    let tag = tag(version);
    let any = request.headers().get_all(header::IF_NONE_MATCH).any(|value| value.as_bytes().trim_ascii() == b"*");
    let known = any || versions(request, &header::IF_NONE_MATCH).is_some_and(|known| known.contains(&version));
    let mut response =
        HttpResponse::build(if known && status == StatusCode::OK { StatusCode::NOT_MODIFIED } else { status });
    response.insert_header((header::CACHE_CONTROL, "private, no-cache")).insert_header((header::VARY, "Authorization"));
    response.insert_header((header::ETAG, tag)).insert_header((header::CONTENT_LOCATION, location));
    if known && status == StatusCode::OK {
        return response.finish();
    }
    if status == StatusCode::CREATED {
        response.insert_header((header::LOCATION, location));
    }
    response.content_type(MEDIA_TYPE).body(body.to_string())
}

/// The entity tag of a version: weak, since what others keep may show differently.
pub(super) fn tag(version: i32) -> String {
    format!("W/\"{version}\"")
}

/// The versions that a header names; nothing where there is no header.
fn versions(request: &HttpRequest, name: &header::HeaderName) -> Option<Vec<i32>> {
    let all: Vec<&str> = request.headers().get_all(name).filter_map(|value| value.to_str().ok()).collect();
    if all.is_empty() {
        return None;
    }
    Some(parse(&all.join(",")))
}

fn parse(text: &str) -> Vec<i32> {
    let read = |tag: &str| tag.trim().trim_start_matches("W/").trim_matches('"').parse().ok();
    text.split(',').filter(|tag| tag.trim() != "*").filter_map(read).collect()
}

/// The versions that a change may be made to; any, where none is named.
pub(super) fn seen(request: &HttpRequest) -> Answered<Option<Vec<i32>>> {
    let any = request.headers().get_all(header::IF_MATCH).any(|value| value.as_bytes().trim_ascii() == b"*");
    if any {
        return Ok(None);
    }
    match versions(request, &header::IF_MATCH) {
        Some(versions) if versions.is_empty() => {
            Err(ScimError::of(412, "If-Match names no version of this resource.").into())
        }
        versions => Ok(versions),
    }
}

/// The same, as an operation of a bulk request says it.
pub(super) fn version_of(text: &str) -> Vec<i32> {
    parse(text)
}
