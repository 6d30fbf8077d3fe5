//! Notifications of the Rapid Alert System for Food and Feed of the EU, as foreign alerts.

use serde_json::Value;

use super::Source;
use super::row::Row;

/// `alerts/rasff.csv` of the reference data. Some references come twice, whole rows among them;
/// each row becomes a draft of its own, and it is for intake to see that the reference is unique.
pub const RASFF: Source = Source {
    dataset: "rasff",
    file: "alerts/rasff.csv",
    kind: "foreign-alert",
    day: "date",
    columns: &[
        "reference",
        "date",
        "category",
        "type",
        "notifying_country",
        "classification",
        "risk_decision",
        "origin",
        "distribution",
        "hazards",
    ],
    others: false,
    fill,
};

fn fill(row: &mut Row<'_, '_>) {
    // One subject a row, whatever the number of origins: an alert of mixed goods is no evidence
    // against the goods of any one of its countries. So several origins stand in it as the row
    // has them, and an alert without an origin is about the category alone, `category@`.
    let goods = format!("rasff:{}@{}", row.cell("category"), row.cell("origin"));
    row.subject("goods", "category", &goods);
    row.put_word("system", "rasff");
    row.put("reference_no", "reference");
    row.put("notified_on", "date");
    row.put("category", "category");
    row.put("product_category", "category");
    row.put("subject_type", "type");
    row.put("country", "notifying_country");
    row.put("classification", "classification");
    row.put("risk", "risk_decision");
    row.put("origins", "origin");
    row.put("distribution", "distribution");
    row.put("hazards", "hazards");
    if let Some(from_china) = from_china(row) {
        row.put_value("from_china", Value::Bool(from_china));
    }
}

/// Whether China is among the origins; nothing where it is not, and some origin is not known.
/// Hong Kong, Macao and Taiwan are origins of their own here, as they are in the source.
fn from_china(row: &Row<'_, '_>) -> Option<bool> {
    let origins = row.field("origins")?.as_array()?;
    let among = |name: &str| {
        let code = row.code_of("origins", name);
        code.is_some_and(|code| origins.iter().any(|origin| origin == code))
    };
    if among("China") {
        return Some(true);
    }
    (!among("unknown origin")).then_some(false)
}
