//! The text of a proof.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Opening, ProofFileError};
use crate::hash::shown;
use crate::note::{Verified, Verifier};
use crate::tree::verify_inclusion;
use crate::{Hash, SignedCheckpoint, parse_decimal};

const HEADER: &str = "c2sp.org/tlog-proof@v1";

/// The most hashes that a proof can have: one for each level of the largest tree.
const MOST_HASHES: usize = 64;

/// Proof that an entry is in a log: its index, the hashes up to the root, the checkpoint with that
/// root, and perhaps what opens the entry. Shown and parsed as the text of a `.tlog-proof` file.
///
/// ```
/// # use ledger::{Log, note::SignerKey, storage::MemoryStorage};
/// use ledger::{Hash, proof::TlogProof};
///
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// # let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
/// # for entry in [b"a", b"b", b"c"] {
/// #     log.append(entry).unwrap();
/// # }
/// # log.publish(&[&key]).unwrap();
/// let text = log.receipt(1).unwrap().to_string();
/// assert!(text.starts_with("c2sp.org/tlog-proof@v1\nindex 1\n"));
///
/// let proof = TlogProof::parse(text.as_bytes()).unwrap();
/// proof.verify(&Hash::of_leaf(b"b"), &[&key.verifier()]).unwrap();
/// assert_eq!(proof.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogProof {
    extra: Option<Vec<u8>>,
    index: u64,
    hashes: Vec<Hash>,
    checkpoint: SignedCheckpoint,
}

impl TlogProof {
    /// A proof without extra data.
    pub fn new(index: u64, hashes: Vec<Hash>, checkpoint: SignedCheckpoint) -> Self {
        Self { extra: None, index, hashes, checkpoint }
    }

    /// The proof with what opens its leaf: whoever holds it chooses whether to show the record, the
    /// nonce only, or nothing.
    ///
    /// ```
    /// # use ledger::{Log, note::SignerKey, storage::MemoryStorage};
    /// use ledger::leaf::{BlindedLeaf, Nonce};
    /// use ledger::proof::Opening;
    ///
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
    /// let nonce = Nonce::from_bytes([3; 32]);
    /// let leaf = BlindedLeaf::blind(&nonce, b"a record");
    /// let index = log.append(&leaf.to_bytes()).unwrap().index;
    /// log.publish(&[&key]).unwrap();
    ///
    /// let proof = log.receipt(index).unwrap().with_opening(&Opening::new(nonce));
    /// let opening = proof.opening().unwrap().unwrap();
    /// let leaf = opening.leaf(Some(b"a record")).unwrap();
    /// proof.verify(&ledger::Hash::of_leaf(&leaf.to_bytes()), &[&key.verifier()]).unwrap();
    /// ```
    #[must_use]
    pub fn with_opening(mut self, opening: &Opening) -> Self {
        self.extra = Some(opening.to_string().into_bytes());
        self
    }

    /// The proof in the bytes of a file. Neither the hashes nor the signatures are checked: see
    /// [`verify`](Self::verify).
    ///
    /// # Errors
    /// [`ProofFileError`], but for what does not hold.
    pub fn parse(bytes: &[u8]) -> Result<Self, ProofFileError> {
        let not_text =
            |_| ProofFileError::BadHeader { found: "bytes that are not UTF-8".to_owned() };
        let mut rest = Lines { rest: str::from_utf8(bytes).map_err(not_text)?, number: 0 };
        let header = rest.next();
        if header != HEADER {
            return Err(ProofFileError::BadHeader { found: shown(header) });
        }
        let mut line = rest.next();
        let mut extra = None;
        if let Some(data) = line.strip_prefix("extra ") {
            let data = STANDARD.decode(data);
            extra = Some(data.map_err(|_| ProofFileError::BadExtra)?);
            line = rest.next();
        }
        let index = line.strip_prefix("index ").and_then(parse_decimal);
        let index = index
            .ok_or_else(|| ProofFileError::BadIndex { line: rest.number, found: shown(line) })?;
        let mut hashes = Vec::new();
        loop {
            if rest.rest.is_empty() {
                return Err(ProofFileError::NoCheckpoint);
            }
            let line = rest.next();
            if line.is_empty() {
                break;
            }
            if hashes.len() == MOST_HASHES {
                return Err(ProofFileError::TooManyHashes);
            }
            let hash = Hash::from_base64(line);
            hashes
                .push(hash.map_err(|error| ProofFileError::BadHash { line: rest.number, error })?);
        }
        Ok(Self {
            extra,
            index,
            hashes,
            checkpoint: SignedCheckpoint::parse(rest.rest.as_bytes())?,
        })
    }

    /// Checks that a known key signed the checkpoint and that the entry with this leaf hash is in the
    /// log at the index the proof says, and gives the keys that signed.
    ///
    /// # Errors
    /// [`ProofFileError::Checkpoint`], [`ProofFileError::Proof`].
    pub fn verify(
        &self,
        leaf: &Hash,
        known: &[&dyn Verifier],
    ) -> Result<Vec<Verified>, ProofFileError> {
        let verified = self.checkpoint.verify(known)?;
        self.verify_inclusion(leaf)?;
        Ok(verified)
    }

    /// Checks that the entry with this leaf hash is in the tree of the checkpoint, without asking who
    /// signed it: that alone proves nothing to anybody.
    ///
    /// # Errors
    /// [`ProofFileError::Proof`].
    pub fn verify_inclusion(&self, leaf: &Hash) -> Result<(), ProofFileError> {
        let checkpoint = self.checkpoint.checkpoint();
        verify_inclusion(self.index, checkpoint.size, leaf, &self.hashes, &checkpoint.root)?;
        Ok(())
    }

    /// The entry's place in the log, from 0.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The hashes from the leaf's sibling up.
    pub fn hashes(&self) -> &[Hash] {
        &self.hashes
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> &SignedCheckpoint {
        &self.checkpoint
    }

    /// The extra data as they are; nothing vouches for them but that they open the leaf.
    pub fn extra(&self) -> Option<&[u8]> {
        self.extra.as_deref()
    }

    /// What opens the leaf, where the proof has extra data.
    ///
    /// # Errors
    /// [`ProofFileError::BadOpening`], where the extra data are something else.
    pub fn opening(&self) -> Result<Option<Opening>, ProofFileError> {
        self.extra().map(Opening::parse).transpose()
    }
}

impl fmt::Display for TlogProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEADER}")?;
        if let Some(extra) = &self.extra {
            writeln!(f, "extra {}", STANDARD.encode(extra))?;
        }
        writeln!(f, "index {}", self.index)?;
        for hash in &self.hashes {
            writeln!(f, "{hash}")?;
        }
        write!(f, "\n{}", self.checkpoint)
    }
}

/// The lines of a text one by one, and what follows them untouched.
struct Lines<'a> {
    rest: &'a str,
    number: usize,
}

impl<'a> Lines<'a> {
    /// The next line without its end; an empty one after the last.
    fn next(&mut self) -> &'a str {
        let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        self.rest = rest;
        self.number += 1;
        line
    }
}
