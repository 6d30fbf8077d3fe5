//! The order of an audit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use super::checkpoints::Current;
use super::chunk::{self, Chunk};
use super::files::LogFiles;
use super::listing::{Listing, partial};
use super::problem::{Finding, Stop};
use super::report::AuditReport;
use super::tiles::Context;
use super::{CheckpointReport, checkpoints};
use crate::note::Verifier;
use crate::storage::StorageError;
use crate::tile::{FULL_WIDTH, TileKind};
use crate::tree::row_root;
use crate::{Checkpoint, Hash};

/// How to audit a log.
///
/// ```
/// # use std::collections::BTreeMap;
/// # use ledger::storage::MemoryStorage;
/// use ledger::audit::{AuditOptions, audit};
/// use ledger::note::{SignerKey, Verifier};
/// use ledger::{Hash, Log};
///
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let log = Log::create(MemoryStorage::default(), "quality.example/log", &[&key]).unwrap();
/// let kept = log.published().checkpoint();
/// let files = BTreeMap::from([("checkpoint".to_owned(), log.published().to_string().into())]);
///
/// let verifier = key.verifier();
/// let keys: &[&dyn Verifier] = &[&verifier];
/// let options = AuditOptions::new(keys).threads(2).grown_from(kept).look_for(Hash::of_leaf(b"x"));
/// let report = audit(&files, &options).unwrap();
/// assert_eq!(report.problem, None);
/// assert!(report.found_at.is_empty());
/// ```
#[derive(Clone, Copy)]
pub struct AuditOptions<'a> {
    keys: &'a [&'a dyn Verifier],
    threads: usize,
    look_for: Option<Hash>,
    known: Option<&'a Checkpoint>,
}

impl<'a> AuditOptions<'a> {
    /// Each checkpoint must be signed by one of `keys`. Without any, no signature is checked: the log
    /// then agrees with itself, and may be anybody's.
    pub fn new(keys: &'a [&'a dyn Verifier]) -> Self {
        Self { keys, threads: 1, look_for: None, known: None }
    }

    /// Uses so many threads instead of one; what is found is the same.
    #[must_use]
    pub fn threads(self, threads: usize) -> Self {
        Self { threads, ..self }
    }

    /// The log must also have grown from this checkpoint, which was kept elsewhere: so a log that went
    /// back, or was rewritten and signed anew, is found out.
    #[must_use]
    pub fn grown_from(self, known: &'a Checkpoint) -> Self {
        Self { known: Some(known), ..self }
    }

    /// Looks for the entry with this leaf hash too.
    #[must_use]
    pub fn look_for(self, leaf: Hash) -> Self {
        Self { look_for: Some(leaf), ..self }
    }
}

impl Default for AuditOptions<'_> {
    fn default() -> Self {
        Self::new(&[])
    }
}

/// Checks a log, as the [module](crate::audit) says. What is wrong with it stands in the report.
///
/// # Errors
/// The files cannot be listed or read, so that nothing can be said about the log.
///
/// ```
/// use ledger::audit::{AuditOptions, audit};
/// use ledger::storage::{DirReader, DirStorage};
/// use ledger::{Log, note::SignerKey};
///
/// let folder = std::env::temp_dir().join(format!("ledger-audit-{}", std::process::id()));
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let storage = DirStorage::open(&folder).unwrap();
/// let mut log = Log::create(storage, "quality.example/log", &[&key]).unwrap();
/// log.append(b"an entry").unwrap();
/// log.publish(&[&key]).unwrap();
///
/// let verifier = key.verifier();
/// let report = audit(&DirReader::new(&folder), &AuditOptions::new(&[&verifier])).unwrap();
/// assert_eq!(report.problem, None);
/// assert_eq!(report.largest().unwrap().size, 1);
///
/// std::fs::write(folder.join("tile/entries/000.p/1"), b"\0\x08an Entry").unwrap();
/// let report = audit(&DirReader::new(&folder), &AuditOptions::new(&[&verifier])).unwrap();
/// assert_eq!(report.problem.unwrap().file, "tile/entries/000.p/1");
/// # drop(log);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// ```
pub fn audit(
    files: &impl LogFiles,
    options: &AuditOptions<'_>,
) -> Result<AuditReport, StorageError> {
    // The checkpoint comes first: when the log grows meanwhile, the tiles that the checkpoint calls for
    // are there before it is.
    let mut current = Vec::new();
    let current = checkpoints::read_current(files, &mut current)?;
    let listing = Listing::of(files)?;
    let mut report = AuditReport {
        tiles: listing.count() as u64,
        others: listing.others.clone(),
        ..AuditReport::default()
    };
    match check(files, current, &listing, options, &mut report) {
        Ok(()) => {}
        Err(Stop::Problem(problem)) => report.problem = Some(problem),
        Err(Stop::Storage(error)) => return Err(error),
    }
    Ok(report)
}

