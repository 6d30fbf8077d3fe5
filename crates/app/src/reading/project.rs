//! What a record becomes in the readings, under a pack.

use std::sync::Arc;

use model::Envelope;
use pack::{FieldType, Pack};
use serde_json::{Map, Value};
use store::readings::{Plan, Projected};
use store::{Projector, Reader, Readings, Stored};

use crate::duty::Cases;

/// The readings that a pack asks for: a table for each of its kinds.
///
/// # Errors
/// Two kinds whose tables would have one name.
pub fn plan(pack: &Pack) -> Result<Plan, store::Error> {
    let kinds = pack.kinds().filter_map(|kind| {
        let fields = pack.filter_fields(&kind.id)?;
        Some((kind.id.clone(), Arc::clone(fields)))
    });
    let plan = Plan::new(&pack.digest().to_string(), kinds)?;
    // What is unique among records of a kind, and a text, is what people call them by.
    let numbers = pack.kinds().flat_map(|kind| {
        let fields = kind.unique.iter().filter_map(|name| kind.field(name));
        let texts = fields
            .filter(|field| field.typed && matches!(field.field_type, FieldType::Text { .. }));
        texts.map(|field| (kind.id.as_str(), field.name.as_str()))
    });
    Ok(plan.numbered(numbers).with_events(crate::epcis::KIND))
}

/// What merges records into the readings, reading them under a pack.
///
/// # Errors
/// A calendar that does not read; a fault of the store.
pub async fn projector(
    readings: &Readings,
    reader: &Reader,
    pack: &Arc<Pack>,
) -> Result<Projector, store::Error> {
    let cases = Arc::new(crate::duty::cases_of(pack)?);
    let of_records = Arc::clone(&cases);
    let interpret = move |record: &Stored| project(&of_records, record);
    let projector = Projector::new(readings.clone(), reader.clone(), interpret).await?;
    Ok(projector.deriving(move |packed| crate::duty::derive(&cases, packed)))
}

fn project(cases: &Cases, record: &Stored) -> Result<Projected, String> {
    let pack = &cases.pack;
    let envelope = Envelope::read(&record.envelope)?;
    let typed = match pack.schema(&record.kind, record.valid_at.day_in_china()) {
        Some(schema) => {
            let open: Value = serde_json::from_slice(&record.open).map_err(|e| e.to_string())?;
            let mut payload = Map::new();
            payload.insert("open".to_owned(), open);
            schema.row(&Value::Object(payload))
        }
        None => Vec::new(),
    };
    let case = cases.part(record, &envelope);
    let subjects = envelope.subjects.into_iter();
    let (terms, values) = match record.kind.as_str() {
        crate::epcis::KIND => crate::epcis::index(&record.open)?,
        _ => (Vec::new(), Vec::new()),
    };
    Ok(Projected {
        case,
        terms,
        values,
        region: envelope.region.into_owned(),
        office: envelope.office.map(std::borrow::Cow::into_owned),
        author: envelope.author.on_behalf_of.into_owned(),
        subjects: subjects.map(|s| (s.role.into_owned(), s.id.into_owned())).collect(),
        typed,
    })
}
