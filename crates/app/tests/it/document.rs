//! Documents of a case: made of the case, numbered without repeats, kept when void, served once.

use app::case::NewStep;
use app::document::{Drawn, NewDocument, NewService};
use app::erasure::Request;
use app::program::Programs;
use app::reading::When;
use app::system::System;
use app::{Principal, Rejection};
use clock::Date;
use model::RecordId;
use procedure::Act;
use serde_json::{Value, json};
use store::account::AccountRow;

use crate::support::*;

/// A complaint of a day, accepted two days later.
fn accepted(home: &Home, system: &System, number: &str) -> (RecordId, u64) {
    let letter = complaint(number, "p-1");
    let letter = with(letter, "/valid_at", "2024-03-04T09:00:00+08:00");
    let case = home.send(system, &letter).unwrap().id;
    home.run(system.await_merged(home.size(system))).unwrap();
    let form = json!({ "accepted_on": "2024-03-06" });
    let step = step("accept", time("2024-03-06T10:00:00+08:00"), form);
    let step = home.run(system.take_step(operator(), case, step)).unwrap();
    (case, step.number)
}

fn draw(home: &Home, system: &System, case: RecordId, step: u64) -> Drawn {
    home.run(system.draw_up(operator(), case, NewDocument { id: None, step })).unwrap()
}

fn seal(home: &Home, system: &System, case: RecordId, document: RecordId) -> Drawn {
    home.run(system.seal_document(operator(), case, document, None)).unwrap()
}

fn code(result: Result<impl std::fmt::Debug, Rejection>) -> &'static str {
    check(result.unwrap_err().faults())[0].code
}

fn today(system: &System) -> Date {
    system.clock().now().day_in_china()
}

#[test]
fn a_document_is_made_of_its_step_and_says_of_persons_only_to_who_may_know() {
    on_both(|home| {
        let system = home.open();
        let (case, step) = accepted(home, &system, "投诉1");
        let known = When { valid: None, known: Some(home.size(&system)) };
        let before = home.run(system.documents(operator(), case, known)).unwrap();
        assert!(before.documents.is_empty() && before.may_seal && before.may_serve);
        let one = &before.to_make[0];
        assert_eq!((one.step, one.template.as_str()), (step, "complaint-acceptance"));

        let drawn = draw(home, &system, case, step);
        assert_eq!((drawn.version, drawn.number.as_deref()), (1, None));
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        assert_eq!((view.state, view.effective, view.hidden), ("draft", true, false));
        let text = view.text.clone().unwrap();
        assert!(text.contains("2024年3月6日") && text.contains("投诉1"), "{text}");
        // The law of the day: the old rule, its own number of days.
        assert!(text.contains("20号") && text.contains("45个工作日"), "{text}");
        assert!(view.paper.addressee.contains("王小明"), "{:?}", view.paper.addressee);

        // The open part of the record says nothing of the person.
        let record = home.record(&system, view.record);
        let open = serde_json::to_string(&record.open).unwrap();
        assert!(!open.contains("王小明") && open.contains("text_digest"), "{open}");
        let clerk = somebody(&["archive.view"]);
        let hidden = home.run(system.document(&clerk, case, drawn.document, known)).unwrap();
        assert!(hidden.hidden && !hidden.paper.addressee.contains("王小明"));

        let again = home.run(system.draw_up(operator(), case, NewDocument { id: None, step }));
        assert_eq!(code(again), "document.exists");
        assert_eq!(
            code(home.run(system.draw_up(operator(), case, NewDocument { id: None, step: 9 }))),
            "document.no_step"
        );
        let nobody = somebody(&["archive.view"]);
        let denied = home.run(system.seal_document(&nobody, case, drawn.document, None));
        assert!(matches!(denied, Err(Rejection::Denied(_))), "{denied:?}");

        // Erased, the person is named to nobody any more, and the document stands.
        let request = Request { reason: "本人申请", request_no: None };
        home.run(system.erase(operator(), "operator/p-1", request)).unwrap();
        let known = Some(home.size(&system));
        let erased = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        assert!(erased.hidden && !erased.paper.addressee.contains("王小明"));
        assert_eq!(erased.text_digest, view.text_digest);
        let sealed = seal(home, &system, case, drawn.document);
        assert!(sealed.number.is_some());
    });
}

