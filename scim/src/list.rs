//! Lists (RFC 7644, section 3.4.2) by place or by cursor (RFC 9865).

use serde_json::{Value, json};

use crate::Object;
use crate::error::{ErrorType, ScimError};
use crate::filter::Filter;
use crate::path::AttributePath;
use crate::project::Projection;
use crate::schema::Resource;
use crate::schemas::{MOST, SOME};

/// By what a list is sorted.
#[derive(Debug, Clone, Copy)]
pub struct Order {
    /// The attribute.
    pub by: AttributePath,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What is asked of a list.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// What it keeps.
    pub filter: Option<Filter>,
    /// Its order.
    pub order: Option<Order>,
    /// How many come before: its first place is 0 here.
    pub skip: usize,
    /// How many are shown at most.
    pub count: usize,
    /// From where on, if it is read by cursor; empty for the beginning.
    pub cursor: Option<String>,
    /// What is shown of each.
    pub projection: Projection,
    /// What makes it this list, whatever its page.
    pub digest: String,
}

/// The same, as it is said: by parameters of an address, or by a body (RFC 7644, section 3.4.3).
#[derive(Debug, Clone, Default)]
pub struct SearchRequest {
    fields: Vec<(String, String)>,
}

const URN: &str = "urn:ietf:params:scim:api:messages:2.0:SearchRequest";
const NAMES: [&str; 8] =
    ["filter", "sortBy", "sortOrder", "startIndex", "count", "cursor", "attributes", "excludedAttributes"];

impl SearchRequest {
    /// What the parameters of an address say.
    ///
    /// # Errors
    /// One is not known, or stands twice.
    pub fn of_query(pairs: impl IntoIterator<Item = (String, String)>) -> Result<Self, ScimError> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in pairs {
            let known = NAMES.iter().find(|it| it.eq_ignore_ascii_case(&name));
            let known =
                known.ok_or_else(|| ScimError::bad(ErrorType::InvalidValue, format!("{name:?} is no parameter.")))?;
            if fields.iter().any(|(name, _)| name == known) {
                return Err(ScimError::value(format!("{known:?} stands twice.")));
            }
            fields.push(((*known).to_owned(), value));
        }
        Ok(Self { fields })
    }

    /// What a body says.
    ///
    /// # Errors
    /// It cannot be read.
    pub fn of_body(body: &Value) -> Result<Self, ScimError> {
        let syntax = |why: String| ScimError::bad(ErrorType::InvalidSyntax, why);
        let body = body.as_object().ok_or_else(|| syntax("The body is no JSON object.".into()))?;
        let (mut pairs, mut named) = (Vec::new(), false);
        for (name, value) in body {
            match value {
                Value::Array(all) if name.eq_ignore_ascii_case("schemas") => named = all.iter().any(|it| it == URN),
                Value::Array(all) => {
                    pairs.push((name.clone(), all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")));
                }
                Value::String(text) => pairs.push((name.clone(), text.clone())),
                Value::Number(number) => pairs.push((name.clone(), number.to_string())),
                Value::Null => {}
                _ => return Err(syntax(format!("{name:?} is neither text nor a number."))),
            }
        }
        if named { Self::of_query(pairs) } else { Err(syntax("\"schemas\" does not name a SearchRequest.".into())) }
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// What is shown of each resource.
    ///
    /// # Errors
    /// Both lists of attributes are given.
    pub fn projection(&self, resource: &'static Resource) -> Result<Projection, ScimError> {
        Projection::of(resource, self.get("attributes"), self.get("excludedAttributes"))
    }

    /// What is asked of a list of resources of a type.
    ///
    /// # Errors
    /// A value cannot be read.
    pub fn query(&self, resource: &'static Resource) -> Result<Query, ScimError> {
        let number = |name: &str| -> Result<Option<i64>, ScimError> {
            let kind = if name == "count" { ErrorType::InvalidCount } else { ErrorType::InvalidValue };
            let read =
                |text: &str| text.parse().map_err(|_| ScimError::bad(kind, format!("{name:?} is a whole number.")));
            self.get(name).map(read).transpose()
        };
        let within = |it: i64| usize::try_from(it).unwrap_or(0);
        let cursor = self.get("cursor").map(str::to_owned);
        let start = number("startIndex")?;
        if cursor.is_some() && start.is_some() {
            return Err(ScimError::value("startIndex and cursor exclude each other."));
        }
        let filter = self.get("filter").map(|text| Filter::parse(resource, text)).transpose()?;
        let order = self.get("sortBy").map(|name| order(resource, name, self.get("sortOrder"))).transpose()?;
        let digest = ["filter", "sortBy", "sortOrder"].map(|name| self.get(name).unwrap_or_default()).join("\0");
        Ok(Query {
            filter,
            order,
            skip: start.map_or(0, |it| within(it.saturating_sub(1))),
            // More than there may be is cut, less than none is none (RFC 7644, section 3.4.2.4).
            count: number("count")?.map_or(SOME, |it| within(it).min(MOST)),
            cursor,
            projection: self.projection(resource)?,
            digest,
        })
    }
}

fn order(resource: &'static Resource, name: &str, direction: Option<&str>) -> Result<Order, ScimError> {
    let by = AttributePath::find(resource, name);
    let by = by.map_err(|_| ScimError::bad(ErrorType::InvalidPath, format!("{name:?} is no attribute to sort by.")))?;
    let descending = match direction.map(str::to_ascii_lowercase).as_deref() {
        None | Some("ascending") => false,
        Some("descending") => true,
        Some(_) => return Err(ScimError::value("sortOrder is ascending or descending.")),
    };
    if by.compared().is_none() {
        return Err(ScimError::bad(ErrorType::InvalidPath, format!("{name:?} has parts: sort by one of them.")));
    }
    Ok(Order { by, descending })
}

impl Order {
    /// Sorts resources; those without a value come last, or first if the greatest does (RFC 7644, section 3.4.2.3).
    pub fn sort(&self, all: &mut [Value]) {
        let Some(compared) = self.by.compared() else { return };
        all.sort_by(|one, other| {
            let (one, other) = (self.by.values(one), self.by.values(other));
            let order = match (one.first(), other.first()) {
                (Some(one), Some(other)) => {
                    crate::compare::order(compared, one, other).unwrap_or(std::cmp::Ordering::Equal)
                }
                (one, other) => other.is_some().cmp(&one.is_some()),
            };
            if self.descending { order.reverse() } else { order }
        });
    }
}

/// A page of a list.
#[must_use]
pub fn list_response(total: Option<usize>, start: Option<usize>, resources: Vec<Value>, next: Option<String>) -> Value {
    let mut page = Object::new();
    page.insert("schemas".into(), json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
    page.extend(total.map(|total| ("totalResults".to_owned(), total.into())));
    page.insert("itemsPerPage".into(), resources.len().into());
    page.extend(start.map(|start| ("startIndex".to_owned(), start.into())));
    page.extend(next.map(|next| ("nextCursor".to_owned(), next.into())));
    page.insert("Resources".into(), resources.into());
    Value::Object(page)
}
