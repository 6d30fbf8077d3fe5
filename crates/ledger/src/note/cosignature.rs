//! Ed25519 cosignatures of witnesses (C2SP tlog-cosignature).

use ed25519_dalek::Signer as _;

use super::{KeyError, KeyId, KeyName, SignatureAlgorithm, Signer, SignerKey, VerifierKey};

/// A witness that puts its cosignature under a checkpoint at a given time: the second signature.
///
/// ```
/// use ledger::note::{Cosigner, SignedNote, SignerKey};
///
/// let log = SignerKey::from_seed("quality.example/log", &[1; 32]).unwrap();
/// let witness = SignerKey::from_seed("witness.example", &[2; 32]).unwrap();
/// let text = "quality.example/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
/// let cosigner = Cosigner::new(&witness, 1_679_315_147);
/// let note = SignedNote::sign(text, &[&log, &cosigner]).unwrap();
///
/// let verified = note.verify(&[&cosigner.verifier()]).unwrap();
/// assert_eq!(verified[0].signed_at, Some(1_679_315_147));
/// ```
#[derive(Debug)]
pub struct Cosigner<'a> {
    key: &'a SignerKey,
    id: KeyId,
    time: u64,
}

impl<'a> Cosigner<'a> {
    /// A witness that signs with `key` as of `time`, in seconds since 1970 UTC.
    ///
    /// The signed message does not hold the witness's name, so one key must serve one witness only.
    pub fn new(key: &'a SignerKey, time: u64) -> Self {
        let public = key.secret.verifying_key();
        Self {
            id: KeyId::of(key.name(), SignatureAlgorithm::Ed25519Cosignature, public.as_bytes()),
            key,
            time,
        }
    }

    /// The key with which others verify these cosignatures.
    pub fn verifier(&self) -> VerifierKey {
        VerifierKey::new(
            self.key.name().clone(),
            SignatureAlgorithm::Ed25519Cosignature,
            self.key.secret.verifying_key(),
        )
    }
}

impl Signer for Cosigner<'_> {
    fn name(&self) -> &KeyName {
        self.key.name()
    }

    fn key_id(&self) -> KeyId {
        self.id
    }

    fn sign(&self, text: &str) -> Result<Vec<u8>, KeyError> {
        let signature = self.key.secret.sign(message(self.time, text).as_bytes()).to_bytes();
        Ok([&self.time.to_be_bytes()[..], &signature].concat())
    }
}

/// A cosignature taken apart: the time in seconds since 1970 UTC and the Ed25519 signature.
pub(super) struct Timestamped<'a> {
    pub(super) time: u64,
    pub(super) signature: &'a [u8],
}

impl<'a> Timestamped<'a> {
    pub(super) fn split(bytes: &'a [u8]) -> Option<Self> {
        let (time, signature) = bytes.split_first_chunk()?;
        Some(Self { time: u64::from_be_bytes(*time), signature })
    }

    pub(super) fn message(&self, text: &str) -> String {
        message(self.time, text)
    }
}

/// What is signed: two header lines, which no checkpoint starts with, then the text.
fn message(time: u64, text: &str) -> String {
    format!("cosignature/v1\ntime {time}\n{text}")
}
