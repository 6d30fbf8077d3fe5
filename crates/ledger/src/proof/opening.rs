//! What opens a blinded leaf, as the extra data of a proof.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::ProofFileError;
use crate::leaf::{BlindedLeaf, LeafError, Nonce};

const HEADER: &str = "zhiheng/opening@v1";
const ALGORITHM: &str = "algorithm sha-256";

/// The nonce of a leaf and, where its holder chooses to show it, the record.
///
/// ```text
/// zhiheng/opening@v1
/// algorithm sha-256
/// nonce <base64 of 32 bytes>
/// record <base64 of the record's canonical bytes>      may be left out
/// ```
///
/// ```
/// use ledger::leaf::{BlindedLeaf, Nonce};
/// use ledger::proof::Opening;
///
/// let nonce = Nonce::from_bytes([3; 32]);
/// let opening = Opening::new(nonce.clone()).with_record(b"a record");
/// assert_eq!(opening.leaf(None).unwrap(), BlindedLeaf::blind(&nonce, b"a record"));
/// assert_eq!(Opening::parse(opening.to_string().as_bytes()), Ok(opening));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    nonce: Nonce,
    record: Option<Vec<u8>>,
}

impl Opening {
    /// Opens the leaf for whoever has the record already.
    pub fn new(nonce: Nonce) -> Self {
        Self { nonce, record: None }
    }

    /// Shows the record too, in its canonical bytes.
    #[must_use]
    pub fn with_record(mut self, record: &[u8]) -> Self {
        self.record = Some(record.to_vec());
        self
    }

    /// The nonce.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    /// The record, where it is shown.
    pub fn record(&self) -> Option<&[u8]> {
        self.record.as_deref()
    }

    /// The leaf that must stand in the log: that of the record shown, or of the one given.
    ///
    /// # Errors
    /// [`ProofFileError::NoRecord`] without either; [`ProofFileError::Leaf`] where both are there and
    /// differ.
    pub fn leaf(&self, record: Option<&[u8]>) -> Result<BlindedLeaf, ProofFileError> {
        match (self.record(), record) {
            (Some(shown), Some(given)) if shown != given => Err(LeafError::DoesNotOpen.into()),
            (Some(record), _) | (None, Some(record)) => Ok(BlindedLeaf::blind(&self.nonce, record)),
            (None, None) => Err(ProofFileError::NoRecord),
        }
    }

    /// The opening in the extra data of a proof.
    ///
    /// # Errors
    /// [`ProofFileError::BadOpening`].
    pub fn parse(extra: &[u8]) -> Result<Self, ProofFileError> {
        let bad = |reason| ProofFileError::BadOpening { reason };
        let text = str::from_utf8(extra).map_err(|_| bad("they are not text"))?;
        let text = text.strip_suffix('\n').ok_or(bad("the last line has no end"))?;
        let mut lines = text.split('\n');
        if lines.next() != Some(HEADER) {
            return Err(bad("the first line is not zhiheng/opening@v1"));
        }
        if lines.next() != Some(ALGORITHM) {
            return Err(bad("the algorithm is not sha-256"));
        }
        let mut field = |name: &str| {
            let value = lines.next().map(|line| line.strip_prefix(name));
            value.map(|base64| STANDARD.decode(base64?).ok())
        };
        let nonce = field("nonce ")
            .flatten()
            .and_then(|nonce| nonce.try_into().ok())
            .ok_or(bad("the third line is not a nonce of 32 bytes in base64"))?;
        let record = match field("record ") {
            None => None,
            Some(record) => Some(record.ok_or(bad("the fourth line is not a record in base64"))?),
        };
        match field("") {
            None => Ok(Self { nonce: Nonce::from_bytes(nonce), record }),
            Some(_) => Err(bad("there are more lines than four")),
        }
    }
}

impl fmt::Display for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nonce = STANDARD.encode(self.nonce.as_bytes());
        writeln!(f, "{HEADER}\n{ALGORITHM}\nnonce {nonce}")?;
        if let Some(record) = &self.record {
            writeln!(f, "record {}", STANDARD.encode(record))?;
        }
        Ok(())
    }
}
