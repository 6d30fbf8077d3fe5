//! What a key is called.

use std::fmt;

use sha2::{Digest, Sha256};

use super::{KeyError, SignatureAlgorithm};
use crate::hash::shortened;

/// The name of a key: not empty, without Unicode spaces, control characters and plus signs (C2SP
/// signed-note, section "Format"). For a log it should be the log's origin.
///
/// ```
/// use ledger::note::KeyName;
/// assert_eq!(KeyName::new("quality.example/log").unwrap().as_str(), "quality.example/log");
/// assert!(KeyName::new("a+b").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyName(String);

impl KeyName {
    /// The name, when it can stand in a note.
    ///
    /// # Errors
    /// [`KeyError::BadName`].
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let unfit = |c: char| c.is_whitespace() || c == '+' || c < ' ';
        if name.is_empty() || name.contains(unfit) {
            return Err(KeyError::BadName { name: shortened(name) });
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The short number by which a note says which key of a name signed it; shown as 8 hexadecimal
/// digits. It identifies, it does not authenticate.
///
/// ```
/// use ledger::note::{SignerKey, Signer as _};
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// assert_eq!(key.key_id().to_string().len(), 8);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyId(pub(super) u32);

impl KeyId {
    /// `SHA-256(name || 0x0A || algorithm || public key)[:4]` (C2SP signed-note, section
    /// "Signatures").
    pub(super) fn of(name: &KeyName, algorithm: SignatureAlgorithm, public: &[u8]) -> Self {
        let [a, b, c, d, ..] = <[u8; 32]>::from(
            Sha256::new()
                .chain_update(name.as_str())
                .chain_update(b"\n")
                .chain_update(algorithm.identifier())
                .chain_update(public)
                .finalize(),
        );
        Self(u32::from_be_bytes([a, b, c, d]))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}
