//! `GET /archive/{subject}`: what the public sees, and what it does not.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::story::{MAKER, NAME, id_of, tell};
use crate::samples;
use crate::site::{on_both, on_sqlite};

#[test]
fn the_public_sees_what_the_pack_calls_public_and_no_more() {
    on_both(async |site| {
        let mut tip_off = samples::complaint(900, "p-1");
        tip_off["subjects"][0]["id"] = MAKER.into();
        tell(site).await;
        site.stored(&tip_off).await;
        let page = site.page(&format!("/archive/{MAKER}?lang=zh-CN")).await;
        for shown in [NAME, "鄂市监处罚〔2026〕312", "鄂召〔2026〕27", "XK-42-2024-0088", "已存证"]
        {
            assert!(page.says(shown), "{shown} is missing: {}", page.text);
        }
        // Internal kinds, fields that are not public, a penalty whose publication has ended, and
        // whoever complained.
        for hidden in ["HB-T-2026-118263", "R-2026-9", "〔2021〕77", "discretion", "C-900", "张三"]
        {
            assert!(!page.says(hidden), "{hidden} is shown: {}", page.text);
        }
        assert!(page.links().contains(&format!("/records/{}", id_of("recall-notice"))));
        let penalties = site.page(&format!("/archive/{MAKER}?kind=penalty")).await;
        assert!(penalties.says("鄂市监处罚〔2026〕312") && !penalties.says("鄂召〔2026〕27"));
        let english = site.page(&format!("/archive/{MAKER}?lang=en")).await;
        assert!(english.says("Penalty") && english.says("In the log"));
    });
}

#[test]
fn a_person_named_in_a_role_that_is_not_public_has_no_public_records() {
    on_sqlite(async |site| {
        let mut inspection = super::story::records();
        let mut inspection = inspection.swap_remove(
            inspection.iter().position(|record| record["kind"] == "inspection").unwrap(),
        );
        let subjects = inspection["subjects"].as_array_mut().unwrap();
        subjects.push(json!({ "role": "officer", "id": "person:hb-0007" }));
        let position = site.stored(&inspection).await["position"].as_u64().unwrap();
        let merged = site.system.readings().watermark();
        assert!(merged.wait_for(position, std::time::Duration::from_secs(20)).await);
        let officer = site.page("/archive/person:hb-0007").await;
        assert!(officer.says("没有公开记录"), "{}", officer.text);
        let page = site.page(&format!("/archive/{MAKER}")).await;
        assert!(page.says("J-2026-001") && !page.says("hb-0007"), "{}", page.text);
        // Its proof shows no heading, for that names the officer.
        let id = inspection["id"].as_str().unwrap();
        assert!(
            site.system.evidence().wait_for(position, std::time::Duration::from_secs(20)).await
        );
        let proof = site.page_or_file(&format!("/records/{id}/proof")).await;
        assert_eq!(proof.status, StatusCode::OK);
        assert!(!proof.text().contains("hb-0007") && !proof.text().contains("extra"));
    });
}

#[test]
fn a_list_is_a_file_with_its_number_of_rows_first() {
    on_both(async |site| {
        tell(site).await;
        let csv = site.page_or_file(&format!("/archive/{MAKER}?as=csv")).await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert!(csv.header("content-disposition").starts_with("attachment; filename=\"archive-"));
        let text = csv.text();
        assert!(text.starts_with('\u{FEFF}'), "{text}");
        let rows: u64 = csv.header("zhiheng-rows").parse().unwrap();
        // The heading before them, and behind them the line that says how many they are.
        assert_eq!(rows, text.trim_end().split("\r\n").count() as u64 - 2, "{text}");
        assert!(text.trim_end().ends_with(text.lines().last().unwrap()));
        assert!(text.lines().last().unwrap().contains(&format!("# 行数 {rows}; ")), "{text}");
        let book = site.page_or_file(&format!("/archive/{MAKER}?as=xlsx")).await;
        assert!(book.header("content-type").ends_with("spreadsheetml.sheet"));
        assert_eq!(
            (book.header("zhiheng-rows"), &book.body[..2]),
            (&*rows.to_string(), &b"PK"[..])
        );
        let lines = site.page_or_file(&format!("/archive/{MAKER}?as=jsonl&kind=inspection")).await;
        let lines: Vec<Value> =
            lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["rows"], 4);
        assert_eq!(lines.len(), 5);
        assert!(lines[1..].iter().all(|line| line["kind"] == "inspection"), "{lines:?}");
        let wrong = site.page_as(&format!("/archive/{MAKER}?as=xls"), &[]).await;
        assert_eq!(wrong.answer.status, StatusCode::BAD_REQUEST);
    });
}

#[test]
fn a_long_archive_has_pages_and_a_file_has_them_all() {
    on_sqlite(async |site| {
        let story = super::story::records();
        let inspection = story.iter().find(|record| record["kind"] == "inspection").unwrap();
        let mut last = 0;
        for number in 0..120_u64 {
            let mut record = inspection.clone();
            record["id"] = samples::id(5000 + number).into();
            record["open"]["inspection_no"] = format!("=J-{number}").into();
            last = site.stored(&record).await["position"].as_u64().unwrap();
        }
        let merged = site.system.readings().watermark();
        assert!(merged.wait_for(last, std::time::Duration::from_secs(20)).await);
        let mut path = format!("/archive/{MAKER}");
        let mut seen = 0;
        for page_number in 0.. {
            let page = site.page(&path).await;
            seen += page.text.matches("class=\"event\"").count();
            let next = page.text.split("rel=\"next\"").next().unwrap();
            let next = next.rsplit("href=\"").next().unwrap().split('"').next().unwrap();
            if !page.says("rel=\"next\"") {
                assert_eq!(page_number, 2);
                break;
            }
            path = next.replace("&#38;", "&");
        }
        assert_eq!(seen, 120);
        let file = site.page_or_file(&format!("/archive/{MAKER}?as=csv")).await;
        assert_eq!(file.header("zhiheng-rows"), "120");
        assert_eq!(file.text().matches("=J-").count(), file.text().matches("：=J-").count() + 120);
    });
}

#[test]
fn what_is_no_subject_is_not_found() {
    on_sqlite(async |site| {
        for path in ["/archive/nonsense", "/archive/:", "/archive/%0A", "/archive/..%2f..%2fetc"] {
            let page = site.page_as(path, &[]).await;
            assert_eq!(page.answer.status, StatusCode::NOT_FOUND, "{path}");
        }
        let nobody = site.page("/archive/uscc:91420100A123456700").await;
        assert!(nobody.says("没有公开记录"));
    });
}
