//! The zones that a scan looks at: sets of neighbouring locations.

use std::collections::HashSet;
use std::ops::Range;

use rayon::prelude::*;

use crate::error::check;
use crate::{Error, Result};

/// Candidate zones, each a set of locations (counted from 0).
///
/// ```
/// use stats::scan::Zones;
/// // Three places on a line: each alone, then with its nearest neighbour, without repeats.
/// let zones = Zones::nearest(&[(0.0, 0.0), (1.0, 0.0), (5.0, 0.0)], 2)?;
/// let sets: Vec<&[usize]> = zones.iter().collect();
/// assert_eq!(sets, [&[0][..], &[0, 1], &[1], &[2], &[2, 1]]);
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Zones {
    locations: usize,
    /// The locations of all zones; those that grow round a centre share their beginning.
    places: Vec<usize>,
    /// Where in `places` each zone stands.
    zones: Vec<Range<usize>>,
    /// Where zones grow round a centre: the centre of each.
    centres: Option<Vec<usize>>,
}

impl Zones {
    /// The given sets of locations, out of `locations` in all.
    ///
    /// # Errors
    /// There is no zone, a zone is empty or names a location twice, or one that does not exist.
    pub fn new(locations: usize, members: &[Vec<usize>]) -> Result<Self> {
        if members.is_empty() {
            return Err(Error::Empty { what: "zones" });
        }
        let mut places = Vec::new();
        let mut zones = Vec::with_capacity(members.len());
        for zone in members {
            if zone.is_empty() {
                return Err(Error::Empty { what: "a zone" });
            }
            let mut seen = HashSet::new();
            if !zone.iter().all(|&i| i < locations && seen.insert(i)) {
                return Err(Error::Inconsistent {
                    what: "a zone",
                    why: "it names a location twice or one that does not exist; locations count from 0",
                });
            }
            zones.push(places.len()..places.len() + zone.len());
            places.extend_from_slice(zone);
        }
        Ok(Self { locations, places, zones, centres: None })
    }

    /// Round each location the sets of its 1, 2, ... `k` nearest locations, itself included, by
    /// straight distance between the coordinates; a set that came before is left out (Tango and
    /// Takahashi 2005 call these the circular zones).
    ///
    /// # Errors
    /// There are no coordinates or not all are finite; `k` is 0 or above the number of locations.
    pub fn nearest(coordinates: &[(f64, f64)], k: usize) -> Result<Self> {
        let n = coordinates.len();
        let orders = orders(coordinates)?;
        check::within(
            "k, the most locations of a zone",
            k as f64,
            k >= 1 && k <= n,
            "from 1 to the number of locations",
        )?;
        let mut seen = HashSet::new();
        let sizes = orders.iter().map(|order| {
            let mut new = Vec::new();
            let mut key = Vec::with_capacity(k);
            for (size, &location) in (1..=k).zip(order) {
                key.insert(key.partition_point(|&l| l < location), location);
                if seen.insert(key.clone()) {
                    new.push(size);
                }
            }
            new
        });
        let sizes = sizes.collect();
        Ok(Self::grown(orders, sizes))
    }

    /// Round each location the sets of nearest locations that hold at most the share `bound` of
    /// the whole population (Kulldorff 1997; `bound` is usually a half). Sets that come again
    /// round another centre are kept, so that each zone has its centre.
    ///
    /// # Errors
    /// No coordinates, coordinates or populations that are not finite or negative, of different
    /// number, all populations zero, `bound` outside 0 to 1, or no location small enough to be
    /// within it.
    pub fn within_population(
        coordinates: &[(f64, f64)],
        population: &[f64],
        bound: f64,
    ) -> Result<Self> {
        let orders = orders(coordinates)?;
        check::length("population", population.len(), coordinates.len())?;
        check::non_negative("population", population)?;
        check::within(
            "bound of the population of a zone",
            bound,
            bound > 0.0 && bound <= 1.0,
            "above 0 and at most 1",
        )?;
        let total: f64 = population.iter().sum();
        check::positive("total population", total)?;
        let sizes: Vec<Vec<usize>> = orders
            .iter()
            .map(|order| {
                let mut held = 0.0;
                let within = order.iter().take_while(|&&location| {
                    held += population[location];
                    held / total <= bound
                });
                (1..=within.count()).collect()
            })
            .collect();
        if sizes.iter().all(Vec::is_empty) {
            return Err(Error::NoSolution {
                what: "zones",
                why: "every location alone holds more than the bound of the population; raise the bound",
            });
        }
        Ok(Self::grown(orders, sizes))
    }

