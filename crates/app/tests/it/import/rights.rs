//! Rights hold row by row.

use super::support::*;
use crate::people::support::*;
use crate::support::*;

const HEADER: &str = "企业名称,检查编号,抽查类型,检查日期,检查结果,行政区划\n";

#[test]
fn an_officer_of_a_county_imports_for_no_other_county() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, officer) = staff.officer("county", "county-officer", WUCHANG);
        let text = format!(
            "{HEADER}甲,J-1,日常检查,2024-03-01,未发现问题,武昌区\n乙,J-2,日常检查,2024-03-01,未发现问题,西陵区\n丙,J-3,日常检查,2024-03-01,未发现问题,\n"
        );
        let file = File::of(text);
        let refused = import_as(home, &system, &officer, &file, "inspection-results", false);
        let Err(app::import::run::NotImported::Faulty(imported)) = refused else {
            panic!("{refused:?}")
        };
        assert_eq!(told(&imported.faults), [("F3".to_owned(), "door.region")]);
        let (_, imported) =
            import_as(home, &system, &officer, &file, "inspection-results", true).unwrap();
        // What names no region lies in the officer's own.
        assert_eq!(imported.stored, 2);
        for id in kind_ids(home, &system, "inspection") {
            let view = home.run(system.record(operator(), id, None)).unwrap();
            let envelope = String::from_utf8_lossy(&view.stored.envelope).into_owned();
            assert!(envelope.contains("\"region\":\"420106\""), "{envelope}");
            assert!(envelope.contains(&format!("\"office\":\"{WUCHANG}\"")), "{envelope}");
        }
        // What needs a permission that they do not have is refused row by row too.
        let alerts = "reference,date,category,notifying_country,classification\n1,2024-01-02,wine,Italy,alert notification\n";
        let refused = import_as(home, &system, &officer, &File::of(alerts), "rasff", true).unwrap();
        assert_eq!(refused.1.faults[0].code, "door.permission");
        assert_eq!(refused.1.stored, 0);
        // Who may not import is told so at once.
        let (_, clerk) = staff.officer("clerk", "station-officer", WUCHANG);
        let refused = import_as(home, &system, &clerk, &file, "inspection-results", true);
        let refused = app::Rejection::from(refused.unwrap_err());
        assert_eq!(refused.faults()[0].code, "door.permission");
        assert!(system.receive_table(&clerk, "x.csv").is_err());
    });
}
