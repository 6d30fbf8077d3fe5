//! Where places are, and how far it is from one to another.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use ::trace::{Act, Graph, Thing};

use super::amount;

/// The mean radius of the ellipsoid of CGCS2000 and WGS84, metres (IUGG: two thirds of the equatorial
/// radius, a third of the polar).
const RADIUS: f64 = 6_371_008.8;

/// A position, and how far from it the place can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Spot {
    /// Millionths of a degree to the north.
    pub(super) latitude: i32,
    /// Millionths of a degree to the east.
    pub(super) longitude: i32,
    /// Metres; 0 where it is the place's own.
    pub(super) reach: u32,
}

impl Spot {
    /// A position in millionths of a degree; none where there is no such.
    pub(super) fn new(latitude: i64, longitude: i64, reach: u32) -> Option<Self> {
        let is_there = latitude.abs() <= 90_000_000 && longitude.abs() <= 180_000_000;
        let (latitude, longitude) = (i32::try_from(latitude).ok()?, i32::try_from(longitude).ok()?);
        is_there.then_some(Self { latitude, longitude, reach })
    }

    /// The position that a URI of the scheme `geo` is, where it is on WGS84, which that scheme means
    /// unless it says otherwise (RFC 5870, 3.4.2). EPCIS takes such a URI for a place.
    pub(super) fn of_uri(uri: &str) -> Option<Self> {
        let scheme = uri.get(..4).filter(|scheme| scheme.eq_ignore_ascii_case("geo:"))?;
        let mut parts = uri.get(scheme.len()..)?.split(';');
        let mut numbers = parts.next()?.split(',');
        let mut degrees = || amount::read(numbers.next()?, "").map(|(millionths, _)| millionths);
        let (latitude, longitude) = (degrees()?, degrees()?);
        let mut reach = 0;
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            match name.to_ascii_lowercase().as_str() {
                "crs" if !value.eq_ignore_ascii_case("wgs84") => return None,
                "u" => reach = value.parse::<f64>().ok().filter(|u| *u >= 0.0)?.ceil() as u32,
                _ => {}
            }
        }
        Self::new(latitude, longitude, reach)
    }

    /// Metres on a great circle of the mean sphere. The way on the ellipsoid differs by 0.6 % at most.
    pub(super) fn distance(self, other: Self) -> f64 {
        let radians = |millionths: i32| f64::from(millionths).to_radians() / 1e6;
        let (north, other_north) = (radians(self.latitude), radians(other.latitude));
        let half = |angle: f64| libm::sin(angle / 2.0) * libm::sin(angle / 2.0);
        // The haversine keeps its digits where two are near to each other.
        let across = half(radians(other.longitude) - radians(self.longitude));
        let haversine =
            half(other_north - north) + libm::cos(north) * libm::cos(other_north) * across;
        2.0 * RADIUS * libm::asin(libm::sqrt(haversine.clamp(0.0, 1.0)))
    }

    /// Metres between two places at least: where either can be elsewhere, they may be nearer.
    pub(super) fn least_distance(self, other: Self) -> f64 {
        let reach = f64::from(self.reach) + f64::from(other.reach);
        (self.distance(other) - reach).max(0.0)
    }
}

/// Where places are, by what was said of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Positions {
    of_places: BTreeMap<Thing, Vec<(Act, Spot)>>,
}

impl Positions {
    pub(super) fn push(&mut self, place: Thing, act: Act, spot: Spot) {
        self.of_places.entry(place).or_default().push((act, spot));
    }

    /// Where a place is as an act says, if it says so.
    pub(super) fn said_by(&self, act: Act, place: Thing) -> Option<Spot> {
        self.said(place).iter().find(|(own, _)| *own == act).map(|(_, spot)| *spot)
    }

    fn said(&self, place: Thing) -> &[(Act, Spot)] {
        self.of_places.get(&place).map(Vec::as_slice).unwrap_or_default()
    }

    /// Where a place was at an instant, as is known by so many records: as was said last before, else
    /// first after, since a place is often registered when it has been there for long.
    pub(super) fn of(&self, graph: &Graph, place: Thing, at: i64, known: u64) -> Option<Spot> {
        let counting = self.said(place).iter().filter(|(act, _)| graph.counts(*act, known));
        let (before, after): (Vec<_>, Vec<_>) = counting
            .map(|(act, spot)| ((graph.at(*act), *act), *spot))
            .partition(|(said, _)| said.0 <= at);
        let last = before.into_iter().max_by_key(|(said, _)| *said);
        last.or_else(|| after.into_iter().min_by_key(|(said, _)| *said)).map(|(_, spot)| spot)
    }

