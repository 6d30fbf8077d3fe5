//! Files of records: whole, with what may be seen, noted, and as jobs.

use std::sync::Arc;

use app::erasure::Request;
use app::export::work::Export;
use app::export::{Asked, PERSONAL, RUN};
use app::job::{Ask, Jobs};
use app::people::audit::AuditFilter;
use app::reading::When;
use app::{Principal, Rejection, System};
use serde_json::Value;
use sheet::{Flow, Layout, Limits, Source};
use store::job::JobState;

use crate::people::support::{
    EVERYTHING, Staff, WUCHANG, WUHAN, XILING, first_log_in, later, log_in,
};
use crate::support::*;

fn asked(kind: &str, format: &str) -> Asked {
    Asked { kind: kind.to_owned(), format: format.to_owned(), ..Asked::default() }
}

/// The file that somebody gets.
fn file(
    home: &Home,
    system: &Arc<System>,
    who: &Principal,
    asked: Asked,
) -> Result<Vec<u8>, Rejection> {
    let known = Some(home.size(system));
    let asked = Asked { known: asked.known.or(known), ..asked };
    home.run(async {
        let mut exporting = system.begin_export(who, asked, Vec::new()).await?;
        let rows = exporting.rows();
        while exporting.step().await?.is_some() {}
        let (bytes, written) = exporting.finish()?;
        assert_eq!(rows, written.rows);
        Ok(bytes)
    })
}

fn lines(bytes: &[u8]) -> Vec<Value> {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn code(rejection: &Rejection) -> &'static str {
    rejection.faults()[0].code
}

#[test]
fn every_format_has_all_rows_and_says_how_many() {
    on_both(|home| {
        let system = home.open();
        let mut sent: Vec<Value> = (0..30).map(inspection).collect();
        sent[3] = with(sent[3].clone(), "/open/inspection_no", "=1+1|A,\"B\"");
        sent[4] = with(sent[4].clone(), "/open/inspection_no", "914201001777000029");
        home.send_all(&system, &sent, None).unwrap();
        let corrected = correcting(inspection(77), id_of(&sent[5]));
        home.send(&system, &corrected).unwrap();
        home.withdraw(&system, id_of(&sent[6])).unwrap();
        let get = |asked| file(home, &system, operator(), asked).unwrap();

        let found = lines(&get(asked("inspection", "jsonl")));
        assert_eq!((found.len(), &found[0]["rows"]), (30, &29.into()));
        let columns: Vec<&str> =
            found[0]["columns"].as_array().unwrap().iter().map(|c| c.as_str().unwrap()).collect();
        assert!(columns.contains(&"result_label") && columns.contains(&"subject.inspected"));
        let row = found.iter().find(|row| row["id"] == sent[4]["id"]).unwrap();
        assert_eq!(
            (&row["inspection_no"], &row["result_label"]),
            (&"914201001777000029".into(), &"符合".into())
        );
        assert_eq!((&row["region_label"], &row["minor_count"]), (&"江岸区".into(), &4.into()));
        assert!(!found.iter().any(|row| row["id"] == sent[5]["id"] || row["id"] == sent[6]["id"]));

        let text = String::from_utf8(get(asked("inspection", "csv"))).unwrap();
        assert!(text.starts_with("\u{FEFF}记录编号,发生时间,"));
        assert_eq!(text.matches("\r\n").count(), 1 + 29 + 1);
        assert!(text.contains(",\"'=1+1|A,\"\"B\"\"\","), "{text}");
        assert!(text.lines().last().unwrap().starts_with("# 行数 29; "));

        let bytes = get(Asked {
            filter: Some("result == 'fail'".to_owned()),
            ..asked("inspection", "xlsx")
        });
        let path = home.data().join("out.xlsx");
        std::fs::write(&path, bytes).unwrap();
        let mut rows = Vec::new();
        let mut source = Source::open(&path, Layout::default(), &Limits::default()).unwrap();
        let sheets = source.sheets().to_vec();
        source
            .read(0, &mut |row: &mut sheet::Row| {
                rows.push(row.cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>());
                Flow::On
            })
            .unwrap();
        assert_eq!(sheets.len(), 2);
        assert_eq!((rows[0][0].as_str(), rows.len()), ("记录编号", 16));
        let formula = rows.iter().find(|row| row[0] == sent[3]["id"].as_str().unwrap()).unwrap();
        assert!(formula.contains(&"=1+1|A,\"B\"".to_owned()), "{formula:?}");
        assert!(formula.contains(&"2024-03-01".to_owned()), "{formula:?}");
        let english = Asked { english: true, ..asked("inspection", "csv") };
        assert!(
            String::from_utf8(get(english)).unwrap().starts_with("\u{FEFF}Record,Happened at,")
        );
        for (wrong, expected) in [
            (asked("inspection", "pdf"), "export.format"),
            (asked("nonsense", "csv"), "record.kind"),
            (
                Asked { filter: Some("a ==".to_owned()), ..asked("inspection", "csv") },
                "read.filter",
            ),
        ] {
            let refused = file(home, &system, operator(), wrong).unwrap_err();
            assert_eq!(code(&refused), expected);
        }
    });
}

