//! Adding to a log.

use super::edge::Edge;
use super::{LogError, TreeReader};
use crate::duplicates::{Duplicates, LeafIndex};
use crate::leaf::Succession;
use crate::note::Signer;
use crate::proof::TlogProof;
use crate::storage::Storage;
use crate::{Checkpoint, Hash, SignedCheckpoint};

/// A log that is being written: the one place where entries get their order.
///
/// [`append`](Self::append) gives an entry its index, [`publish`](Self::publish) makes all entries
/// durable and signs a checkpoint of them, and only then [`receipt`](Self::receipt) proves that an
/// entry is in. What was appended but not published is lost in a crash, and no one was promised
/// anything about it.
///
/// ```
/// use ledger::{Hash, Log, note::SignerKey, storage::MemoryStorage};
///
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
///
/// let first = log.append(b"an entry").unwrap();
/// let again = log.append(b"an entry").unwrap();
/// assert_eq!((first.index, first.duplicate), (0, false));
/// assert_eq!((again.index, again.duplicate), (0, true));
///
/// log.publish(&[&key]).unwrap();
/// let receipt = log.receipt(0).unwrap();
/// receipt.verify(&Hash::of_leaf(b"an entry"), &[&key.verifier()]).unwrap();
/// ```
#[derive(Debug)]
pub struct Log<S, D = LeafIndex> {
    pub(super) storage: S,
    pub(super) duplicates: D,
    pub(super) edge: Edge,
    pub(super) published: SignedCheckpoint,
    /// A write failed, so what is in memory may not be what is stored.
    pub(super) failed: bool,
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// Its index in the log, from 0.
    pub index: u64,
    /// Whether the same entry had been appended before: nothing was added then.
    pub duplicate: bool,
}

impl<S: Storage, D: Duplicates> Log<S, D> {
    /// Adds an entry, unless the log has it already; in either case says where it stands.
    ///
    /// # Errors
    /// [`LogError::Entry`] for an entry that is too long, and the log is as before;
    /// [`LogError::Storage`], [`LogError::Read`], after which only opening the log anew helps.
    pub fn append(&mut self, entry: &[u8]) -> Result<Appended, LogError> {
        self.check_sound()?;
        let leaf = Hash::of_leaf(entry);
        if let Some(index) = self.find(&leaf)? {
            return Ok(Appended { index, duplicate: true });
        }
        let index = self.edge.size;
        self.edge.push_entry(entry)?;
        let stored = self.edge.push_leaf(leaf, &mut self.storage);
        let known = stored.and_then(|()| self.duplicates.insert(&leaf, index));
        self.note_failure(known)?;
        Ok(Appended { index, duplicate: false })
    }

