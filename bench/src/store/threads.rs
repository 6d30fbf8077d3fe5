//! Which threads of this process the time of the processors goes to.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Map, Value};

use super::Fault;

/// Processor time by the name of the thread; those that ended are not in it.
pub struct Threads(BTreeMap<String, Duration>);

impl Threads {
    /// What was used up to now.
    pub fn now() -> Result<Self, Fault> {
        let mut used = BTreeMap::<String, Duration>::new();
        for task in std::fs::read_dir("/proc/self/task")? {
            // It may have ended meanwhile.
            let path = task?.path();
            let Ok(name) = std::fs::read_to_string(path.join("comm")) else { continue };
            let Ok(times) = std::fs::read_to_string(path.join("schedstat")) else { continue };
            let time = times.split(' ').next().and_then(|ns| ns.parse().ok()).unwrap_or(0);
            *used.entry(name.trim_end().to_owned()).or_default() += Duration::from_nanos(time);
        }
        Ok(Self(used))
    }

    /// What each has used since, in µs for each of `n` operations.
    pub fn since(&self, before: &Self, n: u64) -> Value {
        let mut each = Map::new();
        for (name, time) in &self.0 {
            let time = time.saturating_sub(before.0.get(name).copied().unwrap_or_default());
            let time = time.as_secs_f64() * 1e6 / n.max(1) as f64;
            if time >= 0.1 {
                each.insert(name.clone(), Value::from((time * 10.0).round() / 10.0));
            }
        }
        Value::Object(each)
    }
}
