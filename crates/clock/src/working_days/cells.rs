//! What each day of a calendar is, days that are the same sharing one cell.

use std::sync::Arc;

use super::DayKind;
use crate::calendar::{Label, SharedSource};
use crate::time::Date;

/// What the days are that one statement of one source is about.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub kind: DayKind,
    pub label: Option<Arc<Label>>,
    pub source: SharedSource,
    pub provisional: bool,
}

/// The cells of every day from a first to a last.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    first: Date,
    last: Date,
    /// The place in `cells` of each day's cell.
    of_day: Vec<usize>,
    cells: Vec<Cell>,
}

impl Cells {
    /// Days without a cell yet: each must get one by [`Cells::put`].
    pub(crate) fn new(first: Date, last: Date) -> Self {
        Self {
            first,
            last,
            of_day: vec![0; (last.number() - first.number() + 1).max(0) as usize],
            cells: Vec::new(),
        }
    }

    pub(crate) fn first(&self) -> Date {
        self.first
    }

    pub(crate) fn last(&self) -> Date {
        self.last
    }

    /// Makes `days` what `cell` says; those outside the calendar are left out.
    pub(crate) fn put(&mut self, days: &[Date], cell: Cell) {
        let place = self.cells.len();
        self.cells.push(cell);
        for day in days {
            let index = day.number() - self.first.number();
            if let Some(of_day) = usize::try_from(index).ok().and_then(|i| self.of_day.get_mut(i)) {
                *of_day = place;
            }
        }
    }

    pub(crate) fn get(&self, date: Date) -> Option<&Cell> {
        let index = usize::try_from(date.number() - self.first.number()).ok()?;
        self.cells.get(*self.of_day.get(index)?)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Cell> {
        self.of_day.iter().filter_map(|place| self.cells.get(*place))
    }
}
