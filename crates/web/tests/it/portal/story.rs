//! The story that the browser tests run through too: a maker of toys, its papers, a recall.

use std::fs;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use crate::site::Site;

/// The maker.
pub const MAKER: &str = "uscc:91420984MA7F3K2R8E";
/// Its name.
pub const NAME: &str = "湖北江豚玩具有限公司";

/// The records of the story.
pub fn records() -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/story.ndjson");
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The id of the first record of a kind.
pub fn id_of(kind: &str) -> String {
    let found = records().into_iter().find(|record| record["kind"] == kind);
    found.unwrap()["id"].as_str().unwrap().to_owned()
}

/// Stores the story, and waits until all of it can be read and is signed.
pub async fn tell(site: &Site) {
    let mut last = 0;
    for record in records() {
        last = site.stored(&record).await["position"].as_u64().unwrap();
    }
    let system = &site.system;
    assert!(system.readings().watermark().wait_for(last, Duration::from_secs(20)).await);
    assert!(system.evidence().wait_for(last, Duration::from_secs(20)).await);
}
