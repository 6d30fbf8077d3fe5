//! What comes otherwise than a case foresees: refused with the reason, the article and what can be done,
//! or handled, as where a party or an office changes while the case goes on.

use std::sync::Arc;

use app::case::{CaseView, NewStep};
use app::duty::list::{Selection, View};
use app::reading::{Shown, When};
use app::{Fault, Principal, Rejection, Settings, System};
use model::{RecordId, Timestamp};
use serde_json::json;

use crate::people::support::Staff;
use crate::support::*;

/// The office of the cases.
const OFFICE: &str = "420102";

fn accept(day: &str) -> NewStep {
    step("accept", time(&format!("{day}T10:00:00+08:00")), json!({ "accepted_on": day }))
}

/// A complaint at an office, received in the morning of a day.
fn complained(home: &Home, system: &System, office: &str, number: &str, day: &str) -> RecordId {
    let letter = with(complaint(number, "p-1"), "/valid_at", format!("{day}T09:00:00+08:00"));
    let letter = with(with(letter, "/office", office), "/region", office);
    let case = home.send(system, &letter).unwrap().id;
    merged(home, system);
    case
}

fn merged(home: &Home, system: &System) {
    home.run(system.await_merged(home.size(system))).unwrap();
}

fn take(home: &Home, system: &System, case: RecordId, new: NewStep) -> u64 {
    let taken = home.run(system.take_step(operator(), case, new));
    let number = taken.unwrap_or_else(|e| panic!("{:?}", e.faults())).number;
    merged(home, system);
    number
}

fn view(home: &Home, system: &System, case: RecordId, when: When) -> CaseView {
    home.run(system.case(operator(), case, when)).unwrap()
}

fn due<'v>(view: &'v CaseView, term: &str) -> Option<&'v str> {
    view.terms.iter().find(|found| found.term == term)?.due.as_deref()
}

/// A step that is refused with one fault.
fn refused(home: &Home, system: &System, who: &Principal, case: RecordId, new: NewStep) -> Fault {
    only(home.run(system.take_step(who, case, new)))
}

#[test]
fn who_is_refused_is_told_why_by_which_article_and_what_to_do() {
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        let says = |fault: &Fault, zh: &[&str], en: &[&str]| {
            for (text, words) in [(&fault.zh, zh), (&fault.en, en)] {
                for word in words {
                    assert!(text.contains(word), "{word} in {fault:?}");
                }
            }
        };
        // Out of order: the state that the case is in, that in which it can be, the article.
        let settle =
            step("settle", time("2026-06-02T10:00:00+08:00"), json!({ "agreement": "退款" }));
        let faults = home.run(system.take_step(operator(), case, settle)).unwrap_err().faults();
        let state = check(faults).into_iter().find(|fault| fault.code == "case.state").unwrap();
        says(
            &state,
            &["待受理", "调解中", "121号", "请选择"],
            &["Received", "In mediation", "law: "],
        );
        // Before what was done last, told as people tell the time.
        take(home, &system, case, accept("2026-06-03"));
        let early = step("withdraw", time("2026-06-03T09:59:00+08:00"), json!({}));
        let early = home.run(system.take_step(operator(), case, early)).unwrap_err().faults();
        let early = check(early).into_iter().find(|fault| fault.code == "case.before").unwrap();
        says(&early, &["2026-06-03 10:00", "请填写较晚的时间"], &["2026-06-03 10:00", "later"]);
        // A guard: what is missing, the article, and the step that is to be taken first.
        let result = json!({ "test_report_no": "T-1", "test_verdict": "fail" });
        let result = step("test-result", time("2026-06-04T10:00:00+08:00"), result);
        let guard = refused(home, &system, operator(), case, result);
        assert_eq!(guard.code, "case.guard");
        says(
            &guard,
            &["第二十二条", "请先办理“委托检测、检验”"],
            &["Art. 22", "'Send to a test' first"],
        );
        // Who has not the permission is told which; who is of another office, whose it is.
        let test = json!({ "laboratory": OTHER, "test_items": "全项", "cost_agreement": "平摊" });
        let test = step("send-to-test", time("2026-06-04T10:00:00+08:00"), test);
        let clerk = somebody(&["archive.view"]);
        let no_right = refused(home, &system, &clerk, case, test.clone());
        assert_eq!(no_right.code, "door.permission");
        says(&no_right, &["办理投诉", "请向管理员申请"], &["Handle complaints"]);
        let other = Principal {
            office: Some("420502".to_owned()),
            on_behalf_of: "420502".to_owned(),
            ..somebody(&["complaint.handle"])
        };
        let other = refused(home, &system, &other, case, test.clone());
        assert_eq!((other.code, other.pointer.as_str()), ("door.office", "/office"));
        says(&other, &[OFFICE, "420502"], &[OFFICE, "420502"]);
        // On a version that has moved on: what was done since.
        let old = NewStep { seen: Some(0), ..test.clone() };
        let old = refused(home, &system, operator(), case, old);
        assert_eq!(old.code, "case.moved_on");
        says(&old, &["第 1 步", "请刷新"], &["step 1"]);
        // Nothing of it was stored.
        assert_eq!(view(home, &system, case, When::default()).last, 1);
        take(home, &system, case, test);
    });
}

