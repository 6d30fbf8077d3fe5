//! The evidence log: every record is proved, and the log never tells two histories.

use std::fs;
use std::sync::Arc;
use std::time::Duration;

use app::evidence::EvidenceError;
use app::{OpenError, System};
use ledger::audit::{AuditOptions, AuditReport, audit};
use ledger::leaf::{BlindedLeaf, Succession};
use ledger::note::{Verifier, VerifierKey};
use ledger::proof::TlogProof;
use ledger::storage::{ReadTiles, Storage, StorageError};
use ledger::tile::{TileId, TileKind};
use ledger::{Hash, Log, NoDuplicates, SignedCheckpoint};
use model::RecordId;
use store::log::{LogReader, TileStorage};

use crate::support::*;

const PATIENCE: Duration = Duration::from_secs(20);

/// The public keys as they are published.
fn verifiers(home: &Home) -> Vec<VerifierKey> {
    let text = fs::read_to_string(home.data().join("keys/log.vkey")).unwrap();
    text.lines().map(|line| line.parse().unwrap()).collect()
}

/// Waits until all records are signed.
fn sign(home: &Home, system: &System) {
    let size = home.size(system);
    assert!(home.run(system.evidence().wait_for(size - 1, PATIENCE)));
    assert_eq!(system.published().records, size);
}

/// The proof of a record, checked as whoever holds the file and the public keys does.
fn proved(home: &Home, system: &System, id: RecordId) -> TlogProof {
    let stored = home.run(system.stored(operator(), id)).unwrap();
    let proof = home.run(system.evidence().proof(system.reader(), &stored)).unwrap().unwrap();
    let text = proof.to_string();
    let proof = TlogProof::parse(text.as_bytes()).unwrap();
    let opening = proof.opening().unwrap().unwrap();
    assert_eq!(opening.record().unwrap(), stored.envelope);
    let leaf = BlindedLeaf::blind(opening.nonce(), &stored.envelope);
    let keys = verifiers(home);
    let keys: Vec<&dyn Verifier> = keys.iter().map(|key| key as &dyn Verifier).collect();
    proof.verify(&Hash::of_leaf(&leaf.to_bytes()), &keys).unwrap();
    assert_eq!(system.evidence().place(stored.position).1, proof.index());
    proof
}

fn prove_some(home: &Home, system: &System) {
    let records = home.run(system.reader().range(0, 1000)).unwrap();
    let last = records.len() - 1;
    for (at, stored) in records.iter().enumerate() {
        // Some of many: each takes several questions.
        if at % 17 == 0 || at == last {
            proved(home, system, stored.id);
        }
    }
}

fn audited(home: &Home, system: &System, number: u64) -> AuditReport {
    let db = system.reader().db().clone();
    let keys = verifiers(home);
    home.run(async {
        let handle = tokio::runtime::Handle::current();
        let auditing = tokio::task::spawn_blocking(move || {
            let keys: Vec<&dyn Verifier> = keys.iter().map(|key| key as &dyn Verifier).collect();
            audit(&LogReader::new(db, handle, number), &AuditOptions::new(&keys)).unwrap()
        });
        auditing.await.unwrap()
    })
}

/// The log has every record once, in order, and is whole.
fn check_log(home: &Home, system: &System) {
    sign(home, system);
    let logs = system.evidence().logs();
    for log in &logs {
        let report = audited(home, system, log.number);
        assert_eq!(report.problem, None);
        assert_eq!(report.origin.as_deref(), Some(log.origin.as_str()));
        assert!(report.beyond.is_empty(), "{:?}", report.beyond);
    }
    let last = logs.last().unwrap();
    let entries = audited(home, system, last.number).largest().unwrap().size;
    assert_eq!(last.position(entries), Some(home.size(system)));
    prove_some(home, system);
    let kept = fs::read_to_string(home.checkpoint()).unwrap();
    assert_eq!(kept, system.published().checkpoint);
}

/// The first entry of a log.
fn first_entry(home: &Home, system: &System, number: u64) -> Vec<u8> {
    let db = system.reader().db().clone();
    home.run(async {
        let handle = tokio::runtime::Handle::current();
        let reading = tokio::task::spawn_blocking(move || {
            let log = LogReader::new(db, handle, number);
            let note = log.read_checkpoint().unwrap().unwrap();
            let size = SignedCheckpoint::parse(&note).unwrap().checkpoint().size;
            let tile = TileId::new(TileKind::Entries, 0, size.min(256) as u16).unwrap();
            let mut bundle = Vec::new();
            assert!(log.read_tile(tile, &mut bundle).unwrap());
            let length = u16::from_be_bytes([bundle[0], bundle[1]]) as usize;
            bundle[2..2 + length].to_vec()
        });
        reading.await.unwrap()
    })
}

fn fill(home: &Home, system: &Arc<System>, numbers: std::ops::Range<u64>) -> Vec<RecordId> {
    let records: Vec<_> = numbers.map(inspection).collect();
    home.send_all(system, &records, None).unwrap();
    records.iter().map(id_of).collect()
}

