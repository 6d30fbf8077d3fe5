//! The program is killed at any moment, while many send.

use std::collections::HashSet;
use std::process::Command;
use std::sync::atomic::AtomicBool;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::check::{Checker, check_shown};
use super::installation::{Installation, Server};
use super::random::Random;
use super::sender::{Memory, Sender};
use crate::command::zhiheng;

/// Kills in a usual run.
const FEW: u64 = 10;
/// Kills with `--full`.
const MANY: u64 = 500;

#[test]
fn sqlite_keeps_what_was_acknowledged_when_killed() {
    kill(&Installation::new(None), FEW);
}

#[test]
fn postgres_keeps_what_was_acknowledged_when_killed() {
    let server = testkit::postgres::Server::shared();
    kill(&Installation::new(Some(server.database("kill"))), FEW);
}

#[test]
#[ignore = "takes long"]
fn sqlite_keeps_what_was_acknowledged_when_killed_500_times() {
    kill(&Installation::new(None), MANY);
}

#[test]
#[ignore = "takes long"]
fn postgres_keeps_what_was_acknowledged_when_killed_500_times() {
    let server = testkit::postgres::Server::shared();
    kill(&Installation::new(Some(server.database("kill"))), MANY);
}

fn kill(here: &Installation, times: u64) {
    let mut random = Random::new();
    let mut server = here.serve();
    let mut senders: Vec<Sender> =
        (0..6).map(|number| Sender::new(number, random.other(), here.client(&server))).collect();
    let (mut memory, mut checker) = (Memory::default(), Checker::default());
    for number in 1..=times {
        let later = random.up_to(if number % 4 == 0 { 30 } else { 400 });
        all_send(&mut senders, Sender::run, || {
            thread::sleep(later);
            server.kill();
        });
        if number % 3 == 0 {
            // And while it starts, with streams to resume.
            let mut starting = begin(here);
            thread::sleep(random.up_to(1000));
            starting.kill();
        }
        for sender in &mut senders {
            memory.add(std::mem::take(&mut sender.memory));
        }
        let open: HashSet<&str> = senders.iter().filter_map(Sender::open_batch).collect();
        checker.check(&here.address(), &memory, &open);
        server = here.serve();
        if number % 5 == 0 && (number < 50 || number % 50 == 0) {
            here.verify_good(&[]);
            check_shown(&mut here.client(&server), &memory, &mut random);
        }
        for sender in &mut senders {
            sender.connect(server.address, &here.token);
        }
    }
    finish(here, server, senders, memory, checker);
}

fn begin(here: &Installation) -> Server {
    let program = Command::new(env!("CARGO_BIN_EXE_zhiheng"));
    Server::begin(program, &here.options(), here.folder.path())
}

/// Lets all send until something was done that ends it.
pub fn all_send(senders: &mut [Sender], send: fn(&mut Sender, &AtomicBool), until: impl FnOnce()) {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for sender in senders.iter_mut() {
            let stop = &stop;
            scope.spawn(move || send(sender, stop));
        }
        until();
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

/// Everything that is not answered is sent again; then all of it is there, signed and proven, also
/// when the program has ended.
pub fn finish(
    here: &Installation,
    server: Server,
    mut senders: Vec<Sender>,
    mut memory: Memory,
    mut checker: Checker,
) {
    for sender in &mut senders {
        sender.settle(Duration::from_secs(30));
        memory.add(std::mem::take(&mut sender.memory));
    }
    let mut client = here.client(&server);
    check_shown(&mut client, &memory, &mut Random::new());
    let (id, _) = memory.records.iter().max_by_key(|(_, position)| **position).unwrap();
    let proof = client.get(&format!("/api/v1/records/{id}/proof?wait=signed")).unwrap();
    assert_eq!(proof.status, 200, "{}", proof.text());
    let file = here.folder.path().join("last.tlog-proof");
    std::fs::write(&file, &proof.body).unwrap();
    server.stop();
    let size = checker.check(&here.address(), &memory, &HashSet::new());
    let run = here.verify(&["--json"]);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(told["verdict"], "good", "{told:#}");
    // A program that ends signs what it has.
    assert_eq!((&told["records"], &told["signed"]), (&size.into(), &size.into()), "{told:#}");
    let run = zhiheng(&["verify", &file.display().to_string(), "--key", &here.key()]);
    assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
    eprintln!(
        "{} records acknowledged, {size} stored; {} requests were known when sent again; {} checkpoints",
        memory.records.len(),
        memory.found_known,
        memory.checkpoints.len()
    );
}
