//! The contract of directory sync, a document of its own: its shapes are those of RFC 7643 and RFC 7644, made from the schemas that
//! `/Schemas` tells. A property named `$ref`, which resources have too, is left out: generators take it for a reference.

use ::scim::schemas::{GROUP, MOST, MOST_OPERATIONS, SOME, USER};
use ::scim::{Attribute, COMMON, Kind, Resource};
use serde_json::{Map, Value, json};

/// Operations: method, path, identifier, tag, summary, what it says, the shape of its body, status and shape of its answer.
type Line = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    (&'static str, &'static str),
);

const LINES: &[Line] = &[
    (
        "get",
        "/ServiceProviderConfig",
        "get_service_provider_config",
        "discovery",
        "Get what is offered",
        "Returns which parts of the protocol are offered, and their limits.",
        "",
        ("200", "ServiceProviderConfig"),
    ),
    (
        "get",
        "/ResourceTypes",
        "list_resource_types",
        "discovery",
        "List the types of resources",
        "Returns User and Group.",
        "",
        ("200", "List"),
    ),
    (
        "get",
        "/ResourceTypes/{name}",
        "get_resource_type",
        "discovery",
        "Get a type of resources",
        "Returns one type, by its name.",
        "",
        ("200", "ResourceType"),
    ),
    (
        "get",
        "/Schemas",
        "list_schemas",
        "discovery",
        "List the schemas",
        "Returns the attributes of Users and Groups, with values that this account may use.",
        "",
        ("200", "List"),
    ),
    (
        "get",
        "/Schemas/{id}",
        "get_schema",
        "discovery",
        "Get a schema",
        "Returns one schema, by its URN.",
        "",
        ("200", "Schema"),
    ),
    (
        "get",
        "/Me",
        "get_own_user",
        "users",
        "Get one's own User",
        "Returns the member who calls. A service account is no User (404).",
        "",
        ("200", "User"),
    ),
    (
        "get",
        "/Users",
        "list_users",
        "users",
        "List Users",
        "Returns the Users that the directory of the account keeps.",
        "",
        ("200", "UserList"),
    ),
    (
        "post",
        "/Users",
        "create_user",
        "users",
        "Create a User",
        "Makes a member known to the directory. Someone whom the organization keeps already, by the same address, is adopted under the same identifier. Sent again with the same `externalId` and `userName`, it returns the same User.",
        "User",
        ("201", "User"),
    ),
    (
        "post",
        "/Users/.search",
        "search_users",
        "users",
        "Search Users",
        "Returns the same list as `GET /Users`, asked for by a body.",
        "SearchRequest",
        ("200", "UserList"),
    ),
    ("get", "/Users/{id}", "get_user", "users", "Get a User", "Returns one User.", "", ("200", "User")),
    (
        "put",
        "/Users/{id}",
        "replace_user",
        "users",
        "Replace a User",
        "Replaces what the directory says of a User. What others keep stays as it is, and is named in `lockedAttributes`.",
        "User",
        ("200", "User"),
    ),
    (
        "patch",
        "/Users/{id}",
        "patch_user",
        "users",
        "Update a User",
        "Changes attributes of a User. `active` false suspends at once.",
        "PatchOp",
        ("200", "User"),
    ),
    (
        "delete",
        "/Users/{id}",
        "delete_user",
        "users",
        "Remove a User",
        "Ends the User for this directory: the member is suspended, and stays in the API. Who returns with the same `externalId` is the same member.",
        "",
        ("204", ""),
    ),
    (
        "get",
        "/Groups",
        "list_groups",
        "groups",
        "List Groups",
        "Returns the networks that the account may see, with the members that its directory placed there.",
        "",
        ("200", "GroupList"),
    ),
    (
        "post",
        "/Groups",
        "create_group",
        "groups",
        "Create a Group",
        "Creates a network in preparation, by its name.",
        "Group",
        ("201", "Group"),
    ),
    (
        "post",
        "/Groups/.search",
        "search_groups",
        "groups",
        "Search Groups",
        "Returns the same list as `GET /Groups`, asked for by a body.",
        "SearchRequest",
        ("200", "GroupList"),
    ),
    ("get", "/Groups/{id}", "get_group", "groups", "Get a Group", "Returns one network.", "", ("200", "Group")),
    (
        "put",
        "/Groups/{id}",
        "replace_group",
        "groups",
        "Replace a Group",
        "Replaces the members that the directory placed in a network. Without `members` they stay.",
        "Group",
        ("200", "Group"),
    ),
    (
        "patch",
        "/Groups/{id}",
        "patch_group",
        "groups",
        "Update a Group",
        "Adds and removes members. Where all may join, and for the SIG, they sit there at once in the role `member`; elsewhere one nomination is opened.",
        "PatchOp",
        ("204", ""),
    ),
    (
        "delete",
        "/Groups/{id}",
        "delete_group",
        "groups",
        "Close a Group",
        "Closes a network, with all its memberships.",
        "",
        ("204", ""),
    ),
    (
        "post",
        "/.search",
        "search_resources",
        "discovery",
        "Search Users and Groups",
        "Returns Users, then Groups, in one list.",
        "SearchRequest",
        ("200", "List"),
    ),
    (
        "post",
        "/Bulk",
        "run_bulk",
        "bulk",
        "Run many operations",
        "Runs operations on Users and Groups, in the order of their references. What is said of Users is done together; each operation has an answer of its own.",
        "BulkRequest",
        ("200", "BulkResponse"),
    ),
];

