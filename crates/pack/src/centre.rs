//! `centres.csv`: points that stand for divisions where nothing says more exactly where something is.

use std::collections::BTreeMap;

use codes::InForce;

use crate::context::{Context, Target};
use crate::fault::FaultCode;
use crate::kind::Datum;
use crate::source::{Row, Rows, Source, nearest};

/// The file.
pub(crate) const CENTRES: &str = "centres.csv";

const COLUMNS: &[&str] = &["code", "latitude", "longitude", "datum", "reach_km", "source"];

/// The longest reach: no division is larger than the country.
const FARTHEST: f64 = 6_000.0;

/// A point that stands for a division.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Centre {
    /// Millionths of a degree to the north.
    pub latitude: i32,
    /// Millionths of a degree to the east.
    pub longitude: i32,
    /// How far from it the division reaches at most, in metres.
    pub reach: u32,
}

pub(crate) fn read(source: &Source<'_>, cx: &mut Context) -> BTreeMap<String, Centre> {
    let mut found = BTreeMap::new();
    let Some(rows) = Rows::read(source, COLUMNS, cx) else { return found };
    for row in rows.iter() {
        let code = row.required("code", cx);
        row.required("source", cx);
        datum(&row, cx);
        let latitude = number(&row, "latitude", (-90.0, 90.0), cx);
        let longitude = number(&row, "longitude", (-180.0, 180.0), cx);
        let reach = number(&row, "reach_km", (0.0, FARTHEST), cx);
        if code.is_empty() {
            continue;
        }
        let any = InForce { from: None, to: None };
        cx.refer(row.place, "centre", &code, Target::Division(any));
        let (Some(latitude), Some(longitude), Some(reach)) = (latitude, longitude, reach) else {
            continue;
        };
        let centre = Centre {
            latitude: (latitude * 1e6).round() as i32,
            longitude: (longitude * 1e6).round() as i32,
            reach: (reach * 1e3).round() as u32,
        };
        if found.insert(code.clone(), centre).is_some() {
            let what = format!("the centre of {code} stands twice");
            cx.fault(FaultCode::Duplicate, row.place, what, "take one out");
        }
    }
    found
}

fn datum(row: &Row<'_>, cx: &mut Context) {
    let text = row.required("datum", cx);
    if text.is_empty() || Datum::ALL.iter().any(|datum| datum.word() == text) {
        return;
    }
    let words = Datum::ALL.iter().map(|datum| datum.word());
    let remedy = match nearest(&text, words) {
        Some(meant) => format!("write {meant}, if that is meant"),
        None => "write CGCS2000 or WGS84, and give the coordinates on that".to_owned(),
    };
    cx.fault(FaultCode::BadValue, row.place, format!("{text} is no datum"), remedy);
}

/// A number between two, inclusive.
fn number(row: &Row<'_>, column: &str, (least, most): (f64, f64), cx: &mut Context) -> Option<f64> {
    let text = row.required(column, cx);
    if text.is_empty() {
        return None;
    }
    let number = text.parse::<f64>().ok().filter(|number| (least..=most).contains(number));
    if number.is_none() {
        let what = format!("{text} in the column {column} is no number from {least} to {most}");
        cx.fault(FaultCode::BadValue, row.place, what, "correct it");
    }
    number
}
