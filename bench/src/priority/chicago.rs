//! The inspections of Chicago as the model reads them.
//!
//! Which columns, and in which shape, was settled by rolling validation (see the parent module), a
//! column being kept where the likelihood of the windows rose with and without the gap. What the
//! visit itself found (result, criticalCount, seriousCount, minorCount, criticalFound) is read of
//! the training only: as the outcome, and as the record of later visits to the same licence.

use std::path::Path;

use clock::Date;
use stats::priority::{Column, Part, PastVisits, Record, Table, Visits};

use super::Fault;

/// A file of inspections.
pub struct Inspections {
    pub id: Vec<u64>,
    pub day: Vec<i64>,
    pub found: Vec<bool>,
    license: Vec<String>,
    inspector: Vec<String>,
    facility: Vec<String>,
    risk: Vec<String>,
    /// The numbers of [`NUMBERS`], a column each.
    numbers: Vec<Vec<f64>>,
    /// How bad each visit was; empty where the file does not say.
    severity: Vec<f64>,
}

/// The columns of numbers that are known before a visit.
const NUMBERS: [&str; 10] = [
    "pastCritical",
    "pastSerious",
    "pastMinor",
    "firstRecord",
    "ageAtInspection",
    "temperatureMax",
    "consumption_on_premises_incidental_activity",
    "tobacco_retail_over_counter",
    "lat",
    "lon",
];

/// A visit without anything unusual is set four times beside a licence's own.
const RECORD_SHRINKAGE: f64 = 4.0;

impl Inspections {
    /// Reads a file; its rows are put in order of day and id, so that the order of the file makes no
    /// difference.
    pub fn read(path: &Path) -> Result<Self, Fault> {
        let told = |fault: &dyn std::fmt::Display| format!("{}: {fault}", path.display());
        let mut reader = csv::Reader::from_path(path).map_err(|e| told(&e))?;
        let header = reader.headers().map_err(|e| told(&e))?.clone();
        let place = |name: &str| {
            let missing = || told(&format!("there is no column {name}"));
            header.iter().position(|h| h == name).ok_or_else(missing)
        };
        let names = ["Inspection_ID", "Inspection_Date", "criticalFound", "License"];
        let [id, day, found, license] = names.map(place);
        let (id, day, found, license) = (id?, day?, found?, license?);
        let words = ["Inspector_Assigned", "Facility_Type", "risk"].map(place);
        let [inspector, facility, risk] = words;
        let (inspector, facility, risk) = (inspector?, facility?, risk?);
        let numbers = NUMBERS.iter().map(|name| place(name)).collect::<Result<Vec<_>, _>>()?;
        let counts = ["criticalCount", "seriousCount", "minorCount"].map(place);
        let mut all = Self {
            id: vec![],
            day: vec![],
            found: vec![],
            license: vec![],
            inspector: vec![],
            facility: vec![],
            risk: vec![],
            numbers: vec![vec![]; numbers.len()],
            severity: vec![],
        };
        for (row, cells) in reader.records().enumerate() {
            let cells = cells.map_err(|e| told(&e))?;
            let cell = |at: usize| cells.get(at).unwrap_or_default().trim();
            let bad = |at: usize| {
                let column = header.get(at).unwrap_or_default();
                told(&format!("row {}, {column}: '{}' cannot be read", row + 2, cell(at)))
            };
            let number = |at: usize| match cell(at) {
                "" | "NA" => Ok(f64::NAN),
                text => text.parse::<f64>().map_err(|_| bad(at)),
            };
            all.id.push(cell(id).parse().map_err(|_| bad(id))?);
            all.day.push(cell(day).parse::<Date>().map_err(|_| bad(day))?.number().into());
            let outcome = number(found)?;
            if outcome.is_nan() {
                return Err(bad(found).into());
            }
            all.found.push(outcome > 0.0);
            all.license.push(cell(license).into());
            all.inspector.push(cell(inspector).into());
            all.facility.push(cell(facility).into());
            all.risk.push(cell(risk).into());
            for (column, &at) in all.numbers.iter_mut().zip(&numbers) {
                column.push(number(at)?);
            }
            if let [Ok(critical), Ok(serious), Ok(minor)] = counts {
                all.severity.push(severity(number(critical)?, number(serious)?, number(minor)?));
            }
        }
        let mut order: Vec<usize> = (0..all.id.len()).collect();
        order.sort_by_key(|&i| (all.day[i], all.id[i]));
        Ok(all.select(&order))
    }

