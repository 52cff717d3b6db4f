//! The one clock: Rust reads the time here, SQL through `app.clock()`, and the test clock moves both.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::{ContextV7, Timestamp, Uuid};

/// The zone of working days, digests and `as_of`.
pub const PARIS: chrono_tz::Tz = chrono_tz::Europe::Paris;

/// How far the test clock stands from the machine's, in microseconds.
static SHIFT: AtomicI64 = AtomicI64::new(0);

/// The time it is.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where the machine's clock is read")]
pub fn now() -> DateTime<Utc> {
    Utc::now() + shift()
}

/// How far the clock was moved; zero but in tests.
#[must_use]
pub fn shift() -> TimeDelta {
    TimeDelta::microseconds(SHIFT.load(Ordering::Relaxed))
}

/// Moves the clock to a time, from which it goes on.
pub fn set(time: DateTime<Utc>) {
    let ahead = time - (now() - shift());
    SHIFT.store(ahead.num_microseconds().unwrap_or_default(), Ordering::Relaxed);
}

/// An identifier that tells its time of creation, and sorts by it.
#[must_use]
pub fn fresh_v7() -> Uuid {
    let now = now();
    let seconds = u64::try_from(now.timestamp()).unwrap_or_default();
    Uuid::new_v7(Timestamp::from_unix(ContextV7::new(), seconds, now.timestamp_subsec_nanos()))
}

/// An identifier that tells nothing, for what may be embargoed.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the one place where random identifiers are made")]
pub fn fresh_v4() -> Uuid {
    Uuid::new_v4()
}
