//! Filters (RFC 7644, section 3.4.2.2): read once, then asked of resources, of parts of them, or turned into a question for a
//! database.

use serde_json::Value;

use crate::compare::holds;
use crate::error::{ErrorType, ScimError};
use crate::path::AttributePath;
use crate::read::coerce;
use crate::schema::{Attribute, Kind, Resource};

/// Most characters of a filter.
pub(crate) const LONGEST: usize = 1_024;
/// Most comparisons of a filter.
const MOST_TERMS: usize = 20;
/// How deep brackets go.
const DEEPEST: usize = 10;

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

/// What the names of a filter belong to.
#[derive(Clone, Copy)]
enum Scope {
    Resource(&'static Resource),
    Attribute(AttributePath),
}

struct Reader<'a> {
    scope: Scope,
    rest: &'a str,
    terms: usize,
    depth: usize,
}

fn unread(why: impl Into<String>) -> ScimError {
    ScimError::bad(ErrorType::InvalidFilter, why)
}

impl<'a> Reader<'a> {
    fn new(scope: Scope, text: &'a str) -> Result<Self, ScimError> {
        if text.chars().count() > LONGEST {
            return Err(unread(format!("The filter has more than {LONGEST} characters.")));
        }
        Ok(Self { scope, rest: text, terms: 0, depth: 0 })
    }

    fn all(mut self) -> Result<Filter, ScimError> {
        let filter = self.either()?;
        self.space();
        if self.rest.is_empty() {
            Ok(filter)
        } else {
            Err(unread(format!("{:?} is not expected there.", self.shown())))
        }
    }

    fn shown(&self) -> String {
        self.rest.chars().take(30).collect()
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    /// The next word, if it is this one.
    fn word(&mut self, word: &str) -> bool {
        self.space();
        let Some(head) = self.rest.get(..word.len()).filter(|head| head.eq_ignore_ascii_case(word)) else {
            return false;
        };
        let after = self.rest.get(head.len()..).unwrap_or_default();
        let ends = after.chars().next().is_none_or(|next| next.is_whitespace() || next == '(' || next == ')');
        if ends {
            self.rest = after;
        }
        ends
    }

    fn sign(&mut self, sign: char) -> bool {
        self.space();
        match self.rest.strip_prefix(sign) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self) -> Result<Filter, ScimError> {
        let mut filter = self.both()?;
        while self.word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both()?));
        }
        Ok(filter)
    }

    fn both(&mut self) -> Result<Filter, ScimError> {
        let mut filter = self.one()?;
        while self.word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one()?));
        }
        Ok(filter)
    }

    fn one(&mut self) -> Result<Filter, ScimError> {
        if self.word("not") {
            if !self.sign('(') {
                return Err(unread("After \"not\" an opening bracket is expected."));
            }
            return Ok(Filter::Not(Box::new(self.bracket()?)));
        }
        if self.sign('(') { self.bracket() } else { self.comparison() }
    }

    fn bracket(&mut self) -> Result<Filter, ScimError> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(unread(format!("The filter is nested more than {DEEPEST} levels deep.")));
        }
        let filter = self.either()?;
        self.depth -= 1;
        if self.sign(')') { Ok(filter) } else { Err(unread("A closing bracket is missing.")) }
    }

    fn comparison(&mut self) -> Result<Filter, ScimError> {
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(unread(format!("The filter has more than {MOST_TERMS} comparisons.")));
        }
        self.space();
        let ends = |it: char| it.is_whitespace() || "[]()\"".contains(it);
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        let path = self.named(name)?;
        if self.rest.starts_with('[') && matches!(self.scope, Scope::Resource(_)) {
            return self.within(path);
        }
        self.space();
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (operator, rest) = self.rest.split_at(end);
        let operator = Operator::parse(operator)
            .ok_or_else(|| unread(format!("{operator:?} is no operator: eq, ne, co, sw, ew, pr, gt, ge, lt, le.")))?;
        self.rest = rest;
        let value = if operator == Operator::Pr { Value::Null } else { self.value()? };
        term(path, operator, value)
    }

    fn named(&self, name: &str) -> Result<AttributePath, ScimError> {
        let unknown = || unread(format!("{name:?} is no attribute that can be asked for."));
        match self.scope {
            Scope::Resource(resource) => AttributePath::find(resource, name).map_err(|_| unknown()),
            Scope::Attribute(path) if path.attribute.kind == Kind::Complex => {
                let part = path.attribute.part(name).ok_or_else(unknown)?;
                Ok(AttributePath { part: Some(part), ..path })
            }
            // The values of an attribute without parts are called so.
            Scope::Attribute(path) if name.eq_ignore_ascii_case("value") => Ok(path),
            Scope::Attribute(_) => Err(unknown()),
        }
    }

    /// What stands in the brackets of an attribute.
    fn within(&mut self, path: AttributePath) -> Result<Filter, ScimError> {
        if path.attribute.kind != Kind::Complex || path.part.is_some() {
            return Err(unread(format!("{:?} has no parts.", path.name())));
        }
        let inner = self.rest.strip_prefix('[').unwrap_or_default();
        let end = closing(inner).ok_or_else(|| unread("A closing bracket is missing."))?;
        let (inside, rest) = inner.split_at(end);
        self.rest = rest.strip_prefix(']').unwrap_or_default();
        let mut reader = Reader::new(Scope::Attribute(path), inside)?;
        (reader.terms, reader.depth) = (self.terms, self.depth);
        let filter = reader.either()?;
        reader.space();
        if !reader.rest.is_empty() {
            return Err(unread(format!("{:?} is not expected there.", reader.shown())));
        }
        self.terms = reader.terms;
        Ok(Filter::Within(path, Box::new(filter)))
    }

    /// A value, as JSON has it.
    fn value(&mut self) -> Result<Value, ScimError> {
        self.space();
        let end = match self.rest.strip_prefix('"') {
            Some(text) => end_of_text(text).map(|end| end + 2),
            None => {
                Some(self.rest.find(|it: char| it.is_whitespace() || "[]()".contains(it)).unwrap_or(self.rest.len()))
            }
        };
        let (value, rest) = end.and_then(|end| self.rest.split_at_checked(end)).unwrap_or((self.rest, ""));
        let value = serde_json::from_str::<Value>(value).ok().filter(|it| !it.is_array() && !it.is_object());
        let value =
            value.ok_or_else(|| unread(format!("{:?} is no value: text stands in double quotes.", self.shown())))?;
        self.rest = rest;
        Ok(value)
    }
}

