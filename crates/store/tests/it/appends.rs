//! Appending: what is stored, recognised and refused.

use std::collections::HashMap;

use proptest::prelude::*;
use store::{Outcome, Refusal};

use crate::samples::{Store, id, on_both, record, record_with};

fn stored(position: u64) -> Result<Vec<Outcome>, Refusal> {
    Ok(vec![Outcome::Stored { position }])
}

#[test]
fn a_record_comes_back_as_it_was_stored() {
    on_both(|store| {
        let new = record(7, "text");
        assert_eq!(store.append(vec![new.clone()]), stored(0));
        let found = store.runtime.block_on(store.reader.record(id(7))).unwrap().unwrap();
        assert_eq!((found.position, found.id), (0, id(7)));
        assert!(store.standing(id(7)).counts);
        assert_eq!((found.envelope, found.open, found.leaf), (new.envelope, new.open, new.leaf));
        assert_eq!((found.nonce, found.personal), (new.nonce, new.personal));
        assert_eq!(store.runtime.block_on(store.reader.record(id(8))).unwrap(), None);
    });
}

#[test]
fn a_replay_gets_the_first_place_and_another_content_is_refused() {
    on_both(|store| {
        assert_eq!(store.append(vec![record(1, "a")]), stored(0));
        assert_eq!(
            store.append(vec![record(1, "a")]),
            Ok(vec![Outcome::AlreadyKnown { position: 0 }])
        );
        let taken = Refusal::IdTaken { id: id(1), position: 0 };
        assert_eq!(store.append(vec![record(1, "b")]), Err(taken));
        assert_eq!(store.runtime.block_on(store.reader.size()).unwrap(), 1);
    });
}

#[test]
fn a_correction_names_the_head() {
    on_both(|store| {
        store.append(vec![record_with(1, "a", Some(5), None)]).unwrap();
        let nothing = Refusal::NothingToCorrect { id: id(2), corrects: id(9) };
        assert_eq!(store.append(vec![record_with(2, "b", None, Some(9))]), Err(nothing));
        assert_eq!(store.append(vec![record_with(2, "b", Some(5), Some(1))]), stored(1));
        let moved_on = Refusal::NotTheHead { id: id(3), corrects: id(1), head: id(2) };
        assert_eq!(store.append(vec![record_with(3, "c", None, Some(1))]), Err(moved_on));
        assert_eq!(store.append(vec![record_with(3, "c", None, Some(2))]), stored(2));
        let first = store.standing(id(1));
        assert_eq!((first.counts, first.corrected_by.unwrap().position), (false, 1));
        // As of the first record alone, it had not been corrected.
        assert!(store.standing_as_of(id(1), 1).counts);
        // The correction let go of the key.
        assert_eq!(store.append(vec![record_with(4, "d", Some(5), None)]), stored(3));
    });
}

#[test]
fn uniqueness_is_among_heads() {
    on_both(|store| {
        store.append(vec![record_with(1, "a", Some(5), None)]).unwrap();
        let second = Refusal::NotUnique { id: id(2), holder: id(1), position: 0 };
        assert_eq!(store.append(vec![record_with(2, "b", Some(5), None)]), Err(second));
    });
}

#[test]
fn a_request_is_stored_wholly_or_not_at_all() {
    on_both(|store| {
        let request = vec![
            record_with(1, "a", Some(1), None),
            record_with(2, "b", None, Some(1)),
            record_with(3, "c", None, Some(77)),
        ];
        assert!(store.append(request).is_err());
        assert_eq!(store.runtime.block_on(store.reader.size()).unwrap(), 0);
        assert_eq!(store.append(vec![record_with(4, "d", Some(1), None)]), stored(0));
    });
}

#[test]
fn a_store_reopened_goes_on_and_fences_the_writer_before() {
    on_both(|store| {
        store.append(vec![record(1, "a")]).unwrap();
        let second = store::open_writer(&store.address).unwrap();
        let outcome = store.runtime.block_on(second.append(vec![record(2, "b")])).unwrap();
        assert_eq!(outcome, stored(1));
        let fenced = store.runtime.block_on(store.writer.append(vec![record(3, "c")])).unwrap_err();
        assert_eq!(fenced.code(), "store.fenced");
    });
}

