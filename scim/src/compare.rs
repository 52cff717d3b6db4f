//! How values are compared (RFC 7644, section 3.4.2.2): by their type, and regardless of case where case says nothing.

use std::cmp::Ordering;

use chrono::DateTime;
use serde_json::Value;

use crate::filter::Operator;
use crate::schema::{Attribute, Kind};

/// The order of two values of an attribute; none where they cannot be compared.
pub(crate) fn order(attribute: &Attribute, one: &Value, other: &Value) -> Option<Ordering> {
    match attribute.kind {
        Kind::Boolean => Some(one.as_bool()?.cmp(&other.as_bool()?)),
        Kind::DateTime => {
            let time = |it: &Value| DateTime::parse_from_rfc3339(it.as_str()?).ok();
            Some(time(one)?.cmp(&time(other)?))
        }
        _ => Some(folded(attribute, one.as_str()?).cmp(&folded(attribute, other.as_str()?))),
    }
}

/// A text as it is compared.
pub(crate) fn folded(attribute: &Attribute, text: &str) -> String {
    if attribute.case_exact { text.to_owned() } else { text.to_lowercase() }
}

/// Whether one value satisfies a comparison.
pub(crate) fn holds(attribute: &Attribute, operator: Operator, value: &Value, wanted: &Value) -> bool {
    let text = |found: fn(&str, &str) -> bool| {
        let (Some(value), Some(wanted)) = (value.as_str(), wanted.as_str()) else { return false };
        found(&folded(attribute, value), &folded(attribute, wanted))
    };
    let ordered = |found: fn(Ordering) -> bool| order(attribute, value, wanted).is_some_and(found);
    match operator {
        Operator::Eq => ordered(Ordering::is_eq),
        Operator::Ne => !ordered(Ordering::is_eq),
        Operator::Gt => ordered(Ordering::is_gt),
        Operator::Ge => ordered(Ordering::is_ge),
        Operator::Lt => ordered(Ordering::is_lt),
        Operator::Le => ordered(Ordering::is_le),
        Operator::Co => text(|it, part| it.contains(part)),
        Operator::Sw => text(|it, part| it.starts_with(part)),
        Operator::Ew => text(|it, part| it.ends_with(part)),
        Operator::Pr => true,
    }
}
