//! What the log holds: leaves that show nothing of the records they stand for.
//!
//! ```text
//! byte 0      version      1
//! byte 1      algorithm    1: SHA-256 (2 is kept for SM3, GB/T 32905)
//! bytes 2-33  digest       SHA-256(nonce || canonical record), the nonce being 32 bytes
//! ```
//!
//! Whoever has only the log cannot tell what was recorded, nor test a guess, because the nonce is not
//! in it. The holder of a record opens its leaf to whom he chooses by showing nonce and record.
//!
//! One leaf is not blind: the first of a log that continues another ([`Succession`]), which is text.

mod blinded;
mod nonce;
mod succession;

pub use blinded::{BlindedLeaf, LeafError};
pub use nonce::{Nonce, NonceKey};
pub use succession::{Succession, SuccessionError};

/// An entry of a log, by what it is.
///
/// ```
/// use ledger::leaf::{BlindedLeaf, Entry, Nonce};
///
/// let leaf = BlindedLeaf::blind(&Nonce::from_bytes([7; 32]), b"a record");
/// assert_eq!(Entry::read(&leaf.to_bytes()), Entry::Blinded(leaf));
/// assert_eq!(Entry::read(b"of another program"), Entry::Other);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Entry {
    /// A leaf that stands for a record.
    Blinded(BlindedLeaf),
    /// The first entry of a log that continues another.
    Succession(Succession),
    /// Anything else: an entry of another program, or of a later version of this one.
    Other,
}

impl Entry {
    /// Tells what the bytes of an entry are.
    pub fn read(bytes: &[u8]) -> Self {
        if let Ok(leaf) = BlindedLeaf::parse(bytes) {
            Self::Blinded(leaf)
        } else if let Ok(succession) = Succession::parse(bytes) {
            Self::Succession(succession)
        } else {
            Self::Other
        }
    }
}