    /// The index of the entry with this leaf hash, where the log has one.
    ///
    /// # Errors
    /// [`LogError::Storage`], [`LogError::Read`].
    ///
    /// ```
    /// # use ledger::{Hash, Log, note::SignerKey, storage::MemoryStorage};
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
    /// log.append(b"an entry").unwrap();
    /// assert_eq!(log.find(&Hash::of_leaf(b"an entry")).unwrap(), Some(0));
    /// assert_eq!(log.find(&Hash::of_leaf(b"another")).unwrap(), None);
    /// ```
    pub fn find(&self, leaf: &Hash) -> Result<Option<u64>, LogError> {
        let mut candidates = Vec::new();
        self.duplicates.candidates(leaf, &mut candidates)?;
        for index in candidates {
            let there = match self.edge.leaf(index) {
                Some(there) => there,
                None => TreeReader::new(&self.storage, self.edge.size).leaf_hash(index)?,
            };
            if there == *leaf {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }

    /// Makes every entry durable and only then signs a checkpoint of them and publishes it. The first
    /// signer should be the log's own key.
    ///
    /// No clock is read: a signer whose signature carries a time has got it from its maker
    /// ([`Cosigner`](crate::note::Cosigner)).
    ///
    /// # Errors
    /// [`LogError::Storage`], after which the log must be opened anew; [`LogError::Checkpoint`] where
    /// a key does not sign, and the old checkpoint stands.
    pub fn publish(&mut self, signers: &[&dyn Signer]) -> Result<&SignedCheckpoint, LogError> {
        self.check_sound()?;
        let covered = self.published.checkpoint().size;
        let stored = self.edge.store(covered, &mut self.storage);
        let durable = stored.and_then(|()| self.storage.sync());
        self.note_failure(durable)?;
        let checkpoint = Checkpoint {
            origin: self.origin().to_owned(),
            size: self.edge.size,
            root: self.edge.root(),
            extensions: Vec::new(),
        };
        let signed = SignedCheckpoint::sign(checkpoint, signers)?;
        self.put_checkpoint(signed)
    }

    /// Publishes the last checkpoint again with further signatures, such as those of witnesses.
    ///
    /// # Errors
    /// [`LogError::OtherCheckpoint`] where it is not the checkpoint published last;
    /// [`LogError::Storage`].
    ///
    /// ```
    /// # use ledger::{Log, note::{Cosigner, SignerKey}, storage::MemoryStorage};
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let witness = SignerKey::from_seed("witness.example", &[8; 32]).unwrap();
    /// # let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
    /// let mut checkpoint = log.publish(&[&key]).unwrap().clone();
    /// checkpoint.add(&Cosigner::new(&witness, 1_700_000_000)).unwrap();
    /// log.publish_cosigned(checkpoint).unwrap();
    /// assert_eq!(log.published().note().signatures().len(), 2);
    /// ```
    pub fn publish_cosigned(
        &mut self,
        signed: SignedCheckpoint,
    ) -> Result<&SignedCheckpoint, LogError> {
        self.check_sound()?;
        if signed.checkpoint() != self.published.checkpoint() {
            return Err(LogError::OtherCheckpoint);
        }
        self.put_checkpoint(signed)
    }

    fn put_checkpoint(&mut self, signed: SignedCheckpoint) -> Result<&SignedCheckpoint, LogError> {
        let written = self.storage.write_checkpoint(signed.to_string().as_bytes());
        self.note_failure(written)?;
        self.published = signed;
        Ok(&self.published)
    }

    /// The checkpoint published last.
    pub fn published(&self) -> &SignedCheckpoint {
        &self.published
    }

    /// The log's name.
    pub fn origin(&self) -> &str {
        &self.published.checkpoint().origin
    }

    /// Entries in the log, those not published yet included.
    pub fn size(&self) -> u64 {
        self.edge.size
    }

    /// The root of the tree of all entries, those not published yet included.
    pub fn root(&self) -> Hash {
        self.edge.root()
    }

    /// Reads what is published: proofs for the published size and every smaller one.
    pub fn reader(&self) -> TreeReader<'_, S> {
        TreeReader::new(&self.storage, self.published.checkpoint().size)
    }

    /// Where the log is kept.
    pub fn storage(&self) -> &S {
        &self.storage
    }

    /// The proof, under the checkpoint published last, that an entry is in the log.
    ///
    /// # Errors
    /// [`LogError::Read`], also where the entry is not published yet.
    pub fn receipt(&self, index: u64) -> Result<TlogProof, LogError> {
        let size = self.published.checkpoint().size;
        let hashes = self.reader().prove_inclusion(index, size)?;
        Ok(TlogProof::new(index, hashes, self.published.clone()))
    }

    /// The first entry, where it names an older log that this one continues.
    ///
    /// # Errors
    /// [`LogError::Read`].
    pub fn continues(&self) -> Result<Option<Succession>, LogError> {
        if self.published.checkpoint().size == 0 {
            return Ok(None);
        }
        Ok(Succession::parse(&self.reader().entry(0)?).ok())
    }

    fn check_sound(&self) -> Result<(), LogError> {
        if self.failed {
            return Err(LogError::Failed);
        }
        Ok(())
    }

    fn note_failure<T, E: Into<LogError>>(&mut self, done: Result<T, E>) -> Result<T, LogError> {
        self.failed |= done.is_err();
        done.map_err(Into::into)
    }
}
