//! What a reorganization carries into the successor: memberships, seats, co-animations, dossiers, actions, and the cells they count in.

mod co_animations;
mod dossiers;
mod memberships;
mod seats;

pub(crate) use co_animations::carry_co_animations;
pub(crate) use dossiers::{carry_actions, carry_requests};
pub(crate) use memberships::carry_memberships;
pub(crate) use seats::carry_seats;
