//! `/console/doubles`.

use super::visitor::{Officer, token};
use crate::api::search::{known, organization};
use crate::site::on_both;

#[test]
fn an_officer_decides_on_a_double_entry() {
    on_both(async |site| {
        let officer = Officer::new(site);
        known(site, &organization(1, "shop:1", "周黑鸭食品有限公司")).await;
        let known = known(site, &organization(2, "shop:2", "周黑鸭（食品）有限公司")).await;
        let when = app::reading::When { known: Some(known), valid: None };
        site.system.as_of(when).await.unwrap();
        let mut page = officer.page("/console/doubles").await;
        for _ in 0..100 {
            if page.says("1 组待认定") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            page = officer.page("/console/doubles").await;
        }
        assert!(page.says("1 组待认定"), "{}", page.text);
        let file = officer.get("/console/doubles?as=csv").await;
        assert_eq!((file.status.as_u16(), file.header("zhiheng-rows")), (200, "1"));
        assert!(file.text().contains(",shop:1,周黑鸭食品有限公司,"), "{}", file.text());
        assert!(file.text().contains(",shop:2,周黑鸭（食品）有限公司,"), "{}", file.text());
        let registrar = Officer::with(site, &["registry.record"]);
        assert_eq!(registrar.get("/console/doubles").await.status, 200);
        assert_eq!(registrar.get("/console/doubles?as=csv").await.status, 403);
        let end = format!("/console/doubles?from={}", i64::MAX);
        assert_eq!(officer.get(&end).await.status, 200);
        let token = token(&page);
        let field = web::page::csrf::FIELD;
        let fields = [
            (field, token.as_str()),
            ("entry", "shop:1"),
            ("double_entry", "shop:2"),
            ("verdict", "same"),
            ("reason", "同一家"),
        ];
        assert_eq!(officer.post("/console/doubles", &fields[1..]).await.status, 403);
        let mut maybe = fields;
        maybe[3].1 = "maybe";
        assert_eq!(officer.post("/console/doubles", &maybe).await.status, 400);
        let reader = Officer::with(site, &["archive.view"]);
        assert_eq!(reader.post("/console/doubles", &fields).await.status, 403);
        let done = officer.post("/console/doubles", &fields).await;
        assert_eq!(
            (done.status.as_u16(), done.header("location")),
            (303, "/console/doubles?done=same")
        );
        let mut page = officer.page("/console/doubles?done=same").await;
        for _ in 0..100 {
            if page.says("没有待认定") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            page = officer.page("/console/doubles?done=same").await;
        }
        assert!(page.says("已认定为同一主体") && page.says("没有待认定"), "{}", page.text);
        let archive = officer.page("/console/archive/shop:2").await;
        assert!(archive.says("人工认定") && archive.says("shop:1"), "{}", archive.text);
        // Thought better of: the archive parts them again.
        assert!(archive.says("不是同一主体"));
        let parted =
            [fields[0], ("entry", "shop:1"), ("double_entry", "shop:2"), ("verdict", "different")];
        let done = officer.post("/console/doubles", &parted).await;
        assert_eq!(done.status.as_u16(), 303, "{}", done.text());
        let known = site.system.reader().size().await.unwrap();
        let archive = officer.page(&format!("/console/archive/shop:2?known={known}")).await;
        assert!(!archive.says("人工认定") && !archive.says("shop:1"), "{}", archive.text);
    });
}