#[test]
fn a_party_is_told_whose_step_it_is() {
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        take(home, &system, case, accept("2026-06-03"));
        let time_out = step("time-out", time("2026-06-04T10:00:00+08:00"), json!({}));
        let fault = refused(home, &system, &acting_for(MAKER), case, time_out);
        assert_eq!(fault.code, "case.not_yours");
        assert!(fault.zh.contains("系统") && fault.en.contains("program"), "{fault:?}");
    });
}

#[test]
fn a_correction_of_the_opening_leads_to_its_case() {
    on_both(|home| {
        let system = home.open();
        let letter = with(complaint("投诉1", "p-1"), "/valid_at", "2026-06-01T09:00:00+08:00");
        let letter = with(letter, "/office", OFFICE);
        let case = home.send(&system, &letter).unwrap().id;
        let mended = with(letter, "/open/channel", "visit");
        let mended = correcting(with(mended, "/id", new_id().to_string()), case);
        let mended = home.send(&system, &mended).unwrap().id;
        merged(home, &system);
        let by_correction = view(home, &system, mended, When::default());
        assert_eq!((by_correction.case, by_correction.state.as_str()), (case, "received"));
        // A step under the one is a step of the other, sent again it is the same, and so are documents.
        let new = NewStep { id: Some(new_id()), ..accept("2026-06-03") };
        let first = home.run(system.take_step(operator(), mended, new.clone())).unwrap();
        merged(home, &system);
        let again = home.run(system.take_step(operator(), mended, new)).unwrap();
        assert!(again.receipt.known && again.receipt.id == first.receipt.id);
        assert_eq!(view(home, &system, case, When::default()).last, 1);
        let of = |id| home.run(system.documents(operator(), id, When::default())).unwrap().to_make;
        assert_eq!((of(case).len(), of(mended).len()), (1, 1));
        let hands = home.run(system.hands(operator(), mended)).unwrap();
        assert_eq!(hands, home.run(system.hands(operator(), case)).unwrap());
    });
}

/// Somebody at the desk of an organization.
fn acting_for(organization: &str) -> Principal {
    Principal {
        on_behalf_of: organization.to_owned(),
        account: "enterprise-1".to_owned(),
        office: None,
        permissions: ["desk.view".to_owned()].into(),
        person: None,
    }
}

/// Goods of the maker that may have to be recalled, of which the maker was told.
fn recall_of_maker(home: &Home, system: &System) -> RecordId {
    let opening = json!({
        "id": new_id().to_string(), "kind": "consumer-recall", "region": OFFICE, "office": OFFICE,
        "valid_at": "2026-06-01T09:00:00+08:00", "source": "test",
        "subjects": [{ "role": "maker", "id": MAKER }],
        "open": {
            "recall_no": "召1", "recall_source": "sampling", "found_on": "2026-06-01",
            "defect": "电源线过热",
        },
    });
    let case = home.send(system, &opening).unwrap().id;
    merged(home, system);
    let form = view(home, system, case, When::default());
    assert_eq!(form.procedure, "recall-consumer");
    let ask = json!({
        "asked_on": "2026-06-02", "answer_by": "2026-06-12", "asked_text": "电源线过热",
    });
    take(home, system, case, step("ask-investigation", time("2026-06-02T10:00:00+08:00"), ask));
    case
}

