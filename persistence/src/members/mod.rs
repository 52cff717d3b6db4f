//! SQL of the members' crate, one noun a file.

mod affiliation;
mod closure;
pub mod directory_user;
mod drift_report;
mod external_id;
mod first_login;
mod hand_over;
mod invitation;
mod look_alike;
mod member;
mod my_data;
mod organization;
mod organization_link;
mod organization_period;
mod reorganization;
mod role_assignment;
mod search;
pub(crate) mod service_account;
mod service_account_key;
mod territory;

pub use hand_over::{NOT_OWNED, OWNED};
pub(crate) use look_alike::draw;
pub use my_data::{NOT_PERSONAL, PERSONAL};
pub use reorganization::registry;
