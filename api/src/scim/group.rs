//! Groups: how a network looks to a directory, and what a directory's words mean.

use ::networks::directory_group::{Close, Create, DirectoryGroup, GroupMember, GroupStep, Place};
use ::networks::network::NetworkName;
use ::scim::schemas::GROUP;
use ::scim::{ErrorType, Filter, Object, Operation, Operator, PatchOp, Projection, ScimError, Target, Verb, read};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use kernel::directory::ExternalId;
use kernel::{MemberId, NetworkId};
use persistence::{Error, Store};
use serde_json::{Value, json};

use super::answer::{resource, seen, tag};
use super::door::{Body, Door};
use super::fault::{Answered, not_found, of_group};
use super::list::asked;

/// How a Group is shown, whole.
pub(super) fn shown(it: &DirectoryGroup, members: &[GroupMember], base: &str) -> Value {
    let mut group = Object::new();
    group.insert("schemas".into(), json!([GROUP.schema.id]));
    group.insert("id".into(), json!(it.id));
    group.extend(it.external_id.iter().map(|id| ("externalId".to_owned(), json!(id))));
    group.insert("displayName".into(), json!(it.name));
    if !members.is_empty() {
        group.insert("members".into(), members.iter().map(|it| member(it, base)).collect());
    }
    let meta = json!({"resourceType": "Group", "created": it.created_at, "lastModified": it.updated_at,
        "location": format!("{base}/Groups/{}", it.id), "version": tag(it.version)});
    group.insert("meta".into(), meta);
    Value::Object(group)
}

fn member(it: &GroupMember, base: &str) -> Value {
    json!({"value": it.id, "$ref": format!("{base}/Users/{}", it.id), "display": it.display_name, "type": "User"})
}

fn id(text: &str) -> Result<NetworkId, ScimError> {
    uuid::Uuid::try_parse(text).map(NetworkId).map_err(|_| not_found())
}

/// A Group with its members, if they are shown.
fn load(
    store: &mut Store<'_>,
    id: NetworkId,
    projection: &Projection,
) -> Result<(DirectoryGroup, Vec<GroupMember>), Error> {
    let group = store.groups(Some(id))?.pop().ok_or(kernel::Refusal::NotFound)?;
    let shows = GROUP.attribute("members").is_some_and(|it| projection.shows(it));
    let members = if shows { store.group_members(&[id], None, usize::MAX)? } else { Vec::new() };
    Ok((group, members.into_iter().map(|(_, member)| member).collect()))
}

/// Members by their identifiers.
fn members_of(value: &Value) -> Result<Vec<MemberId>, ScimError> {
    let all = match value {
        Value::Array(all) => all.as_slice(),
        Value::Null => &[],
        one => std::slice::from_ref(one),
    };
    let id = |it: &Value| {
        let text = it.as_str().or_else(|| it.get("value").and_then(Value::as_str));
        let user =
            it.get("type").is_none_or(|kind| kind.as_str().is_some_and(|kind| kind.eq_ignore_ascii_case("User")));
        let id = text.and_then(|text| uuid::Uuid::try_parse(text).ok()).map(MemberId).filter(|_| user);
        id.ok_or_else(|| ScimError::value("\"members\" names someone who is no User."))
    };
    all.iter().map(id).collect()
}

fn name(value: Option<&Value>) -> Result<NetworkName, ScimError> {
    let text = value.and_then(Value::as_str).ok_or_else(|| ScimError::value("\"displayName\" is missing."))?;
    text.parse().map_err(|_| ScimError::value("\"displayName\" has a value that it cannot have."))
}

fn call(value: Option<&Value>) -> Result<GroupStep, ScimError> {
    let read = |text: &str| text.parse::<ExternalId>();
    let name = value.and_then(Value::as_str).map(read).transpose();
    Ok(GroupStep::Call(name.map_err(|_| ScimError::value("\"externalId\" has a value that it cannot have."))?))
}

/// What a whole Group says; what it leaves open stays as it is.
pub(super) fn steps(said: &Object, is_new: bool) -> Result<(NetworkName, Vec<GroupStep>), ScimError> {
    let name = name(said.get("displayName"))?;
    let mut steps = vec![call(said.get("externalId"))?];
    if !is_new {
        steps.push(GroupStep::Rename(name.clone()));
    }
    if let Some(members) = said.get("members") {
        steps.push(GroupStep::Replace(members_of(members)?));
    }
    Ok((name, steps))
}

