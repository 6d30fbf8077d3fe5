//! What the console shows of the door: why, who an informer is, what is noted of files and searches.

use serde_json::json;

use super::people::Staff;
use crate::site::on_both;

#[test]
fn an_informer_is_read_in_the_browser_by_leave_and_every_step_is_noted() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let (mut head, _) = staff.somebody("head.wang", "officer", "head", "420106").await;
        let (mut other, _) = staff.somebody("xiling", "officer", "county-officer", "420502").await;
        let category = site.system.pack().list("violation-type").unwrap().entries()[0].code.clone();
        let receipt = site
            .stored(&json!({
                "kind": "tip-off", "region": "420106", "office": "420106",
                "valid_at": "2026-11-01T09:00:00+08:00", "source": "test", "subjects": [],
                "open": { "number": "J-1", "channel": "online", "category": category, "named": true },
                "personal": [{ "person": "p-1", "fields": {
                    "text": "夜间偷换标签", "informer_name": "赵小乙", "informer_phone": "13911112222"
                } }],
            }))
            .await;
        let id = receipt["id"].as_str().unwrap();
        let why = officer.page(&format!("/console/why?record={id}")).await;
        assert!(
            why.says("武昌区市场监督管理局") && why.says("县级执法人员") && why.says("第 23 条")
        );
        assert_eq!(other.get(&format!("/console/why?record={id}")).await.status, 403);
        let page = format!("/console/informers/{id}");
        assert_eq!(other.get(&page).await.status, 403);
        let shown = officer.page(&page).await;
        assert!(!shown.says("赵小乙") && shown.says(&format!("{page}/read")));
        let refused = officer.post(&format!("{page}/read"), &[("purpose", "核实")]).await;
        assert_eq!(refused.status, 403);
        assert!(refused.text().contains("informer.leave_missing"));
        let shown = head.page(&page).await;
        assert!(shown.says("li.hua") && !shown.says("xiling"));
        let until = site.system.clock().now().day_in_china().to_string();
        let leave = [("account", &*account), ("until", &until), ("reason", "核实举报")];
        let answer = head.post(&format!("{page}/leave"), &leave).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert!(!answer.text().contains("赵小乙"));
        officer.page(&page).await;
        let read = officer.post(&format!("{page}/read"), &[("purpose", "电话核实")]).await;
        assert_eq!(read.status, 200);
        assert_eq!(read.header("cache-control"), "no-store");
        assert!(read.text().contains("赵小乙") && read.text().contains("13911112222"));
        let trail = staff.auditor.page("/console/system/audit?action=informer-read").await;
        assert!(trail.says("电话核实") && trail.says("li.hua") && !trail.says("赵小乙"));
    });
}

#[test]
fn a_search_beyond_the_own_office_is_noted_with_what_it_is_for() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let path = "/console/search?q=%E6%AD%A6%E9%92%A2";
        // What for is asked first: nothing is looked for, and nothing noted.
        let asked = officer.page(path).await;
        assert!(asked.says("检索目的") && !asked.says("找到"), "{}", asked.text);
        let trail = staff.auditor.page("/console/system/audit?action=search").await;
        assert!(!trail.says("武钢"));
        let short =
            officer.post("/console/search/purpose", &[("purpose", "看"), ("then", path)]).await;
        assert_eq!(short.status, 422);
        let fields = [("purpose", "核查投诉 C-2026-118"), ("then", path)];
        let answer = officer.post("/console/search/purpose", &fields).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, path));
        // Once a session.
        for _ in 0..2 {
            assert!(officer.page(path).await.says("核查投诉 C-2026-118"));
        }
        let trail = staff.auditor.page("/console/system/audit?action=search").await;
        assert!(trail.says("武钢") && trail.says("li.hua") && trail.says("核查投诉 C-2026-118"));
        // Who reads all of the province is not asked: nothing lies beyond.
        let (mut province, _) =
            staff.somebody("province", "officer", "provincial-officer", "420000").await;
        assert!(!province.page(path).await.says("检索目的"));
    });
}
