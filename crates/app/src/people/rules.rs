//! The numbers by which accounts are kept safe: parameters of the pack, as they are on a day.

use clock::Date;
use pack::{Pack, Scalar};

use crate::fault::{Fault, Rejection};

/// The parameters of the group `security`, in force on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Characters of a password at least.
    pub password_length: usize,
    /// Sorts of characters in it at least: small, capital, digit, other.
    pub password_sorts: usize,
    /// Days after which it has to be changed.
    pub password_days: i64,
    /// Former passwords that are not taken again.
    pub password_history: u64,
    /// Failures in a row until an account is locked.
    pub lock_attempts: u64,
    /// Minutes of the first lock; each further failure doubles them.
    pub lock_minutes: i64,
    /// Minutes of a lock at most.
    pub lock_most_minutes: i64,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends.
    pub session_hours: i64,
    /// Hours that a one-time link is good for.
    pub link_hours: i64,
    /// Memory of Argon2id in KiB.
    pub hash_memory: u32,
    /// Passes of Argon2id.
    pub hash_passes: u32,
    /// Lanes of Argon2id.
    pub hash_lanes: u32,
}

impl Rules {
    /// The numbers of a pack on a day.
    ///
    /// # Errors
    /// [`Rejection::Invalid`] where the pack does not say one of them: without it nobody logs in.
    pub fn of(pack: &Pack, day: Date) -> Result<Self, Rejection> {
        let number = |name: &str| {
            let id = format!("security.{name}");
            let version = pack.parameter(&id).and_then(|parameter| parameter.on(day));
            let value = version.and_then(|v| v.value.one()).and_then(Scalar::integer);
            value.filter(|value| *value > 0).ok_or_else(|| {
                Rejection::from(Fault::new(
                    "security.parameter",
                    format!("the pack has no number {id} on {day}; add it to law/security.toml"),
                    format!("规则包没有参数 {id}（{day}）；请在 law/security.toml 中补充"),
                ))
            })
        };
        let count = |name: &str| number(name).map(i64::unsigned_abs);
        let size = |name: &str| number(name).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
        let word = |name: &str| number(name).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        Ok(Self {
            password_length: size("password_length")?,
            password_sorts: size("password_sorts")?,
            password_days: number("password_days")?,
            password_history: count("password_history")?,
            lock_attempts: count("lock_attempts")?,
            lock_minutes: number("lock_minutes")?,
            lock_most_minutes: number("lock_most_minutes")?,
            idle_minutes: number("idle_minutes")?,
            session_hours: number("session_hours")?,
            link_hours: number("link_hours")?,
            hash_memory: word("hash_memory")?,
            hash_passes: word("hash_passes")?,
            hash_lanes: word("hash_lanes")?,
        })
    }

    /// How many minutes an account is locked after so many failures in a row.
    pub fn lock(&self, failed: u64) -> i64 {
        let beyond = failed.saturating_sub(self.lock_attempts).min(32);
        self.lock_minutes.saturating_mul(1 << beyond).min(self.lock_most_minutes)
    }
}
