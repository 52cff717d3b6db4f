//! The professional networks (réseaux métiers), who is expected in them, who sits there, and where the gaps are.

pub mod action_item;
pub mod announcement;
pub mod announcement_delivery;
pub mod co_animation;
pub mod decision;
pub mod directory_group;
pub mod follow_up;
pub mod follow_up_comment;
pub mod gap;
pub mod home;
pub mod indicator;
pub mod mail;
pub mod membership;
pub mod membership_request;
pub mod membership_review;
pub mod my_task;
pub mod network;
pub mod notification;
pub mod seat;
pub mod standard;
pub mod subscription;
pub mod tracking;
pub mod tracking_page;

#[cfg(test)]
mod tables;
