//! Events and documents on their way in.

use std::sync::Arc;

use app::epcis::{Captured, Document, Taken, Watch, event_of};
use app::job::Jobs;
use app::{Rejection, System};
use store::job::JobState;

use super::support::{document, event, events, published};
use crate::support::{Home, check, new_id, on_both, operator, somebody};

/// Takes a document in, without the queue.
fn take(home: &Home, system: &Arc<System>, text: &str, proceed: bool) -> Taken {
    let document = Document { batch: new_id(), name: None, proceed };
    let input = std::io::Cursor::new(text.to_owned().into_bytes());
    let watch = Arc::new(Watch::default());
    let taken = system.take_document(operator(), &document, input, &watch);
    home.run(taken).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn an_event_is_captured_once() {
    on_both(|home| {
        let system = home.open();
        let first = home.run(system.capture_event(operator(), event(1).as_bytes())).unwrap();
        let Captured::New(receipt) = first.captured else { panic!("{:?}", first.captured) };
        assert_eq!(first.id, "urn:uuid:e-1");
        let again = home.run(system.capture_event(operator(), event(1).as_bytes())).unwrap();
        let Captured::Known(known) = again.captured else { panic!("{:?}", again.captured) };
        assert_eq!((known.id, known.position, known.known), (receipt.id, receipt.position, true));
        // The same in XML is the same event.
        let xml = first.event.to_xml();
        let again = home.run(system.capture_event(operator(), xml.as_bytes())).unwrap();
        assert!(matches!(again.captured, Captured::Known(_)));
        // The same id with other content is refused; declared wrong it is another event.
        let other = event(1).replace("shipping", "receiving");
        let refused = home.run(system.capture_event(operator(), other.as_bytes())).unwrap_err();
        let Rejection::Conflict(fault) = &refused else { panic!("{refused:?}") };
        assert_eq!((fault.code, fault.pointer.as_str()), ("epcis.taken", "/eventID"));
        check(refused.faults());
        let declared = event(1).replace(
            "\"ex:grade\"",
            r#""errorDeclaration": {"declarationTime": "2024-03-02T00:00:00Z", "reason": "incorrect_data"}, "ex:grade""#,
        );
        let declared = home.run(system.capture_event(operator(), declared.as_bytes())).unwrap();
        assert!(matches!(declared.captured, Captured::New(_)));
        let stored = home.run(system.reader().record(receipt.id)).unwrap().unwrap();
        assert_eq!(event_of(&stored.open).unwrap(), first.event);
    });
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    on_both(|home| {
        let system = home.open();
        let faults = |text: &str| {
            let refused = home.run(system.capture_event(operator(), text.as_bytes())).unwrap_err();
            let faults = check(refused.faults());
            faults.into_iter().map(|f| (f.code, f.pointer)).collect::<Vec<_>>()
        };
        assert_eq!(faults("{"), [("epcis.json", "/".trim_end_matches('/').to_owned())]);
        assert_eq!(
            faults(&event(1).replace("shipping", "shiping")),
            [("epcis.word", "/bizStep".to_owned())]
        );
        assert_eq!(
            faults(&event(1).replace("2024-03-01T08:00:00+08:00", "2024-03-01T08:00:00")),
            [("epcis.form", "/eventTime".to_owned())]
        );
        let future = event(1).replace("2024-03-01", "2190-03-01");
        assert_eq!(faults(&future), [("record.future", "/eventTime".to_owned())]);
        assert_eq!(faults(&document([1, 2]))[0].0, "epcis.one_event");
        let who = somebody(&["trace.read"]);
        let denied = home.run(system.capture_event(&who, event(1).as_bytes())).unwrap_err();
        assert_eq!(denied.faults()[0].code, "door.permission");
    });
}

#[test]
fn a_document_is_taken_in_and_copies_are_counted() {
    on_both(|home| {
        let system = home.open();
        let taken = take(home, &system, &document(0..700), false);
        assert_eq!((taken.counts.events, taken.stored, taken.known), (700, 700, 0));
        let taken = take(home, &system, &document(600..800), false);
        assert_eq!((taken.stored, taken.known, taken.is_refused), (100, 100, false));
        // Two copies within one document.
        let taken = take(home, &system, &document([900, 900]), false);
        assert_eq!((taken.stored, taken.known), (1, 1));
        // Another event under a known id: all or none, or the others.
        let other = document([3, 1000]).replace("/21/3\"", "/21/33\"");
        let taken = take(home, &system, &other, false);
        assert!(taken.is_refused);
        assert_eq!((taken.stored, taken.counts.wrong), (0, 1), "{:?}", taken.faults);
        assert_eq!(taken.faults[0].fault.code, "epcis.taken");
        let taken = take(home, &system, &other, true);
        assert_eq!((taken.stored, taken.counts.wrong), (1, 1), "{:?}", taken.faults);
        let taken = take(home, &system, &document([1000]), false);
        assert_eq!((taken.stored, taken.known), (0, 1));
    });
}

#[test]
fn a_wrong_event_refuses_all_or_is_left_out() {
    on_both(|home| {
        let system = home.open();
        let text = document(0..5).replacen("shipping", "shiping", 1);
        let taken = take(home, &system, &text, false);
        assert!(taken.is_refused);
        assert_eq!((taken.counts.events, taken.counts.wrong, taken.stored), (5, 1, 0));
        let fault = &taken.faults[0].fault;
        assert_eq!(fault.pointer, "/epcisBody/eventList/0/bizStep");
        let taken = take(home, &system, &text, true);
        assert_eq!((taken.counts.wrong, taken.stored), (1, 4));
    });
}

#[test]
fn a_job_takes_a_document_in() {
    on_both(|home| {
        let system = home.open();
        home.run(async { system.start_jobs() });
        let capture = |text: &str| {
            home.run(async {
                let mut receiving = system.begin_capture(operator(), false).unwrap();
                for piece in text.as_bytes().chunks(1000) {
                    receiving.push(piece).unwrap();
                }
                let id = receiving.finish().await.unwrap();
                system.job_ended(operator(), id).await.unwrap()
            })
        };
        let job = capture(&document(0..50));
        assert_eq!((job.state, job.done, job.faults), (JobState::Done, 50, 0));
        assert!(Jobs::outcome(&job).faults.is_empty());
        let job = capture(&document(0..50).replacen("shipping", "shiping", 2));
        assert_eq!((job.done, job.faults), (0, 2));
        assert_eq!(Jobs::outcome(&job).faults[1].pointer, "/epcisBody/eventList/1/bizStep");
        // Nothing is left behind.
        let left = std::fs::read_dir(home.data().join("captures")).unwrap().count();
        assert_eq!(left, 0);
    });
}

/// Published documents that are read but not taken in, and why.
const REFUSED: &[(&str, &str)] = &[];

#[test]
fn every_published_document_is_captured() {
    let all = published();
    on_both(|home| {
        let system = home.open();
        let (mut captured, mut wrong) = (0, Vec::new());
        for path in &all {
            let shown = path.to_string_lossy().replace('\\', "/");
            let is_read = !events(path).is_empty() && !shown.contains("/Invalid/");
            let refused = REFUSED.iter().find(|(end, _)| shown.ends_with(end));
            let input = std::io::Cursor::new(std::fs::read(path).unwrap());
            let document = Document { batch: new_id(), name: None, proceed: true };
            let watch = Arc::new(Watch::default());
            let taken =
                home.run(system.take_document(operator(), &document, input, &watch)).unwrap();
            if !is_read {
                continue;
            }
            captured += taken.stored + taken.known;
            for found in &taken.faults {
                let is_expected = refused.is_some_and(|(_, code)| *code == found.fault.code);
                if !is_expected && !found.fault.code.starts_with("epcis.") {
                    wrong.push(format!("{shown}: {} {}", found.fault.code, found.fault));
                }
            }
        }
        assert!(wrong.is_empty(), "{captured}\n{}", wrong.join("\n"));
        assert!(captured > 0 || std::env::var_os("ZHIHENG_TESTDATA").is_none());
    });
}
