//! What sort of thing an identifier names.

use codes::gs1::CANONICAL_DOMAIN;

/// A sort of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Sort {
    /// One item, or one unit of transport.
    Item = 0,
    /// A lot.
    Lot = 1,
    /// A product.
    Product = 2,
    /// A sample.
    Sample = 3,
    /// A transformation that is told in several events.
    Process = 4,
    /// An organization.
    Party = 5,
    /// A place.
    Place = 6,
    /// An instrument.
    Instrument = 7,
    /// A person, by a pseudonym.
    Person = 8,
    /// A construction project.
    Project = 9,
    /// A standard.
    Standard = 10,
    /// Something else.
    Other = 11,
}

impl Sort {
    const ALL: [Self; 12] = [
        Self::Item,
        Self::Lot,
        Self::Product,
        Self::Sample,
        Self::Process,
        Self::Party,
        Self::Place,
        Self::Instrument,
        Self::Person,
        Self::Project,
        Self::Standard,
        Self::Other,
    ];

    /// The sort of a byte that was one.
    pub fn of_byte(byte: u8) -> Self {
        Self::ALL.get(byte as usize).copied().unwrap_or(Self::Other)
    }

    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Item => "item",
            Self::Lot => "lot",
            Self::Product => "product",
            Self::Sample => "sample",
            Self::Process => "process",
            Self::Party => "organization",
            Self::Place => "place",
            Self::Instrument => "instrument",
            Self::Person => "person",
            Self::Project => "project",
            Self::Standard => "standard",
            Self::Other => "other",
        }
    }

    /// The sort of a subject of the pack.
    pub fn of_subject(sort: &str) -> Self {
        let found = Self::ALL.into_iter().find(|known| known.word() == sort);
        found.filter(|found| *found != Self::Process).unwrap_or(Self::Other)
    }

    /// What the canonical link of a GS1 key names; none for another text.
    pub fn of_link(link: &str) -> Option<Self> {
        let path = link.strip_prefix(CANONICAL_DOMAIN)?.strip_prefix('/')?;
        let mut parts = path.split('/');
        let key = parts.next()?;
        let qualifier = parts.nth(1);
        Some(match (key, qualifier) {
            ("01" | "8006", Some("10")) => Self::Lot,
            ("01" | "8006" | "8010", Some(_)) => Self::Item,
            ("01" | "8006" | "8010" | "8013", None) => Self::Product,
            ("414", _) => Self::Place,
            ("417" | "8017" | "8018", _) => Self::Party,
            ("00" | "253" | "255" | "401" | "402" | "8003" | "8004", _) => Self::Item,
            _ => Self::Other,
        })
    }

    /// Whether it is made, moved and sold.
    pub fn is_goods(self) -> bool {
        matches!(self, Self::Item | Self::Lot | Self::Product)
    }
}

/// The product of an item or lot, where its name tells.
pub(super) fn product_of(link: &str) -> Option<&str> {
    let sort = Sort::of_link(link)?;
    if !matches!(sort, Sort::Item | Sort::Lot) {
        return None;
    }
    let key = link.strip_prefix(CANONICAL_DOMAIN)?.strip_prefix('/')?;
    let ai = key.split('/').next()?;
    if !matches!(ai, "01" | "8006" | "8010") {
        return None;
    }
    let value = key.get(ai.len() + 1..)?.split('/').next()?;
    link.get(..CANONICAL_DOMAIN.len() + 1 + ai.len() + 1 + value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_tell_what_they_name() {
        for (path, sort, product) in [
            ("/01/06901234567892", Sort::Product, None),
            ("/01/06901234567892/10/L1", Sort::Lot, Some("/01/06901234567892")),
            ("/01/06901234567892/21/S1", Sort::Item, Some("/01/06901234567892")),
            ("/00/106141412345678908", Sort::Item, None),
            ("/414/9521321000010", Sort::Place, None),
            ("/414/9521321000010/254/5", Sort::Place, None),
            ("/417/9521321000010", Sort::Party, None),
            ("/8004/9521321A1", Sort::Item, None),
        ] {
            let link = format!("{CANONICAL_DOMAIN}{path}");
            assert_eq!(Sort::of_link(&link), Some(sort), "{path}");
            let product = product.map(|path| format!("{CANONICAL_DOMAIN}{path}"));
            assert_eq!(product_of(&link).map(str::to_owned), product, "{path}");
        }
        assert_eq!(Sort::of_link("lot:1"), None);
        for sort in Sort::ALL {
            assert_eq!(Sort::of_byte(sort as u8), sort);
        }
        assert_eq!(Sort::of_subject("organization"), Sort::Party);
        assert_eq!(Sort::of_subject("goods"), Sort::Other);
    }
}
