//! Users: how a member looks to a directory, and what a directory's words mean.

use std::sync::Arc;

use ::members::contact::Phone;
use ::members::directory_user::{DirectoryUser, DirectoryUserInput, Field, UserName};
use ::members::member::Language;
use ::scim::schemas::{COMMUNICANT, ENTERPRISE, USER};
use ::scim::{Object, PatchOp, Projection, ScimError, apply, read};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use kernel::directory::{ExternalId, Profession};
use kernel::{MemberId, PrincipalId};
use persistence::directory_user::{Change, UserOp, Wrong};
use serde_json::{Value, json};

use super::answer::{resource, seen};
use super::door::{Body, Door};
use super::fault::{Answered, Fault, Why, not_found};
use super::list::asked;

/// How a User is shown, whole.
pub(super) fn shown(it: &DirectoryUser, base: &str) -> Value {
    let mut user = Object::new();
    let mut schemas = vec![USER.schema.id];
    let mut put = |name: &str, value: Value| {
        if !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()) {
            user.insert(name.into(), value);
        }
    };
    put("id", json!(it.id));
    put("externalId", json!(it.external_id));
    put("userName", json!(it.user_name));
    put("name", json!({"formatted": it.display_name, "familyName": it.usual_name, "givenName": it.given_name}));
    put("displayName", json!(it.display_name));
    put("title", json!(it.place().and_then(|at| at.position.as_ref())));
    put("preferredLanguage", json!(it.languages.first()));
    put("active", json!(it.active));
    let email = |email| json!({"value": email, "type": "work", "primary": true});
    put("emails", it.email.iter().map(email).collect());
    put("phoneNumbers", it.phones.iter().map(|phone| json!({"value": phone, "type": "work"})).collect());
    let group = |group: &members::directory_user::UserGroup| json!({"value": group.id, "$ref": format!("{base}/Groups/{}", group.id), "display": group.name, "type": "direct"});
    put("groups", it.groups.iter().map(group).collect());
    for (urn, parts) in [(ENTERPRISE, enterprise(it)), (COMMUNICANT, communicant(it, base))] {
        if !parts.is_empty() {
            schemas.push(urn);
            put(urn, Value::Object(parts));
        }
    }
    put("schemas", json!(schemas));
    put(
        "meta",
        json!({"resourceType": "User", "created": it.created_at, "lastModified": it.updated_at,
        "location": format!("{base}/Users/{}", it.id), "version": super::answer::tag(it.version)}),
    );
    Value::Object(user)
}

fn parts(all: impl IntoIterator<Item = (&'static str, Value)>) -> Object {
    let said =
        all.into_iter().filter(|(_, value)| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty()));
    said.map(|(name, value)| (name.to_owned(), value)).collect()
}

fn enterprise(it: &DirectoryUser) -> Object {
    let place = it.place();
    parts([
        ("organization", json!(place.map(|at| &at.organization.name))),
        ("department", json!(place.and_then(|at| at.service.as_ref()))),
    ])
}

fn communicant(it: &DirectoryUser, base: &str) -> Object {
    let place = it.place();
    let base = base.trim_end_matches(super::BASE);
    let affiliation = |at: &members::directory_user::UserAffiliation| {
        let id = at.organization.id;
        Value::Object(parts([
            ("value", json!(id)),
            ("$ref", json!(format!("{base}/api/v1/organizations/{id}"))),
            ("display", json!(at.organization.name)),
            ("position", json!(at.position)),
            ("service", json!(at.service)),
            ("profession", json!(at.profession)),
            ("primary", json!(at.is_primary)),
            ("managedBy", json!(at.managed_by)),
        ]))
    };
    parts([
        ("siret", json!(it.siret)),
        ("position", json!(place.and_then(|at| at.position.as_ref()))),
        ("profession", json!(place.and_then(|at| at.profession))),
        ("memberOrigin", json!(place.map(|at| at.origin))),
        ("affiliations", it.affiliations.iter().map(affiliation).collect()),
        ("lockedAttributes", it.locked.iter().map(|field| attribute(*field)).collect()),
    ])
}

