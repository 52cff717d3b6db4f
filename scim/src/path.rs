//! Names of attributes (RFC 7644, section 3.10) and what a patch is aimed at (section 3.5.2).

use crate::Object;
use crate::error::{ErrorType, ScimError};
use crate::filter::{Filter, value_filter};
use crate::schema::{Attribute, Kind, Resource, Schema};
use serde_json::Value;

/// An attribute, or a part of one.
#[derive(Debug, Clone, Copy)]
pub struct AttributePath {
    /// The extension that it belongs to.
    pub extension: Option<&'static Schema>,
    /// The attribute.
    pub attribute: &'static Attribute,
    /// The part.
    pub part: Option<&'static Attribute>,
}

/// Why a name names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unnamed {
    /// There is no such attribute.
    Unknown,
    /// RFC 7643 has it, and it is not kept here.
    PassedOver,
}

/// A name cut at the URN of the schema that it begins with.
pub(crate) fn cut<'a>(resource: &Resource, text: &'a str) -> (Option<&'static Schema>, bool, &'a str) {
    let after = |schema: &Schema| {
        let head = text.get(..schema.id.len())?;
        head.eq_ignore_ascii_case(schema.id).then(|| text.get(schema.id.len()..)).flatten()
    };
    if let Some(rest) = after(resource.schema) {
        return (None, true, rest.strip_prefix(':').unwrap_or(rest));
    }
    for extension in resource.extensions {
        if let Some(rest) = after(extension) {
            return (Some(extension), true, rest.strip_prefix(':').unwrap_or(rest));
        }
    }
    (None, false, text)
}

impl AttributePath {
    /// What a name names.
    pub(crate) fn find(resource: &'static Resource, text: &str) -> Result<Self, Unnamed> {
        let (extension, qualified, rest) = cut(resource, text);
        let (name, part) = rest.split_once('.').map_or((rest, None), |(name, part)| (name, Some(part)));
        let unnamed = |name: &str| if resource.passes_over(name) { Unnamed::PassedOver } else { Unnamed::Unknown };
        let here = match extension {
            Some(schema) => schema.attribute(name).map(|it| (Some(schema), it)),
            None => resource.attribute(name).map(|it| (None, it)),
        };
        // Without its URN too, as long as nothing else has the name.
        let elsewhere = || {
            let free = extension.is_none() && !qualified;
            resource.extensions.iter().filter(|_| free).find_map(|it| Some((Some(*it), it.attribute(name)?)))
        };
        let (extension, attribute) = here.or_else(elsewhere).ok_or_else(|| unnamed(name))?;
        let part = match part {
            Some(part) => Some(attribute.part(part).ok_or_else(|| unnamed(part))?),
            None => None,
        };
        Ok(Self { extension, attribute, part })
    }

    /// What is compared: the part, or the `value` of what consists of parts.
    pub(crate) fn compared(&self) -> Option<&'static Attribute> {
        match (self.part, self.attribute.kind) {
            (Some(part), _) => Some(part),
            (None, Kind::Complex) => self.attribute.part("value"),
            (None, _) => Some(self.attribute),
        }
    }

    /// Its full name.
    #[must_use]
    pub fn name(&self) -> String {
        let urn = self.extension.map(|it| format!("{}:", it.id)).unwrap_or_default();
        let part = self.part.map(|it| format!(".{}", it.name)).unwrap_or_default();
        format!("{urn}{}{part}", self.attribute.name)
    }

    /// Whether it is this one, by its name without a URN.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        let (attribute, part) = name.split_once('.').map_or((name, None), |(name, part)| (name, Some(part)));
        self.attribute.name == attribute && self.part.map(|it| it.name) == part
    }

    /// The attribute in a resource.
    pub(crate) fn of<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let within = match self.extension {
            Some(schema) => resource.get(schema.id)?,
            None => resource,
        };
        within.get(self.attribute.name).filter(|it| !it.is_null())
    }

    /// Its values in a resource, one by one.
    pub(crate) fn values<'a>(&self, resource: &'a Value) -> Vec<&'a Value> {
        let part = |it: &'a Value| match self.compared() {
            Some(part) if self.attribute.kind == Kind::Complex => it.get(part.name),
            Some(_) => Some(it),
            None => None,
        };
        match self.of(resource) {
            Some(Value::Array(all)) => all.iter().filter_map(part).filter(|it| !it.is_null()).collect(),
            Some(one) => part(one).into_iter().filter(|it| !it.is_null()).collect(),
            None => Vec::new(),
        }
    }

    /// The object that holds the attribute, made if it is not there.
    pub(crate) fn holder<'a>(&self, resource: &'a mut Object) -> Option<&'a mut Object> {
        match self.extension {
            Some(schema) => resource.entry(schema.id).or_insert_with(|| Value::Object(Object::new())).as_object_mut(),
            None => Some(resource),
        }
    }
}

/// What a patch is aimed at.
#[derive(Debug, Clone)]
pub enum Target {
    /// All of an extension.
    Extension(&'static Schema),
    /// An attribute, or a part of it, of all its values or of those that a filter keeps.
    Attribute(AttributePath, Option<Filter>),
    /// An attribute of RFC 7643 that is not kept here.
    PassedOver,
}

impl Target {
    /// What a path is aimed at.
    ///
    /// # Errors
    /// The path names nothing that there may be, or its filter cannot be read.
    pub fn parse(resource: &'static Resource, text: &str) -> Result<Self, ScimError> {
        let nothing =
            |text: &str| ScimError::bad(ErrorType::InvalidPath, format!("The path {text:?} names no attribute."));
        if text.len() > crate::filter::LONGEST {
            return Err(ScimError::bad(ErrorType::InvalidPath, "The path is too long."));
        }
        if let (Some(schema), _, "") = cut(resource, text.trim()) {
            return Ok(Self::Extension(schema));
        }
        let (name, rest) = text.trim().split_once('[').map_or((text.trim(), None), |(name, rest)| (name, Some(rest)));
        let path = match AttributePath::find(resource, name) {
            Ok(path) => path,
            Err(Unnamed::PassedOver) => return Ok(Self::PassedOver),
            Err(Unnamed::Unknown) => return Err(nothing(text)),
        };
        let Some(rest) = rest else { return Ok(Self::Attribute(path, None)) };
        let (filter, part) = rest.rsplit_once(']').ok_or_else(|| nothing(text))?;
        if path.part.is_some() || !path.attribute.multi {
            return Err(nothing(text));
        }
        let filter = value_filter(path, filter)?;
        let part = match part.strip_prefix('.') {
            None if part.is_empty() => None,
            None => return Err(nothing(text)),
            Some(name) => match path.attribute.part(name) {
                Some(part) => Some(part),
                None if resource.passes_over(name) => return Ok(Self::PassedOver),
                None => return Err(nothing(text)),
            },
        };
        Ok(Self::Attribute(AttributePath { part, ..path }, Some(filter)))
    }
}
