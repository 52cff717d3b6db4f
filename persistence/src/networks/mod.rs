//! SQL of the networks' crate, one noun a file.

mod carry;
mod co_animation;
mod gap;
mod kept_facts;
mod membership;
mod network;
mod seat;
mod tracking;

pub(crate) use carry::{carry_co_animations, carry_memberships, carry_seats, refresh_cells_of};
pub(crate) use co_animation::end_co_animations_of;
pub(crate) use kept_facts::KeptFacts;
pub(crate) use membership::end_memberships;
pub(crate) use seat::end_seats_of;
pub(crate) use tracking::{
    lock as lock_networks, lock_networks_at, lock_networks_of, refresh_member, refresh_organization,
    refresh_organizations, still_all_networks_of,
};
