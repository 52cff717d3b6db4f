//! Who the communicators are, and which organizations they come from.

pub mod affiliation;
pub mod contact;
pub mod member;
pub mod organization;
pub mod organization_link;
pub mod role_assignment;
pub mod search;
pub mod siren;
pub mod territory;
