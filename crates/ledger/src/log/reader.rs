//! Proofs, roots and entries from the tiles of a log.

use super::ReadError;
use crate::Hash;
use crate::storage::ReadTiles;
use crate::tile::{Entries, FULL_WIDTH, TileId, TileKind, parse_hashes};
use crate::tree::{self, Node, NodeSource, Subtree, fold_row};

/// Reads a log of a given size from its tiles and answers for that size and every smaller one.
///
/// Nothing is kept between calls. What it gives is what the tiles say: check proofs against a
/// checkpoint, or the whole log with [`audit`](crate::audit).
///
/// ```
/// # use ledger::{Log, note::SignerKey, storage::MemoryStorage};
/// use ledger::{Hash, tree};
///
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// # let mut log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
/// for i in 0..1000_u32 {
///     log.append(&i.to_be_bytes()).unwrap();
/// }
/// log.publish(&[&key]).unwrap();
///
/// let reader = log.reader();
/// assert_eq!(reader.entry(7).unwrap(), 7_u32.to_be_bytes());
/// let (leaf, root) = (Hash::of_leaf(&7_u32.to_be_bytes()), reader.root(800).unwrap());
/// let proof = reader.prove_inclusion(7, 800).unwrap();
/// tree::verify_inclusion(7, 800, &leaf, &proof, &root).unwrap();
///
/// let proof = reader.prove_consistency(800, 1000).unwrap();
/// let newer = reader.root(1000).unwrap();
/// tree::verify_consistency(800, 1000, &proof, &root, &newer).unwrap();
/// ```
#[derive(Debug)]
pub struct TreeReader<'a, S> {
    storage: &'a S,
    size: u64,
}

impl<'a, S: ReadTiles> TreeReader<'a, S> {
    /// Reads from `storage` a log that has at least `size` entries there.
    pub fn new(storage: &'a S, size: u64) -> Self {
        Self { storage, size }
    }

    /// Entries in the log.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root that the tree had when it was of `size` entries.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn root(&self, size: u64) -> Result<Hash, ReadError> {
        self.check(size)?;
        tree::root(Subtree::tree(size), &mut self.nodes())
    }

    /// Proof that entry `index` is in the tree of `size` entries: see [`tree::prove_inclusion`].
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, ReadError> {
        self.check(size)?;
        tree::prove_inclusion(index, size, &mut self.nodes())
    }

    /// Proof that the tree of `new` entries grew from that of `old`: see [`tree::prove_consistency`].
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, ReadError> {
        self.check(new)?;
        tree::prove_consistency(old, new, &mut self.nodes())
    }

    /// The leaf hash of entry `index`.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn leaf_hash(&self, index: u64) -> Result<Hash, ReadError> {
        let beyond = tree::ProofError::IndexBeyondSize { index, size: self.size };
        if index >= self.size {
            return Err(beyond.into());
        }
        let width = u64::from(FULL_WIDTH);
        let row = self.hashes(0, index / width)?;
        let leaf = row.get((index % width) as usize);
        leaf.copied().ok_or_else(|| beyond.into())
    }

    /// The bytes of entry `index`, whether or not they fit the leaf hash.
    ///
    /// # Errors
    /// [`ReadError`].
    pub fn entry(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        if index >= self.size {
            let size = self.size;
            return Err(tree::ProofError::IndexBeyondSize { index, size }.into());
        }
        let width = u64::from(FULL_WIDTH);
        let mut bundle = Vec::new();
        let tile = self.read(TileKind::Entries.tile_at(index / width, self.size), &mut bundle)?;
        let mut entries = Entries::new(&bundle, tile.width());
        let entry = entries.nth((index % width) as usize).transpose();
        let damaged = |error| ReadError::Damaged { path: tile.to_string(), error };
        let entry = entry.map_err(damaged)?;
        entry.map(<[u8]>::to_vec).ok_or(ReadError::Missing { path: tile.to_string() })
    }

    /// The hashes of the tile at `index` of a level; those that belong to a log of this size.
    pub(super) fn hashes(&self, level: u8, index: u64) -> Result<Vec<Hash>, ReadError> {
        let tile = TileKind::Hashes { level }.tile_at(index, self.size);
        let mut bytes = Vec::new();
        let read = self.read(tile, &mut bytes)?;
        let mut hashes = parse_hashes(&bytes, read.width())
            .map_err(|error| ReadError::Damaged { path: read.to_string(), error })?;
        hashes.truncate(tile.width().into());
        Ok(hashes)
    }

    /// Reads a tile, or the full one in its place: a log may drop a partial tile once it is full.
    pub(super) fn read(&self, tile: TileId, into: &mut Vec<u8>) -> Result<TileId, ReadError> {
        for tile in [tile, tile.full()] {
            if self.storage.read_tile(tile, into)? {
                return Ok(tile);
            }
        }
        Err(ReadError::Missing { path: tile.to_string() })
    }

    fn check(&self, size: u64) -> Result<(), ReadError> {
        if size > self.size {
            let index = size - 1;
            let size = self.size;
            return Err(tree::ProofError::IndexBeyondSize { index, size }.into());
        }
        Ok(())
    }

    fn nodes(&self) -> TileNodes<'_, 'a, S> {
        TileNodes { reader: self, tiles: Vec::new() }
    }
}

/// The nodes of a tree, out of tiles; each tile is read once for a proof.
struct TileNodes<'r, 'a, S> {
    reader: &'r TreeReader<'a, S>,
    /// Level, index and hashes of the tiles read so far: few, so they are looked through in order.
    tiles: Vec<(u8, u64, Vec<Hash>)>,
}

impl<S: ReadTiles> NodeSource for TileNodes<'_, '_, S> {
    type Error = ReadError;

    fn node(&mut self, node: Node) -> Result<Hash, ReadError> {
        // The node is the root over `2^above` neighbouring hashes of one tile.
        let (level, above) = (node.level / 8, u32::from(node.level % 8));
        let first = node.index << above;
        let (index, place) =
            (first / u64::from(FULL_WIDTH), (first % u64::from(FULL_WIDTH)) as usize);
        let known = self.tiles.iter().position(|t| (t.0, t.1) == (level, index));
        let at = match known {
            Some(at) => at,
            None => {
                let hashes = self.reader.hashes(level, index)?;
                self.tiles.push((level, index, hashes));
                self.tiles.len() - 1
            }
        };
        let row = self.tiles.get(at).map_or(&[][..], |tile| &tile.2);
        let beyond =
            tree::ProofError::IndexBeyondSize { index: node.end() - 1, size: self.reader.size };
        let row = row.get(place..place + (1 << above)).ok_or(beyond)?;
        Ok(fold_row(&mut row.to_vec()))
    }
}
