//! The id of a record.

use std::fmt;
use std::str::FromStr;

use uuid::{Builder, Uuid};

use crate::error::Error;
use crate::timestamp::Timestamp;

/// A UUID of version 7 (RFC 9562, section 5.7): its first bits are a time in milliseconds, so that
/// records sent together lie together in an index. A sender may make it; sending the same record
/// again under the same id stores nothing new.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(Uuid);

const EXAMPLE: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

impl RecordId {
    /// An id of a time and ten random bytes.
    ///
    /// ```
    /// use model::{RecordId, Timestamp};
    /// let id = RecordId::new(Timestamp::from_micros(1_645_557_742_000_000), &[0xC3; 10]);
    /// assert_eq!(id.to_string(), "017f22e2-79b0-73c3-83c3-c3c3c3c3c3c3");
    /// ```
    pub fn new(time: Timestamp, random: &[u8; 10]) -> Self {
        let millis = u64::try_from(time.micros() / 1000).unwrap_or(0);
        Self(Builder::from_unix_timestamp_millis(millis, random).into_uuid())
    }

    /// The time in it, to the millisecond.
    ///
    /// ```
    /// let id: model::RecordId = "017f22e2-79b0-73c3-83c3-c3c3c3c3c3c3".parse().unwrap();
    /// assert_eq!(id.time().to_string(), "2022-02-22T19:22:22.000000Z");
    /// ```
    pub fn time(&self) -> Timestamp {
        let mut millis = [0; 8];
        millis[2..].copy_from_slice(&self.0.as_bytes()[..6]);
        Timestamp::from_micros(i64::from_be_bytes(millis).saturating_mul(1000))
    }

    /// The id of sixteen bytes.
    ///
    /// # Errors
    /// [`Error::Field`] where they are no UUID of version 7.
    pub fn from_bytes(bytes: [u8; 16]) -> Result<Self, Error> {
        let id = Uuid::from_bytes(bytes);
        if id.get_version_num() != 7 {
            return Err(Error::field(
                "id",
                ("not a UUID of version 7", "不是第 7 版的 UUID"),
                EXAMPLE,
            ));
        }
        Ok(Self(id))
    }

    /// The text, written into a buffer.
    pub fn write<'b>(&self, buffer: &'b mut [u8; 36]) -> &'b str {
        self.0.as_hyphenated().encode_lower(buffer)
    }

    /// The sixteen bytes.
    pub fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl FromStr for RecordId {
    type Err = Error;

    /// Reads the form with hyphens.
    fn from_str(text: &str) -> Result<Self, Error> {
        let id = Uuid::try_parse(text).ok().filter(|_| text.len() == 36);
        let id = id.ok_or_else(|| {
            Error::field("id", ("not a UUID with hyphens", "不是带连字符的 UUID"), EXAMPLE)
        })?;
        if id.get_version_num() != 7 {
            return Err(Error::field(
                "id",
                ("not a UUID of version 7", "不是第 7 版的 UUID"),
                EXAMPLE,
            ));
        }
        Ok(Self(id))
    }
}

/// As it is shown.
impl serde::Serialize for RecordId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}
