//! Cases go as the law lets them: every step is held against the engine, every form against the pack.

use std::collections::{BTreeMap, BTreeSet};

use demo::Act;
use model::{Draft, Timestamp};
use pack::{LawOn, Pack};
use procedure::{
    Act as Taken, Attempt, Case, Entry, MINUTES, Outcome, Procedure, Standing, SubCase,
};
use serde_json::{Map, Value, json};

use crate::{acts, days, pack, plan, province};

/// A case, as its records tell it.
struct Told<'a> {
    opening: &'a Draft,
    /// The steps with the accounts of who took them.
    steps: Vec<(&'a Draft, &'a str)>,
}

fn text<'a>(draft: &'a Draft, name: &str) -> &'a str {
    draft.open.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The cases, by the ids of the records that opened them.
fn told(acts: &[Act]) -> BTreeMap<String, Told<'_>> {
    let mut cases: BTreeMap<String, Told<'_>> = BTreeMap::new();
    let mut openings: BTreeMap<String, &Draft> = BTreeMap::new();
    for act in acts {
        let Act::Record { draft, account, .. } = act else { continue };
        let id = draft.id.unwrap().to_string();
        if draft.kind != "case-step" {
            openings.insert(id, draft);
            continue;
        }
        let case = draft.subjects.iter().find(|subject| subject.role == "case").unwrap();
        let case = case.id.as_str().strip_prefix("record:").unwrap().to_owned();
        let opening = *openings.get(&case).unwrap_or_else(|| panic!("nothing opened {case}"));
        let told = cases.entry(case).or_insert(Told { opening, steps: Vec::new() });
        told.steps.push((draft, account.as_deref().unwrap()));
    }
    cases
}

fn entries(pack: &Pack, told: &Told<'_>, procedure: &pack::Procedure) -> Vec<Entry> {
    let kind = pack.kind(&told.opening.kind).unwrap();
    let mut entries = vec![Entry {
        step: 0,
        act: Taken::Done,
        at: told.opening.valid_at,
        by: "clerk".into(),
        values: procedure.opening_values(kind, &told.opening.open),
    }];
    for (draft, account) in &told.steps {
        entries.push(Entry {
            step: procedure.engine.step(text(draft, "step")).unwrap(),
            act: Taken::of_word(text(draft, "act")).unwrap(),
            at: draft.valid_at,
            by: (*account).into(),
            values: procedure.step_values(text(draft, "step"), &form(draft)),
        });
    }
    entries
}

fn form(draft: &Draft) -> Map<String, Value> {
    match text(draft, "form") {
        "" => Map::new(),
        form => serde_json::from_str(form).unwrap(),
    }
}

fn personal(draft: &Draft) -> Map<String, Value> {
    let part = draft.personal.first().and_then(|part| part.fields.get("personal_form"));
    part.map(|form| serde_json::from_str(form.as_str().unwrap()).unwrap()).unwrap_or_default()
}