#[test]
fn every_record_is_proved_by_the_published_key() {
    on_both(|home| {
        let system = home.open();
        let receipt = home.send(&system, &complaint("T-1", "p-1")).unwrap();
        assert!(home.run(system.evidence().wait_for(receipt.position, PATIENCE)));
        assert!(home.record(&system, receipt.id).is_signed);
        let proof = proved(home, &system, receipt.id);
        assert_eq!(
            (proof.index(), proof.checkpoint().checkpoint().origin.clone()),
            (receipt.index, receipt.log)
        );
        // Across the width of a tile.
        fill(home, &system, 0..600);
        fill(home, &system, 600..610);
        check_log(home, &system);
        // What is not there is waited for as long as one wants, and not longer.
        let size = home.size(&system);
        assert!(!home.run(system.evidence().wait_for(size, Duration::from_millis(50))));
        // The name of a log may be chosen, once.
        let other = Home::new(home.is_postgres());
        let named =
            app::Settings { origin: Some("quality.example/log".into()), ..other.settings() };
        let system = other.try_open(named, pack()).unwrap();
        assert_eq!(system.published().origin, "quality.example/log");
        drop(system);
        assert_eq!(other.open().published().origin, "quality.example/log");
    });
}

/// Storage that is killed when it is to write a checkpoint.
struct Killed(TileStorage);

impl ReadTiles for Killed {
    fn read_tile(&self, tile: TileId, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        self.0.read_tile(tile, into)
    }

    fn read_checkpoint(&self) -> Result<Option<Vec<u8>>, StorageError> {
        self.0.read_checkpoint()
    }
}

impl Storage for Killed {
    fn write_tile(&mut self, tile: TileId, bytes: &[u8]) -> Result<(), StorageError> {
        self.0.write_tile(tile, bytes)
    }

    fn sync(&mut self) -> Result<(), StorageError> {
        self.0.sync()
    }

    fn write_checkpoint(&mut self, _: &[u8]) -> Result<(), StorageError> {
        let source = std::io::Error::other("killed").into();
        Err(StorageError::Other { action: "write", source })
    }

    fn tiles_beyond(&self, size: u64) -> Result<Vec<TileId>, StorageError> {
        self.0.tiles_beyond(size)
    }

    fn set_aside(&mut self, tiles: &[TileId]) -> Result<(), StorageError> {
        self.0.set_aside(tiles)
    }
}

/// Lets the log grow up to its checkpoint, which is not written any more.
fn write_tiles_only(home: &Home, entries: u64) {
    let (address, keys) = (home.settings().address, home.data().to_owned());
    home.run(async move {
        let reader = store::Reader::open(&address).await.unwrap();
        let row = reader.db().logs().await.unwrap().pop().unwrap();
        let handle = tokio::runtime::Handle::current();
        let growing = tokio::task::spawn_blocking(move || {
            let writer = Arc::new(store::open_writer(&address).unwrap());
            let storage = TileStorage::new(reader.db().clone(), writer, handle, row.number);
            let key = app::keys::Keys::open(&keys, false).unwrap().signer(&row.origin).unwrap();
            let keys: &[&dyn Verifier] = &[&key.verifier()];
            let log = Log::open_with(Killed(storage), &row.origin, keys, None, NoDuplicates);
            let mut log = log.unwrap();
            for number in 0..entries {
                log.append(format!("entry {number}").as_bytes()).unwrap();
            }
            log.publish(&[&key]).unwrap_err();
        });
        growing.await.unwrap();
    });
}

#[test]
fn a_log_goes_on_wherever_it_was_stopped() {
    on_both(|home| {
        let mut system = home.open();
        for round in 0..6 {
            fill(home, &system, round * 100..round * 100 + 7 + round * 13);
            std::thread::sleep(Duration::from_millis(round * 37 % 90));
            drop(system);
            system = home.open();
        }
        check_log(home, &system);
        drop(system);

        // Tiles were written, their checkpoint was not: a kill between the two.
        let at = |home: &Home| {
            let mut rows = home.ask("SELECT checkpoint FROM log", vec![]);
            rows[0].take::<Vec<u8>>(0).unwrap()
        };
        let kept = fs::read(home.checkpoint()).unwrap();
        assert_eq!(kept, at(home));
        let partial = SignedCheckpoint::parse(&kept).unwrap().checkpoint().size % 256;
        assert!(partial > 0);
        write_tiles_only(home, 300);
        assert_eq!(kept, at(home));
        // Twice: what was done to go on may be cut off, too.
        drop(home.open());
        let system = home.open();
        check_log(home, &system);
        fill(home, &system, 2000..2300);
        check_log(home, &system);
        assert_eq!(system.evidence().logs().len(), 1);
        let ahead = fs::read(home.checkpoint()).unwrap();
        drop(system);

        // The checkpoint was written, and not kept outside yet.
        fs::write(home.checkpoint(), &kept).unwrap();
        let system = home.open();
        check_log(home, &system);
        drop(system);

        // Tiles of a log that has no checkpoint at all yet.
        home.change("UPDATE log SET checkpoint = NULL", vec![]);
        fs::remove_file(home.checkpoint()).unwrap();
        let system = home.open();
        check_log(home, &system);
        drop(system);

        // But what was kept outside is never gone back behind.
        home.change("UPDATE log SET checkpoint = $1", vec![kept.into()]);
        fs::write(home.checkpoint(), ahead).unwrap();
        assert!(matches!(home.refusal(), OpenError::Evidence(EvidenceError::SetBack { .. })));
    });
}

