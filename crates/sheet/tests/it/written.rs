//! Templates and error files are read back by ourselves.

use sheet::marked::{Mark, Marked, Words};
use sheet::template::{Column, template};
use sheet::{Flow, Row, Sort};

use crate::files::{File, cell, read};

const WORDS: Words<'_> = Words {
    columns: ["Faults", "Row"],
    list: "List",
    list_columns: ["Sheet", "Row", "Column", "Header", "Value", "Why", "What to do"],
    lead: "2 faults",
};

fn row(number: u64, texts: &[&str]) -> Row {
    Row { number, cells: texts.iter().map(|text| cell(text)).collect(), width: 0 }
}

#[test]
fn an_error_file_is_the_table_with_marks() {
    let file = File::of(b"");
    let mut marked = Marked::new();
    marked.sheet("数据", &[row(1, &["编号", "日期"])], 2, &WORDS).unwrap();
    let mut first = row(2, &["=1+1", "2026-02-30"]);
    first.cells.push(sheet::Cell::number(3.5));
    let mark = Mark {
        row: 2,
        column: Some(1),
        header: "日期",
        value: "2026-02-30",
        why: "没有这一天",
        remedy: "请改正",
    };
    marked.row(&first, &[mark]).unwrap();
    marked.row(&row(3, &["007", "2026-03-01"]), &[]).unwrap();
    marked.finish(&file.path, &WORDS).unwrap();

    let mut source = file.open().unwrap();
    assert_eq!(source.sheets(), ["数据", "List"]);
    let mut rows = Vec::new();
    let mut keep = |row: &mut Row| {
        rows.push(row.clone());
        Flow::On
    };
    source.read(0, &mut keep).unwrap();
    source.read(1, &mut keep).unwrap();
    let texts: Vec<Vec<&str>> =
        rows.iter().map(|row| row.cells.iter().map(|c| c.text.as_str()).collect()).collect();
    assert_eq!(texts[0], ["编号", "日期", "Faults", "Row"]);
    assert_eq!(texts[2], ["007", "2026-03-01"]);
    assert_eq!(rows[1].cells[0].text, "=1+1");
    assert!(rows[1].cells[2].text.contains("没有这一天"));
    assert_eq!(texts[5][2..], ["B", "日期", "2026-02-30", "没有这一天", "请改正"]);
    // A text that looks like a formula is none.
    assert!(!source.notes().iter().any(|note| note.code == "sheet.formulas"));
}

#[test]
fn a_template_has_headers_hints_and_choices() {
    let columns = [
        Column {
            header: "名称".to_owned(),
            required: true,
            hint: "全称".to_owned(),
            example: "甲".to_owned(),
            sort: "文本".to_owned(),
            is_text: true,
            ..Column::default()
        },
        Column {
            header: "状态".to_owned(),
            choices: vec!["在营".to_owned(), "注销".to_owned()],
            ..Column::default()
        },
    ];
    let lead = ["填写说明".to_owned()];
    let words = sheet::template::Words {
        sheet: "数据",
        hints: "说明",
        lists: "代码",
        lead: &lead,
        columns: ["列", "必填", "类型", "说明", "示例", "可选值"],
        yes: "是",
        no: "否",
        not_listed: "不在代码表中",
    };
    let bytes = template(&columns, &words).unwrap();
    let found = read(&bytes);
    assert_eq!(found.texts(), [["名称*", "状态"]]);
    assert_eq!(found.rows[0].cells[0].sort, Sort::Text);
    let file = File::of(&bytes);
    assert_eq!(file.open().unwrap().sheets(), ["数据", "说明"]);
}
