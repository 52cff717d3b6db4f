//! Lists of Users and Groups, by place or by cursor.

use ::networks::directory_group::GroupMember;
use ::scim::schemas::{GROUP, USER};
use ::scim::{ErrorType, Filter, Order, Query, ScimError, SearchRequest, list_response};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use kernel::{Cursor, MemberId, NetworkId};
use members::directory_user::DirectoryUser;
use persistence::directory_user::{Narrow, UserOrder, UserQuery};
use persistence::{Error, Store};
use serde_json::Value;

use super::answer::plain;
use super::door::{Body, Door};
use super::fault::Answered;
use super::narrow::narrow;
use super::{group, user};
use crate::extract::pairs;

/// How many Users are looked at one by one, where no index says which a filter keeps.
const MOST_LOOKED_AT: usize = 5_000;
/// How many members of Groups one answer shows.
const MOST_MEMBERS: usize = 20_000;

/// What the address of a request asks.
pub(super) fn asked(request: &HttpRequest) -> Answered<SearchRequest> {
    Ok(SearchRequest::of_query(pairs(request)?)?)
}

/// A part of a list: how many there are in all, and the resources with what leads on.
struct Part {
    total: Option<usize>,
    resources: Vec<Value>,
    next: Option<String>,
}

type Found = Result<Result<Part, ScimError>, Error>;

pub(super) async fn users(door: Door) -> Answered<HttpResponse> {
    let request = asked(&door.request)?;
    list(door, &request, &USER).await
}

pub(super) async fn groups(door: Door) -> Answered<HttpResponse> {
    let request = asked(&door.request)?;
    list(door, &request, &GROUP).await
}

pub(super) async fn search_users(door: Door, body: Body) -> Answered<HttpResponse> {
    list(door, &SearchRequest::of_body(&body.0)?, &USER).await
}

pub(super) async fn search_groups(door: Door, body: Body) -> Answered<HttpResponse> {
    list(door, &SearchRequest::of_body(&body.0)?, &GROUP).await
}

async fn list(door: Door, request: &SearchRequest, of: &'static ::scim::Resource) -> Answered<HttpResponse> {
    let (query, base) = (request.query(of)?, door.base());
    let start = query.cursor.is_none().then_some(query.skip + 1);
    let part = door.read(
        move |store| if of.name == USER.name { found(store, &query, &base) } else { those(store, &query, &base) },
    );
    let part = part.await??;
    Ok(plain(StatusCode::OK, &list_response(part.total, start, part.resources, part.next)))
}

/// Users and Groups in one list (RFC 7644, section 3.4.3): Users first.
pub(super) async fn search(door: Door, body: Body) -> Answered<HttpResponse> {
    let request = SearchRequest::of_body(&body.0)?;
    let base = door.base();
    // A filter may name what only one of them has: then the other has none.
    let (users, groups) = (request.query(&USER), request.query(&GROUP));
    if let (Err(error), Err(_)) = (&users, &groups) {
        return Err(error.clone().into());
    }
    let asked = users.as_ref().or(groups.as_ref()).map_err(Clone::clone)?;
    if asked.cursor.is_some() {
        return Err(
            ScimError::bad(ErrorType::InvalidCursor, "Users and Groups are read by cursor each on their own.").into()
        );
    }
    let (skip, count) = (asked.skip, asked.count);
    let (total, resources) = door
        .read(move |store| {
            let (mut total, mut resources) = (0, Vec::new());
            let wanted = |total: usize, taken: usize| (skip.saturating_sub(total), count - taken);
            for (query, is_user) in [(&users, true), (&groups, false)] {
                let Ok(query) = query else { continue };
                // Who may not know networks finds none.
                if !is_user && !store.actor().knows_networks() {
                    continue;
                }
                let (skip, count) = wanted(total, resources.len());
                let query = Query { skip, count, ..query.clone() };
                let part = if is_user { found(store, &query, &base)? } else { those(store, &query, &base)? };
                match part {
                    Ok(part) => {
                        total += part.total.unwrap_or_default();
                        resources.extend(part.resources);
                    }
                    Err(error) => return Ok(Err(error)),
                }
            }
            Ok(Ok((total, resources)))
        })
        .await??;
    Ok(plain(StatusCode::OK, &list_response(Some(total), Some(skip + 1), resources, None)))
}

fn bad_cursor() -> ScimError {
    ScimError::bad(ErrorType::InvalidCursor, "The cursor is not one of this list.")
}

