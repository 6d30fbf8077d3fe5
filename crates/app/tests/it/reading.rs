//! Asked as of a time that has passed, the program answers what it answered then.

use app::System;
use app::reading::{Selection, When};
use model::{RecordId, Timestamp};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::{Value, json};

use crate::support::*;

/// One step; numbers choose among what there is.
#[derive(Debug, Clone)]
enum Step {
    Append { shop: u64, minute: u64, personal: bool },
    Correct { which: usize, minute: u64 },
    Batch { shops: Vec<u64>, corrects: Option<usize> },
    Stream { shops: Vec<u64> },
    Withdraw { which: usize },
    WithdrawBatch { which: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let (shop, minute) = (0..3_u64, 0..600_u64);
    prop_oneof![
        3 => (shop.clone(), minute.clone(), any::<bool>())
            .prop_map(|(shop, minute, personal)| Step::Append { shop, minute, personal }),
        3 => (any::<usize>(), minute).prop_map(|(which, minute)| Step::Correct { which, minute }),
        2 => (prop::collection::vec(shop.clone(), 1..4), prop::option::of(any::<usize>()))
            .prop_map(|(shops, corrects)| Step::Batch { shops, corrects }),
        1 => prop::collection::vec(shop, 1..4).prop_map(|shops| Step::Stream { shops }),
        2 => any::<usize>().prop_map(|which| Step::Withdraw { which }),
        1 => any::<usize>().prop_map(|which| Step::WithdrawBatch { which }),
    ]
}

/// What has been sent.
#[derive(Default)]
struct Sent {
    number: u64,
    records: Vec<Value>,
    batches: Vec<RecordId>,
}

impl Sent {
    fn make(&mut self, shop: u64, minute: u64) -> Value {
        self.number += 1;
        let number = format!("J-{}", self.number);
        let mut record = with(inspection(minute), "/open/inspection_no", number);
        record["subjects"][0]["id"] = format!("shop:{shop}").into();
        record
    }

