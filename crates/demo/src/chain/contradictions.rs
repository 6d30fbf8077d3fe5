//! Records that contradict each other, a few of each sort, as they come from slips of the pen, wrong clocks
//! and copied labels. They are invented like all else here, and there to be found.
//!
//! Each has random numbers of its own, so that nothing else depends on them.

use model::Timestamp;
use serde::Deserialize;
use stats::random::Random;

use super::event::{self, Things};
use super::{LineData, STREAM, place_of};
use crate::province::Province;
use crate::time::{DAY, HOUR};

/// The streams of contradictions follow on those of the days.
const OWN: u64 = STREAM + 100_000;
/// A copy of a label is seen so long after the sale of what it was copied from, at least so far away.
const COPY_MINUTES: i64 = 20;
const COPY_KILOMETRES: f64 = 220.0;

/// The first that is so, and then one in so many.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Often(u64, u64);

impl Often {
    /// Counts one more, and says whether it is one of those.
    fn is_one(self, count: &mut u64) -> bool {
        let Self(first, every) = self;
        *count += 1;
        count.checked_sub(first).is_some_and(|beyond| beyond.is_multiple_of(every))
    }
}

/// How often.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rates {
    /// Items sold, of which a copy of the label is seen elsewhere.
    copied: Often,
    /// Lots of items, of which one item is labelled again a day later.
    relabelled: Often,
    /// Lots of items, beside which somebody sells one that nobody made.
    unmade: Often,
    /// Lots of items, of which one is read by a scanner whose clock is slow.
    early: Often,
    /// Units that are opened under another number than they were packed under.
    misread: Often,
    /// Lots whose inputs are written down at a tenth.
    slipped: Often,
    /// Lots that are said to have gone back into what they were made of.
    returned: Often,
}

/// What there was so far of which one in so many is so.
#[derive(Debug, Default)]
pub(super) struct Counts {
    items: u64,
    lots_of_items: u64,
    units: u64,
    weighed: u64,
    lots: u64,
    /// Contradictions so far.
    made: u64,
    /// The last item whose label was copied.
    pub(super) copied: Option<String>,
}

impl Province {
    /// Whether nothing of the line of the story goes into what a line makes.
    fn is_apart(&self, line: &LineData) -> bool {
        let chains = &self.data.chains;
        let mut waiting = vec![line.id.as_str()];
        while let Some(id) = waiting.pop() {
            if id == chains.story.line {
                return false;
            }
            let inputs =
                chains.line.iter().filter(|line| line.id == id).flat_map(|line| &line.inputs);
            waiting.extend(inputs.map(String::as_str));
        }
        true
    }

    fn own(&mut self) -> Random {
        self.chains.odd.made += 1;
        Random::stream(self.seed(), OWN + self.chains.odd.made)
    }

    /// What is written down of the inputs of a lot.
    pub(super) fn slip(
        &mut self,
        inputs: &[(String, f64)],
        is_weighed: bool,
    ) -> Vec<(String, f64)> {
        let often = self.data.chains.contradiction.slipped;
        let slips = is_weighed && often.is_one(&mut self.chains.odd.weighed);
        let written = |(lot, taken): &(String, f64)| {
            (lot.clone(), if slips { libm::floor(*taken / 10.0) } else { *taken })
        };
        inputs.iter().map(written).collect()
    }