fn check(
    files: &impl LogFiles,
    current: Current<'_>,
    listing: &Listing,
    options: &AuditOptions<'_>,
    report: &mut AuditReport,
) -> Result<(), Stop> {
    checkpoints::check(files, current, listing, options.keys, report)?;
    let Some(CheckpointReport { size, root, .. }) = report.largest() else {
        return Ok(());
    };
    let context = Context { files, listing, size: *size, root: *root };
    if let Some(known) = options.known {
        checkpoints::check_not_older(report, known)?;
    }
    report.beyond = listing.beyond(*size).map(ToString::to_string).collect();
    let own: Vec<u64> = report.checkpoints.iter().map(|c| c.size).collect();
    let sizes = [&own[..], options.known.map_or(&[], |c| std::slice::from_ref(&c.size))].concat();
    let mut chunks = check_chunks(&context, &sizes, options)?;
    report.found_at =
        chunks.iter_mut().flat_map(|chunk| std::mem::take(&mut chunk.found_at)).collect();
    let full: Vec<Hash> = chunks.iter().filter_map(|chunk| chunk.root).collect();
    check_levels_above(&context, &full)?;
    for size in &own {
        check_partial_tiles(listing, *size)?;
    }
    for checkpoint in &report.checkpoints {
        let found = root_at(checkpoint.size, &chunks, &full);
        if found != checkpoint.root {
            return Err(Finding::Root { size: checkpoint.size, expected: checkpoint.root, found }
                .in_file(&checkpoint.file));
        }
    }
    if let Some(known) = options.known {
        let found = root_at(known.size, &chunks, &full);
        if found != known.root {
            return Err(Finding::Forked { size: known.size, expected: known.root, found }
                .in_file(checkpoints::CURRENT));
        }
    }
    Ok(())
}

/// Checks all chunks, on as many threads as asked for.
///
/// Chunks are handed out in order and each is finished once begun, so the problem in the lowest chunk
/// is found whatever the threads do.
fn check_chunks<F: LogFiles>(
    context: &Context<'_, F>,
    sizes: &[u64],
    options: &AuditOptions<'_>,
) -> Result<Vec<Chunk>, Stop> {
    let count = context.size.div_ceil(chunk::ENTRIES);
    let (next, stopped_at) = (AtomicU64::new(0), AtomicU64::new(count));
    let work = || {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= stopped_at.load(Ordering::Relaxed) {
                return done;
            }
            let result = chunk::check(context, number, sizes, options.look_for);
            if result.is_err() {
                stopped_at.fetch_min(number, Ordering::Relaxed);
            }
            done.push((number, result));
        }
    };
    let helpers = (options.threads as u64).min(count).saturating_sub(1);
    let mut done = thread::scope(|scope| {
        let helpers: Vec<_> = (0..helpers).map(|_| scope.spawn(work)).collect();
        let mut done = work();
        for helper in helpers {
            match helper.join() {
                Ok(more) => done.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Checks the tiles of level 2 and above, given the hashes of level 2.
fn check_levels_above<F: LogFiles>(context: &Context<'_, F>, row: &[Hash]) -> Result<(), Stop> {
    let mut row = row.to_vec();
    let mut bytes = Vec::new();
    for level in 2.. {
        if row.is_empty() {
            break;
        }
        for (tile, index) in row.chunks(FULL_WIDTH.into()).zip(0..) {
            context.check_hashes(level, index, tile, &mut bytes)?;
        }
        row = row.chunks_exact(FULL_WIDTH.into()).map(row_root).collect();
    }
    Ok(())
}

/// Checks that the partial tiles which a log of `size` entries has are there, or full ones instead.
fn check_partial_tiles(listing: &Listing, size: u64) -> Result<(), Stop> {
    for tile in TileKind::all(size).filter_map(|kind| partial(kind, size)) {
        if listing.present(tile).is_none() {
            return Err(Finding::Missing { size }.in_file(tile));
        }
    }
    Ok(())
}

/// The root that the entries give for one of the sizes of interest.
fn root_at(size: u64, chunks: &[Chunk], full: &[Hash]) -> Hash {
    let Some(last) = size.checked_sub(1).map(|last| last / chunk::ENTRIES) else {
        return Hash::empty_root();
    };
    let last = last as usize;
    let end = chunks.get(last).and_then(|chunk| {
        let end = chunk.ends.iter().find(|(end, _)| *end == size);
        end.map(|(_, root)| *root)
    });
    let mut row: Vec<Hash> = full.get(..last).unwrap_or(full).to_vec();
    row.extend(end);
    row_root(&row)
}