/// The attribute that says a field.
const fn attribute(field: Field) -> &'static str {
    match field {
        Field::GivenName => "name.givenName",
        Field::UsualName => "name.familyName",
        Field::ExternalId => "externalId",
        Field::Email => "emails",
        Field::Phones => "phoneNumbers",
        Field::Languages => "preferredLanguage",
        Field::Position => "title",
        Field::Service => "department",
        Field::Profession => "profession",
        Field::Active => "active",
    }
}

/// What a resource says: all of a User; what it leaves open is as it was, or as it is by default.
///
/// # Errors
/// A value is missing or cannot be.
pub(super) fn input(
    said: &Object,
    raw: &Value,
    before: Option<(&DirectoryUser, Option<&Value>)>,
) -> Result<DirectoryUserInput, ScimError> {
    let now = before.map(|(user, _)| user);
    let extension = |urn: &str, name: &str| said.get(urn).and_then(|parts| parts.get(name));
    let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
    let user_name: UserName = required("userName", text(said.get("userName")))?;
    let name = |part: &str| text(said.get("name").and_then(|name| name.get(part)));
    let (given, family) = names(name("givenName"), name("familyName"), raw, now);
    let emails = said.get("emails").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_primary = |it: &&Value| it.get("primary") == Some(&Value::Bool(true));
    let mut primaries = raw.get("emails").and_then(Value::as_array).into_iter().flatten().filter(is_primary);
    let (primary, None) = (primaries.next(), primaries.next()) else {
        return Err(ScimError::value("Two values of \"emails\" are the primary one."));
    };
    let primary = primary.and_then(|it| it.get("value"));
    let main = |it: &&Value| primary.is_some() && it.get("value") == primary;
    let work =
        |it: &&Value| it.get("type").and_then(Value::as_str).is_some_and(|kind| kind.eq_ignore_ascii_case("work"));
    let email = emails.iter().find(main).or_else(|| emails.iter().find(work)).or(emails.first());
    let email = match email {
        Some(email) => Some(required("emails.value", text(email.get("value")))?),
        None => user_name.as_ref().parse().ok().or_else(|| now.and_then(|it| it.email.clone())),
    };
    let phones = said.get("phoneNumbers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    // Numbers that nobody could call, such as those of a house alone, are left out.
    let known = |said: &str| now.and_then(|it| it.phones.iter().find(|it| it.as_ref() == said).cloned());
    let number = |said: String| known(&said).or_else(|| said.parse().ok());
    let phones: Vec<Phone> = phones.iter().filter_map(|it| number(text(it.get("value"))?)).collect();
    let mut seen = std::collections::HashSet::new();
    let phones: Vec<Phone> = phones.into_iter().filter(|it| seen.insert(it.to_string())).take(5).collect();
    let old = before.and_then(|(_, shown)| shown);
    let was = |path: &str| old.map(|old| old.pointer(path).cloned().unwrap_or_default());
    let position = alias(
        &[
            (said.get("title"), was("/title")),
            (extension(COMMUNICANT, "position"), was(&format!("/{COMMUNICANT}/position"))),
        ],
        now.and_then(|it| Some(json!(it.place()?.position))).as_ref(),
    );
    Ok(DirectoryUserInput {
        user_name,
        external_id: optional::<ExternalId>("externalId", text(said.get("externalId")))?,
        given_name: required("name.givenName", given)?,
        usual_name: required("name.familyName", family)?,
        email,
        phones,
        languages: languages(optional("preferredLanguage", text(said.get("preferredLanguage")))?, now, old),
        active: said.get("active").and_then(Value::as_bool).or(now.map(|it| it.active)).unwrap_or(true),
        siret: optional("siret", text(extension(COMMUNICANT, "siret")))?,
        position: optional("title", text(position.as_ref()))?,
        service: optional("department", text(extension(ENTERPRISE, "department")))?,
        profession: profession(text(extension(COMMUNICANT, "profession")))?,
    })
}

/// The names, as some clients say them: in one, for display.
fn names(
    given: Option<String>,
    family: Option<String>,
    raw: &Value,
    now: Option<&DirectoryUser>,
) -> (Option<String>, Option<String>) {
    if given.is_some() || family.is_some() {
        return (given, family);
    }
    if let Some(now) = now {
        return (Some(now.given_name.to_string()), Some(now.usual_name.to_string()));
    }
    let whole = raw.get("displayName").or_else(|| raw.pointer("/name/formatted")).and_then(Value::as_str);
    match whole.and_then(|whole| whole.trim().split_once(' ')) {
        Some((given, family)) => (Some(given.to_owned()), Some(family.to_owned())),
        None => (None, None),
    }
}

/// One of two names of a thing: the one that changed, else the one that is said.
fn alias(said: &[(Option<&Value>, Option<Value>); 2], now: Option<&Value>) -> Option<Value> {
    for (value, was) in said {
        if was.as_ref().is_some_and(|was| *was != value.cloned().unwrap_or_default()) {
            return value.cloned();
        }
    }
    let present = || said.iter().filter_map(|(value, _)| *value);
    present().find(|value| now != Some(*value)).or_else(|| present().next()).cloned()
}

fn required<T: std::str::FromStr>(name: &str, text: Option<String>) -> Result<T, ScimError> {
    optional(name, text)?.ok_or_else(|| ScimError::value(format!("{name:?} is missing.")))
}

fn optional<T: std::str::FromStr>(name: &str, text: Option<String>) -> Result<Option<T>, ScimError> {
    let read =
        |text: String| text.parse().map_err(|_| ScimError::value(format!("{name:?} has a value that it cannot have.")));
    text.map(read).transpose()
}

/// The language that is said becomes the first; the others stay. They go where it is taken away.
fn languages(said: Option<Language>, now: Option<&DirectoryUser>, old: Option<&Value>) -> Option<Vec<Language>> {
    let others = now.map(|it| it.languages.as_slice()).unwrap_or_default();
    match said {
        Some(said) => Some(
            std::iter::once(said.clone()).chain(others.iter().filter(|it| **it != said).cloned()).take(10).collect(),
        ),
        None => old.and_then(|old| old.get("preferredLanguage")).map(|_| Vec::new()),
    }
}

fn profession(code: Option<String>) -> Result<Option<Profession>, ScimError> {
    let known = |code: String| Profession::ALL.iter().find(|it| it.code() == code).copied();
    code.map(|code| known(code).ok_or_else(|| ScimError::value("\"profession\" is none of its canonical values.")))
        .transpose()
}

/// Someone whom the directory says to be there.
pub(super) fn creation(body: &Value) -> Result<UserOp<ScimError>, ScimError> {
    let said = read(&USER, body)?;
    Ok(UserOp::Create(Box::new(input(&said, body, None)?)))
}

/// What a User becomes by a whole one in its place.
pub(super) fn replacement(
    id: MemberId,
    seen: Option<Vec<i32>>,
    body: Arc<Value>,
) -> Result<UserOp<ScimError>, ScimError> {
    let said = read(&USER, &body)?;
    let change: Change<ScimError> = Box::new(move |now| input(&said, &body, Some((now, None))));
    Ok(UserOp::Change(id, seen, change))
}

/// What a User becomes by a patch.
pub(super) fn patched(id: MemberId, seen: Option<Vec<i32>>, body: &Value) -> Result<UserOp<ScimError>, ScimError> {
    let patch = PatchOp::read(&USER, body)?;
    let change: Change<ScimError> = Box::new(move |now| {
        let before = shown(now, "");
        let Value::Object(mut after) = before.clone() else { return Err(not_found()) };
        apply(&USER, &patch, &mut after)?;
        input(&after, &Value::Null, Some((now, Some(&before))))
    });
    Ok(UserOp::Change(id, seen, change))
}

/// The identifier of an address.
pub(super) fn id(text: &str) -> Result<MemberId, ScimError> {
    uuid::Uuid::try_parse(text).map(MemberId).map_err(|_| not_found())
}

pub(super) fn wrong(why: Wrong<ScimError>) -> ScimError {
    match why {
        Wrong::Unfit(error) => error,
        Wrong::Refused(refused) => Why(refused).into(),
    }
}

/// Does one operation on a User, and shows what came of it.
async fn one(door: &Door, op: UserOp<ScimError>) -> Answered<Option<DirectoryUser>> {
    let ops = vec![op];
    let done = door.write(move |store| {
        let who: PrincipalId = store.caller()?;
        let grant = store.authorize(members::directory_user::Write(who))?;
        let mut words = store.sync_users(grant, &ops, usize::MAX)?;
        Ok(match words.pop() {
            Some(Ok(id)) => Ok(store.users_of(&[id])?.pop()),
            Some(Err(why)) => Err(wrong(why)),
            None => Err(not_found()),
        })
    });
    Ok(done.await??)
}

fn projection(door: &Door) -> Answered<Projection> {
    Ok(asked(&door.request)?.projection(&USER)?)
}

fn answer(door: &Door, status: StatusCode, user: &DirectoryUser, projection: &Projection) -> HttpResponse {
    let base = door.base();
    let shown = projection.show(&USER, shown(user, &base));
    let location = format!("{base}/Users/{}", user.id);
    resource(&door.request, status, (user.version, &location), &shown)
}

pub(super) async fn create(door: Door, body: Body) -> Answered<HttpResponse> {
    let projection = projection(&door)?;
    let user = one(&door, creation(&body.0)?).await?.ok_or_else(not_found)?;
    Ok(answer(&door, StatusCode::CREATED, &user, &projection))
}

pub(super) async fn get(door: Door, path: Path<String>) -> Answered<HttpResponse> {
    let (projection, id) = (projection(&door)?, id(&path)?);
    let user = door.read(move |store| store.user(id)).await?;
    Ok(answer(&door, StatusCode::OK, &user, &projection))
}

pub(super) async fn replace(door: Door, path: Path<String>, body: Body) -> Answered<HttpResponse> {
    let (projection, seen) = (projection(&door)?, seen(&door.request)?);
    let user = one(&door, replacement(id(&path)?, seen, Arc::new(body.0))?).await?.ok_or_else(not_found)?;
    Ok(answer(&door, StatusCode::OK, &user, &projection))
}

pub(super) async fn patch(door: Door, path: Path<String>, body: Body) -> Answered<HttpResponse> {
    let (projection, seen) = (projection(&door)?, seen(&door.request)?);
    let user = one(&door, patched(id(&path)?, seen, &body.0)?).await?.ok_or_else(not_found)?;
    Ok(answer(&door, StatusCode::OK, &user, &projection))
}

pub(super) async fn delete(door: Door, path: Path<String>) -> Answered<HttpResponse> {
    one(&door, UserOp::Remove(id(&path)?, seen(&door.request)?)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The caller, if they are a person: a service account is no User (RFC 7644, section 3.11).
pub(super) async fn me(door: Door) -> Answered<HttpResponse> {
    let projection = projection(&door)?;
    let base = door.base();
    let (body, version) = door
        .read(move |store| {
            let member = store.actor().member();
            let Some(id) = member else { return Ok(None) };
            Ok(Some(match store.member(id)? {
                kernel::Shown::Full(it) => (myself(&it.noun, &base), it.noun.version.number()),
                kernel::Shown::Name(_) => return Ok(None),
            }))
        })
        .await?
        .ok_or_else(|| Fault::from(ScimError::of(404, "A service account is no User: it reads Users and Groups.")))?;
    let location = body.pointer("/meta/location").and_then(Value::as_str).unwrap_or_default().to_owned();
    let body = projection.show(&USER, body);
    let mut answer = resource(&door.request, StatusCode::OK, (version, &location), &body);
    if let Ok(value) = location.parse() {
        answer.headers_mut().insert(actix_web::http::header::LOCATION, value);
    }
    Ok(answer)
}

/// A person as they see themselves.
fn myself(it: &members::member::Member, base: &str) -> Value {
    let email =
        it.email.iter().map(|email| json!({"value": email, "type": "work", "primary": true})).collect::<Vec<_>>();
    let name = it.email.as_ref().map_or_else(|| it.id.to_string(), ToString::to_string);
    let mut user = parts([
        ("schemas", json!([USER.schema.id])),
        ("id", json!(it.id)),
        ("userName", json!(name)),
        ("name", json!({"formatted": it.display_name, "familyName": it.usual_name, "givenName": it.given_name})),
        ("displayName", json!(it.display_name)),
        ("preferredLanguage", json!(it.languages.first())),
        ("active", json!(true)),
        ("emails", email.into()),
        ("phoneNumbers", it.phones.iter().map(|phone| json!({"value": phone, "type": "work"})).collect()),
    ]);
    let version = super::answer::tag(it.version.number());
    user.insert(
        "meta".into(),
        json!({"resourceType": "User", "created": it.created_at, "lastModified": it.updated_at,
            "location": format!("{base}/Users/{}", it.id), "version": version}),
    );
    Value::Object(user)
}
