//! What every row carries of who made it and who last changed it.

/// The stamps of a row that is made.
macro_rules! born {
    ($table:ident, $writer:expr) => {
        (
            $table::created_at.eq($writer.at),
            $table::updated_at.eq($writer.at),
            $table::created_by.eq($writer.by),
            $table::updated_by.eq($writer.by),
        )
    };
}

pub(crate) use born;
