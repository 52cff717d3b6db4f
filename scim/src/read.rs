//! Resources as clients send them, brought into one form: names as the schema writes them, nothing that only the service says.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization as _;

use crate::Object;
use crate::error::{ErrorType, ScimError};
use crate::schema::{Attribute, Kind, Resource, Schema};

/// Reads a resource of a type: what the client may say of it.
///
/// # Errors
/// It is no object, does not name its schema, or says something that there is not.
pub fn read(resource: &'static Resource, body: &Value) -> Result<Object, ScimError> {
    let wrong = |why: String| ScimError::bad(ErrorType::InvalidSyntax, why);
    let fields = body.as_object().ok_or_else(|| wrong("The body is no JSON object.".into()))?;
    let mut read = Object::new();
    let mut schemas = None;
    for (name, value) in fields {
        if name.eq_ignore_ascii_case("schemas") {
            schemas = Some(value);
        } else if let Some(extension) = resource.extension(name) {
            let parts = match value {
                Value::Null => continue,
                Value::Object(parts) => parts,
                _ => return Err(ScimError::value(format!("{name:?} is an object."))),
            };
            read.insert(extension.id.into(), Value::Object(attributes(resource, extension, parts)?));
        } else if let Some(attribute) = resource.attribute(name) {
            put(&mut read, attribute, value)?;
        } else if !resource.passes_over(name) && !value.is_null() {
            return Err(wrong(format!("{name:?} is no attribute of a {}.", resource.name)));
        }
    }
    let named = schemas.and_then(Value::as_array).ok_or_else(|| wrong("\"schemas\" is missing.".into()))?;
    let is = |it: &Value| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(resource.schema.id));
    if named.iter().any(is) {
        Ok(read)
    } else {
        Err(wrong(format!("\"schemas\" does not name {:?}.", resource.schema.id)))
    }
}

/// The attributes of an extension.
pub(crate) fn attributes(resource: &Resource, schema: &Schema, parts: &Object) -> Result<Object, ScimError> {
    let mut read = Object::new();
    for (name, value) in parts {
        match schema.attribute(name) {
            Some(attribute) => put(&mut read, attribute, value)?,
            // Some name the schema again within it.
            None if resource.passes_over(name) || name.eq_ignore_ascii_case("schemas") => {}
            None => {
                let why = format!("{name:?} is no attribute of {:?}.", schema.id);
                return Err(ScimError::bad(ErrorType::InvalidSyntax, why));
            }
        }
    }
    Ok(read)
}

fn put(read: &mut Object, attribute: &Attribute, value: &Value) -> Result<(), ScimError> {
    if attribute.is_writable() {
        let value = coerce(attribute, value)?;
        if !is_unassigned(&value) {
            read.insert(attribute.name.into(), value);
        }
    }
    Ok(())
}

/// Whether a value says nothing (RFC 7643, section 2.5).
pub(crate) fn is_unassigned(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(all) => all.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A value as the attribute has it: truth said as text is understood, and one value where there may be several.
pub(crate) fn coerce(attribute: &Attribute, value: &Value) -> Result<Value, ScimError> {
    if value.is_null() {
        return Ok(Value::Null);
    }
    if attribute.multi {
        let one = Attribute { multi: false, ..*attribute };
        let all = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let all = all.iter().map(|it| coerce(&one, it)).collect::<Result<Vec<_>, _>>()?;
        return Ok(all.into_iter().filter(|it| !is_unassigned(it)).collect());
    }
    let wrong = |what: &str| ScimError::value(format!("{:?} is {what}.", attribute.name));
    match (attribute.kind, value) {
        (Kind::Boolean, Value::Bool(it)) => Ok((*it).into()),
        (Kind::Boolean, Value::String(it)) if it.eq_ignore_ascii_case("true") => Ok(true.into()),
        (Kind::Boolean, Value::String(it)) if it.eq_ignore_ascii_case("false") => Ok(false.into()),
        (Kind::Boolean, _) => Err(wrong("true or false")),
        (Kind::Complex, Value::Object(fields)) => complex(attribute, fields),
        // The value alone, where it is one.
        (Kind::Complex, Value::String(it)) if attribute.part("value").is_some() => Ok(serde_json::json!({"value": it})),
        (Kind::Complex, _) => Err(wrong("an object")),
        // In composed form, so that what looks the same is the same.
        (_, Value::String(it)) if it.is_ascii() => Ok(it.as_str().into()),
        (_, Value::String(it)) => Ok(it.nfc().collect::<String>().into()),
        (_, _) => Err(wrong("text")),
    }
}

fn complex(attribute: &Attribute, fields: &Object) -> Result<Value, ScimError> {
    let mut read = Object::new();
    for (name, value) in fields {
        // What is said of a part that is not known, or by the service alone, is read over.
        if let Some(part) = attribute.part(name) {
            put(&mut read, part, value)?;
        }
    }
    Ok(Value::Object(read))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::read;
    use crate::schemas::USER;

    #[test]
    fn names_are_written_as_in_the_schema_and_what_is_not_said_here_is_left_out() {
        let said = json!({"SCHEMAS": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "USERNAME": "x", "Active": "False",
            "password": "secret", "emails": "a@b.fr", "name": {"GivenName": "A", "formatted": "A B"}, "title": null, "groups": [],
            "phoneNumbers": [{"value": "1", "kind": "odd"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:user": {"department": "D", "manager": {"value": "9"}}});
        let read = read(&USER, &said).unwrap();
        assert_eq!(
            serde_json::Value::Object(read),
            json!({"userName": "x", "active": false, "emails": [{"value": "a@b.fr"}], "name": {"givenName": "A"},
                "phoneNumbers": [{"value": "1"}], "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {"department": "D"}})
        );
    }

    #[test]
    fn what_is_not_a_user_is_refused() {
        let core = "urn:ietf:params:scim:schemas:core:2.0:User";
        for (said, kind) in [
            (json!([]), "invalidSyntax"),
            (json!({"userName": "x"}), "invalidSyntax"),
            (json!({"schemas": ["urn:other"], "userName": "x"}), "invalidSyntax"),
            (json!({"schemas": [core], "usrName": "x"}), "invalidSyntax"),
            (json!({"schemas": [core], "userName": 7}), "invalidValue"),
            (json!({"schemas": [core], "active": "perhaps"}), "invalidValue"),
            (json!({"schemas": [core], "name": "x"}), "invalidValue"),
        ] {
            assert_eq!(read(&USER, &said).unwrap_err().kind.map(crate::ErrorType::code), Some(kind), "{said}");
        }
    }
}