#[test]
fn an_enterprise_that_changed_its_code_is_still_the_party() {
    on_both(|home| {
        let system = home.open();
        let case = recall_of_maker(home, &system);
        let (old, new) = (acting_for(MAKER), acting_for(OTHER));
        let cases = |who: &Principal| {
            let cases = home.run(system.party_cases(who)).unwrap();
            cases.into_iter().map(|case| case.case).collect::<Vec<_>>()
        };
        let answer = json!({
            "duty_on": "2026-06-04", "defect": "电源线过热", "sale_stopped": true,
        });
        let answer = step("confirm-defect", time("2026-06-04T10:00:00+08:00"), answer);
        assert_eq!((cases(&old), cases(&new)), (vec![case], vec![]));
        assert!(home.run(system.party_case(&new, case)).is_err());
        let stranger = home.run(system.take_step(&new, case, answer.clone()));
        assert!(matches!(stranger, Err(Rejection::Denied(_))), "{stranger:?}");
        // A person decides that both codes are of one enterprise.
        home.run(system.decide_double(operator(), OTHER, MAKER, true, "换发统一代码")).unwrap();
        merged(home, &system);
        registry_follows(home, &system);
        assert_eq!((cases(&old), cases(&new)), (vec![case], vec![case]));
        home.run(system.take_step(&new, case, answer)).unwrap();
        merged(home, &system);
        let seen = home.run(system.party_case(&new, case)).unwrap();
        assert_eq!(seen.steps.last().map(|step| step.step.as_str()), Some("confirm-defect"));
        // Parted again, the other sees nothing any more.
        home.run(system.decide_double(operator(), OTHER, MAKER, false, "误并")).unwrap();
        merged(home, &system);
        registry_follows(home, &system);
        assert_eq!(cases(&old), [case]);
    });
}

/// Waits until the registry knows what was decided of codes.
fn registry_follows(home: &Home, system: &System) {
    let (other, when) = (OTHER.parse().unwrap(), now_known(home, system));
    home.run(system.archive(operator(), &other, None, when, None, 1)).unwrap();
}

/// As of all that is known: the registry is waited for.
fn now_known(home: &Home, system: &System) -> When {
    When { valid: None, known: Some(home.size(system)) }
}

#[test]
fn an_enterprise_that_is_struck_off_has_its_cases_ended_by_their_ground() {
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        take(home, &system, case, accept("2026-06-03"));
        let gone = json!({
            "id": new_id().to_string(), "kind": "organization", "region": OFFICE,
            "valid_at": "2026-06-05T09:00:00+08:00", "source": "test",
            "subjects": [{ "role": "organization", "id": MAKER }],
            "open": {
                "name": "甲公司", "organization_type": "enterprise", "status": "cancelled",
                "ended_on": "2026-06-05",
            },
        });
        home.send(&system, &gone).unwrap();
        merged(home, &system);
        // The case is as it was: nobody is let off by being struck off.
        let before = view(home, &system, case, When::default());
        assert_eq!((before.state.as_str(), before.ended_at), ("mediating", None));
        let ended = json!({ "end_ground": "party-gone", "end_reason": "被投诉人已注销" });
        take(home, &system, case, step("end-mediation", time("2026-06-08T10:00:00+08:00"), ended));
        let told = json!({ "told_on": "2026-06-09" });
        take(home, &system, case, step("tell-ended", time("2026-06-09T10:00:00+08:00"), told));
        assert!(view(home, &system, case, When::default()).ended_at.is_some());
        // Under the rule of before there was no such ground.
        let old = complained(home, &system, OFFICE, "投诉2", "2024-03-04");
        take(home, &system, old, accept("2024-03-06"));
        let ended = json!({ "end_ground": "party-gone", "end_reason": "被投诉人已注销" });
        let ended = step("end-mediation", time("2024-03-08T10:00:00+08:00"), ended);
        let fault = refused(home, &system, operator(), old, ended);
        assert_eq!(fault.pointer, "/open/end_ground", "{fault:?}");
    });
}