#[test]
fn numbers_are_given_one_after_another_and_a_void_one_is_kept() {
    on_both(|home| {
        let system = home.open();
        let mut numbers = Vec::new();
        let mut documents = Vec::new();
        for at in 0..3 {
            let (case, step) = accepted(home, &system, &format!("投诉{at}"));
            let drawn = draw(home, &system, case, step);
            documents.push((case, step, drawn.document));
        }
        // Three at once.
        let sealing = async {
            let seal = |at: usize| {
                let (case, _, document) = documents[at];
                system.seal_document(operator(), case, document, Some(1))
            };
            tokio::join!(seal(0), seal(1), seal(2))
        };
        let (a, b, c) = home.run(sealing);
        for drawn in [a, b, c] {
            numbers.push(drawn.unwrap().number.unwrap());
        }
        numbers.sort();
        let year = today(&system).to_string()[..4].to_owned();
        let wanted = |n: u64| format!("江岸区市监投受〔{year}〕{n}号");
        assert_eq!(numbers, [wanted(1), wanted(2), wanted(3)]);

        // Sealed, it is changed no more; void, it keeps its number, and the next takes another.
        let (case, step, document) = documents[0];
        let text = home.run(system.revise_document(operator(), case, document, None, "x"));
        assert_eq!(code(text), "document.sealed");
        let again = home.run(system.seal_document(operator(), case, document, None));
        assert_eq!(code(again), "document.sealed");
        let void = home.run(system.void_document(operator(), case, document, None, " "));
        assert_eq!(code(void), "document.reason");
        let void =
            home.run(system.void_document(operator(), case, document, None, "打印有误")).unwrap();
        let kept = void.number.unwrap();
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, document, known)).unwrap();
        assert_eq!((view.state, view.number.as_deref()), ("void", Some(kept.as_str())));
        assert_eq!(view.void_reason.as_deref(), Some("打印有误"));
        // Nobody takes it back, and with it its number.
        let withdrawn = home.run(system.withdraw(operator(), view.record, "误"));
        assert!(withdrawn.is_err());
        home.close(system);

        // Started anew, it goes on where it was.
        let system = home.open();
        let drawn = draw(home, &system, case, step);
        assert_eq!(seal(home, &system, case, drawn.document).number, Some(wanted(4)));
    });
}

#[test]
fn a_draft_is_edited_and_who_saw_an_old_version_is_told() {
    on_both(|home| {
        let system = home.open();
        let (case, step) = accepted(home, &system, "投诉1");
        let drawn = draw(home, &system, case, step);
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        let text = format!("{}补充说明：请携带身份证件。\n", view.draft);
        let revise = |seen, text: &str| {
            home.run(system.revise_document(operator(), case, drawn.document, seen, text))
        };
        let second = revise(Some(1), &text).unwrap();
        assert_eq!(second.version, 2);
        assert_eq!(code(revise(Some(1), &text)), "document.moved_on");
        assert_eq!(code(revise(None, "{case.complainant_phone}")), "document.place");
        let sealed = seal(home, &system, case, drawn.document);
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        assert_eq!((view.version, view.edited, view.state), (3, true, "sealed"));
        let text = view.text.unwrap();
        assert!(text.contains("补充说明") && text.contains("年"), "{text}");
        assert!(view.paper.addressee.contains("王小明"));
        assert!(sealed.number.is_some());
    });
}

fn by_post(system: &System) -> NewService {
    NewService {
        way: "post".to_owned(),
        tried_on: today(system),
        served_on: Some(today(system)),
        place: String::new(),
        consent_on: None,
        failure: String::new(),
        recipient: "李四".to_owned(),
        officers: Vec::new(),
    }
}

#[test]
fn a_document_is_served_once_unless_it_failed() {
    on_both(|home| {
        let system = home.open();
        let (case, step) = accepted(home, &system, "投诉1");
        let drawn = draw(home, &system, case, step);
        let serve = |new: NewService| {
            home.run(system.serve_document(operator(), case, drawn.document, new))
        };
        assert_eq!(code(serve(by_post(&system))), "document.not_sealed");
        seal(home, &system, case, drawn.document);
        let wrong = |change: &dyn Fn(&mut NewService)| {
            let mut new = by_post(&system);
            change(&mut new);
            code(serve(new))
        };
        assert_eq!(wrong(&|new| new.way = "pigeon".into()), "service.way");
        assert_eq!(wrong(&|new| new.served_on = None), "service.day");
        assert_eq!(wrong(&|new| new.way = "electronic".into()), "service.consent");
        assert_eq!(wrong(&|new| new.tried_on = "2024-03-01".parse().unwrap()), "service.before");
        assert_eq!(wrong(&|new| new.served_on = "2099-01-01".parse().ok()), "service.future");
        assert_eq!(wrong(&|new| new.failure = "查无此人".into()), "service.failed");
        let failed = NewService {
            failure: "查无此人".into(),
            served_on: None,
            recipient: String::new(),
            ..by_post(&system)
        };
        serve(failed).unwrap();
        serve(by_post(&system)).unwrap();
        assert_eq!(code(serve(by_post(&system))), "document.served");
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        let went: Vec<(u64, &str)> =
            view.services.iter().map(|s| (s.attempt, s.outcome.as_str())).collect();
        assert_eq!(went, [(1, "failed"), (2, "served")]);
        let record = home.record(&system, view.services[1].record);
        assert!(!serde_json::to_string(&record.open).unwrap().contains("李四"));
    });
}

