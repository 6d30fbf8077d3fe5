//! Files that belong to records: kept, shown to whom the record is shown, saved, checked, erased.

use app::attachment::{Files, NewAttachment, Shows, State};
use app::erasure::Request;
use app::verify::{Options, verify};
use model::RecordId;

use crate::people::picture::{SECRETS, jpeg};
use crate::people::support::*;
use crate::support::*;

fn new(bytes: Vec<u8>) -> NewAttachment {
    NewAttachment {
        name: "门头.jpg".to_owned(),
        note: "现场".to_owned(),
        bytes,
        ..NewAttachment::default()
    }
}

fn holds(bytes: &[u8], secret: &str) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret.as_bytes())
}

/// The files that are kept.
fn kept(home: &Home) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    let Ok(folders) = std::fs::read_dir(home.data().join("files")) else { return found };
    for folder in folders {
        let files = std::fs::read_dir(folder.unwrap().path()).unwrap();
        found.extend(files.map(|file| file.unwrap().path()));
    }
    found
}

#[test]
fn a_picture_is_kept_without_what_it_tells_and_comes_back() {
    on_both(|home| {
        let system = home.open();
        let id = home.send(&system, &inspection(1)).unwrap().id;
        let (receipt, attachment) = home.run(system.attach(operator(), id, new(jpeg()))).unwrap();
        let known = Some(receipt.position + 1);
        let all = home.run(system.attachments(operator(), id, known)).unwrap();
        let [found] = &all[..] else { panic!("{all:?}") };
        assert_eq!((found.name.as_str(), found.note.as_str()), ("门头.jpg", "现场"));
        assert_eq!((found.media_type.as_str(), found.dots), ("image/jpeg", Some((8, 8))));
        assert!(!found.sealed && found.state == State::Open);
        let opened = home.run(system.open_attachment(operator(), id, attachment)).unwrap();
        assert_eq!(opened.bytes.len() as u64, found.bytes);
        assert!(opened.file_name.ends_with(".jpg") && opened.bytes.starts_with(&[0xff, 0xd8]));
        for secret in SECRETS {
            assert!(holds(&jpeg(), secret) && !holds(&opened.bytes, secret), "{secret}");
            for file in kept(home) {
                assert!(!holds(&std::fs::read(file).unwrap(), secret), "{secret}");
            }
        }
        // The digest stands in the record, and so under the log.
        let view = home.run(system.record(operator(), attachment, None)).unwrap();
        let digest = model::Digest::of(&[&opened.bytes]).to_string();
        assert_eq!(view.open["file"], digest);
        // Asked for under another record it is not there.
        let other = home.send(&system, &inspection(2)).unwrap().id;
        let elsewhere = home.run(system.open_attachment(operator(), other, attachment));
        assert_eq!(only(elsewhere).code, "attachment.nothing");
        // Taken back it is shown no more.
        home.run(system.withdraw(operator(), attachment, "误传")).unwrap();
        let gone = home.run(system.open_attachment(operator(), id, attachment));
        assert_eq!(only(gone).code, "attachment.nothing");
    });
}

#[test]
fn what_is_no_picture_or_too_large_is_refused_and_nothing_stays() {
    on_both(|home| {
        let system = home.open();
        let id = home.send(&system, &inspection(1)).unwrap().id;
        let attach = |bytes: Vec<u8>| home.run(system.attach(operator(), id, new(bytes)));
        for (bytes, code) in [
            (Vec::new(), "attachment.empty"),
            (b"MZ a program called a.jpg".to_vec(), "attachment.format"),
            (
                b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>".to_vec(),
                "attachment.format",
            ),
            (b"<html><script>alert(1)</script>".to_vec(), "attachment.format"),
            (jpeg()[..40].to_vec(), "picture.cut_off"),
            (vec![0xff; app::attachment::MOST_BYTES + 1], "attachment.too_large"),
        ] {
            assert_eq!(only(attach(bytes)).code, code);
        }
        assert!(kept(home).is_empty());
        assert!(attach(b"%PDF-1.7 a scanned paper".to_vec()).is_ok());
        let nothing = home.run(system.attach(operator(), new_id(), new(jpeg())));
        assert_eq!(only(nothing).code, "read.not_found");
        // Nothing is attached to what the program writes, nor to an attachment.
        let all = home.run(system.attachments(operator(), id, Some(home.size(&system)))).unwrap();
        let attachment = all[0].view.stored.id;
        let twice = home.run(system.attach(operator(), attachment, new(jpeg())));
        assert_eq!(only(twice).code, "read.not_found");
    });
}

