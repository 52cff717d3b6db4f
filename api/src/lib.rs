//! HTTP: translates requests into actions of the domain, and their results into answers.

mod answer;
pub mod app;
pub mod auth;
mod bearer;
mod call;
pub mod config;
mod connections;
mod content_policy;
mod db;
mod document;
pub mod embedded;
mod expertise;
mod extract;
mod failure;
mod gate;
pub mod import;
mod include;
mod judge;
pub mod limits;
mod mail;
mod members;
mod metrics;
mod networks;
mod platform;
pub mod problem;
mod public_address;
pub mod serve;
mod services;
pub mod telemetry;
mod vcard;
mod worker;

pub use document::document;
pub use failure::Failure;
pub use services::Services;