#[test]
fn a_program_seals_electronically_and_its_file_is_kept() {
    on_each(&[false], |home| {
        let system = home.open();
        let script = home.data().join("seal.sh");
        std::fs::write(&script, "#!/bin/sh\nprintf '%%PDF-1.7\\n'; cat\n").unwrap();
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755)).unwrap();
        system.use_programs(Programs { seal: Some(script), ..Programs::default() });
        let (case, step) = accepted(home, &system, "投诉1");
        let drawn = draw(home, &system, case, step);
        let early = home.run(system.seal_electronically(operator(), case, drawn.document));
        assert_eq!(code(early), "document.not_sealed");
        let number = seal(home, &system, case, drawn.document).number.unwrap();
        let file = home.run(system.seal_electronically(operator(), case, drawn.document)).unwrap();
        let known = Some(home.size(&system));
        let attached = home.run(system.attachments(operator(), drawn.document, known)).unwrap();
        assert_eq!(attached.len(), 1);
        let opened =
            home.run(system.open_attachment(operator(), drawn.document, file.unwrap())).unwrap();
        let html = String::from_utf8_lossy(&opened.bytes);
        assert!(html.starts_with("%PDF-1.7") && html.contains(&number), "{html}");
        // What names somebody lies under the key of that person.
        assert!(attached[0].sealed);
    });
}

#[test]
fn every_document_of_the_pack_can_be_drawn_from_its_places() {
    // A template that nothing fills in still makes a paper: what nobody said is struck out, and told.
    let pack = pack();
    assert!(pack.documents().count() > 100);
    for document in pack.documents() {
        assert!(!document.body.is_empty(), "{}", document.id);
        assert!(document.label.zh.chars().count() > 2, "{}", document.id);
    }
    let _: &Principal = operator();
}

/// Takes steps of a penalty, one after another, each a minute after the one before.
struct Penalty<'h> {
    home: &'h Home,
    system: &'h System,
    case: RecordId,
    minute: u32,
}

impl Penalty<'_> {
    fn take(&mut self, who: &Principal, step: &str, act: Act, form: Value) -> u64 {
        self.minute += 1;
        let at = format!("2026-03-02T09:{:02}:00+08:00", self.minute);
        let officers = match act {
            Act::Approved => Vec::new(),
            _ => ["person:zhao", "person:qian"].map(|id| id.parse().unwrap()).into(),
        };
        let step = NewStep { act, officers, ..crate::support::step(step, time(&at), form) };
        let size = self.home.size(self.system);
        self.home.run(self.system.await_merged(size)).unwrap();
        let taken = self.home.run(self.system.take_step(who, self.case, step));
        taken.unwrap_or_else(|error| panic!("{error:?}")).number
    }
}

