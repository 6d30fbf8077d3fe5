//! The figures of a return.

use std::collections::{BTreeMap, BTreeSet};

use codes::Label;
use pack::{
    Extent, FieldType, Measure, NO_REGION, Number, Pack, Report, ReportColumn as Column, Rows,
};
use rules::filter::{Filter, Type};
use store::readings::{AsOf, By, Regions, Tallied, Tally, Within};

use super::Of;
use super::table::{ColumnHead, OTHER, RowHead, TOTAL, Table};
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// µs of a day.
const DAY: i64 = 86_400_000_000;
/// China is eight hours before UTC.
const CHINA: i64 = 8 * 3_600_000_000;

/// The rows of a return, and in which of them a record falls.
struct RowsOf {
    heads: Vec<RowHead>,
    /// The row of each division that is or ever was below one.
    by_region: BTreeMap<String, usize>,
    /// The row of each code.
    by_code: BTreeMap<String, usize>,
}

/// One column of the report while it is worked out.
struct Group {
    heads: Vec<ColumnHead>,
    /// By row, then by head.
    cells: Vec<Vec<i64>>,
}

impl System {
    /// Computes the figures of a return.
    pub(super) async fn computed(
        &self,
        pack: &Pack,
        report: &Report,
        of: Of<'_>,
        as_of: AsOf,
    ) -> Result<Table, Rejection> {
        let regions = self.regions_of(pack, of)?;
        let codes: Vec<String> = regions.iter().cloned().collect();
        let mut rows = rows_of(pack, report, of);
        let mut groups = Vec::with_capacity(report.columns.len());
        for column in &report.columns {
            let found = match column.measure {
                Measure::Share { .. } => Vec::new(),
                _ => self.tallied(pack, report, column, of, &codes, as_of).await?,
            };
            groups.push(group_of(pack, report, column, of, &mut rows, found));
        }
        Ok(table_of(report, rows, groups))
    }

    /// The divisions of an office on the last day of the period, with all that were ever below.
    fn regions_of(&self, pack: &Pack, of: Of<'_>) -> Result<BTreeSet<String>, Rejection> {
        let mut found = BTreeSet::new();
        for region in own_regions(pack, of) {
            found.extend(self.regions_under(Some(&region))?.unwrap_or_default());
        }
        Ok(found)
    }

    async fn tallied(
        &self,
        pack: &Pack,
        report: &Report,
        column: &Column,
        of: Of<'_>,
        codes: &[String],
        as_of: AsOf,
    ) -> Result<Vec<Tallied>, Rejection> {
        let fields = pack.filter_fields(&report.kind).ok_or_else(|| unread(report))?;
        let filters = [&report.filter, &column.filter].into_iter().flatten();
        let filters = filters.map(|text| Filter::parse(text, fields));
        let filters: Vec<Filter> = filters.collect::<Result<_, _>>().map_err(|_| unread(report))?;
        let filters: Vec<&Filter> = filters.iter().collect();
        let (first, last) = (of.period.first_day(), of.period.last_day());
        let when = match &report.date {
            Some(field) => Within::Day(field, first.unix_day(), last.unix_day()),
            None => Within::Happened(
                first.unix_day() * DAY - CHINA,
                (last.unix_day() + 1) * DAY - CHINA - 1,
            ),
        };
        let registers: Vec<(&str, &str)> = match &report.rows {
            Rows::Register { role, .. } => pack
                .registers_of(role)
                .into_iter()
                .filter_map(|kind| {
                    let roles = &pack.kind(kind)?.subjects;
                    let own = roles.iter().find(|subject| subject.number == Number::One);
                    Some((kind, own?.role.as_str()))
                })
                .collect(),
            _ => Vec::new(),
        };
        let tally = Tally {
            kind: &report.kind,
            filters: &filters,
            when,
            regions: Regions::Exactly(codes),
            row: match &report.rows {
                Rows::Region => By::Region,
                Rows::Field(field) => By::Field(field),
                Rows::Register { role, field } => {
                    By::Register { role, registers: &registers, field }
                }
            },
            column: column.each.as_deref(),
            sum: match &column.measure {
                Measure::Sum(field) => Some(field),
                _ => None,
            },
        };
        // A register is asked as of the end of the period.
        let end = model::Timestamp::from_micros((last.unix_day() + 1) * DAY - CHINA - 1);
        let as_of = AsOf { valid: as_of.valid.min(end), ..as_of };
        Ok(self.readings().tally(&tally, as_of).await?)
    }
}

