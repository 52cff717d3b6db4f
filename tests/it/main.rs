//! Every test over HTTP against the started binary: one integration target, linked once, one PostgreSQL for all of it.
#![expect(unreachable_pub, reason = "a test target has no public face")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "the panic of a test is its report")]

#[path = "../support/mod.rs"]
mod support;

mod aftermath;
mod canary;
mod closed_doors;
mod connections;
mod contact;
mod contract;
mod demo;
mod draining;
mod embedded;
mod examples;
mod expertise;
mod faults;
mod few_calls;
mod first_login;
mod follow_up;
mod functions;
mod hand_over;
mod hidden_network;
mod idempotency;
mod import_members;
mod import_organizations;
mod indicator;
mod introspection;
mod invariants;
mod isolation;
mod joining;
mod lanes;
mod limits;
mod lists;
mod mail;
mod member;
mod migrations;
mod my_data;
mod my_task;
mod network;
mod notification;
mod oauth;
mod on_record;
mod organization;
mod page;
mod permission;
mod policy;
mod problem;
mod reorganization;
mod rules;
mod running;
mod scim;
mod search;
mod service_account;
mod succession;
mod telemetry;
mod token;
mod tracking;
mod two_sides;
mod unchanged;
mod values;
mod voiding;
