//! The store against what the senders were told.

use std::collections::{HashMap, HashSet};

use ledger::{Hash, SignedCheckpoint, TreeReader, tree};
use model::RecordId;
use store::log::LogReader;
use store::{Address, Reader};

use super::client::Client;
use super::random::Random;
use super::sender::Memory;

/// What is known of a store from the checks before: it may only grow.
#[derive(Default)]
pub struct Checker {
    size: u64,
    positions: HashMap<String, u64>,
    batches: HashMap<String, Batch>,
    /// Roots by size, of the checkpoints that were seen.
    roots: HashMap<u64, Hash>,
}

/// A batch as the store has it.
#[derive(Default)]
struct Batch {
    records: u64,
    closed_at: Option<u64>,
}

impl Checker {
    /// Reads what came since the last check and holds everything against what was acknowledged.
    /// `open` are batches that may be incomplete: sent, but not answered.
    ///
    /// # Panics
    /// Something acknowledged is not there, or is there twice, or elsewhere.
    pub fn check(&mut self, address: &Address, memory: &Memory, open: &HashSet<&str>) -> u64 {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        let reader = runtime.block_on(async {
            let reader = Reader::open(address).await.unwrap();
            self.read(&reader).await;
            reader
        });
        for (id, position) in &memory.records {
            assert_eq!(self.positions.get(id), Some(position), "{id} was acknowledged");
        }
        for (id, (closed_at, records)) in &memory.batches {
            let batch = &self.batches[id];
            assert_eq!(batch.closed_at, Some(*closed_at), "batch {id} was acknowledged");
            assert_eq!(batch.records, *records, "batch {id}");
        }
        for (id, batch) in &self.batches {
            let is_known = memory.batches.contains_key(id) || open.contains(id.as_str());
            assert!(is_known || batch.closed_at.is_some(), "batch {id} was left open");
        }
        self.check_log(&reader, &runtime, memory);
        self.size
    }

    async fn read(&mut self, reader: &Reader) {
        let size = reader.size().await.unwrap();
        assert!(size >= self.size, "the store went back from {} to {size}", self.size);
        while self.size < size {
            let found = reader.range(self.size, store::MOST).await.unwrap();
            assert!(!found.is_empty(), "no record at {} of {size}", self.size);
            for record in found {
                assert_eq!(record.position, self.size, "a gap");
                let id = record.id.to_string();
                let before = self.positions.insert(id.clone(), record.position);
                assert_eq!(before, None, "{id} stands twice");
                if let Some(batch) = record.closes {
                    let batch = self.batches.entry(batch.to_string()).or_default();
                    batch.closed_at = Some(record.position);
                } else if let Some(batch) = record.batch {
                    self.batches.entry(batch.to_string()).or_default().records += 1;
                }
                self.size += 1;
            }
        }
        // What was counted is all that there is.
        let beyond = reader.range(size, 1).await.unwrap();
        assert!(beyond.is_empty(), "a record beyond the size {size}");
    }

    /// The log is the one that every checkpoint was of, grown.
    fn check_log(&mut self, reader: &Reader, runtime: &tokio::runtime::Runtime, memory: &Memory) {
        let logs = runtime.block_on(reader.db().logs()).unwrap();
        assert_eq!(logs.len(), 1, "a new log was begun");
        let log = &logs[0];
        let note = log.checkpoint.as_deref().expect("the log was signed");
        let newest = SignedCheckpoint::parse(note).unwrap().checkpoint().clone();
        assert!(newest.size <= self.size, "the log is ahead of the store");
        for note in &memory.checkpoints {
            let seen = SignedCheckpoint::parse(note.as_bytes()).unwrap().checkpoint().clone();
            assert_eq!(seen.origin, log.origin);
            let before = self.roots.insert(seen.size, seen.root);
            assert!(before.is_none_or(|root| root == seen.root), "two trees of {}", seen.size);
        }
        let tiles = LogReader::new(reader.db().clone(), runtime.handle().clone(), log.number);
        let tree = TreeReader::new(&tiles, newest.size);
        assert_eq!(tree.root(newest.size).unwrap(), newest.root);
        for (size, root) in &self.roots {
            assert!(*size <= newest.size, "a checkpoint of {size} was seen, of {}", newest.size);
            if *size > 0 {
                let proof = tree.prove_consistency(*size, newest.size).unwrap();
                tree::verify_consistency(*size, newest.size, &proof, root, &newest.root).unwrap();
            }
        }
    }
}

/// What was acknowledged, as the running program shows it: all batches, and some of the records.
pub fn check_shown(client: &mut Client, memory: &Memory, random: &mut Random) {
    for (id, (closed_at, records)) in memory.batches.iter().take(20) {
        let batch = client.get(&format!("/api/v1/batches/{id}")).unwrap().good();
        assert_eq!(batch["state"], "closed", "{batch:#}");
        assert_eq!(batch["closing"]["position"], *closed_at);
        assert_eq!(batch["records"], *records, "{batch:#}");
    }
    let ids: Vec<(&String, &u64)> = memory.records.iter().collect();
    for _ in 0..ids.len().min(20) {
        let (id, position) = ids[random.below(ids.len() as u64) as usize];
        let shown = client.get(&format!("/api/v1/records/{id}")).unwrap().good();
        assert_eq!((&shown["id"], &shown["position"]), (&id.as_str().into(), &(*position).into()));
        let standing = &shown["standing"];
        assert!(standing["counts"] == true || standing["corrected_by"].is_string(), "{shown:#}");
        assert!(id.parse::<RecordId>().is_ok());
    }
}
