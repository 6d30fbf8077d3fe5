//! What several tests need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use ledger::note::SignerKey;
use ledger::storage::{ReadTiles, Storage, StorageError};
use ledger::tile::TileId;
use ledger::{Log, LogError};

pub const ORIGIN: &str = "quality.example/log";

/// The public key of the log in `trace/tlog-tiles`, as its manifest gives it.
pub const TESTDATA_KEY: &str =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

/// The folder of that log.
pub fn testdata_log() -> PathBuf {
    testkit::testdata().join("trace/tlog-tiles/tessera-testdata/log")
}

/// The key of the test log.
pub fn key() -> SignerKey {
    SignerKey::from_seed(ORIGIN, &[7; 32]).unwrap()
}

/// Entry `i` of a test log; of many lengths, none included.
pub fn entry(i: u64) -> Vec<u8> {
    let mut entry = i.to_be_bytes().to_vec();
    entry.resize(8 + (i % 41) as usize, i as u8);
    entry
}

/// Starts a log in `storage`.
pub fn create<S: Storage>(storage: S) -> Log<S> {
    Log::create(storage, ORIGIN, &[&key()]).unwrap()
}

/// Opens the log in `storage` again.
pub fn open<S: Storage>(storage: S) -> Result<Log<S>, LogError> {
    Log::open(storage, ORIGIN, &[&key().verifier()], None)
}

/// Appends test entries until the log has `size`, and publishes.
pub fn grow<S: Storage>(log: &mut Log<S>, size: u64) {
    for i in log.size()..size {
        assert_eq!(log.append(&entry(i)).unwrap().index, i);
    }
    log.publish(&[&key()]).unwrap();
}

/// A new folder that goes away with its content.
pub struct TempFolder(PathBuf);

impl TempFolder {
    pub fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let (process, next) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(format!("zhiheng-ledger-{process}-{next}"));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A log in memory as files, whose writes may be lost in a crash until they are synced. It fails the
/// test that signs what is not durable or writes again what is.
#[derive(Debug, Clone, Default)]
pub struct Files {
    pub durable: BTreeMap<String, Vec<u8>>,
    pub volatile: BTreeMap<String, Vec<u8>>,
    /// Writes that still succeed; then all fail.
    pub writes_left: Option<u64>,
}

impl Files {
    /// What a crash leaves: what is durable and, of the rest, what `keep` says; some of it torn.
    pub fn crash(mut self, mut keep: impl FnMut() -> u8) -> Self {
        for (path, mut bytes) in std::mem::take(&mut self.volatile) {
            match keep() % 3 {
                0 => {}
                1 => {
                    bytes.truncate(bytes.len() / 2);
                    self.durable.insert(path, bytes);
                }
                _ => {
                    self.durable.insert(path, bytes);
                }
            }
        }
        self
    }

    fn write(&mut self, path: String, bytes: &[u8]) -> Result<(), StorageError> {
        if let Some(left) = &mut self.writes_left {
            *left = left.checked_sub(1).ok_or_else(|| StorageError::Other {
                action: "write",
                source: "no space left".into(),
            })?;
        }
        self.volatile.insert(path, bytes.to_vec());
        Ok(())
    }
}

impl ReadTiles for Files {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        let path = tile.to_string();
        into.clear();
        let found = self.volatile.get(&path).or_else(|| self.durable.get(&path));
        into.extend(found.into_iter().flatten());
        Ok(found.is_some())
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        Ok(self.durable.get("checkpoint").cloned())
    }
}

impl Storage for Files {
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError> {
        let path = tile.to_string();
        assert!(!self.durable.contains_key(&path), "{path} is written again");
        self.write(path, bytes)
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.durable.append(&mut self.volatile);
        Ok(())
    }

    fn write_checkpoint(&mut self, note: &[u8]) -> Result<(), StorageError> {
        assert!(self.volatile.is_empty(), "signed before it was durable");
        self.write("checkpoint".into(), note)?;
        self.durable.append(&mut self.volatile);
        Ok(())
    }

    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError> {
        let all = self.durable.keys().chain(self.volatile.keys());
        let tiles = all.filter_map(|path| path.parse::<TileId>().ok());
        Ok(tiles.filter(|tile| !tile.is_within(size)).collect())
    }

    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError> {
        for path in tiles.iter().map(TileId::to_string) {
            self.durable.remove(&path);
            self.volatile.remove(&path);
        }
        Ok(())
    }
}

/// The files of a folder, by their paths inside it.
pub fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    testkit::files_under(folder)
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(folder).unwrap().to_str().unwrap();
            (path.to_owned(), std::fs::read(&file).unwrap())
        })
        .collect()
}
