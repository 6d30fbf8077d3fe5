//! Several series on one calendar, tested together.

use std::ops::Range;

use rayon::prelude::*;

use super::super::calendar::Calendar;
use super::super::limit::check_places;
use super::baseline::{Baseline, Reach};
use super::fit::Regression;
use super::layout::Layout;
use super::model::Target;
use crate::error::check;
use crate::{Error, Result};

/// One of several series that are tested together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit<'a> {
    /// Counts.
    pub counts: &'a [f64],
    /// The population at each point; needed for a population offset only.
    pub population: Option<&'a [f64]>,
}

impl<'a> Unit<'a> {
    /// A series without a population.
    pub fn new(counts: &'a [f64]) -> Self {
        Self { counts, population: None }
    }

    fn check(&self, len: usize, per_head: bool) -> Result<()> {
        check::length("counts of a unit", self.counts.len(), len)?;
        check::counts("counts", self.counts)?;
        if !per_head {
            return Ok(());
        }
        let Some(population) = self.population else {
            return Err(Error::Inconsistent {
                what: "population offset",
                why: "a unit has no population: give one, or do without the offset",
            });
        };
        check::length("population", population.len(), len)?;
        check::finite("population", population)?;
        let least = population.iter().copied().fold(f64::INFINITY, f64::min);
        check::positive("population", least)
    }
}

/// What all units have in common at one tested point.
pub(super) struct Tested {
    pub index: usize,
    pub layout: Layout,
    baseline: Baseline,
    /// Its time on the scale of the layout.
    time: f64,
    per_head: bool,
}

impl Tested {
    /// Puts the counts of a unit into the regression, and gives what is to be predicted.
    pub fn load(&self, unit: &Unit<'_>, data: &mut Regression) -> Target {
        let population = unit.population.filter(|_| self.per_head);
        data.clear();
        data.y.extend(self.baseline.points().map(|i| unit.counts[i]));
        if let Some(population) = population {
            data.offset.extend(self.baseline.points().map(|i| population[i].ln()));
        }
        data.prepare();
        Target {
            group: self.baseline.groups - 1,
            time: self.time,
            offset: population.map_or(0.0, |population| population[self.index].ln()),
        }
    }
}

/// Tests every unit at every point of the range; units are worked on in parallel.
pub(super) fn each<T: Send>(
    units: &[Unit<'_>],
    calendar: Calendar<'_>,
    range: Range<usize>,
    reach: &Reach,
    per_head: bool,
    test: impl Fn(&Unit<'_>, &Tested, &mut Regression) -> T + Sync,
) -> Result<Vec<Vec<T>>> {
    let Some(len) = units.first().map(|unit| unit.counts.len()) else {
        return Err(Error::Empty { what: "units" });
    };
    check_places(len, &range, 0)?;
    calendar.check(len)?;
    let points = range.map(|index| {
        let baseline = Baseline::of(&calendar, index, reach)?;
        Ok(Tested {
            index,
            layout: baseline.layout(&calendar),
            time: calendar.time(index, baseline.first()),
            baseline,
            per_head,
        })
    });
    let points: Vec<Tested> = points.collect::<Result<_>>()?;
    let tested: Vec<Result<Vec<T>>> = units
        .par_iter()
        .with_min_len(16)
        .map_init(Regression::default, |data, unit| {
            unit.check(len, per_head)?;
            Ok(points.iter().map(|point| test(unit, point, data)).collect())
        })
        .collect();
    // In order, so that the error is that of the first unit that has one.
    tested.into_iter().collect()
}
