//! What tests stand on: the started binary over a database of its own, and a client that speaks for a persona.

pub mod client;
pub mod cluster;
pub mod contract;
pub mod database;
pub mod disk;
pub mod exempt;
pub mod import;
pub mod issuer;
pub mod mail;
pub mod pace;
pub mod proxy;
pub mod smtp;
pub mod world;

pub use client::Client;
pub use pace::promised;
pub use world::World;
