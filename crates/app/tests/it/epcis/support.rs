//! Events to send.

use std::path::{Path, PathBuf};

use epcis::{Limits, Read, Reader};

/// Folders of published documents, or none where a plain clone has no such folder.
pub fn published() -> Vec<PathBuf> {
    let names =
        ["gs1-examples", "openepcis-test-resources", "fastnt-test-resources", "trace-chains-ift"];
    let folders = names.map(|name| testkit::testdata().join("trace").join(name));
    let whole = std::env::var_os("ZHIHENG_TESTDATA").is_some();
    for folder in &folders {
        assert!(folder.is_dir() || !whole, "no folder {}", folder.display());
    }
    folders.into_iter().filter(|f| f.is_dir()).flat_map(|f| testkit::files_under(&f)).collect()
}

/// The events of a document, up to its first fault.
pub fn events(path: &Path) -> Vec<Read> {
    let bytes = std::fs::read(path).unwrap();
    let Ok(reader) = Reader::new(&bytes[..], Limits::default()) else { return Vec::new() };
    reader.map_while(Result::ok).collect()
}

/// An event with a number.
pub fn event(number: u64) -> String {
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld",
        {{"ex": "https://ex.example/"}}], "type": "ObjectEvent", "eventID": "urn:uuid:e-{number}",
        "eventTime": "2024-03-01T08:00:00+08:00", "eventTimeZoneOffset": "+08:00",
        "action": "OBSERVE", "bizStep": "shipping", "disposition": "in_transit",
        "epcList": ["https://id.gs1.org/01/04012345111118/21/{number}"],
        "readPoint": {{"id": "urn:epc:id:sgln:4012345.00005.gate-1"}},
        "sourceList": [{{"type": "owning_party", "source": "urn:epc:id:pgln:4012345.00005"}}],
        "ex:grade": "A"}}"#
    )
}

/// A document of events with numbers.
pub fn document(numbers: impl IntoIterator<Item = u64>) -> String {
    let events: Vec<String> = numbers.into_iter().map(event).collect();
    format!(
        r#"{{"@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument", "schemaVersion": "2.0", "creationDate": "2024-03-01T09:00:00Z",
        "epcisBody": {{"eventList": [{}]}}}}"#,
        events.join(",\n")
    )
}
