//! What resources look like (RFC 7643, sections 2 and 7): attributes with their characteristics, schemas, resource types.

use serde_json::{Value, json};

/// Type of an attribute (RFC 7643, section 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    String,
    /// True or false.
    Boolean,
    /// A time (RFC 3339).
    DateTime,
    /// The address of another resource.
    Reference,
    /// Several of these.
    Complex,
}

/// Who may change an attribute, and when (RFC 7643, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutability {
    /// Only the service.
    ReadOnly,
    /// The client too.
    ReadWrite,
    /// The client, once.
    Immutable,
}

/// When an attribute is shown (RFC 7643, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Returned {
    /// Whatever is asked for.
    Always,
    /// Unless it is left out.
    Default,
    /// Where it is asked for.
    Request,
}

/// How unique a value is (RFC 7643, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Uniqueness {
    /// Not.
    None,
    /// Among the resources that the client sees.
    Server,
}

/// An attribute with its characteristics.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Whether it has several values.
    pub multi: bool,
    /// Whether a resource must have it.
    pub required: bool,
    /// Whether case tells two values apart.
    pub case_exact: bool,
    /// Who may change it.
    pub mutability: Mutability,
    /// When it is shown.
    pub returned: Returned,
    /// How unique it is.
    pub uniqueness: Uniqueness,
    /// The values that it may have, if these are given.
    pub canonical: &'static [&'static str],
    /// What it refers to.
    pub references: &'static [&'static str],
    /// Those that it consists of.
    pub sub: &'static [Attribute],
}

impl Attribute {
    /// A text that may be changed.
    #[must_use]
    pub const fn text(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            kind: Kind::String,
            multi: false,
            required: false,
            case_exact: false,
            mutability: Mutability::ReadWrite,
            returned: Returned::Default,
            uniqueness: Uniqueness::None,
            canonical: &[],
            references: &[],
            sub: &[],
        }
    }

    /// One that consists of others.
    #[must_use]
    pub const fn complex(name: &'static str, description: &'static str, sub: &'static [Self]) -> Self {
        Self { kind: Kind::Complex, sub, ..Self::text(name, description) }
    }

    /// The same, of another type.
    #[must_use]
    pub const fn of(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The same, with several values.
    #[must_use]
    pub const fn several(self) -> Self {
        Self { multi: true, ..self }
    }

    /// The same, which the service alone changes.
    #[must_use]
    pub const fn read_only(self) -> Self {
        Self { mutability: Mutability::ReadOnly, ..self }
    }

    /// The same, which is said once.
    #[must_use]
    pub const fn immutable(self) -> Self {
        Self { mutability: Mutability::Immutable, ..self }
    }

    /// The same, which must be there.
    #[must_use]
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The same, in which case counts.
    #[must_use]
    pub const fn exact(self) -> Self {
        Self { case_exact: true, ..self }
    }

    /// The same, shown always.
    #[must_use]
    pub const fn always(self) -> Self {
        Self { returned: Returned::Always, ..self }
    }

    /// The same, shown where it is asked for.
    #[must_use]
    pub const fn on_request(self) -> Self {
        Self { returned: Returned::Request, ..self }
    }

    /// The same, unique among the resources that the client sees.
    #[must_use]
    pub const fn unique(self) -> Self {
        Self { uniqueness: Uniqueness::Server, ..self }
    }

    /// The same, with these values.
    #[must_use]
    pub const fn among(self, canonical: &'static [&'static str]) -> Self {
        Self { canonical, ..self }
    }

    /// The same, which refers to these.
    #[must_use]
    pub const fn to(self, references: &'static [&'static str]) -> Self {
        Self { kind: Kind::Reference, case_exact: true, references, ..self }
    }

    /// Its part of a name, whatever its case.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&'static Self> {
        self.sub.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Whether the client may say it.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.mutability != Mutability::ReadOnly
    }

    /// How `/Schemas` describes it (RFC 7643, section 7).
    #[must_use]
    pub fn described(&self) -> Value {
        let kind = match self.kind {
            Kind::String => "string",
            Kind::Boolean => "boolean",
            Kind::DateTime => "dateTime",
            Kind::Reference => "reference",
            Kind::Complex => "complex",
        };
        let mutability = match self.mutability {
            Mutability::ReadOnly => "readOnly",
            Mutability::ReadWrite => "readWrite",
            Mutability::Immutable => "immutable",
        };
        let returned = match self.returned {
            Returned::Always => "always",
            Returned::Default => "default",
            Returned::Request => "request",
        };
        let uniqueness = if self.uniqueness == Uniqueness::Server { "server" } else { "none" };
        let mut it = json!({
            "name": self.name, "type": kind, "multiValued": self.multi, "description": self.description,
            "required": self.required, "mutability": mutability, "returned": returned,
        });
        let Some(fields) = it.as_object_mut() else { return it };
        if self.kind == Kind::Complex {
            fields.insert("subAttributes".into(), self.sub.iter().map(Self::described).collect());
        } else {
            fields.insert("caseExact".into(), self.case_exact.into());
            fields.insert("uniqueness".into(), uniqueness.into());
        }
        if !self.canonical.is_empty() {
            fields.insert("canonicalValues".into(), self.canonical.into());
        }
        if !self.references.is_empty() {
            fields.insert("referenceTypes".into(), self.references.into());
        }
        it
    }
}

