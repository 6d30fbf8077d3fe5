//! Signed notes: text with one or more signatures (C2SP signed-note).
//!
//! Keys stand behind one door, the traits [`Signer`] and [`Verifier`], and name their
//! [`SignatureAlgorithm`], so that a hardware key or SM2 can be added without a new format.

mod algorithm;
mod cosignature;
mod error;
mod key_name;
mod signed;
mod signer_key;
mod verifier_key;

pub use algorithm::{SignatureAlgorithm, Signer, Verifier};
pub use cosignature::Cosigner;
pub use error::{KeyError, NoteError};
pub use key_name::{KeyId, KeyName};
pub use signed::{NoteSignature, SignedNote, Verified};
pub use signer_key::SignerKey;
pub use verifier_key::VerifierKey;
