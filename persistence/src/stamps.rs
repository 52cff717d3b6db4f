//! The bookkeeping columns of every row: who created it, who last changed it, and when.

/// The bookkeeping columns of a new row.
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
