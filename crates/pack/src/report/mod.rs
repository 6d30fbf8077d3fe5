//! Statistical reports: what is counted, by what, for which period, what has to agree, who returns
//! it by when.

mod check;
mod equation;
mod period;
mod read;

use clock::Date;
use codes::{InForce, Label};

use crate::kind::Basis;
use crate::words::words;

pub(crate) use check::{Places, check};
pub use equation::{CellName, Equation, Relation, Term};
pub use period::{Period, PeriodError};
pub(crate) use read::read;

/// A statistical report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The number that the form has in its system.
    pub form: String,
    /// The articles of the decision that it serves.
    pub articles: Vec<u16>,
    /// What asks for it.
    pub basis: Basis,
    /// The days on which it is made. A return is made by what holds on the last day of its period.
    pub in_force: InForce,
    /// The kind of record that is counted.
    pub kind: String,
    /// The date field that puts a record into a period; none: the time at which it happened.
    pub date: Option<String>,
    /// Which records are counted at all, as a condition over the kind's typed fields.
    pub filter: Option<String>,
    /// For which periods it is made.
    pub periods: Vec<PeriodSort>,
    /// By what its rows are.
    pub rows: Rows,
    /// Its columns in order.
    pub columns: Vec<Column>,
    /// What has to agree.
    pub checks: Vec<CrossCheck>,
    /// Who returns it by when.
    pub due: Vec<Due>,
    /// How it is to be read.
    pub note: Option<Label>,
}

words! {
    /// The length of a period.
    PeriodSort {
        /// A month.
        Month = "month", "月报";
        /// A quarter of a year.
        Quarter = "quarter", "季报";
        /// A year.
        Year = "year", "年报";
    }
}

/// By what the rows of a report are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rows {
    /// By the divisions below the office's.
    Region,
    /// By the codes of a typed field of the kind.
    Field(String),
    /// By the codes of a typed field of the register of a role: `product.category`.
    Register {
        /// The role.
        role: String,
        /// The field.
        field: String,
    },
}

/// A column, or one for each code of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its id; of a column for each code, what their ids begin with: `category.quality`.
    pub id: String,
    /// Its name; of a column for each code, that of the group.
    pub label: Label,
    /// What is measured.
    pub measure: Measure,
    /// Which records are counted in it.
    pub filter: Option<String>,
    /// The typed code field for each of whose codes there is a column.
    pub each: Option<String>,
}

/// What a column measures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Measure {
    /// How many records.
    Count,
    /// The sum of a typed number field.
    Sum(String),
    /// One column's part of another, in per cent with two decimals, halves rounded up; nothing of
    /// nothing has none.
    Share {
        /// The part.
        part: String,
        /// The whole.
        whole: String,
    },
}

/// What has to agree in a return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CrossCheck {
    /// Its id.
    pub id: String,
    /// What it says.
    pub label: Label,
    /// The equation.
    pub equation: Equation,
    /// Where it has to hold.
    pub over: Over,
    /// Whether a return for which it does not hold cannot be locked; else it has to be explained.
    pub must: bool,
}

words! {
    /// Where a check has to hold.
    Over {
        /// In every row, and in the total.
        Rows = "rows", "各行及合计";
        /// In the total alone.
        Total = "total", "合计";
    }
}

/// By when offices return a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The sort of office, of the list `office-type`.
    pub office_type: String,
    /// For which periods.
    pub period: PeriodSort,
    /// So many days after the period's last.
    pub within: u32,
    /// Working days, or days of the calendar.
    pub unit: DueUnit,
    /// The rule behind it; none where the office chose it.
    pub law: Option<String>,
}

words! {
    /// Which days count.
    DueUnit {
        /// Working days.
        WorkingDay = "working_day", "个工作日";
        /// Days of the calendar.
        Day = "day", "日";
    }
}

impl Report {
    /// A column by its id.
    pub fn column(&self, id: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.id == id)
    }

    /// By when a sort of office returns it for a period.
    pub fn due(&self, office_type: &str, period: PeriodSort) -> Option<&Due> {
        self.due.iter().find(|due| due.office_type == office_type && due.period == period)
    }

    /// Whether it is made for a period.
    pub fn is_made_for(&self, period: Period) -> bool {
        self.periods.contains(&period.sort()) && self.in_force.holds(period.last_day())
    }
}

impl Period {
    /// Whether a day lies in it.
    pub fn has(self, day: Date) -> bool {
        (self.first_day()..=self.last_day()).contains(&day)
    }
}

/// The kinds that register the subjects of a role.
pub(crate) fn registers<'p>(pack: &'p crate::Pack, role: &str) -> Vec<&'p str> {
    let sorts = pack.subject_role(role).into_iter().flat_map(|role| &role.is);
    let mut found: Vec<&str> =
        sorts.filter_map(|sort| pack.subject(sort)?.register.as_deref()).collect();
    found.dedup();
    found
}

impl crate::Pack {
    /// A statistical report.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let report = pack.report("complaints").unwrap();
    /// assert_eq!(report.kind, "complaint");
    /// assert!(report.is_made_for("2026-10".parse().unwrap()));
    /// ```
    pub fn report(&self, id: &str) -> Option<&Report> {
        self.reports.get(id)
    }

    /// Every statistical report, by id.
    pub fn reports(&self) -> impl Iterator<Item = &Report> {
        self.reports.values()
    }

    /// The kinds that register the subjects of a role, such as `product` for the role `product`.
    pub fn registers_of(&self, role: &str) -> Vec<&str> {
        registers(self, role)
    }
}
