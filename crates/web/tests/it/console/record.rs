//! `/console/records/{id}`.

use std::time::Duration;

use super::visitor::Officer;
use crate::api::search::{STEEL, known, organization};
use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn a_record_says_who_sent_it_how_it_stands_and_why_it_is_seen() {
    on_both(async |site| {
        let officer = Officer::new(site);
        known(site, &organization(1, STEEL, "华中钢铁公司")).await;
        let mut right = organization(2, STEEL, "武汉钢铁公司");
        right["corrects"] = id(1).into();
        let known = known(site, &right).await;
        assert!(site.system.evidence().wait_for(known - 1, Duration::from_secs(10)).await);
        let wrong = officer.page(&format!("/console/records/{}", id(1))).await;
        assert!(wrong.says("不再有效") && wrong.says("已被更正，见"), "{}", wrong.text);
        assert!(wrong.links().contains(&format!("/console/records/{}", id(2))));
        let page = officer.page(&format!("/console/records/{}", id(2))).await;
        for text in [
            "武汉钢铁公司",
            "hubei-lab",
            "更正的是",
            "我为什么能看",
            "对所有人公开",
            "依据《决定》第 22",
        ] {
            assert!(page.says(text), "{text}: {}", page.text);
        }
        let proof = officer.get(&format!("/console/records/{}/proof", id(2))).await;
        assert_eq!(proof.status, 200, "{}", proof.text());
        assert!(proof.text().starts_with("c2sp.org/tlog-proof@v1"), "{}", proof.text());
        assert!(proof.header("content-disposition").contains(&id(2)));
    });
}

#[test]
fn what_a_record_says_of_persons_needs_a_permission_of_its_own() {
    on_both(async |site| {
        site.stored(&complaint(1, "p-1")).await;
        let path = format!("/console/records/{}", id(1));
        let name = "张三";
        assert!(
            Officer::with(site, &["archive.view", "personal.view"]).page(&path).await.says(name)
        );
        let page = Officer::with(site, &["archive.view"]).page(&path).await;
        assert!(!page.says(name) && page.says("您没有查看个人信息的权限"), "{}", page.text);
        let officer = Officer::new(site);
        assert_eq!(officer.get("/console/records/nothing").await.status, 404);
        assert_eq!(officer.get(&format!("/console/records/{}", id(9))).await.status, 404);
    });
}