/// Where a text ends, at its closing quotation mark.
fn end_of_text(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (place, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(place),
            _ => {}
        }
    }
    None
}

/// Where the bracket ends, outside of texts.
fn closing(text: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (place, sign) in text.char_indices() {
        match sign {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return Some(place),
            _ => {}
        }
    }
    None
}

fn term(path: AttributePath, operator: Operator, value: Value) -> Result<Filter, ScimError> {
    let named = path.name();
    let Some(compared) = path.compared() else {
        let asks = operator == Operator::Pr || (value.is_null() && matches!(operator, Operator::Eq | Operator::Ne));
        return if asks {
            Ok(Filter::Term(Term { path, operator, value }))
        } else {
            Err(unread(format!("{named:?} has parts: compare one of them.")))
        };
    };
    if operator == Operator::Pr || (value.is_null() && matches!(operator, Operator::Eq | Operator::Ne)) {
        return Ok(Filter::Term(Term { path, operator, value }));
    }
    let textual = matches!(operator, Operator::Co | Operator::Sw | Operator::Ew);
    let ordered = matches!(operator, Operator::Gt | Operator::Ge | Operator::Lt | Operator::Le);
    let fits = match compared.kind {
        Kind::Boolean => !textual && !ordered,
        Kind::DateTime => !textual,
        _ => true,
    };
    if !fits {
        return Err(unread(format!("{named:?} cannot be compared so.")));
    }
    let one = Attribute { multi: false, ..*compared };
    let value = coerce(&one, value).map_err(|_| unread(format!("{named:?} cannot be compared with such a value.")))?;
    let timed = compared.kind != Kind::DateTime
        || value.as_str().is_some_and(|it| chrono::DateTime::parse_from_rfc3339(it).is_ok());
    if timed {
        Ok(Filter::Term(Term { path, operator, value }))
    } else {
        Err(unread(format!("{named:?} is a time (RFC 3339).")))
    }
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
