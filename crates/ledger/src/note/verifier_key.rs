//! Public keys in text: `name+hash+key`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signature, VerifyingKey};

use super::cosignature::Timestamped;
use super::{KeyError, KeyId, KeyName, SignatureAlgorithm, Verifier};
use crate::hash::shortened;

/// A public key of Ed25519, for plain signatures or for cosignatures, as text
/// `<name>+<key ID in hex>+<base64 of algorithm and key>` (C2SP signed-note, section "Verifier
/// keys").
///
/// ```
/// use ledger::note::{Verifier as _, VerifierKey};
///
/// let text = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";
/// let key: VerifierKey = text.parse().unwrap();
/// assert_eq!(key.name().as_str(), "example.com/log/testdata");
/// assert_eq!(key.to_string(), text);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    id: KeyId,
    algorithm: SignatureAlgorithm,
    key: VerifyingKey,
}

impl VerifierKey {
    pub(super) fn new(name: KeyName, algorithm: SignatureAlgorithm, key: VerifyingKey) -> Self {
        Self { id: KeyId::of(&name, algorithm, key.as_bytes()), name, algorithm, key }
    }

    /// The algorithm of the signatures that the key verifies.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }
}

impl FromStr for VerifierKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::NotAVerifierKey { text: shortened(text) };
        // The material is base64 and may hold plus signs of its own.
        let mut parts = text.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let name = KeyName::new(name)?;
        let key = STANDARD.decode(key).map_err(|_| malformed())?;
        let (algorithm, material) =
            SignatureAlgorithm::split(&key).ok_or_else(|| KeyError::UnknownAlgorithm {
                name: name.to_string(),
                identifier: key
                    .first()
                    .map_or("of no byte at all".to_owned(), |byte| format!("{byte:#04x}")),
            })?;
        let bad = |reason| KeyError::BadMaterial {
            name: name.to_string(),
            algorithm: algorithm.name(),
            reason,
        };
        let material: [u8; 32] = material.try_into().map_err(|_| bad("it has not 32 bytes"))?;
        let public =
            VerifyingKey::from_bytes(&material).map_err(|_| bad("it is no point of the curve"))?;
        if public.is_weak() {
            return Err(bad("a signature of anybody would hold under it"));
        }
        let verifier = Self::new(name, algorithm, public);
        if hash != verifier.id.to_string() {
            return Err(KeyError::WrongKeyId {
                name: verifier.name.to_string(),
                expected: verifier.id.to_string(),
                found: shortened(hash),
            });
        }
        Ok(verifier)
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = [self.algorithm.identifier(), self.key.as_bytes()].concat();
        write!(f, "{}+{}+{}", self.name, self.id, STANDARD.encode(key))
    }
}

impl Verifier for VerifierKey {
    fn name(&self) -> &KeyName {
        &self.name
    }

    fn key_id(&self) -> KeyId {
        self.id
    }

    fn verify(&self, text: &str, signature: &[u8]) -> bool {
        // The strict check takes one encoding of a signature only.
        let holds = |message: &[u8], signature: &[u8]| {
            Signature::from_slice(signature)
                .is_ok_and(|signature| self.key.verify_strict(message, &signature).is_ok())
        };
        match self.algorithm {
            SignatureAlgorithm::Ed25519 => holds(text.as_bytes(), signature),
            SignatureAlgorithm::Ed25519Cosignature => Timestamped::split(signature)
                .is_some_and(|t| holds(t.message(text).as_bytes(), t.signature)),
        }
    }

    fn signed_at(&self, signature: &[u8]) -> Option<u64> {
        match self.algorithm {
            SignatureAlgorithm::Ed25519 => None,
            SignatureAlgorithm::Ed25519Cosignature => Some(Timestamped::split(signature)?.time),
        }
    }
}
