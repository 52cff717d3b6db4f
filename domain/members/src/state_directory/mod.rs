//! State directory (Référentiel de l'organisation administrative de l'État, DILA): reads what is published, and plans what
//! it makes of our organizations. Nothing is kept of the people named in it.

mod contacts;
mod describe;
mod file;
mod hierarchy;
mod kinds;
mod matching;
mod oddity;
mod plan;
mod record;

pub use file::{Unreadable, read};
pub use hierarchy::DEPTH;
pub use kinds::Kinds;
pub use oddity::{Finding, Oddity, Report};
pub use plan::{Known, KnownOrganization, Plan, SOURCE, plan};
pub use record::Entry;
