//! The office that is competent where something happened.

use clock::Date;
use pack::{Extent, Office, Pack};

/// How far below the top of the tree an office stands on a day.
fn depth(pack: &Pack, office: &Office, on: Date) -> usize {
    let (mut depth, mut above) = (0, office.on(on).and_then(|period| period.parent.as_deref()));
    while let Some(id) = above.filter(|_| depth < 20) {
        depth += 1;
        above = pack.office(id).and_then(|office| office.on(on)?.parent.as_deref());
    }
    depth
}

/// The office that takes a record of a kind from a division on a day: of those that name the very
/// division in their power, or else the nearest division above it, the highest. So a county's matter
/// goes to the county's office, and not to a station that acts in a part of the county.
pub fn competent_office<'p>(
    pack: &'p Pack,
    region: &str,
    kind: &str,
    on: Date,
) -> Option<&'p Office> {
    let mut division = Some(region.to_owned());
    while let Some(code) = division {
        let names = |office: &&Office| {
            let period = office.on(on);
            let named = period.map(|period| &period.regions);
            matches!(named, Some(Extent::These(codes)) if codes.contains(&code))
        };
        let covers = |office: &&Office| {
            let power = pack.jurisdiction(&office.id);
            power.is_some_and(|power| power.covers(region, None, kind, on))
        };
        let competent = pack.offices().filter(names).filter(covers);
        // Of equals the one that bears the division's code.
        let order =
            |office: &&Office| (depth(pack, office, on), office.id != code, office.id.clone());
        if let Some(office) = competent.min_by_key(order) {
            return Some(office);
        }
        division = pack.tables().divisions.get(&code, on).and_then(|found| found.parent.clone());
    }
    None
}