#[test]
fn what_says_something_of_persons_needs_more_and_bears_a_mark() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, officer) = staff.officer("officer", "city-officer", WUHAN);
        let (somebody, head) = staff.officer("head", "head", WUHAN);
        home.send(&system, &with(complaint("T-1", "p-1"), "/office", WUCHANG)).unwrap();
        home.send(&system, &with(complaint("T-2", "p-2"), "/region", "420502")).unwrap();
        // What is not theirs is in no file, and what is personal in none without being asked for.
        let plain = file(home, &system, &officer, asked("complaint", "jsonl")).unwrap();
        let found = lines(&plain);
        assert_eq!((found.len(), &found[1]["number"]), (2, &"T-1".into()));
        assert!(!String::from_utf8(plain).unwrap().contains("王小明"));
        let with_persons = |purpose: &str| Asked {
            personal: true,
            purpose: purpose.to_owned(),
            ..asked("complaint", "csv")
        };
        let denied = file(home, &system, &officer, with_persons("核对投诉人")).unwrap_err();
        assert_eq!(code(&denied), "door.permission");
        let silent = file(home, &system, &head, with_persons(" ")).unwrap_err();
        assert_eq!(code(&silent), "export.purpose");
        let bytes = file(home, &system, &head, with_persons("核对投诉人")).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains("王小明") && text.contains("T-1") && !text.contains("T-2"));
        let last = text.lines().last().unwrap();
        assert!(last.contains("水印 head（") && last.contains("武汉市市场监督管理局"), "{last}");
        assert!(last.contains(&somebody.id) && last.contains("核对投诉人"), "{last}");
        let filter = AuditFilter { action: Some("export"), ..AuditFilter::default() };
        let trail = home.run(system.audit_trail(&staff.auditor, filter, None, 10)).unwrap();
        let entry = &trail.entries[0];
        assert_eq!(
            (entry.text("permission"), entry.text("purpose")),
            (Some(PERSONAL), Some("核对投诉人"))
        );
        assert!(entry.text("detail").unwrap().contains("｜武汉市市场监督管理局｜"));
        assert_eq!(entry.record.open["rows"], 1);
    });
}

#[test]
fn a_long_file_is_a_job() {
    on_both(|home| {
        let system = home.open();
        let sent: Vec<Value> = (0..300).map(inspection).collect();
        home.send_all(&system, &sent, None).unwrap();
        let size = home.size(&system);
        let wanted = Asked { known: Some(size), ..asked("inspection", "xlsx") };
        let ask = Ask { permission: RUN, ..Ask::default() };
        let id = home.run(system.ask_job::<Export>(operator(), ask, &wanted)).unwrap();
        let job = home.run(system.job_ended(operator(), id)).unwrap();
        assert_eq!((job.state, job.done, job.total), (JobState::Done, 300, Some(300)), "{job:?}");
        let outcome = Jobs::outcome(&job);
        assert_eq!(
            (outcome.files[0].name.as_str(), outcome.files[0].rows),
            ("inspection.xlsx", Some(300))
        );
        let (path, file) = home.run(system.job_file(operator(), id, "inspection.xlsx")).unwrap();
        assert_eq!(std::fs::metadata(path).unwrap().len(), file.bytes);
        let wrong = Asked { known: Some(size), ..asked("nonsense", "xlsx") };
        let id = home.run(system.ask_job::<Export>(operator(), ask, &wrong)).unwrap();
        assert_eq!(home.run(system.job_ended(operator(), id)).unwrap().state, JobState::Refused);
    });
}

/// Somebody with two roles, each in an office of its own.
fn with_two(staff: &Staff<'_>, login: &str, roles: [(&str, &str); 2]) -> Principal {
    let mut somebody = staff.make(login, "officer", None);
    for (role, office) in roles {
        staff.grant(&somebody, role, office).unwrap();
    }
    somebody.secret = first_log_in(staff.home, staff.system, staff.now, login).secret;
    let session = log_in(staff.home, staff.system, later(staff.now, 2), &somebody);
    staff.principal(&session)
}

