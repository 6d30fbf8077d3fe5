//! `/console/search`.

use web::page::visitor::Desk;

use super::visitor::{Officer, at};
use crate::api::search::{STEEL, known, organization};
use crate::site::on_both;

#[test]
fn an_officer_finds_an_organization() {
    on_both(async |site| {
        let officer = Officer::new(site);
        assert!(officer.page("/console/search").await.says("从这里开始"));
        known(site, &organization(1, STEEL, "武汉钢铁（集团）<b>公司")).await;
        let when = app::reading::When {
            known: Some(site.system.reader().size().await.unwrap()),
            valid: None,
        };
        site.system.as_of(when).await.unwrap();
        for typed in ["whgt", "%E6%AD%A6%E9%92%A2", "914201001777000028"] {
            let mut page = officer.page(&format!("/console/search?q={typed}")).await;
            for _ in 0..50 {
                if page.says("找到 1 个") {
                    break;
                }
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                page = officer.page(&format!("/console/search?q={typed}")).await;
            }
            assert!(page.says("武汉钢铁（集团）&#60;b&#62;公司"), "{typed}: {}", page.text);
            assert!(page.says("914201001777000029") && page.says("青山区"), "{}", page.text);
            assert!(page.links().contains(&format!("/console/archive/{STEEL}")));
        }
        // All that was found as a file, for who may take such away.
        let page = officer.page("/console/search?q=whgt").await;
        assert!(page.links().iter().any(|link| link.ends_with("q=whgt&as=csv")), "{}", page.text);
        let file = officer.get("/console/search?q=whgt&as=jsonl").await;
        assert_eq!((file.status.as_u16(), file.header("zhiheng-rows")), (200, "1"));
        let row = file.text().lines().nth(1).unwrap_or_default().to_owned();
        let row: serde_json::Value = serde_json::from_str(&row).unwrap();
        assert_eq!((&row["id"], &row["region"]), (&STEEL.into(), &"青山区".into()));
        assert_eq!(row["name"], "武汉钢铁（集团）<b>公司");
        let reader = Officer::with(site, &["archive.view", "search.use"]);
        assert!(!reader.page("/console/search?q=whgt").await.says("as=csv"));
        assert_eq!(reader.get("/console/search?q=whgt&as=csv").await.status, 403);
        assert!(officer.page("/console/search?q=whgt&sort=place").await.says("没有找到"));
        assert!(officer.page("/console/search?q=whgt&region=420200").await.says("没有找到"));
        assert_eq!(officer.get("/console/search?q=whgt&sort=gossip").await.status, 400);
        let id = crate::samples::id(1);
        let to = officer.get(&format!("/console/search?q={id}")).await;
        assert_eq!(
            (to.status.as_u16(), to.header("location")),
            (303, &*format!("/console/records/{id}"))
        );
    });
}

#[test]
fn nobody_else_sees_the_console() {
    on_both(async |site| {
        site.stored(&organization(1, STEEL, "武汉钢铁")).await;
        let enterprise = Officer::of(site, at(Desk::Enterprise, &["*"]));
        let record = format!("/console/records/{}", crate::samples::id(1));
        for path in [
            "/console/search?q=a",
            "/console/doubles",
            &format!("/console/archive/{STEEL}"),
            &record,
            &format!("{record}/proof"),
        ] {
            let nobody = site.ask(axum::http::Method::GET, path).without("authorization");
            let nobody = nobody.header("accept", "text/html").send().await;
            for answer in [nobody, enterprise.get(path).await] {
                // Led to the log-in, or told so.
                assert!(
                    [303, 401, 403].contains(&answer.status.as_u16()),
                    "{path} {}",
                    answer.status
                );
                assert!(!answer.text().contains("武汉钢铁"), "{path}");
            }
        }
        let reader = Officer::with(site, &["search.use"]);
        for path in [&*format!("/console/archive/{STEEL}"), &record, "/console/doubles"] {
            assert_eq!(reader.get(path).await.status, 403, "{path}");
        }
    });
}

#[test]
fn an_officer_finds_a_record_by_its_number() {
    on_both(async |site| {
        let mut record = crate::samples::complaint(1, "p-1");
        record["open"]["number"] = "C-2026-118".into();
        let known = site.stored(&record).await["position"].as_u64().unwrap() + 1;
        let when = app::reading::When { known: Some(known), valid: None };
        site.system.as_of(when).await.unwrap();
        let page = Officer::new(site).page("/console/search?q=c-2026-118").await;
        let record = format!("/console/records/{}", crate::samples::id(1));
        assert!(page.links().contains(&record) && page.says("C-2026-118"), "{}", page.text);
        // Who may find organizations and read no records is told of none.
        let page = Officer::with(site, &["search.use"]).page("/console/search?q=C-2026-118").await;
        assert!(!page.links().contains(&record), "{}", page.text);
    });
}
