//! Uploads, dry runs and imports as jobs.

use std::io::Cursor;

use app::import::{Choice, Upload};
use app::job::Jobs;
use app::{Principal, Rejection};
use store::job::JobState;

use super::support::*;
use crate::support::*;

const HEADER: &str = "企业名称,检查编号,抽查类型,检查日期,检查结果,行政区划\n";

fn table(rows: u64) -> String {
    let row = |n| format!("示例{n},J-{n},日常检查,2024-03-01,未发现问题,420106\n");
    HEADER.to_owned() + &(0..rows).map(row).collect::<String>()
}

fn send(system: &std::sync::Arc<app::System>, who: &Principal, text: &str) -> Upload {
    let receiving = system.receive_table(who, "检查.csv").unwrap();
    let upload = receiving.read(Cursor::new(text.as_bytes().to_vec())).unwrap();
    let choice = Choice { mapping: "inspection-results".to_owned(), ..Choice::default() };
    system.choose(who, &upload.id, choice).unwrap()
}

#[test]
fn a_table_is_checked_imported_and_withdrawn() {
    on_both(|home| {
        let system = home.open();
        let who = operator();
        let upload =
            send(&system, who, &(table(3_000) + "坏,J-x,日常检查,昨天,未发现问题,420106\n"));
        let preview = system.preview(who, &upload).unwrap();
        assert!(preview.fault.is_none());
        assert_eq!(preview.sheets[0].records[0].day, "2024-03-01");
        let job = home.run(system.ask_check(who, &upload.id, true)).unwrap();
        let job = home.run(system.job_ended(who, job)).unwrap();
        assert_eq!(job.state, JobState::Done, "{job:?}");
        assert_eq!((job.done, job.faults), (3_001, 1));
        let outcome = Jobs::outcome(&job);
        assert_eq!(outcome.files.len(), 2);
        assert!(outcome.page.unwrap().ends_with(&upload.id));
        let (path, _) = home.run(system.job_file(who, job.id, "faults.xlsx")).unwrap();
        assert!(path.exists());
        let checked = system.upload(who, &upload.id).unwrap().checked.unwrap();
        assert_eq!((checked.summary.added, checked.summary.faulty), (3_000, 1));

        // All rows are wanted, and one is wrong.
        let job = home.run(system.ask_import(who, &upload.id, false, true)).unwrap();
        let job = home.run(system.job_ended(who, job)).unwrap();
        assert_eq!(job.state, JobState::Done);
        let after = system.upload(who, &upload.id).unwrap();
        assert!(after.run.is_none() && !after.is_gone);
        // The right rows alone.
        let job = home.run(system.ask_import(who, &upload.id, true, true)).unwrap();
        let job = home.run(system.job_ended(who, job)).unwrap();
        assert_eq!(job.state, JobState::Done, "{job:?}");
        let after = system.upload(who, &upload.id).unwrap();
        assert_eq!(after.run.as_ref().unwrap().stored, Some(3_000));
        assert!(after.is_gone, "what was sent is kept no longer than needed");
        assert_eq!(
            only(home.run(system.ask_import(who, &upload.id, true, true))).code,
            "import.gone"
        );
        // The same file again is recognised.
        let again =
            send(&system, who, &(table(3_000) + "坏,J-x,日常检查,昨天,未发现问题,420106\n"));
        assert_eq!(system.imported_before(&again)[0].id, upload.id);
        home.run(system.withdraw_import(who, &upload.id, "旧表")).unwrap();
        assert!(system.imported_before(&again).is_empty());
        system.discard_upload(who, &again.id).unwrap();
        assert_eq!(system.uploads(who).unwrap().len(), 1);
        drop(preview);
        home.close(system);
    });
}

#[test]
fn an_upload_that_is_cut_off_leaves_nothing() {
    on_each(&[false], |home| {
        let system = home.open();
        let mut receiving = system.receive_table(operator(), "a.csv").unwrap();
        receiving.push(b"a,b\n1").unwrap();
        let folder = home.data().join("imports");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
        drop(receiving);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
        let nothing = system.receive_table(operator(), "a.csv").unwrap().finish();
        assert_eq!(only(nothing).code, "sheet.empty");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    });
}

#[test]
fn another_office_does_not_see_it() {
    on_each(&[false], |home| {
        let system = home.open();
        let upload = send(&system, operator(), &table(1));
        let other = Principal { on_behalf_of: "420106".to_owned(), ..Principal::operator() };
        let refused = system.upload(&other, &upload.id);
        assert!(matches!(refused, Err(Rejection::NotFound(_))));
        assert!(system.uploads(&other).unwrap().is_empty());
        for id in ["..", "x", "../../keys"] {
            assert!(system.upload(operator(), id).is_err());
        }
    });
}

#[test]
fn what_was_staged_is_gone_on_with_after_a_stop() {
    on_both(|home| {
        let system = home.open();
        let file = File::of(table(2_500));
        let (batch, progress) = (system.new_batch(), std::sync::Arc::default());
        let mut found = None;
        // The program stops after the check, before anything is stored.
        let stopped = home.run(system.import_table(
            operator(),
            &file.table("inspection-results"),
            (batch, false),
            &progress,
            |summary| {
                found = Some(summary.clone());
                Err(app::Fault::new("test.stop", "stopped", "停止").into())
            },
        ));
        assert!(stopped.is_err());
        let size = home.size(&system);
        home.close(system);
        let system = home.open();
        assert_eq!(home.size(&system), size + 2_501);
        let summary = found.unwrap();
        let resumed = home.run(system.resume_import(batch, &summary, &progress)).unwrap().unwrap();
        assert_eq!((resumed.stored, resumed.refused_count), (2_500, 0));
        let never = home.run(system.resume_import(system.new_batch(), &summary, &progress));
        assert!(never.unwrap().is_none());
    });
}
