//! Checkpoints: what a log commits to, as the text of a signed note (C2SP tlog-checkpoint).

use std::fmt;

use crate::hash::{HashError, shown};
use crate::note::{NoteError, SignedNote, Signer, Verified, Verifier};
use crate::tree::{ProofError, verify_consistency};
use crate::{Hash, parse_decimal};

/// The state of a log: whose it is, how many entries it has, and the root of their tree.
///
/// ```
/// use ledger::{Checkpoint, Hash};
///
/// let text = "quality.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// let checkpoint = Checkpoint::parse(text).unwrap();
/// assert_eq!((checkpoint.size, checkpoint.root), (0, Hash::empty_root()));
/// assert_eq!(checkpoint.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The log's name, which tells it from every other log.
    pub origin: String,
    /// Entries in the log.
    pub size: u64,
    /// The root of the tree of all entries.
    pub root: Hash,
    /// Further lines that are signed but mean nothing here; normally none.
    pub extensions: Vec<String>,
}

/// Why text is not a checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// It is not a signed note, or its signatures do not hold.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// Fewer than three lines.
    #[error(
        "a checkpoint has at least three lines, origin, size and root hash, and line {line} is missing; it may have been cut"
    )]
    MissingLine {
        /// The first line that is missing, from 1.
        line: usize,
    },
    /// A line that must not be empty.
    #[error("line {line} of the checkpoint is empty")]
    EmptyLine {
        /// The line, from 1.
        line: usize,
    },
    /// An origin or extension of more than one line, which could not be read back.
    #[error("the origin and each extension of a checkpoint must be one line")]
    BrokenLine,
    /// A size that is not a plain number.
    #[error(
        "line 2 of the checkpoint must be a number of entries without leading zeros, not \"{found}\""
    )]
    BadSize {
        /// The line found.
        found: String,
    },
    /// A root that is no hash.
    #[error("line 3 of the checkpoint, the root: {0}")]
    BadRoot(HashError),
    /// A checkpoint of another log.
    #[error("the checkpoint is of the log \"{found}\", not of \"{expected}\"")]
    OtherOrigin {
        /// The log that was meant.
        expected: String,
        /// The log found.
        found: String,
    },
}

impl CheckpointError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::Checkpoint;
    /// assert_eq!(Checkpoint::parse("log\n007\n").unwrap_err().code(), "ledger.bad_checkpoint_size");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Note(error) => error.code(),
            Self::MissingLine { .. } => "ledger.checkpoint_missing_line",
            Self::EmptyLine { .. } => "ledger.checkpoint_empty_line",
            Self::BrokenLine => "ledger.checkpoint_broken_line",
            Self::BadSize { .. } => "ledger.bad_checkpoint_size",
            Self::BadRoot(_) => "ledger.bad_checkpoint_root",
            Self::OtherOrigin { .. } => "ledger.other_origin",
        }
    }
}

impl Checkpoint {
    /// The checkpoint that is the text of a note.
    ///
    /// # Errors
    /// [`CheckpointError`], but for what concerns signatures.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let mut lines = text.split_inclusive('\n').zip(1..);
        let mut next = || {
            lines.next().map(|(line, number)| match line.strip_suffix('\n') {
                None => Err(CheckpointError::Note(NoteError::TextNotEnded)),
                Some("") => Err(CheckpointError::EmptyLine { line: number }),
                Some(line) => Ok(line),
            })
        };
        let mut required = |line| next().unwrap_or(Err(CheckpointError::MissingLine { line }));
        let origin = required(1)?.to_owned();
        let size = required(2)?;
        let size =
            parse_decimal(size).ok_or_else(|| CheckpointError::BadSize { found: shown(size) })?;
        let root = Hash::from_base64(required(3)?).map_err(CheckpointError::BadRoot)?;
        let extensions = std::iter::from_fn(next)
            .map(|line| line.map(str::to_owned))
            .collect::<Result<_, _>>()?;
        Ok(Self { origin, size, root, extensions })
    }

    /// Checks that the log grew from this checkpoint into `newer` without changing what it had: what
    /// a witness does before it signs.
    ///
    /// `proof` comes from [`TreeReader::prove_consistency`](crate::TreeReader::prove_consistency) and
    /// is empty where this checkpoint is of the empty log, with which every log is consistent.
    ///
    /// # Errors
    /// [`CheckpointError::OtherOrigin`] as [`GrowthError::Checkpoint`]; a proof that does not fit as
    /// [`GrowthError::Proof`].
    ///
    /// ```
    /// # use ledger::{Checkpoint, Hash};
    /// let at = |size, root| Checkpoint { origin: "log".into(), size, root, extensions: vec![] };
    /// let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
    /// let (old, new) = (at(1, a), at(2, Hash::of_node(&a, &b)));
    /// old.check_growth(&new, &[b]).unwrap();
    /// assert!(new.check_growth(&old, &[b]).is_err());
    /// ```
    pub fn check_growth(&self, newer: &Self, proof: &[Hash]) -> Result<(), GrowthError> {
        if self.origin != newer.origin {
            return Err(GrowthError::Checkpoint(CheckpointError::OtherOrigin {
                expected: shown(&self.origin),
                found: shown(&newer.origin),
            }));
        }
        if self.size == 0 && newer.size > 0 && proof.is_empty() && self.root == Hash::empty_root() {
            return Ok(());
        }
        verify_consistency(self.size, newer.size, proof, &self.root, &newer.root)?;
        Ok(())
    }
}

