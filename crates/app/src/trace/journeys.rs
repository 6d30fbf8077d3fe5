//! Journeys that nobody can have made: one thing seen at two places in less time than the way takes.

use ::trace::{Act, Part, Sighting, Thing};
use clock::Date;
use model::Timestamp;
use pack::{Pack, Parameter, Version};

use super::answer::FindingSort;
use super::findings::Finder;
use super::interpret::context;
use super::position::Spot;
use super::whereabouts::around;

/// The way on the ellipsoid is longer or shorter than that on the sphere by so much of it at most.
const FLATTENING: f64 = 0.006;
/// Journeys that are told of one thing: a number that stands on many copies is told often enough.
const MOST_OF_THING: usize = 20;
const MICROS_A_MINUTE: i64 = 60_000_000;
/// Metres a second in a kilometre an hour.
const METRES_A_SECOND: f64 = 1.0 / 3.6;

/// What can be travelled in a time, as the pack says for each day.
#[derive(Debug, Clone, Default)]
pub(super) struct Bounds(Vec<(Parameter, Parameter)>);

impl Bounds {
    /// Those of all kinds that say where places are.
    pub(super) fn of(pack: &Pack) -> Self {
        let positions = pack.kinds().filter_map(|kind| kind.tracing.position.as_ref());
        let bounds = positions.filter_map(|position| {
            let of = |id: &str| pack.parameter(id).cloned();
            of(&position.fastest).zip(of(&position.slack))
        });
        Self(bounds.collect())
    }

    pub(super) fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Metres that nothing can have gone between two instants, in µs since 1970; none where no bound is
    /// in force on the day of the later. Where several kinds bound, the most lenient does.
    fn farthest(&self, from: i64, until: i64) -> Option<f64> {
        let day = Timestamp::from_micros(until).day_in_china();
        let amount = |parameter: &Parameter, day: Date| {
            parameter.on(day).and_then(Version::amount).filter(|amount| *amount > 0)
        };
        let farthest = self.0.iter().filter_map(|(fastest, slack)| {
            let slack = amount(slack, day)?.checked_mul(MICROS_A_MINUTE)?;
            let time = until.saturating_sub(from).saturating_add(slack) as f64 / 1e6;
            Some(amount(fastest, day)? as f64 * METRES_A_SECOND * time)
        });
        farthest.max_by(f64::total_cmp)
    }
}

impl Finder<'_> {
    /// The journeys of a thing that nobody can have made. Only events tell where the thing itself was at
    /// an instant: a purchase has a day, and a report may be of something that lies elsewhere.
    pub(super) fn impossible_journeys(&mut self, thing: Thing, journey: &[Sighting]) {
        let state = self.state;
        let bounds = &self.meanings.bounds;
        if bounds.is_none() {
            return;
        }
        let mut last: Option<(Sighting, Thing, Spot)> = None;
        let mut found = Vec::new();
        for seen in journey.iter().filter(|seen| state.note(seen.act).what.is_event()) {
            // Where it was read comes before where it is to stay.
            let place = around(state, seen.act, &[context::READ_POINT, context::LOCATION]);
            let Some((place, spot)) =
                place.and_then(|place| Some((place, self.spot(place, seen.at)?)))
            else {
                continue;
            };
            if let Some((before, from, there)) = last
                && from != place
                && before.at < seen.at
            {
                let metres = there.least_distance(spot) * (1.0 - FLATTENING);
                let is_too_far =
                    bounds.farthest(before.at, seen.at).is_some_and(|farthest| metres > farthest);
                if is_too_far && !self.is_told_of_carrier(thing, &before, seen) {
                    found.push((before, from, *seen, place, there.least_distance(spot)));
                }
            }
            last = Some((*seen, place, spot));
        }
        for (before, from, seen, to, metres) in found.into_iter().take(MOST_OF_THING) {
            let [here, there] = [from, to].map(|place| state.names.name(place));
            let minutes = (seen.at - before.at).div_euclid(MICROS_A_MINUTE);
            let kilometres = metres / 1e3;
            let detail = format!("{here}, {there}: {kilometres:.0} km / {minutes} min");
            let acts = [before.act, seen.act];
            self.note(FindingSort::ImpossibleJourney, thing, &acts, Some(detail));
        }
    }

    fn spot(&self, place: Thing, at: i64) -> Option<Spot> {
        let said = self.state.positions.of(&self.state.graph, place, at, self.as_of.known);
        said.or_else(|| Spot::of_uri(self.state.names.name(place)))
    }

    /// Whether what carried the thing made the same journey, so that among all findings it is told once
    /// of the carrier and not of each of a thousand things in it.
    fn is_told_of_carrier(&self, thing: Thing, one: &Sighting, two: &Sighting) -> bool {
        // What is packed into stands before all that is packed.
        let leads = |act: Act, carrier: Thing| {
            let mut links = self.state.graph.of_act(act).iter();
            let first = links.find(|link| !matches!(link.part(), Part::Context(_)));
            first.is_some_and(|link| link.thing() == carrier)
        };
        let carried = |by: &Sighting, other: &Sighting| {
            by.seen != thing && (other.seen == by.seen || leads(other.act, by.seen))
        };
        self.told_of_carriers && (carried(one, two) || carried(two, one))
    }
}