    /// Another record in the place of one.
    fn correct(&mut self, which: usize, minute: u64) -> Option<Value> {
        let old = self.records.get(which % self.records.len().max(1))?.clone();
        let shop: u64 = old["subjects"][0]["id"].as_str()?.strip_prefix("shop:")?.parse().ok()?;
        Some(correcting(self.make(shop, minute), id_of(&old)))
    }
}

/// Carries a step out; what the program refuses changes nothing.
fn take(home: &Home, system: &std::sync::Arc<System>, sent: &mut Sent, step: &Step) {
    match step {
        Step::Append { shop, minute, personal } => {
            let mut record = sent.make(*shop, *minute);
            if *personal {
                let fields = json!({ "accompanied_by": "李四" });
                record["personal"] = json!([{ "person": format!("p-{shop}"), "fields": fields }]);
            }
            home.send(system, &record).unwrap();
            sent.records.push(record);
        }
        Step::Correct { which, minute } => {
            let Some(record) = sent.correct(*which, *minute) else { return };
            if home.send(system, &record).is_ok() {
                sent.records.push(record);
            }
        }
        Step::Batch { shops, corrects } => {
            let batch = new_id();
            let mut records: Vec<_> = shops.iter().map(|shop| sent.make(*shop, 7)).collect();
            records.extend(corrects.and_then(|which| sent.correct(which, 11)));
            if home.send_all(system, &records, Some(batch)).is_ok() {
                sent.records.extend(records);
                sent.batches.push(batch);
            }
        }
        Step::Stream { shops } => {
            let batch = new_id();
            let records: Vec<_> = shops.iter().map(|shop| sent.make(*shop, 13)).collect();
            home.stream(system, &lines(&records), of_batch(batch)).unwrap();
            sent.records.extend(records);
            sent.batches.push(batch);
        }
        Step::Withdraw { which } => {
            let record = sent.records.get(which % sent.records.len().max(1));
            let _ = record.map(|record| home.withdraw(system, id_of(record)));
        }
        Step::WithdrawBatch { which } => {
            let batch = sent.batches.get(which % sent.batches.len().max(1));
            let _ = batch.map(|batch| home.withdraw(system, *batch));
        }
    }
}

/// Everything that is asked, as of two times; whether it is signed by now is no part of it.
fn answer(home: &Home, system: &System, when: When, sent: &Sent) -> String {
    let mut text = String::new();
    let mut say = |view: &app::reading::RecordView| {
        let mut json = view.to_json().unwrap();
        json["log"].as_object_mut().unwrap().remove("signed");
        text.push_str(&json.to_string());
        text.push('\n');
    };
    for shop in 0..3 {
        home.subject_when(system, &format!("shop:{shop}"), when).records.iter().for_each(&mut say);
    }
    let failed = Selection { filter: Some("result == 'fail'"), region: Some("420100") };
    let asked = system.list(operator(), "inspection", &failed, when, None, 500);
    home.run(asked).unwrap().records.iter().for_each(&mut say);
    for record in &sent.records {
        if let Ok(view) = home.run(system.record(operator(), id_of(record), when.known)) {
            say(&view);
        }
    }
    text
}

#[test]
fn an_answer_as_of_a_time_is_what_it_was_then() {
    let config =
        Config { cases: 3, max_shrink_iters: 30, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec((step(), 0..700_u64), 4..10);
    let run = |is_postgres: bool, steps: &[(Step, u64)]| -> Result<(), TestCaseError> {
        let home = Home::new(is_postgres);
        let mut system = home.open();
        let mut sent = Sent::default();
        let mut answers = Vec::new();
        for (at, (step, minute)) in steps.iter().enumerate() {
            take(&home, &system, &mut sent, step);
            let valid: Timestamp = day(*minute).parse().unwrap();
            // Two of them differ in what is known only.
            for valid in [valid, day(599).parse().unwrap()] {
                let when = When { valid: Some(valid), known: Some(home.size(&system)) };
                answers.push((when, answer(&home, &system, when, &sent)));
            }
            if at == steps.len() / 2 {
                drop(system);
                system = home.open();
            }
        }
        for round in ["again", "rebuilt"] {
            for (when, then) in &answers {
                let now = answer(&home, &system, *when, &sent);
                prop_assert_eq!(&now, then, "{} as of {:?}", round, when);
            }
            // What was read of persons was noted, and the notes follow by a moment.
            let all = When { valid: None, known: Some(home.size(&system)) };
            home.run(system.as_of(all)).unwrap();
            let live = home.run(system.readings().dump()).unwrap();
            home.run(system.rebuild()).unwrap();
            prop_assert_eq!(home.run(system.readings().dump()).unwrap(), live);
        }
        Ok(())
    };
    for is_postgres in [false, true] {
        TestRunner::new(config.clone()).run(&steps, |steps| run(is_postgres, &steps)).unwrap();
    }
}

#[test]
fn pages_go_on_where_they_ended() {
    on_both(|home| {
        let system = home.open();
        let records: Vec<_> = (0..25)
            .map(|n| {
                let mut record = inspection(n / 2);
                record["open"]["inspection_no"] = format!("J-{n}").into();
                record["subjects"][0]["id"] = "shop:1".into();
                record
            })
            .collect();
        home.send_all(&system, &records, None).unwrap();
        let when = When { valid: None, known: Some(home.size(&system)) };
        let whole = ids(&home.subject_when(&system, "shop:1", when));
        assert_eq!(whole.len(), 25);
        let shop = "shop:1".parse().unwrap();
        for limit in [1, 7, 25, 26] {
            let (mut after, mut found) = (None, Vec::new());
            loop {
                let asked = system.subject(operator(), &shop, None, when, after, limit);
                let page = home.run(asked).unwrap();
                assert!(page.records.len() <= limit);
                found.extend(ids(&page));
                after = page.next;
                if after.is_none() {
                    break;
                }
                // What comes meanwhile is not known as of then.
                let mut late = inspection(300);
                late["open"]["inspection_no"] = new_id().to_string().into();
                late["subjects"][0]["id"] = "shop:1".into();
                if found.len() < 8 {
                    home.send(&system, &late).unwrap();
                }
            }
            assert_eq!(found, whole, "pages of {limit}");
        }
        let kinds = ["complaint".to_owned()];
        let asked = system.subject(operator(), &shop, Some(&kinds), when, None, 10);
        assert!(home.run(asked).unwrap().records.is_empty());
    });
}