#[test]
fn a_served_document_starts_the_terms_of_its_case() {
    on_both(|home| {
        let system = home.open();
        let clue = json!({
            "id": new_id().to_string(), "kind": "clue", "region": "420106", "office": "420106",
            "valid_at": "2026-03-02T09:00:00+08:00", "source": "test", "subjects": [],
            "open": {
                "number": "线索1", "source_type": "inspection", "found_on": "2026-03-01",
                "category": "substandard", "text": "货架上有不合格水壶",
            },
        });
        let case = home.send(&system, &clue).unwrap().id;
        let mut penalty = Penalty { home, system: &system, case, minute: 0 };
        let now = system.clock().now();
        let desk = AccountRow {
            id: "desk-1".into(),
            login: "desk".into(),
            name: "企业用户".into(),
            sort: "enterprise".into(),
            organization: Some("uscc:91420100758123450T".into()),
            created_at: now,
            closed_at: None,
            password: None,
            password_set_at: None,
            must_change: false,
            totp: None,
            totp_confirmed: false,
            totp_step: 0,
            failed: 0,
            locked_until: None,
        };
        home.run(system.reader().db().write(vec![store::account::put(&desk)])).unwrap();
        // What was done before anybody was told is told to nobody.
        assert_eq!(home.run(system.tell_steps()).unwrap(), 0);
        let head = Principal {
            account: "head".into(),
            ..somebody(&["penalty.approve", "archive.view", "personal.view"])
        };
        let offender = "uscc:91420100758123450T";
        let opened = json!({
            "case_no": "武昌市监立〔2026〕7号", "offender": offender, "party_is_person": false,
            "suspected_breach": "substandard", "safety_harmed": false, "case_officers": "赵、钱",
        });
        let step = penalty.take(operator(), "open-case", Act::Proposed, opened);
        // It waits for approval: its document is drawn up and not sealed.
        home.run(system.await_merged(home.size(&system))).unwrap();
        let drawn = draw(home, &system, case, step);
        let early = home.run(system.seal_document(operator(), case, drawn.document, None));
        assert_eq!(code(early), "document.not_approved");
        penalty.take(&head, "open-case", Act::Approved, json!({}));
        // The number that the form says is the document's.
        let number = seal(home, &system, case, drawn.document).number;
        assert_eq!(number.as_deref(), Some("武昌市监立〔2026〕7号"));

        let report = json!({ "report_text": "经查属实", "proposal_text": "建议处罚" });
        penalty.take(operator(), "submit-review", Act::Done, report);
        let opinion = json!({ "review_opinion": "同意" });
        let reviewer = Principal {
            account: "reviewer".into(),
            ..somebody(&["penalty.review", "archive.view", "personal.view"])
        };
        penalty.take(&reviewer, "pass-review", Act::Done, opinion);
        let planned = json!({
            "planned_facts": "销售不合格水壶", "planned_law": "产品质量法第五十条",
            "planned_types": ["warning"], "heavy_penalty": false, "hearing_right": false,
        });
        let step = penalty.take(operator(), "approve-notice", Act::Proposed, planned);
        penalty.take(&head, "approve-notice", Act::Approved, json!({}));
        home.run(system.await_merged(home.size(&system))).unwrap();
        let drawn = draw(home, &system, case, step);
        let number = seal(home, &system, case, drawn.document).number.unwrap();
        assert!(number.starts_with("武昌区市监罚告〔"), "{number}");
        let known = Some(home.size(&system));
        let view = home.run(system.document(operator(), case, drawn.document, known)).unwrap();
        let text = view.text.unwrap();
        assert!(text.contains("警告") && text.contains("生产销售不合格产品"), "{text}");

        // Served, the step of the case is taken with it.
        let officers = ["person:zhao", "person:qian"].map(|id| id.parse().unwrap());
        let new =
            NewService { way: "in-person".into(), officers: officers.into(), ..by_post(&system) };
        home.run(system.serve_document(operator(), case, drawn.document, new.clone())).unwrap();
        let known = When { valid: None, known: Some(home.size(&system)) };
        let after = home.run(system.case(operator(), case, known)).unwrap();
        assert_eq!(after.state, "notified");
        let served = after.steps.last().unwrap();
        assert_eq!(served.step, "serve-notice");
        assert_eq!(served.form["notice_served_on"], today(&system).to_string());
        let view =
            home.run(system.document(operator(), case, drawn.document, known.known)).unwrap();
        assert_eq!(view.services[0].step.as_deref(), Some(&*served.record.to_string()));
        let again = home.run(system.serve_document(operator(), case, drawn.document, new));
        assert_eq!(code(again), "document.served");
        // Whom the step tells is told at the desk, once, also where it is looked at again.
        assert_eq!(home.run(system.tell_steps()).unwrap(), 1);
        assert_eq!(home.run(system.tell_steps()).unwrap(), 0);
        std::fs::write(home.data().join("kept/notices"), "0").unwrap();
        assert_eq!(home.run(system.tell_steps()).unwrap(), 0);
        let notices = home.run(system.notices("desk-1")).unwrap();
        assert_eq!(notices.len(), 1);
        assert!(notices[0].message.zh.contains("送达行政处罚告知书"), "{notices:?}");
        assert!(notices[0].message.statutory);
        // The notice leads to the case itself.
        assert_eq!(notices[0].message.link, format!("/enterprise/cases/{case}"));
        // It stands in the archive of whom it was served on.
        assert!(home.ids(&system, offender).contains(&view.services[0].record));
    });
}
