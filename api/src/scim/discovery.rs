//! What is offered, as it holds for the caller (RFC 7644, section 4).

use ::members::member::Language;
use ::scim::schemas::{COMMUNICANT, RESOURCES, all};
use ::scim::{ScimError, list_response};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use kernel::directory::Profession;
use persistence::{Error, Store};
use serde_json::{Value, json};

use super::answer::plain;
use super::door::Door;
use super::fault::{Answered, not_found};

/// Examples of what may be said, for clients that try values.
const LANGUAGES: [&str; 5] = ["fr", "en", "de", "es", "it"];
const PHONE: &str = "+33142758000";

pub(super) async fn provider(door: Door) -> Answered<HttpResponse> {
    known(&door).await?;
    Ok(plain(StatusCode::OK, &::scim::schemas::provider(&door.base())))
}

/// Only those who may read Users are told.
async fn known(door: &Door) -> Answered<Vec<String>> {
    // A filter makes no sense here, and might hide what is looked for (RFC 7644, section 4).
    if door.request.query_string().contains("filter=") {
        return Err(ScimError::of(403, "What is offered is not filtered.").into());
    }
    door.read(sirets).await
}

fn sirets(store: &mut Store<'_>) -> Result<Vec<String>, Error> {
    store.own_sirets()
}

pub(super) async fn resource_types(door: Door) -> Answered<HttpResponse> {
    known(&door).await?;
    let base = door.base();
    let all: Vec<Value> = RESOURCES.iter().map(|it| it.described(&base)).collect();
    Ok(plain(StatusCode::OK, &list_response(Some(all.len()), Some(1), all, None)))
}

pub(super) async fn resource_type(door: Door, name: Path<String>) -> Answered<HttpResponse> {
    known(&door).await?;
    let found = RESOURCES.iter().find(|it| it.name == name.as_str()).ok_or_else(not_found)?;
    Ok(plain(StatusCode::OK, &found.described(&door.base())))
}

pub(super) async fn schemas(door: Door) -> Answered<HttpResponse> {
    let sirets = known(&door).await?;
    let base = door.base();
    let all: Vec<Value> = all().map(|it| suggesting(it.described(&base), &sirets)).collect();
    Ok(plain(StatusCode::OK, &list_response(Some(all.len()), Some(1), all, None)))
}

pub(super) async fn schema(door: Door, id: Path<String>) -> Answered<HttpResponse> {
    let sirets = known(&door).await?;
    let found = all().find(|it| it.id.eq_ignore_ascii_case(&id)).ok_or_else(not_found)?;
    Ok(plain(StatusCode::OK, &suggesting(found.described(&door.base()), &sirets)))
}

/// A schema with the values that this caller may use.
fn suggesting(mut schema: Value, sirets: &[String]) -> Value {
    let communicant = schema.get("id").is_some_and(|id| id == COMMUNICANT);
    let attributes = schema.get_mut("attributes").and_then(Value::as_array_mut).into_iter().flatten();
    for attribute in attributes {
        let name = attribute.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let values = match name.as_str() {
            "siret" if communicant && sirets.is_empty() => {
                // Where the account keeps no establishment that is known, there is none to name.
                if let Some(fields) = attribute.as_object_mut() {
                    fields.insert("mutability".into(), json!("readOnly"));
                    fields.insert("returned".into(), json!("request"));
                }
                continue;
            }
            "siret" if communicant => json!(sirets),
            "profession" if communicant => Profession::ALL.iter().map(|it| it.code()).collect(),
            "preferredLanguage" => LANGUAGES.iter().filter(|it| it.parse::<Language>().is_ok()).copied().collect(),
            "phoneNumbers" => {
                if let Some(value) = attribute.pointer_mut("/subAttributes/0").and_then(Value::as_object_mut) {
                    value.insert("canonicalValues".into(), json!([PHONE]));
                }
                continue;
            }
            _ => continue,
        };
        if let Some(fields) = attribute.as_object_mut() {
            fields.insert("canonicalValues".into(), values);
        }
    }
    schema
}
