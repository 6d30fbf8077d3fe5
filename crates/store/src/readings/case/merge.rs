//! The rows of cases of which something came or changed.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::plan::{Holds, column};
use super::super::rows::{Rows, Scalar};
use super::change::CaseChange;
use super::packed::{Coming, Packed};
use super::rows::joined;
use super::{Derive, Derived, moment, packed};

/// The tables of cases with the column by which the rows of one are found.
pub(in super::super) const TABLES: [(&str, &str); 4] = [
    ("case_row", "position"),
    ("duty", "case_position"),
    ("case_take", "case_position"),
    ("case_late", "case_position"),
];

/// What is kept of some cases: behind it comes which.
pub(in super::super) const OLD: &str = "SELECT position, id, entries FROM case_row WHERE position";

/// The rows of the cases of which something changed, in the order of their positions, in the place of
/// all that were there.
pub(in super::super) fn merged(
    changes: &[CaseChange],
    old: &HashMap<u64, (String, Vec<u8>)>,
    derive: &Derive,
) -> Vec<Rows<'static>> {
    let mut cases = Cells(Vec::new());
    let (mut duties, mut takes, mut late) =
        (Cells(Vec::new()), Cells(Vec::new()), Cells(Vec::new()));
    for changes in changes.chunk_by(|a, b| a.case == b.case) {
        let Some(first) = changes.first() else { continue };
        let before = old.get(&first.case);
        let coming: Vec<Coming<'_>> = changes.iter().map(CaseChange::coming).collect();
        let packed = packed::merged(
            before.map_or_else(Packed::default, |(_, entries)| Packed::new(entries)),
            &coming,
        );
        let derived = derive(Packed::new(&packed));
        let case = first.case as i64;
        let id = before.map_or_else(|| first.case_id.to_string(), |(id, _)| id.clone());
        for (at, duty) in derived.duties.iter().enumerate() {
            duties.number(case).number(at as i64).text(&derived.office).text(&derived.region);
            duties.text(&derived.procedure).text(&derived.state);
            duties.text(&duty.kind).maybe(duty.term.as_deref());
            duties.text(&joined(&duty.steps)).text(&joined(&duty.needs));
            duties.number(moment(duty.overdue_from)).number(moment(duty.pressing_from));
            // What does not stand still does so until before everything.
            duties.number(duty.still_until.map_or(i64::MIN, model::Timestamp::micros));
            duties.number(duty.is_provisional.into()).maybe(duty.assignee.as_deref());
            duties.text(&joined(&duty.excluded));
        }
        for (at, take) in derived.takes.iter().enumerate() {
            takes.number(case).number(at as i64);
            takes.text(&take.step).text(&take.term).number(take.at.micros());
        }
        for (at, row) in derived.late.iter().enumerate() {
            late.number(case).number(at as i64).text(&derived.office).text(&derived.procedure);
            late.text(&row.term).text(&row.step).number(row.is_met.into());
            late.number(row.overdue_from.micros()).number(row.at.micros());
            late.text(&row.by).maybe(row.assignee.as_deref());
        }
        let Derived { office, region, procedure, state, is_open, .. } = derived;
        cases.number(case).text(&id).text(&office).text(&region).text(&procedure).text(&state);
        cases.number(is_open.into());
        cases.0.push(Scalar::Bytes(packed));
    }
    vec![
        cases.under("case_row", CASE),
        duties.under("duty", DUTY),
        takes.under("case_take", TAKE),
        late.under("case_late", LATE),
    ]
}

const CASE: &[(&str, Holds)] = &[
    ("position", Holds::Integer),
    ("id", Holds::Text),
    ("office", Holds::Text),
    ("region", Holds::Text),
    ("procedure", Holds::Text),
    ("state", Holds::Text),
    ("is_open", Holds::Flag),
    ("entries", Holds::Bytes),
];
const DUTY: &[(&str, Holds)] = &[
    ("case_position", Holds::Integer),
    ("ordinal", Holds::Integer),
    ("office", Holds::Text),
    ("region", Holds::Text),
    ("procedure", Holds::Text),
    ("state", Holds::Text),
    ("kind", Holds::Text),
    ("term", Holds::Text),
    ("steps", Holds::Text),
    ("needs", Holds::Text),
    ("overdue_from", Holds::Integer),
    ("pressing_from", Holds::Integer),
    ("still_until", Holds::Integer),
    ("is_provisional", Holds::Flag),
    ("assignee", Holds::Text),
    ("excluded", Holds::Text),
];
const TAKE: &[(&str, Holds)] = &[
    ("case_position", Holds::Integer),
    ("ordinal", Holds::Integer),
    ("step", Holds::Text),
    ("term", Holds::Text),
    ("take_at", Holds::Integer),
];
const LATE: &[(&str, Holds)] = &[
    ("case_position", Holds::Integer),
    ("ordinal", Holds::Integer),
    ("office", Holds::Text),
    ("procedure", Holds::Text),
    ("term", Holds::Text),
    ("step", Holds::Text),
    ("is_met", Holds::Flag),
    ("overdue_from", Holds::Integer),
    ("done_at", Holds::Integer),
    ("done_by", Holds::Text),
    ("assignee", Holds::Text),
];

struct Cells(Vec<Scalar<'static>>);

impl Cells {
    fn number(&mut self, number: i64) -> &mut Self {
        self.0.push(Scalar::Integer(number));
        self
    }

    fn text(&mut self, text: &str) -> &mut Self {
        // PostgreSQL holds no U+0000, and no word of a pack has one.
        self.0.push(Scalar::Text(Cow::Owned(text.replace('\0', "\u{fffd}"))));
        self
    }

    fn maybe(&mut self, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(text),
            None => {
                self.0.push(Scalar::Null);
                self
            }
        }
    }

    fn under(self, table: &'static str, columns: &[(&str, Holds)]) -> Rows<'static> {
        let columns: Vec<_> = columns.iter().map(|(name, holds)| column(name, *holds)).collect();
        Rows { table, columns: columns.into(), cells: self.0 }
    }
}
