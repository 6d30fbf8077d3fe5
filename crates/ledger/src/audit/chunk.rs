//! The part of a log under one hash of level 2: 65,536 entries, which one thread checks.

use super::files::LogFiles;
use super::problem::Stop;
use super::tiles::Context;
use crate::Hash;
use crate::tile::FULL_WIDTH;
use crate::tree::row_root;

/// Entries in a chunk: one full tile of level 1.
pub(super) const ENTRIES: u64 = WIDTH * WIDTH;

const WIDTH: u64 = FULL_WIDTH as u64;

/// What was computed of a chunk.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The root of the chunk, where it is full.
    pub(super) root: Option<Hash>,
    /// For each size of interest that ends in this chunk, the root of the chunk's part of it.
    pub(super) ends: Vec<(u64, Hash)>,
    /// Where the leaf that was looked for stands.
    pub(super) found_at: Vec<u64>,
}

/// Checks the bundles, the leaf tiles and the tile of level 1 of a chunk.
///
/// `sizes` are the sizes of all checkpoints.
pub(super) fn check<F: LogFiles>(
    context: &Context<'_, F>,
    chunk: u64,
    sizes: &[u64],
    look_for: Option<Hash>,
) -> Result<Chunk, Stop> {
    let end = context.size.min((chunk + 1).saturating_mul(ENTRIES));
    let tiles = chunk * WIDTH..end.div_ceil(WIDTH);
    let mut result = Chunk::default();
    let mut above = Vec::with_capacity(usize::from(FULL_WIDTH));
    let mut bytes = Vec::new();
    for tile in tiles {
        let mut leaves = context.read_leaves(tile, &mut bytes)?;
        context.check_hashes(0, tile, &leaves, &mut bytes)?;
        context.check_other_bundles(tile, &leaves, &mut bytes)?;
        let first = tile * WIDTH;
        let after = first + leaves.len() as u64;
        result.found_at.extend(
            (first..)
                .zip(&leaves)
                .filter(|(_, leaf)| Some(**leaf) == look_for)
                .map(|(index, _)| index),
        );
        for size in sizes.iter().filter(|s| (first + 1..=after).contains(s)) {
            let mut row: Vec<Hash> = above.clone();
            let part = leaves.get(..(size - first) as usize).unwrap_or(&leaves);
            row.push(row_root(part));
            result.ends.push((*size, row_root(&row)));
        }
        if leaves.len() == usize::from(FULL_WIDTH) {
            above.push(crate::tree::fold_row(&mut leaves));
        }
    }
    if !above.is_empty() {
        context.check_hashes(1, chunk, &above, &mut bytes)?;
    }
    if above.len() == usize::from(FULL_WIDTH) {
        result.root = Some(row_root(&above));
    }
    Ok(result)
}
