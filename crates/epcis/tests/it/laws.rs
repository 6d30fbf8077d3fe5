//! Laws that hold for every event and every text.

use epcis::{Event, Limits, Reader};
use proptest::prelude::*;

use crate::one;

/// Members of an event as independent texts, so that their order can be changed.
const MEMBERS: &[&str] = &[
    r#""type":"ObjectEvent""#,
    r#""@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",{"ex":"https://ex.example/"}]"#,
    r#""eventTime":"2026-01-31T08:00:00+08:00""#,
    r#""eventTimeZoneOffset":"+08:00""#,
    r#""action":"ADD""#,
    r#""bizStep":"commissioning""#,
    r#""epcList":["urn:epc:id:sgtin:4012345.011111.9876","https://id.gs1.org/00/340123453111111115"]"#,
    r#""readPoint":{"id":"urn:epc:id:sgln:4012345.00005.0","ex:gate":3}"#,
    r#""bizTransactionList":[{"type":"po","bizTransaction":"urn:x:po:1"}]"#,
    r#""sensorElementList":[{"sensorMetadata":{"time":"2026-01-31T07:00:00Z"},"sensorReport":[{"type":"Temperature","value":26.10,"uom":"CEL","ex:x":"<&>\""}]}]"#,
    r#""persistentDisposition":{"set":["completeness_verified"]}"#,
    r#""ilmd":{"ex:lot":"L1","ex:box":{"ex:size":[1,2.50,{"ex:a":true}]}}"#,
    r#""ex:grade":["7.50","\u4e2d\u6587"]"#,
];

const XML: &str = r#"<ObjectEvent xmlns:ex="https://ex.example/"><eventTime>2026-01-31T08:00:00Z</eventTime>
<eventTimeZoneOffset>+08:00</eventTimeZoneOffset><epcList><epc>urn:epc:id:sgtin:4012345.011111.9876</epc></epcList>
<action>ADD</action><ex:a b="c">d &amp; e<ex:f/></ex:a></ObjectEvent>"#;

fn joined(order: &[&str], blank: &str) -> String {
    let separator = format!("{blank},{blank}");
    format!("{blank}{{{blank}{}{blank}}}{blank}", order.join(&separator))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_hash_depends_on_neither_order_nor_blanks(
        order in Just(MEMBERS.to_vec()).prop_shuffle(),
        blank in "[ \n\t\r]{0,3}",
    ) {
        let plain = one(&joined(MEMBERS, "")).unwrap();
        let other = one(&joined(&order, &blank)).unwrap();
        prop_assert_eq!(plain.hash(), other.hash());
    }

    #[test]
    fn what_is_written_reads_the_same(order in Just(MEMBERS.to_vec()).prop_shuffle()) {
        let event = one(&joined(&order, "")).unwrap();
        let json = one(&event.to_json()).unwrap();
        prop_assert_eq!(&json, &event);
        let xml: Event = one(&event.to_xml()).unwrap();
        prop_assert_eq!(xml.hash(), event.hash());
        prop_assert_eq!(one(&xml.to_json()).unwrap().hash(), event.hash());
    }

    #[test]
    fn no_text_makes_it_panic(
        xml in any::<bool>(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6),
    ) {
        let mut text = if xml { XML.to_owned() } else { joined(MEMBERS, " ") }.into_bytes();
        for (at, byte, how) in changes {
            let at = at.index(text.len());
            match how {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => text.truncate(at.max(1)),
            }
        }
        let mut reader = Reader::new(&text[..], Limits::default()).unwrap();
        for item in &mut reader {
            match item {
                Ok(read) => {
                    read.event.hash();
                    read.event.to_json();
                    read.event.to_xml();
                }
                Err(fault) => prop_assert!(!fault.to_string().is_empty() && !fault.zh().is_empty()),
            }
        }
    }
}

