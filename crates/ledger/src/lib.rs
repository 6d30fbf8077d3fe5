//! The evidence log: proof, for anybody and without trust in the operator, that a record was there at
//! a certain time and has not been changed since.
//!
//! The log is a Merkle tree of leaves in the order in which they came. Whoever has a checkpoint, which
//! is its size and root under the log's signature, can check that an entry is in it and that a later
//! log still holds all of the earlier one. The formats are those of the public transparency logs, so
//! that other people's programs can check too:
//!
//! | what | where | source |
//! |---|---|---|
//! | leaf and node hashes, inclusion and consistency proofs | [`Hash`](struct@Hash), [`tree`] | RFC 6962 and RFC 9162, section 2.1 |
//! | subtree proofs | [`tree`] | draft-ietf-plants-merkle-tree-certs |
//! | tiles, bundles of entries, their paths | [`tile`], [`storage`] | <https://c2sp.org/tlog-tiles> |
//! | signed notes, keys in text | [`note`] | <https://c2sp.org/signed-note> |
//! | checkpoints | [`Checkpoint`] | <https://c2sp.org/tlog-checkpoint> |
//! | cosignatures of witnesses | [`note::Cosigner`] | <https://c2sp.org/tlog-cosignature> |
//! | proof files | [`proof`] | <https://c2sp.org/tlog-proof> |
//! | what a leaf is | [`leaf`] | here |
//!
//! [`Log`] writes, [`TreeReader`] proves, [`audit`](audit::audit) checks everything from the files.
//!
//! ```
//! use ledger::leaf::{BlindedLeaf, NonceKey};
//! use ledger::note::SignerKey;
//! use ledger::proof::{Opening, TlogProof};
//! use ledger::storage::MemoryStorage;
//! use ledger::{Hash, Log};
//!
//! // The operator has two secrets, each of 32 random bytes.
//! let key = SignerKey::from_seed("quality.example/log", &[1; 32]).unwrap();
//! let nonces = NonceKey::from_bytes([2; 32]);
//!
//! // A record comes in; the log gets a leaf that shows nothing of it.
//! let record = br#"{"kind":"test_report","result":"pass"}"#;
//! let nonce = nonces.nonce(record);
//! let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
//! let index = log.append(&BlindedLeaf::blind(&nonce, record).to_bytes()).unwrap().index;
//! log.publish(&[&key]).unwrap();
//!
//! // Its owner gets a proof, here with what opens the leaf, and shows it to whom he likes.
//! let opening = Opening::new(nonce).with_record(record);
//! let file = log.receipt(index).unwrap().with_opening(&opening).to_string();
//!
//! // Whoever has the log's public key checks it offline.
//! let proof = TlogProof::parse(file.as_bytes()).unwrap();
//! let leaf = proof.opening().unwrap().unwrap().leaf(None).unwrap();
//! proof.verify(&Hash::of_leaf(&leaf.to_bytes()), &[&key.verifier()]).unwrap();
//! ```
//!
//! What is absent on purpose: no clock, no randomness and no network. Times, nonces and key seeds are
//! given by the caller. Files are touched in `storage::dir` only, threads are started in
//! [`audit`](audit::audit) only and change nothing in what it finds.

pub mod audit;
mod checkpoint;
mod duplicates;
mod hash;
pub mod leaf;
mod log;
pub mod note;
pub mod proof;
pub mod storage;
pub mod tile;
pub mod tree;

pub use checkpoint::{Checkpoint, CheckpointError, GrowthError, SignedCheckpoint};
pub use duplicates::{Duplicates, LeafIndex, NoDuplicates};
pub use hash::{Hash, HashError};
pub use log::{Appended, Log, LogError, ReadError, TreeReader};

/// A number in ASCII decimal without leading zeros, as C2SP writes sizes and indexes.
pub(crate) fn parse_decimal(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    if plain { text.parse().ok() } else { None }
}