    pub(super) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let rows = self
            .of_places
            .iter()
            .flat_map(|(place, said)| said.iter().map(move |(act, spot)| (place.0, act.0, *spot)));
        let count: usize = self.of_places.values().map(Vec::len).sum();
        to.write_all(&(count as u64).to_le_bytes())?;
        for (place, act, Spot { latitude, longitude, reach }) in rows {
            let halves = |high: u32, low: u32| u64::from(high) << 32 | u64::from(low);
            let numbers = [
                halves(place, act),
                halves(latitude.cast_unsigned(), longitude.cast_unsigned()),
                u64::from(reach),
            ];
            for number in numbers {
                to.write_all(&number.to_le_bytes())?;
            }
        }
        Ok(())
    }

    pub(super) fn read(from: &mut impl Read) -> io::Result<Self> {
        let mut positions = Self::default();
        for _ in 0..super::snapshot::number(from)? {
            let mut number = || super::snapshot::number(from);
            let (named, degrees, reach) = (number()?, number()?, number()?);
            let halves = |number: u64| ((number >> 32) as u32, number as u32);
            let ((place, act), (latitude, longitude)) = (halves(named), halves(degrees));
            let (latitude, longitude) = (latitude.cast_signed(), longitude.cast_signed());
            let spot = Spot { latitude, longitude, reach: reach as u32 };
            positions.push(Thing(place), Act(act), spot);
        }
        Ok(positions)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn spot(latitude: f64, longitude: f64) -> Spot {
        let millionths = |degrees: f64| (degrees * 1e6).round() as i64;
        Spot::new(millionths(latitude), millionths(longitude), 0).unwrap()
    }

    fn is_near(found: f64, expected: f64, within: f64) {
        assert!((found - expected).abs() <= within, "{found}, not {expected}");
    }

    #[test]
    fn known_distances_are_found() {
        // Of a sphere: a quarter of its girth, and the degree of a meridian.
        let quarter = std::f64::consts::FRAC_PI_2 * RADIUS;
        is_near(spot(0.0, 0.0).distance(spot(90.0, 0.0)), quarter, 1e-3);
        is_near(spot(0.0, 0.0).distance(spot(0.0, 90.0)), quarter, 1e-3);
        is_near(spot(0.0, 0.0).distance(spot(0.0, 180.0)), 2.0 * quarter, 1e-3);
        is_near(spot(30.0, 114.0).distance(spot(31.0, 114.0)), quarter / 90.0, 1e-3);
        // Of the ellipsoid: Flinders Peak to Buninyong, 54 972.271 m (Geocentric Datum of Australia,
        // technical manual, 4.1).
        let flinders = spot(-37.951_033, 144.424_868);
        let buninyong = spot(-37.652_821, 143.926_496);
        is_near(flinders.distance(buninyong), 54_972.271, 54_972.271 * 0.006);
        // The quarter of the ellipsoid's meridian is 10 001 965.729 m.
        is_near(quarter, 10_001_965.729, 10_001_965.729 * 0.006);
    }

    #[test]
    fn what_can_be_elsewhere_can_be_nearer() {
        let (here, there) = (spot(30.0, 114.0), spot(31.0, 114.0));
        let wide = Spot { reach: 50_000, ..here };
        is_near(wide.least_distance(there), here.distance(there) - 50_000.0, 1e-6);
        assert_eq!(wide.least_distance(Spot { reach: 80_000, ..there }), 0.0);
    }

    #[test]
    fn a_uri_is_a_position_where_it_says_one() {
        let here = spot(30.55, 114.31);
        assert_eq!(Spot::of_uri("geo:30.55,114.31"), Some(here));
        assert_eq!(Spot::of_uri("GEO:30.55,114.31,12;crs=WGS84"), Some(here));
        let wide = Spot { reach: 36, ..here };
        assert_eq!(Spot::of_uri("geo:30.55,114.31;crs=wgs84;u=35.2"), Some(wide));
        for other in
            ["geo:30.55", "geo:91,0", "geo:a,b", "geo:1,2;crs=moon", "geo:1,2;u=x", "gln:1", "机"]
        {
            assert_eq!(Spot::of_uri(other), None, "{other}");
        }
    }

    #[test]
    fn positions_are_read_as_they_were_written() {
        let mut positions = Positions::default();
        positions.push(Thing(7), Act(3), spot(-30.5, 114.25));
        positions.push(Thing(7), Act(9), Spot { reach: 89_000, ..spot(30.5, -114.25) });
        positions.push(Thing(u32::MAX), Act(0), spot(90.0, 180.0));
        let mut bytes = Vec::new();
        positions.write(&mut bytes).unwrap();
        let read = Positions::read(&mut bytes.as_slice()).unwrap();
        assert_eq!(read.of_places, positions.of_places);
        assert_eq!(read.said_by(Act(3), Thing(7)), Some(spot(-30.5, 114.25)));
        assert_eq!(read.said_by(Act(9), Thing(u32::MAX)), None);
        bytes.truncate(bytes.len() - 1);
        assert!(Positions::read(&mut bytes.as_slice()).is_err());
    }

    fn spots() -> impl Strategy<Value = Spot> {
        (-90_000_000_i64..=90_000_000, -180_000_000_i64..=180_000_000)
            .prop_map(|(latitude, longitude)| Spot::new(latitude, longitude, 0).unwrap())
    }

    proptest! {
        #[test]
        fn a_distance_is_one((a, b, c) in (spots(), spots(), spots())) {
            let (there, back) = (a.distance(b), b.distance(a));
            prop_assert!((there - back).abs() < 1e-6);
            prop_assert!((0.0..=std::f64::consts::PI * RADIUS + 1e-6).contains(&there));
            prop_assert_eq!(a.distance(a), 0.0);
            // No way by a third place is shorter: up to what is lost where two are opposite.
            prop_assert!(there <= a.distance(c) + c.distance(b) + 0.2);
        }
    }
}
