//! Who can help: what members master, who asks whom, and the contacts that are shared.

pub mod contact;
pub mod linked_network;
pub mod matching;
pub mod member_expertise;
pub mod person;
pub mod request;
pub mod term;

#[cfg(test)]
mod tables;
