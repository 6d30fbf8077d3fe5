//! The database goes away under the program, and comes back.

use std::collections::HashSet;
use std::thread;
use std::time::Duration;

use super::check::{Checker, check_shown};
use super::disk_full::well;
use super::installation::Installation;
use super::kill::{all_send, finish};
use super::random::Random;
use super::sender::{Memory, Sender};

#[test]
fn a_lost_database_is_told_and_overcome() {
    let mut random = Random::new();
    // As durable as one in service: what it acknowledged survives the crash.
    let mut database = testkit::postgres::Server::start(&[]);
    let here = Installation::new(Some(database.database("lost")));
    let server = here.serve();
    let mut senders: Vec<Sender> =
        (0..4).map(|number| Sender::new(number, random.other(), here.client(&server))).collect();
    let (mut memory, mut checker) = (Memory::default(), Checker::default());
    for round in 0..3 {
        let (before, during) = (random.up_to(400), random.up_to(600));
        all_send(&mut senders, Sender::run_on, || {
            thread::sleep(before);
            database.stop();
            thread::sleep(during);
            if round > 0 {
                database.restart();
                thread::sleep(Duration::from_millis(300));
            }
        });
        if round == 0 {
            let mut others: Vec<Sender> = (0..4)
                .map(|n| Sender::new(100 + n, random.other(), here.client(&server)))
                .collect();
            for (other, choice) in others.iter_mut().zip([1, 3, 4, 5]) {
                assert!(!other.try_once(choice), "it was stored nowhere");
            }
            for sender in &mut senders {
                assert!(sender.memory.records.is_empty() || !sender.look().unwrap());
            }
            senders.append(&mut others);
            database.restart();
        }
        for sender in &mut senders {
            sender.settle(Duration::from_secs(30));
            memory.add(std::mem::take(&mut sender.memory));
            for code in sender.retried.keys() {
                let is_known =
                    ["store.unavailable", "batch.busy", "closed"].iter().any(|k| code.ends_with(k));
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
