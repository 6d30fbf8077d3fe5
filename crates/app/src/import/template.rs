//! Blank tables to fill in, one for each mapping.

use pack::{FieldType, Mapping, Names, Pack};
use sheet::template::{Column, Words, template};

use super::check::mapping_of;
use super::header::HINT_SHEET;
use super::marks::Tongue;
use crate::fault::Rejection;
use crate::system::System;

/// Choices that a drop-down shows; what has more is said in words.
const MOST_CHOICES: usize = 200;

impl System {
    /// The template of a mapping, as XLSX.
    ///
    /// # Errors
    /// No such mapping; it cannot be made.
    pub fn template(&self, mapping: &str, tongue: Tongue) -> Result<Vec<u8>, Rejection> {
        let pack = self.pack();
        let mapping = mapping_of(&pack, mapping)?;
        let today = crate::time::day(self.clock().now());
        let columns: Vec<Column> = mapping
            .columns
            .iter()
            .map(|column| of(&pack, mapping, column, tongue, today))
            .collect();
        let is_zh = tongue == Tongue::Zh;
        let label = if is_zh { &mapping.label.zh } else { &mapping.label.en };
        let mut lead = vec![label.clone()];
        lead.push(match (is_zh, mapping.columns_are) {
            (true, Names::Usual) => "列名为行业惯用名称；带 * 的列必填。填写“数据”工作表后上传，本表不会导入。".to_owned(),
            (true, Names::Known) => "列名来自数据源；带 * 的列必填。填写“数据”工作表后上传，本表不会导入。".to_owned(),
            (false, Names::Usual) => "The columns have the names usual in the field; those with * must be filled in. Fill in the sheet 数据 and send the file; this sheet is not imported.".to_owned(),
            (false, Names::Known) => "The columns have the names of the source; those with * must be filled in. Fill in the sheet 数据 and send the file; this sheet is not imported.".to_owned(),
        });
        if let Some(note) = &mapping.note {
            lead.push(if is_zh { note.zh.clone() } else { note.en.clone() });
        }
        let words = Words {
            sheet: "数据",
            hints: HINT_SHEET,
            lists: "代码表 Lists",
            lead: &lead,
            columns: match is_zh {
                true => ["列名", "必填", "类型", "填写说明", "示例", "可选值"],
                false => ["Column", "Required", "Type", "What belongs there", "Example", "Choices"],
            },
            yes: if is_zh { "是" } else { "yes" },
            no: if is_zh { "否" } else { "no" },
            not_listed: if is_zh {
                "不在代码表中，导入时可能不被接受"
            } else {
                "It is not in the list, and may be refused"
            },
        };
        template(&columns, &words).map_err(|error| {
            store::Error::Unavailable { reason: format!("the template: {error}") }.into()
        })
    }
}

fn of(
    pack: &Pack,
    mapping: &Mapping,
    column: &pack::Column,
    tongue: Tongue,
    today: clock::Date,
) -> Column {
    let is_zh = tongue == Tongue::Zh;
    let kind = pack.kind(&mapping.kind);
    let target = column.targets().next().and_then(|(name, _)| {
        let (table, inner) = name.split_once('.').map_or((name, None), |(t, c)| (t, Some(c)));
        let field = kind?.field(table)?;
        match (&field.field_type, inner) {
            (FieldType::Table { columns }, Some(inner)) => columns.iter().find(|c| c.name == inner),
            _ => Some(field),
        }
    });
    let of = target.map(|field| match &field.field_type {
        FieldType::List(of) => of.as_ref(),
        other => other,
    });
    let list = match of {
        Some(FieldType::Code { list }) => pack.list(list),
        _ => None,
    };
    let mut choices: Vec<String> = list
        .map(|list| list.entries().iter().filter(|entry| entry.in_force.holds(today)))
        .into_iter()
        .flatten()
        .map(|entry| if is_zh { entry.label.zh.clone() } else { entry.label.en.clone() })
        .collect();
    if matches!(of, Some(FieldType::Boolean)) {
        choices = vec!["是".to_owned(), "否".to_owned()];
    }
    let is_list = target.is_some_and(|field| matches!(field.field_type, FieldType::List(_)));
    if choices.len() > MOST_CHOICES {
        choices.clear();
    }
    let sort = sort(of, is_list, is_zh);
    let label = target.map(|field| if is_zh { &field.label.zh } else { &field.label.en });
    let hint =
        column.hint.as_ref().map(|hint| if is_zh { hint.zh.clone() } else { hint.en.clone() });
    let mut hint = hint.or_else(|| label.cloned()).unwrap_or_default();
    if let [length] = column.lengths.as_slice()
        && column.hint.is_none()
    {
        hint = match is_zh {
            true => format!("{hint} {length} 位，文本格式"),
            false => format!("{hint} {length} characters, formatted as text"),
        };
    }
    let header = column.names.first().cloned().unwrap_or_default();
    let is_text = !column.lengths.is_empty()
        || matches!(
            of,
            None | Some(FieldType::Text { .. } | FieldType::Region | FieldType::Industry)
        );
    let is_required = column.required
        || target.is_some_and(|field| field.required)
            && !column.targets().any(|(name, _)| mapping.fixed.contains_key(name));
    // Several choices in one cell are no drop-down.
    let choices = if is_list { Vec::new() } else { choices };
    Column {
        header,
        required: is_required,
        hint: hint.trim().to_owned(),
        example: column.example.clone().unwrap_or_default(),
        choices,
        sort: sort.to_owned(),
        is_text,
    }
}

fn sort(of: Option<&FieldType>, is_list: bool, is_zh: bool) -> &'static str {
    let (zh, en) = match of {
        Some(FieldType::Date) => ("日期，例如 2026-03-05", "Day, such as 2026-03-05"),
        Some(FieldType::Instant) => {
            ("时间，例如 2026-03-05 14:30", "Time, such as 2026-03-05 14:30")
        }
        Some(FieldType::Integer) => ("整数", "Whole number"),
        Some(FieldType::Decimal | FieldType::Quantity { .. }) => ("数字", "Number"),
        Some(FieldType::Money) => ("金额（元）", "Amount in yuan"),
        Some(FieldType::Boolean) => ("是/否", "Yes or no (是/否)"),
        Some(FieldType::Code { .. }) if is_list => {
            ("选项，多个以顿号分隔", "Choices, 、 between them")
        }
        Some(FieldType::Code { .. }) => ("选项", "Choice"),
        _ if is_list => ("文本，多个以顿号分隔", "Texts, 、 between them"),
        _ => ("文本", "Text"),
    };
    if is_zh { zh } else { en }
}
