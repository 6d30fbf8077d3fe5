//! The key door: what signs and what verifies, whatever the algorithm and wherever the key is kept.

use super::{KeyError, KeyId, KeyName};

/// A signature algorithm as notes and keys name it (C2SP signed-note, section "Signature types").
///
/// SM2 (GB/T 32918) has no assigned byte; it would come as `0xff` followed by a longer identifier,
/// which is why an identifier is a sequence of bytes.
///
/// ```
/// use ledger::note::SignatureAlgorithm;
/// assert_eq!(SignatureAlgorithm::Ed25519.identifier(), [0x01]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// Ed25519 (RFC 8032) over the text of the note.
    Ed25519,
    /// Ed25519 over the text and the time of signing (C2SP tlog-cosignature): a witness says that
    /// this was the largest consistent tree it had seen by then.
    Ed25519Cosignature,
}

impl SignatureAlgorithm {
    const ALL: [Self; 2] = [Self::Ed25519, Self::Ed25519Cosignature];

    /// The bytes that stand before the key material.
    pub fn identifier(self) -> &'static [u8] {
        match self {
            Self::Ed25519 => &[0x01],
            Self::Ed25519Cosignature => &[0x04],
        }
    }

    /// The name to show.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "Ed25519",
            Self::Ed25519Cosignature => "Ed25519 cosignature",
        }
    }

    /// The algorithm that the start of `key` identifies, and the material that follows.
    pub(super) fn split(key: &[u8]) -> Option<(Self, &[u8])> {
        Self::ALL
            .into_iter()
            .find_map(|algorithm| Some((algorithm, key.strip_prefix(algorithm.identifier())?)))
    }
}

/// A key that signs notes. [`SignerKey`](super::SignerKey) holds one in memory; a hardware key
/// implements this trait.
///
/// ```
/// use ledger::note::{KeyError, KeyId, KeyName, SignedNote, Signer, SignerKey};
///
/// /// A key in a device that may be unplugged.
/// struct Device {
///     key: Option<SignerKey>,
///     name: KeyName,
///     id: KeyId,
/// }
///
/// impl Signer for Device {
///     fn name(&self) -> &KeyName {
///         &self.name
///     }
///
///     fn key_id(&self) -> KeyId {
///         self.id
///     }
///
///     fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
///         let (name, reason) = (self.name.to_string(), "the device is not plugged in".to_owned());
///         self.key.as_ref().ok_or(KeyError::NotSigned { name, reason })?.sign(text)
///     }
/// }
///
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let (name, id) = (key.name().clone(), key.key_id());
/// let unplugged = Device { key: None, name, id };
/// let error = SignedNote::sign("text\n", &[&unplugged]).unwrap_err();
/// assert_eq!(error.code(), "ledger.not_signed");
/// ```
pub trait Signer {
    /// The name that goes on the signature line.
    fn name(&self) -> &KeyName;

    /// The ID that goes before the signature.
    fn key_id(&self) -> KeyId;

    /// The signature over the text of a note, its last line end included.
    ///
    /// # Errors
    /// [`KeyError::NotSigned`], where the key is kept elsewhere.
    fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError>;
}

/// A key that verifies notes. [`VerifierKey`](super::VerifierKey) is one.
pub trait Verifier: Send + Sync {
    /// The name that the signature line must bear.
    fn name(&self) -> &KeyName;

    /// The ID that must stand before the signature.
    fn key_id(&self) -> KeyId;

    /// Whether `signature` holds over the text of a note, its last line end included.
    fn verify(&self, text: &str, signature: &[u8]) -> bool;

    /// The time that a signature of this key carries, in seconds since 1970 UTC, where its algorithm
    /// has one. Meaningful once [`verify`](Self::verify) has said yes.
    fn signed_at(&self, signature: &[u8]) -> Option<u64> {
        let _ = signature;
        None
    }
}
