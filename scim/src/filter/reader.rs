//! How a filter is read (RFC 7644, section 3.4.2.2).

use serde_json::Value;

use super::{Filter, LONGEST, Operator, Term};
use crate::error::{ErrorType, ScimError};
use crate::path::AttributePath;
use crate::read::coerce;
use crate::schema::{Attribute, Kind, Resource};

/// Most comparisons of a filter.
const MOST_TERMS: usize = 20;
/// How deep brackets go.
const DEEPEST: usize = 10;

/// What the names of a filter belong to.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    Resource(&'static Resource),
    Attribute(AttributePath),
}

pub(super) struct Reader<'a> {
    scope: Scope,
    rest: &'a str,
    terms: usize,
    depth: usize,
}

fn unread(why: impl Into<String>) -> ScimError {
    ScimError::bad(ErrorType::InvalidFilter, why)
}

impl<'a> Reader<'a> {
    pub(super) fn new(scope: Scope, text: &'a str) -> Result<Self, ScimError> {
        if text.chars().count() > LONGEST {
            return Err(unread(format!("The filter has more than {LONGEST} characters.")));
        }
        Ok(Self { scope, rest: text, terms: 0, depth: 0 })
    }

    pub(super) fn all(mut self) -> Result<Filter, ScimError> {
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
    let value = coerce(&one, &value).map_err(|_| unread(format!("{named:?} cannot be compared with such a value.")))?;
    let timed = compared.kind != Kind::DateTime
        || value.as_str().is_some_and(|it| chrono::DateTime::parse_from_rfc3339(it).is_ok());
    if timed {
        Ok(Filter::Term(Term { path, operator, value }))
    } else {
        Err(unread(format!("{named:?} is a time (RFC 3339).")))
    }
}
