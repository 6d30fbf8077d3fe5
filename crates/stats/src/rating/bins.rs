//! Weight of evidence: what a group of cases tells about good and bad.

use crate::error::{Error, Result, check};

/// How good and bad fall into the groups (bins) of one characteristic.
#[derive(Clone, Debug, PartialEq)]
pub struct Evidence {
    /// One entry per bin, in the order given.
    pub bins: Vec<BinEvidence>,
    /// Information value: Σ (share of goods - share of bads) × weight of evidence. Below 0.02 a
    /// characteristic tells nothing, above 0.3 much (Siddiqi 2006).
    pub information_value: f64,
}

/// One bin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinEvidence {
    /// Good cases.
    pub goods: u64,
    /// Bad cases.
    pub bads: u64,
    /// ln(share of all goods / share of all bads): positive where the bin is safer than the whole.
    pub weight: f64,
    /// What the bin adds to the information value.
    pub information: f64,
}

/// Weight of evidence and information value of bins with (`goods`, `bads`) cases each.
///
/// A bin without goods or without bads has no finite weight; as soon as there is one, half a case is
/// added to both counts of every bin (Haldane's correction). Logarithms are those of `libm`, so
/// that points derived from them are the same everywhere.
///
/// # Errors
/// No bin; no good or no bad case at all.
///
/// ```
/// let found = stats::rating::weight_of_evidence(&[(50, 25), (150, 25)])?;
/// assert!((found.bins[0].weight - 0.5f64.ln()).abs() < 1e-15);
/// assert!((found.information_value - (0.25 * 2f64.ln() + 0.25 * 1.5f64.ln())).abs() < 1e-15);
/// # Ok::<(), stats::Error>(())
/// ```
pub fn weight_of_evidence(counts: &[(u64, u64)]) -> Result<Evidence> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "bins" });
    }
    let goods: u64 = counts.iter().map(|c| c.0).sum();
    let bads: u64 = counts.iter().map(|c| c.1).sum();
    check::within("good cases", goods as f64, goods > 0, "above zero")?;
    check::within("bad cases", bads as f64, bads > 0, "above zero")?;
    let added = half_if(counts.iter().any(|c| c.0 == 0 || c.1 == 0));
    let extra = added * counts.len() as f64;
    let bins: Vec<BinEvidence> = counts
        .iter()
        .map(|&(g, b)| {
            let good_share = (g as f64 + added) / (goods as f64 + extra);
            let bad_share = (b as f64 + added) / (bads as f64 + extra);
            let weight = libm::log(good_share / bad_share);
            BinEvidence {
                goods: g,
                bads: b,
                weight,
                information: (good_share - bad_share) * weight,
            }
        })
        .collect();
    Ok(Evidence { information_value: bins.iter().map(|b| b.information).sum(), bins })
}

/// What is added to every count so that no logarithm of zero is taken: half a case if one is empty.
pub(super) fn half_if(some_empty: bool) -> f64 {
    if some_empty { 0.5 } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_cell_is_half_a_case() {
        let found = weight_of_evidence(&[(10, 0), (10, 5)]).unwrap();
        let expected = f64::ln((10.5 / 21.0) / (0.5 / 6.0));
        assert!((found.bins[0].weight - expected).abs() < 1e-15);
    }

    #[test]
    fn refusals() {
        assert_eq!(weight_of_evidence(&[]).unwrap_err().code(), "stats.empty");
        assert_eq!(weight_of_evidence(&[(0, 3)]).unwrap_err().code(), "stats.out_of_range");
        assert_eq!(weight_of_evidence(&[(3, 0)]).unwrap_err().code(), "stats.out_of_range");
    }
}
