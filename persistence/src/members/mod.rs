//! SQL of the members' crate, one noun a file.

mod affiliation;
mod closure;
mod member;
mod organization;
mod organization_link;
mod organization_period;
mod role_assignment;
mod search;
mod territory;

pub(crate) use closure::changes_rights_over;
pub(crate) use member::find as find_member;
