//! The blinded leaf.

use sha2::{Digest, Sha256};

use super::Nonce;

/// The version of the layout below.
const VERSION: u8 = 1;

/// SHA-256 in the algorithm byte; 2 is kept for SM3.
const SHA_256: u8 = 1;

/// A leaf that stands for a record without showing anything of it.
///
/// ```
/// use ledger::leaf::{BlindedLeaf, Nonce};
///
/// let nonce = Nonce::from_bytes([7; 32]);
/// let leaf = BlindedLeaf::blind(&nonce, b"{\"kind\":\"inspection\"}");
/// assert_eq!(leaf.to_bytes().len(), 34);
///
/// leaf.check_opens(&nonce, b"{\"kind\":\"inspection\"}").unwrap();
/// let error = leaf.check_opens(&nonce, b"{\"kind\":\"recall\"}").unwrap_err();
/// assert_eq!(error.code(), "ledger.leaf_does_not_open");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BlindedLeaf {
    digest: [u8; 32],
}

/// Why bytes are no leaf that this program knows, or a record does not open it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LeafError {
    /// Another version of the layout, or no leaf at all.
    #[error("the entry is no blinded leaf of version {VERSION}: {found}")]
    UnknownVersion {
        /// What stands there instead.
        found: String,
    },
    /// A digest of another algorithm.
    #[error(
        "the leaf uses digest algorithm {found}, which this program does not know (it knows {SHA_256}, SHA-256); use a later version"
    )]
    UnknownAlgorithm {
        /// The algorithm byte.
        found: u8,
    },
    /// Another length than version and algorithm call for.
    #[error("a blinded leaf has {} bytes, this entry has {found}", BlindedLeaf::SIZE)]
    WrongLength {
        /// Bytes found.
        found: usize,
    },
    /// Nonce and record give another digest.
    #[error(
        "this nonce and record are not what the leaf stands for; the record was changed, or they belong to another entry"
    )]
    DoesNotOpen,
}

impl LeafError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::leaf::BlindedLeaf;
    /// assert_eq!(BlindedLeaf::parse(b"").unwrap_err().code(), "ledger.unknown_leaf_version");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::UnknownVersion { .. } => "ledger.unknown_leaf_version",
            Self::UnknownAlgorithm { .. } => "ledger.unknown_leaf_algorithm",
            Self::WrongLength { .. } => "ledger.leaf_wrong_length",
            Self::DoesNotOpen => "ledger.leaf_does_not_open",
        }
    }
}

impl BlindedLeaf {
    /// Bytes in a leaf.
    pub const SIZE: usize = 34;

    /// The leaf of a record, given its canonical bytes.
    pub fn blind(nonce: &Nonce, record: &[u8]) -> Self {
        Self {
            digest: Sha256::new()
                .chain_update(nonce.as_bytes())
                .chain_update(record)
                .finalize()
                .into(),
        }
    }

    /// The bytes to put into the log.
    pub fn to_bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        bytes[0] = VERSION;
        bytes[1] = SHA_256;
        bytes[2..].copy_from_slice(&self.digest);
        bytes
    }

    /// The leaf in the bytes of an entry.
    ///
    /// # Errors
    /// [`LeafError`], but for [`LeafError::DoesNotOpen`].
    ///
    /// ```
    /// # use ledger::leaf::{BlindedLeaf, Nonce};
    /// let leaf = BlindedLeaf::blind(&Nonce::from_bytes([7; 32]), b"a record");
    /// assert_eq!(BlindedLeaf::parse(&leaf.to_bytes()), Ok(leaf));
    /// ```
    pub fn parse(entry: &[u8]) -> Result<Self, LeafError> {
        match entry {
            [VERSION, SHA_256, digest @ ..] => match digest.try_into() {
                Ok(digest) => Ok(Self { digest }),
                Err(_) => Err(LeafError::WrongLength { found: entry.len() }),
            },
            [VERSION, algorithm, ..] => Err(LeafError::UnknownAlgorithm { found: *algorithm }),
            [VERSION] => Err(LeafError::WrongLength { found: 1 }),
            [other, ..] => {
                Err(LeafError::UnknownVersion { found: format!("its first byte is {other}") })
            }
            [] => Err(LeafError::UnknownVersion { found: "it is empty".to_owned() }),
        }
    }

    /// Checks that the leaf stands for this record.
    ///
    /// # Errors
    /// [`LeafError::DoesNotOpen`].
    pub fn check_opens(&self, nonce: &Nonce, record: &[u8]) -> Result<(), LeafError> {
        if Self::blind(nonce, record) == *self { Ok(()) } else { Err(LeafError::DoesNotOpen) }
    }
}
