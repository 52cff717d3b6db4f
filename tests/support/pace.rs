//! How fast this machine is just now: what was promised in seconds is promised of a machine that has time for us.

use std::collections::VecDeque;
use std::sync::{Mutex, Once, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// How often it is looked how many want the cores.
const LOOK: Duration = Duration::from_millis(100);
/// Over how many looks the crowd is averaged: one that passes at once delays nobody.
const LOOKS: u16 = 20;
/// How long a crowd is remembered: what began in it may end after it.
const REMEMBERED: Duration = Duration::from_mins(1);

static CROWDS: Mutex<VecDeque<(Instant, f64)>> = Mutex::new(VecDeque::new());

/// Begins to look, once.
pub fn watch() {
    static BEGUN: Once = Once::new();
    BEGUN.call_once(|| drop(thread::spawn(look)));
}

fn look() {
    let cores =
        thread::available_parallelism().map_or(1.0, |cores| f64::from(u16::try_from(cores.get()).unwrap_or(u16::MAX)));
    let mut last = VecDeque::from(vec![1.0; usize::from(LOOKS)]);
    loop {
        last.pop_front();
        last.push_back(wanted().unwrap_or(cores) / cores);
        let crowd = last.iter().sum::<f64>() / f64::from(LOOKS);
        let mut crowds = CROWDS.lock().unwrap_or_else(PoisonError::into_inner);
        crowds.push_back((Instant::now(), crowd));
        while crowds.front().is_some_and(|(at, _)| at.elapsed() > REMEMBERED) {
            crowds.pop_front();
        }
        drop(crowds);
        thread::sleep(LOOK);
    }
}

/// How many want a core at this moment.
fn wanted() -> Option<f64> {
    let said = fs::read_to_string("/proc/loadavg").ok()?;
    said.split_whitespace().nth(3)?.split('/').next()?.parse().ok()
}

/// How many times as long as on an idle machine something may take: as many as wanted each core, at the worst of the last
/// minute. At least twice, for the other tests want the same cores; just once where nothing else runs
/// (`DIAPASON_ALONE=1 cargo test faults`).
pub fn slowness() -> f64 {
    if std::env::var_os("DIAPASON_ALONE").is_some() {
        return 1.0;
    }
    let crowds = CROWDS.lock().unwrap_or_else(PoisonError::into_inner);
    2.0 * crowds.iter().map(|(_, crowd)| *crowd).fold(1.0, f64::max)
}

/// A time that was promised, on this machine at this moment.
pub fn promised(seconds: u64) -> Duration {
    Duration::from_secs(seconds).mul_f64(slowness())
}

/// Waits until something holds, and says how long that took; no longer than on this machine at this moment it may take
/// what takes an idle one so long.
#[track_caller]
pub fn until(longest: Duration, what: &str, mut holds: impl FnMut() -> bool) -> Duration {
    let start = Instant::now();
    while !holds() {
        let longest = longest.mul_f64(slowness());
        assert!(start.elapsed() < longest, "{what}: not within {longest:?}");
        thread::sleep(Duration::from_millis(50));
    }
    start.elapsed()
}
