//! `/console/work`: what has to be done, whose it is, who was late.

use super::visitor::{Officer, token};
use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn the_workbench_tells_what_is_due_by_which_article_and_whose_it_is() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let empty = officer.page("/console/work").await;
        assert!(empty.says("没有待办"), "{}", empty.text);
        let known = site.stored(&complaint(1, "p-1")).await["position"].as_u64().unwrap() + 1;
        site.system.await_merged(known).await.unwrap();
        // Received on 2 May 2026, a Saturday: seven working days are long over.
        let page = officer.page("/console/work").await;
        for words in ["已超", "受理期限", "待受理", "总局令121号", "武汉市市场监督管理局", "待分派"]
        {
            assert!(page.says(words), "{words}: {}", page.text);
        }
        let case = id(1);
        assert!(page.text.contains(&format!("href=\"/console/cases/{case}\"")), "{}", page.text);
        // The shape says it too, not the colour alone.
        assert!(page.text.contains("due-late") && page.text.contains("#i-warn"));
        let english = officer.page("/console/work?lang=en").await;
        assert!(english.says("late") && english.says("Nobody yet"), "{}", english.text);
        for path in ["/console/work?view=pressing", "/console/work?view=all&overdue=1"] {
            assert!(officer.page(path).await.says("受理期限"), "{path}");
        }
        let other = officer.page("/console/work?view=all&procedure=penalty").await;
        assert!(!other.text.contains(&case), "{}", other.text);
        for wrong in [
            "/console/work?view=yours",
            "/console/work?procedure=nichts",
            "/console/work?office=999999",
            "/console/work?after=1.2",
        ] {
            assert!(officer.get(wrong).await.status.is_client_error(), "{wrong}");
        }
        // Home tells how many there are.
        let home = officer.page("/console").await;
        assert!(home.text.contains("/console/work?view=pressing"), "{}", home.text);
        // Who reads no archive has no workbench.
        let clerk = Officer::with(site, &["search.use"]);
        assert_eq!(clerk.get("/console/work").await.status, 403);
        assert_eq!(clerk.get("/console/work/late").await.status, 403);
    });
}

#[test]
fn a_case_is_taken_on_its_page_and_what_is_wrong_is_told_there() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let known = site.stored(&complaint(1, "p-1")).await["position"].as_u64().unwrap() + 1;
        site.system.await_merged(known).await.unwrap();
        let path = format!("/console/work/cases/{}", id(1));
        let page = officer.page(&path).await;
        assert!(page.says("待分派") && page.says("行政处罚法第四十三条"), "{}", page.text);
        let token = token(&page);
        let field = web::page::csrf::FIELD;
        let form = |act: &'static str, reason: &'static str| {
            [(field, token.clone()), ("act", act.to_owned()), ("reason", reason.to_owned())]
        };
        let post = async |fields: [(&str, String); 3]| {
            let fields: Vec<(&str, &str)> =
                fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            officer.post(&path, &fields).await
        };
        assert_eq!(officer.post(&path, &[("act", "take")]).await.status, 403);
        assert_eq!(post(form("nichts", "")).await.status, 400);
        let wrong = post(form("recuse", "")).await;
        assert_eq!(wrong.status, 422);
        assert!(wrong.text().contains("请填写理由"), "{}", wrong.text());
        assert_eq!(post(form("take", "")).await.status, 303);
        let page = officer.page("/console/work?done=1").await;
        assert!(page.says("已记录") && page.says("operator"), "{}", page.text);
        let none = officer.get(&format!("/console/work/cases/{}", id(77))).await;
        assert_eq!(none.status, 404);
    });
}

#[test]
fn who_supervises_sees_where_terms_were_not_kept_and_takes_it_away() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let known = site.stored(&complaint(1, "p-1")).await["position"].as_u64().unwrap() + 1;
        site.system.await_merged(known).await.unwrap();
        let page = officer.page("/console/work/late?from=2026-05-01&until=2026-06-30").await;
        assert!(page.says("武汉市市场监督管理局") && page.says("受理期限"), "{}", page.text);
        let file = officer.get("/console/work/late?from=2026-05-01&until=2026-06-30&as=csv").await;
        assert_eq!((file.status.as_u16(), file.header("zhiheng-rows")), (200, "1"));
        assert!(file.text().contains("受理期限"), "{}", file.text());
        let none = officer.page("/console/work/late?from=2020-01-01&until=2020-12-31").await;
        assert!(none.says("没有逾期"), "{}", none.text);
        let wrong = officer.get("/console/work/late?from=2026-06-30&until=2026-05-01").await;
        assert!(wrong.status.is_client_error());
    });
}
