//! Encrypting small things: AES-256-GCM (NIST SP 800-38D), with the algorithm in the first byte.

use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{Aes256Gcm, Key, KeyInit as _, Nonce};

/// AES-256-GCM with a nonce of 12 random bytes; 2 is kept for SM4-GCM.
const AES_256_GCM: u8 = 1;
const NONCE: usize = 12;

/// Why something cannot be decrypted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Another algorithm, or nothing that was encrypted here.
    #[error("encrypted by an algorithm that this program does not know ({0})")]
    Algorithm(u8),
    /// Changed, cut off, moved from elsewhere, or encrypted under another key.
    #[error("it does not decrypt: it was changed, or belongs to another key")]
    Broken,
}

/// A key of 32 bytes. The cipher is made of it when it is used: that takes a fraction of a
/// microsecond, and many keys are kept.
#[derive(Clone)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The secret of these bytes.
    pub fn new(key: [u8; 32]) -> Self {
        Self(key)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&Key::<Aes256Gcm>::from(self.0))
    }

    /// Encrypts; what is in `about` must be given again to decrypt.
    pub fn seal(&self, nonce: [u8; NONCE], plain: &[u8], about: &[u8]) -> Vec<u8> {
        let mut sealed = Vec::with_capacity(1 + NONCE + plain.len() + 16);
        sealed.push(AES_256_GCM);
        sealed.extend_from_slice(&nonce);
        let payload = Payload { msg: plain, aad: about };
        // It fails only for more than 64 GiB, and nothing comes near: intake limits what is sent.
        sealed.extend(self.cipher().encrypt(&Nonce::from(nonce), payload).unwrap_or_default());
        sealed
    }

    /// Decrypts.
    ///
    /// # Errors
    /// [`SealError`].
    pub fn open(&self, sealed: &[u8], about: &[u8]) -> Result<Vec<u8>, SealError> {
        match sealed.split_first_chunk::<{ 1 + NONCE }>() {
            Some(([AES_256_GCM, nonce @ ..], text)) => {
                let nonce: [u8; NONCE] = *nonce;
                let payload = Payload { msg: text, aad: about };
                self.cipher().decrypt(&Nonce::from(nonce), payload).map_err(|_| SealError::Broken)
            }
            Some(([other, ..], _)) => Err(SealError::Algorithm(*other)),
            None => Err(SealError::Broken),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_opens_and_nothing_else_does() {
        let secret = Secret::new([7; 32]);
        let sealed = secret.seal([1; 12], b"text", b"about");
        assert_eq!(secret.open(&sealed, b"about").unwrap(), b"text");
        assert_eq!(secret.open(&sealed, b"other"), Err(SealError::Broken));
        assert_eq!(Secret::new([8; 32]).open(&sealed, b"about"), Err(SealError::Broken));
        for at in 1..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(secret.open(&changed, b"about"), Err(SealError::Broken), "byte {at}");
        }
        assert_eq!(secret.open(&sealed[..9], b"about"), Err(SealError::Broken));
        assert_eq!(
            secret.open(&[&[9][..], &sealed[1..]].concat(), b""),
            Err(SealError::Algorithm(9))
        );
    }
}
