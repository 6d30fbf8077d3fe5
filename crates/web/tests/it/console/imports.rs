//! `/console/imports`: a sheet is sent, looked at, checked, corrected, imported and withdrawn.

use axum::body::Body;
use axum::http::{Method, Request};
use model::RecordId;

use super::visitor::{Officer, token};
use crate::site::{Answer, Site, on_both, on_sqlite};

const HEADER: &str = "企业名称,检查编号,抽查类型,检查日期,检查结果,行政区划,多余的列\n";

fn table(wrong: bool) -> String {
    let row = |n: u64| {
        let date = if wrong && n == 3 { "2024-02-30" } else { "2024年3月1日" };
        format!("示例{n},J-{n},日常检查,{date},未发现问题,武昌区,x\n")
    };
    HEADER.to_owned() + &(1..=6).map(row).collect::<String>()
}

/// A form with a file, as a browser sends it.
async fn send(officer: &Officer, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (field, value) in fields {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::builder().method(Method::POST).uri("/console/imports");
    let request = request.header("content-type", "multipart/form-data; boundary=x");
    let request = request.header("accept", "text/html").header("accept-language", "zh-CN");
    officer.send(request.body(Body::from(body)).unwrap()).await
}

/// The job that a form led to, once it has ended.
async fn ended(site: &Site, answer: &Answer) -> RecordId {
    assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
    let id = answer.header("location").strip_prefix("/console/system/jobs/").unwrap();
    let id: RecordId = id.parse().unwrap();
    site.system.job_ended(&app::Principal::operator(), id).await.unwrap();
    id
}

#[test]
fn a_table_goes_from_the_form_to_records_and_back() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let page = officer.page("/console/imports").await;
        assert!(page.says("还没有导入过表格") && page.says("空白模板"), "{}", page.text);
        let form = token(&page);
        let csrf = web::page::csrf::FIELD;
        let fields = [(csrf, form.as_str()), ("mapping", ""), ("as_of", "")];
        // Without the token, or with that of somebody else, nothing is kept.
        assert_eq!(send(&officer, &fields[1..], "a.csv", b"x").await.status, 403);
        assert_eq!(send(&officer, &[(csrf, "0")], "a.csv", b"x").await.status, 403);
        let nothing = send(&officer, &fields, "a.pdf", b"%PDF-1.7").await;
        assert_eq!(nothing.status, 422);
        assert!(nothing.text().contains("PDF"), "{}", nothing.text());
        assert!(site.system.uploads(&app::Principal::operator()).unwrap().is_empty());

        let sent = send(&officer, &fields, "检查.csv", table(true).as_bytes()).await;
        assert_eq!(sent.status, 303, "{}", sent.text());
        let at = sent.header("location").to_owned();
        let page = officer.page(&at).await;
        for said in [
            "检查.csv",
            "抽查检查结果公示信息",
            "UTF-8",
            "表头在第 1 行",
            "多余的列",
            "检查日期",
            "2024-03-01",
            "没有 2024-02-30",
        ] {
            assert!(page.says(said), "{said}: {}", page.text);
        }
        // Read in another way, and back.
        let wrong = [
            (csrf, form.as_str()),
            ("mapping", "rasff"),
            ("encoding", ""),
            ("separator", ""),
            ("as_of", ""),
        ];
        assert_eq!(officer.post(&at, &wrong).await.status, 303);
        assert!(officer.page(&at).await.says("没有找到表头"));
        let mut right = wrong;
        right[1].1 = "inspection-results";
        let mut bad_day = right;
        bad_day[4].1 = "2024-13-01";
        assert_eq!(officer.post(&at, &bad_day).await.status, 422);
        assert_eq!(officer.post(&at, &right).await.status, 303);

        let only = [(csrf, form.as_str())];
        let job = ended(site, &officer.post(&format!("{at}/check"), &only).await).await;
        let page = officer.page(&at).await;
        assert!(
            page.says("D4") && page.says("差错文件") && page.says("只导入正确的行"),
            "{}",
            page.text
        );
        let file = officer.get(&format!("/console/system/jobs/{job}/files/faults.xlsx")).await;
        assert_eq!(file.status, 200);

        // The error file, sent as it is, has the same fault; the corrected table has none.
        let again = send(&officer, &fields, "faults.xlsx", &file.body).await;
        let marked = again.header("location").to_owned();
        ended(site, &officer.post(&format!("{marked}/check"), &only).await).await;
        assert!(officer.page(&marked).await.says("D4"));
        assert_eq!(officer.post(&format!("{marked}/discard"), &only).await.status, 303);
        let sent = send(&officer, &fields, "检查.csv", table(false).as_bytes()).await;
        let at = sent.header("location").to_owned();
        ended(site, &officer.post(&format!("{at}/check"), &only).await).await;
        assert!(officer.page(&at).await.says("全部导入"));
        let all = [(csrf, form.as_str()), ("rows", "all")];
        assert_eq!(
            officer.post(&format!("{at}/run"), &[all[0], ("rows", "some")]).await.status,
            400
        );
        ended(site, &officer.post(&format!("{at}/run"), &all).await).await;
        let page = officer.page(&at).await;
        assert!(page.says("已入库记录") && page.says("撤回整个批次"), "{}", page.text);
        let upload =
            site.system.upload(&app::Principal::operator(), at.rsplit('/').next().unwrap());
        assert_eq!(upload.unwrap().run.unwrap().stored, Some(6));

        // Sent once more it is told; withdrawn it counts no more.
        let again = send(&officer, &fields, "检查.csv", table(false).as_bytes()).await;
        assert!(officer.page(again.header("location")).await.says("导入过"));
        assert_eq!(officer.post(&format!("{at}/withdraw"), &only).await.status, 422);
        let why = [(csrf, form.as_str()), ("reason", "旧表")];
        assert_eq!(officer.post(&format!("{at}/withdraw"), &why).await.status, 303);
        assert!(officer.page("/console/imports").await.says("已撤回"));
    });
}

#[test]
fn templates_are_taken_away_and_rights_hold() {
    on_sqlite(async |site| {
        let officer = Officer::with(site, &["import.run"]);
        let template = officer.get("/console/imports/templates/organizations").await;
        assert_eq!(template.status, 200);
        assert!(template.body.starts_with(b"PK"));
        assert_eq!(officer.get("/console/imports/templates/none").await.status, 404);
        assert_eq!(officer.get("/console/imports/none").await.status, 404);
        let reader = Officer::with(site, &["archive.view"]);
        for path in ["/console/imports", "/console/imports/templates/organizations"] {
            assert_eq!(reader.get(path).await.status, 403, "{path}");
        }
    });
}

#[test]
fn a_table_that_is_cut_off_leaves_nothing() {
    on_sqlite(async |site| {
        let officer = Officer::new(site);
        let form = token(&officer.page("/console/imports").await);
        let csrf = web::page::csrf::FIELD;
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"{csrf}\"\r\n\r\n{form}\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\n1,2"
        );
        let request = Request::builder().method(Method::POST).uri("/console/imports");
        let request = request.header("content-type", "multipart/form-data; boundary=x");
        let answer = officer.send(request.body(Body::from(body)).unwrap()).await;
        assert_eq!(answer.status, 400, "{}", answer.text());
        assert!(site.system.uploads(&app::Principal::operator()).unwrap().is_empty());
        let left = std::fs::read_dir(site.system.data().join("imports")).map_or(0, Iterator::count);
        assert_eq!(left, 0);
    });
}
