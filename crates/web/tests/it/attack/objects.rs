//! Things of others, asked for by their ids: role by role, office by office, thing by thing.

use serde_json::{Value, json};

use crate::account::people::Staff;
use crate::samples::id;
use crate::site::{Site, on_both};

const MAKER: &str = "uscc:914201001777000029";
const OTHER: &str = "uscc:91420984MA7F3K2R8E";

/// A record of an office, in its region.
fn record(kind: &str, number: u64, office: &str, maker: &str) -> Value {
    let mut draft = json!({
        "id": id(number), "kind": kind, "region": office, "office": office,
        "valid_at": "2026-05-02T09:00:00+08:00", "source": "test",
        "subjects": [{ "role": "respondent", "id": maker }],
        "open": { "number": format!("C-{number}"), "channel": "hotline-12315", "category": "quality" },
    });
    if kind == "inspection-order" {
        draft["subjects"] = json!([{ "role": "inspected", "id": maker }]);
        draft["open"] = json!({ "order_no": format!("R-{number}") });
    } else {
        draft["personal"] = json!([{
            "person": format!("p-{number}"),
            "fields": { "text": "漏水", "complainant_name": format!("张{number}") },
        }]);
    }
    draft
}

/// The status of a page for somebody.
async fn stored(site: &Site) {
    for (number, office, maker) in
        [(1, "420106", MAKER), (2, "420111", MAKER), (3, "420502", OTHER), (4, "420000", MAKER)]
    {
        site.stored(&record("complaint", number, office, maker)).await;
    }
}

#[test]
fn each_role_in_each_office_sees_what_is_its_own_and_no_more() {
    on_both(async |site| {
        stored(site).await;
        let mut staff = Staff::start(site).await;
        // Record by record: 1 in 武昌, 2 in 洪山 (both of 武汉), 3 in 西陵 of 宜昌, 4 of the province.
        let table = [
            ("province", "officer", "provincial-officer", "420000", [true, true, true, true]),
            ("wuhan", "officer", "city-officer", "420100", [true, true, false, false]),
            ("yichang", "officer", "city-officer", "420500", [false, false, true, false]),
            ("wuchang", "officer", "county-officer", "420106", [true, false, false, false]),
            ("hongshan", "officer", "county-officer", "420111", [false, true, false, false]),
            ("xiling", "officer", "county-officer", "420502", [false, false, true, false]),
            ("head", "officer", "head", "420106", [true, false, false, false]),
            ("analyst", "officer", "analyst", "420100", [true, true, false, false]),
            ("clerk", "officer", "intake-clerk", "420106", [false; 4]),
            ("grid", "officer", "grid-worker", "420106", [false; 4]),
            ("maker", "enterprise", "enterprise", MAKER, [false; 4]),
            ("citizen", "citizen", "citizen", "", [false; 4]),
        ];
        let mut people = Vec::new();
        for (login, sort, role, place, sees) in table {
            let (browser, _) = staff.somebody(login, sort, role, place).await;
            people.push((
                login,
                browser,
                sees,
                ["province", "wuhan", "yichang", "wuchang", "hongshan", "xiling", "head"]
                    .contains(&login),
            ));
        }
        people.push(("keeper", staff.keeper, [false; 4], false));
        people.push(("guard", staff.guard, [false; 4], false));
        people.push(("auditor", staff.auditor, [false; 4], false));
        for (login, browser, sees, sees_persons) in &mut people {
            for (at, may) in sees.iter().enumerate() {
                let number = at as u64 + 1;
                for path in [
                    format!("/console/records/{}", id(number)),
                    format!("/console/records/{}/proof", id(number)),
                    format!("/console/why?record={}", id(number)),
                ] {
                    let answer = browser.get(&path).await;
                    let text = answer.text();
                    let cell = format!("{login} {path}: {} {text}", answer.status);
                    let waits = answer.status == 404 && text.contains("proof.not_signed");
                    match may {
                        true => assert!(answer.status == 200 || waits, "{cell}"),
                        false => {
                            assert!([303, 403, 404].contains(&answer.status.as_u16()), "{cell}");
                            assert!(!text.contains(&format!("C-{number}")), "{cell}");
                        }
                    }
                    let name = format!("张{number}");
                    let is_record = path == format!("/console/records/{}", id(number));
                    let is_told = *may && *sees_persons && is_record;
                    assert_eq!(text.contains(&name), is_told, "{cell}");
                }
                // What the public and an enterprise have never says that there is more.
                for path in [
                    format!("/records/{}", id(number)),
                    format!("/enterprise/records/{}", id(number)),
                ] {
                    let answer = browser.get(&path).await;
                    let cell = format!("{login} {path}: {}", answer.status);
                    assert!([303, 401, 403, 404].contains(&answer.status.as_u16()), "{cell}");
                    assert!(!answer.text().contains(&format!("C-{number}")), "{cell}");
                }
            }
        }
    });
}