/// A schema: attributes under one name.
#[derive(Debug)]
pub struct Schema {
    /// Its URN.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it describes.
    pub description: &'static str,
    /// Its attributes.
    pub attributes: &'static [Attribute],
}

impl Schema {
    /// Its attribute of a name, whatever its case.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.attributes.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// How `/Schemas` describes it.
    #[must_use]
    pub fn described(&self, base: &str) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": self.id, "name": self.name,
            "description": self.description, "attributes": self.attributes.iter().map(Attribute::described).collect::<Value>(),
            "meta": {"resourceType": "Schema", "location": format!("{base}/Schemas/{}", self.id)},
        })
    }
}

/// A type of resources: its schema and those that extend it.
#[derive(Debug)]
pub struct Resource {
    /// Its name.
    pub name: &'static str,
    /// What it is.
    pub description: &'static str,
    /// Where its resources are.
    pub endpoint: &'static str,
    /// Its schema.
    pub schema: &'static Schema,
    /// Those that extend it.
    pub extensions: &'static [&'static Schema],
    /// Attributes of RFC 7643 that are not kept here: they are read over.
    pub passed_over: &'static [&'static str],
}

/// What every resource has (RFC 7643, section 3.1).
pub const COMMON: &[Attribute] = &[
    Attribute::text("id", "Identifier given by the service.").exact().read_only().always().unique(),
    Attribute::text("externalId", "Identifier given by the client: unique among what it keeps.").exact().unique(),
    Attribute::complex("meta", "About the resource.", META).read_only(),
];

const META: &[Attribute] = &[
    Attribute::text("resourceType", "Name of its type.").exact().read_only(),
    Attribute::text("created", "When it was created.").of(Kind::DateTime).read_only(),
    Attribute::text("lastModified", "When it last changed.").of(Kind::DateTime).read_only(),
    Attribute::text("location", "Its address.").to(&["uri"]).read_only(),
    Attribute::text("version", "Its version, as its entity tag says.").exact().read_only(),
];

impl Resource {
    /// The attribute of a name in the schema or in what every resource has.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&'static Attribute> {
        self.schema.attribute(name).or_else(|| COMMON.iter().find(|it| it.name.eq_ignore_ascii_case(name)))
    }

    /// The extension of a URN, whatever its case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&'static Schema> {
        self.extensions.iter().copied().find(|it| it.id.eq_ignore_ascii_case(urn))
    }

    /// Whether RFC 7643 knows an attribute that is not kept here.
    #[must_use]
    pub fn passes_over(&self, name: &str) -> bool {
        self.passed_over.iter().any(|it| it.eq_ignore_ascii_case(name))
    }

    /// How `/ResourceTypes` describes it (RFC 7643, section 6).
    #[must_use]
    pub fn described(&self, base: &str) -> Value {
        let extension = |it: &&'static Schema| json!({"schema": it.id, "required": false});
        let mut described = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ResourceType"], "id": self.name, "name": self.name,
            "description": self.description, "endpoint": self.endpoint, "schema": self.schema.id,
            "meta": {"resourceType": "ResourceType", "location": format!("{base}/ResourceTypes/{}", self.name)},
        });
        if let Some(fields) = described.as_object_mut().filter(|_| !self.extensions.is_empty()) {
            fields.insert("schemaExtensions".into(), self.extensions.iter().map(extension).collect());
        }
        described
    }
}
