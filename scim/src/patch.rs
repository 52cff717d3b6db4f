//! Patches (RFC 7644, section 3.5.2): three verbs, with and without a path, and what clients really send.

use serde_json::Value;

use crate::Object;
use crate::error::{ErrorType, ScimError};
use crate::filter::Filter;
use crate::path::{AttributePath, Target};
use crate::read::{attributes, coerce, is_unassigned};
use crate::schema::{Attribute, Kind, Mutability, Resource};

const URN: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
/// Most operations of a patch.
const MOST: usize = 1_000;

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Add values.
    Add,
    /// Put values in the place of others.
    Replace,
    /// Take values away.
    Remove,
}

/// One operation of a patch.
#[derive(Debug, Clone)]
pub struct Operation {
    /// What is to be done.
    pub verb: Verb,
    /// To what.
    pub target: Target,
    /// With what; `null` for none.
    pub value: Value,
}

/// A patch: operations, done in their order, all or none.
#[derive(Debug, Clone)]
pub struct PatchOp(pub Vec<Operation>);

/// Attributes of RFC 7643 that clients write and that follow from others here.
const DERIVED: [&str; 4] = ["displayName", "formatted", "organization", "primary"];

fn wrong(kind: ErrorType, why: impl Into<String>) -> ScimError {
    ScimError::bad(kind, why)
}

fn field<'a>(object: &'a Object, name: &str) -> Option<&'a Value> {
    object.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

impl PatchOp {
    /// Reads a patch of a resource of a type.
    ///
    /// # Errors
    /// It cannot be read, or a path names nothing that there may be.
    pub fn read(resource: &'static Resource, body: &Value) -> Result<Self, ScimError> {
        let syntax = |why: &str| wrong(ErrorType::InvalidSyntax, why);
        let body = body.as_object().ok_or_else(|| syntax("The body is no JSON object."))?;
        let named = field(body, "schemas").and_then(Value::as_array);
        let is = |it: &Value| it.as_str().is_some_and(|it| it.eq_ignore_ascii_case(URN));
        if !named.is_some_and(|all| all.iter().any(is)) {
            return Err(syntax("\"schemas\" does not name a PatchOp."));
        }
        let all = field(body, "Operations").and_then(Value::as_array);
        let all = all.filter(|all| !all.is_empty()).ok_or_else(|| syntax("\"Operations\" is missing or empty."))?;
        if all.len() > MOST {
            return Err(ScimError::of(413, format!("A patch has {MOST} operations at most.")));
        }
        let mut operations = Vec::new();
        for it in all {
            let it = it.as_object().ok_or_else(|| syntax("An operation is no JSON object."))?;
            one(resource, it, &mut operations)?;
        }
        Ok(Self(operations))
    }
}

/// Reads one operation: one without a path is one for each attribute of its value.
fn one(resource: &'static Resource, it: &Object, all: &mut Vec<Operation>) -> Result<(), ScimError> {
    let verb = match field(it, "op").and_then(Value::as_str).map(str::to_ascii_lowercase).as_deref() {
        Some("add") => Verb::Add,
        Some("replace") => Verb::Replace,
        Some("remove") => Verb::Remove,
        _ => return Err(wrong(ErrorType::InvalidSyntax, "\"op\" is add, replace or remove.")),
    };
    let value = field(it, "value").cloned().unwrap_or_default();
    match field(it, "path") {
        Some(Value::String(path)) if !path.trim().is_empty() => {
            let target = Target::parse(resource, path)?;
            changeable(&target, verb, &value)?;
            all.push(Operation { verb, target, value });
            Ok(())
        }
        None | Some(Value::Null | Value::String(_)) if verb == Verb::Remove => {
            Err(wrong(ErrorType::NoTarget, "An operation that removes needs a path."))
        }
        None | Some(Value::Null | Value::String(_)) => {
            let Value::Object(parts) = value else {
                return Err(wrong(ErrorType::InvalidValue, "Without a path, the value is an object of attributes."));
            };
            for (name, value) in parts.into_iter().filter(|(name, _)| !name.eq_ignore_ascii_case("schemas")) {
                let target = Target::parse(resource, &name)?;
                // A whole resource is sent back by some: what only the service says is read over there.
                if changeable(&target, verb, &value).is_ok() {
                    all.push(Operation { verb, target, value });
                }
            }
            Ok(())
        }
        Some(_) => Err(wrong(ErrorType::InvalidPath, "\"path\" is text.")),
    }
}

