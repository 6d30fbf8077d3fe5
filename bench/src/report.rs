//! One line of JSON per measurement, the same shape for every benchmark.

use std::io::Write;
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};

/// One figure, with the settings that matter and, where one was run beside, its peer.
pub struct Measurement(Map<String, Value>);

impl Measurement {
    /// A measurement of `what`, over `n` operations, in the benchmark `bench`.
    pub fn new(bench: &str, what: &str, n: u64) -> Self {
        let mut map = Map::new();
        map.insert("bench".into(), json!(bench));
        map.insert("what".into(), json!(what));
        map.insert("n".into(), json!(n));
        Self(map)
    }

    /// Adds a setting (`engine`, `record_size`, `clients` ...) or a further figure.
    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.0.insert(key.into(), value.into());
        self
    }

    /// Adds `seconds` and `per_second` from the time that the `n` operations took.
    #[must_use]
    pub fn took(self, time: Duration) -> Self {
        let n = self.0.get("n").and_then(Value::as_u64).unwrap_or(0);
        let seconds = time.as_secs_f64();
        self.with("seconds", round(seconds)).with("per_second", round(n as f64 / seconds))
    }

    /// Adds `p50_ms`, `p95_ms` and `p99_ms` of single times.
    #[must_use]
    pub fn percentiles(self, times: &mut [Duration]) -> Self {
        times.sort_unstable();
        let at = |q: f64| {
            let rank = (q * times.len() as f64).ceil() as usize;
            let time = times.get(rank.saturating_sub(1)).copied().unwrap_or_default();
            round(time.as_secs_f64() * 1e3)
        };
        let (p50, p95, p99) = (at(0.50), at(0.95), at(0.99));
        self.with("p50_ms", p50).with("p95_ms", p95).with("p99_ms", p99)
    }

    /// Adds the peer that was run beside, with its own figures under the same keys.
    #[must_use]
    pub fn peer(self, name: &str, figures: Self) -> Self {
        let mut peer = Map::new();
        peer.insert("name".into(), json!(name));
        peer.extend(figures.0.into_iter().filter(|(key, _)| key != "bench" && key != "what"));
        self.with("peer", Value::Object(peer))
    }

    /// Prints the line.
    pub fn print(self) {
        let _ = writeln!(std::io::stdout(), "{}", Value::Object(self.0));
    }
}

/// Says something to the person who runs the benchmark.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Runs `work` and gives its result and the time it took.
pub fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let result = work();
    (result, start.elapsed())
}

/// Four significant digits: more would claim a precision that a wall clock does not have.
fn round(x: f64) -> f64 {
    if x == 0.0 || !x.is_finite() {
        return x;
    }
    // Through text, so that no binary remainder shows.
    format!("{x:.3e}").parse().unwrap_or(x)
}
