//! What tests stand on: the started binary over a database of its own, and a client that speaks for a persona.

pub mod client;
pub mod contract;
pub mod database;
pub mod import;
pub mod issuer;
pub mod world;

pub use client::Client;
pub use world::World;
