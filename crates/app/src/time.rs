//! The clock of the program.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// A clock that never goes back, whatever the machine's does.
#[derive(Debug)]
pub struct Clock {
    /// The latest time that was told, in µs.
    last: AtomicI64,
}

impl Clock {
    /// A clock that tells no time before this one: the time of the last record of the store.
    pub fn starting_at(time: Timestamp) -> Self {
        Self { last: AtomicI64::new(time.micros()) }
    }

    /// Now; or the latest time that was told, where the machine's clock stepped back behind it.
    pub fn now(&self) -> Timestamp {
        let now = machine_time();
        let last = self.last.fetch_max(now, Ordering::Relaxed);
        Timestamp::from_micros(now.max(last))
    }

    /// By how many µs the machine's clock is behind what was told already; 0 where it is right.
    pub fn behind(&self) -> i64 {
        (self.last.load(Ordering::Relaxed) - machine_time()).max(0)
    }
}

/// The day in China that a time lies in.
pub fn day(time: Timestamp) -> clock::Date {
    time.day_in_china()
}

fn machine_time() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_back_stands_still() {
        let future = Timestamp::from_micros(machine_time() + 3_600_000_000);
        let clock = Clock::starting_at(future);
        assert_eq!(clock.now(), future);
        assert!(clock.behind() > 3_500_000_000);
        let right = Clock::starting_at(Timestamp::from_micros(0));
        assert!(right.now() <= right.now());
        assert_eq!(right.behind(), 0);
    }
}