const ABOUT: &str = "Keeps a directory in step with Diapason: members as Users, networks as Groups (RFC 7643, RFC 7644, RFC 9865).\n\n\
    **Access**: service accounts that speak for a directory. An access token, or a key of the account itself, stands in `Authorization`. \
    Reading needs `directory:read`, and `networks:read` for Groups; writing needs `directory:write`; creating, renaming and closing networks needs \
    `scim:networks`, which only the SIG's own account has.\n\n\
    An account sees and changes what its directory keeps, and nothing else. What each rule of the protocol comes to here stands in `docs/scim.md`.";

/// The whole contract.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    for line in LINES {
        let at = paths.entry(line.1).or_insert_with(|| json!({}));
        if let Some(methods) = at.as_object_mut() {
            methods.insert(line.0.into(), operation(line));
        }
    }
    let tag = |name: &str, about: &str| json!({"name": name, "description": about});
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Diapason: directory sync (SCIM 2.0)", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
            "contact": {"name": "SIG", "url": "https://www.info.gouv.fr"}, "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": super::BASE, "description": "This server."}],
        "security": [{"bearer": []}],
        "tags": [
            tag("users", "Members whom the directory keeps."), tag("groups", "Networks, with the members that the directory placed there."),
            tag("bulk", "Many operations in one request."), tag("discovery", "What is offered."),
        ],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "description": "An access token of a service account, or one of its keys."}},
            "schemas": shapes(), "parameters": parameters(), "responses": responses(),
        },
    })
}

fn operation(line: &Line) -> Value {
    let (method, path, id, tag, summary, about, body, (status, answer)) = *line;
    let parameter = |name: &str| json!({"$ref": format!("#/components/parameters/{name}")});
    let mut names: Vec<&str> = Vec::new();
    let within = |name: &'static str| path.contains(&format!("{{{name}}}")).then_some(name);
    names.extend(within("id").map(|_| if path.starts_with("/Schemas") { "schema" } else { "id" }));
    names.extend(within("name"));
    let resource = ["/Users", "/Groups"].iter().any(|it| path.starts_with(it)) || path == "/Me";
    if resource && method != "delete" && !path.ends_with(".search") {
        names.extend(["attributes", "excludedAttributes"]);
    }
    if method == "get" && matches!(path, "/Users" | "/Groups") {
        names.extend(["filter", "sortBy", "sortOrder", "startIndex", "count", "cursor"]);
    }
    if path.ends_with("{id}") && resource {
        names.push(if method == "get" { "ifNoneMatch" } else { "ifMatch" });
    }
    let shape =
        |name: &str| json!({"application/scim+json": {"schema": {"$ref": format!("#/components/schemas/{name}")}}});
    let mut responses = Map::new();
    let good = if answer.is_empty() {
        json!({"description": "Done."})
    } else {
        json!({"description": "Done.", "content": shape(answer)})
    };
    responses.insert(status.into(), good);
    let error = |name: &str| json!({"$ref": format!("#/components/responses/{name}")});
    let may_fail = ["400", "401", "403", "404", "409", "412", "413", "429", "503"];
    responses.extend(may_fail.iter().filter(|code| fails(code, line)).map(|code| ((*code).to_owned(), error(code))));
    let mut operation = json!({
        "operationId": id, "tags": [tag], "summary": summary, "description": about, "responses": responses,
        "parameters": names.into_iter().map(parameter).collect::<Value>(),
    });
    if let Some(fields) = operation.as_object_mut().filter(|_| !body.is_empty()) {
        fields.insert("requestBody".into(), json!({"required": true, "content": shape(body)}));
    }
    operation
}

