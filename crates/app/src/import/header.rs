//! Where the header of a sheet is, and which of its columns a mapping takes.

use std::collections::HashMap;

use pack::Mapping;
use serde::{Deserialize, Serialize};
use sheet::Row;
use sheet::value::words::key;

/// Rows in which a header is looked for.
pub(crate) const LOOKED_AT: usize = 30;
/// Bytes of a header. A row with more in a cell is none: headers are kept with what is known of a
/// table, and told with each fault.
const LONGEST: usize = 400;

/// Columns that an error file of ours adds: what was wrong is not read back.
pub const OWN_COLUMNS: [&str; 2] = ["错误说明 Faults", "原行号 Row"];
/// The sheet that an error file of ours adds.
pub const OWN_SHEET: &str = "错误清单 Faults";
/// The sheet of a template that says how to fill it in.
pub const HINT_SHEET: &str = "填写说明 Hints";

/// How a sheet is laid out under a mapping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layout {
    /// The number of the sheet, from 0.
    pub sheet: usize,
    /// Its name; empty for a text.
    pub name: String,
    /// The first and the last row of the header.
    pub header: (u64, u64),
    /// The headers, by column.
    pub headers: Vec<String>,
    /// For each column of the mapping, the column of the sheet.
    pub columns: Vec<Option<usize>>,
    /// Columns that nothing takes.
    pub unknown: Vec<usize>,
    /// Columns that go to where columns go that nothing names.
    pub rest: Vec<usize>,
    /// Headers that stand there twice.
    pub twice: Vec<String>,
}

impl Layout {
    /// Which column of the mapping a column of the sheet is.
    pub fn taken(&self, column: usize) -> Option<usize> {
        self.columns.iter().position(|found| *found == Some(column))
    }

    /// How many columns of the mapping it has.
    pub fn found(&self) -> usize {
        self.columns.iter().flatten().count()
    }
}

/// The names of a mapping's columns, as headers are compared.
pub(crate) struct Names {
    by_key: HashMap<String, usize>,
    ignored: Vec<String>,
}

impl Names {
    pub(crate) fn of(mapping: &Mapping) -> Self {
        let each = mapping.columns.iter().enumerate();
        let by_key =
            each.flat_map(|(at, column)| column.names.iter().map(move |n| (key(n), at))).collect();
        let own = OWN_COLUMNS.iter().map(|name| key(name));
        Self { by_key, ignored: mapping.ignore.iter().map(|n| key(n)).chain(own).collect() }
    }

    /// The column of the mapping that a header means; of two rows the whole, the lower or the upper.
    fn find(&self, upper: &str, lower: &str) -> Option<usize> {
        let both = format!("{}/{}", key(upper), key(lower));
        let names = [both, key(lower), key(upper)];
        let lower_is_empty = key(lower).is_empty();
        let of = |(at, name): (usize, &String)| {
            // The upper row alone says it only of what has nothing below.
            let fits = at < 2 || lower_is_empty;
            self.by_key.get(name).copied().filter(|_| fits && !name.is_empty())
        };
        names.iter().enumerate().find_map(of)
    }
}

/// Finds the header among the first rows of a sheet: the row, or with those above it the rows, that
/// have the most columns of the mapping. None where no row has enough of them.
pub(crate) fn find(
    mapping: &Mapping,
    names: &Names,
    sheet: usize,
    name: &str,
    head: &[Row],
) -> Option<Layout> {
    let mut best: Option<Layout> = None;
    for rows in 1..=usize::from(mapping.header_rows) {
        for window in head.windows(rows) {
            let mut cells = window.iter().flat_map(|row| &row.cells);
            if cells.any(|cell| cell.text.len() > LONGEST) {
                continue;
            }
            let found = layout(mapping, names, sheet, name, window);
            if best.as_ref().is_none_or(|best| found.found() > best.found()) {
                best = Some(found);
            }
        }
    }
    let required = mapping.columns.iter().filter(|column| column.required).count();
    let enough = required.div_ceil(2).max(1);
    best.filter(|best| {
        let has = |(at, column): (usize, &pack::Column)| {
            column.required && best.columns.get(at).is_some_and(Option::is_some)
        };
        let of_required = mapping.columns.iter().enumerate().filter(|found| has(*found)).count();
        best.found() > 0 && of_required >= enough.min(required)
    })
}