#[test]
fn who_sees_the_record_sees_the_file_and_who_writes_such_records_attaches() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (_, county) = staff.officer("li.hua", "county-officer", WUCHANG);
        let (_, head) = staff.officer("head.wang", "head", WUCHANG);
        let (_, other) = staff.officer("xiling", "county-officer", XILING);
        let mut record = with(complaint("C-1", "p-1"), "/region", WUCHANG);
        record["office"] = WUCHANG.into();
        let id = home.send(&system, &record).unwrap().id;
        let attach = |who| home.run(system.attach(who, id, new(jpeg())));
        assert_eq!(only(attach(&other)).code, "door.office");
        assert_eq!(only(attach(&staff.keeper)).code, "door.permission");
        // A head reads and decides, and does not write complaints.
        assert_eq!(only(attach(&head)).code, "door.permission");
        let (receipt, attachment) = attach(&county).unwrap();
        let known = Some(receipt.position + 1);
        let seen = |who| home.run(system.attachments(who, id, known));
        assert_eq!(seen(&county).unwrap().len(), 1);
        assert_eq!(seen(&head).unwrap()[0].state, State::Open);
        assert_eq!(only(seen(&other)).code, "door.office");
        let open = |who| home.run(system.open_attachment(who, id, attachment));
        assert!(open(&head).is_ok());
        assert_eq!(only(open(&other)).code, "door.office");
        // The picture shows who complained: that it was opened is noted, with who it shows.
        let trail = |action| {
            let filter =
                app::people::audit::AuditFilter { action: Some(action), ..Default::default() };
            home.run(system.audit_trail(&staff.auditor, filter, None, 10)).unwrap().entries
        };
        assert_eq!(trail("attachment-read").len(), 1);
        assert!(!trail("personal-read").is_empty());
        // Who may not read what records say of persons is shown that there is a file, and no more.
        let reader = somebody(&["archive.view"]);
        let shown = home.run(system.attachments(&reader, id, known)).unwrap();
        assert_eq!((shown[0].state, shown[0].name.as_str()), (State::Hidden, ""));
        let denied = home.run(system.open_attachment(&reader, id, attachment));
        assert_eq!(only(denied).code, "door.permission");
        // A program attaches to what it sent, also where it may read nothing.
        let sender = app::Principal {
            on_behalf_of: "operator".to_owned(),
            ..somebody(&["complaint.submit"])
        };
        assert!(home.run(system.attach(&sender, id, new(jpeg()))).is_ok());
        let stranger = app::Principal { on_behalf_of: "another".to_owned(), ..sender };
        let refused = home.run(system.attach(&stranger, id, new(jpeg())));
        assert_eq!(only(refused).code, "door.permission");
    });
}

#[test]
fn an_informer_is_not_told_by_the_picture() {
    on_both(|home| {
        let system = home.open();
        let category = pack().list("violation-type").unwrap().entries()[0].code.clone();
        let mut record = complaint("J-1", "p-1");
        record["kind"] = "tip-off".into();
        record["open"] = serde_json::json!({
            "number": "J-1", "channel": "online", "category": category, "named": true,
        });
        record["personal"][0]["fields"] = serde_json::json!({
            "text": "夜间偷换标签", "informer_name": "赵小乙",
        });
        let id = home.send(&system, &record).unwrap().id;
        let pdf = home.run(system.attach(operator(), id, new(b"%PDF-1.7 /Author (Zhao)".to_vec())));
        assert_eq!(only(pdf).code, "picture.format");
        let (receipt, attachment) = home.run(system.attach(operator(), id, new(jpeg()))).unwrap();
        let all = home.run(system.attachments(operator(), id, Some(receipt.position + 1))).unwrap();
        // The name that the sender gave may tell who they are.
        assert_eq!((all[0].name.as_str(), all[0].sealed), ("", true));
        let opened = home.run(system.open_attachment(operator(), id, attachment)).unwrap();
        for secret in SECRETS {
            assert!(!holds(&opened.bytes, secret));
        }
        for file in kept(home) {
            assert!(!std::fs::read(file).unwrap().starts_with(&[0xff, 0xd8]), "it is encrypted");
        }
    });
}

