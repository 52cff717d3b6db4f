//! What the domain needs of PostgreSQL: SQL only, no HTTP, and no rule about who may.

mod actor;
mod aftermath;
pub mod audit;
mod audit_event;
mod call;
pub mod database;
pub mod delivery;
mod descriptor;
mod directory;
pub mod error;
mod expertise;
mod facet;
pub mod functions;
mod idempotency;
pub mod import;
mod kept;
mod locks;
pub mod mail;
mod me;
mod members;
mod memory;
pub mod migrate;
mod moving;
mod networks;
mod notify;
mod nouns;
mod page;
pub mod permission;
mod pools;
mod pulse;
pub mod reference;
mod reminder;
mod resting;
pub mod seed;
pub mod session;
mod stamps;
pub mod store;
pub mod task;
mod verdict;
mod void;
mod writer;
mod writing;

pub use aftermath::{Held, Invariant, Shortfall};
pub use call::{Call, Principal};
pub use database::Database;
pub use error::Error;
pub use idempotency::{Again, Key};
pub use me::MyNames;
pub use members::{NOT_OWNED, NOT_PERSONAL, OWNED, PERSONAL};
pub use members::{directory_user, registry};
pub use networks::{directory_group, published_day};
pub use nouns::CONSTRAINTS;
pub use store::Store;

/// What the work of a store ends in.
pub type Result<T> = std::result::Result<T, Error>;