#[test]
fn many_at_once_get_places_without_gaps() {
    on_both(|store| {
        let mut places = store.runtime.block_on(async {
            let mut senders = tokio::task::JoinSet::new();
            for number in 0..200 {
                let writer = std::sync::Arc::clone(&store.writer);
                senders.spawn(async move { writer.append(vec![record(number, "x")]).await });
            }
            let mut places = Vec::new();
            while let Some(answer) = senders.join_next().await {
                places.push(answer.unwrap().unwrap().unwrap()[0].position());
            }
            places
        });
        places.sort_unstable();
        assert_eq!(places, (0..200).collect::<Vec<u64>>());
    });
}

/// The rules, written down a second time in the plainest way.
#[derive(Default)]
struct Plain {
    log: Vec<(u64, String, Option<u64>, bool)>,
}

impl Plain {
    fn place(&self, number: u64) -> Option<usize> {
        self.log.iter().position(|(n, ..)| *n == number)
    }

    fn append(
        &mut self,
        number: u64,
        text: &str,
        key: Option<u64>,
        corrects: Option<u64>,
    ) -> Option<usize> {
        if let Some(at) = self.place(number) {
            return (self.log[at].1 == text).then_some(at);
        }
        let corrected = match corrects.map(|n| self.place(n)) {
            Some(None) => return None,
            Some(Some(at)) if !self.log[at].3 => return None,
            Some(found) => found,
            None => None,
        };
        let held = |(at, (_, _, k, head)): (usize, &(u64, String, Option<u64>, bool))| {
            *head && k.is_some() && *k == key && Some(at) != corrected
        };
        if self.log.iter().enumerate().any(held) {
            return None;
        }
        if let Some(at) = corrected {
            self.log[at].3 = false;
        }
        self.log.push((number, text.to_owned(), key, true));
        Some(self.log.len() - 1)
    }
}

type Step = (u64, u8, Option<u64>, Option<u64>);

fn steps() -> impl Strategy<Value = Vec<Vec<Step>>> {
    let step = (0..12u64, 0..2u8, prop::option::of(0..4u64), prop::option::weighted(0.4, 0..12u64));
    prop::collection::vec(prop::collection::vec(step, 1..4), 1..25)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn the_store_decides_as_the_rules_say(requests in steps()) {
        for store in [Store::sqlite(), Store::postgres()] {
            decides_as_the_rules_say(&store, &requests)?;
        }
    }
}

fn decides_as_the_rules_say(store: &Store, requests: &[Vec<Step>]) -> Result<(), TestCaseError> {
    let mut plain = Plain::default();
    for request in requests {
        let text = |t: u8| if t == 0 { "a" } else { "b" };
        let new = |(n, t, key, corrects): &Step| record_with(*n, text(*t), *key, *corrects);
        let before = plain.log.clone();
        let expected: Option<Vec<u64>> = request
            .iter()
            .map(|(n, t, key, corrects)| {
                plain.append(*n, text(*t), *key, *corrects).map(|at| at as u64)
            })
            .collect();
        if expected.is_none() {
            plain.log = before;
        }
        let answer = store.append(request.iter().map(new).collect());
        let found = answer.ok().map(|all| all.iter().map(|o| o.position()).collect::<Vec<_>>());
        prop_assert_eq!(found, expected);
    }
    let all = store.runtime.block_on(store.reader.range(0, 1000)).unwrap();
    let standing = store.runtime.block_on(store.reader.standing(&all, u64::MAX >> 1)).unwrap();
    let heads: HashMap<_, _> =
        all.iter().zip(standing).map(|(r, standing)| (r.id, standing.counts)).collect();
    prop_assert_eq!(all.len(), plain.log.len());
    for (number, _, _, head) in &plain.log {
        prop_assert_eq!(heads[&id(*number)], *head);
    }
    Ok(())
}
