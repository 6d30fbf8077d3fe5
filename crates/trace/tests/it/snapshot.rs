//! Snapshots are read as they were written, or refused.

use proptest::prelude::*;
use trace::snapshot::Fault;
use trace::{AsOf, Direction, Error, Graph, Thing, Walker};

use crate::small::{THINGS, TIMES, graph, records};

fn written(graph: &Graph) -> Vec<u8> {
    let mut bytes = Vec::new();
    graph.write_snapshot(&mut bytes).unwrap();
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn what_was_written_is_read(records in records(), known in 0..30_u64) {
        let graph = graph(&records);
        let bytes = written(&graph);
        let read = Graph::read_snapshot(&mut bytes.as_slice()).unwrap();
        prop_assert_eq!(written(&read), bytes);
        let as_of = AsOf { valid: TIMES, known };
        let mut walker = Walker::default();
        for from in 0..THINGS {
            let live = walker.walk(&graph, &[Thing(from)], Direction::Back, as_of, usize::MAX);
            let read = walker.walk(&read, &[Thing(from)], Direction::Back, as_of, usize::MAX);
            prop_assert_eq!(live, read);
        }
    }

    /// Whatever happened to the bytes: no panic, and no more memory than they have.
    #[test]
    fn damage_is_told_or_harmless(
        records in records(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = written(&graph(&records));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(graph) = Graph::read_snapshot(&mut bytes.as_slice()) {
            let as_of = AsOf { valid: i64::MAX, known: u64::MAX };
            for from in 0..graph.things() as u32 {
                Walker::default().walk(&graph, &[Thing(from)], Direction::Forward, as_of, 100);
            }
        }
        let cut = cut.index(bytes.len());
        prop_assert!(Graph::read_snapshot(&mut &bytes[..cut]).is_err());
    }
}

#[test]
fn another_file_is_no_snapshot() {
    for bytes in [&b""[..], b"zh-trace", b"not a snapshot at all, but long enough to look like one"]
    {
        let fault = Graph::read_snapshot(&mut &*bytes);
        assert!(matches!(fault, Err(Fault::Snapshot(Error::Format | Error::Damaged))));
    }
}
