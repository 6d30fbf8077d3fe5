//! Secret keys in text: `PRIVATE+KEY+name+hash+key`.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{Signer as _, SigningKey};

use super::{KeyError, KeyId, KeyName, SignatureAlgorithm, Signer, VerifierKey};

/// A secret key of Ed25519 in memory, wiped when dropped. Shown without the secret.
///
/// ```
/// use ledger::note::{SignedNote, SignerKey};
///
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let note = SignedNote::sign("text\n", &[&key]).unwrap();
/// note.verify(&[&key.verifier()]).unwrap();
///
/// let kept: SignerKey = key.to_secret_text().parse().unwrap();
/// assert_eq!(kept.verifier(), key.verifier());
/// ```
pub struct SignerKey {
    verifier: VerifierKey,
    pub(super) secret: SigningKey,
}

const PREFIX: &str = "PRIVATE+KEY+";

impl SignerKey {
    /// The key of `name` made from 32 random bytes, which the caller draws and keeps secret.
    ///
    /// # Errors
    /// [`KeyError::BadName`].
    pub fn from_seed(name: &str, seed: &[u8; 32]) -> Result<Self, KeyError> {
        let secret = SigningKey::from_bytes(seed);
        let algorithm = SignatureAlgorithm::Ed25519;
        Ok(Self {
            verifier: VerifierKey::new(KeyName::new(name)?, algorithm, secret.verifying_key()),
            secret,
        })
    }

    /// The public key that verifies what this key signs.
    pub fn verifier(&self) -> VerifierKey {
        self.verifier.clone()
    }

    /// The key as text, secret included, in the form that Go's note package reads and writes.
    pub fn to_secret_text(&self) -> String {
        let key = [SignatureAlgorithm::Ed25519.identifier(), self.secret.as_bytes()].concat();
        let (name, id) = (self.name(), self.key_id());
        format!("{PREFIX}{name}+{id}+{}", STANDARD.encode(key))
    }
}

impl FromStr for SignerKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let malformed = || KeyError::NotASignerKey;
        let rest = text.strip_prefix(PREFIX).ok_or_else(malformed)?;
        let mut parts = rest.splitn(3, '+');
        let (Some(name), Some(hash), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(malformed());
        };
        let key = STANDARD.decode(key).map_err(|_| malformed())?;
        let seed = key
            .strip_prefix(SignatureAlgorithm::Ed25519.identifier())
            .and_then(|seed| seed.try_into().ok())
            .ok_or_else(malformed)?;
        let signer = Self::from_seed(name, seed)?;
        let expected = signer.key_id().to_string();
        if hash != expected {
            return Err(KeyError::WrongKeyId {
                name: name.to_owned(),
                expected,
                found: crate::hash::shortened(hash),
            });
        }
        Ok(signer)
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({}+{})", self.name(), self.key_id())
    }
}

impl Signer for SignerKey {
    fn name(&self) -> &KeyName {
        super::Verifier::name(&self.verifier)
    }

    fn key_id(&self) -> KeyId {
        super::Verifier::key_id(&self.verifier)
    }

    fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        Ok(self.secret.sign(text.as_bytes()).to_bytes().to_vec())
    }
}