#[test]
fn every_step_is_one_that_the_law_lets_be_taken() {
    let (pack, calendar) = (pack(), days());
    let law = LawOn { pack: &pack, days: &calendar };
    let acts = acts(7, 900);
    let cases = told(&acts);
    let now = plan(7, 900).until;
    let mut seen: BTreeMap<&str, Seen> = BTreeMap::new();
    for (id, told) in &cases {
        let procedure = text(told.steps[0].0, "procedure");
        let known = pack.procedure(procedure).unwrap();
        let engine: &Procedure = &known.engine;
        let all = entries(&pack, told, known);
        for (number, (draft, account)) in told.steps.iter().enumerate() {
            let what = format!("{procedure} {id} {} {}", number + 1, text(draft, "step"));
            assert_eq!(draft.open["number"], json!(number + 1), "{what}");
            let entry = &all[number + 1];
            let officers = draft.subjects.iter().filter(|s| s.role == "officer").count();
            let case = Case::of(engine, &all[..=number], &law);
            let (open, personal) = (form(draft), personal(draft));
            let attempt = Attempt {
                step: entry.step,
                act: entry.act,
                at: entry.at,
                by: account,
                officers: officers.max(1) as i64,
                values: &entry.values,
                has_minutes: open.contains_key(MINUTES),
            };
            let subs = subs(&pack, &cases, &told.steps[..number], entry.at);
            assert_eq!(case.why_not(&attempt, &subs), [], "{what}");
            if matches!(entry.act, Taken::Done | Taken::Proposed) {
                let name = known.form_name(text(draft, "step"));
                let mut payload = json!({ "open": open });
                if !personal.is_empty() {
                    payload["personal"] = personal.into();
                }
                let on = draft.valid_at.day_in_china();
                assert_eq!(pack.payload_faults(&name, on, &payload).unwrap(), [], "{what}");
            }
        }
        let case = Case::of(engine, &all, &law);
        assert_eq!(case.course.irregular, [], "{procedure} {id}");
        seen.entry(procedure).or_default().add(&case, &all, now);
    }
    for procedure in pack.procedures() {
        let found = seen.get(procedure.id()).unwrap_or_else(|| panic!("no {}", procedure.id()));
        assert!(found.open + found.ended > 0, "{}: {found:?}", procedure.id());
    }
    let sum = |of: fn(&Seen) -> usize| seen.values().map(of).sum::<usize>();
    for (what, count) in [
        ("ended", sum(|s| s.ended)),
        ("open", sum(|s| s.open)),
        ("met", sum(|s| s.met)),
        ("late", sum(|s| s.late)),
        ("extended", sum(|s| s.extended)),
        ("suspended", sum(|s| s.suspended)),
        ("overdue now", sum(|s| s.overdue)),
        ("running now", sum(|s| s.running)),
    ] {
        assert!(count > 0, "nothing is {what}: {seen:?}");
    }
    // Most is done in time, some is not.
    let (met, late) = (sum(|s| s.met), sum(|s| s.late));
    assert!(late * 2 < met && late * 40 > met, "{late} late, {met} met");
}

#[derive(Debug, Default)]
struct Seen {
    open: usize,
    ended: usize,
    met: usize,
    late: usize,
    overdue: usize,
    running: usize,
    extended: usize,
    suspended: usize,
}

impl Seen {
    fn add(&mut self, case: &Case<'_, LawOn<'_>>, _entries: &[Entry], now: Timestamp) {
        match case.course.ended_at {
            Some(_) => self.ended += 1,
            None => self.open += 1,
        }
        for run in &case.runs {
            match case.standing(run, now) {
                Standing::Met => self.met += 1,
                Standing::MetLate => self.late += 1,
                Standing::Overdue => self.overdue += 1,
                Standing::Running { .. } | Standing::Suspended => self.running += 1,
                Standing::Over | Standing::RanOut => {}
            }
            let Ok(ending) = case.ending(run) else { continue };
            self.extended += usize::from(ending.extended_by.is_some());
            self.suspended += usize::from(!ending.suspensions.intervals().is_empty());
            // What is overdue still waits for somebody.
            if case.standing(run, now) == Standing::Overdue {
                assert_eq!(run.outcome, Outcome::Open);
            }
        }
    }
}

/// How the cases stood that steps had opened by then.
fn subs(
    pack: &Pack,
    cases: &BTreeMap<String, Told<'_>>,
    before: &[(&Draft, &str)],
    at: Timestamp,
) -> Vec<SubCase> {
    let mut subs = Vec::new();
    for (draft, _) in before {
        let opened = text(draft, "opened_case");
        if opened.is_empty() {
            continue;
        }
        let rule = pack.procedure(text(draft, "procedure")).unwrap();
        let step = rule.engine.step_at(rule.engine.step(text(draft, "step")).unwrap()).unwrap();
        let procedure = step.opens.clone().unwrap();
        let known = pack.procedure(&procedure).unwrap();
        // One without a step yet is open.
        let outcome = cases.get(opened).and_then(|told| {
            let all = entries(pack, told, known);
            let until: Vec<Entry> = all.into_iter().filter(|entry| entry.at <= at).collect();
            let course = procedure::Course::of(&known.engine, &until);
            course.ended_at?;
            Some(known.engine.definition().states[usize::from(course.state)].id.clone())
        });
        subs.push(SubCase { procedure, outcome });
    }
    subs
}

#[test]
fn what_comes_with_a_step_is_there_when_the_step_is() {
    let acts = acts(8, 400);
    let mut there = BTreeSet::new();
    for act in &acts {
        let Act::Record { draft, .. } = act else { continue };
        for name in ["record", "opened_case"] {
            let id = text(draft, name);
            assert!(draft.kind != "case-step" || id.is_empty() || there.contains(id), "{draft:?}");
        }
        there.insert(draft.id.unwrap().to_string());
    }
}

