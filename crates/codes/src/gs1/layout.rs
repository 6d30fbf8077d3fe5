//! How each kind of key is built: the one table from which all notations are read and written.

/// A kind of EPC: an identification key and what of it is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Trade item: GTIN, and its serial number at instance level.
    Sgtin,
    /// Trade item and its batch or lot, class level.
    Lgtin,
    /// Trade item and its unit code on tobacco products.
    Upui,
    /// Piece of a trade item.
    Itip,
    /// Logistic unit.
    Sscc,
    /// Location, with or without extension.
    Sgln,
    /// Party.
    Pgln,
    /// Returnable asset.
    Grai,
    /// Individual asset.
    Giai,
    /// Document.
    Gdti,
    /// Service relation, recipient.
    Gsrn,
    /// Service relation, provider.
    Gsrnp,
    /// Coupon.
    Sgcn,
    /// Component and part.
    Cpi,
    /// Consignment.
    Ginc,
    /// Shipment.
    Gsin,
}

/// How a scheme's parts lie in its key.
pub(crate) struct Layout {
    pub(crate) scheme: Scheme,
    /// The name in a URN.
    pub(crate) urn: &'static str,
    /// The application identifier of the key.
    pub(crate) ai: &'static str,
    pub(crate) body: Body,
    pub(crate) serial: Serial,
}

/// The key without its serial part.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    /// Digits: `lead` digits that a URN moves behind the company prefix, `filler` zeros,
    /// `digits` of company prefix and reference, a check digit or none, `tail` further digits
    /// in pairs.
    Digits { lead: usize, filler: usize, digits: usize, check: bool, tail: usize },
    /// Company prefix and a reference of any length.
    Text,
}

/// What tells one instance from another.
#[derive(Clone, Copy)]
pub(crate) enum Serial {
    /// The key itself is the instance.
    None,
    /// Written behind the key, in the same element; without it the key is a class.
    Glued,
    /// In an element of its own; without it the key is a class.
    Element(&'static str),
    /// In an element of its own, a batch: class level.
    Class(&'static str),
    /// In an element of its own; a URN says `0` where there is none.
    OrZero(&'static str),
}

const GTIN: Body = Body::Digits { lead: 1, filler: 0, digits: 12, check: true, tail: 0 };
const ITIP: Body = Body::Digits { lead: 1, filler: 0, digits: 12, check: true, tail: 4 };
const SSCC: Body = Body::Digits { lead: 1, filler: 0, digits: 16, check: true, tail: 0 };
const GRAI: Body = Body::Digits { lead: 0, filler: 1, digits: 12, check: true, tail: 0 };

const fn checked(digits: usize) -> Body {
    Body::Digits { lead: 0, filler: 0, digits, check: true, tail: 0 }
}

const fn layout(
    scheme: Scheme,
    urn: &'static str,
    ai: &'static str,
    body: Body,
    serial: Serial,
) -> Layout {
    Layout { scheme, urn, ai, body, serial }
}

/// In the order of [`Scheme`].
static LAYOUTS: [Layout; 16] = [
    layout(Scheme::Sgtin, "sgtin", "01", GTIN, Serial::Element("21")),
    layout(Scheme::Lgtin, "lgtin", "01", GTIN, Serial::Class("10")),
    layout(Scheme::Upui, "upui", "01", GTIN, Serial::Element("235")),
    layout(Scheme::Itip, "itip", "8006", ITIP, Serial::Element("21")),
    layout(Scheme::Sscc, "sscc", "00", SSCC, Serial::None),
    layout(Scheme::Sgln, "sgln", "414", checked(12), Serial::OrZero("254")),
    layout(Scheme::Pgln, "pgln", "417", checked(12), Serial::None),
    layout(Scheme::Grai, "grai", "8003", GRAI, Serial::Glued),
    layout(Scheme::Giai, "giai", "8004", Body::Text, Serial::None),
    layout(Scheme::Gdti, "gdti", "253", checked(12), Serial::Glued),
    layout(Scheme::Gsrn, "gsrn", "8018", checked(17), Serial::None),
    layout(Scheme::Gsrnp, "gsrnp", "8017", checked(17), Serial::None),
    layout(Scheme::Sgcn, "sgcn", "255", checked(12), Serial::Glued),
    layout(Scheme::Cpi, "cpi", "8010", Body::Text, Serial::Element("8011")),
    layout(Scheme::Ginc, "ginc", "401", Body::Text, Serial::None),
    layout(Scheme::Gsin, "gsin", "402", checked(16), Serial::None),
];

impl Scheme {
    pub(crate) fn layout(self) -> &'static Layout {
        &LAYOUTS[self as usize]
    }

    pub(crate) fn by_urn(name: &str) -> Option<Self> {
        LAYOUTS.iter().find(|layout| layout.urn == name).map(|layout| layout.scheme)
    }

    /// The schemes that a key can be, the most telling first.
    pub(crate) fn of_key(ai: &str) -> impl Iterator<Item = Self> {
        LAYOUTS.iter().filter(move |layout| layout.ai == ai).map(|layout| layout.scheme)
    }

    /// The name in an EPC URN: `sgtin`, `sscc` ...
    pub fn name(self) -> &'static str {
        self.layout().urn
    }
}

/// A key that can head a Digital Link, and the qualifiers that may follow it.
///
/// Source: GS1 Digital Link: URI syntax, section 4.6-4.9; the short names are those of
/// version 1.1, which links in print still bear.
pub(crate) struct PrimaryKey {
    pub(crate) ai: &'static str,
    pub(crate) short_name: &'static str,
    /// One sequence or another; within one the order is fixed and each may be left out.
    pub(crate) qualifiers: &'static [&'static [Qualifier]],
}

