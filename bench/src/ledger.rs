//! Figures of `ledger`, on a log in a folder of the system's temporary directory.
//!
//! `--leaves N` changes the size of the log (10 million: about 0.8 GB of disk).

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use ledger::audit::{AuditOptions, audit};
use ledger::leaf::BlindedLeaf;
use ledger::note::{SignerKey, Verifier};
use ledger::storage::{DirReader, DirStorage};
use ledger::{Hash, Log, TreeReader, tree};

use crate::report::{Measurement, say, timed};

const ORIGIN: &str = "bench.example/log";
const PROOFS: u64 = 5_000;
const PEER: &str = "tlog_tiles 0.2";

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn Error>> {
    let leaves = match args {
        [] => 10_000_000,
        [option, n] if option == "--leaves" => n.parse()?,
        _ => return Err("options: --leaves N".into()),
    };
    let folder = TempFolder::new()?;
    let key = SignerKey::from_seed(ORIGIN, &[7; 32])?;
    append(&folder.0, &key, leaves)?;
    verify(&folder.0, &key, leaves)?;
    prove(&folder.0, leaves)
}

/// Leaves hashed and added, tiles and bundles written, a checkpoint signed and synced every second.
fn append(folder: &Path, key: &SignerKey, leaves: u64) -> Result<(), Box<dyn Error>> {
    let mut random = Random(1);
    let mut log = Log::create(DirStorage::open(folder)?, ORIGIN, &[key])?;
    let mut checkpoints = 0_u64;
    let (done, time) = timed(|| -> Result<(), Box<dyn Error>> {
        let mut last = Instant::now();
        for i in 0..leaves {
            log.append(&random.leaf())?;
            if i % 256 == 0 && last.elapsed() >= Duration::from_secs(1) {
                log.publish(&[key])?;
                checkpoints += 1;
                last = Instant::now();
            }
        }
        log.publish(&[key])?;
        checkpoints += 1;
        Ok(())
    });
    done?;
    figure("append, tiles and bundles to a folder, checkpoint each second", leaves)
        .with("leaf_bytes", BlindedLeaf::SIZE)
        .with("checkpoints", checkpoints)
        .with("duplicates", "index in memory")
        .took(time)
        .with("rss_mb", rss_mb()?)
        .print();
    Ok(())
}

/// Everything computed anew from the files, which are in the page cache.
fn verify(folder: &Path, key: &SignerKey, leaves: u64) -> Result<(), Box<dyn Error>> {
    let verifier = key.verifier();
    let reader = DirReader::new(folder);
    for threads in [1, std::thread::available_parallelism()?.get()] {
        let keys: &[&dyn Verifier] = &[&verifier];
        let options = AuditOptions::new(keys).threads(threads);
        audit(&reader, &options)?; // warms the page cache
        let (report, time) = timed(|| audit(&reader, &options));
        let report = report?;
        if let Some(problem) = report.problem {
            return Err(problem.into());
        }
        figure("verify a whole log, page cache warm", leaves)
            .with("leaf_bytes", BlindedLeaf::SIZE)
            .with("files", report.tiles)
            .with("threads", threads)
            .took(time)
            .with("rss_mb", rss_mb()?)
            .print();
    }
    Ok(())
}

/// Inclusion proofs of random entries, every tile read from its file for every proof.
fn prove(folder: &Path, leaves: u64) -> Result<(), Box<dyn Error>> {
    let reader = DirReader::new(folder);
    let tiles = TreeReader::new(&reader, leaves);
    let root = tiles.root(leaves)?;
    let peer = peer::Folder(folder);
    let peer_root = tlog_tiles::Hash(*root.as_bytes());
    let mut random = Random(2);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..PROOFS {
        let index = random.next() % leaves;
        let (proof, time) = timed(|| tiles.prove_inclusion(index, leaves));
        ours.push(time);
        let proof = proof?;
        tree::verify_inclusion(index, leaves, &tiles.leaf_hash(index)?, &proof, &root)?;

        let (theirs_proof, time) = timed(|| {
            let hashes = tlog_tiles::TileHashReader::new(leaves, peer_root, &peer);
            tlog_tiles::prove_record(leaves, index, &hashes)
        });
        theirs.push(time);
        let same = theirs_proof?.iter().map(|hash| Hash::from_bytes(hash.0)).eq(proof);
        if !same {
            return Err(format!("{PEER} has another proof of entry {index}").into());
        }
    }
    figure("inclusion proof, random entry, no tile cache", PROOFS)
        .with("leaves", leaves)
        .percentiles(&mut ours)
        .peer(PEER, figure("", PROOFS).percentiles(&mut theirs))
        .print();
    say("the peer also checks the tiles against the root, which takes no further reads");
    Ok(())
}

fn figure(what: &str, n: u64) -> Measurement {
    Measurement::new("ledger", what, n)
}

/// The tiles of a log for the peer.
mod peer {
    use std::path::Path;

    use tlog_tiles::{Error, Tile, TileReader};

    pub struct Folder<'a>(pub &'a Path);

    impl TileReader for Folder<'_> {
        fn height(&self) -> u8 {
            8
        }

        fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, Error> {
            let read = |tile: &Tile| {
                // The peer's paths name the tile height too.
                let path = tile.path().replacen("tile/8/", "tile/", 1);
                std::fs::read(self.0.join(path)).map_err(|e| Error::InvalidInput(e.to_string()))
            };
            tiles.iter().map(read).collect()
        }

        fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
    }
}

/// splitmix64: leaves that differ, at no cost.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A leaf as the log has them, its digest made up.
    fn leaf(&mut self) -> [u8; BlindedLeaf::SIZE] {
        let mut leaf = [1; BlindedLeaf::SIZE];
        for part in leaf[2..].chunks_exact_mut(8) {
            part.copy_from_slice(&self.next().to_le_bytes());
        }
        leaf
    }
}

/// The most memory that the process has had in use, in MB.
fn rss_mb() -> Result<u64, Box<dyn Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kb = line.and_then(|line| line.split_whitespace().next());
    Ok(kb.ok_or("no VmHWM in /proc/self/status")?.parse::<u64>()? / 1024)
}

/// A folder that goes away with its content.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new() -> std::io::Result<Self> {
        let path = std::env::temp_dir().join(format!("zhiheng-bench-{}", std::process::id()));
        std::fs::create_dir(&path)?;
        Ok(Self(path))
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.0) {
            say(&format!("cannot remove {}: {e}", self.0.display()));
        }
    }
}