/// The pack with one office taken into another from July 2026 on.
fn merged_offices() -> Arc<pack::Pack> {
    let mut files = testkit::hubei_pack();
    let (_, offices) = files.iter_mut().find(|(path, _)| path == "offices.csv").unwrap();
    let text = String::from_utf8(offices.clone()).unwrap();
    let lines = text.lines().map(|line| match line.split(',').next() {
        Some("420103") => line.replace(",*,*,,,,", ",*,*,,2026-06-30,420102,合并公告"),
        Some("420102") => {
            let before = line.replace(",*,*,,,,", ",*,*,,2026-06-30,,合并公告");
            let after = line.replace("420102,*,*,,,,", "420102 420103,*,*,2026-07-01,,,合并公告");
            format!("{before}\n{after}")
        }
        _ => line.to_owned(),
    });
    *offices = format!("{}\n", lines.collect::<Vec<_>>().join("\n")).into_bytes();
    Arc::new(pack::Pack::load(files).unwrap())
}

#[test]
fn the_successor_of_an_abolished_office_goes_on_with_its_cases() {
    let pack = merged_offices();
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, "420103", "投诉1", "2026-06-29");
        home.close(system);
        let system = home.open_with(Arc::clone(&pack));
        merged(home, &system);
        let staff = Staff::start(home, &system);
        let (_, officer) = staff.officer("qian", "county-officer", OFFICE);
        let (_, stranger) = staff.officer("sun", "county-officer", "420502");
        merged(home, &system);
        let fault = refused(home, &system, &stranger, case, accept("2026-07-02"));
        assert_eq!(fault.code, "door.office");
        let own =
            home.run(system.duties(&officer, &Selection::default(), When::default(), None, 9));
        assert!(own.unwrap().duties.iter().any(|duty| duty.case == case));
        home.run(system.take_step(&officer, case, accept("2026-07-02"))).unwrap();
        merged(home, &system);
        let view = view(home, &system, case, When::default());
        assert_eq!((view.state.as_str(), view.office.as_deref()), ("mediating", Some("420103")));
    });
}

#[test]
fn a_term_that_rests_on_a_calendar_not_announced_yet_says_so() {
    on_both(|home| {
        // A year of which nothing can be announced yet.
        let later = Some(Timestamp::from_rfc3339("2035-01-01T00:00:00+08:00").unwrap());
        let settings = Settings { demonstration: later, ..home.settings() };
        let system = home.try_open(settings, pack()).unwrap_or_else(|e| panic!("{e}"));
        let case = complained(home, &system, OFFICE, "投诉1", "2034-03-06");
        let before = view(home, &system, case, When::default());
        let term = before.terms.iter().find(|term| term.term == "accept").unwrap();
        // Seven working days without any holiday: it is counted all the same, and said.
        assert_eq!((term.due.as_deref(), term.provisional), (Some("2034-03-15"), true));
        let all = Selection { view: View::All, ..Selection::default() };
        let listed = home.run(system.duties(operator(), &all, When::default(), None, 10)).unwrap();
        let listed = listed.duties.iter().find(|duty| duty.case == case).unwrap();
        assert!(listed.term.as_ref().unwrap().provisional);
        // In an announced year nothing is.
        let known = complained(home, &system, OFFICE, "投诉2", "2026-06-01");
        let known = view(home, &system, known, When::default());
        assert!(known.terms.iter().all(|term| !term.provisional));
        home.close(system);
    });
}

