//! What was done in a case and by when the rest has to be, in words.

use std::collections::HashMap;

use app::case::{CaseView, EntryView, LeftView, TermView, Words};
use app::registry::Called;
use model::Timestamp;
use pack::Procedure;
use procedure::To;

use crate::page::Page;
use crate::page::facts::{Fact, Facts, Shown};
use crate::page::format::date_time;
use crate::page::ui::{Tag, Tone};

/// The state of a document.
pub fn document_tag(page: &Page, state: &str) -> Tag {
    let words = &page.w.document;
    match state {
        "sealed" => Tag::new(Tone::Ok, words.sealed).icon("check"),
        "void" => Tag::new(Tone::Danger, words.void).icon("cross"),
        _ => Tag::new(Tone::Mute, words.draft).icon("edit"),
    }
}

/// A term, in words.
pub struct TermShown {
    /// Its name.
    pub label: String,
    /// The class of the mark that says how it stands.
    pub class: &'static str,
    /// The picture of that mark.
    pub icon: &'static str,
    /// How much is left, or how it ended.
    pub left: String,
    /// The last day, or why it cannot be said.
    pub due: String,
    /// From when it runs.
    pub from: String,
    /// The law and the article.
    pub law: String,
    /// Whether the value was compared with the text of the law.
    pub reviewed: bool,
    /// Whether the calendar is not announced yet.
    pub provisional: bool,
    /// Whether it still runs.
    pub is_open: bool,
}

/// A state that the case is or was in.
pub struct StateShown {
    /// Its name.
    pub label: String,
    /// Since when.
    pub since: String,
    /// Whether the case is in it now.
    pub is_now: bool,
}

/// A step that was taken.
pub struct StepShown {
    /// Its number.
    pub number: u64,
    /// What was done.
    pub label: String,
    /// What became of it, where that has to be said.
    pub tag: Option<Tag>,
    /// When.
    pub at: String,
    /// Who.
    pub by: String,
    /// The officers who took it together.
    pub officers: String,
    /// What was filled in.
    pub facts: Vec<Fact>,
    /// Why it was sent back.
    pub reason: String,
    /// Its record.
    pub record: String,
    /// The record that was written with it.
    pub wrote: Option<String>,
    /// The case that was opened with it.
    pub opened: Option<String>,
}

/// Of two words the one in the page's language.
pub fn say<'w>(page: &Page, words: &'w Words) -> &'w str {
    page.pick(&words.zh, &words.en)
}

/// A day, or a moment with its time of day.
fn moment(text: &str) -> String {
    match Timestamp::from_rfc3339(text) {
        Ok(time) => date_time(time),
        Err(_) => text.to_owned(),
    }
}

/// How long something is, in the unit in which the law counts it.
pub fn length(page: &Page, left: &LeftView) -> String {
    let words = &page.w.casework;
    match left.unit {
        "working_day" => words.working_days(left.amount),
        "minute" if left.amount >= 60 => words.hours(left.amount / 60),
        "minute" => words.minutes(left.amount),
        _ => words.days(left.amount),
    }
}

/// A term, in words.
pub fn term(page: &Page, term: &TermView) -> TermShown {
    let words = &page.w.casework;
    let left = term.left.as_ref();
    let left_says = |says: fn(&'static crate::page::words::Words, String) -> String| {
        left.map(|left| says(page.w, length(page, left))).unwrap_or_default()
    };
    let is_today = left.is_some_and(|left| left.amount == 0 && left.unit != "minute");
    let (class, icon, left) = match term.standing {
        "overdue" => ("due due-late", "warn", left_says(|w, n| w.casework.late_by(n))),
        "running" | "pressing" if is_today => {
            ("due due-today", "clock", words.due_today.to_owned())
        }
        "pressing" => ("due due-soon", "clock", left_says(|w, n| w.casework.left(n))),
        "running" => ("due", "clock", left_says(|w, n| w.casework.left(n))),
        "suspended" => ("due due-paused", "pause", words.suspended.to_owned()),
        "met" => ("tag tag-ok", "check", words.met.to_owned()),
        "met-late" => ("tag tag-warn", "warn", words.met_late.to_owned()),
        "ran-out" => ("tag", "clock", words.ran_out.to_owned()),
        _ => ("tag", "check", words.over.to_owned()),
    };
    let left = if left.is_empty() { words.runs.to_owned() } else { left };
    let due = match (&term.due, term.unknown) {
        (Some(due), _) => words.until(moment(due)),
        (None, Some("stands-still")) => words.no_end_suspended.to_owned(),
        (None, Some("no-level")) => words.no_end_level.to_owned(),
        (None, Some("not-in-force")) => words.no_end_law.to_owned(),
        (None, Some("no-calendar")) => words.no_end_calendar.to_owned(),
        (None, _) => words.no_end.to_owned(),
    };
    let law: Vec<&str> =
        [term.law.as_deref(), term.article.as_deref()].into_iter().flatten().collect();
    TermShown {
        label: say(page, &term.label).to_owned(),
        class,
        icon,
        left,
        due,
        from: moment(&term.from),
        law: law.join(" "),
        reviewed: term.reviewed || term.law.is_none(),
        provisional: term.provisional,
        is_open: ["overdue", "running", "pressing", "suspended"].contains(&term.standing),
    }
}

