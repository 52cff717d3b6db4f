//! The one clock: Rust reads the time here, SQL through `app.clock()`, and the test clock moves both.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
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

/// The day of a time, where the State works.
#[must_use]
pub fn day_of(time: DateTime<Utc>) -> NaiveDate {
    time.with_timezone(&PARIS).date_naive()
}

/// The day it is, where the State works.
#[must_use]
pub fn today() -> NaiveDate {
    day_of(now())
}

/// The last time that it was eight o'clock in Paris, when digests go out: a wall clock's eight, on both sides of a change.
#[must_use]
pub fn last_digest(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    last_hour(8, now)
}

/// The last time that it was seven o'clock in Paris, when people are reminded: the digest of that morning has it.
#[must_use]
pub fn last_reminder(now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    last_hour(7, now)
}

fn last_hour(hour: u32, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let today = day_of(now);
    let hour = NaiveTime::from_hms_opt(hour, 0, 0)?;
    let days = [Some(today), today.checked_sub_days(Days::new(1))].into_iter().flatten();
    let mut times = days.filter_map(|day| day.and_time(hour).and_local_timezone(PARIS).earliest());
    times.find(|time| *time <= now).map(|time| time.to_utc())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_go_out_at_eight_in_paris_across_both_changes() {
        for (now, expected) in [
            ("2027-03-27T06:59:59Z", "2027-03-26T07:00:00Z"),
            ("2027-03-27T07:00:00Z", "2027-03-27T07:00:00Z"),
            ("2027-03-28T05:59:59Z", "2027-03-27T07:00:00Z"),
            ("2027-03-28T06:00:00Z", "2027-03-28T06:00:00Z"),
            ("2027-10-31T06:59:59Z", "2027-10-30T06:00:00Z"),
            ("2027-10-31T07:00:00Z", "2027-10-31T07:00:00Z"),
            ("2027-10-31T23:30:00Z", "2027-10-31T07:00:00Z"),
        ] {
            let time = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
            assert_eq!(last_digest(time(now)), Some(time(expected)), "{now}");
        }
    }
}
