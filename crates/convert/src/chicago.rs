//! Routine food inspections of the City of Chicago, as inspections.

use serde_json::{Value, json};

use super::Source;
use super::row::Row;

/// `inspections/chicago-canvass.csv` of the reference data. The drafts name no office of ours: who
/// sends them says it, and under one sender the number alone is unique.
pub const CHICAGO: Source = Source {
    dataset: "chicago-food-inspections",
    file: "inspections/chicago-canvass.csv",
    kind: "inspection",
    day: "Inspection_Date",
    columns: &[
        "Inspection_ID",
        "License",
        "Inspection_Date",
        "Facility_Type",
        "risk",
        "zip",
        "lat",
        "lon",
        "result",
        "criticalCount",
        "seriousCount",
        "minorCount",
        "criticalFound",
        "Inspector_Assigned",
    ],
    others: true,
    fill,
};

fn fill(row: &mut Row<'_, '_>) {
    let license = format!("chicago-license:{}", row.cell("License"));
    row.subject("inspected", "License", &license);
    // The colour stands for a person, so it names a subject and is no field of the payload.
    let inspector = row.cell("Inspector_Assigned");
    if !inspector.is_empty() {
        row.subject("officer", "Inspector_Assigned", &format!("person:chicago-{inspector}"));
    }
    row.put("inspection_no", "Inspection_ID");
    row.put("inspected_on", "Inspection_Date");
    row.put_word("sort", "Routine");
    row.put("business_format", "Facility_Type");
    row.put("risk_class", "risk");
    row.put("result", "result");
    row.put("critical_count", "criticalCount");
    row.put("serious_count", "seriousCount");
    row.put("minor_count", "minorCount");
    row.put("latitude", "lat");
    row.put("longitude", "lon");
    row.put("postcode", "zip");
    row.put_word("country", "United States");
    critical_found(row);
    circumstances(row);
}

/// Whether something critical was found is an outcome, and follows from the count: it is kept out
/// of what was known before the visit, and only held against the count.
fn critical_found(row: &mut Row<'_, '_>) {
    let found = row.cell("criticalFound");
    let counted = row.field("critical_count").and_then(Value::as_i64);
    if !found.is_empty() && counted.is_some_and(|count| (count > 0) != (found == "1")) {
        let what = format!("criticalCount is {}; mend the row", row.cell("criticalCount"));
        row.fault("criticalFound", found, &what);
    }
}

/// Every other column: what was known before the visit, under the name of the column.
fn circumstances(row: &mut Row<'_, '_>) {
    let columns = row.table("circumstances");
    let of = |name: &str| columns.iter().find(|c| c.name == name).map(|c| &c.field_type);
    let (Some(factor), Some(value)) = (of("factor"), of("value")) else {
        return row.fault("circumstances", "", "the kind has no table of factor and value");
    };
    let mut known = Vec::new();
    for column in row.other_columns() {
        let read = (row.read(factor, column, column), row.read(value, column, row.cell(column)));
        if let (Some(factor), Some(value)) = read {
            known.push(json!({ "factor": factor, "value": value }));
        }
    }
    if !known.is_empty() {
        row.put_value("circumstances", Value::Array(known));
    }
}
