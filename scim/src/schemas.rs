//! The schemas of this service: members as Users, networks as Groups.

use serde_json::{Value, json};

use crate::schema::{Attribute, Kind, Resource, Schema};

/// URN of the extension for communicants.
pub const COMMUNICANT: &str = "urn:fr:gouv:sig:scim:schemas:extension:communicant:2.0:User";
/// URN of the enterprise extension (RFC 7643, section 4.3).
pub const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// Most resources of a page.
pub const MOST: usize = 200;
/// How many resources a page has where none is asked for.
pub const SOME: usize = 100;
/// Most operations of a bulk request.
pub const MOST_OPERATIONS: usize = 1_000;
/// Most bytes of a bulk request.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

const VALUE: Attribute = Attribute::text("value", "The value.").required();
const KIND: Attribute = Attribute::text("type", "What it is used for: always for work.").among(&["work"]);

const PLACE: &[Attribute] = &[
    Attribute::text("value", "Identifier of the organization.").exact().read_only(),
    Attribute::text("$ref", "Address of the organization.").to(&["uri"]).read_only(),
    Attribute::text("display", "Name of the organization.").read_only(),
    Attribute::text("position", "Function held there.").read_only(),
    Attribute::text("service", "Service or office there.").read_only(),
    Attribute::text("profession", "Profession (métier) exercised there, by its code.").exact().read_only(),
    Attribute::text("primary", "Whether it is the main one.").of(Kind::Boolean).read_only(),
    Attribute::text("managedBy", "Code of the source that keeps it.").exact().read_only(),
];

/// User: a member whom the directory of the client knows (RFC 7643, section 4.1).
pub static USER: Resource = Resource {
    name: "User",
    description: "A communicant whom the directory of the client keeps.",
    endpoint: "/Users",
    schema: &Schema {
        id: "urn:ietf:params:scim:schemas:core:2.0:User",
        name: "User",
        description: "A communicant.",
        attributes: &[
            Attribute::text("userName", "Name of the account in the directory of the client.").required().unique(),
            Attribute::complex(
                "name",
                "The parts of the name.",
                &[
                    Attribute::text("formatted", "Given name and name in use, for display.").read_only().on_request(),
                    Attribute::text("familyName", "Name in use (nom d’usage).").required(),
                    Attribute::text("givenName", "Given name (prénom).").required(),
                ],
            )
            .required(),
            Attribute::text("displayName", "Given name and name in use, for display.").read_only(),
            Attribute::text("title", "Function held in the organization."),
            Attribute::text("preferredLanguage", "Language that is spoken best (BCP 47)."),
            Attribute::text("active", "Whether the account may be used: false suspends at once. Absent: it may.")
                .of(Kind::Boolean)
                .required(),
            Attribute::complex(
                "emails",
                "Professional e-mail address: one. Absent: the userName, if it is an address.",
                &[
                    VALUE,
                    KIND,
                    Attribute::text("primary", "Whether it is the main one.")
                        .of(Kind::Boolean)
                        .read_only()
                        .on_request(),
                ],
            )
            .several()
            .required(),
            Attribute::complex("phoneNumbers", "Professional telephone numbers: five at most.", &[VALUE, KIND])
                .several(),
            Attribute::complex(
                "groups",
                "The networks in which the directory placed the member.",
                &[
                    Attribute::text("value", "Identifier of the network.").exact().read_only(),
                    Attribute::text("$ref", "Address of the network.").to(&["Group"]).read_only(),
                    Attribute::text("display", "Name of the network.").read_only(),
                    Attribute::text("type", "How the member belongs to it.").among(&["direct"]).read_only(),
                ],
            )
            .several()
            .read_only(),
        ],
    },
    extensions: &[
        &Schema {
            id: ENTERPRISE,
            name: "EnterpriseUser",
            description: "Where a communicant works.",
            attributes: &[
                Attribute::text("organization", "Name of the organization.").read_only().on_request(),
                Attribute::text("department", "Service or office in the organization."),
            ],
        },
        &Schema {
            id: COMMUNICANT,
            name: "Communicant",
            description: "What only communicants of the State have.",
            attributes: &[
                Attribute::text("siret", "Establishment (SIRET) of the organization: another one moves the member."),
                Attribute::text("position", "Function held in the organization, as title."),
                Attribute::text("profession", "Profession (métier) exercised in the organization, by its code.")
                    .exact(),
                Attribute::text("memberOrigin", "What the organization makes of the member.")
                    .exact()
                    .read_only()
                    .on_request(),
                Attribute::complex("affiliations", "The affiliations in force that the account may know.", PLACE)
                    .several()
                    .read_only()
                    .on_request(),
                Attribute::text(
                    "lockedAttributes",
                    "Attributes that others keep: what is said of them here has no effect.",
                )
                .exact()
                .several()
                .read_only(),
            ],
        },
    ],
    passed_over: &[
        "nickName",
        "profileUrl",
        "userType",
        "locale",
        "timezone",
        "password",
        "ims",
        "photos",
        "addresses",
        "entitlements",
        "roles",
        "x509Certificates",
        "honorificPrefix",
        "honorificSuffix",
        "middleName",
        "employeeNumber",
        "costCenter",
        "division",
        "manager",
        "display",
        "primary",
    ],
};

/// Group: a network with the members that the directory placed there (RFC 7643, section 4.2).
pub static GROUP: Resource = Resource {
    name: "Group",
    description: "A network, with the members that the directory of the client placed there.",
    endpoint: "/Groups",
    schema: &Schema {
        id: "urn:ietf:params:scim:schemas:core:2.0:Group",
        name: "Group",
        description: "A network of communicants.",
        attributes: &[
            Attribute::text("displayName", "Name of the network.").required(),
            Attribute::complex(
                "members",
                "The members that the directory placed there.",
                &[
                    Attribute::text("value", "Identifier of the User.").exact().immutable().required(),
                    Attribute::text("$ref", "Address of the User.").to(&["User"]).immutable(),
                    Attribute::text("display", "Name of the User.").read_only().on_request(),
                    Attribute::text("type", "What it is.").among(&["User"]).immutable(),
                ],
            )
            .several(),
        ],
    },
    extensions: &[],
    passed_over: &[],
};

/// All types of resources.
pub static RESOURCES: [&Resource; 2] = [&USER, &GROUP];

/// All schemas.
pub fn all() -> impl Iterator<Item = &'static Schema> {
    RESOURCES.iter().flat_map(|it| std::iter::once(it.schema).chain(it.extensions.iter().copied()))
}

/// What the service offers (RFC 7643, section 5; RFC 9865, section 4).
#[must_use]
pub fn provider(base: &str) -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"],
        "documentationUri": "https://github.com/diapason/diapason/blob/main/docs/scim.md",
        "patch": {"supported": true},
        "bulk": {"supported": true, "maxOperations": MOST_OPERATIONS, "maxPayloadSize": MOST_BYTES},
        "filter": {"supported": true, "maxResults": MOST},
        "changePassword": {"supported": false},
        "sort": {"supported": true},
        "etag": {"supported": true},
        "pagination": {
            "cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": SOME, "maxPageSize": MOST,
        },
        "authenticationSchemes": [{
            "type": "oauthbearertoken", "name": "OAuth 2.0 bearer token", "primary": true, "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "description": "An access token of a service account, or one of its keys itself.",
        }],
        "meta": {"resourceType": "ServiceProviderConfig", "location": format!("{base}/ServiceProviderConfig")},
    })
}
