//! The disk is full while the program runs, and has room again.

use std::collections::HashSet;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use powercut::Disk;

use super::check::{Checker, check_shown};
use super::client::Client;
use super::installation::{Installation, PATIENCE};
use super::kill::{all_send, finish};
use super::random::Random;
use super::sender::{Memory, Sender};

fn program(disk: &Disk) -> Command {
    disk.command(env!("CARGO_BIN_EXE_zhiheng"))
}

#[test]
fn a_full_disk_is_told_and_overcome() {
    let mut random = Random::new();
    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::new(folder.path().join("disk")).unwrap();
    let data = disk.working().to_owned();
    let here = Installation::made_by(program(&disk), folder, data, None);
    let server = here.serve_by(program(&disk));
    let mut senders: Vec<Sender> =
        (0..4).map(|number| Sender::new(number, random.other(), here.client(&server))).collect();
    let (mut memory, mut checker) = (Memory::default(), Checker::default());
    for round in 0..3 {
        // It fills up while all send, and all go on sending.
        let (before, during) = (random.up_to(300), random.up_to(800));
        all_send(&mut senders, Sender::run_on, || {
            thread::sleep(before);
            disk.fill().unwrap();
            thread::sleep(during);
            if round > 0 {
                disk.make_room().unwrap();
                thread::sleep(Duration::from_millis(200));
            }
        });
        disk.fill().unwrap();
        // Every form is told to come again, and what is there is shown.
        let mut others: Vec<Sender> = (0..4)
            .map(|n| Sender::new(100 + 10 * round + n, random.other(), here.client(&server)))
            .collect();
        for (other, choice) in others.iter_mut().zip([1, 3, 4, 5]) {
            assert!(!other.try_once(choice), "it was stored without room");
            let codes: Vec<_> = other.retried.keys().collect();
            let is_told = codes[0].ends_with(" store.not_writable");
            assert!(is_told || codes == ["stream connection closed"], "{codes:?}");
        }
        for sender in &mut senders {
            assert!(sender.look().unwrap());
        }
        disk.make_room().unwrap();
        senders.append(&mut others);
        for sender in &mut senders {
            sender.settle(Duration::from_secs(30));
            memory.add(std::mem::take(&mut sender.memory));
            for code in sender.retried.keys() {
                let is_known = ["store.not_writable", "batch.busy", "closed"]
                    .iter()
                    .any(|k| code.ends_with(k));
                assert!(is_known, "{code}");
            }
        }
        senders.truncate(4);
        well(&mut here.client(&server));
        checker.check(&here.address(), &memory, &HashSet::new());
    }
    check_shown(&mut here.client(&server), &memory, &mut random);
    finish(&here, server, senders, memory, checker);
}

/// The program is well again, readings and log included, within a moment.
pub fn well(client: &mut Client) {
    let start = Instant::now();
    loop {
        let answer = client.get("/api/v1/health").unwrap();
        let health = answer.json();
        let is_well = health["ok"] == true
            && health["faults"].as_array().is_some_and(Vec::is_empty)
            && health["merged"] == health["size"]
            && health["signed"] == health["size"];
        if is_well {
            return;
        }
        assert!(start.elapsed() < PATIENCE, "it does not recover: {health:#}");
        thread::sleep(Duration::from_millis(50));
    }
}
