//! What a reorganization carries into the successor: memberships, seats,
//! co-animations, membership requests and action items, and with them the cells of the matrix.

mod co_animations;
mod dossiers;
mod memberships;
mod seats;

pub(crate) use co_animations::carry_co_animations;
pub(crate) use dossiers::{carry_actions, carry_requests};
pub(crate) use memberships::carry_memberships;
pub(crate) use seats::carry_seats;