    /// Zones of the given sizes round each location.
    fn grown(orders: Vec<Vec<usize>>, sizes: Vec<Vec<usize>>) -> Self {
        let locations = orders.len();
        let mut places = Vec::new();
        let mut zones = Vec::new();
        let mut centres = Vec::new();
        for (centre, (order, sizes)) in orders.into_iter().zip(sizes).enumerate() {
            let start = places.len();
            let largest = sizes.last().copied().unwrap_or(0);
            places.extend(order.into_iter().take(largest));
            zones.extend(sizes.iter().map(|size| start..start + size));
            centres.extend(sizes.iter().map(|_| centre));
        }
        Self { locations, places, zones, centres: Some(centres) }
    }

    /// How many zones.
    pub fn len(&self) -> usize {
        self.zones.len()
    }

    /// Whether there is none (never so in a value that was made here).
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// How many locations there are in all.
    pub fn locations(&self) -> usize {
        self.locations
    }

    /// The locations of each zone; from the centre outward where the zone has one.
    pub fn iter(&self) -> impl Iterator<Item = &[usize]> {
        self.zones.iter().map(|zone| &self.places[zone.clone()])
    }

    /// The locations of one zone.
    pub fn get(&self, zone: usize) -> Option<&[usize]> {
        Some(&self.places[self.zones.get(zone)?.clone()])
    }

    /// How the zone `zone` is made from the one before it: whether anew, and which locations it
    /// then adds, which are put at the end of `added`. `inside` has a false for each location.
    pub(super) fn step(&self, zone: usize, inside: &mut [bool], added: &mut Vec<usize>) -> bool {
        let now = self.zones[zone].clone();
        let before = zone.checked_sub(1).map_or(0..0, |z| self.zones[z].clone());
        if now.start == before.start && now.end >= before.end {
            added.extend_from_slice(&self.places[before.end..now.end]);
            return before.is_empty();
        }
        let (now, before) = (&self.places[now], &self.places[before]);
        before.iter().for_each(|&i| inside[i] = true);
        let fresh = now.iter().filter(|&&i| inside[i]).count() < before.len();
        added.extend(now.iter().filter(|&&i| fresh || !inside[i]));
        before.iter().for_each(|&i| inside[i] = false);
        fresh
    }

    /// The centre of a zone that grew round one.
    pub fn centre(&self, zone: usize) -> Option<usize> {
        self.centres.as_ref()?.get(zone).copied()
    }
}

/// For each location all locations from near to far; ties in their own order.
fn orders(coordinates: &[(f64, f64)]) -> Result<Vec<Vec<usize>>> {
    if coordinates.is_empty() {
        return Err(Error::Empty { what: "coordinates" });
    }
    let bad = |&(x, y): &(f64, f64)| !(x.is_finite() && y.is_finite());
    if let Some(index) = coordinates.iter().position(bad) {
        return Err(Error::NotFinite { what: "coordinates", index });
    }
    Ok(coordinates
        .par_iter()
        .map(|&(x, y)| {
            let mut far: Vec<(f64, usize)> = coordinates
                .iter()
                .enumerate()
                .map(|(i, &(u, v))| {
                    let (across, up) = (u - x, v - y);
                    ((across * across + up * up).sqrt(), i)
                })
                .collect();
            far.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            far.into_iter().map(|(_, i)| i).collect()
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn population_bounds_a_zone() {
        let line = [(0.0, 0.0), (1.0, 0.0), (2.1, 0.0)];
        let zones = Zones::within_population(&line, &[1.0, 1.0, 2.0], 0.5).unwrap();
        let sets: Vec<&[usize]> = zones.iter().collect();
        assert_eq!(sets, [&[0][..], &[0, 1], &[1], &[1, 0], &[2]]);
        assert_eq!(zones.centre(3), Some(1));
        let one = Zones::within_population(&line[..1], &[5.0], 0.5);
        assert_eq!(one.unwrap_err().code(), "stats.no_solution");
        let none = Zones::within_population(&line, &[0.0; 3], 0.5);
        assert_eq!(none.unwrap_err().code(), "stats.out_of_range");
    }

    #[test]
    fn a_zone_must_make_sense() {
        assert!(Zones::new(2, &[vec![0, 1], vec![1]]).is_ok());
        for bad in [vec![], vec![vec![]], vec![vec![0, 0]], vec![vec![2]]] {
            assert!(Zones::new(2, &bad).is_err());
        }
        assert!(Zones::nearest(&[(0.0, f64::NAN)], 1).is_err());
        assert!(Zones::nearest(&[(0.0, 0.0)], 2).is_err());
    }
}
