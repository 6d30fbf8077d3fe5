//! From reports to the counts of pairs.

use std::collections::HashMap;

use super::table::TwoByTwo;
use crate::{Error, Result};

/// One line of a report: a report that names several products or events has a line for each
/// combination. Names are numbered by the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Report {
    /// Which report.
    pub id: u32,
    /// Which product.
    pub product: u32,
    /// Which event.
    pub event: u32,
    /// Which stratum; the same for all without stratification.
    pub stratum: u32,
}

/// One pair that occurs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pair {
    /// Which product.
    pub product: u32,
    /// Which event.
    pub event: u32,
    /// How many reports name both.
    pub observed: f64,
    /// How many independence within each stratum would give.
    pub expected: f64,
    /// The table of all strata together.
    pub table: TwoByTwo,
}

impl Pair {
    /// The relative reporting ratio, observed by expected.
    pub fn ratio(&self) -> f64 {
        self.observed / self.expected
    }
}

/// Counts the reports of every pair that occurs, by product and event; a report counts once for a
/// pair however often it names it. A report that names a product and an event, but has no line for the
/// two together, is none of that pair, though it is one of the product's and one of the event's. The expected count is Σ nᵢ nⱼ / n over the strata, from the numbers
/// of reports that name the product, the event, and that there are.
///
/// # Errors
/// There are no reports.
///
/// ```
/// use stats::signal::{Report, count_pairs};
/// let line = |id, product, event| Report { id, product, event, stratum: 0 };
/// let lines = [line(1, 0, 0), line(1, 0, 0), line(2, 0, 1), line(3, 1, 1), line(4, 1, 1)];
/// let pairs = count_pairs(&lines)?;
/// // Of four reports two name the first product and one the first event.
/// assert_eq!((pairs[0].observed, pairs[0].expected), (1.0, 0.5));
/// # Ok::<(), stats::Error>(())
/// ```
pub fn count_pairs(reports: &[Report]) -> Result<Vec<Pair>> {
    if reports.is_empty() {
        return Err(Error::Empty { what: "reports" });
    }
    let ids = distinct(reports.iter().map(|r| (r.stratum, r.id)));
    let products = distinct(reports.iter().map(|r| (r.stratum, r.id, r.product)));
    let events = distinct(reports.iter().map(|r| (r.stratum, r.id, r.event)));
    // Numbers of reports: in each stratum, and over all strata each report once.
    let size = tally(ids.iter().map(|(stratum, _)| *stratum));
    let product_size = tally(products.iter().map(|(s, _, product)| (*s, *product)));
    let event_size = tally(events.iter().map(|(s, _, event)| (*s, *event)));
    let total = distinct(ids.iter().map(|(_, id)| *id)).len() as f64;
    let per_product =
        tally(distinct(products.iter().map(|(_, id, p)| (*id, *p))).into_iter().map(|(_, p)| p));
    let per_event =
        tally(distinct(events.iter().map(|(_, id, e)| (*id, *e))).into_iter().map(|(_, e)| e));
    let strata = distinct(size.keys().copied());

    let lines = distinct(reports.iter().map(|r| (r.product, r.event, r.id)));
    let mut pairs: Vec<Pair> = Vec::new();
    for (product, event, _) in lines {
        match pairs.last_mut() {
            Some(last) if (last.product, last.event) == (product, event) => last.observed += 1.0,
            _ => pairs.push(Pair {
                product,
                event,
                observed: 1.0,
                expected: 0.0,
                table: TwoByTwo { a: 0.0, b: 0.0, c: 0.0, d: 0.0 },
            }),
        }
    }
    for pair in &mut pairs {
        pair.expected = strata
            .iter()
            .map(|s| {
                let i = count(&product_size, &(*s, pair.product));
                let j = count(&event_size, &(*s, pair.event));
                i * j / count(&size, s)
            })
            .sum();
        let (row, column) = (count(&per_product, &pair.product), count(&per_event, &pair.event));
        pair.table = TwoByTwo {
            a: pair.observed,
            b: row - pair.observed,
            c: column - pair.observed,
            d: (total - row - column + pair.observed).max(0.0),
        };
    }
    Ok(pairs)
}

/// The different values in rising order.
fn distinct<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_unstable();
    values.dedup();
    values
}

fn tally<K: std::hash::Hash + Eq>(keys: impl Iterator<Item = K>) -> HashMap<K, u32> {
    let mut tally = HashMap::new();
    for key in keys {
        *tally.entry(key).or_insert(0) += 1;
    }
    tally
}

fn count<K: std::hash::Hash + Eq>(tally: &HashMap<K, u32>, key: &K) -> f64 {
    tally.get(key).copied().map_or(0.0, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stratum_for_each_report_expects_what_is_observed() {
        let lines: Vec<Report> = [(1, 0, 0), (2, 0, 1), (3, 1, 1), (3, 1, 0)]
            .map(|(id, product, event)| Report { id, product, event, stratum: id })
            .into();
        for pair in count_pairs(&lines).unwrap() {
            assert_eq!(pair.observed, pair.expected);
            assert_eq!(pair.table.total(), 3.0);
        }
    }
}
