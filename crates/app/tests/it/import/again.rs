//! A table that comes again: what says the same stays, what says something else corrects it.

use super::support::*;
use crate::support::*;

const HEADER: &str = "企业名称,统一社会信用代码,检查编号,抽查类型,检查日期,检查结果,行政区划\n";

fn row(number: u64, result: &str) -> String {
    format!("示例{number},,J-{number},日常检查,2024-03-01,{result},420106\n")
}

#[test]
fn the_same_is_not_stored_again_and_a_change_corrects() {
    on_both(|home| {
        let system = home.open();
        let first: String = (0..5).map(|n| row(n, "未发现问题")).collect();
        let (_, imported) =
            import(home, &system, &File::of(HEADER.to_owned() + &first), "inspection-results");
        assert_eq!((imported.stored, imported.summary.added), (5, 5));
        let before = kind_ids(home, &system, "inspection");

        // The very same: nothing new is stored, not even a batch.
        let size = home.size(&system);
        let (_, imported) =
            import(home, &system, &File::of(HEADER.to_owned() + &first), "inspection-results");
        assert_eq!((imported.stored, imported.summary.same, imported.summary.good()), (0, 5, 0));
        assert_eq!(home.size(&system), size);

        // One is changed, one is new, one is missing, one stands there twice.
        let second = [
            row(0, "未发现问题"),
            row(1, "发现问题已责令改正"),
            row(2, "未发现问题"),
            row(3, "未发现问题"),
            row(3, "未发现问题"),
            row(9, "未发现问题"),
        ]
        .concat();
        let file = File::of(HEADER.to_owned() + &second);
        let (batch, imported) = import(home, &system, &file, "inspection-results");
        let summary = &imported.summary;
        assert_eq!((summary.added, summary.changed, summary.same), (1, 1, 3));
        assert_eq!((summary.doubles, summary.missing, summary.faults), (1, 1, 0));
        let after = kind_ids(home, &system, "inspection");
        assert_eq!(after.len(), 6);
        let views = after.iter().filter(|id| !before.contains(id));
        let corrects: Vec<_> = views
            .map(|id| home.run(system.record(operator(), *id, None)).unwrap().stored.corrects)
            .collect();
        assert_eq!(corrects.iter().flatten().count(), 1);
        assert!(before.contains(corrects.iter().flatten().next().unwrap()));

        // Withdrawn, the batch gives back what counted before it.
        home.run(system.withdraw(operator(), batch, "wrong file")).unwrap();
        let size = home.size(&system);
        merged(home, &system, size);
        let mut again = kind_ids(home, &system, "inspection");
        again.sort();
        let mut expected = before;
        expected.sort();
        assert_eq!(again, expected);
        let (_, imported) = import(home, &system, &file, "inspection-results");
        assert_eq!((imported.summary.added, imported.summary.changed), (1, 1));
    });
}

#[test]
fn of_two_rows_about_one_thing_that_differ_the_second_is_told() {
    on_each(&[false], |home| {
        let system = home.open();
        let text = HEADER.to_owned() + &row(1, "未发现问题") + &row(1, "发现问题已责令改正");
        let found = checked(home, &system, &File::of(text), "inspection-results");
        assert_eq!(told(&found.faults), [("C3".to_owned(), "import.key_twice")]);
    });
}

#[test]
fn what_says_something_of_persons_is_compared_too() {
    on_both(|home| {
        let system = home.open();
        let table = |text: &str| {
            File::of(format!(
                "登记编号,登记时间,问题类别,投诉内容,投诉人姓名,联系电话,行政区划\n12001,2024-03-01 10:00,质量,{text},张某,13800000000,420106\n"
            ))
        };
        let (_, imported) = import(home, &system, &table("漏电"), "complaints-12315");
        assert_eq!(imported.stored, 1, "{:?}", imported.faults);
        let (_, imported) = import(home, &system, &table("漏电"), "complaints-12315");
        assert_eq!((imported.summary.same, imported.stored), (1, 0));
        let found = checked(home, &system, &table("漏电严重"), "complaints-12315");
        assert_eq!((found.summary.changed, found.summary.same), (1, 0));
        let (_, imported) = import(home, &system, &table("漏电严重"), "complaints-12315");
        assert_eq!(imported.stored, 1);
        // Nothing of it lies openly in the store.
        let id = kind_ids(home, &system, "complaint")[0];
        let view = home.run(system.record(operator(), id, None)).unwrap();
        assert!(!String::from_utf8_lossy(&view.stored.open).contains("漏电"));
        assert_eq!(view.stored.personal.len(), 1);
    });
}