pub(crate) type Qualifier = (&'static str, &'static str);

const CPV_LOT_SERIAL: &[Qualifier] = &[("22", "cpv"), ("10", "lot"), ("21", "ser")];

pub(crate) static PRIMARY_KEYS: &[PrimaryKey] = &[
    key("00", "sscc", &[]),
    key("01", "gtin", &[CPV_LOT_SERIAL, &[("235", "tpx")]]),
    key("253", "gdti", &[]),
    key("255", "gcn", &[]),
    key("401", "ginc", &[]),
    key("402", "gsin", &[]),
    key("414", "gln", &[&[("254", "glnx")], &[("7040", "uic")]]),
    key("415", "payTo", &[&[("8020", "refno")]]),
    key("417", "party", &[&[("7040", "uic")]]),
    key("8003", "grai", &[]),
    key("8004", "giai", &[&[("7040", "uic")]]),
    key("8006", "itip", &[CPV_LOT_SERIAL]),
    key("8010", "cpid", &[&[("8011", "cpsn")]]),
    key("8013", "gmn", &[]),
    key("8017", "gsrnp", &[&[("8019", "srin")]]),
    key("8018", "gsrn", &[&[("8019", "srin")]]),
];

const fn key(
    ai: &'static str,
    short_name: &'static str,
    qualifiers: &'static [&'static [Qualifier]],
) -> PrimaryKey {
    PrimaryKey { ai, short_name, qualifiers }
}

/// The application identifiers that can head a Digital Link: `00`, `01`, `253` ...
///
/// Source: GS1 Digital Link: URI syntax, section 4.6.
pub fn primary_keys() -> impl Iterator<Item = &'static str> {
    PRIMARY_KEYS.iter().map(|key| key.ai)
}

impl PrimaryKey {
    /// The key that a path segment names, by number or short name.
    pub(crate) fn find(segment: &str) -> Option<&'static Self> {
        PRIMARY_KEYS.iter().find(|key| key.ai == segment || key.short_name == segment)
    }

    /// The qualifier that a path segment names, with its sequence and place in it.
    pub(crate) fn qualifier(&self, segment: &str) -> Option<(&'static str, usize, usize)> {
        self.qualifiers.iter().enumerate().find_map(|(sequence, qualifiers)| {
            let place =
                qualifiers.iter().position(|(ai, name)| *ai == segment || *name == segment)?;
            Some((qualifiers[place].0, sequence, place))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_stand_in_the_order_of_their_schemes() {
        for (place, layout) in LAYOUTS.iter().enumerate() {
            assert_eq!(layout.scheme as usize, place, "{}", layout.urn);
        }
    }
}
