//! The working days of the pack in force, and of one that was, made once.

use std::sync::{Arc, PoisonError};

use clock::{Calendar, Known, WorkingDays};
use pack::Pack;

use crate::fault::Rejection;
use crate::system::System;

/// The packs whose working days are kept.
const KEPT: usize = 2;

/// The working days of packs, under their digests.
#[derive(Default)]
pub(crate) struct Days(std::sync::Mutex<Vec<(String, Arc<WorkingDays>)>>);

impl System {
    /// The working days where the offices of a pack are, by all notices that it has.
    pub(crate) fn working_days(&self, pack: &Pack) -> Result<Arc<WorkingDays>, Rejection> {
        let digest = pack.digest().to_string();
        let mut made = self.days().0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, days)) = made.iter().find(|(of, _)| *of == digest) {
            return Ok(Arc::clone(days));
        }
        let days = Arc::new(of_pack(pack)?);
        made.insert(0, (digest, Arc::clone(&days)));
        made.truncate(KEPT);
        Ok(days)
    }
}

/// The working days where the offices of a pack are, by all notices that it has.
pub(crate) fn of_pack(pack: &Pack) -> Result<WorkingDays, store::Error> {
    let wrong = |what: String| store::Error::Damaged { what: format!("the calendar: {what}") };
    let texts: Vec<(&str, &str)> = pack
        .contents()
        .iter()
        .filter(|(path, _)| path.starts_with("calendar/"))
        .filter_map(|(path, text)| Some((path.as_str(), std::str::from_utf8(text).ok()?)))
        .collect();
    let calendar = Calendar::parse(texts).map_err(|e| wrong(e.to_string()))?;
    calendar
        .working_days(calendar.default_region(), Known::Latest)
        .map_err(|e| wrong(e.to_string()))
}