    /// These rows.
    pub fn select(&self, rows: &[usize]) -> Self {
        fn take<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
            rows.iter().filter_map(|&i| values.get(i).cloned()).collect()
        }
        Self {
            id: take(&self.id, rows),
            day: take(&self.day, rows),
            found: take(&self.found, rows),
            license: take(&self.license, rows),
            inspector: take(&self.inspector, rows),
            facility: take(&self.facility, rows),
            risk: take(&self.risk, rows),
            numbers: self.numbers.iter().map(|column| take(column, rows)).collect(),
            severity: take(&self.severity, rows),
        }
    }

    /// Who went.
    pub fn inspectors(&self) -> Vec<&str> {
        self.inspector.iter().map(String::as_str).collect()
    }

    /// A day in figures.
    pub fn date(&self, day: i64) -> Result<String, Fault> {
        Ok(Date::from_number(day).ok_or("the day is out of range")?.to_string())
    }

    /// What these visits showed, for later ones.
    pub fn record(&self) -> Result<Record, Fault> {
        let past = PastVisits {
            subject: &self.licenses(),
            day: &self.day,
            inspector: &self.inspectors(),
            severity: &self.severity,
        };
        Ok(Record::new(past, RECORD_SHRINKAGE)?)
    }

    fn licenses(&self) -> Vec<&str> {
        self.license.iter().map(String::as_str).collect()
    }

    /// What is known before the visits.
    pub fn table(&self, record: &Record) -> Result<Table, Fault> {
        let [critical, serious, minor, first, age, heat, premises, tobacco, lat, lon] =
            self.numbers.as_slice()
        else {
            return Err("a column of numbers is missing".into());
        };
        let map = |values: &[f64], f: &dyn Fn(f64) -> f64| values.iter().map(|&v| f(v)).collect();
        let known = |values: &[f64]| -> Vec<f64> {
            let visited = values.iter().zip(first);
            visited.map(|(&v, &first)| if first == 1.0 { f64::NAN } else { v }).collect()
        };
        let minor = known(minor);
        let sum = critical.iter().zip(serious).zip(&minor);
        let sum =
            sum.map(|((&c, &s), m)| capped(c, 4.0) + 0.5 * capped(s, 4.0) + 0.1 * m).collect();
        let column = Column::numeric;
        Ok(Table::new(vec![
            column("past critical", map(critical, &|v| capped(v, 1.0))).only(Part::Linear),
            column("past critical", critical.clone()).only(Part::Trees),
            column("past serious", map(serious, &|v| capped(v, 1.0))).only(Part::Linear),
            column("past serious", serious.clone()).only(Part::Trees),
            column("past minor", map(&minor, &f64::ln_1p)).only(Part::Linear),
            column("past minor", minor).only(Part::Trees),
            column("past sum", sum).only(Part::Trees),
            column("record", record.all_before(&self.licenses(), &self.day)?),
            column("age", map(age, &|v| beyond(v, 4.0))).only(Part::Linear),
            column("age", age.clone()).only(Part::Trees),
            column("temperature", heat.clone()),
            column("on premises", premises.clone()),
            column("tobacco", tobacco.clone()),
            Column::category("risk", &self.risk).only(Part::Linear),
            column("risk", self.risk.iter().map(|risk| risk_class(risk)).collect())
                .only(Part::Trees),
            Column::category("facility", &self.facility),
            column("latitude", lat.clone()).only(Part::Trees),
            column("longitude", lon.clone()).only(Part::Trees),
        ])?)
    }

    /// The visits with what they found.
    pub fn visits<'a>(&'a self, table: &'a Table, inspector: &'a [&'a str]) -> Visits<'a> {
        Visits { table, found: &self.found, day: &self.day, inspector }
    }
}

/// How bad a visit was. The weights put a critical finding well before a serious and that before a
/// minor one, of which a usual visit has four.
fn severity(critical: f64, serious: f64, minor: f64) -> f64 {
    capped(critical, 1.0) + capped(critical, 3.0) + 0.5 * capped(serious, 3.0) + 0.15 * minor
}

/// The number, at most `most`; unknown where it is.
fn capped(value: f64, most: f64) -> f64 {
    if value > most { most } else { value }
}

/// 1 where the number is above `end`, else 0; unknown where it is.
fn beyond(value: f64, end: f64) -> f64 {
    if value.is_nan() { value } else { f64::from(u8::from(value > end)) }
}

/// The figure in a class such as "Risk 1 (High)".
fn risk_class(risk: &str) -> f64 {
    let digit = risk.chars().find_map(|c| c.to_digit(10));
    digit.map_or(f64::NAN, f64::from)
}