#[test]
fn as_of_what_was_known_then_the_pack_of_then_counts() {
    let mut files = testkit::hubei_pack();
    let (_, law) = files.iter_mut().find(|(path, _)| path == "law/complaint.toml").unwrap();
    let text = String::from_utf8(law.clone()).unwrap();
    let at = text.rfind("id = \"complaint.accept\"").unwrap();
    *law =
        format!("{}{}", &text[..at], text[at..].replacen("value = 7", "value = 5", 1)).into_bytes();
    let mended = Arc::new(pack::Pack::load(files).unwrap());
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        let size = home.size(&system);
        assert_eq!(due(&view(home, &system, case, When::default()), "accept"), Some("2026-06-10"));
        home.close(system);
        // The value was wrong: with the record of the corrected pack open cases go by it.
        let system = home.open_with(Arc::clone(&mended));
        merged(home, &system);
        let known = |known| When { valid: None, known };
        for (asked, last) in
            [(None, "2026-06-08"), (Some(size), "2026-06-10"), (Some(size + 1), "2026-06-08")]
        {
            let view = view(home, &system, case, known(asked));
            assert_eq!(due(&view, "accept"), Some(last), "{asked:?}");
        }
        let digest = |asked| home.run(system.pack_known(asked)).unwrap().digest().to_string();
        assert_eq!(digest(Some(size)), pack().digest().to_string());
        assert_eq!(digest(None), mended.digest().to_string());
    });
}

#[test]
fn what_a_step_says_of_persons_is_shown_to_who_may_and_noted() {
    on_both(|home| {
        let system = home.open();
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        take(home, &system, case, accept("2026-06-03"));
        let form = json!({ "representatives": 2 });
        let mut named = step("name-representatives", time("2026-06-04T10:00:00+08:00"), form);
        named.personal.insert("representative_names".to_owned(), "张三、李四".into());
        let number = take(home, &system, case, named);
        let view = view(home, &system, case, When::default());
        let noted = || home.ask("SELECT COUNT(*) FROM record WHERE kind = 'audit'", Vec::new());
        let before: i64 = noted().remove(0).take(0).unwrap();
        let clerk = somebody(&["archive.view"]);
        let hidden = home.run(system.step_persons(&clerk, &view, When::default())).unwrap();
        assert_eq!(hidden[&number][0].shown, Shown::Hidden);
        assert_eq!(noted().remove(0).take::<i64>(0).unwrap(), before);
        let reader = somebody(&["archive.view", "personal.view"]);
        let shown = home.run(system.step_persons(&reader, &view, When::default())).unwrap();
        assert_eq!(shown.len(), 1);
        let Shown::Fields(fields) = &shown[&number][0].shown else { panic!("{shown:?}") };
        assert_eq!(fields["representative_names"], "张三、李四");
        assert_eq!(noted().remove(0).take::<i64>(0).unwrap(), before + 1);
    });
}

#[test]
fn what_nobody_has_is_brought_before_the_head_and_what_is_overdue_too() {
    on_both(|home| {
        let system = home.open();
        let staff = Staff::start(home, &system);
        let (zhao, zhao_who) = staff.officer("zhao", "county-officer", OFFICE);
        let (head, _) = staff.officer("head", "head", OFFICE);
        let (other, _) = staff.officer("other", "head", "420103");
        // Overdue long since, of two offices; of the second nobody handles anything.
        let case = complained(home, &system, OFFICE, "投诉1", "2026-06-01");
        complained(home, &system, "420104", "投诉2", "2026-06-01");
        let told = |who: &str| {
            let shown = home.run(system.notices(who)).unwrap();
            shown.into_iter().map(|notice| notice.message).collect::<Vec<_>>()
        };
        assert_eq!(home.run(system.tell_duties()).unwrap(), 1);
        assert_eq!(home.run(system.tell_duties()).unwrap(), 0, "once a day of one thing");
        let [message] = &told(&head.id)[..] else { panic!("{:?}", told(&head.id)) };
        assert!(message.zh.contains("尚无承办人") && message.link.contains(&case.to_string()));
        assert!(told(&zhao.id).is_empty() && told(&other.id).is_empty());
        // Taken, it is that one's; overdue, the law has those above told as well, who know already.
        let take = app::duty::assign::NewAssignment {
            act: app::duty::hands::Assigned::Take,
            account: None,
            permission: None,
            reason: String::new(),
        };
        home.run(system.assign(&zhao_who, case, &take)).unwrap();
        assert_eq!(home.run(system.tell_duties()).unwrap(), 1);
        let [message] = &told(&zhao.id)[..] else { panic!("{:?}", told(&zhao.id)) };
        assert!(!message.zh.contains("尚无承办人"), "{message:?}");
        assert_eq!(told(&head.id).len(), 1);
    });
}