/// The states that a case and those under it are in, by procedure.
fn states(
    pack: &Pack,
    cases: &BTreeMap<String, Told<'_>>,
    id: &str,
    found: &mut BTreeMap<String, String>,
) {
    let told = cases.get(id).unwrap_or_else(|| panic!("no step in {id}"));
    let procedure = text(told.steps[0].0, "procedure");
    let known = pack.procedure(procedure).unwrap();
    let course = procedure::Course::of(&known.engine, &entries(pack, told, known));
    let state = known.engine.definition().states[usize::from(course.state)].id.clone();
    assert_eq!(found.insert(procedure.to_owned(), state), None, "two of {procedure}");
    for (draft, _) in &told.steps {
        let opened = text(draft, "opened_case");
        if !opened.is_empty() {
            states(pack, cases, opened, found);
        }
    }
}

#[test]
fn the_case_to_begin_with_goes_from_the_sample_to_the_repair() {
    let (pack, calendar) = (pack(), days());
    let law = LawOn { pack: &pack, days: &calendar };
    for seed in [1, 7] {
        let mut province = province(seed, 900);
        let mut acts = Vec::new();
        while let Some(more) = province.acts() {
            acts.extend(more);
        }
        let look = province.look();
        let [sight] = look.cases.as_slice() else { panic!("{:?}", look.cases) };
        let id = sight.subject.clone().unwrap();
        let cases = told(&acts);
        let mut found = BTreeMap::new();
        states(&pack, &cases, &id, &mut found);
        let state = |procedure: &str| found.get(procedure).map(String::as_str);
        assert_eq!(state("authenticity-check"), Some("genuine"), "{found:?}");
        assert_eq!(state("recall-food"), Some("archived"), "{found:?}");
        assert_eq!(state("repair"), Some("granted"), "{found:?}");
        assert_eq!(found.len(), 5, "{found:?}");
        let steps: Vec<&str> = cases[&id].steps.iter().map(|(s, _)| text(s, "step")).collect();
        for step in ["conclude-fail", "retest-report", "publish", "open-recall", "hand-over"] {
            assert!(steps.contains(&step), "{step} is not among {steps:?}");
        }
        // The lot is one whose way the events tell.
        let opening = cases[&id].opening;
        assert_eq!(opening.office.as_deref(), Some("420106"));
        let written = acts.iter().filter_map(|act| match act {
            Act::Record { draft, .. } if draft.kind == "sample" => Some(draft),
            _ => None,
        });
        let wrote: Vec<&str> = cases[&id].steps.iter().map(|(s, _)| text(s, "record")).collect();
        let mut samples =
            written.filter(|draft| wrote.contains(&draft.id.unwrap().to_string().as_str()));
        let sample = samples.next().unwrap();
        let lot = sample.subjects.iter().find(|subject| subject.role == "lot").unwrap();
        let is_told = acts.iter().any(|act| match act {
            Act::Event { event, .. } => event.contains(lot.id.as_str()),
            _ => false,
        });
        assert!(is_told, "no event tells of {}", lot.id.as_str());
        // What is left is the officer's to do, and in time.
        let repair = cases.values().find(|told| {
            text(told.steps[0].0, "procedure") == "repair"
                && told.opening.office.as_deref() == Some("420106")
                && found.len() == 5
                && told.steps.iter().any(|(step, _)| text(step, "step") == "grant")
                && cases.values().any(|over| {
                    let mut opened = over.steps.iter().map(|(step, _)| text(step, "opened_case"));
                    opened.any(|id| id == told.opening.id.unwrap().to_string())
                })
        });
        let known = pack.procedure("repair").unwrap();
        let all = entries(&pack, repair.unwrap(), known);
        let case = Case::of(&known.engine, &all, &law);
        let now = plan(seed, 900).until;
        let running = case.runs.iter().filter(|run| run.outcome == Outcome::Open);
        let standing: Vec<Standing> = running.map(|run| case.standing(run, now)).collect();
        let is_due = |standing: &Standing| matches!(standing, Standing::Running { .. });
        assert!(!standing.is_empty() && standing.iter().all(is_due), "{standing:?}");
    }
}
