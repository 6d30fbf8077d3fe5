//! The draft of a row as a line of JSON.

use clock::Date;
use model::{RecordId, SubjectId, Timestamp};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

/// The line; nothing for a day on which no record can lie.
pub fn line(
    dataset: &str,
    row: u64,
    kind: &str,
    day: Date,
    subjects: &[(&str, SubjectId)],
    open: Map<String, Value>,
) -> Option<String> {
    // Only the day is known. Noon in China lies on that day in China and, as it is 04:00 UTC, in
    // UTC too, so that whoever counts by day counts the row on its own, in either of the two.
    let valid_at = format!("{day}T12:00:00+08:00");
    let id = id(dataset, row, valid_at.parse().ok()?);
    let subjects: Vec<Value> =
        subjects.iter().map(|(role, id)| json!({ "role": role, "id": id.as_str() })).collect();
    let draft = json!({
        "id": id.to_string(),
        "kind": kind,
        "subjects": subjects,
        // What happened abroad lies in no division.
        "region": pack::NO_REGION,
        "valid_at": valid_at,
        "source": dataset,
        "open": open,
    });
    Some(draft.to_string())
}

/// The id of a row: always the same, so that a table sent twice is stored once. It depends on the
/// number of the row, so that rows with the same text are two records, and a part of a table does
/// not go into the same store as the whole.
fn id(dataset: &str, row: u64, time: Timestamp) -> RecordId {
    let digest = Sha256::new()
        .chain_update(dataset.as_bytes())
        .chain_update([0])
        .chain_update(row.to_be_bytes())
        .finalize();
    let mut random = [0; 10];
    random.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
    RecordId::new(time, &random)
}
