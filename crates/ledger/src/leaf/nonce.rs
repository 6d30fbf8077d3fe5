//! The secret half of a leaf.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// 32 bytes that make a leaf impossible to guess. Not shown in debug output.
///
/// ```
/// use ledger::leaf::Nonce;
/// assert_eq!(Nonce::from_bytes([7; 32]).as_bytes(), &[7; 32]);
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Nonce([u8; Nonce::SIZE]);

impl Nonce {
    /// Bytes in a nonce.
    pub const SIZE: usize = 32;

    /// A nonce of 32 bytes that nobody can guess, such as random ones.
    pub const fn from_bytes(bytes: [u8; Self::SIZE]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::SIZE] {
        &self.0
    }
}

impl fmt::Debug for Nonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce(...)")
    }
}

/// A secret of the log's operator from which every record's nonce follows.
///
/// The same record then gives the same leaf, so that a record sent twice is found by its leaf alone,
/// also after the index of leaves was built anew from the log. A nonce that is shown tells nothing of
/// the others. Whoever has this key can test guesses against all leaves: keep it like a signing key.
///
/// ```
/// use ledger::leaf::NonceKey;
///
/// let key = NonceKey::from_bytes([9; 32]);
/// assert_eq!(key.nonce(b"a record"), key.nonce(b"a record"));
/// assert_ne!(key.nonce(b"a record"), key.nonce(b"another"));
/// assert_ne!(key.nonce(b"a record"), NonceKey::from_bytes([8; 32]).nonce(b"a record"));
/// ```
#[derive(Clone)]
pub struct NonceKey(Hmac<Sha256>);

impl NonceKey {
    /// The key of 32 random bytes, which the caller draws and keeps secret.
    pub fn from_bytes(key: [u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key);
        // A key of one block is used as it is; RFC 2104 pads a shorter one with zeros to this.
        let mut mac = <Hmac<Sha256> as hmac::digest::KeyInit>::new(&block.into());
        mac.update(b"zhiheng leaf nonce v1\n");
        Self(mac)
    }

    /// The nonce of a record, given its canonical bytes: HMAC-SHA256 (RFC 2104) under this key.
    pub fn nonce(&self, record: &[u8]) -> Nonce {
        Nonce(self.0.clone().chain_update(record).finalize().into_bytes().into())
    }
}

impl fmt::Debug for NonceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NonceKey(...)")
    }
}
