//! A return as a file.

use std::io;

use codes::Label;
use sheet::write::{Cell, Column, Format, Head, Holds, Note, Words, Writer};

use super::Return;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

impl Return {
    /// The figures as a file.
    ///
    /// # Errors
    /// None that a file in memory has.
    pub fn file(&self, format: Format, language: Language) -> io::Result<Vec<u8>> {
        let say = |label: &Label| match language {
            Language::Zh => label.zh.clone(),
            Language::En => label.en.clone(),
        };
        let pick = |zh: &str, en: &str| match language {
            Language::Zh => zh.to_owned(),
            Language::En => en.to_owned(),
        };
        let mut columns = vec![
            Column::new("row", pick("代码", "Code"), Holds::Text),
            Column::new("row_label", pick("项目", "Item"), Holds::Text),
        ];
        columns.extend(self.table.columns.iter().map(|column| {
            let label = match &column.group {
                Some(group) => format!("{} · {}", say(group), say(&column.label)),
                None => say(&column.label),
            };
            Column::new(&column.id, label, Holds::Number)
        }));
        let mut notes = vec![
            Note::new("form", pick("表号", "Form"), &self.report.form),
            Note::new(
                "period",
                pick("报告期", "Period"),
                pick(&self.period.zh(), &self.period.to_string()),
            ),
            Note::new("office", pick("填报机关", "Office"), say(&self.office_label)),
            Note::number(
                "known",
                pick("截至记录数", "As of so many records"),
                self.locked.as_ref().map_or(self.as_of.known, |l| l.known),
            ),
        ];
        match &self.locked {
            Some(locked) => {
                let record = locked.record.to_string();
                notes.push(Note::new("record", pick("锁定记录", "Locked by the record"), record));
            }
            None => {
                let draft = pick("未锁定，数据可能变化", "Not locked: the figures may change");
                notes.push(Note::new("draft", pick("状态", "State"), draft));
            }
        }
        notes.extend(
            self.report
                .note
                .as_ref()
                .map(|note| Note::new("note", pick("说明", "Note"), say(note))),
        );
        let head = Head {
            title: say(&self.report.label),
            columns,
            rows: self.table.rows.len() as u64,
            notes,
            mark: None,
            words: match language {
                Language::Zh => Words::chinese(),
                Language::En => Words::english(),
            },
        };
        let mut writer = Writer::new(format, Vec::new(), head)?;
        for (row, head) in self.table.rows.iter().enumerate() {
            let label = say(&head.label);
            let figures: Vec<String> = (0..self.table.columns.len())
                .map(|column| self.table.figure(row, column))
                .collect();
            let mut cells = vec![Cell::Text(&head.id), Cell::Text(&label)];
            cells.extend(figures.iter().map(|figure| match figure.as_str() {
                super::table::OTHER => Cell::Empty,
                figure => Cell::Decimal(figure),
            }));
            writer.row(&cells)?;
        }
        Ok(writer.finish()?.0)
    }
}
