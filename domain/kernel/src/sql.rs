//! SQL functions that every part of the domain calls.

diesel::define_sql_function! {
    /// The only way SQL reads the time.
    #[sql_name = "app.clock"]
    fn clock() -> diesel::sql_types::Timestamptz;
}
