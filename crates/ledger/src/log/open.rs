//! Starting a log, and opening it again after a stop or a crash.

use super::edge::Edge;
use super::{Log, LogError, TreeReader};
use crate::duplicates::{Duplicates, LeafIndex};
use crate::hash::shown;
use crate::leaf::Succession;
use crate::note::{KeyName, Signer, Verifier};
use crate::storage::Storage;
use crate::tile::{Entries, FULL_WIDTH, TileKind};
use crate::{Checkpoint, CheckpointError, Hash, SignedCheckpoint};

impl<S: Storage> Log<S, LeafIndex> {
    /// Starts a log named `origin` and publishes its first checkpoint, of no entry.
    ///
    /// The name must be fit for a key too, because the log's key should bear it: no spaces and no
    /// plus signs, best a URL without its scheme.
    ///
    /// # Errors
    /// [`LogError::AlreadyThere`], [`LogError::TilesWithoutCheckpoint`], [`LogError::Checkpoint`]
    /// where the name is unfit or a key does not sign, [`LogError::Storage`].
    pub fn create(storage: S, origin: &str, signers: &[&dyn Signer]) -> Result<Self, LogError> {
        Self::create_with(storage, origin, signers, LeafIndex::default())
    }

    /// Opens a log named `origin` whose checkpoint one of `keys` signed.
    ///
    /// `last_known` is the last checkpoint that is known from elsewhere; the log must have grown from
    /// it. What a crash left behind the checkpoint is set aside, so that the log goes on from what it
    /// signed last and from nothing else.
    ///
    /// # Errors
    /// [`LogError::NotALog`]; [`LogError::Checkpoint`] where it is of another log or another key;
    /// [`LogError::OlderThanKnown`] and [`LogError::Forked`], after which only
    /// [`create_after`](Self::create_after) goes on; [`LogError::EdgeMismatch`] and
    /// [`LogError::EntryMismatch`] for damaged tiles; [`LogError::Read`], [`LogError::Storage`].
    ///
    /// ```
    /// use ledger::{Log, note::SignerKey, storage::MemoryStorage};
    ///
    /// let name = "quality.example/log";
    /// let key = SignerKey::from_seed(name, &[7; 32]).unwrap();
    /// let mut log = Log::create(MemoryStorage::default(), name, &[&key]).unwrap();
    /// log.append(b"an entry").unwrap();
    /// let backup = log.storage().clone();
    /// log.publish(&[&key]).unwrap();
    /// let kept_elsewhere = log.published().checkpoint().clone();
    ///
    /// let log = Log::open(log.storage().clone(), name, &[&key.verifier()], Some(&kept_elsewhere));
    /// assert_eq!(log.unwrap().size(), 1);
    /// let older = Log::open(backup, name, &[&key.verifier()], Some(&kept_elsewhere));
    /// assert_eq!(older.unwrap_err().code(), "ledger.older_than_known");
    /// ```
    pub fn open(
        storage: S,
        origin: &str,
        keys: &[&dyn Verifier],
        last_known: Option<&Checkpoint>,
    ) -> Result<Self, LogError> {
        Self::open_with(storage, origin, keys, last_known, LeafIndex::default())
    }

    /// Starts a log that continues one whose store was restored to an earlier state; its first entry
    /// says so.
    ///
    /// # Errors
    /// As [`create`](Self::create); [`LogError::Checkpoint`] also where the new name is the old one.
    ///
    /// ```
    /// # use ledger::{Checkpoint, Hash, SignedCheckpoint};
    /// use ledger::{Log, leaf::Succession, note::SignerKey, storage::MemoryStorage};
    /// # let old_key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let (a, b) = (Hash::of_leaf(b"a"), Hash::of_leaf(b"b"));
    /// # let known = Checkpoint {
    /// #     origin: "quality.example/log".into(),
    /// #     size: 2,
    /// #     root: Hash::of_node(&a, &b),
    /// #     extensions: vec![],
    /// # };
    /// # let last_known = SignedCheckpoint::sign(known, &[&old_key]).unwrap();
    ///
    /// let old = Succession::new(1, a, last_known).unwrap();
    /// let name = "quality.example/log/2";
    /// let key = SignerKey::from_seed(name, &[8; 32]).unwrap();
    /// let log = Log::create_after(MemoryStorage::default(), name, &[&key], &old).unwrap();
    /// assert_eq!(log.continues().unwrap(), Some(old));
    /// ```
    pub fn create_after(
        storage: S,
        origin: &str,
        signers: &[&dyn Signer],
        old: &Succession,
    ) -> Result<Self, LogError> {
        if origin == old.old_origin() {
            return Err(CheckpointError::OtherOrigin {
                expected: "a new origin".to_owned(),
                found: shown(origin),
            }
            .into());
        }
        let mut log = Self::create(storage, origin, signers)?;
        log.append(old.to_string().as_bytes())?;
        log.publish(signers)?;
        Ok(log)
    }
}

