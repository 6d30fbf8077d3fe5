//! Code lists: the words a field may hold, each with its days in force.

use std::collections::BTreeMap;

use clock::Date;
use codes::{InForce, Label};

use crate::context::{Context, Place};
use crate::fault::FaultCode;
use crate::source::{Form, Located, Table};

/// The lists that the language itself looks into.
pub(crate) mod well_known {
    /// Schemes of identifiers that subjects accept.
    pub(crate) const SCHEMES: &str = "identifier-scheme";
    /// Units of parameters of law.
    pub(crate) const LAW_UNITS: &str = "law-unit";
    /// Events that start a term.
    pub(crate) const STARTING_EVENTS: &str = "starting-event";
    /// What suspends a term.
    pub(crate) const SUSPENDING_EVENTS: &str = "suspending-event";
    /// Links of the responsibility graph.
    pub(crate) const TRACE_LINKS: &str = "trace-link";
    /// Sorts of offices.
    pub(crate) const OFFICE_TYPES: &str = "office-type";

    pub(crate) const ALL: &[&str] =
        &[SCHEMES, LAW_UNITS, STARTING_EVENTS, SUSPENDING_EVENTS, TRACE_LINKS, OFFICE_TYPES];
}

/// A list of codes, in the order in which people see them (levels: rising).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Where its codes are from, if from elsewhere.
    pub source: Option<String>,
    entries: Vec<ListedCode>,
    by_code: BTreeMap<String, Vec<usize>>,
}

/// A code under one label, for as long as it has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedCode {
    /// The code.
    pub code: String,
    /// What it stands for.
    pub label: Label,
    /// Its days in force; open where it always was, or is still.
    pub in_force: InForce,
    /// Other ways in which sources write it.
    pub aliases: Vec<String>,
}

impl CodeList {
    /// Whether a record of this day may hold the code.
    pub fn has(&self, code: &str, on: Date) -> bool {
        self.get(code, on).is_some()
    }

    /// What a code stands for on a day.
    pub fn get(&self, code: &str, on: Date) -> Option<&ListedCode> {
        self.history(code).find(|entry| entry.in_force.holds(on))
    }

    /// Everything a code has stood for; nothing for an unknown code.
    pub fn history(&self, code: &str) -> impl Iterator<Item = &ListedCode> {
        let at = self.by_code.get(code).map_or(&[][..], Vec::as_slice);
        at.iter().filter_map(|at| self.entries.get(*at))
    }

    /// The code that a source means by a text: the code itself, one of its labels or an alias,
    /// small and capital letters alike.
    pub fn find(&self, text: &str, on: Date) -> Option<&ListedCode> {
        let text = text.trim();
        self.get(text, on).or_else(|| {
            let meant = text.to_lowercase();
            let is = |name: &String| name.to_lowercase() == meant;
            let named = |e: &&ListedCode| {
                is(&e.label.zh) || is(&e.label.en) || is(&e.code) || e.aliases.iter().any(is)
            };
            self.entries.iter().filter(|e| e.in_force.holds(on)).find(named)
        })
    }

    /// Every code in order.
    pub fn entries(&self) -> &[ListedCode] {
        &self.entries
    }

    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Self)> {
        let id = table.id("list", Form::Kebab, cx)?;
        let mut list = Self {
            id: id.value,
            label: table.required("label", cx),
            source: table.optional("source", cx),
            entries: Vec::new(),
            by_code: BTreeMap::new(),
        };
        let rows = table.tables("codes", "code", cx);
        if rows.is_empty() {
            let what = format!("the {} has no codes", table.what);
            let remedy = "add codes = [{ code = \"…\", zh = \"…\", en = \"…\" }]";
            cx.fault(FaultCode::MissingKey, &table.place(), what, remedy);
        }
        for row in rows {
            list.read_code(row, cx);
        }
        table.finish(cx);
        Some((id.place, list))
    }

    fn read_code(&mut self, mut row: Table<'_>, cx: &mut Context) {
        let place = row.place();
        let code: Located<String> = row.required("code", cx);
        row.what = format!("code {}", code.value);
        let mut language = |key: &'static str| {
            row.optional::<String>(key, cx).unwrap_or_else(|| {
                let what = format!("the {} of {} has no {key}", row.what, self.id);
                cx.fault(FaultCode::Label, &place, what, format!("add {key} = \"…\""));
                String::new()
            })
        };
        let label = Label { zh: language("zh"), en: language("en") };
        let in_force = row.in_force(cx);
        let aliases = row.optional("aliases", cx).unwrap_or_default();
        row.finish(cx);
        if code.value.is_empty() || !Form::Listed.check(&code.value, &code.place, cx) {
            return;
        }
        if self.history(&code.value).any(|other| other.in_force.overlaps(&in_force)) {
            let what =
                format!("the code {} stands twice in {} on the same days", code.value, self.id);
            let remedy = "end the one with to before the other begins with from, or take one out";
            cx.fault(FaultCode::Overlap, &place, what, remedy);
        }
        self.by_code.entry(code.value.clone()).or_default().push(self.entries.len());
        self.entries.push(ListedCode { code: code.value, label, in_force, aliases });
    }
}