fn layout(mapping: &Mapping, names: &Names, sheet: usize, name: &str, rows: &[Row]) -> Layout {
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let (lower, uppers) = match rows.split_last() {
        Some((lower, uppers)) => (Some(lower), uppers),
        None => (None, rows),
    };
    let mut found = Layout {
        sheet,
        name: name.to_owned(),
        header: (rows.first().map_or(0, |row| row.number), lower.map_or(0, |row| row.number)),
        headers: Vec::with_capacity(width),
        columns: vec![None; mapping.columns.len()],
        unknown: Vec::new(),
        rest: Vec::new(),
        twice: Vec::new(),
    };
    // A merged cell stands in its first column, and reaches over what is empty to its right.
    let mut above = vec![String::new(); uppers.len()];
    for column in 0..width {
        for (text, row) in above.iter_mut().zip(uppers) {
            let cell = row.get(column);
            if !cell.is_empty() {
                text.clone_from(&cell.text);
            }
        }
        let own = lower.map(|row| row.get(column).text.trim()).unwrap_or_default();
        let upper: Vec<&str> =
            above.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).collect();
        let is_below = uppers.iter().any(|row| !row.get(column).is_empty());
        let upper = upper.join("/");
        let header = match (upper.is_empty(), own.is_empty()) {
            (true, _) => own.to_owned(),
            (false, true) if is_below => upper.clone(),
            (false, true) => String::new(),
            (false, false) => format!("{upper}/{own}"),
        };
        let meant = if header.is_empty() { None } else { names.find(&upper, own) };
        match meant {
            Some(at) => match found.columns.get_mut(at) {
                Some(place @ None) => *place = Some(column),
                _ => found.twice.push(header.clone()),
            },
            None if header.is_empty() || names.ignored.contains(&key(own)) => {}
            None if mapping.rest.is_some() => {
                if found.rest.iter().any(|other| found.headers.get(*other) == Some(&header)) {
                    found.twice.push(header.clone());
                }
                found.rest.push(column);
            }
            None => found.unknown.push(column),
        }
        found.headers.push(header);
    }
    found
}

#[cfg(test)]
mod tests {
    use sheet::Cell;

    use super::*;

    fn rows(text: &[&[&str]]) -> Vec<Row> {
        let row = |(at, cells): (usize, &&[&str])| Row {
            number: at as u64 + 1,
            cells: cells.iter().map(|text| Cell::text(*text)).collect(),
            width: 0,
        };
        text.iter().enumerate().map(row).collect()
    }

    fn found(mapping: &str, text: &[&[&str]]) -> Option<Layout> {
        let pack = pack::Pack::load(testkit::hubei_pack()).expect("the pack is right");
        let mapping = pack.mapping(mapping).expect("the pack has it");
        find(mapping, &Names::of(mapping), 0, "", &rows(text))
    }

    #[test]
    fn a_title_stands_above_the_header_and_a_merged_group_over_two_columns() {
        let layout = found(
            "laboratory-scopes",
            &[
                &["检验检测能力表"],
                &["机构名称", "证书编号", "发证日期", "有效期至", "产品/项目/参数", "", "限制范围"],
                &["", "", "", "", "序号", "名称", ""],
                &["甲院", "1", "2023-01-10", "2029-01-09", "1", "电气强度", ""],
            ],
        );
        let layout = layout.expect("it has a header");
        assert_eq!(layout.header, (2, 3));
        assert_eq!(layout.headers[5], "产品/项目/参数/名称");
        assert_eq!(layout.headers[0], "机构名称");
        let pack = pack::Pack::load(testkit::hubei_pack()).expect("the pack is right");
        let mapping = pack.mapping("laboratory-scopes").expect("the pack has it");
        let at = |id: &str| mapping.columns.iter().position(|c| c.id == id).expect("a column");
        assert_eq!(layout.columns[at("item")], Some(5));
        assert_eq!(layout.columns[at("restriction")], Some(6));
        assert_eq!(layout.unknown, [4]);
    }

    #[test]
    fn a_header_that_stands_twice_is_told() {
        let layout = found(
            "rasff",
            &[&["reference", "date", "category", "notifying_country", "classification", "Date "]],
        );
        assert_eq!(layout.expect("it has a header").twice, ["Date"]);
        assert_eq!(found("rasff", &[&["a", "b"], &["1", "2"]]), None);
    }
}
