//! Finding the first entry of the same content.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasherDefault, Hasher};

use crate::Hash;
use crate::storage::StorageError;

/// Knows where each leaf stands in the log, so that content logged before gets its first place.
///
/// The log itself asks for candidates and compares their leaf hashes with what its tiles say, so an
/// implementation may name a wrong place now and then, but must not miss the right one. [`LeafIndex`]
/// keeps it in memory; another program part may keep it in a database.
pub trait Duplicates {
    /// Adds the indexes at which an entry with this leaf hash may stand to `found`.
    ///
    /// # Errors
    /// It cannot be told.
    fn candidates(&self, leaf: &Hash, found: &mut Vec<u64>) -> Result<(), StorageError>;

    /// Remembers that the entry with this leaf hash stands at `index`. The log calls this once for
    /// each entry, in order.
    ///
    /// # Errors
    /// It cannot be remembered.
    fn insert(&mut self, leaf: &Hash, index: u64) -> Result<(), StorageError>;

    /// Forgets all entries from `size` on, and says how many of those before it knows, without gaps
    /// from the first. The log then tells it the rest.
    ///
    /// # Errors
    /// It cannot be told.
    fn resume(&mut self, size: u64) -> Result<u64, StorageError>;
}

/// For entries of which no two are alike, because who appends them sees to it: nothing is remembered.
///
/// ```
/// use ledger::{Log, NoDuplicates, note::SignerKey, storage::MemoryStorage};
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let storage = MemoryStorage::default();
/// let mut log =
///     Log::create_with(storage, "quality.example/log", &[&key], NoDuplicates).unwrap();
/// log.append(b"an entry").unwrap();
/// assert!(!log.append(b"an entry").unwrap().duplicate);
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct NoDuplicates;

impl Duplicates for NoDuplicates {
    fn candidates(&self, _: &Hash, _: &mut Vec<u64>) -> Result<(), StorageError> {
        Ok(())
    }

    fn insert(&mut self, _: &Hash, _: u64) -> Result<(), StorageError> {
        Ok(())
    }

    fn resume(&mut self, size: u64) -> Result<u64, StorageError> {
        Ok(size)
    }
}

/// An index of leaves in memory: 16 bytes an entry and as much again for room to grow, so about 300
/// MB for 10 million entries. It is built anew from the leaf hashes when a log is opened.
///
/// ```
/// use ledger::{Duplicates as _, Hash, LeafIndex};
///
/// let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
/// let mut index = LeafIndex::default();
/// index.insert(&a, 0).unwrap();
/// let mut found = Vec::new();
/// index.candidates(&b, &mut found).unwrap();
/// index.candidates(&a, &mut found).unwrap();
/// assert_eq!(found, [0]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct LeafIndex {
    /// By the first 8 bytes of the leaf hash, which are as good as random.
    first: HashMap<u64, u64, BuildHasherDefault<AsItIs>>,
    /// Leaves whose first 8 bytes another leaf has already.
    others: BTreeMap<Hash, u64>,
    size: u64,
}

impl Duplicates for LeafIndex {
    fn candidates(&self, leaf: &Hash, found: &mut Vec<u64>) -> Result<(), StorageError> {
        found.extend(self.first.get(&prefix(leaf)));
        found.extend(self.others.get(leaf));
        Ok(())
    }

    fn insert(&mut self, leaf: &Hash, index: u64) -> Result<(), StorageError> {
        if *self.first.entry(prefix(leaf)).or_insert(index) != index {
            self.others.entry(*leaf).or_insert(index);
        }
        self.size = index + 1;
        Ok(())
    }

    fn resume(&mut self, size: u64) -> Result<u64, StorageError> {
        if size < self.size {
            self.first.retain(|_, index| *index < size);
            self.others.retain(|_, index| *index < size);
            self.size = size;
        }
        Ok(self.size)
    }
}

fn prefix(leaf: &Hash) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *leaf.as_bytes();
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// A hasher for keys that are hashes already.
#[derive(Debug, Clone, Copy, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        // Only u64 keys are used; this keeps the trait's promise for any other.
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, key: u64) {
        self.0 = key;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(index: &LeafIndex, leaf: &Hash) -> Vec<u64> {
        let mut found = Vec::new();
        index.candidates(leaf, &mut found).unwrap();
        found
    }

    #[test]
    fn leaves_with_the_same_start_are_told_apart() {
        let twin = |last| {
            let mut bytes = [5; 32];
            bytes[31] = last;
            Hash::from_bytes(bytes)
        };
        let mut index = LeafIndex::default();
        for i in 0..3 {
            index.insert(&twin(i), u64::from(i)).unwrap();
        }
        for i in 0..3 {
            assert!(find(&index, &twin(i)).contains(&u64::from(i)));
        }
    }

    #[test]
    fn what_is_beyond_is_forgotten() {
        let leaf = |i: u8| Hash::of_leaf(&[i]);
        let mut index = LeafIndex::default();
        for i in 0..10 {
            index.insert(&leaf(i), u64::from(i)).unwrap();
        }
        assert_eq!(index.resume(4).unwrap(), 4);
        assert_eq!(find(&index, &leaf(3)), [3]);
        assert!(find(&index, &leaf(4)).is_empty());
        assert_eq!(index.resume(20).unwrap(), 4);
    }
}
