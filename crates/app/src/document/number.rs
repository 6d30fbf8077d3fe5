//! Numbers of documents: one after another in each series of an office and a year.
//!
//! A number is given by the record that bears it; that no two bear one the unique key of the kind sees
//! to. So the next number is the first that no document bears.

use std::collections::HashMap;

use clock::Date;
use model::system_kind;
use pack::Pack;
use rules::filter::Filter;
use store::readings::{AsOf, Regions};
use tokio::sync::Mutex;

use crate::fault::{Fault, Rejection};
use crate::reading::When;
use crate::system::System;

/// The last number that was given of each series of an office, so far as this process knows. Who
/// numbers holds it until the record is durable.
#[derive(Default)]
pub struct Numbers(pub(super) Mutex<HashMap<(String, String), u64>>);

/// The series of a number: as the step writes it, with the office and the year.
pub(super) fn series(written: &str, office: &str, on: Date) -> String {
    let year = on.to_string();
    let year = year.split('-').next().unwrap_or_default();
    written.replace("{office}", office).replace("{year}", year)
}

/// A number of a series.
pub(super) fn number(series: &str, serial: u64) -> String {
    series.replace("{n}", &serial.to_string())
}

/// The place of a number in a series; none where it is none of that series.
pub(super) fn serial(series: &str, number: &str) -> Option<u64> {
    let (before, behind) = series.split_once("{n}")?;
    let digits = number.strip_prefix(before)?.strip_suffix(behind)?;
    let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
    digits.parse().ok().filter(|_| is_plain)
}

/// The short name of an office in numbers: its own, or the name of the division where it acts.
pub(super) fn short_name(pack: &Pack, office: &str, region: &str, on: Date) -> String {
    let period = pack.office(office).and_then(|office| office.on(on));
    let own = period.and_then(|period| period.short.clone());
    own.or_else(|| pack.tables().divisions.get(region, on).map(|division| division.name.clone()))
        .or_else(|| period.map(|period| period.label.zh.clone()))
        .unwrap_or_else(|| office.to_owned())
}

impl System {
    /// The last number of a series such that all up to it are borne; 0 where the first is free.
    pub(super) async fn last_number(&self, issuer: &str, series: &str) -> Result<u64, Rejection> {
        let known = self.reader().size().await?;
        let as_of = self.as_of(When { valid: None, known: Some(known) }).await?;
        let borne = |up_to: u64| self.borne(issuer, series, up_to, as_of);
        // So many are borne up to a number as the number says, until the first that is free.
        let (mut low, mut high) =
            (0, self.borne(issuer, series, i64::MAX.unsigned_abs(), as_of).await?);
        while low < high {
            let middle = high - (high - low) / 2;
            if borne(middle).await? >= middle {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        Ok(low)
    }

    async fn borne(
        &self,
        issuer: &str,
        series: &str,
        up_to: u64,
        as_of: AsOf,
    ) -> Result<u64, Rejection> {
        let pack = self.pack();
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "’"));
        let text = format!(
            "issuer == {} and series == {} and serial <= {up_to}",
            quoted(issuer),
            quoted(series)
        );
        let fields = pack.filter_fields(system_kind::DOCUMENT);
        let filter = fields.map(|fields| Filter::parse(&text, fields)).transpose();
        let filter = filter.map_err(|fault| {
            Fault::new(
                "document.series",
                fault.to_string(),
                format!("文号序列有误：{}", fault.zh()),
            )
        })?;
        let kind = system_kind::DOCUMENT;
        let readings = self.readings();
        Ok(readings.kind_count_within(kind, filter.as_ref(), Regions::Any, None, as_of).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_place_in_the_series_are_each_others() {
        let on: Date = "2026-11-27".parse().unwrap();
        let series = series("{office}市监处罚〔{year}〕{n}号", "武", on);
        assert_eq!(series, "武市监处罚〔2026〕{n}号");
        assert_eq!(number(&series, 12), "武市监处罚〔2026〕12号");
        assert_eq!(serial(&series, "武市监处罚〔2026〕12号"), Some(12));
        for other in ["武市监处罚〔2025〕12号", "武市监处罚〔2026〕012号", "武市监处罚〔2026〕x号"]
        {
            assert_eq!(serial(&series, other), None, "{other}");
        }
    }
}