#[test]
fn a_store_that_was_set_back_begins_a_log_that_names_the_old() {
    on_both(|home| {
        let system = home.open();
        let old = fill(home, &system, 0..20);
        check_log(home, &system);
        let (origin, size) = (system.published().origin, home.size(&system));
        drop(system);
        let copy = home.copy();
        let system = home.open();
        let lost = fill(home, &system, 100..130);
        sign(home, &system);
        drop(system);
        let newest = fs::read(home.checkpoint()).unwrap();

        home.put_back(&copy);
        match home.refusal() {
            OpenError::Evidence(error @ EvidenceError::SetBack { .. }) => {
                let said = error.to_string();
                assert!(said.contains("--new-log") && said.contains(&origin), "{said}");
            }
            other => panic!("{other}"),
        }
        // Refused, nothing was changed: the same again.
        assert!(matches!(home.refusal(), OpenError::Evidence(EvidenceError::SetBack { .. })));
        assert_eq!(fs::read(home.checkpoint()).unwrap(), newest);

        // A start that was killed when it had made the new log and not signed its first entry.
        let unbegun = "INSERT INTO log (number, origin, first_position, first_index) \
                       VALUES (2, $1, $2, 1)";
        home.change(unbegun, vec![format!("{origin}/log-2").into(), size.into()]);
        let system = home.open_anew();
        let logs = system.evidence().logs();
        assert_eq!(logs.len(), 2);
        assert_eq!(logs[1].origin, format!("{origin}/log-2"));
        assert_eq!(system.published().origin, logs[1].origin);
        let entry = first_entry(home, &system, 2);
        let succession = Succession::parse(&entry).unwrap();
        assert_eq!(succession.old_origin(), origin);
        assert_eq!(succession.restored_size(), size);
        assert_eq!(succession.last_known().to_string().into_bytes(), newest);
        assert_eq!(succession.last_known().checkpoint().size, size + 30);
        // What was lost is not there, and is taken in again.
        let gone = home.run(system.record(operator(), lost[0], None));
        assert_eq!(only(gone.map(|_| ())).code, "read.not_found");
        let new = fill(home, &system, 100..130);
        check_log(home, &system);
        for (ids, number) in [(&old, 0), (&new, 1)] {
            let proof = proved(home, &system, ids[0]);
            assert_eq!(proof.checkpoint().checkpoint().origin, logs[number].origin);
        }
        let proof = proved(home, &system, new[0]);
        assert_eq!(proof.index(), 1);
        // From now on it is a log like any other.
        drop(system);
        let system = home.open();
        check_log(home, &system);
        assert_eq!(system.evidence().logs().len(), 2);
        drop(system);

        // Set back once more, behind the beginning of the second.
        home.put_back(&copy);
        assert!(matches!(home.refusal(), OpenError::Evidence(EvidenceError::SetBack { .. })));
        let system = home.open_anew();
        let third = system.evidence().logs().pop().unwrap();
        assert_eq!((third.number, third.origin), (3, format!("{origin}/log-3")));
        let succession = Succession::parse(&first_entry(home, &system, 3)).unwrap();
        assert_eq!(succession.old_origin(), logs[1].origin);
        fill(home, &system, 200..210);
        check_log(home, &system);
    });
}

#[test]
fn what_was_kept_of_another_store_is_refused() {
    on_both(|home| {
        let other = Home::new(home.is_postgres());
        let system = other.open();
        fill(&other, &system, 0..3);
        sign(&other, &system);
        drop(system);
        drop(home.open());
        let own = fs::read(home.checkpoint()).unwrap();
        let wrong = |note: &[u8]| {
            fs::write(home.checkpoint(), note).unwrap();
            match home.refusal() {
                OpenError::Evidence(EvidenceError::KeptWrong { path, reason }) => {
                    assert_eq!(path, home.checkpoint());
                    reason
                }
                other => panic!("{other}"),
            }
        };
        wrong(&fs::read(other.checkpoint()).unwrap());
        wrong(b"");
        wrong(b"no checkpoint");
        // Cut off or changed, it is not one that was signed here.
        wrong(&own[..own.len() / 2]);
        let mut changed = own.clone();
        let size = own.iter().position(|b| *b == b'\n').unwrap() + 1;
        changed[size] = b'9';
        wrong(&changed);
        // Without it the store is believed; with its own it goes on.
        fs::remove_file(home.checkpoint()).unwrap();
        drop(home.open());
        fs::write(home.checkpoint(), own).unwrap();
        check_log(home, &home.open());
    });
}