/// What a patch does, step by step; those whose members are filtered by more than their identifier need to know them.
fn patch_steps(
    patch: &PatchOp,
    there: &mut dyn FnMut() -> Result<Vec<Value>, Error>,
) -> Result<Result<Vec<GroupStep>, ScimError>, Error> {
    let mut steps = Vec::new();
    for operation in &patch.0 {
        match step(operation, there)? {
            Ok(step) => steps.extend(step),
            Err(error) => return Ok(Err(error)),
        }
    }
    Ok(Ok(steps))
}

fn step(
    operation: &Operation,
    there: &mut dyn FnMut() -> Result<Vec<Value>, Error>,
) -> Result<Result<Option<GroupStep>, ScimError>, Error> {
    let Target::Attribute(path, filter) = &operation.target else { return Ok(Ok(None)) };
    let value = &operation.value;
    let done = match path.attribute.name {
        "displayName" => name(Some(value)).map(GroupStep::Rename),
        "externalId" => call(Some(value).filter(|_| operation.verb != Verb::Remove)),
        "members" => match (operation.verb, filter) {
            (Verb::Add, None) => members_of(value).map(GroupStep::Add),
            (Verb::Replace, None) if value.is_null() => {
                Err(ScimError::value("\"value\" is missing: an empty list empties the Group."))
            }
            (Verb::Replace, None) => members_of(value).map(GroupStep::Replace),
            (Verb::Remove, None) if value.is_null() => Ok(GroupStep::Replace(Vec::new())),
            (Verb::Remove, None) => members_of(value).map(GroupStep::Remove),
            (Verb::Remove, Some(filter)) => {
                if let Some(ids) = named(filter) {
                    Ok(GroupStep::Remove(ids))
                } else {
                    let gone: Vec<Value> = there()?.into_iter().filter(|it| filter.keeps(it)).collect();
                    members_of(&Value::Array(gone)).map(GroupStep::Remove)
                }
            }
            (_, Some(_)) => {
                Err(ScimError::bad(ErrorType::Mutability, "A member cannot be changed in its place: remove and add."))
            }
        },
        _ => return Ok(Ok(None)),
    };
    Ok(done.map(Some))
}

/// The members that a filter names by their identifiers alone.
fn named(filter: &Filter) -> Option<Vec<MemberId>> {
    match filter {
        Filter::Term(it) if it.operator == Operator::Eq && it.path.is("members.value") => {
            let id = it.value.as_str().and_then(|text| uuid::Uuid::try_parse(text).ok()).map(MemberId);
            Some(id.into_iter().collect())
        }
        Filter::Or(one, other) => {
            let mut all = named(one)?;
            all.extend(named(other)?);
            Some(all)
        }
        _ => None,
    }
}

/// What is said of a Group: a whole one, or a patch.
pub(super) enum Word {
    Whole(Object),
    Patch(PatchOp),
}

impl Word {
    pub(super) fn whole(body: &Value) -> Result<Self, ScimError> {
        let mut said = read(&GROUP, body)?;
        // An empty list empties the Group; none leaves it as it is.
        let named =
            body.as_object().is_some_and(|fields| fields.keys().any(|name| name.eq_ignore_ascii_case("members")));
        if named && !said.contains_key("members") {
            said.insert("members".into(), Value::Array(Vec::new()));
        }
        Ok(Self::Whole(said))
    }

    pub(super) fn patch(body: &Value) -> Result<Self, ScimError> {
        PatchOp::read(&GROUP, body).map(Self::Patch)
    }
}

/// Creates a Group.
pub(super) fn created(store: &mut Store<'_>, said: &Object) -> Result<Result<NetworkId, ScimError>, Error> {
    let (name, steps) = match steps(said, true) {
        Ok(done) => done,
        Err(error) => return Ok(Err(error)),
    };
    let who = store.caller()?;
    let grant = store.authorize(Create(who, name))?;
    store.create_group(grant, &steps).map(Ok)
}