#[test]
fn what_is_dangerous_is_refused() {
    let bomb =
        r#"<!DOCTYPE x [<!ENTITY a "aaaa">]><ObjectEvent><eventID>&a;</eventID></ObjectEvent>"#;
    assert_eq!(one(bomb).unwrap_err().code(), "epcis.unsafe");
    assert_eq!(
        one("<ObjectEvent><eventID>&a;</eventID></ObjectEvent>").unwrap_err().code(),
        "epcis.unsafe"
    );
    let deep = format!("<ObjectEvent>{}", "<a>".repeat(100_000));
    assert_eq!(one(&deep).unwrap_err().code(), "epcis.deep");
    let deep = format!(r#"{{"type":"ObjectEvent","x":{}"#, "[".repeat(100_000));
    assert_eq!(one(&deep).unwrap_err().code(), "epcis.json");
    let twice = joined(MEMBERS, "").replacen(r#""action":"#, r#""action":"ADD","action":"#, 1);
    assert_eq!(one(&twice).unwrap_err().code(), "epcis.twice");
    let limits = Limits { bytes: 1000, ..Limits::default() };
    let long = format!("<ObjectEvent><eventID>{}</eventID></ObjectEvent>", "a".repeat(100_000));
    let fault = Reader::new(long.as_bytes(), limits).unwrap().next().unwrap().unwrap_err();
    assert_eq!(fault.code(), "epcis.large");
}

/// A stream that is made as it is read: nothing of it is kept but the event at hand.
#[test]
fn a_long_document_is_a_stream() {
    const EVENTS: usize = 20_000;
    let head = r#"{"@context":["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-31T08:00:00Z","epcisBody":{"eventList":["#;
    let event = r#"{"type":"ObjectEvent","eventTime":"2026-01-31T08:00:00Z","eventTimeZoneOffset":"+08:00","action":"ADD","epcList":["urn:epc:id:sgtin:4012345.011111.9876"]}"#;
    let mut number = 0;
    let parts = std::iter::from_fn(|| {
        number += 1;
        match number {
            1 => Some(head.to_owned()),
            n if n <= EVENTS => Some(format!("{event},")),
            n if n == EVENTS + 1 => Some(format!("{event}]}}}}")),
            _ => None,
        }
    });
    struct Parts<I>(I, Vec<u8>, usize);
    impl<I: Iterator<Item = String>> std::io::Read for Parts<I> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            if self.2 == self.1.len() {
                (self.1, self.2) = (self.0.next().unwrap_or_default().into_bytes(), 0);
            }
            let taken = (self.1.len() - self.2).min(out.len());
            out[..taken].copy_from_slice(&self.1[self.2..self.2 + taken]);
            self.2 += taken;
            Ok(taken)
        }
    }
    let input = std::io::BufReader::new(Parts(parts, Vec::new(), 0));
    let limits = Limits { bytes: 4096, late: 4096, ..Limits::default() };
    let mut reader = Reader::new(input, limits).unwrap();
    assert_eq!(reader.by_ref().filter(Result::is_ok).count(), EVENTS);
    assert_eq!(reader.document().version.as_deref(), Some("2.0"));
}

/// What is kept of an event is read again, up to the limits; beyond them it is refused, and its fault is short.
#[test]
fn an_event_takes_no_more_than_its_limits() {
    let declared = |n: usize| {
        let pairs = (0..n).map(|n| format!(r#" xmlns:p{n}="urn:p{n}""#));
        XML.replacen("<ObjectEvent", &format!("<ObjectEvent{}", pairs.collect::<String>()), 1)
    };
    let kept = |text: &str| {
        let read = Reader::new(text.as_bytes(), Limits::default()).unwrap().next().unwrap();
        read.map(|read| (Event::read(&read.raw, &read.scope).unwrap(), read.event))
    };
    let (again, event) = kept(&declared(200)).unwrap();
    assert_eq!(again, event);
    assert_eq!(kept(&declared(300)).unwrap_err().code(), "epcis.many");
    // Namespaces that are only used are declared by us, and counted too.
    let used = |n: usize| {
        let names = (0..n).map(|n| format!(r#", "https://ex.example/{n}/a": 1"#));
        joined(MEMBERS, "").replacen(
            r#""type""#,
            &format!(r#""ex:n": 0{}, "type""#, names.collect::<String>()),
            1,
        )
    };
    let (again, event) = kept(&used(200)).unwrap();
    assert_eq!(again, event);
    let fault = kept(&used(300)).unwrap_err();
    assert_eq!(fault.code(), "epcis.many");
    let long = joined(MEMBERS, "").replacen(
        r#""type""#,
        &format!(r#""{}": 1, "type""#, "x".repeat(100_000)),
        1,
    );
    let fault = kept(&long).unwrap_err();
    assert_eq!(fault.code(), "epcis.unknown");
    assert!(fault.to_string().len() < 1000 && fault.zh().len() < 1000);
    // What stands beside the events counts together, however it is divided.
    let limits = Limits { values: 100, ..Limits::default() };
    let head = r#"<e:EPCISDocument xmlns:e="urn:epcglobal:epcis:xsd:2" xmlns:x="urn:x" schemaVersion="2.0" creationDate="2026-01-31T08:00:00Z">"#;
    let list = format!("<EPCISBody><EventList>{XML}</EventList></EPCISBody>");
    for (before, is_read) in [(10, true), (200, false)] {
        let text = format!("{head}{}{list}</e:EPCISDocument>", "<x:a/>".repeat(before));
        let items: Vec<_> = Reader::new(text.as_bytes(), limits).unwrap().collect();
        assert_eq!(items.iter().all(Result::is_ok), is_read, "{items:?}");
        let json = format!(
            r#"{{"@context":["epcis-context.jsonld",{{"x":"urn:x"}}],"type":"EPCISDocument","schemaVersion":"2.0","creationDate":"2026-01-31T08:00:00Z",{}"epcisBody":{{"eventList":[]}}}}"#,
            (0..before).map(|n| format!(r#""x:a{n}":0,"#)).collect::<String>()
        );
        let items: Vec<_> = Reader::new(json.as_bytes(), limits).unwrap().collect();
        assert_eq!(items.is_empty(), is_read, "{items:?}");
    }
}
