//! Documents of a case in the console, and notices in the account.

use app::notice::{Message, Notice};
use serde_json::json;

use crate::account::people::Staff;
use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn an_officer_draws_up_seals_and_serves_a_document() {
    on_both(async |site| {
        let mut record = complaint(1, "p-1");
        (record["region"], record["office"]) = ("420106".into(), "420106".into());
        let receipt = site.stored(&record).await;
        site.system.await_merged(receipt["position"].as_u64().unwrap() + 1).await.unwrap();
        let step = json!({
            "step": "accept", "at": "2026-05-04T10:00:00+08:00",
            "form": { "accepted_on": "2026-05-04" },
        });
        let taken = site.post(&format!("/api/v1/cases/{}/steps", id(1)), &step).await.json();
        let known = taken["receipt"]["position"].as_u64().unwrap() + 1;
        site.system.await_merged(known).await.unwrap();
        let mut staff = Staff::start(site).await;
        let (mut officer, account) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let (mut reviewer, _) =
            staff.somebody("review", "officer", "legal-reviewer", "420106").await;
        let list = format!("/console/cases/{}/documents", id(1));
        let page = officer.page(&list).await;
        assert!(page.says("投诉受理决定书") && page.says("待制作"), "{}", page.text);
        let drawn = officer.post(&list, &[("step", "1")]).await;
        assert_eq!(drawn.status, 303, "{}", drawn.text());
        let shown = drawn.header("location").to_owned();
        let page = officer.page(&shown).await;
        assert!(page.says("草　稿") && page.says("市场监督管理局"), "{}", page.text);
        assert!(page.says("2026年5月4日") && !page.text.contains("style="), "{}", page.text);
        // Who may not know of persons sees the rest; who may not seal has no form for it.
        let hidden = reviewer.page(&shown).await;
        assert!(hidden.says("（个人信息）") && !hidden.says("value=\"seal\""), "{}", hidden.text);

        let document = shown.split('?').next().unwrap().to_owned();
        let wrong = officer.post(&document, &[("what", "text"), ("text", "{case.x}")]).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text());
        let sealed = officer.post(&document, &[("what", "seal"), ("seen", "1")]).await;
        assert_eq!(sealed.status, 303, "{}", sealed.text());
        let page = officer.page(sealed.header("location")).await;
        assert!(page.says("武昌区市监投受〔") && !page.says("草　稿"), "{}", page.text);
        let no_day = officer.post(&document, &[("what", "serve"), ("way", "post")]).await;
        assert_eq!(no_day.status, 422, "{}", no_day.text());
        let today = site.system.clock().now().day_in_china().to_string();
        let serve = [
            ("what", "serve"),
            ("way", "in-person"),
            ("tried_on", &*today),
            ("served_on", &*today),
        ];
        let served = officer.post(&document, &serve).await;
        assert_eq!(served.status, 303, "{}", served.text());
        let page = officer.page(served.header("location")).await;
        assert!(page.says("直接送达") && page.says("已送达"), "{}", page.text);
        let void = [("what", "void"), ("reason", "<b>有误"), ("seen", "2")];
        let void = officer.post(&document, &void).await;
        assert_eq!(void.status, 303, "{}", void.text());
        let page = officer.page(void.header("location")).await;
        assert!(page.says("作　废") && page.says("&#60;b&#62;有误"), "{}", page.text);

        // What one was told, and by which channels.
        let notice = Notice {
            account: account.clone(),
            duty: "x".into(),
            day: today.parse().unwrap(),
            message: Message {
                zh: "投诉：受理期限即将到期".into(),
                en: "Complaint: the term ends soon".into(),
                number: String::new(),
                link: list.clone(),
                statutory: false,
            },
        };
        site.system.tell(&[notice]).await.unwrap();
        let page = officer.page("/account/notices").await;
        assert!(page.says("受理期限即将到期") && page.says("未读"), "{}", page.text);
        assert!(!officer.page("/account/notices").await.says("未读"));
        let choose = |channel: &'static str, address: &'static str| {
            [("channel", channel), ("address", address), ("secret", "0123456789abcdef")]
        };
        let wrong = officer.post("/account/notices", &choose("email", "nobody")).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text());
        // Not to this machine itself.
        let own =
            officer.post("/account/notices", &choose("webhook", "http://127.0.0.1:9/x")).await;
        assert_eq!(own.status, 422, "{}", own.text());
        let good = officer.post("/account/notices", &choose("email", "li.hua@example.org")).await;
        assert_eq!(good.status, 303, "{}", good.text());
        assert!(officer.page("/account/notices").await.says("li.hua@example.org"));
    });
}