#[test]
fn what_two_roles_grant_is_not_put_together() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let in_office = |number: &str, office: &str| {
            let record = with(complaint(number, "p-1"), "/office", office);
            home.send(&system, &with(record, "/region", office)).unwrap();
        };
        in_office("T-1", WUCHANG);
        in_office("T-2", XILING);
        // Who may read in both and export in one takes away what is that one's.
        let both = with_two(&staff, "both", [("analyst", WUCHANG), ("station-officer", XILING)]);
        let known = Some(home.size(&system));
        let when = When { known, valid: None };
        let (count, _) = home.run(system.count(&both, "complaint", &EVERYTHING, when)).unwrap();
        assert_eq!(count, 2);
        let found = lines(&file(home, &system, &both, asked("complaint", "jsonl")).unwrap());
        assert_eq!((found.len(), &found[1]["number"]), (2, &"T-1".into()));
        // And of persons what is that one's where they may take such things away.
        let head = with_two(&staff, "head", [("head", WUCHANG), ("city-officer", XILING)]);
        let wanted = Asked {
            personal: true,
            purpose: "核对投诉人".to_owned(),
            ..asked("complaint", "jsonl")
        };
        let found = lines(&file(home, &system, &head, wanted).unwrap());
        let named = |row: &Value| (row["number"].clone(), row["complainant_name"].clone());
        assert_eq!(
            found[1..].iter().map(named).collect::<Vec<_>>(),
            [("T-1".into(), "王小明".into()), ("T-2".into(), "[hidden]".into())]
        );
        let filter = AuditFilter { action: Some("personal-read"), ..AuditFilter::default() };
        let trail = home.run(system.audit_trail(&staff.auditor, filter, None, 10)).unwrap();
        assert_eq!(trail.entries[0].record.open["records"].as_array().unwrap().len(), 1);
        let filter = AuditFilter { action: Some("export"), ..AuditFilter::default() };
        let trail = home.run(system.audit_trail(&staff.auditor, filter, None, 10)).unwrap();
        let detail = trail.entries[0].text("detail").unwrap();
        assert!(
            detail.contains("｜核对投诉人") && detail.contains("\"format\":\"jsonl\""),
            "{detail}"
        );
    });
}

#[test]
fn an_erasure_reaches_files_that_have_not_run_out() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &complaint("T-1", "p-1")).unwrap();
        let make = |personal: bool| {
            let purpose = "核对投诉人".to_owned();
            let known = Some(home.size(&system));
            let wanted = Asked { personal, purpose, known, ..asked("complaint", "csv") };
            let ask = Ask { permission: wanted.permission(), ..Ask::default() };
            let id = home.run(system.ask_job::<Export>(operator(), ask, &wanted)).unwrap();
            let job = home.run(system.job_ended(operator(), id)).unwrap();
            assert_eq!(job.state, JobState::Done, "{job:?}");
            id
        };
        let get = |id| {
            let (path, _) = home.run(system.job_file(operator(), id, "complaint.csv"))?;
            Ok::<_, Rejection>(std::fs::read_to_string(path).unwrap())
        };
        let (personal, plain) = (make(true), make(false));
        assert!(get(personal).unwrap().contains("王小明"));
        let request = Request { reason: "本人申请", request_no: None };
        home.run(system.erase(operator(), "operator/p-1", request)).unwrap();
        assert_eq!(code(&get(personal).unwrap_err()), "job.erased");
        assert!(!home.data().join("jobs").join(personal.to_string()).exists());
        let job = home.run(system.job(operator(), personal)).unwrap();
        assert_eq!(job.files_until, None);
        // What says nothing of persons stays, and who asks anew is given what there is.
        assert!(get(plain).is_ok());
        let anew = get(make(true)).unwrap();
        assert!(anew.contains("[erased]") && !anew.contains("王小明"), "{anew}");
    });
}

#[test]
fn what_is_longer_than_a_workbook_can_be_is_not_waited_for() {
    on_each(&[false], |home| {
        struct Full;
        impl std::io::Write for Full {
            fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
                Err(std::io::ErrorKind::FileTooLarge.into())
            }
            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        let known = Some(home.size(&system));
        let wanted = Asked { known, ..asked("inspection", "csv") };
        let refused = home.run(async {
            let mut exporting = system.begin_export(operator(), wanted, Full).await?;
            while exporting.step().await?.is_some() {}
            exporting.finish().map(drop)
        });
        assert_eq!(code(&refused.unwrap_err()), "export.too_large");
    });
}
