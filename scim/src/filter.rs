//! Filters (RFC 7644, section 3.4.2.2): read once, then asked of resources, of parts of them, or turned into a question for a
//! database.

mod reader;

use reader::{Reader, Scope};
use serde_json::Value;

use crate::compare::holds;
use crate::error::ScimError;
use crate::path::AttributePath;
use crate::schema::{Attribute, Resource};

/// Most characters of a filter.
pub(crate) const LONGEST: usize = 1_024;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// It is equal.
    Eq,
    /// It is not.
    Ne,
    /// It contains this text.
    Co,
    /// It begins with it.
    Sw,
    /// It ends with it.
    Ew,
    /// There is one.
    Pr,
    /// It is greater.
    Gt,
    /// It is greater or equal.
    Ge,
    /// It is less.
    Lt,
    /// It is less or equal.
    Le,
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "eq" => Self::Eq,
            "ne" => Self::Ne,
            "co" => Self::Co,
            "sw" => Self::Sw,
            "ew" => Self::Ew,
            "pr" => Self::Pr,
            "gt" => Self::Gt,
            "ge" => Self::Ge,
            "lt" => Self::Lt,
            "le" => Self::Le,
            _ => return None,
        })
    }
}

/// One comparison.
#[derive(Debug, Clone)]
pub struct Term {
    /// Of what.
    pub path: AttributePath,
    /// How.
    pub operator: Operator,
    /// With what; `null` where nothing is compared.
    pub value: Value,
}

/// A condition on resources.
#[derive(Debug, Clone)]
pub enum Filter {
    /// One comparison.
    Term(Term),
    /// One value of an attribute satisfies all of it.
    Within(AttributePath, Box<Self>),
    /// Both hold.
    And(Box<Self>, Box<Self>),
    /// One of them holds.
    Or(Box<Self>, Box<Self>),
    /// It does not hold.
    Not(Box<Self>),
}

impl Term {
    fn is_met(&self, values: &[&Value]) -> bool {
        let absent = values.is_empty();
        match (self.operator, &self.value) {
            (Operator::Pr, _) | (Operator::Ne, Value::Null) => !absent,
            (Operator::Eq, Value::Null) => absent,
            (operator, wanted) => {
                let Some(compared) = self.path.compared() else { return false };
                (absent && operator == Operator::Ne) || values.iter().any(|it| holds(compared, operator, it, wanted))
            }
        }
    }
}

impl Filter {
    /// Reads a filter on resources of a type.
    ///
    /// # Errors
    /// It cannot be read, names no attribute, or is too long.
    pub fn parse(resource: &'static Resource, text: &str) -> Result<Self, ScimError> {
        Reader::new(Scope::Resource(resource), text)?.all()
    }

    /// Whether a resource satisfies it.
    #[must_use]
    pub fn matches(&self, resource: &Value) -> bool {
        match self {
            Self::Term(term) => {
                // What consists of parts without a value is there if it is.
                if term.path.compared().is_none() {
                    let there = term.path.of(resource).is_some();
                    return there == !matches!((term.operator, &term.value), (Operator::Eq, Value::Null));
                }
                term.is_met(&term.path.values(resource))
            }
            Self::Within(path, filter) => match path.of(resource) {
                Some(Value::Array(all)) => all.iter().any(|it| filter.keeps(it)),
                Some(one) => filter.keeps(one),
                None => false,
            },
            Self::And(one, other) => one.matches(resource) && other.matches(resource),
            Self::Or(one, other) => one.matches(resource) || other.matches(resource),
            Self::Not(it) => !it.matches(resource),
        }
    }

    /// Whether one value of an attribute satisfies it, for a filter within brackets.
    #[must_use]
    pub fn keeps(&self, value: &Value) -> bool {
        match self {
            Self::Term(term) => {
                let part = match term.path.part {
                    Some(part) => value.get(part.name),
                    None => Some(value),
                };
                term.is_met(&part.into_iter().filter(|it| !it.is_null()).collect::<Vec<_>>())
            }
            Self::Within(..) => false,
            Self::And(one, other) => one.keeps(value) && other.keeps(value),
            Self::Or(one, other) => one.keeps(value) || other.keeps(value),
            Self::Not(it) => !it.keeps(value),
        }
    }