/// Why one checkpoint cannot have grown into another.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum GrowthError {
    /// The checkpoints are not of one log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The consistency proof does not fit them.
    #[error(transparent)]
    Proof(#[from] ProofError),
}

impl GrowthError {
    /// The stable code of the error.
    ///
    /// ```
    /// # use ledger::{Checkpoint, Hash};
    /// # let at = |size| Checkpoint {
    /// #     origin: "log".into(), size, root: Hash::of_leaf(b""), extensions: vec![]
    /// # };
    /// assert_eq!(at(2).check_growth(&at(1), &[]).unwrap_err().code(), "ledger.sizes_swapped");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::Checkpoint(error) => error.code(),
            Self::Proof(error) => error.code(),
        }
    }
}

impl fmt::Display for Checkpoint {
    /// The text to sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n{}", self.origin, self.size, self.root)?;
        self.extensions.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

/// A checkpoint with the note that carries it.
///
/// ```
/// use ledger::{Checkpoint, Hash, SignedCheckpoint, note::SignerKey};
///
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let checkpoint = Checkpoint {
///     origin: "quality.example/log".into(),
///     size: 0,
///     root: Hash::empty_root(),
///     extensions: vec![],
/// };
/// let signed = SignedCheckpoint::sign(checkpoint, &[&key]).unwrap();
///
/// let bytes = signed.to_string();
/// let opened = SignedCheckpoint::open(bytes.as_bytes(), &[&key.verifier()]).unwrap();
/// assert_eq!(opened, signed);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    checkpoint: Checkpoint,
    note: SignedNote,
}

impl SignedCheckpoint {
    /// Signs a checkpoint. The first signer should be the log's own key, named like its origin.
    ///
    /// # Errors
    /// The checkpoint has an empty or broken line, or a key does not sign.
    pub fn sign(checkpoint: Checkpoint, signers: &[&dyn Signer]) -> Result<Self, CheckpointError> {
        let text = checkpoint.to_string();
        // What cannot be read back must not be signed.
        let read = Checkpoint::parse(&text)?;
        if read != checkpoint {
            return Err(CheckpointError::BrokenLine);
        }
        Ok(Self { note: SignedNote::sign(&text, signers)?, checkpoint })
    }

    /// The checkpoint in `bytes`, signatures not checked.
    ///
    /// # Errors
    /// [`CheckpointError`], but for signatures that do not hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, CheckpointError> {
        let note = SignedNote::parse(bytes)?;
        Ok(Self { checkpoint: Checkpoint::parse(note.text())?, note })
    }

    /// The checkpoint in `bytes`, signed by a key in `known`.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn open(bytes: &[u8], known: &[&dyn Verifier]) -> Result<Self, CheckpointError> {
        let signed = Self::parse(bytes)?;
        signed.verify(known)?;
        Ok(signed)
    }

    /// The known keys whose signatures hold.
    ///
    /// # Errors
    /// As [`SignedNote::verify`].
    pub fn verify(&self, known: &[&dyn Verifier]) -> Result<Vec<Verified>, NoteError> {
        self.note.verify(known)
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The note with its signatures.
    pub fn note(&self) -> &SignedNote {
        &self.note
    }

    /// Adds the signature of a further key, such as a witness's.
    ///
    /// # Errors
    /// The key does not sign.
    pub fn add(&mut self, signer: &dyn Signer) -> Result<(), NoteError> {
        self.note.add(signer)
    }
}

impl fmt::Display for SignedCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.note.fmt(f)
    }
}
