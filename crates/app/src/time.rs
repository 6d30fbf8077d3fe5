//! The clock of the program.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use model::Timestamp;

/// A clock that never goes back, whatever the machine's does.
#[derive(Debug)]
pub struct Clock {
    /// The latest time that was told, in µs.
    last: AtomicI64,
    /// The time of a demonstration that is being made, in µs: there it is told what time it is, so
    /// that what is taken in was taken in when it says. 0: the machine's.
    given: AtomicI64,
}

impl Clock {
    /// A clock that tells no time before this one: the time of the last record of the store.
    pub fn starting_at(time: Timestamp) -> Self {
        Self { last: AtomicI64::new(time.micros()), given: AtomicI64::new(0) }
    }

    /// Now; or the latest time that was told, where the machine's clock stepped back behind it.
    pub fn now(&self) -> Timestamp {
        let now = match self.given.load(Ordering::Relaxed) {
            0 => machine_time(),
            given => given,
        };
        let last = self.last.fetch_max(now, Ordering::Relaxed);
        Timestamp::from_micros(now.max(last))
    }

    /// Says what time it is, until [`Self::run`].
    pub(crate) fn give(&self, time: Timestamp) {
        self.given.store(time.micros().max(1), Ordering::Relaxed);
    }

    /// Lets the machine say what time it is.
    pub(crate) fn run(&self) {
        self.given.store(0, Ordering::Relaxed);
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

    #[test]
    fn a_clock_that_is_given_the_time_tells_it_and_never_goes_back() {
        let clock = Clock::starting_at(Timestamp::from_micros(0));
        let (then, before) = (Timestamp::from_micros(5_000), Timestamp::from_micros(4_000));
        clock.give(then);
        assert_eq!(clock.now(), then);
        clock.give(before);
        assert_eq!(clock.now(), then);
        clock.run();
        assert!(clock.now().micros() > machine_time() - 1_000_000);
    }
}
