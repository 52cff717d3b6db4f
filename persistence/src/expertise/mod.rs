//! SQL of the expertise crate, one noun a file.

mod member_expertise;
mod term;
