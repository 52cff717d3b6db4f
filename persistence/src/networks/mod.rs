//! SQL of the networks' crate, one noun a file.

mod action_item;
mod announcement;
mod carry;
mod co_animation;
mod decision;
mod follow_up;
mod gap;
mod indicator;
mod kept_facts;
mod membership;
mod membership_request;
mod membership_review;
mod my_task;
mod network;
mod notification;
mod seat;
mod standard;
mod subscription;
mod tracking;
mod tracking_page;

pub(crate) use action_item::leave_actions;
pub(crate) use carry::{carry_invitations, carry_memberships};
pub(crate) use co_animation::end_co_animations_of;
pub use indicator::published_day;
pub(crate) use kept_facts::KeptFacts;
pub(crate) use membership::end_memberships;
pub(crate) use membership_request::{agree, identify};
pub(crate) use seat::end_seats_of;
pub(crate) use tracking::{lock as lock_networks, lock_networks_at, lock_networks_of, still_all_networks_of};