#[test]
fn an_id_that_is_not_there_and_one_that_is_not_shown_give_one_answer() {
    on_both(async |site| {
        stored(site).await;
        let mut staff = Staff::start(site).await;
        let (mut maker, _) = staff.somebody("maker", "enterprise", "enterprise", MAKER).await;
        let answer = async |browser: &mut crate::account::people::Browser<'_>, path: String| {
            let answer = browser.get(&path).await;
            let text = answer.text();
            // The id and the time stand in the page itself.
            let told = text.find("<main").map_or(0, |at| at);
            (answer.status, text[told..].replace(&id(1), "ID").replace(&id(99), "ID").len())
        };
        for start in ["/records/", "/enterprise/records/", "/records/{}/proof"] {
            let path = |number: u64| match start.contains("{}") {
                true => start.replace("{}", &id(number)),
                false => format!("{start}{}", id(number)),
            };
            if start.ends_with("proof") {
                continue;
            }
            let hidden = answer(&mut maker, path(1)).await;
            assert_eq!(hidden, answer(&mut maker, path(99)).await, "{start}");
        }
    });
}

#[test]
fn an_account_is_changed_by_who_may_and_by_nobody_for_themselves() {
    on_both(async |site| {
        let mut staff = Staff::start(site).await;
        let (mut officer, own) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let (_, other) = staff.somebody("wang", "officer", "county-officer", "420106").await;
        for account in [&own, &other] {
            let page = format!("/console/system/people/{account}");
            assert_eq!(officer.get(&page).await.status, 403);
            for act in ["close", "unlock", "recover", "second-factor", "roles", "absences"] {
                officer.page("/account").await;
                let answer = officer.post(&format!("{page}/{act}"), &[]).await;
                assert_eq!(answer.status, 403, "{act}: {}", answer.text());
            }
        }
        // Not even who gives roles gives one to themselves.
        let mine = staff.guard.page("/account").await;
        let at = mine.text.find("acct-").or_else(|| mine.text.find("<dd class=\"code wrap-any\">"));
        let own = &mine.text[at.unwrap()..];
        let own = own.split(['>', '<']).find(|part| part.len() > 8 && !part.contains(' ')).unwrap();
        let path = format!("/console/system/people/{own}/roles");
        let fields =
            [("role", "audit-administrator"), ("from", ""), ("until", ""), ("reason", "x")];
        let answer = staff.guard.post(&path, &fields).await;
        assert!([404, 409, 422].contains(&answer.status.as_u16()), "{}", answer.text());
    });
}

#[test]
fn what_a_record_does_not_have_cannot_be_set() {
    on_both(async |site| {
        // Members that the program decides, beside what a sender gives.
        for (name, value) in [
            ("author", json!({ "on_behalf_of": "420000", "account": "head" })),
            ("recorded_at", json!("2020-01-01T00:00:00Z")),
            ("class", json!("public")),
            ("position", json!(0)),
            ("batch", json!(id(7))),
            ("standing", json!({ "counts": true })),
            ("pack", json!("sha256:00")),
        ] {
            let mut draft = record("complaint", 1, "420106", MAKER);
            draft[name] = value;
            site.post("/api/v1/records", &draft).await.problem(422, "record.field");
        }
        let mut draft = record("complaint", 1, "420106", MAKER);
        draft["open"]["grade"] = "A".into();
        assert_eq!(site.post("/api/v1/records", &draft).await.status, 422);
        // Kinds that only the program writes.
        for kind in ["role-grant", "role-end", "absence", "audit", "informer-grant", "attachment"] {
            let mut draft = record("complaint", 1, "420106", MAKER);
            draft["kind"] = kind.into();
            site.post("/api/v1/records", &draft).await.problem(422, "record.own_kind");
        }
    });
}
