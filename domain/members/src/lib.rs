//! Who the communicators are, and which organizations they come from.

pub mod affiliation;
pub mod contact;
mod current_affiliation;
pub mod directory_user;
pub mod drift_report;
pub mod external_id;
pub mod hand_over;
pub mod import;
pub mod invitation;
pub mod member;
pub mod member_file;
pub mod my_data;
pub mod organization;
pub mod organization_link;
pub mod organization_period;
pub mod phone;
pub mod powers;
pub mod reorganization;
pub mod role_assignment;
pub mod search;
pub mod service_account;
pub mod siren;
pub mod state_directory;
pub mod territory;

#[cfg(test)]
mod tables;
