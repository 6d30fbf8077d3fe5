//! A file of a kind: counted, asked for, made by a job, taken by who asked alone.

use serde_json::json;

use crate::account::people::Staff;
use crate::samples::{complaint, id};
use crate::site::on_both;

#[test]
fn a_file_is_counted_made_and_taken() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        for number in 1..=3 {
            let mut record = complaint(number, "p-1");
            record["region"] = json!("420106");
            site.stored(&record).await;
        }
        let (mut officer, _) = staff.somebody("li.hua", "officer", "city-officer", "420100").await;
        let (mut other, _) = staff.somebody("wang.wu", "officer", "city-officer", "420100").await;
        let page = officer.page("/console/exports").await;
        assert!(page.says("数据导出") && !page.says("name=\"personal\""));
        let fields = |act| {
            [
                ("kind", "complaint"),
                ("region", ""),
                ("filter", ""),
                ("format", "csv"),
                ("purpose", ""),
                ("act", act),
            ]
        };
        let counted = officer.post("/console/exports", &fields("count")).await;
        assert_eq!(counted.status, 200);
        assert!(counted.text().contains("共 3 行"), "{}", counted.text());
        let mut wrong = fields("count");
        wrong[2].1 = "nothing ==";
        let answer = officer.post("/console/exports", &wrong).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains("筛选条件有误"));
        let begun = officer.post("/console/exports", &fields("begin")).await;
        assert_eq!(begun.status, 303, "{}", begun.text());
        let job = begun.header("location").to_owned();
        let mut page = officer.page(&job).await;
        for _ in 0..200 {
            if page.says("complaint.csv") {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            page = officer.page(&job).await;
        }
        assert!(page.says("完成") && page.says("SHA-256"), "{}", page.text);
        let file = officer.get(&format!("{job}/files/complaint.csv")).await;
        assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
        assert!(file.text().contains("# 行数 3; ") && file.text().contains(&id(2)));
        // Others have neither the file nor the job; who operates the system has the job.
        assert_eq!(other.get(&job).await.status, 404);
        assert_eq!(other.get(&format!("{job}/files/complaint.csv")).await.status, 404);
        assert!(staff.keeper.page(&job).await.says("仅发起人可以下载"));
        assert!(staff.keeper.page("/console/system/jobs").await.says("已保存记录"));
        let own = other.page("/console/system/jobs").await;
        assert!(own.says("没有任务") && !own.says("已保存记录"));
        let trail = staff.auditor.page("/console/system/audit?action=job-file").await;
        assert!(trail.says("取走任务文件"));
        // What has ended is not ended again.
        officer.page("/console/exports").await;
        assert_eq!(officer.post(&format!("{job}/end"), &[]).await.status, 409);
    });
}
