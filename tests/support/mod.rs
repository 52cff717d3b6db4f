//! What tests stand on: the started binary over a database of its own, and a client that speaks for a persona.

pub mod client;
pub mod cluster;
pub mod contract;
pub mod database;
pub mod disk;
pub mod import;
pub mod issuer;
pub mod proxy;
pub mod smtp;
pub mod world;

pub use client::Client;
pub use world::World;

/// A time that was promised, for a machine that does nothing else (`DIAPASON_ALONE=1 cargo test faults`); beside the other
/// tests, which want the same cores, twice as long.
pub fn promised(seconds: u64) -> std::time::Duration {
    std::time::Duration::from_secs(if std::env::var_os("DIAPASON_ALONE").is_some() { seconds } else { seconds * 2 })
}