/// Whether an operation has an error of this status.
fn fails(status: &str, (method, path, .., body, _): &Line) -> bool {
    match status {
        "404" => path.contains('{') || *path == "/Me",
        "409" => matches!(*method, "post" | "put" | "patch") && !path.ends_with(".search") && *path != "/Bulk",
        "412" => path.ends_with("{id}") && *method != "get",
        "413" => !body.is_empty(),
        _ => true,
    }
}

fn text(about: &str, longest: usize) -> Value {
    json!({"type": "string", "description": about, "maxLength": longest})
}

fn parameters() -> Value {
    let one = |place: &str, name: &str, about: &str, schema: Value| json!({"in": place, "name": name, "description": about, "schema": schema, "required": place == "path"});
    let words = |longest: usize| json!({"type": "string", "maxLength": longest});
    json!({
        "id": one("path", "id", "Identifier of the resource.", json!({"type": "string", "format": "uuid", "maxLength": 36})),
        "name": one("path", "name", "Name of the type.", json!({"type": "string", "enum": ["User", "Group"]})),
        "schema": one("path", "id", "URN of the schema.", words(200)),
        "attributes": one("query", "attributes", "Attributes to return, by commas.", words(1000)),
        "excludedAttributes": one("query", "excludedAttributes", "Attributes to leave out, by commas.", words(1000)),
        "filter": one("query", "filter", "What the list keeps (RFC 7644, section 3.4.2.2): at most 20 comparisons.", words(1024)),
        "sortBy": one("query", "sortBy", "Attribute that the list is sorted by. Absent: the identifier.", words(200)),
        "sortOrder": one("query", "sortOrder", "Order of the list.", json!({"type": "string", "enum": ["ascending", "descending"], "default": "ascending"})),
        "startIndex": one("query", "startIndex", "Place of the first resource, from 1 on.", json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 2_147_483_647, "default": 1})),
        "count": one("query", "count", "How many resources at most.", json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": MOST, "default": SOME})),
        "cursor": one("query", "cursor", "`nextCursor` of the page before (RFC 9865). Empty: the first page.", words(2000)),
        "ifMatch": one("header", "If-Match", "The ETag of the resource as the caller last saw it. Absent: any.", words(1000)),
        "ifNoneMatch": one("header", "If-None-Match", "The ETag that the caller has: the answer is 304 if it is the present one.", words(1000)),
    })
}

fn responses() -> Value {
    let one = |about: &str| json!({"description": about, "content": {"application/scim+json": {"schema": {"$ref": "#/components/schemas/Error"}}}});
    json!({
        "400": one("The request cannot be understood; `scimType` says why."),
        "401": one("There is no good token."),
        "403": one("The caller may not."),
        "404": one("There is no such resource, or not for this caller."),
        "409": one("A value is taken (`uniqueness`)."),
        "412": one("The resource changed meanwhile."),
        "413": one("The request is too large."),
        "429": one("Too many requests: wait as long as `Retry-After` says."),
        "503": one("Try again in a moment."),
    })
}

