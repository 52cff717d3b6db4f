//! SCIM 2.0 (RFC 7643, RFC 7644) over JSON: what a resource looks like, how it is filtered, changed and shown. Nothing here knows
//! a server, a database or a person.

mod compare;
mod error;
mod filter;
mod list;
mod patch;
mod path;
mod project;
mod read;
mod schema;
pub mod schemas;

pub use error::{ErrorType, ScimError};
pub use filter::{Filter, Operator, Term};
pub use list::{Order, Query, SearchRequest, list_response};
pub use patch::{Operation, PatchOp, Verb, apply};
pub use path::{AttributePath, Target};
pub use project::Projection;
pub use read::read;
pub use schema::{Attribute, COMMON, Kind, Mutability, Resource, Returned, Schema, Uniqueness};

/// The media type of all that is sent (RFC 7644, section 8.1).
pub const MEDIA_TYPE: &str = "application/scim+json";

/// A JSON object.
pub type Object = serde_json::Map<String, serde_json::Value>;
