//! Statistical returns: listed, looked at, locked, amended, as a file.

use serde_json::json;

use crate::account::people::Staff;
use crate::samples::complaint;
use crate::site::on_both;

#[test]
fn a_return_is_locked_and_amended() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let send = async |number: u64| {
            let mut record = complaint(number, "p-1");
            record["region"] = json!("420106");
            record["valid_at"] = json!("2024-03-05T09:00:00+08:00");
            let receipt = site.stored(&record).await;
            let position = receipt["log"]["index"].as_u64().unwrap_or_default();
            site.system
                .readings()
                .watermark()
                .wait_for(position, std::time::Duration::from_secs(10))
                .await;
        };
        send(1).await;
        let (mut officer, _) = staff.somebody("li.hua", "officer", "city-officer", "420100").await;
        let (mut station, _) =
            staff.somebody("zhao", "officer", "station-officer", "420106-01").await;
        let list = officer.page("/console/reports").await;
        assert!(list.says("投诉情况统计表") && list.says("武汉市市场监督管理局"));
        let path = "/console/reports/complaints/2024-03";
        let page = officer.page(path).await;
        assert!(
            page.says("武昌区") && page.says("各类别之和等于投诉件数") && page.says("锁定报表"),
            "{}",
            page.text
        );
        assert!(!page.says("更正报表"));
        let done = officer.post(&format!("{path}/lock?office=420100"), &[("explained", "")]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = officer.page(path).await;
        assert!(
            page.says("已锁定") && page.says("重新计算一致") && !page.says("锁定报表</button>")
        );
        send(2).await;
        let page = officer.page(path).await;
        assert!(page.says("更正报表") && page.says("锁定之后又有记录变化"), "{}", page.text);
        let amend = format!("{path}/amend?office=420100");
        let empty = officer.post(&amend, &[("reason", ""), ("explained", "")]).await;
        assert_eq!(empty.status, 422);
        assert!(empty.text().contains("请说明更正原因"));
        let done = officer.post(&amend, &[("reason", "补报"), ("explained", "")]).await;
        assert_eq!(done.status, 303, "{}", done.text());
        let page = officer.page(path).await;
        assert!(page.says("已更正") && page.says("补报") && page.says("更正前"));
        let book = officer.get(&format!("{path}?as=xlsx")).await;
        assert!(book.header("content-type").ends_with("spreadsheetml.sheet"));
        let lines = officer.get(&format!("{path}?as=jsonl")).await.text();
        assert!(lines.lines().nth(1).unwrap().contains("\"total\":2"), "{lines}");
        // Who may not read there sees nothing, and a period that is none is not found.
        assert_eq!(station.get(&format!("{path}?office=420500")).await.status, 403);
        assert_eq!(officer.get("/console/reports/complaints/2024-13").await.status, 404);
        assert_eq!(officer.get("/console/reports/nothing/2024-03").await.status, 404);
    });
}