/// Whether the client may change what an operation is aimed at.
fn changeable(target: &Target, verb: Verb, value: &Value) -> Result<(), ScimError> {
    let Target::Attribute(path, filter) = target else { return Ok(()) };
    let changed = path.part.unwrap_or(path.attribute);
    let fixed = !path.attribute.is_writable() || !changed.is_writable();
    if fixed && !DERIVED.contains(&changed.name) {
        return Err(wrong(ErrorType::Mutability, format!("{:?} cannot be changed.", path.name())));
    }
    if path.part.is_some_and(|part| part.mutability == Mutability::Immutable) {
        return Err(wrong(ErrorType::Mutability, format!("{:?} cannot be changed: remove and add.", path.name())));
    }
    let emptied = verb == Verb::Remove && value.is_null() || verb == Verb::Replace && is_unassigned(value);
    if emptied && filter.is_none() && path.part.is_none() && path.attribute.required {
        return Err(wrong(ErrorType::Mutability, format!("{:?} is required.", path.name())));
    }
    let part_emptied = emptied && !path.attribute.multi && path.part.is_some_and(|part| part.required);
    if part_emptied {
        return Err(wrong(ErrorType::Mutability, format!("{:?} is required.", path.name())));
    }
    if value.is_null() && verb == Verb::Add {
        return Err(wrong(ErrorType::InvalidValue, "\"value\" is missing."));
    }
    Ok(())
}

/// Does all operations of a patch to a resource.
///
/// # Errors
/// A value cannot be, or a filter keeps nothing that could be changed.
pub fn apply(resource: &'static Resource, changes: &PatchOp, to: &mut Object) -> Result<(), ScimError> {
    let required = || resource.schema.attributes.iter().filter(|it| it.required);
    let there: Vec<_> = required().filter(|it| to.contains_key(it.name)).collect();
    for operation in &changes.0 {
        match &operation.target {
            Target::Extension(schema) if operation.verb == Verb::Remove => {
                to.remove(schema.id);
            }
            Target::Extension(schema) => {
                let parts = operation.value.as_object();
                let parts = parts.ok_or_else(|| ScimError::value(format!("{:?} is an object.", schema.id)))?;
                for (name, value) in attributes(resource, schema, parts)? {
                    if let Some(attribute) = schema.attribute(&name) {
                        let path = AttributePath { extension: Some(schema), attribute, part: None };
                        change(operation.verb, path, None, value, to)?;
                    }
                }
            }
            Target::Attribute(path, filter) if path.part.unwrap_or(path.attribute).is_writable() => {
                change(operation.verb, *path, filter.as_ref(), operation.value.clone(), to)?;
            }
            // It is not kept here, or follows from others.
            Target::PassedOver | Target::Attribute(..) => {}
        }
    }
    match there.into_iter().find(|it| !to.contains_key(it.name)) {
        Some(gone) => Err(wrong(ErrorType::Mutability, format!("{:?} is required.", gone.name))),
        None => Ok(()),
    }
}

fn change(
    verb: Verb,
    path: AttributePath,
    filter: Option<&Filter>,
    value: Value,
    to: &mut Object,
) -> Result<(), ScimError> {
    let Some(holder) = path.holder(to) else { return Ok(()) };
    let attribute = path.attribute;
    if attribute.multi {
        return several(verb, path, filter, value, holder);
    }
    match (verb, path.part) {
        (Verb::Remove, None) => {
            holder.remove(attribute.name);
        }
        (Verb::Remove, Some(part)) => {
            if let Some(parts) = holder.get_mut(attribute.name).and_then(Value::as_object_mut) {
                parts.remove(part.name);
            }
        }
        (_, Some(part)) => {
            let value = coerce(part, &value)?;
            let parts = holder.entry(attribute.name).or_insert_with(|| Value::Object(Object::new()));
            set(parts, part.name, value);
        }
        (_, None) => match (coerce(attribute, &value)?, holder.get_mut(attribute.name)) {
            (Value::Object(new), Some(Value::Object(old))) => old.extend(new),
            (new, _) if is_unassigned(&new) => {
                holder.remove(attribute.name);
            }
            (new, _) => {
                holder.insert(attribute.name.into(), new);
            }
        },
    }
    Ok(())
}

fn set(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        if is_unassigned(&value) {
            fields.remove(name);
        } else {
            fields.insert(name.to_owned(), value);
        }
    }
}

