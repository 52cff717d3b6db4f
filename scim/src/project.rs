//! What of a resource is shown (RFC 7644, section 3.9).

use serde_json::Value;

use crate::Object;
use crate::error::ScimError;
use crate::path::{AttributePath, cut};
use crate::schema::{Attribute, Kind, Resource, Returned};

/// The attributes that are asked for, or those that are not.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    wanted: Option<Vec<Name>>,
    unwanted: Vec<Name>,
}

/// What a name asks for.
#[derive(Debug, Clone, Copy)]
enum Name {
    /// An attribute, or a part of one.
    Attribute(AttributePath),
    /// All of an extension.
    Extension(&'static str),
}

impl Name {
    fn find(resource: &'static Resource, text: &str) -> Option<Self> {
        match cut(resource, text) {
            (Some(extension), _, "") => Some(Self::Extension(extension.id)),
            _ => AttributePath::find(resource, text).ok().map(Self::Attribute),
        }
    }

    /// Whether it is about an attribute, and about which part of it.
    fn about(&self, schema: Option<&str>, attribute: &Attribute) -> Option<Option<&'static Attribute>> {
        match self {
            Self::Extension(id) => (schema == Some(*id)).then_some(None),
            Self::Attribute(path) => {
                let same = path.extension.map(|it| it.id) == schema && path.attribute.name == attribute.name;
                same.then_some(path.part)
            }
        }
    }
}

impl Projection {
    /// What the names of two lists ask for. Names that name nothing ask for nothing.
    ///
    /// # Errors
    /// Both lists are given.
    pub fn of(resource: &'static Resource, wanted: Option<&str>, unwanted: Option<&str>) -> Result<Self, ScimError> {
        let named = |list: &str| -> Vec<Name> {
            list.split(',').filter_map(|name| Name::find(resource, name.trim())).collect()
        };
        let said = |list: Option<&str>| list.filter(|list| !list.trim().is_empty()).map(named);
        match (said(wanted), said(unwanted)) {
            (Some(_), Some(_)) => Err(ScimError::value("attributes and excludedAttributes exclude each other.")),
            (wanted, unwanted) => Ok(Self { wanted, unwanted: unwanted.unwrap_or_default() }),
        }
    }

    /// Whether any part of an attribute is shown.
    #[must_use]
    pub fn shows(&self, attribute: &Attribute) -> bool {
        if let Some(wanted) = &self.wanted {
            return wanted.iter().any(|it| it.about(None, attribute).is_some());
        }
        let left_out = self.unwanted.iter().any(|it| matches!(it.about(None, attribute), Some(None)));
        attribute.returned != Returned::Request && !left_out
    }

    /// The resource as it is shown.
    #[must_use]
    pub fn show(&self, resource: &'static Resource, it: Value) -> Value {
        let Value::Object(fields) = it else { return it };
        let mut shown = Object::new();
        for (name, value) in fields {
            let value = if name == "schemas" {
                Some(value)
            } else if let (Some(schema), Value::Object(parts)) = (resource.extension(&name), &value) {
                let part = |(name, value): (&String, &Value)| {
                    let attribute = schema.attribute(name)?;
                    Some((name.clone(), self.part_of(Some(schema.id), attribute, value.clone())?))
                };
                let parts: Object = parts.iter().filter_map(part).collect();
                (!parts.is_empty()).then_some(Value::Object(parts))
            } else {
                resource.attribute(&name).and_then(|attribute| self.part_of(None, attribute, value))
            };
            if let Some(value) = value {
                shown.insert(name, value);
            }
        }
        Value::Object(shown)
    }

    /// What is shown of an attribute.
    fn part_of(&self, schema: Option<&str>, attribute: &Attribute, value: Value) -> Option<Value> {
        let wanted = self.wanted.is_some();
        let list = self.wanted.as_ref().unwrap_or(&self.unwanted);
        let named: Vec<_> = list.iter().filter_map(|it| it.about(schema, attribute)).collect();
        if attribute.returned == Returned::Always {
            return Some(value);
        }
        let whole = named.iter().any(Option::is_none);
        if wanted && named.is_empty() || !wanted && (whole || attribute.returned == Returned::Request) {
            return None;
        }
        if attribute.kind != Kind::Complex {
            return (named.is_empty() != wanted).then_some(value);
        }
        let shown = |name: &String| {
            let part = attribute.part(name);
            let is = named.iter().flatten().any(|it| it.name == *name);
            match (wanted, whole) {
                (true, false) => is,
                (true, true) => true,
                (false, _) => !is && part.is_none_or(|part| part.returned != Returned::Request),
            }
        };
        let keep = |it: Value| match it {
            Value::Object(parts) => Value::Object(parts.into_iter().filter(|(name, _)| shown(name)).collect()),
            it => it,
        };
        Some(match value {
            Value::Array(all) => all.into_iter().map(keep).collect(),
            one => keep(one),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Projection;
    use crate::schemas::{COMMUNICANT, USER};

    #[test]
    fn what_is_asked_for_is_shown() {
        let user = json!({"schemas": ["s"], "id": "1", "userName": "x", "name": {"givenName": "A", "familyName": "B", "formatted": "A B"},
            "emails": [{"value": "a", "type": "work", "primary": true}],
            COMMUNICANT: {"siret": "1", "memberOrigin": "o", "lockedAttributes": ["title"]}});
        let shown = |wanted, unwanted| Projection::of(&USER, wanted, unwanted).unwrap().show(&USER, user.clone());
        let plain = json!({"schemas": ["s"], "id": "1", "userName": "x", "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a", "type": "work"}], COMMUNICANT: {"siret": "1", "lockedAttributes": ["title"]}});
        assert_eq!(shown(None, None), plain);
        assert_eq!(shown(Some("userName,nowhere"), None), json!({"schemas": ["s"], "id": "1", "userName": "x"}));
        assert_eq!(
            shown(Some("NAME.givenName, emails.value"), None),
            json!({"schemas": ["s"], "id": "1", "name": {"givenName": "A"}, "emails": [{"value": "a"}]})
        );
        let all = json!({"siret": "1", "memberOrigin": "o", "lockedAttributes": ["title"]});
        assert_eq!(shown(Some(COMMUNICANT), None), json!({"schemas": ["s"], "id": "1", COMMUNICANT: all}));
        assert_eq!(shown(Some("name"), None)["name"], user["name"]);
        let without = json!({"schemas": ["s"], "id": "1", "userName": "x", "emails": [{"value": "a"}], COMMUNICANT: {"lockedAttributes": ["title"]}});
        assert_eq!(shown(None, Some("name,emails.type,siret,id")), without);
        assert!(Projection::of(&USER, Some("id"), Some("name")).is_err());
        let groups = USER.attribute("groups").unwrap();
        assert!(
            !Projection::of(&USER, Some("userName"), None).unwrap().shows(groups)
                && Projection::default().shows(groups)
        );
    }
}
