//! `/console/archive/{subject}`.

use super::visitor::Officer;
use crate::api::search::{STEEL, known, organization};
use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn an_archive_shows_what_held_at_any_time() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let mut first = organization(1, STEEL, "华中钢铁公司");
        first["valid_at"] = "2020-03-01T09:00:00+08:00".into();
        let before = known(site, &first).await;
        let mut moved = organization(2, STEEL, "武汉钢铁（集团）公司");
        moved["open"]["status"] = "cancelled".into();
        known(site, &moved).await;
        let mut letter = complaint(3, "p-1");
        letter["subjects"][0]["id"] = STEEL.into();
        let known = known(site, &letter).await;
        let base = format!("/console/archive/{STEEL}");
        let now = officer.page(&format!("{base}?known={known}")).await;
        assert!(now.says("<h1>武汉钢铁（集团）公司"), "{}", now.text);
        assert!(now.says("注销") && now.says("3 条记录") && now.says("投诉"), "{}", now.text);
        assert!(now.says("华中钢铁公司"), "what it was called is in its history");
        for number in 1..=3 {
            assert!(now.links().contains(&format!("/console/records/{}", id(number))));
        }
        let then = officer.page(&format!("{base}?on=2021-01-01&known={known}")).await;
        assert!(
            then.says("<h1>华中钢铁公司") && then.says("您看到的是过去的时点"),
            "{}",
            then.text
        );
        assert!(!then.says("武汉钢铁（集团）公司"));
        let then = officer.page(&format!("{base}?known={before}")).await;
        assert!(then.says("<h1>华中钢铁公司") && then.says("1 条记录"));
        let of_kind = officer.page(&format!("{base}?kind=complaint&on=&known={known}")).await;
        assert!(of_kind.links().contains(&format!("/console/records/{}", id(3))));
        assert!(
            !of_kind.text.contains(&format!("event-title\"><a href=\"/console/records/{}", id(1)))
        );
        let lines = officer.get(&format!("{base}?as=jsonl&known={known}")).await.text();
        assert_eq!(lines.lines().count(), 4, "the number first: {lines}");
        assert!(lines.lines().next().unwrap().contains('3'), "{lines}");
        let csv = officer.get(&format!("{base}?as=csv&kind=complaint&known={known}")).await.text();
        assert!(csv.contains(&id(3)) && !csv.contains(&id(1)), "{csv}");
        // A form whose field was left empty.
        assert!(officer.page(&format!("{base}?on=&known=")).await.says("<h1>"));
        assert_eq!(officer.get(&format!("{base}?on=yesterday")).await.status, 400);
        assert_eq!(officer.get("/console/archive/nothing").await.status, 404);
        let product = "/console/archive/https:%2F%2Fid.gs1.org%2F01%2F06901234567892";
        assert!(officer.page(product).await.says("06901234567892"));
        let nobody = officer.page("/console/archive/uscc:91420100758123450T").await;
        assert!(nobody.says("没有登记记录") && nobody.says("没有记录"));
    });
}
