//! The Hubei pack and the clock's own test data.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clock::{Calendar, Date, Known, Region, WorkingDays};

/// The calendar of the Hubei pack.
pub static HUBEI: LazyLock<Calendar> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/hubei/calendar");
    let files: Vec<(String, String)> = testkit::files_under(&folder)
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.display().to_string(), text)
        })
        .collect();
    Calendar::parse(files.iter().map(|(name, text)| (&**name, &**text))).unwrap()
});

/// The folder of the clock's own data, beside which the reference data has none.
pub fn data() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/clock")
}

/// The working days of a region with everything known.
pub fn latest(region: &str) -> WorkingDays {
    known(region, Known::Latest)
}

/// The working days of a region as known.
pub fn known(region: &str, known: Known) -> WorkingDays {
    HUBEI.working_days(region.parse::<Region>().unwrap(), known).unwrap()
}

/// A day.
pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// Every day from one to another.
pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    (from.number()..=to.number()).map(|n| Date::from_number(n.into()).unwrap())
}
