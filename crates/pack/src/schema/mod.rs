//! What a payload of each kind may be on a day: the pack's kinds and code lists as schemas of the
//! crate `rules`, and what only the pack's tables know.

mod build;
mod identifiers;
mod shape;

use std::sync::Arc;

use clock::Date;
use rules::filter::{Fields, Filter};
use rules::schema::{Fault, Schema};
use serde_json::Value;

use crate::pack::Pack;
pub(crate) use build::{build, build_forms};
use identifiers::Watch;

/// The schemas of a kind, one for each era: as long as none of its code lists changes.
#[derive(Debug)]
pub(crate) struct KindSchema {
    /// The first day of every era but the first, rising.
    boundaries: Vec<Date>,
    /// One more than boundaries.
    eras: Vec<Arc<Schema>>,
    /// The fields that a schema alone cannot judge.
    watched: Option<Watch>,
    /// Its fields with every code that their lists ever had.
    fields: Arc<Fields>,
    bad: Option<Filter>,
    in_force: Option<Filter>,
    doubt: Option<Filter>,
    reversed: Option<Filter>,
}

impl KindSchema {
    fn on(&self, day: Date) -> Option<&Arc<Schema>> {
        self.eras.get(self.boundaries.partition_point(|first| *first <= day))
    }
}

impl Pack {
    /// What a payload of a kind may be, with its code lists as they are in force on a day; none
    /// where there is no such kind. All are made when the pack is loaded, so that this only looks
    /// up.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let schema = pack.schema("test-report", "2026-11-23".parse().unwrap()).unwrap();
    /// let json = schema.json_schema();
    /// assert_eq!(json.pointer("/properties/open/properties/report_no/maxLength"), Some(&80.into()));
    /// ```
    pub fn schema(&self, kind: &str, on: Date) -> Option<Arc<Schema>> {
        self.schemas.get(kind)?.on(on).cloned()
    }

    /// All that is wrong with a payload of a kind on a day; none where there is no such kind.
    ///
    /// First comes what [`Schema::faults`] finds, then in the order of the fields, what only the
    /// pack knows: divisions and industries that are not in force on the day, references that name
    /// nothing of the sorts asked for. Their codes are `pack.region`, `pack.industry` and
    /// `pack.reference`.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let payload = serde_json::json!({ "open": {} });
    /// let faults = pack.payload_faults("test-report", "2026-11-23".parse().unwrap(), &payload).unwrap();
    /// assert_eq!(faults[0].to_string(), "Number (/open/report_no): it is missing; give it");
    /// ```
    pub fn payload_faults(&self, kind: &str, on: Date, payload: &Value) -> Option<Vec<Fault>> {
        let schema = self.schemas.get(kind)?;
        let mut faults = schema.on(on)?.faults(payload);
        if let Some(watched) = &schema.watched {
            watched.faults(self, on, payload, &mut faults);
        }
        Some(faults)
    }

    /// The fields that filters over records of a kind speak of, in the order of
    /// [`Schema::row`] on any day, with every code that their lists have ever had.
    pub fn filter_fields(&self, kind: &str) -> Option<&Arc<Fields>> {
        self.schemas.get(kind).map(|schema| &schema.fields)
    }

    /// Which records of a kind count as bad, if it says so.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let schema = pack.schema("calibration", "2026-11-23".parse().unwrap()).unwrap();
    /// let open = serde_json::json!({ "open": { "conclusion": "out-of-tolerance" } });
    /// assert!(pack.bad("calibration").unwrap().holds(schema.row(&open).as_slice()));
    /// ```
    pub fn bad(&self, kind: &str) -> Option<&Filter> {
        self.schemas.get(kind)?.bad.as_ref()
    }

    /// Which records of a kind are in force, if it says so: `when` of its `[trace]`.
    pub fn in_force(&self, kind: &str) -> Option<&Filter> {
        self.schemas.get(kind)?.in_force.as_ref()
    }

    /// Which records of a kind cast doubt on what was done with their subject before, if any do:
    /// `doubt` of its `[trace]`.
    pub fn doubt(&self, kind: &str) -> Option<&Filter> {
        self.schemas.get(kind)?.doubt.as_ref()
    }

    /// Which records of a kind speak of goods that went the other way, if any do: `reversed` of
    /// its `[trace]`.
    pub fn reversed(&self, kind: &str) -> Option<&Filter> {
        self.schemas.get(kind)?.reversed.as_ref()
    }
}
