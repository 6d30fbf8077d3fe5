//! Every mapping of the pack reads the example of its own template.

use std::collections::BTreeMap;

use app::import::marks::Tongue;
use sheet::{Flow, Layout, Limits, Source};

use super::support::*;
use crate::support::*;

#[test]
fn a_template_that_is_filled_in_with_its_examples_is_imported() {
    on_each(&[false], |home| {
        let system = home.open();
        let pack = pack();
        for mapping in pack.mappings() {
            let mut header: Vec<String> = Vec::new();
            let mut cells: Vec<String> = Vec::new();
            for column in &mapping.columns {
                if let Some(example) = &column.example {
                    header.push(format!("\"{}\"", column.names[0]));
                    cells.push(format!("\"{example}\""));
                }
            }
            let file = File::of(format!("{}\n{}\n", header.join(","), cells.join(",")));
            let found = checked(home, &system, &file, &mapping.id);
            assert_eq!(told(&found.faults), [], "{}: {:?}", mapping.id, found.faults);
            assert_eq!(found.summary.added, 1, "{}", mapping.id);
            assert_eq!(
                system.mapping_for(&file.path).unwrap().as_deref(),
                Some(mapping.id.as_str())
            );
            let (_, imported) = import(home, &system, &file, &mapping.id);
            assert_eq!(imported.stored, 1);
            let again = checked(home, &system, &file, &mapping.id);
            assert_eq!((again.summary.same, again.summary.good()), (1, 0), "{}", mapping.id);
        }
    });
}

#[test]
fn templates_have_the_headers_of_their_mappings() {
    on_each(&[false], |home| {
        let system = home.open();
        for mapping in pack().mappings() {
            for tongue in [Tongue::Zh, Tongue::En] {
                let bytes = system.template(&mapping.id, tongue).unwrap();
                let file = File::of(&bytes);
                let mut source =
                    Source::open(&file.path, Layout::default(), &Limits::default()).unwrap();
                assert_eq!(source.sheets().len(), 2, "{}", mapping.id);
                let mut texts = Vec::new();
                source
                    .read(0, &mut |row| {
                        texts.extend(row.cells.iter().map(|cell| cell.text.clone()));
                        Flow::On
                    })
                    .unwrap();
                let names: Vec<&str> =
                    mapping.columns.iter().map(|c| c.names[0].as_str()).collect();
                let found: Vec<&str> = texts.iter().map(|t| t.trim_end_matches('*')).collect();
                assert_eq!(found, names);
                // Sent empty it says so, and is read as a table of no rows.
                let found = checked(home, &system, &file, &mapping.id);
                assert_eq!((found.summary.rows, found.summary.faults), (0, 0), "{}", mapping.id);
            }
        }
        assert!(system.template("nothing", Tongue::Zh).is_err());
    });
}

#[test]
fn rows_of_one_report_become_its_items() {
    on_each(&[false], |home| {
        let system = home.open();
        let text = "检验报告编号,产品名称,标称生产企业,承检机构,报告日期,抽查结果,主要不合格项目,标准要求,检验结果\n\
            R-1,电热水壶,甲厂,某院,2024-03-01,不合格,电气强度,≥3000V,击穿\n\
            R-1,,,,,,结构,无锐边,有锐边\n\
            R-2,电热水壶,乙厂,某院,2024-03-01,合格,/,,\n";
        let (_, imported) = import(home, &system, &File::of(text), "sampling-products");
        assert_eq!((imported.summary.rows, imported.stored), (3, 2));
        let mut items = BTreeMap::new();
        for id in kind_ids(home, &system, "test-report") {
            let view = home.run(system.record(operator(), id, None)).unwrap();
            let open: serde_json::Value = serde_json::from_slice(&view.stored.open).unwrap();
            items.insert(open["report_no"].to_string(), open["items"].clone());
        }
        let first = items["\"R-1\""].as_array().unwrap();
        assert_eq!(first.len(), 2);
        assert_eq!((&first[1]["item"], &first[1]["verdict"]), (&"结构".into(), &"fail".into()));
        assert_eq!(items["\"R-2\""][0]["item"], "全部检验项目");
        // What belongs to a report and says otherwise of it is told.
        let text = "检验报告编号,产品名称,标称生产企业,承检机构,报告日期,抽查结果,主要不合格项目\n\
            R-3,电热水壶,甲厂,某院,2024-03-01,不合格,电气强度\n\
            R-3,电热水壶,甲厂,某院,2024-03-02,不合格,结构\n";
        let found = checked(home, &system, &File::of(text), "sampling-products");
        assert_eq!(told(&found.faults), [("E3".to_owned(), "cell.differs")]);
    });
}
