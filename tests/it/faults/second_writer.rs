//! Two programs on one store: only one writes.

use std::collections::HashSet;
use std::process::Command;
use std::thread;
use std::time::Duration;

use super::check::Checker;
use super::client::Client;
use super::installation::{Installation, Server};
use super::kill::{all_send, finish};
use super::random::Random;
use super::sender::{Memory, Sender};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_zhiheng"))
}

#[test]
fn a_second_program_does_not_start_in_a_folder_that_is_in_use() {
    let here = Installation::new(None);
    let server = here.serve();
    let said = Server::try_start(program(), &here.options(), here.folder.path());
    let Err(said) = said else { panic!("it started") };
    assert!(said.contains("another process uses"), "{said}");
    let mut sender = Sender::new(0, Random::new(), here.client(&server));
    assert!(sender.try_once(5));
    server.stop();
    here.verify_good(&[]);
}

#[test]
fn a_second_program_on_a_database_takes_over_and_fences_the_first_off() {
    let mut random = Random::new();
    let database = testkit::postgres::Server::shared().database("second");
    let here = Installation::new(Some(database));
    let first = here.serve();
    let mut senders: Vec<Sender> =
        (0..4).map(|n| Sender::new(n, random.other(), here.client(&first))).collect();
    all_send(&mut senders, Sender::run_on, || thread::sleep(Duration::from_millis(300)));
    let of_person = senders[0].tell_of_a_person();

    // On another machine with the same keys.
    let copy = here.folder.path().join("copy");
    let copied = Command::new("cp").arg("-a").arg(&here.data).arg(&copy).status().unwrap();
    assert!(copied.success());
    let mut options = here.options();
    options[1] = copy.display().to_string();
    let mut second = None;
    all_send(&mut senders, Sender::run_on, || {
        second = Some(Server::start(program(), &options, here.folder.path()));
        thread::sleep(Duration::from_millis(300));
    });
    let second = second.unwrap();
    // All are told by the first; one that was just between two requests is told now.
    for sender in &mut senders {
        if sender.is_settled() {
            assert!(!sender.try_once(5), "the first still writes");
        }
        let fenced = sender.retried.keys().any(|code| code.ends_with(" store.fenced"));
        assert!(fenced, "{:?}", sender.retried);
        assert!(sender.look().unwrap(), "the first does not read any more");
    }
    // That it was read cannot be noted, so what it says of a person is kept back, and only that.
    let mut reader = Client::new(first.address, &here.token);
    let seen = reader.get(&format!("/api/v1/records/{of_person}")).unwrap();
    assert_eq!(seen.good()["personal"][0]["state"], "unnoted", "{}", seen.text());
    // What the first did not take, the second takes or knows.
    for sender in &mut senders {
        sender.connect(second.address, &here.token);
        sender.settle(Duration::from_secs(30));
    }
    all_send(&mut senders, Sender::run_on, || thread::sleep(Duration::from_millis(300)));
    // The first signs nothing any more: what it shows is of the same log.
    let shown = Client::new(first.address, &here.token).get("/log/checkpoint").unwrap().text();
    let mut memory = Memory { checkpoints: vec![shown], ..Memory::default() };
    for sender in &mut senders {
        memory.add(std::mem::take(&mut sender.memory));
    }
    first.stop();
    let mut checker = Checker::default();
    let open: HashSet<&str> = senders.iter().filter_map(Sender::open_batch).collect();
    checker.check(&here.address(), &memory, &open);
    // And the first may take over again.
    second.stop();
    let first = here.serve();
    for sender in &mut senders {
        sender.connect(first.address, &here.token);
    }
    all_send(&mut senders, Sender::run_on, || thread::sleep(Duration::from_millis(100)));
    finish(&here, first, senders, memory, checker);
}
