//! SQL of the members' crate, one noun a file.

mod affiliation;
mod closure;
mod first_login;
mod hand_over;
mod invitation;
mod member;
mod my_data;
mod organization;
mod organization_link;
mod organization_period;
mod reorganization;
mod role_assignment;
mod search;
mod territory;

pub use hand_over::{NOT_OWNED, OWNED};
pub(crate) use invitation::{invite, revoke_of_dossier as revoke_invitations_of};
pub use my_data::{NOT_PERSONAL, PERSONAL};
pub(crate) use organization::{resting_on, with_predecessors};
pub use reorganization::registry;
pub(crate) use reorganization::{Ledger, Moving, both, capped};
