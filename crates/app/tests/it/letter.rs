//! Letters of citizens: to which office, how they are followed, what of them is kept; forms that were
//! broken off.

use app::Rejection;
use app::attachment::MOST_BYTES;
use app::letter::{CODE_DIGEST, NewLetter, QueryCode, Said, new_code};
use app::reading::When;
use model::{RecordId, Timestamp};
use serde_json::{Map, Value, json};
use store::db::Bind;

use crate::people::picture::jpeg;
use crate::support::*;

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else { panic!("{value} is no object") };
    object
}

fn complains() -> Said {
    Said {
        kind: "complaint".to_owned(),
        open: object(json!({ "channel": "online", "category": "quality" })),
        personal: object(json!({ "text": "水壶漏水", "complainant_name": "张三" })),
    }
}

fn reports() -> Said {
    Said {
        kind: "tip-off".to_owned(),
        open: object(json!({ "channel": "online", "category": "counterfeit", "named": false })),
        personal: object(json!({ "text": "冒用商标" })),
    }
}

fn letter(said: Vec<Said>) -> NewLetter {
    NewLetter {
        id: new_id(),
        code: new_code(),
        region: "420102".to_owned(),
        respondent: None,
        said,
    }
}

/// As of all that is there.
fn settled(home: &Home, system: &app::system::System) -> u64 {
    let size = home.size(system);
    home.run(system.await_merged(size)).unwrap();
    size
}

#[test]
fn a_letter_is_stored_once_at_the_competent_office() {
    on_both(|home| {
        let system = home.open();
        let new = letter(vec![complains()]);
        let sent = home.run(system.send_letter(new.clone())).unwrap();
        let again = home.run(system.send_letter(new.clone())).unwrap();
        assert_eq!(again.number, sent.number);
        assert!(again.receipts[0].known && !sent.receipts[0].known);
        let record = home.record(&system, new.id);
        assert_eq!(record.open["number"], sent.number);
        let digest = record.open[CODE_DIGEST].as_str().unwrap();
        assert!(digest.starts_with("sha256:") && !digest.contains(&new.code.to_string()));
        settled(home, &system);
        let tracks = home.run(system.letter_progress(&sent.number, &new.code)).unwrap();
        assert_eq!(tracks.len(), 1);
        assert_eq!(tracks[0].office.as_deref(), Some("420102"));
        assert_eq!(tracks[0].terms[0].term, "accept");
        // The number alone opens nothing, and neither does the code of another letter.
        let other = home.run(system.letter_progress(&sent.number, &new_code()));
        assert!(matches!(other, Err(Rejection::NotFound(fault)) if fault.code == "letter.none"));
        let none = home.run(system.letter_progress("20260101-00000000", &new.code));
        assert!(matches!(none, Err(Rejection::NotFound(fault)) if fault.code == "letter.none"));
    });
}

#[test]
fn both_tracks_of_a_letter_are_stored_or_none_and_linked_once() {
    on_both(|home| {
        let system = home.open();
        let before = home.size(&system);
        let mut wrong = letter(vec![complains(), reports()]);
        wrong.said[1].open.insert("category".to_owned(), "no-such-breach".into());
        assert!(home.run(system.send_letter(wrong)).is_err());
        assert_eq!(home.size(&system), before);
        let new = letter(vec![complains(), reports()]);
        let sent = home.run(system.send_letter(new.clone())).unwrap();
        let size = settled(home, &system);
        home.run(system.send_letter(new.clone())).unwrap();
        assert_eq!(settled(home, &system), size, "a letter that was sent again left something");
        let when = When { valid: None, known: Some(size) };
        let case = home.run(system.case(operator(), new.id, when)).unwrap();
        let under: Vec<RecordId> = case.under.iter().map(|under| under.case).collect();
        assert_eq!(under, [sent.receipts[1].id]);
        let tracks = home.run(system.letter_progress(&sent.number, &new.code)).unwrap();
        let kinds: Vec<&str> = tracks.iter().map(|track| track.kind.as_str()).collect();
        assert_eq!(kinds, ["complaint", "tip-off"]);
    });
}

