//! Whether a matter is an office's to act in.

use clock::Date;
use codes::Tables;

use super::{NO_REGION, Office};

/// The power of one office.
#[derive(Clone, Copy)]
pub struct Jurisdiction<'p> {
    pub(crate) office: &'p Office,
    pub(crate) tables: &'p Tables,
}

impl Jurisdiction<'_> {
    /// Whether the office has power, on a day, over a matter in a region (GB/T 2260, or `none`),
    /// in a trade (GB/T 4754; none given: not asked), of a kind of record.
    ///
    /// Offices above and below may have it too: who acts, the case decides.
    pub fn covers(&self, region: &str, industry: Option<&str>, kind: &str, on: Date) -> bool {
        let Some(period) = self.office.on(on) else { return false };
        let divisions = &self.tables.divisions;
        let in_region = |named: &str| match region {
            NO_REGION => named == NO_REGION,
            _ => divisions.is_within(region, named, on),
        };
        let in_trade = |named: &str| industry.is_none_or(|code| self.is_of_trade(code, named, on));
        period.regions.any(in_region)
            && period.industries.any(in_trade)
            && period.kinds.any(|named| named == kind)
    }

    /// Whether an industry is another one or belongs to its section.
    fn is_of_trade(&self, code: &str, named: &str, on: Date) -> bool {
        let industries = &self.tables.industries;
        let (Some(found), Some(named)) = (industries.get(code, on), industries.get(named, on))
        else {
            return false;
        };
        found == named || (named.code.len() == 1 && found.section.to_string() == named.code)
    }
}
