//! Followed step by step, the registry is as made anew, whatever comes.

use std::time::Duration;

use app::System;
use model::RecordId;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestCaseError, TestRunner};

use super::samples::{OLD_STEEL, STEEL, organization, visit};
use crate::support::{Home, correcting, id_of, new_id, of_batch, operator, with};

const IDS: &[&str] = &[
    STEEL,
    OLD_STEEL,
    // Another code around the same old one.
    "uscc:11420000177700002C",
    "shop:1",
    "shop:2",
    "shop:3",
];
const NAMES: &[&str] = &["武汉钢铁公司", "华中钢铁公司", "三环有限公司", "三环（有限）公司"];

#[derive(Debug, Clone)]
enum Step {
    Register(Index, Index, u64),
    Visit(Index, u64),
    Correct(Index, Index, Index),
    Withdraw(Index),
    Decide(Index, Index, bool),
    Batch(Vec<(Index, Index)>),
    /// So that the next steps are followed together.
    Look,
}

fn step() -> impl Strategy<Value = Step> {
    let index = any::<Index>;
    prop_oneof![
        4 => (index(), index(), 0..9_u64).prop_map(|(id, name, at)| Step::Register(id, name, at)),
        1 => (index(), 0..9_u64).prop_map(|(id, at)| Step::Visit(id, at)),
        2 => (index(), index(), index()).prop_map(|(what, id, name)| Step::Correct(what, id, name)),
        2 => index().prop_map(Step::Withdraw),
        3 => (index(), index(), any::<bool>()).prop_map(|(a, b, same)| Step::Decide(a, b, same)),
        1 => prop::collection::vec((index(), index()), 1..4).prop_map(Step::Batch),
        3 => Just(Step::Look),
    ]
}

fn dump(home: &Home, system: &System) -> String {
    let known = home.size(system);
    let when = app::reading::When { known: Some(known), valid: None };
    home.run(async {
        system.as_of(when).await.unwrap();
        system.registry().dump(known, Duration::from_secs(20)).await.unwrap()
    })
}

#[test]
fn followed_it_is_as_made_anew() {
    // A store for each case: few cases of many steps.
    let config = Config { cases: 6, failure_persistence: None, ..Config::default() };
    let steps = prop::collection::vec(step(), 4..28);
    let run = |is_postgres, steps: &[Step]| -> Result<(), TestCaseError> {
        let home = Home::new(is_postgres);
        let system = std::sync::Arc::clone(&home.open());
        dump(&home, &system);
        // What can be corrected or taken back: registrations and decisions.
        let mut heads: Vec<(RecordId, Option<serde_json::Value>)> = Vec::new();
        let mut minute = 20;
        for step in steps {
            minute += 1;
            match step {
                Step::Register(id, name, at) => {
                    let record = organization(
                        IDS[id.index(IDS.len())],
                        NAMES[name.index(NAMES.len())],
                        at * 60 + minute,
                    );
                    if home.send(&system, &record).is_ok() {
                        heads.push((id_of(&record), Some(record)));
                    }
                }
                Step::Visit(id, at) => {
                    let record = visit(at * 60 + minute, IDS[id.index(IDS.len())]);
                    let number = new_id().to_string();
                    let _ = home.send(&system, &with(record, "/open/inspection_no", number));
                }
                Step::Correct(what, id, name) => {
                    let Some((old, Some(record))) = heads.get(what.index(heads.len().max(1)))
                    else {
                        continue;
                    };
                    let mut record = correcting(record.clone(), *old);
                    record["id"] = new_id().to_string().into();
                    record["open"]["name"] = NAMES[name.index(NAMES.len())].into();
                    record["subjects"][0]["id"] = IDS[id.index(IDS.len())].into();
                    if home.send(&system, &record).is_ok() {
                        let at = what.index(heads.len());
                        heads[at] = (id_of(&record), Some(record));
                    }
                }
                Step::Withdraw(what) if !heads.is_empty() => {
                    let at = what.index(heads.len());
                    if home.withdraw(&system, heads[at].0).is_ok() {
                        heads.remove(at);
                    }
                }
                Step::Decide(a, b, is_same) => {
                    let (a, b) = (IDS[a.index(IDS.len())], IDS[b.index(IDS.len())]);
                    let decided = home.run(system.decide_double(operator(), a, b, *is_same, ""));
                    heads.extend(decided.ok().map(|receipt| (receipt.id, None)));
                }
                Step::Batch(all) => {
                    let lines: String = all
                        .iter()
                        .enumerate()
                        .map(|(at, (id, name))| {
                            let at = minute * 60 + at as u64;
                            format!(
                                "{}\n",
                                organization(
                                    IDS[id.index(IDS.len())],
                                    NAMES[name.index(NAMES.len())],
                                    at
                                )
                            )
                        })
                        .collect();
                    let batch = new_id();
                    if home.stream(&system, &lines, of_batch(batch)).is_ok() {
                        heads.push((batch, None));
                    }
                }
                Step::Look => drop(dump(&home, &system)),
                Step::Withdraw(_) => {}
            }
        }
        let followed = dump(&home, &system);
        home.run(system.rebuild()).unwrap();
        prop_assert_eq!(dump(&home, &system), followed);
        Ok(())
    };
    for is_postgres in [false, true] {
        TestRunner::new(config.clone()).run(&steps, |steps| run(is_postgres, &steps)).unwrap();
    }
}
