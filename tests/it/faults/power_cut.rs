//! The power is cut at any moment: only what was synced is left.

use std::collections::HashSet;
use std::path::Path;
use std::process::Command;
use std::thread;

use ledger::SignedCheckpoint;
use powercut::Disk;
use store::{Address, Reader};

use super::check::{Checker, check_shown};
use super::installation::{Installation, Server};
use super::kill::{all_send, finish};
use super::random::Random;
use super::sender::{Memory, Sender};

const CUTS: u64 = 6;

fn program(disk: &Disk) -> Command {
    disk.command(env!("CARGO_BIN_EXE_zhiheng"))
}

#[test]
fn what_was_acknowledged_survives_a_power_cut() {
    let mut random = Random::new();
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new(folder.path().join("disk")).unwrap();
    // Nothing of it is made past the disk, its own name included.
    let data = disk.working().join("data");
    let here = Installation::made_by(program(&disk), folder, data, None);
    let mut server = here.serve_by(program(&disk));
    let mut senders: Vec<Sender> =
        (0..4).map(|number| Sender::new(number, random.other(), here.client(&server))).collect();
    let (mut memory, mut checker) = (Memory::default(), Checker::default());
    for number in 1..=CUTS {
        let later = random.up_to(if number % 3 == 0 { 50 } else { 700 });
        all_send(&mut senders, Sender::run, || {
            thread::sleep(later);
            server.kill();
        });
        disk.restart().unwrap();
        for sender in &mut senders {
            memory.add(std::mem::take(&mut sender.memory));
        }
        let open: HashSet<&str> = senders.iter().filter_map(Sender::open_batch).collect();
        checker.check(&here.address(), &memory, &open);
        check_kept(&here.data, &memory);
        server = here.serve_by(program(&disk));
        for sender in &mut senders {
            sender.connect(server.address, &here.token);
        }
    }
    check_shown(&mut here.client(&server), &memory, &mut random);
    finish(&here, server, senders, memory, checker);
}

/// What is kept outside of the store is never ahead of it, for the next start would take the store
/// for an old copy; and never behind what anybody was shown, for then an old copy could pass.
fn check_kept(data: &Path, memory: &Memory) {
    let size = |note: &[u8]| SignedCheckpoint::parse(note).unwrap().checkpoint().size;
    let kept = size(&std::fs::read(data.join("kept/checkpoint")).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let logs = runtime.block_on(async {
        let reader = Reader::open(&Address::Folder(data.to_owned())).await.unwrap();
        reader.db().logs().await.unwrap()
    });
    let stored = size(logs.last().unwrap().checkpoint.as_deref().unwrap());
    let shown = memory.checkpoints.iter().map(|note| size(note.as_bytes())).max().unwrap_or(0);
    assert!(kept <= stored, "{kept} are kept, {stored} stored");
    assert!(kept >= shown, "{kept} are kept, {shown} were shown");
}

#[test]
fn a_first_start_may_be_cut_off() {
    let mut random = Random::new();
    for _ in 0..CUTS {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(folder.path().join("disk")).unwrap();
        let data = disk.working().join("data");
        let options = ["--data".to_owned(), data.display().to_string()];
        let mut starting = Server::begin(program(&disk), &options, folder.path());
        thread::sleep(random.up_to(1500));
        starting.kill();
        disk.restart().unwrap();
        let here = Installation::made_by(program(&disk), folder, data, None);
        let server = here.serve_by(program(&disk));
        let mut sender = Sender::new(0, random.other(), here.client(&server));
        assert!(sender.try_once(5));
        server.stop();
        here.verify_good(&[]);
    }
}
