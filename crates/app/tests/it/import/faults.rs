//! What is wrong with a table is told cell by cell, and nothing else is.

use app::import::marks::{Tongue, write_book, write_list};
use app::import::run::NotImported;

use super::support::*;
use crate::support::*;

const HEADER: &str = "企业名称,统一社会信用代码,检查编号,抽查类型,检查日期,检查结果,行政区划";

fn row(number: u64) -> String {
    format!(
        "武汉示例{number}有限公司,914201001777000029,J-{number},日常检查,2024/3/{},未发现问题,武昌区",
        number % 28 + 1
    )
}

/// Ten faults of different sorts, each in one cell.
fn planted() -> String {
    let mut lines = vec![HEADER.to_owned()];
    lines.extend((1..=20).map(row));
    let mut put = |line: usize, column: usize, text: &str| {
        let mut cells: Vec<&str> = lines[line].split(',').collect();
        cells[column] = text;
        lines[line] = cells.join(",");
    };
    put(2, 4, "2024-02-30"); // E3
    put(3, 1, "9.14201E+17"); // B4
    put(4, 1, "914201001777000028"); // B5: check character
    put(5, 5, "好"); // F6
    put(6, 2, ""); // C7
    put(7, 6, "不存在县"); // G8
    put(8, 4, "3/4/2024"); // E9
    put(9, 3, "夜间检查"); // D10
    put(10, 4, "2099-01-01"); // E11: the future
    put(11, 0, ""); // A12
    // Two faults in one row, and one of them only intake sees.
    put(12, 1, "91420100177700002"); // B13
    lines.join("\n") + "\n"
}

#[test]
fn exactly_the_planted_cells_are_told_and_nothing_is_stored() {
    on_both(|home| {
        let system = home.open();
        let size = home.size(&system);
        let file = File::of(planted());
        let found = checked(home, &system, &file, "inspection-results");
        assert_eq!(
            told(&found.faults),
            [
                ("E3".to_owned(), "cell.no_such_day"),
                ("B4".to_owned(), "cell.lost_digits"),
                ("B5".to_owned(), "codes.check_digit"),
                ("F6".to_owned(), "cell.code"),
                ("C7".to_owned(), "cell.missing"),
                ("G8".to_owned(), "cell.region"),
                ("E9".to_owned(), "cell.date_order"),
                ("D10".to_owned(), "cell.code"),
                ("E11".to_owned(), "record.future"),
                ("A12".to_owned(), "cell.missing"),
                ("B13".to_owned(), "cell.length"),
            ]
        );
        let summary = &found.summary;
        assert_eq!((summary.rows, summary.added, summary.faulty), (20, 9, 11));
        let refused = import_as(home, &system, operator(), &file, "inspection-results", false);
        match refused {
            Err(NotImported::Faulty(imported)) => {
                assert_eq!(told(&imported.faults), told(&found.faults));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(home.size(&system), size);
        assert!(home.staged().is_empty());
    });
}

#[test]
fn the_error_file_is_corrected_and_sent_again() {
    on_both(|home| {
        let system = home.open();
        let file = File::of(planted());
        let found = checked(home, &system, &file, "inspection-results");
        let book = file.folder.path().join("faults.xlsx");
        let table = file.table("inspection-results");
        let layout = table.choice.layout();
        let rows =
            write_book(&table.path, layout, &found.summary, &found.faults, Tongue::Zh, &book);
        assert_eq!(rows.unwrap(), 20);
        // As it is, it has the same faults in the same cells.
        let marked = File { path: book, folder: file.folder };
        let again = checked(home, &system, &marked, "inspection-results");
        assert_eq!(told(&again.faults), told(&found.faults));
        let list = marked.folder.path().join("faults.csv");
        write_list(&found.summary, &found.faults, Tongue::En, &list).unwrap();
        let list = std::fs::read_to_string(list).unwrap();
        assert_eq!(list.lines().count(), 12);
        assert!(list.contains(",3,E,检查日期,2024-02-30,"), "{list}");
    });
}

#[test]
fn the_right_rows_are_stored_alone_where_that_is_chosen() {
    on_both(|home| {
        let system = home.open();
        let file = File::of(planted());
        let (batch, imported) =
            import_as(home, &system, operator(), &file, "inspection-results", true).unwrap();
        assert_eq!((imported.stored, imported.summary.faulty), (9, 11));
        assert_eq!(kind_ids(home, &system, "inspection").len(), 9);
        home.run(system.withdraw(operator(), batch, "wrong file")).unwrap();
        let size = home.size(&system);
        merged(home, &system, size);
        assert_eq!(kind_ids(home, &system, "inspection").len(), 0);
    });
}

#[test]
fn three_forms_of_days_and_numbers_as_text_are_read() {
    on_each(&[false], |home| {
        let system = home.open();
        let text = format!(
            "{HEADER}\n甲公司,,J-1,日常检查,2024年3月1日,未发现问题,420106\n乙公司,,J-2,日常检查,45352,正常,武汉市武昌区\n丙公司,,J-3,日常检查,２０２４．３．１,发现问题已责令改正,湖北省武汉市武昌区\n"
        );
        let (_, imported) = import(home, &system, &File::of(text), "inspection-results");
        assert_eq!(imported.stored, 3);
        for id in kind_ids(home, &system, "inspection") {
            let view = home.run(system.record(operator(), id, None)).unwrap();
            assert_eq!(view.stored.valid_at.to_string(), "2024-03-01T04:00:00.000000Z");
        }
    });
}

#[test]
fn what_is_wrong_with_the_whole_is_told_at_the_header() {
    on_each(&[false], |home| {
        let system = home.open();
        let codes = |text: &str| {
            let found = checked(home, &system, &File::of(text), "inspection-results");
            told(&found.faults).into_iter().map(|(_, code)| code.to_owned()).collect::<Vec<_>>()
        };
        let twice = format!("{HEADER},检查 结果\n{},x\n", row(1));
        assert_eq!(codes(&twice), ["import.header_twice"]);
        let missing = "企业名称,检查编号,检查日期\n甲,1,2024-03-01\n";
        assert_eq!(codes(missing), ["import.column_missing"]);
        let none = try_check(home, &system, &File::of("a,b\n1,2\n"), "inspection-results");
        assert_eq!(only(none).code, "import.no_header");
        // A line with a separator too many stands in no column, one cut short neither.
        let wide = format!("{HEADER}\n{},x\n{}\nx,y\n", row(1), row(2));
        assert_eq!(codes(&wide), ["row.width", "row.width"]);
        let none = try_check(home, &system, &File::of(""), "inspection-results");
        assert_eq!(only(none).code, "sheet.empty");
        let none = try_check(home, &system, &File::of(HEADER), "nothing");
        assert_eq!(only(none).code, "import.mapping");
    });
}

#[test]
fn a_table_that_breaks_off_stores_nothing() {
    on_both(|home| {
        let system = home.open();
        let size = home.size(&system);
        let mut text = HEADER.to_owned() + "\n";
        for number in 0..3_000 {
            text.push_str(&row(number));
            text.push('\n');
        }
        text.push_str("甲公司,\"没有结束");
        let file = File::of(text);
        let refused = import_as(home, &system, operator(), &file, "inspection-results", true);
        let refused = app::Rejection::from(refused.unwrap_err());
        assert_eq!(refused.faults()[0].code, "sheet.open_quote");
        assert!(refused.faults()[0].zh.contains("3002"), "{}", refused.faults()[0].zh);
        assert_eq!(home.size(&system), size);
        assert!(home.staged().is_empty());
    });
}