/// Changes a Group.
pub(super) fn changed(
    store: &mut Store<'_>,
    id: NetworkId,
    seen: Option<&[i32]>,
    word: &Word,
) -> Result<Result<NetworkId, ScimError>, Error> {
    let who = store.caller()?;
    // The network is locked from here on.
    let grant = store.authorize(Place(who, id))?;
    let mut there = || {
        let all = store.group_members(&[id], None, usize::MAX)?;
        Ok(all.iter().map(|(_, it)| member(it, "")).collect())
    };
    let steps = match word {
        Word::Whole(said) => steps(said, false).map(|(_, steps)| steps),
        Word::Patch(patch) => patch_steps(patch, &mut there)?,
    };
    match steps {
        Ok(steps) => store.change_group(grant, seen, &steps).map(Ok),
        Err(error) => Ok(Err(error)),
    }
}

/// Closes a Group.
pub(super) fn closed(store: &mut Store<'_>, id: NetworkId, seen: Option<&[i32]>) -> Result<NetworkId, Error> {
    let who = store.caller()?;
    let grant = store.authorize(Close(who, id))?;
    store.close_group(grant, seen)
}

fn answer(
    door: &Door,
    status: StatusCode,
    (group, members): &(DirectoryGroup, Vec<GroupMember>),
    projection: &Projection,
) -> HttpResponse {
    let base = door.base();
    let shown = projection.show(&GROUP, shown(group, members, &base));
    let location = format!("{base}/Groups/{}", group.id);
    resource(&door.request, status, (group.version, &location), &shown)
}

fn projection(door: &Door) -> Answered<Projection> {
    Ok(asked(&door.request)?.projection(&GROUP)?)
}

pub(super) async fn create(door: Door, body: Body) -> Answered<HttpResponse> {
    let (projection, said) = (projection(&door)?, read(&GROUP, &body.0)?);
    let shows = projection.clone();
    let done = door.write_as(
        move |store| match created(store, &said)? {
            Ok(id) => load(store, id, &shows).map(Ok),
            Err(error) => Ok(Err(error)),
        },
        of_group,
    );
    Ok(answer(&door, StatusCode::CREATED, &done.await??, &projection))
}

pub(super) async fn get(door: Door, path: Path<String>) -> Answered<HttpResponse> {
    let (projection, id) = (projection(&door)?, id(&path)?);
    let shows = projection.clone();
    let found = door.read(move |store| load(store, id, &shows)).await?;
    Ok(answer(&door, StatusCode::OK, &found, &projection))
}

async fn change(
    door: &Door,
    id: NetworkId,
    word: Word,
    shows: Option<Projection>,
) -> Answered<Option<(DirectoryGroup, Vec<GroupMember>)>> {
    let seen = seen(&door.request)?;
    let done = door.write_as(
        move |store| match (changed(store, id, seen.as_deref(), &word)?, &shows) {
            (Ok(id), Some(shows)) => Ok(Ok(Some(load(store, id, shows)?))),
            (Ok(_), None) => Ok(Ok(None)),
            (Err(error), _) => Ok(Err(error)),
        },
        of_group,
    );
    Ok(done.await??)
}

pub(super) async fn replace(door: Door, path: Path<String>, body: Body) -> Answered<HttpResponse> {
    let projection = projection(&door)?;
    let done = change(&door, id(&path)?, Word::whole(&body.0)?, Some(projection.clone())).await?;
    Ok(answer(&door, StatusCode::OK, &done.ok_or_else(not_found)?, &projection))
}

/// Without a list of attributes nothing is shown, since a Group may be large (RFC 7644, section 3.5.2).
pub(super) async fn patch(door: Door, path: Path<String>, body: Body) -> Answered<HttpResponse> {
    let (projection, word) = (projection(&door)?, Word::patch(&body.0)?);
    let shows = (!door.request.query_string().is_empty()).then(|| projection.clone());
    match change(&door, id(&path)?, word, shows).await? {
        Some(found) => Ok(answer(&door, StatusCode::OK, &found, &projection)),
        None => Ok(HttpResponse::NoContent().finish()),
    }
}

pub(super) async fn delete(door: Door, path: Path<String>) -> Answered<HttpResponse> {
    let (id, seen) = (id(&path)?, seen(&door.request)?);
    door.write(move |store| closed(store, id, seen.as_deref())).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The identifier of an address, for what is done in one request.
pub(super) fn of_address(text: &str) -> Result<NetworkId, ScimError> {
    id(text)
}
