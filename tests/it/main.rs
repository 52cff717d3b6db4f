//! Every test over HTTP against the started binary: one integration target, linked once, one PostgreSQL for all of it.
#![expect(unreachable_pub, reason = "a test target has no public face")]

#[path = "../support/mod.rs"]
mod support;

mod contract;
mod network;
mod organization;
mod token;
