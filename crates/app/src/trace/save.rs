//! A scope is saved as a record: dated, provable, and such that anybody who may see as much gets it
//! again.

use model::{Draft, Subject};
use serde_json::{Map, Value, json};

use super::scope::{SavedScope, Touch};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// The kind of the records.
pub const KIND: &str = "trace-scope";
/// Sums that a record has room for; those beyond are added up in its totals alone.
const MOST_TOTALS: usize = 2_000;

impl System {
    /// Computes a scope and saves it as a record of an office: the question, as of when it was
    /// answered, what it came to, and the digest of its lines.
    ///
    /// # Errors
    /// As [`scope`](Self::scope), and those of intake.
    pub async fn save_scope(
        &self,
        who: &Principal,
        touch: &Touch,
        when: When,
        office: Option<String>,
        region: String,
    ) -> Result<SavedScope, Rejection> {
        let (_, summary, as_of) = self.whole_scope(who, touch, when, 0).await?;
        let mut open = Map::new();
        let mut say = |name: &str, value: Value| _ = open.insert(name.to_owned(), value);
        say("asked", summary.asked.clone().into());
        if let Some(from) = touch.from {
            say("touched_from", from.to_string().into());
        }
        if let Some(until) = touch.until {
            say("touched_until", until.to_string().into());
        }
        if let Some(valid) = when.valid {
            say("as_of", valid.to_string().into());
        }
        say("known", as_of.known.into());
        say("lines", summary.lines.into());
        say("items", summary.items.into());
        say("items_to_stop", summary.items_to_stop.into());
        say("items_sold", summary.items_sold.into());
        say("withheld", summary.withheld.into());
        say("whole", summary.is_whole.into());
        say("digest", summary.digest.clone().into());
        let totals = summary.totals.iter().take(MOST_TOTALS).map(|total| {
            let quantities: Vec<String> = total
                .quantities
                .iter()
                .map(|quantity| format!("{} {}", quantity.value, quantity.unit))
                .collect();
            let mut row = json!({
                "certainty": word(&total.certainty),
                "state": word(&total.state),
                "lines": total.lines,
                "items": total.items,
            });
            let optional = [("region", &total.region), ("party", &total.party)];
            for (name, value) in optional {
                if let (Some(value), Some(row)) = (value, row.as_object_mut()) {
                    row.insert(name.to_owned(), value.as_str().into());
                }
            }
            if let (false, Some(row)) = (quantities.is_empty(), row.as_object_mut()) {
                row.insert("quantities".to_owned(), quantities.join("; ").into());
            }
            row
        });
        say("totals", totals.collect());
        let subject = summary.asked.parse().ok();
        let subjects = subject.map(|id| Subject { role: "traced".to_owned(), id });
        let draft = Draft {
            id: None,
            kind: KIND.to_owned(),
            subjects: subjects.into_iter().collect(),
            office,
            region,
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        };
        let receipts = self.append(who, vec![draft], None).await?;
        let receipt = receipts.into_iter().next();
        let receipt =
            receipt.ok_or_else(|| store::Error::Unavailable { reason: "no answer".to_owned() })?;
        Ok(SavedScope { record: receipt.id, position: receipt.position, summary })
    }
}

/// A word of an answer, as it serializes.
fn word(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}