#[test]
fn an_erasure_reaches_what_shows_the_person() {
    on_both(|home| {
        let system = home.open();
        let id = home.send(&system, &complaint("C-1", "p-1")).unwrap().id;
        let person = "operator/p-1";
        let (_, shows) = home.run(system.attach(operator(), id, new(jpeg()))).unwrap();
        let nobody = NewAttachment { shows: Shows::Nobody, ..new(jpeg()) };
        let (receipt, product) = home.run(system.attach(operator(), id, nobody)).unwrap();
        let stranger = Shows::Person("operator/p-2".to_owned());
        let wrong = NewAttachment { shows: stranger, ..new(jpeg()) };
        assert_eq!(only(home.run(system.attach(operator(), id, wrong))).code, "attachment.person");
        let request = Request { reason: "本人申请", request_no: None };
        home.run(system.erase(operator(), person, request)).unwrap();
        let known = Some(receipt.position + 1);
        let all = home.run(system.attachments(operator(), id, known)).unwrap();
        let states: Vec<State> = all.iter().map(|found| found.state).collect();
        assert_eq!(states, [State::Erased, State::Open]);
        assert_eq!(all[0].name, "");
        let erased = home.run(system.open_attachment(operator(), id, shows));
        assert_eq!(only(erased).code, "attachment.nothing");
        assert!(home.run(system.open_attachment(operator(), id, product)).is_ok());
        // What was proved of it still holds.
        let options = Options { files: Some(system.files()), ..Options::default() };
        let report = home.run(verify(system.reader(), &options)).unwrap();
        assert_eq!((report.files, report.problems), (2, Vec::new()));
    });
}

#[test]
fn a_file_that_was_changed_is_found_and_one_that_was_saved_comes_back() {
    on_both(|home| {
        let system = home.open();
        let id = home.send(&system, &inspection(1)).unwrap().id;
        let (_, attachment) = home.run(system.attach(operator(), id, new(jpeg()))).unwrap();
        let mut saved = Vec::new();
        let summary = home.run(app::backup::write(system.reader(), &system.files(), &mut saved));
        assert_eq!((summary.as_ref().unwrap().files, summary.unwrap().lost.len()), (1, 0));
        let checked = app::backup::check(&*saved).unwrap();
        assert_eq!(checked.files, 1);
        let other = Home::new(home.is_postgres());
        let files = Files::of(&other.settings().data);
        other.run(app::backup::restore(&other.settings().address, &files, &*saved)).unwrap();
        other.take_keys(home);
        let restored = other.open_anew();
        let size = other.size(&restored);
        assert_eq!(other.run(restored.attachments(operator(), id, Some(size))).unwrap().len(), 1);
        assert!(other.run(restored.open_attachment(operator(), id, attachment)).is_ok());
        // Changed on the disk it is not shown, and `verify` says which record it belongs to.
        let [file] = &kept(home)[..] else { panic!("one file") };
        let mut bytes = std::fs::read(file).unwrap();
        bytes[30] ^= 1;
        std::fs::write(file, &bytes).unwrap();
        assert!(home.run(system.open_attachment(operator(), id, attachment)).is_err());
        let options = Options { files: Some(system.files()), ..Options::default() };
        let report = home.run(verify(system.reader(), &options)).unwrap();
        let told = report.problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
        assert!(report.problems.len() == 1 && told.contains("gone or changed"), "{told}");
        let again = home.run(app::backup::write(system.reader(), &system.files(), &mut Vec::new()));
        assert_eq!(again.unwrap().lost.len(), 1);
    });
}

#[test]
fn a_record_has_no_more_files_than_a_page_can_show() {
    on_each(&[false], |home| {
        let system = home.open();
        let id: RecordId = home.send(&system, &inspection(1)).unwrap().id;
        for _ in 0..app::attachment::MOST {
            let (receipt, _) = home.run(system.attach(operator(), id, new(jpeg()))).unwrap();
            home.run(system.await_merged(receipt.position + 1)).unwrap();
        }
        let more = home.run(system.attach(operator(), id, new(jpeg())));
        assert_eq!(only(more).code, "attachment.count");
        // One file of the same bytes is kept once.
        assert_eq!(kept(home).len(), 1);
    });
}