    /// The values that it says by comparisons alone that must all hold; none if it says more.
    #[must_use]
    pub fn stated(&self) -> Option<Vec<(&'static Attribute, &Value)>> {
        match self {
            Self::Term(Term { path, operator: Operator::Eq, value }) if !value.is_null() => {
                Some(vec![(path.compared()?, value)])
            }
            Self::And(one, other) => {
                let mut all = one.stated()?;
                all.extend(other.stated()?);
                Some(all)
            }
            _ => None,
        }
    }
}

/// A filter within the brackets of an attribute.
pub(crate) fn value_filter(path: AttributePath, text: &str) -> Result<Filter, ScimError> {
    Reader::new(Scope::Attribute(path), text)?.all()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Filter;
    use crate::schemas::USER;

    #[test]
    fn every_operator_and_value_path_is_answered() {
        let user = json!({"id": "7", "userName": "Camille@Exemple", "externalId": "Ab", "active": true,
            "name": {"familyName": "Exemple"}, "meta": {"lastModified": "2026-11-30T10:00:00Z"},
            "emails": [{"value": "a@x.fr", "type": "work", "primary": true}, {"value": "b@y.fr", "type": "home"}],
            "urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User": {"siret": "1", "lockedAttributes": ["title"]}});
        let holds = |text: &str| Filter::parse(&USER, text).unwrap_or_else(|it| panic!("{text}: {it}")).matches(&user);
        for text in [
            r#"userName eq "camille@exemple""#,
            r#"USERNAME Eq "CAMILLE@exemple""#,
            r#"userName sw "cam" and userName ew "ple" and userName co "@""#,
            r#"externalId eq "Ab""#,
            r#"externalId ne "ab""#,
            r#"externalId gt "Aa" and externalId ge "Ab" and externalId lt "Ac" and externalId le "Ab""#,
            "active eq true",
            r#"active eq "True""#,
            "title eq null",
            "not (title pr)",
            r#"title ne "x""#,
            "name pr and emails pr",
            r#"emails co "x.fr""#,
            r#"emails.value eq "b@y.fr""#,
            r#"emails[type eq "work" and value ew "x.fr"]"#,
            r#"emails[type eq "work" and (value ew "y.fr" or primary eq true)]"#,
            r#"emails[not (type eq "work")]"#,
            r#"meta.lastModified gt "2026-11-30T10:59:00+01:00""#,
            r#"urn:ietf:params:scim:schemas:core:2.0:User:userName eq "camille@exemple""#,
            r#"urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User:siret eq "1""#,
            r#"siret eq "1" and lockedAttributes eq "title""#,
            r#"userName eq "x" or externalId eq "x" and active eq true or id eq "7""#,
            r#"(userName eq "x" or externalId eq "Ab") and (active eq true)"#,
        ] {
            assert!(holds(text), "{text}");
        }
        for text in [
            r#"externalId eq "ab""#,
            "title pr",
            r#"emails[type eq "work" and value ew "y.fr"]"#,
            r#"userName eq "camille@exemple" and not (active eq true)"#,
            r#"meta.lastModified lt "2026-11-30T10:00:00Z""#,
        ] {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        let many = vec!["id pr"; 21].join(" or ");
        let deep = format!("{}id pr{}", "(".repeat(11), ")".repeat(11));
        let long = format!("userName eq \"{}\"", "a".repeat(10_000));
        for text in [
            "",
            " ",
            "userName",
            "userName eq",
            "userName is \"x\"",
            "userName eq x",
            "userName eq 'x'",
            "userName eq \"x",
            "nothing pr",
            "userName eq \"x\" and",
            "and",
            "(userName pr",
            "userName pr)",
            "emails[type eq \"work\"",
            "emails[type]",
            "emails[other pr]",
            "userName[value pr]",
            "not userName pr",
            "active gt true",
            "active co \"t\"",
            "userName eq 7",
            "meta.lastModified gt \"today\"",
            "name eq \"x\"",
            "emails[emails[value pr]]",
            "nickName eq \"x\"",
            &many,
            &deep,
            &long,
        ] {
            let said = Filter::parse(&USER, text).expect_err(text);
            assert_eq!((said.status, said.kind), (400, Some(crate::ErrorType::InvalidFilter)), "{text}");
        }
    }
}
