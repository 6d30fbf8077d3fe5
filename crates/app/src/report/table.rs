//! The cells of a return.

use codes::Label;

/// A table of figures. The first row is the total.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    /// The rows.
    pub rows: Vec<RowHead>,
    /// The columns.
    pub columns: Vec<ColumnHead>,
    /// By row, then by column: the figure in units of the column's last place; none where there is
    /// none, as a share of nothing.
    pub cells: Vec<Vec<Option<i64>>>,
}

/// The id of the total's row.
pub const TOTAL: &str = "total";
/// The id of the row or column of what has no code, or one that is not listed.
pub const OTHER: &str = "-";

/// What a row is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowHead {
    /// A code, a division, `total`, or `-` for what is none of the others.
    pub id: String,
    /// Its name.
    pub label: Label,
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnHead {
    /// Its id: that of the report's column, with the code behind a dot where there is one for each.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// The name of the group that it belongs to.
    pub group: Option<Label>,
    /// Digits after the point.
    pub places: u8,
}

impl Table {
    /// The figure of a cell as it is written; `-` where there is none.
    pub fn figure(&self, row: usize, column: usize) -> String {
        let cell = self.cells.get(row).and_then(|row| row.get(column)).copied().flatten();
        let places = self.columns.get(column).map_or(0, |column| column.places);
        cell.map_or_else(|| OTHER.to_owned(), |number| decimal(number, places))
    }

    /// The place of a column.
    pub fn column(&self, id: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.id == id)
    }

    /// Names rows and columns as another table does, where it has them: what is kept of a locked
    /// return has its names in Chinese alone, and no groups.
    pub(super) fn named_as(&mut self, other: &Self) {
        for row in &mut self.rows {
            if let Some(known) = other.rows.iter().find(|known| known.id == row.id) {
                row.label.clone_from(&known.label);
            }
        }
        for column in &mut self.columns {
            if let Some(known) = other.columns.iter().find(|known| known.id == column.id) {
                column.label.clone_from(&known.label);
                column.group.clone_from(&known.group);
            }
        }
    }

    /// Each row as one text: its figures with `|` between them.
    pub fn lines(&self) -> Vec<String> {
        let line = |row: usize| {
            let figures: Vec<String> =
                (0..self.columns.len()).map(|column| self.figure(row, column)).collect();
            figures.join("|")
        };
        (0..self.rows.len()).map(line).collect()
    }

    /// The one text of the figures: the ids of columns and rows and what stands in each cell. Two
    /// tables of the same text have the same figures.
    pub fn text(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(|column| column.id.as_str()).collect();
        let mut text = columns.join("|");
        for (row, line) in self.rows.iter().zip(self.lines()) {
            text.push('\n');
            text.push_str(&row.id);
            text.push('|');
            text.push_str(&line);
        }
        text
    }

    /// The figures of a line that [`lines`](Self::lines) wrote; none where it is none.
    pub(super) fn read_line(columns: &[ColumnHead], line: &str) -> Option<Vec<Option<i64>>> {
        let figures: Vec<&str> = line.split('|').collect();
        if figures.len() != columns.len() {
            return None;
        }
        let read = |(column, figure): (&ColumnHead, &&str)| match *figure {
            OTHER => Some(None),
            figure => units(figure, column.places).map(Some),
        };
        columns.iter().zip(&figures).map(read).collect()
    }
}

/// A number of units of the last place, as it is written.
pub(super) fn decimal(number: i64, places: u8) -> String {
    let sign = if number < 0 { "-" } else { "" };
    let digits = format!("{:0>1$}", number.unsigned_abs(), usize::from(places) + 1);
    let (whole, fraction) = digits.split_at(digits.len() - usize::from(places));
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// The units of a number that [`decimal`] wrote.
fn units(text: &str, places: u8) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() != usize::from(places) {
        return None;
    }
    format!("{whole}{fraction}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_over_and_figures_stay() {
        let label = |zh: &str, en: &str| Label { zh: zh.to_owned(), en: en.to_owned() };
        let table = |en: &str, group: Option<Label>, figure| Table {
            rows: vec![RowHead { id: TOTAL.to_owned(), label: label("合计", en) }],
            columns: vec![ColumnHead {
                id: "category.food".to_owned(),
                label: label("食品", en),
                group,
                places: 0,
            }],
            cells: vec![vec![Some(figure)]],
        };
        let mut locked = table("", None, 7);
        let text = locked.text();
        locked.named_as(&table("English", Some(label("按类别", "By category")), 8));
        assert_eq!(locked, table("English", Some(label("按类别", "By category")), 7));
        assert_eq!(locked.text(), text);
        locked.named_as(&Table::default());
        assert_eq!(locked.rows[0].label.en, "English");
    }

    #[test]
    fn a_figure_is_read_as_it_was_written() {
        for (number, places, text) in
            [(0, 0, "0"), (5, 2, "0.05"), (-5, 2, "-0.05"), (12_345, 2, "123.45"), (-7, 0, "-7")]
        {
            assert_eq!(decimal(number, places), text);
            assert_eq!(units(text, places), Some(number));
        }
        assert_eq!(units("1.5", 2), None);
        assert_eq!(units("x", 0), None);
    }
}
