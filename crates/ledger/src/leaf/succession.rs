//! The first entry of a log that continues another.

use std::fmt;

use crate::hash::shown;
use crate::{Checkpoint, CheckpointError, Hash, HashError, SignedCheckpoint, parse_decimal};

const HEADER: &str = "zhiheng/succession@v1";

/// What the first entry of a new log says about the log it continues, in public and in plain text:
/// the last checkpoint of the old log that anybody has, and how far the restored store reached.
///
/// ```text
/// zhiheng/succession@v1
/// <entries in the restored store>
/// <root of their tree>
///
/// <the old log's last known checkpoint, with its signatures>
/// ```
///
/// A log whose store was restored to an earlier state must not go on under its name, because it would
/// sign a second history. It starts a new origin with this entry; the entries between the two sizes
/// are lost, and everybody can see how many they are.
///
/// ```
/// use ledger::{Checkpoint, Hash, SignedCheckpoint, leaf::Succession, note::SignerKey};
///
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// # let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
/// # let known = Checkpoint {
/// #     origin: "quality.example/log".into(),
/// #     size: 2,
/// #     root: Hash::of_node(&a, &b),
/// #     extensions: vec![],
/// # };
/// // `known` was kept outside the store; of its two entries the restored store has one, `a`.
/// let last_known = SignedCheckpoint::sign(known, &[&key]).unwrap();
/// let succession = Succession::new(1, a, last_known).unwrap();
/// assert_eq!(Succession::parse(succession.to_string().as_bytes()), Ok(succession));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    restored_size: u64,
    restored_root: Hash,
    last_known: SignedCheckpoint,
}

/// Why bytes are not a [`Succession`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuccessionError {
    /// Another first line.
    #[error("the entry does not start with the line {HEADER}")]
    BadHeader,
    /// A size that is not a plain number.
    #[error(
        "line 2 of the succession must be a number of entries without leading zeros, not \"{found}\""
    )]
    BadSize {
        /// The line found.
        found: String,
    },
    /// A root that is no hash.
    #[error("line 3 of the succession, the root: {0}")]
    BadRoot(#[from] HashError),
    /// The blank line or the checkpoint is missing or wrong.
    #[error("the checkpoint in the succession: {0}")]
    BadCheckpoint(#[from] CheckpointError),
    /// The restored store has more than the last known checkpoint.
    #[error(
        "the restored store has {restored} entries, more than the {known} of the last known checkpoint; it need not start a new log"
    )]
    NothingLost {
        /// Entries in the restored store.
        restored: u64,
        /// Entries in the last known checkpoint.
        known: u64,
    },
}

impl SuccessionError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::leaf::Succession;
    /// assert_eq!(Succession::parse(b"?").unwrap_err().code(), "ledger.bad_succession");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadCheckpoint(error) => error.code(),
            Self::NothingLost { .. } => "ledger.nothing_lost",
            Self::BadHeader | Self::BadSize { .. } | Self::BadRoot(_) => "ledger.bad_succession",
        }
    }
}

impl Succession {
    /// The entry for a store of `restored_size` entries, whose tree has `restored_root`, when the old
    /// log's last checkpoint known outside the store is `last_known`.
    ///
    /// # Errors
    /// [`SuccessionError::NothingLost`].
    pub fn new(
        restored_size: u64,
        restored_root: Hash,
        last_known: SignedCheckpoint,
    ) -> Result<Self, SuccessionError> {
        let known = last_known.checkpoint().size;
        if restored_size > known {
            return Err(SuccessionError::NothingLost { restored: restored_size, known });
        }
        Ok(Self { restored_size, restored_root, last_known })
    }

    /// The succession in the bytes of an entry. The checkpoint's signatures are not checked.
    ///
    /// # Errors
    /// [`SuccessionError`].
    pub fn parse(entry: &[u8]) -> Result<Self, SuccessionError> {
        let text = str::from_utf8(entry).map_err(|_| SuccessionError::BadHeader)?;
        let mut lines = text.splitn(5, '\n');
        let mut next = || lines.next().unwrap_or("");
        if next() != HEADER {
            return Err(SuccessionError::BadHeader);
        }
        let size = next();
        let restored_size =
            parse_decimal(size).ok_or_else(|| SuccessionError::BadSize { found: shown(size) })?;
        let restored_root = Hash::from_base64(next())?;
        if !next().is_empty() {
            return Err(CheckpointError::MissingLine { line: 1 }.into());
        }
        Self::new(restored_size, restored_root, SignedCheckpoint::parse(next().as_bytes())?)
    }

    /// The last checkpoint of the old log that was known outside its store.
    pub fn last_known(&self) -> &SignedCheckpoint {
        &self.last_known
    }

    /// Entries in the restored store.
    pub fn restored_size(&self) -> u64 {
        self.restored_size
    }

    /// The root of the restored store's tree.
    pub fn restored_root(&self) -> Hash {
        self.restored_root
    }

    /// The old log's name.
    pub fn old_origin(&self) -> &str {
        let Checkpoint { origin, .. } = self.last_known.checkpoint();
        origin
    }
}

impl fmt::Display for Succession {
    /// The text that goes into the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}\n{}\n{}", self.restored_size, self.restored_root)?;
        write!(f, "\n{}", self.last_known)
    }
}
