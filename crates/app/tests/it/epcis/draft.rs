//! From an event to its record and back.

use app::epcis::{Sent, draft, event_of};
use epcis::Namespaces;
use model::json;

use super::support::{event, events, published};
use crate::support::{on_both, operator, pack};

const MAKER: &str = "uscc:914201001777000029";

#[test]
fn an_event_is_read_out_of_its_record_as_it_went_in() {
    let (pack, mut read) = (pack(), 0);
    for path in published() {
        for sent in events(&path) {
            let draft = draft(
                &pack,
                &Sent {
                    event: &sent.event,
                    raw: &sent.raw,
                    scope: &sent.scope,
                    reporter: MAKER,
                    region: "420000",
                    capture: None,
                },
            );
            let open = json::canonical_object(&draft.open);
            let again = event_of(&open).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(again, sent.event, "{}", path.display());
            read += 1;
        }
    }
    assert!(read > 0 || std::env::var_os("ZHIHENG_TESTDATA").is_none());
}

#[test]
fn a_record_says_who_where_and_what_of_its_event() {
    let (pack, text) = (pack(), event(7));
    let event = epcis::parse_json(text.as_bytes()).unwrap();
    let sent = Sent {
        event: &event,
        raw: text.as_bytes(),
        scope: &Namespaces::default(),
        reporter: MAKER,
        region: "420100",
        capture: Some("job"),
    };
    let draft = draft(&pack, &sent);
    let subjects: Vec<String> =
        draft.subjects.iter().map(|s| format!("{} {}", s.role, s.id)).collect();
    assert_eq!(
        subjects,
        [
            format!("reporter {MAKER}"),
            "read_point https://id.gs1.org/414/4012345000054".to_owned(),
            "source https://id.gs1.org/417/4012345000054".to_owned(),
        ]
    );
    assert_eq!(draft.open["event_key"], "urn:uuid:e-7");
    assert_eq!(draft.open["biz_step"], "shipping");
    assert_eq!(draft.open["type"], "ObjectEvent");
    assert_eq!(draft.open["capture"], "job");
    assert_eq!(draft.valid_at.to_string(), "2024-03-01T00:00:00.000000Z");
}

#[test]
fn a_record_that_says_otherwise_than_its_event_is_refused() {
    on_both(|home| {
        let (system, text) = (home.open(), event(1));
        let event = epcis::parse_json(text.as_bytes()).unwrap();
        let sent = Sent {
            event: &event,
            raw: text.as_bytes(),
            scope: &Namespaces::default(),
            reporter: MAKER,
            region: "420100",
            capture: None,
        };
        let right = draft(&pack(), &sent);
        let mut wrong = right.clone();
        wrong.open.insert("event_hash".to_owned(), "ni:///sha-256;00?ver=CBV2.0".into());
        wrong.open.insert("biz_step".to_owned(), "receiving".into());
        let refused = home.run(system.append(operator(), vec![wrong], None)).unwrap_err();
        let faults: Vec<_> = refused.faults().into_iter().map(|f| (f.code, f.pointer)).collect();
        assert_eq!(
            faults,
            [
                ("epcis.differs", "/open/biz_step".to_owned()),
                ("epcis.differs", "/open/event_hash".to_owned())
            ]
        );
        let mut unread = right.clone();
        unread.open.insert("event".to_owned(), "{}".into());
        let refused = home.run(system.append(operator(), vec![unread], None)).unwrap_err();
        assert_eq!(refused.faults()[0].pointer, "/open/event");
        home.run(system.append(operator(), vec![right], None)).unwrap();
    });
}