/// After which identifier a page begins; the beginning for an empty cursor.
fn after<T: serde::de::DeserializeOwned>(query: &Query, of: &str) -> Result<Option<T>, ScimError> {
    match query.cursor.as_deref() {
        None | Some("") => Ok(None),
        Some(text) => {
            let cursor: Cursor = serde_json::from_value(text.into()).map_err(|_| bad_cursor())?;
            cursor.key(&format!("{of}\0{}", query.digest)).map(Some).map_err(|_| bad_cursor())
        }
    }
}

fn next(query: &Query, of: &str, last: Option<&impl serde::Serialize>, more: bool) -> Option<String> {
    let last = last.filter(|_| more && query.cursor.is_some())?;
    Some(Cursor::after(&format!("{of}\0{}", query.digest), last)?.as_ref().to_owned())
}

/// The Users of a list.
fn found(store: &mut Store<'_>, query: &Query, base: &str) -> Found {
    let (narrow, exact) = query.filter.as_ref().map_or((Narrow::All, true), narrow);
    let order = match &query.order {
        None => Some((UserOrder::Id, false)),
        Some(order) => indexed(order),
    };
    let shown = |user: &DirectoryUser| query.projection.show(&USER, user::shown(user, base));
    let Some((order, descending)) = order.filter(|_| exact) else { return looked_at(store, query, &narrow, base) };
    let after = match after::<MemberId>(query, "users") {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    // A walk by cursor is told at its beginning how many there are (RFC 9865, section 2).
    let total = if after.is_none() { Some(store.count_users(&narrow)?) } else { None };
    let asked = UserQuery { narrow, order, descending, after, skip: query.skip, count: query.count };
    let found = store.find_users(&asked)?;
    let users = store.users_of(&found.ids)?;
    let ordered = found.ids.iter().filter_map(|id| users.iter().find(|user| user.id == *id));
    let resources = ordered.map(shown).collect();
    Ok(Ok(Part { total, resources, next: next(query, "users", found.ids.last(), found.more) }))
}

/// The order of an index, if there is one.
fn indexed(order: &Order) -> Option<(UserOrder, bool)> {
    let by = &order.by;
    let known = if by.is("id") {
        UserOrder::Id
    } else if by.is("userName") {
        UserOrder::UserName
    } else if by.is("meta.lastModified") {
        UserOrder::Updated
    } else {
        return None;
    };
    Some((known, order.descending))
}

/// The same, where each must be looked at: not more than is looked at in one answer.
fn looked_at(store: &mut Store<'_>, query: &Query, narrow: &Narrow, base: &str) -> Found {
    if query.cursor.is_some() && query.order.is_some() {
        let why = "With a cursor, sort by id, userName or meta.lastModified.";
        return Ok(Err(ScimError::value(why)));
    }
    let after = match after::<MemberId>(query, "users") {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    let asked = UserQuery {
        narrow: narrow.clone(),
        order: UserOrder::Id,
        descending: false,
        after: None,
        skip: 0,
        count: MOST_LOOKED_AT,
    };
    let found = store.find_users(&asked)?;
    if found.more {
        let why = format!(
            "More than {MOST_LOOKED_AT} Users would have to be looked at: add a condition with eq or sw on userName or externalId, \
             or with eq on id, emails or groups, or on meta.lastModified."
        );
        return Ok(Err(ScimError::bad(ErrorType::TooMany, why)));
    }
    let users = store.users_of(&found.ids)?;
    let mut all: Vec<Value> = users.iter().map(|user| user::shown(user, base)).collect();
    if let Some(filter) = &query.filter {
        all.retain(|user| filter.matches(user));
    }
    let total = all.len();
    if let Some(order) = &query.order {
        order.sort(&mut all);
    }
    let id = |user: &Value| user.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).map(MemberId);
    if let Some(after) = after {
        all.retain(|user| id(user) > Some(after));
    }
    let rest: Vec<Value> = all.into_iter().skip(query.skip).collect();
    let more = rest.len() > query.count;
    let page: Vec<Value> = rest.into_iter().take(query.count).collect();
    let next = next(query, "users", page.last().and_then(id).as_ref(), more);
    let resources = page.into_iter().map(|user| query.projection.show(&USER, user)).collect();
    Ok(Ok(Part { total: Some(total), resources, next }))
}

/// The Groups of a list: there are never so many that they could not be looked at.
fn those(store: &mut Store<'_>, query: &Query, base: &str) -> Found {
    if query.cursor.is_some() && query.order.is_some() {
        return Ok(Err(ScimError::value("With a cursor, Groups come in the order of their identifiers.")));
    }
    let after = match after::<NetworkId>(query, "groups") {
        Ok(after) => after,
        Err(error) => return Ok(Err(error)),
    };
    let groups = store.groups(None)?;
    let ids: Vec<NetworkId> = groups.iter().map(|it| it.id).collect();
    let named = query.filter.as_ref().and_then(named_members);
    let asks = query.filter.as_ref().is_some_and(|filter| mentions(filter, "members"));
    let known = if asks { store.group_members(&ids, named.as_deref(), MOST_MEMBERS + 1)? } else { Vec::new() };
    if known.len() > MOST_MEMBERS {
        return Ok(Err(too_many_members()));
    }
    let of = |known: &[(NetworkId, GroupMember)], id| -> Vec<GroupMember> {
        known.iter().filter(|(network, _)| *network == id).map(|(_, member)| member.clone()).collect()
    };
    let mut all: Vec<(NetworkId, Value)> =
        groups.iter().map(|it| (it.id, group::shown(it, &of(&known, it.id), base))).collect();
    if let Some(filter) = &query.filter {
        all.retain(|(_, group)| filter.matches(group));
    }
    let total = all.len();
    if let Some(order) = &query.order {
        let mut shown: Vec<Value> = all.iter().map(|(_, group)| group.clone()).collect();
        order.sort(&mut shown);
        let place = |group: &Value| shown.iter().position(|it| it.get("id") == group.get("id"));
        all.sort_by_key(|(_, group)| place(group));
    }
    if let Some(after) = after {
        all.retain(|(id, _)| *id > after);
    }
    let rest: Vec<(NetworkId, Value)> = all.into_iter().skip(query.skip).collect();
    let more = rest.len() > query.count;
    let page: Vec<NetworkId> = rest.into_iter().take(query.count).map(|(id, _)| id).collect();
    let shows = GROUP.attribute("members").is_some_and(|it| query.projection.shows(it));
    let there = if shows { store.group_members(&page, None, MOST_MEMBERS + 1)? } else { Vec::new() };
    if there.len() > MOST_MEMBERS {
        return Ok(Err(too_many_members()));
    }
    let there_too = page.iter().filter_map(|id| groups.iter().find(|it| it.id == *id));
    let resources =
        there_too.map(|it| query.projection.show(&GROUP, group::shown(it, &of(&there, it.id), base))).collect();
    Ok(Ok(Part { total: Some(total), resources, next: next(query, "groups", page.last(), more) }))
}

fn too_many_members() -> ScimError {
    let why = format!(
        "These Groups have more than {MOST_MEMBERS} members in all: leave them out with excludedAttributes=members."
    );
    ScimError::bad(ErrorType::TooMany, why)
}

/// Whether a filter asks about an attribute.
fn mentions(filter: &Filter, name: &str) -> bool {
    match filter {
        Filter::Term(it) => it.path.attribute.name == name,
        Filter::Within(path, _) => path.attribute.name == name,
        Filter::And(one, other) | Filter::Or(one, other) => mentions(one, name) || mentions(other, name),
        Filter::Not(it) => mentions(it, name),
    }
}

/// The members that a filter names, if it says nothing else of members.
fn named_members(filter: &Filter) -> Option<Vec<MemberId>> {
    let named = |it: &::scim::Term| {
        let id = it.value.as_str().and_then(|text| uuid::Uuid::try_parse(text).ok()).map(MemberId);
        let by_value = it.path.is("members") || it.path.is("members.value");
        (by_value && it.operator == ::scim::Operator::Eq && !it.value.is_null()).then(|| id.into_iter().collect())
    };
    match filter {
        Filter::Term(it) if it.path.attribute.name == "members" => named(it),
        Filter::Within(path, inner) if path.attribute.name == "members" => match &**inner {
            Filter::Term(it) => named(it),
            _ => None,
        },
        Filter::Term(_) | Filter::Within(..) => Some(Vec::new()),
        Filter::And(one, other) | Filter::Or(one, other) => {
            let mut all = named_members(one)?;
            all.extend(named_members(other)?);
            Some(all)
        }
        Filter::Not(it) => named_members(it),
    }
}
