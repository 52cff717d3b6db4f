//! SQL of the networks' crate, one noun a file.

mod action_item;
mod announcement;
mod carry;
mod co_animation;
mod decision;
pub mod directory_group;
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

pub use indicator::published_day;
