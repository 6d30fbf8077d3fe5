//! Choices that differ from run to run and can be made again: the seed is told when a test fails.

use std::time::{Duration, SystemTime};

/// A linear congruential generator (Knuth, MMIX), its upper bits.
#[derive(Clone)]
pub struct Random(u64);

impl Random {
    /// Of this moment. `FAULTS_SEED` in the environment makes a run's choices again; the moments at
    /// which things happen remain those of the machine.
    pub fn new() -> Self {
        let named = std::env::var("FAULTS_SEED").ok().and_then(|seed| seed.parse().ok());
        let seed = named.unwrap_or_else(|| {
            SystemTime::UNIX_EPOCH.elapsed().map_or(0, |now| now.as_nanos() as u64)
        });
        eprintln!("FAULTS_SEED={seed}"); // shown when the test fails
        Self(seed)
    }

    /// Another one, for somebody else.
    pub fn other(&mut self) -> Self {
        Self(self.next() ^ 0x9e37_79b9_7f4a_7c15)
    }

    fn next(&mut self) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 ^ (self.0 >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11
    }

    /// A number below another.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// So many milliseconds at most, in steps of a microsecond.
    pub fn up_to(&mut self, millis: u64) -> Duration {
        Duration::from_micros(self.below(millis * 1000 + 1))
    }

    /// Ten bytes for an id.
    pub fn ten(&mut self) -> [u8; 10] {
        std::array::from_fn(|_| self.next() as u8)
    }
}