/// Its terms: those that run first, the most pressing of them first.
pub fn terms(page: &Page, case: &CaseView) -> Vec<TermShown> {
    let order = |term: &&TermView| match term.standing {
        "overdue" => 0,
        "pressing" => 1,
        "running" => 2,
        "suspended" => 3,
        _ => 4,
    };
    let mut terms: Vec<&TermView> = case.terms.iter().collect();
    terms.sort_by_key(|term| (order(term), term.due.clone()));
    terms.into_iter().map(|one| term(page, one)).collect()
}

/// The states that a case went through.
pub fn states(page: &Page, procedure: &Procedure, case: &CaseView) -> Vec<StateShown> {
    let definition = procedure.engine.definition();
    let label = |id: &str| {
        let state = definition.states.iter().find(|state| state.id == id);
        state.map_or(id, |state| page.say(&state.label)).to_owned()
    };
    let first = definition.states.first().map(|state| state.id.clone()).unwrap_or_default();
    let mut been = vec![(first, case.opened_at)];
    let mut agreed: HashMap<&str, usize> = HashMap::new();
    for entry in &case.steps {
        let Some(step) = definition.steps.iter().find(|step| step.id == entry.step) else {
            continue;
        };
        let takes_effect = match entry.act {
            "done" => true,
            "approved" => {
                let agreed = agreed.entry(&entry.step).or_default();
                *agreed += 1;
                *agreed == step.approvals.len()
            }
            _ => {
                agreed.remove(entry.step.as_str());
                false
            }
        };
        if !takes_effect {
            continue;
        }
        agreed.remove(entry.step.as_str());
        match &step.to {
            To::Stay => {}
            To::State(state) => been.push((state.clone(), entry.at)),
            To::Back => {
                let before = been.iter().rev().nth(1).map(|(state, _)| state.clone());
                been.extend(before.map(|state| (state, entry.at)));
            }
        }
    }
    let last = been.len();
    let shown = been.into_iter().enumerate();
    shown
        .map(|(at, (state, since))| StateShown {
            label: label(&state),
            since: since.day_in_china().to_string(),
            is_now: at + 1 == last,
        })
        .collect()
}

/// What a step says, under the names of the pack.
pub fn facts(
    facts: &Facts<'_>,
    procedure: &Procedure,
    entry: &EntryView,
    called: &HashMap<String, Called>,
) -> Vec<Fact> {
    let on = entry.at.day_in_china();
    let Some(form) = procedure.form(&entry.step) else { return Vec::new() };
    let mut found = facts.of_fields(&form.fields, &entry.form, on);
    found.iter_mut().for_each(|fact| name(fact, called));
    found
}

/// Puts a subject's name in the place of its id.
pub fn name(fact: &mut Fact, called: &HashMap<String, Called>) {
    if let Shown::Subject { href, id } = &mut fact.shown {
        let known =
            called.iter().find(|(full, _)| href.ends_with(&crate::page::facts::in_path(full)));
        if let Some((_, known)) = known.filter(|(_, known)| !known.name.is_empty()) {
            *id = known.name.clone();
        }
    }
}

/// The mark of an act that is not simply done.
pub fn act_tag(page: &Page, act: &str) -> Option<Tag> {
    let words = &page.w.casework;
    match act {
        "proposed" => Some(Tag::new(Tone::Info, words.proposed).icon("clock")),
        "approved" => Some(Tag::new(Tone::Ok, words.approved)),
        "returned" => Some(Tag::new(Tone::Warn, words.returned).icon("back")),
        _ => None,
    }
}

/// The subjects that a case names: by what it says itself and on its forms.
pub fn named(procedure: &Procedure, opening: &[(String, String)], case: &CaseView) -> Vec<String> {
    let mut ids: Vec<String> = opening.iter().map(|(_, id)| id.clone()).collect();
    for entry in &case.steps {
        let fields =
            procedure.form(&entry.step).map(|form| form.fields.as_slice()).unwrap_or_default();
        let references =
            fields.iter().filter(|f| matches!(f.field_type, pack::FieldType::Reference { .. }));
        ids.extend(references.filter_map(|f| Some(entry.form.get(&f.name)?.as_str()?.to_owned())));
        ids.extend(entry.officers.iter().cloned());
    }
    ids.sort_unstable();
    ids.dedup();
    ids
}
