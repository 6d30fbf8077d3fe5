//! SHA-256 as RFC 6962 uses it: leaves and nodes are hashed under different first bytes, so that
//! neither can be passed off as the other.

#[cfg(target_arch = "x86_64")]
mod four;
mod level;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub(crate) use level::hash_pairs;

/// A SHA-256 hash of 32 bytes: of a leaf, of a node, of a whole tree.
///
/// Shown as standard base64 (RFC 4648, section 4), the notation of C2SP checkpoints and proofs.
///
/// ```
/// use ledger::Hash;
///
/// let empty = Hash::empty_root();
/// assert_eq!(empty.to_string(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
/// assert_eq!(Hash::from_base64(&empty.to_string()), Ok(empty));
/// assert_eq!(Hash::from_hex(&empty.to_hex()), Ok(empty));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; Hash::SIZE]);

/// Why bytes or text are not a [`struct@Hash`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashError {
    /// Another number of bytes.
    #[error("a SHA-256 hash has 32 bytes, this one has {found}; copy it again in full")]
    WrongLength {
        /// The number of bytes found.
        found: usize,
    },
    /// Text that is not strict standard base64.
    #[error("{text:?} is not a hash in standard base64 (44 characters ending in \"=\")")]
    NotBase64 {
        /// The text found.
        text: String,
    },
    /// Text that is not hexadecimal.
    #[error("{text:?} is not a hash in hexadecimal (64 digits 0-9, a-f)")]
    NotHex {
        /// The text found.
        text: String,
    },
}

impl HashError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::Hash;
    /// assert_eq!(Hash::try_from(&[0u8; 12][..]).unwrap_err().code(), "ledger.bad_hash");
    /// ```
    pub fn code(&self) -> &'static str {
        "ledger.bad_hash"
    }
}

impl Hash {
    /// Bytes in a hash.
    pub const SIZE: usize = 32;

    /// A hash from its 32 bytes.
    ///
    /// ```
    /// # use ledger::Hash;
    /// assert_eq!(Hash::from_bytes([7; 32]).as_bytes(), &[7; 32]);
    /// ```
    pub const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::SIZE] {
        &self.0
    }

    /// The hash of an entry as a leaf: `SHA-256(0x00 || entry)` (RFC 6962, section 2.1).
    ///
    /// ```
    /// # use ledger::Hash;
    /// assert_eq!(
    ///     Hash::of_leaf(b"").to_hex(),
    ///     "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    /// );
    /// ```
    pub fn of_leaf(entry: &[u8]) -> Self {
        Self(Sha256::new().chain_update([0x00]).chain_update(entry).finalize().into())
    }

    /// The hash of a node over its two children: `SHA-256(0x01 || left || right)` (RFC 6962,
    /// section 2.1).
    ///
    /// ```
    /// # use ledger::Hash;
    /// let (left, right) = (Hash::of_leaf(b""), Hash::of_leaf(&[0]));
    /// assert_eq!(
    ///     Hash::of_node(&left, &right).to_hex(),
    ///     "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    /// );
    /// ```
    pub fn of_node(left: &Self, right: &Self) -> Self {
        // One update of the whole message: three would copy through the block buffer three times.
        let mut message = [0x01; 1 + 2 * Self::SIZE];
        message[1..=Self::SIZE].copy_from_slice(&left.0);
        message[1 + Self::SIZE..].copy_from_slice(&right.0);
        Self(Sha256::digest(message).into())
    }

    /// The root of the empty tree: the SHA-256 of nothing (RFC 6962, section 2.1).
    pub fn empty_root() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash that `text` gives in standard base64, padding included.
    ///
    /// # Errors
    /// [`HashError::NotBase64`], also for the second spelling that loose decoders accept;
    /// [`HashError::WrongLength`].
    pub fn from_base64(text: &str) -> Result<Self, HashError> {
        let bytes =
            STANDARD.decode(text).map_err(|_| HashError::NotBase64 { text: shortened(text) })?;
        Self::try_from(&bytes[..])
    }

    /// The hash in 64 lower-case hexadecimal digits.
    pub fn to_hex(&self) -> String {
        use fmt::Write as _;
        self.0.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    /// The hash that `text` gives in hexadecimal digits of either case.
    ///
    /// # Errors
    /// [`HashError::NotHex`], [`HashError::WrongLength`].
    pub fn from_hex(text: &str) -> Result<Self, HashError> {
        let not_hex = || HashError::NotHex { text: shortened(text) };
        let digits: Vec<u8> = text
            .chars()
            .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
            .collect::<Option<_>>()
            .ok_or_else(not_hex)?;
        let (pairs, rest) = digits.as_chunks::<2>();
        if !rest.is_empty() {
            return Err(not_hex());
        }
        let bytes: Vec<u8> = pairs.iter().map(|[high, low]| high << 4 | low).collect();
        Self::try_from(&bytes[..])
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = HashError;

    fn try_from(bytes: &[u8]) -> Result<Self, HashError> {
        bytes.try_into().map(Self).map_err(|_| HashError::WrongLength { found: bytes.len() })
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// What came from outside, short enough to stand in a message.
pub(crate) fn shortened(text: &str) -> String {
    const LONGEST: usize = 100;
    match text.char_indices().nth(LONGEST) {
        None => text.to_owned(),
        Some((cut, _)) => format!("{}...", &text[..cut]),
    }
}

/// [`shortened`], with what a terminal would not show as it is (right-to-left marks, controls)
/// escaped.
pub(crate) fn shown(text: &str) -> String {
    shortened(text).escape_debug().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_has_one_spelling_only() {
        // The last character before the padding carries two unused bits; a loose decoder drops them.
        let good = Hash::empty_root().to_string();
        let loose = good.replace("FU=", "FV=");
        assert_ne!(good, loose);
        assert!(Hash::from_base64(&loose).is_err());
        assert!(Hash::from_base64(good.trim_end_matches('=')).is_err());
        assert!(Hash::from_base64(&format!("{good}\n")).is_err());
    }

    #[test]
    fn hex_refuses_what_is_not_hex() {
        let hex = Hash::empty_root().to_hex();
        assert_eq!(Hash::from_hex(&hex.to_uppercase()), Ok(Hash::empty_root()));
        for bad in [&hex[1..], &hex[2..], "", "zz", "０１"] {
            assert!(Hash::from_hex(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let long = "质".repeat(101);
        assert_eq!(shortened(&long), format!("{}...", "质".repeat(100)));
    }
}
