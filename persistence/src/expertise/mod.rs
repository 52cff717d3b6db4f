//! SQL of the expertise crate, one noun a file.

mod contact;
mod matching;
mod member_expertise;
mod request;
mod term;
