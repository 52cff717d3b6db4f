//! How far an index answers a filter.

use ::scim::{Filter, Operator, Term};
use chrono::DateTime;
use kernel::{MemberId, NetworkId};
use persistence::directory_user::{Match, Narrow};
use uuid::Uuid;

/// What an index can keep of a filter: never less than the filter does, and whether no more.
pub(super) fn narrow(filter: &Filter) -> (Narrow, bool) {
    match filter {
        // Of whom the directory does not keep, no address is shown: each is looked at.
        Filter::Term(it) => term(it).map_or((Narrow::All, false), |narrow| {
            let exact = !matches!(narrow, Narrow::Email(_));
            (narrow, exact)
        }),
        Filter::Within(path, inner) if path.is("emails") => match stated(inner) {
            Some(email) if email.contains('\0') => (Narrow::Nothing, false),
            Some(email) => (Narrow::Email(email.to_lowercase()), false),
            None => (Narrow::All, false),
        },
        Filter::And(one, other) => {
            let ((one, exact), (other, too)) = (narrow(one), narrow(other));
            (Narrow::And(vec![one, other]), exact && too)
        }
        Filter::Or(one, other) => match (narrow(one), narrow(other)) {
            ((Narrow::All, _), _) | (_, (Narrow::All, _)) => (Narrow::All, false),
            ((one, exact), (other, too)) => (Narrow::Or(vec![one, other]), exact && too),
        },
        Filter::Within(..) | Filter::Not(_) => (Narrow::All, false),
    }
}

/// The value that must be there.
fn stated(filter: &Filter) -> Option<&str> {
    match filter {
        Filter::Term(Term { path, operator: Operator::Eq, value }) if path.is("emails.value") => value.as_str(),
        Filter::And(one, other) => stated(one).or_else(|| stated(other)),
        _ => None,
    }
}

fn term(it: &Term) -> Option<Narrow> {
    let text = it.value.as_str()?;
    // No text that is kept has it, and no database takes it.
    if text.contains('\0') {
        return Some(Narrow::Nothing);
    }
    let begins = |exact: bool| {
        let text = if exact { text.to_owned() } else { text.to_lowercase() };
        match it.operator {
            Operator::Eq => Some(Match::Is(text)),
            Operator::Sw => Some(Match::Begins(text)),
            _ => None,
        }
    };
    let path = &it.path;
    if path.is("userName") {
        return begins(false).map(Narrow::UserName);
    }
    if path.is("externalId") {
        return begins(true).map(Narrow::ExternalId);
    }
    if path.is("meta.lastModified") {
        let sign = match it.operator {
            Operator::Eq => "=",
            Operator::Gt => ">",
            Operator::Ge => ">=",
            Operator::Lt => "<",
            Operator::Le => "<=",
            _ => return None,
        };
        return Some(Narrow::Updated(sign, DateTime::parse_from_rfc3339(text).ok()?.to_utc()));
    }
    if it.operator != Operator::Eq {
        return None;
    }
    if path.is("emails") || path.is("emails.value") {
        return Some(Narrow::Email(text.to_lowercase()));
    }
    let uuid = || Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
    if path.is("id") {
        return Some(uuid().map_or(Narrow::Nothing, |id| Narrow::Id(MemberId(id))));
    }
    let group = path.is("groups") || path.is("groups.value");
    group.then(|| uuid().map_or(Narrow::Nothing, |id| Narrow::Group(NetworkId(id))))
}
