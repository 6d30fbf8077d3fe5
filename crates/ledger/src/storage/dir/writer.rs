//! Writing a log into a folder.

use std::collections::BTreeSet;
use std::fs::{self, File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::{ReadTiles, Storage, StorageError};
use super::files::{fault, walk};
use super::pending::{Pending, sync_folder};
use super::reader::DirReader;
use crate::tile::TileId;

/// Keeps a log in a folder; holds the folder's lock as long as it lives.
///
/// ```
/// use ledger::{Log, note::SignerKey, storage::DirStorage};
///
/// let folder = std::env::temp_dir().join(format!("ledger-example-{}", std::process::id()));
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
///
/// let storage = DirStorage::open(&folder).unwrap();
/// assert_eq!(DirStorage::open(&folder).unwrap_err().code(), "ledger.locked");
///
/// let mut log = Log::create(storage, "quality.example/log", &[&key]).unwrap();
/// log.append(b"an entry").unwrap();
/// log.publish(&[&key]).unwrap();
/// assert!(folder.join("tile/entries/000.p/1").is_file());
/// # drop(log);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// ```
#[derive(Debug)]
pub struct DirStorage {
    reader: DirReader,
    pending: Pending,
    _lock: File,
}

impl DirStorage {
    /// The storage in the folder `root`, which is made if it is not there.
    ///
    /// # Errors
    /// [`StorageError::Locked`], or the folder cannot be made or written.
    pub fn open(root: impl Into<PathBuf>) -> Result<Self, StorageError> {
        let root = root.into();
        let root = std::path::absolute(&root).map_err(|e| fault("find the folder", &root, e))?;
        let reader = DirReader::new(root);
        let own = own_folder(reader.root());
        make_folder(&own)?;
        let path = own.join("lock");
        let lock = File::create(&path).map_err(|e| fault("make", &path, e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StorageError::Locked { path: reader.root().display().to_string() });
            }
            Err(TryLockError::Error(e)) => return Err(fault("lock", &path, e)),
        }
        Ok(Self { reader, pending: Pending::default(), _lock: lock })
    }

    /// What reads the same folder.
    pub fn reader(&self) -> &DirReader {
        &self.reader
    }

    /// Writes a file under another name, makes it durable if asked to, and renames it to `path`.
    fn put(&self, path: &Path, bytes: &[u8], durable: bool) -> Result<File, StorageError> {
        let new = own_folder(self.reader.root()).join("new");
        let write = |e| fault("write", &new, e);
        let mut file = File::create(&new).map_err(write)?;
        file.write_all(bytes).map_err(write)?;
        if durable {
            file.sync_all().map_err(write)?;
        }
        rename(&new, path)?;
        Ok(file)
    }
}

impl ReadTiles for DirStorage {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        self.reader.read_tile(tile, into)
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        self.reader.read_checkpoint()
    }
}

impl Storage for DirStorage {
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError> {
        let path = self.reader.tile_path(tile);
        let file = self.put(&path, bytes, false)?;
        self.pending.push(path, file);
        Ok(())
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.pending.sync(self.reader.root())
    }

    fn write_checkpoint(&mut self, note: &[u8]) -> Result<(), StorageError> {
        self.put(&self.reader.root().join("checkpoint"), note, true)?;
        sync_folder(self.reader.root())
    }

    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError> {
        let mut beyond = Vec::new();
        walk(self.reader.root(), "tile", &mut |path| {
            beyond.extend(path.parse::<TileId>().ok().filter(|t| !t.is_within(size)));
        })?;
        beyond.sort_unstable();
        Ok(beyond)
    }

    /// Moves the files to a new folder under `.writer/set-aside`.
    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError> {
        if tiles.is_empty() {
            return Ok(());
        }
        let aside = unused(&own_folder(self.reader.root()).join("set-aside"))?;
        let mut folders = BTreeSet::new();
        for tile in tiles {
            let path = self.reader.tile_path(*tile);
            rename(&path, &aside.join(tile.to_string()))?;
            folders.extend(path.parent().map(Path::to_path_buf));
        }
        folders.iter().try_for_each(|folder| sync_folder(folder))
    }
}

fn own_folder(root: &Path) -> PathBuf {
    root.join(".writer")
}

/// Makes a folder and those that lead to it, as far as they are not there, and their names durable.
fn make_folder(path: &Path) -> Result<(), StorageError> {
    let missing: Vec<&Path> = path.ancestors().take_while(|a| !a.exists()).collect();
    fs::create_dir_all(path).map_err(|e| fault("make the folder", path, e))?;
    let parents = missing.into_iter().filter_map(Path::parent);
    parents.into_iter().try_for_each(sync_folder)
}

/// Renames a file, making the folder it goes to if need be.
fn rename(from: &Path, to: &Path) -> Result<(), StorageError> {
    let renamed = match (fs::rename(from, to), to.parent()) {
        // The folder is there but for the first of 1,000 tiles, so it is not looked for beforehand.
        (Err(e), Some(folder)) if e.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(folder).and_then(|()| fs::rename(from, to))
        }
        (renamed, _) => renamed,
    };
    renamed.map_err(|e| fault("write", to, e))
}

/// The first folder `inside/1`, `inside/2`, ... that is not there yet, made.
fn unused(inside: &Path) -> Result<PathBuf, StorageError> {
    make_folder(inside)?;
    let mut number = 1_u64;
    loop {
        let folder = inside.join(number.to_string());
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(e) => return Err(fault("make the folder", &folder, e)),
        }
    }
}