/// Changes an attribute with several values.
fn several(
    verb: Verb,
    path: AttributePath,
    filter: Option<&Filter>,
    value: Value,
    holder: &mut Object,
) -> Result<(), ScimError> {
    let attribute = path.attribute;
    let mut all = match holder.remove(attribute.name) {
        Some(Value::Array(all)) => all,
        _ => Vec::new(),
    };
    let kept = |it: &Value| filter.is_none_or(|filter| filter.keeps(it));
    match (verb, path.part) {
        (Verb::Remove, None) => {
            // Some name in the value what is to go.
            let named = coerce(attribute, &value)?;
            let named = named.as_array().map(Vec::as_slice).unwrap_or_default();
            all.retain(|it| !kept(it) || (!named.is_empty() && !named.iter().any(|one| is_same(attribute, one, it))));
        }
        (Verb::Remove, Some(part)) => {
            all.iter_mut().filter(|it| kept(it)).for_each(|it| set(it, part.name, Value::Null));
        }
        (_, Some(part)) => {
            let value = coerce(part, &value)?;
            if !all.iter().any(kept) {
                all.push(stated(filter, path)?);
            }
            all.iter_mut().filter(|it| kept(it)).for_each(|it| set(it, part.name, value.clone()));
        }
        (_, None) if filter.is_some() => {
            let one = Attribute { multi: false, ..*attribute };
            let new = match value {
                Value::Array(mut only) if only.len() == 1 => only.pop().unwrap_or_default(),
                value => value,
            };
            let new = coerce(&one, &new)?;
            if !all.iter().any(kept) {
                all.push(stated(filter, path)?);
            }
            for it in all.iter_mut().filter(|it| kept(it)) {
                match (&new, it) {
                    (Value::Object(new), Value::Object(old)) => old.extend(new.clone()),
                    (new, it) => *it = new.clone(),
                }
            }
        }
        (Verb::Replace, None) => all = listed(attribute, &value)?,
        (Verb::Add, None) => {
            for new in listed(attribute, &value)? {
                if new.get("primary") == Some(&Value::Bool(true)) {
                    for it in &mut all {
                        set(it, "primary", Value::Null);
                    }
                }
                match all.iter_mut().find(|it| is_same(attribute, &new, it)) {
                    Some(old) => *old = new,
                    None => all.push(new),
                }
            }
        }
    }
    all.retain(|it| !is_unassigned(it));
    if !all.is_empty() {
        holder.insert(attribute.name.into(), all.into());
    }
    Ok(())
}

fn listed(attribute: &Attribute, value: &Value) -> Result<Vec<Value>, ScimError> {
    match coerce(attribute, value)? {
        Value::Array(all) => Ok(all),
        _ => Ok(Vec::new()),
    }
}

/// Whether two values of an attribute are about the same.
fn is_same(attribute: &Attribute, one: &Value, other: &Value) -> bool {
    if attribute.kind != Kind::Complex {
        return one == other;
    }
    let value = |it: &Value| it.get("value").and_then(Value::as_str).map(str::to_lowercase);
    value(one).is_some() && value(one) == value(other)
}

