//! What of a resource is shown (RFC 7644, section 3.9).

use serde_json::Value;

use crate::Object;
use crate::error::ScimError;
use crate::path::AttributePath;
use crate::schema::{Attribute, Kind, Resource, Returned};

/// The attributes that are asked for, or those that are not.
#[derive(Debug, Clone, Default)]
pub struct Projection {
    wanted: Option<Vec<AttributePath>>,
    unwanted: Vec<AttributePath>,
}

impl Projection {
    /// What the names of two lists ask for. Names that name nothing ask for nothing.
    ///
    /// # Errors
    /// Both lists are given.
    pub fn of(resource: &'static Resource, wanted: Option<&str>, unwanted: Option<&str>) -> Result<Self, ScimError> {
        let named = |list: &str| -> Vec<AttributePath> {
            list.split(',').filter_map(|name| AttributePath::find(resource, name.trim()).ok()).collect()
        };
        let said = |list: Option<&str>| list.filter(|list| !list.trim().is_empty()).map(named);
        match (said(wanted), said(unwanted)) {
            (Some(_), Some(_)) => Err(ScimError::value("attributes and excludedAttributes exclude each other.")),
            (wanted, unwanted) => Ok(Self { wanted, unwanted: unwanted.unwrap_or_default() }),
        }
    }

    /// Whether any part of an attribute is shown.
    #[must_use]
    pub fn shows(&self, name: &str) -> bool {
        let about = |it: &AttributePath| it.extension.is_none() && it.attribute.name == name;
        match &self.wanted {
            Some(wanted) => wanted.iter().any(about),
            None => !self.unwanted.iter().any(|it| about(it) && it.part.is_none()),
        }
    }

    /// The resource as it is shown.
    #[must_use]
    pub fn show(&self, resource: &'static Resource, it: Value) -> Value {
        let Value::Object(fields) = it else { return it };
        if self.wanted.is_none() && self.unwanted.is_empty() {
            return Value::Object(fields);
        }
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
        if attribute.returned == Returned::Always {
            return Some(value);
        }
        let about = |it: &&AttributePath| it.extension.map(|it| it.id) == schema && it.attribute.name == attribute.name;
        let (named, wanted): (Vec<_>, bool) = match &self.wanted {
            Some(all) => (all.iter().filter(about).collect(), true),
            None => (self.unwanted.iter().filter(about).collect(), false),
        };
        let whole = named.iter().any(|it| it.part.is_none());
        if named.is_empty() || whole || attribute.kind != Kind::Complex {
            return (named.is_empty() != wanted).then_some(value);
        }
        let keep = |it: Value| match it {
            Value::Object(parts) => {
                let kept = |name: &String| named.iter().any(|it| it.part.is_some_and(|part| part.name == name)) == wanted;
                Value::Object(parts.into_iter().filter(|(name, _)| kept(name)).collect())
            }
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
    fn what_is_asked_for_is_shown_and_what_is_always_shown_too() {
        let user = json!({"schemas": ["s"], "id": "1", "userName": "x", "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a", "type": "work"}], COMMUNICANT: {"siret": "1", "lockedAttributes": ["title"]}});
        let shown = |wanted, unwanted| Projection::of(&USER, wanted, unwanted).unwrap().show(&USER, user.clone());
        assert_eq!(shown(None, None), user);
        let locked = json!({"lockedAttributes": ["title"]});
        assert_eq!(shown(Some("userName,nowhere"), None), json!({"schemas": ["s"], "id": "1", "userName": "x", COMMUNICANT: locked}));
        assert_eq!(
            shown(Some("NAME.givenName, emails.value"), None),
            json!({"schemas": ["s"], "id": "1", "name": {"givenName": "A"}, "emails": [{"value": "a"}], COMMUNICANT: locked})
        );
        let without = shown(None, Some("name,emails.type,siret,id"));
        assert_eq!(without, json!({"schemas": ["s"], "id": "1", "userName": "x", "emails": [{"value": "a"}], COMMUNICANT: locked}));
        assert!(Projection::of(&USER, Some("id"), Some("name")).is_err());
        assert!(!Projection::of(&USER, Some("userName"), None).unwrap().shows("groups"));
    }
}