/// The divisions of an office, as the table of offices names them.
fn own_regions(pack: &Pack, of: Of<'_>) -> Vec<String> {
    let period = pack.office(of.office).and_then(|office| office.on(of.period.last_day()));
    match period.map(|period| &period.regions) {
        Some(Extent::These(regions)) => regions.clone(),
        Some(Extent::All) => vec![pack.manifest().province.clone(), NO_REGION.to_owned()],
        None => Vec::new(),
    }
}

fn unread(report: &Report) -> Rejection {
    let id = &report.id;
    Fault::new(
        "report.unread",
        format!("the report {id} does not fit the pack; see zhiheng pack check"),
        format!("报表 {id} 与规则包不符；请运行 zhiheng pack check"),
    )
    .into()
}

fn label(zh: &str, en: &str) -> Label {
    Label { zh: zh.to_owned(), en: en.to_owned() }
}

fn rows_of(pack: &Pack, report: &Report, of: Of<'_>) -> RowsOf {
    let mut rows = RowsOf {
        heads: vec![RowHead { id: TOTAL.to_owned(), label: label("合计", "Total") }],
        by_region: BTreeMap::new(),
        by_code: BTreeMap::new(),
    };
    let last = of.period.last_day();
    match &report.rows {
        Rows::Region => {
            let divisions = &pack.tables().divisions;
            for own in own_regions(pack, of) {
                let below: Vec<_> = divisions.children(&own, last).collect();
                let itself = divisions.get(&own, last).into_iter();
                let listed: Vec<_> = if below.is_empty() { itself.collect() } else { below };
                for division in listed {
                    let at = rows.heads.len();
                    let name = label(&division.name, &division.name);
                    rows.heads.push(RowHead { id: division.code.clone(), label: name });
                    let mut found = vec![division.code.as_str()];
                    let mut next = 0;
                    while let Some(above) = found.get(next).copied() {
                        next += 1;
                        for code in divisions.ever_below(above) {
                            if !found.contains(&code) {
                                found.push(code);
                            }
                        }
                    }
                    for code in found {
                        rows.by_region.entry(code.to_owned()).or_insert(at);
                    }
                }
            }
        }
        Rows::Field(field) => {
            let list = list_of(pack, &report.kind, field);
            add_codes(pack, list, of, &mut rows);
        }
        Rows::Register { role, field } => {
            let list =
                pack.registers_of(role).into_iter().find_map(|kind| list_of(pack, kind, field));
            add_codes(pack, list, of, &mut rows);
        }
    }
    rows
}

/// The code list of a field.
fn list_of<'p>(pack: &'p Pack, kind: &str, field: &str) -> Option<&'p str> {
    match &pack.kind(kind)?.field(field)?.field_type {
        FieldType::Code { list } => Some(list),
        _ => None,
    }
}

fn add_codes(pack: &Pack, list: Option<&str>, of: Of<'_>, rows: &mut RowsOf) {
    let entries = list.and_then(|list| pack.list(list)).map(|list| list.entries());
    for entry in entries.unwrap_or_default() {
        if entry.in_force.holds(of.period.last_day()) {
            rows.by_code.insert(entry.code.clone(), rows.heads.len());
            rows.heads.push(RowHead { id: entry.code.clone(), label: entry.label.clone() });
        }
    }
}

impl RowsOf {
    /// The row in which something falls; one for what is none of the others is made when it is needed.
    fn row(&mut self, report: &Report, tallied: &Tallied) -> usize {
        let found = match &report.rows {
            Rows::Region => self.by_region.get(&tallied.region),
            _ => tallied.row.as_ref().and_then(|code| self.by_code.get(code)),
        };
        if let Some(at) = found {
            return *at;
        }
        if self.heads.last().is_none_or(|last| last.id != OTHER) {
            let name = match &report.rows {
                Rows::Region => label("未分到下级区划", "Not in a division below"),
                _ => label("未分类", "Not classified"),
            };
            self.heads.push(RowHead { id: OTHER.to_owned(), label: name });
        }
        self.heads.len() - 1
    }
}