impl<S: Storage, D: Duplicates> Log<S, D> {
    /// [`create`](Log::create) with another index of duplicates.
    ///
    /// # Errors
    /// As [`create`](Log::create).
    pub fn create_with(
        storage: S,
        origin: &str,
        signers: &[&dyn Signer],
        mut duplicates: D,
    ) -> Result<Self, LogError> {
        if let Some(note) = storage.read_checkpoint()? {
            let there = SignedCheckpoint::parse(&note)?;
            return Err(LogError::AlreadyThere { size: there.checkpoint().size });
        }
        if !storage.tiles_beyond(0)?.is_empty() {
            return Err(LogError::TilesWithoutCheckpoint);
        }
        let name = KeyName::new(origin).map_err(crate::note::NoteError::from)?;
        let checkpoint = Checkpoint {
            origin: name.to_string(),
            size: 0,
            root: Hash::empty_root(),
            extensions: Vec::new(),
        };
        duplicates.resume(0)?;
        let mut log = Self {
            storage,
            duplicates,
            edge: Edge::default(),
            published: SignedCheckpoint::sign(checkpoint, signers)?,
            failed: false,
        };
        log.publish(signers)?;
        Ok(log)
    }

    /// [`open`](Log::open) with another index of duplicates.
    ///
    /// # Errors
    /// As [`open`](Log::open).
    pub fn open_with(
        mut storage: S,
        origin: &str,
        keys: &[&dyn Verifier],
        last_known: Option<&Checkpoint>,
        mut duplicates: D,
    ) -> Result<Self, LogError> {
        let note = storage.read_checkpoint()?.ok_or(LogError::NotALog)?;
        let published = SignedCheckpoint::open(&note, keys)?;
        check_origin(origin, &published.checkpoint().origin)?;
        if let Some(known) = last_known {
            check_origin(origin, &known.origin)?;
            check_grown(&storage, published.checkpoint(), known)?;
        }
        let edge = load_edge(&storage, published.checkpoint())?;
        let left_over = storage.tiles_beyond(edge.size)?;
        storage.set_aside(&left_over)?;
        let reader = TreeReader::new(&storage, edge.size);
        let width = u64::from(FULL_WIDTH);
        let known = duplicates.resume(edge.size)?;
        for tile in known / width..edge.size.div_ceil(width) {
            for (leaf, index) in reader.hashes(0, tile)?.iter().zip(tile * width..) {
                if index >= known {
                    duplicates.insert(leaf, index)?;
                }
            }
        }
        Ok(Self { storage, duplicates, edge, published, failed: false })
    }
}

fn check_origin(expected: &str, found: &str) -> Result<(), CheckpointError> {
    if expected == found {
        return Ok(());
    }
    Err(CheckpointError::OtherOrigin { expected: shown(expected), found: shown(found) })
}

/// Checks that what is stored grew from a checkpoint that was signed before.
fn check_grown<S: Storage>(
    storage: &S,
    stored: &Checkpoint,
    known: &Checkpoint,
) -> Result<(), LogError> {
    if stored.size < known.size {
        return Err(LogError::OlderThanKnown { stored: stored.size, known: known.size });
    }
    let found = TreeReader::new(storage, stored.size).root(known.size)?;
    if found != known.root {
        return Err(LogError::Forked { size: known.size, expected: known.root, found });
    }
    Ok(())
}

/// Reads the partial tiles back and checks them against the checkpoint that covers them.
fn load_edge<S: Storage>(storage: &S, checkpoint: &Checkpoint) -> Result<Edge, LogError> {
    let size = checkpoint.size;
    let reader = TreeReader::new(storage, size);
    let mut edge = Edge { size, ..Edge::default() };
    for (level, kind) in (0..8).map(|level| (level, TileKind::Hashes { level })) {
        let items = kind.items(size);
        if items == 0 {
            break;
        }
        let last = items / u64::from(FULL_WIDTH);
        edge.rows.push(match items % u64::from(FULL_WIDTH) {
            0 => Vec::new(),
            _ => reader.hashes(level, last)?,
        });
    }
    let found = edge.root();
    if found != checkpoint.root {
        return Err(LogError::EdgeMismatch { size, expected: checkpoint.root, found });
    }
    if let Some(row) = edge.rows.first().filter(|row| !row.is_empty()) {
        let wanted = TileKind::Entries.tile_at(size / u64::from(FULL_WIDTH), size);
        let tile = reader.read(wanted, &mut edge.bundle)?;
        let mut entries = Entries::new(&edge.bundle, tile.width());
        let mut length = 0;
        for (leaf, index) in row.iter().zip(wanted.first()..) {
            let entry = entries.next().and_then(Result::ok);
            let entry = entry.filter(|entry| Hash::of_leaf(entry) == *leaf);
            let entry =
                entry.ok_or_else(|| LogError::EntryMismatch { path: tile.to_string(), index })?;
            length += 2 + entry.len();
        }
        // A full bundle in place of the partial one goes further than the log.
        edge.bundle.truncate(length);
    }
    Ok(edge)
}