/// A new value of which holds what a filter says, for clients that expect one to be made.
fn stated(filter: Option<&Filter>, path: AttributePath) -> Result<Value, ScimError> {
    let nothing = || wrong(ErrorType::NoTarget, format!("No value of {:?} satisfies the filter.", path.attribute.name));
    let Some(filter) = filter else { return Ok(Value::Object(Object::new())) };
    let said = filter.stated().ok_or_else(nothing)?;
    Ok(Value::Object(said.into_iter().map(|(part, value)| (part.name.to_owned(), value.clone())).collect()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{PatchOp, apply};
    use crate::schemas::USER;
    use crate::{Object, ScimError};

    fn patched(operations: &Value) -> Result<Value, ScimError> {
        let Value::Object(mut user) = json!({"userName": "x", "active": true, "name": {"givenName": "A", "familyName": "B"},
            "emails": [{"value": "a@x.fr", "type": "work", "primary": true}]})
        else {
            return Ok(Value::Null);
        };
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
        apply(&USER, &PatchOp::read(&USER, &body)?, &mut user)?;
        Ok(Value::Object(user))
    }

    #[test]
    fn all_verbs_with_and_without_a_path() {
        let department = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        let enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
        for (operations, at, expected) in [
            (json!([{"op": "replace", "path": "name.givenName", "value": "C"}]), "/name/givenName", json!("C")),
            (json!([{"op": "Replace", "path": "active", "value": "False"}]), "/active", json!(false)),
            (json!([{"op": "replace", "value": {"active": "False", "id": "9"}}]), "/active", json!(false)),
            (
                json!([{"op": "Add", "value": {"name.familyName": "D", department: "X"}}]),
                "/name",
                json!({"givenName": "A", "familyName": "D"}),
            ),
            (
                json!([{"op": "Add", "value": {department: "X"}}]),
                "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
                json!({"department": "X"}),
            ),
            (
                json!([{"op": "Add", "path": enterprise, "value": {"department": "X", "manager": "1"}}]),
                "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/department",
                json!("X"),
            ),
            (
                json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "b@x.fr"}]),
                "/emails/0/value",
                json!("b@x.fr"),
            ),
            (
                json!([{"op": "remove", "path": "phoneNumbers"}, {"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"}]),
                "/phoneNumbers",
                json!([{"type": "work", "value": "1"}]),
            ),
            (
                json!([{"op": "add", "path": "emails", "value": [{"value": "A@x.fr", "type": "work"}]}]),
                "/emails",
                json!([{"value": "A@x.fr", "type": "work"}]),
            ),
            (
                json!([{"op": "remove", "path": "emails", "value": [{"value": "b@x.fr"}]}]),
                "/emails/0/value",
                json!("a@x.fr"),
            ),
            (
                json!([{"op": "replace", "path": "emails", "value": [{"value": "c@x.fr"}]}]),
                "/emails",
                json!([{"value": "c@x.fr"}]),
            ),
            (json!([{"op": "replace", "path": "displayName", "value": "Z"}]), "/displayName", Value::Null),
            (json!([{"op": "replace", "path": "nickName", "value": "Z"}]), "/nickName", Value::Null),
            (json!([{"op": "remove", "path": "title"}]), "/title", Value::Null),
        ] {
            let done = patched(&operations).unwrap_or_else(|it| panic!("{operations}: {it}"));
            assert_eq!(done.pointer(at).cloned().unwrap_or_default(), expected, "{operations}");
        }
        assert_eq!(patched(&json!([{"op": "add", "path": "title", "value": "T"}])).unwrap()["title"], json!("T"));
    }

    #[test]
    fn what_cannot_be_changed_is_refused() {
        for (operations, kind) in [
            (json!([]), "invalidSyntax"),
            (json!([{"op": "move", "path": "title"}]), "invalidSyntax"),
            (json!([{"op": "remove"}]), "noTarget"),
            (json!([{"op": "add", "path": "nowhere", "value": 1}]), "invalidPath"),
            (json!([{"op": "add", "path": "name.nowhere", "value": 1}]), "invalidPath"),
            (json!([{"op": "add", "path": "emails[", "value": 1}]), "invalidPath"),
            (json!([{"op": "add", "path": "title[value eq \"x\"]", "value": 1}]), "invalidPath"),
            (json!([{"op": "add", "path": "emails[nowhere eq 1]", "value": 1}]), "invalidFilter"),
            (json!([{"op": "replace", "path": "id", "value": "1"}]), "mutability"),
            (json!([{"op": "remove", "path": "groups"}]), "mutability"),
            (json!([{"op": "remove", "path": "userName"}]), "mutability"),
            (json!([{"op": "remove", "path": "name.familyName"}]), "mutability"),
            (json!([{"op": "remove", "path": "emails[value eq \"a@x.fr\"]"}]), "mutability"),
            (json!([{"op": "add", "value": "x"}]), "invalidValue"),
            (json!([{"op": "replace", "path": "active", "value": "perhaps"}]), "invalidValue"),
            (json!([{"op": "replace", "path": "emails[value co \"nobody\"].type", "value": "work"}]), "noTarget"),
        ] {
            let said = patched(&operations).expect_err(&operations.to_string());
            assert_eq!(said.kind.map(crate::ErrorType::code), Some(kind), "{operations}");
        }
    }

    #[test]
    fn a_member_of_a_group_is_removed_by_its_identifier() {
        let mut group = Object::new();
        group.insert("members".into(), json!([{"value": "1"}, {"value": "2"}, {"value": "3"}]));
        let patch = |operations: Value| {
            let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations});
            PatchOp::read(&crate::schemas::GROUP, &body).unwrap()
        };
        let removed = patch(
            json!([{"op": "Remove", "path": "members[value eq \"2\"]"}, {"op": "remove", "path": "members", "value": [{"value": "3"}]}]),
        );
        apply(&crate::schemas::GROUP, &removed, &mut group).unwrap();
        assert_eq!(group["members"], json!([{"value": "1"}]));
    }
}