fn group_of(
    pack: &Pack,
    report: &Report,
    column: &Column,
    of: Of<'_>,
    rows: &mut RowsOf,
    found: Vec<Tallied>,
) -> Group {
    let places = match &column.measure {
        Measure::Count => 0,
        Measure::Share { .. } => 2,
        Measure::Sum(field) => {
            let fields = pack.filter_fields(&report.kind);
            let holds = fields.and_then(|fields| fields.iter().find(|f| f.name() == field));
            match holds.map(|field| field.holds()) {
                Some(Type::Decimal { places }) => *places,
                _ => 0,
            }
        }
    };
    let mut heads = Vec::new();
    match &column.each {
        None => heads.push(ColumnHead {
            id: column.id.clone(),
            label: column.label.clone(),
            group: None,
            places,
        }),
        Some(field) => {
            let list = list_of(pack, &report.kind, field).and_then(|list| pack.list(list));
            for entry in list.map(|list| list.entries()).unwrap_or_default() {
                if entry.in_force.holds(of.period.last_day()) {
                    heads.push(ColumnHead {
                        id: format!("{}.{}", column.id, entry.code),
                        label: entry.label.clone(),
                        group: Some(column.label.clone()),
                        places,
                    });
                }
            }
        }
    }
    let mut cells: Vec<Vec<i64>> = Vec::new();
    for tallied in &found {
        let row = rows.row(report, tallied);
        let at = match &column.each {
            None => 0,
            Some(_) => {
                let id = |code: &str| format!("{}.{code}", column.id);
                let wanted = id(tallied.column.as_deref().unwrap_or(OTHER));
                let known = heads.iter().position(|head| head.id == wanted);
                known.or_else(|| heads.iter().position(|head| head.id == id(OTHER))).unwrap_or_else(
                    || {
                        heads.push(ColumnHead {
                            id: id(OTHER),
                            label: label("未填或已停用", "Not said, or no longer in force"),
                            group: Some(column.label.clone()),
                            places,
                        });
                        heads.len() - 1
                    },
                )
            }
        };
        let value = match column.measure {
            Measure::Sum(_) => tallied.sum,
            _ => i64::try_from(tallied.count).unwrap_or(i64::MAX),
        };
        for row in [0, row] {
            if cells.len() <= row {
                cells.resize(row + 1, Vec::new());
            }
            if let Some(cells) = cells.get_mut(row) {
                if cells.len() <= at {
                    cells.resize(at + 1, 0);
                }
                if let Some(cell) = cells.get_mut(at) {
                    *cell = cell.saturating_add(value);
                }
            }
        }
    }
    Group { heads, cells }
}

fn table_of(report: &Report, rows: RowsOf, groups: Vec<Group>) -> Table {
    let count = rows.heads.len();
    let mut table = Table { rows: rows.heads, columns: Vec::new(), cells: vec![Vec::new(); count] };
    for (column, group) in report.columns.iter().zip(groups) {
        let is_share = matches!(column.measure, Measure::Share { .. });
        for (at, head) in group.heads.into_iter().enumerate() {
            table.columns.push(head);
            for (row, cells) in table.cells.iter_mut().enumerate() {
                let value = group.cells.get(row).and_then(|row| row.get(at)).copied();
                cells.push((!is_share).then(|| value.unwrap_or(0)));
            }
        }
    }
    // Shares come last: they are of columns that stand before or behind them.
    for column in &report.columns {
        let Measure::Share { part, whole } = &column.measure else { continue };
        let places = [&column.id, part, whole].map(|id| table.column(id));
        let [Some(at), Some(part), Some(whole)] = places else { continue };
        for cells in &mut table.cells {
            let value = |at: usize| cells.get(at).copied().flatten();
            let share =
                value(part).zip(value(whole)).and_then(|(part, whole)| per_cent(part, whole));
            if let Some(cell) = cells.get_mut(at) {
                *cell = share;
            }
        }
    }
    table
}

/// A part of a whole in hundredths of a per cent, halves rounded up; none of nothing.
fn per_cent(part: i64, whole: i64) -> Option<i64> {
    if whole <= 0 {
        return None;
    }
    let (part, whole) = (i128::from(part), i128::from(whole));
    i64::try_from((part * 20_000 + whole).div_euclid(whole * 2)).ok()
}

#[cfg(test)]
mod tests {
    use super::per_cent;

    #[test]
    fn a_share_is_rounded_half_up() {
        assert_eq!(per_cent(1, 3), Some(3333));
        assert_eq!(per_cent(2, 3), Some(6667));
        assert_eq!(per_cent(1, 20_000), Some(1));
        assert_eq!(per_cent(1, 20_001), Some(0));
        assert_eq!(per_cent(3, 3), Some(10_000));
        assert_eq!(per_cent(0, 0), None);
    }
}
