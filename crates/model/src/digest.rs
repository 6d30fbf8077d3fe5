//! SHA-256 digests as they stand in canonical text.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest as _, Sha256};

use crate::error::Error;

/// A SHA-256 digest, written `sha256:` and 64 hexadecimal digits: the algorithm is part of the
/// text, so that another can stand beside it later.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

const ALGORITHM: &str = "sha256:";

impl Digest {
    /// The digest of the parts, one behind the other.
    ///
    /// ```
    /// let digest = model::Digest::of(&[b"ab", b"c"]);
    /// assert_eq!(digest, model::Digest::of(&[b"abc"]));
    /// assert!(digest.to_string().starts_with("sha256:ba7816bf"));
    /// ```
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update(part);
        }
        Self(hasher.finalize().into())
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl From<[u8; 32]> for Digest {
    fn from(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEX: &[u8; 16] = b"0123456789abcdef";
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
        f.write_str(ALGORITHM)?;
        f.write_str(str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let fault = || Error::field("digest", ("not a digest", "不是摘要"), "sha256:ba7816bf…");
        let hex = text.strip_prefix(ALGORITHM).filter(|h| h.len() == 64).ok_or_else(fault)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks(2)) {
            let digit = |c: u8| char::from(c).to_digit(16).filter(|_| !c.is_ascii_uppercase());
            let (high, low) = pair.first().zip(pair.get(1)).ok_or_else(fault)?;
            *byte =
                (digit(*high).zip(digit(*low)).map(|(h, l)| h * 16 + l)).ok_or_else(fault)? as u8;
        }
        Ok(Self(bytes))
    }
}