fn shapes() -> Value {
    let list = |name: &str| {
        let items = if name.is_empty() {
            json!({"type": "object"})
        } else {
            json!({"$ref": format!("#/components/schemas/{name}")})
        };
        let number = json!({"type": "integer", "format": "int32", "minimum": 0, "maximum": 2_147_483_647});
        json!({"type": "object", "description": "A page of a list.", "required": ["schemas", "Resources"], "properties": {
            "schemas": urns(), "totalResults": number, "startIndex": number, "itemsPerPage": number,
            "nextCursor": text("Leads to the next page. Absent on the last one.", 2000),
            "Resources": {"type": "array", "items": items, "maxItems": MOST},
        }})
    };
    let open = |about: &str| json!({"type": "object", "description": about, "required": ["schemas"], "properties": {"schemas": urns()}});
    let operation = json!({"type": "object", "required": ["op"], "properties": {
        "op": {"type": "string", "enum": ["add", "replace", "remove"]}, "path": text("What it is done to. Absent: the attributes that the value names.", 1024),
        "value": {"description": "With what."},
    }});
    let job = json!({"type": "object", "required": ["method", "path"], "properties": {
        "method": {"type": "string", "enum": ["POST", "PUT", "PATCH", "DELETE"]}, "path": text("Where, below the base address.", 200),
        "bulkId": text("Name by which others refer to it, as `bulkId:name`.", 200), "version": text("The version that it is done to.", 100),
        "data": {"type": "object", "description": "The body."},
    }});
    let came = json!({"type": "object", "required": ["method", "status"], "properties": {
        "method": text("Its method.", 10), "bulkId": text("Its name.", 200), "location": text("Address of the resource.", 1000), "version": text("Version of the resource.", 100),
        "status": text("Its status.", 3), "response": {"$ref": "#/components/schemas/Error"},
    }});
    json!({
        "User": resource(&USER), "Group": resource(&GROUP), "UserList": list("User"), "GroupList": list("Group"), "List": list(""),
        "ServiceProviderConfig": open("What is offered (RFC 7643, section 5)."), "ResourceType": open("A type of resources (RFC 7643, section 6)."),
        "Schema": open("A schema (RFC 7643, section 7)."),
        "Error": {"type": "object", "description": "An error (RFC 7644, section 3.12).", "required": ["schemas", "status"], "properties": {
            "schemas": urns(), "status": text("The HTTP status.", 3), "scimType": text("What is wrong, for programs.", 40), "detail": text("What is wrong, for people.", 2000),
        }},
        "PatchOp": {"type": "object", "description": "A change (RFC 7644, section 3.5.2).", "required": ["schemas", "Operations"], "properties": {
            "schemas": urns(), "Operations": {"type": "array", "items": operation, "minItems": 1, "maxItems": 1000},
        }},
        "SearchRequest": {"type": "object", "description": "A query (RFC 7644, section 3.4.3).", "required": ["schemas"], "properties": {
            "schemas": urns(), "filter": text("What the list keeps.", 1024), "sortBy": text("Attribute that it is sorted by.", 200),
            "sortOrder": {"type": "string", "enum": ["ascending", "descending"]},
            "startIndex": {"type": "integer", "format": "int32", "minimum": 1, "maximum": 2_147_483_647},
            "count": {"type": "integer", "format": "int32", "minimum": 0, "maximum": MOST}, "cursor": text("Leads to the page.", 2000),
            "attributes": names("Attributes to return."), "excludedAttributes": names("Attributes to leave out."),
        }},
        "BulkRequest": {"type": "object", "description": "Many operations (RFC 7644, section 3.7).", "required": ["schemas", "Operations"], "properties": {
            "schemas": urns(), "failOnErrors": {"type": "integer", "format": "int32", "minimum": 1, "maximum": MOST_OPERATIONS, "description": "After how many errors the rest is not done."},
            "Operations": {"type": "array", "items": job, "maxItems": MOST_OPERATIONS},
        }},
        "BulkResponse": {"type": "object", "description": "What each operation came to.", "required": ["schemas", "Operations"], "properties": {
            "schemas": urns(), "Operations": {"type": "array", "items": came, "maxItems": MOST_OPERATIONS},
        }},
    })
}

fn urns() -> Value {
    json!({"type": "array", "items": {"type": "string", "maxLength": 200}, "minItems": 1, "maxItems": 10, "description": "URNs of the schemas that it has."})
}

fn names(about: &str) -> Value {
    json!({"type": "array", "items": {"type": "string", "maxLength": 200}, "maxItems": 50, "description": about})
}

/// The shape of a resource, from its schemas.
fn resource(it: &Resource) -> Value {
    let mut properties = Map::new();
    properties.insert("schemas".into(), urns());
    properties.extend(COMMON.iter().chain(it.schema.attributes).map(|it| (it.name.to_owned(), attribute(it))));
    for extension in it.extensions {
        let parts: Map<String, Value> =
            extension.attributes.iter().map(|it| (it.name.to_owned(), attribute(it))).collect();
        properties.insert(
            extension.id.into(),
            json!({"type": "object", "description": extension.description, "properties": parts}),
        );
    }
    json!({"type": "object", "description": it.description, "required": ["schemas"], "properties": properties})
}

fn attribute(it: &Attribute) -> Value {
    let mut one = match it.kind {
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::DateTime => json!({"type": "string", "format": "date-time", "maxLength": 40}),
        Kind::String | Kind::Reference => json!({"type": "string", "maxLength": 1000}),
        Kind::Complex => {
            let parts: Map<String, Value> =
                it.sub.iter().filter(|it| it.name != "$ref").map(|it| (it.name.to_owned(), attribute(it))).collect();
            json!({"type": "object", "properties": parts})
        }
    };
    if let Some(fields) = one.as_object_mut() {
        fields.insert("description".into(), it.description.into());
        if !it.canonical.is_empty() {
            fields.insert("examples".into(), it.canonical.into());
        }
        if !it.is_writable() && !it.multi {
            fields.insert("readOnly".into(), true.into());
        }
    }
    if !it.multi {
        return one;
    }
    let mut all = json!({"type": "array", "items": one, "maxItems": 20_000, "description": it.description});
    if let Some(fields) = all.as_object_mut().filter(|_| !it.is_writable()) {
        fields.insert("readOnly".into(), true.into());
    }
    all
}
