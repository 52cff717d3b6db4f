//! The professional networks (réseaux métiers), who is expected in them, who sits there, and where the gaps are.

pub mod co_animation;
pub mod gap;
pub mod membership;
pub mod membership_request;
pub mod membership_review;
pub mod network;
pub mod seat;
pub mod tracking;