#[test]
fn what_is_no_letter_is_refused() {
    let home = Home::new(false);
    let system = home.open();
    let before = home.size(&system);
    let refused = |new: NewLetter| {
        let refused = home.run(system.send_letter(new)).unwrap_err();
        refused.faults()[0].code
    };
    let long_ago = Timestamp::from_rfc3339("2026-01-01T00:00:00Z").unwrap();
    let mut old = letter(vec![complains()]);
    old.id = RecordId::new(long_ago, &[7; 10]);
    assert_eq!(refused(old), "letter.stale");
    let mut elsewhere = letter(vec![complains()]);
    elsewhere.region = "110101".to_owned();
    assert_eq!(refused(elsewhere), "letter.region");
    let mut other = letter(vec![complains()]);
    other.said[0].kind = "penalty".to_owned();
    assert_eq!(refused(other), "letter.kind");
    let mut nameless = letter(vec![complains()]);
    nameless.said[0].personal.remove("complainant_name");
    assert_eq!(refused(nameless), "rules.member_missing");
    assert_eq!(home.size(&system), before);
}

#[test]
fn pictures_are_added_by_number_and_code_and_not_without_end() {
    let home = Home::new(false);
    let system = home.open();
    let new = letter(vec![complains()]);
    let number = home.run(system.send_letter(new.clone())).unwrap().number;
    settled(&home, &system);
    let add = |code: &QueryCode, bytes: Vec<u8>| {
        home.run(system.add_picture(&number, code, "照片".to_owned(), bytes))
    };
    for _ in 0..9 {
        add(&new.code, jpeg()).unwrap();
    }
    let code = |result: Result<(), Rejection>| result.unwrap_err().faults()[0].code;
    assert_eq!(code(add(&new.code, jpeg())), "letter.pictures");
    assert_eq!(code(add(&new_code(), jpeg())), "letter.none");
    let tracks = home.run(system.letter_progress(&number, &new.code)).unwrap();
    assert_eq!(tracks[0].pictures, 9);
    // What a citizen sends is a picture: a document would tell who wrote it.
    let other = letter(vec![reports()]);
    let sent = home.run(system.send_letter(other.clone())).unwrap().number;
    settled(&home, &system);
    for wrong in [b"%PDF-1.7".to_vec(), Vec::new(), vec![0; MOST_BYTES + 1]] {
        let refused = home.run(system.add_picture(&sent, &other.code, "x".to_owned(), wrong));
        assert!(matches!(refused, Err(Rejection::Invalid(_))), "{refused:?}");
    }
}

#[test]
fn a_form_that_was_broken_off_is_kept_sealed_for_one_account() {
    on_both(|home| {
        let system = home.open();
        let place = "case/1/accept";
        let fields = [("in-text".to_owned(), "机密内容".to_owned())];
        assert_eq!(home.run(system.kept_form(operator(), place)).unwrap(), None);
        home.run(system.keep_form(operator(), place, &fields)).unwrap();
        let kept = home.run(system.kept_form(operator(), place)).unwrap().unwrap();
        assert_eq!(kept.fields, fields);
        let other = app::Principal { account: "other".to_owned(), ..operator().clone() };
        assert_eq!(home.run(system.kept_form(&other, place)).unwrap(), None);
        assert_eq!(home.run(system.kept_form(operator(), "case/2/accept")).unwrap(), None);
        let sealed: Vec<u8> = {
            let sql = "SELECT sealed FROM form_draft WHERE place = $1";
            home.ask(sql, vec![Bind::from(place)]).pop().unwrap().take(0).unwrap()
        };
        let plain = "机密内容".as_bytes();
        assert!(!sealed.windows(plain.len()).any(|part| part == plain));
        home.run(system.forget_form(operator(), place)).unwrap();
        assert_eq!(home.run(system.kept_form(operator(), place)).unwrap(), None);
        for number in 0..60 {
            let place = format!("case/{number}/accept");
            home.run(system.keep_form(operator(), &place, &fields)).unwrap();
        }
        let mut count = home.ask("SELECT COUNT(*) FROM form_draft", Vec::new());
        assert_eq!(count.pop().unwrap().take::<i64>(0).unwrap(), 50);
    });
}
