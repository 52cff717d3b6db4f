//! SQL of the networks' crate, one noun a file.

mod co_animation;
mod gap;
mod membership;
mod network;
mod seat;
mod tracking;

pub(crate) use membership::end_memberships;
pub(crate) use tracking::{lock_networks_of, refresh_member, refresh_organization};