    /// What is said wrongly of a lot when it is made.
    pub(super) fn missay(
        &mut self,
        by: usize,
        things: &Things,
        inputs: &[(String, f64)],
        line: &LineData,
        made: Timestamp,
    ) {
        let (letters, may_return) = (line.serial.as_deref(), self.is_apart(line));
        let later = |micros: i64| Timestamp::from_micros(made.micros() + micros);
        let Things::Items(items) = things else {
            let often = self.data.chains.contradiction.returned;
            // Where what is contaminated goes, nothing is to go round:
            if let (Things::Lot { lot, unit: None, .. }, Some((input, _)), true) =
                (things, inputs.first(), may_return)
                && often.is_one(&mut self.chains.odd.lots)
            {
                let mut random = self.own();
                let back = Things::Lot {
                    lot: input.clone(),
                    quantity: 20.0,
                    unit: Some("KGM".to_owned()),
                };
                let from = [(lot.clone(), 20.0)];
                let at = later(5 * HOUR);
                let event = event::transformation("commissioning", &from, None, &back, at);
                self.report_event(by, event, at, &mut random);
            }
            return;
        };
        let Some(first) = items.first() else { return };
        let one = |item: &str| Things::Items(vec![item.to_owned()]);
        let Rates { relabelled, unmade, early, .. } = self.data.chains.contradiction;
        let so_far = self.chains.odd.lots_of_items;
        self.chains.odd.lots_of_items += 1;
        let is_one = |often: Often| {
            let mut count = so_far;
            often.is_one(&mut count)
        };
        if is_one(relabelled) {
            let mut random = self.own();
            let at = later(DAY + 2 * HOUR);
            let event = event::add("commissioning", "active", &one(first), at);
            self.report_event(by, event, at, &mut random);
        }
        if is_one(unmade)
            && let (Some((lot, _)), Some(letters)) = (first.rsplit_once("/21/"), letters)
        {
            let mut random = self.own();
            let at = later(6 * DAY);
            let item = format!("{lot}/21/{letters}X{:07}", self.chains.odd.made);
            let event = event::observe("stocking", "sellable_accessible", &one(&item), at);
            self.report_event(by, event, at, &mut random);
        }
        if is_one(early) {
            let mut random = self.own();
            let at = later(-5 * HOUR);
            let event = event::observe("inspecting", "in_progress", &one(first), at);
            self.report_event(by, event, at, &mut random);
        }
    }

    /// Under which number a unit is opened.
    pub(super) fn opened_as(&mut self, unit: &str) -> String {
        let often = self.data.chains.contradiction.misread;
        if often.is_one(&mut self.chains.odd.units) {
            self.logistic_unit()
        } else {
            unit.to_owned()
        }
    }

    /// A copy of the label of something that was sold is seen elsewhere.
    pub(super) fn copy(&mut self, item: &str, shop: usize, sold: Timestamp) {
        let often = self.data.chains.contradiction.copied;
        let Some(elsewhere) = self.far_from(shop).filter(|far| place_of(*far).is_some()) else {
            return;
        };
        if !often.is_one(&mut self.chains.odd.items) {
            return;
        }
        let mut random = self.own();
        let at = Timestamp::from_micros(sold.micros() + COPY_MINUTES * HOUR / 60);
        let copy = Things::Items(vec![item.to_owned()]);
        let event = event::observe("stocking", "sellable_accessible", &copy, at);
        self.report_event(elsewhere, event, at, &mut random);
        // Both are written down within four days.
        if at.micros() + 4 * DAY < self.until.micros() {
            self.chains.odd.copied = Some(item.to_owned());
        }
    }

    /// The shop that is farthest from one, where it is far.
    fn far_from(&self, shop: usize) -> Option<usize> {
        let region = |of: usize| &self.world.regions[self.world.organizations[of].region];
        let here = region(shop);
        // Near enough for a province: a degree is 111 km, less to the east.
        let distance = |of: &usize| {
            let there = region(*of);
            let north = (there.latitude - here.latitude) * 111.0;
            let east =
                (there.longitude - here.longitude) * 111.0 * libm::cos(here.latitude.to_radians());
            libm::sqrt(north * north + east * east)
        };
        let shops =
            self.chains.lines.iter().flatten().flat_map(|party| party.shops.iter().copied());
        let far = shops.max_by(|a, b| distance(a).total_cmp(&distance(b)).then(b.cmp(a)))?;
        (distance(&far) > COPY_KILOMETRES).then_some(far)
    }
}
