//! Scan statistics: where, and since when, are there more cases than chance explains?
//!
//! | method | source | held to |
//! |---|---|---|
//! | [`kulldorff`], Poisson and Bernoulli | Kulldorff 1997 | SpatialEpi on the New York leukaemia and Pennsylvania lung cancer data |
//! | [`expected`] numbers by strata | Breslow and Day 1987 | SpatialEpi on the Pennsylvania data |
//! | [`space_time`], expectation-based Poisson | Neill 2009 | scanstatistics on the New Mexico brain cancer data |
//! | [`space_time`], population-based Poisson | Kulldorff 2001 | the same |
//! | [`space_time`], permutation | Kulldorff and others 2005 | the same |
//! | [`Zones`], circular | Tango and Takahashi 2005 | the same |
//!
//! Regions, locations and periods count from 0. Cases, populations and expected numbers are plain
//! numbers; coordinates are in any one unit of length. All scans look for raised rates only.
//!
//! Significance comes from simulations. Simulation `i` is stream `i` of the seed, so that the same
//! seed gives the same p-values on every machine and with any number of threads.
//!
//! Where the published software differs from the paper, the paper is followed: SpatialEpi simulates
//! its "binomial" model by a multinomial draw (a person may be a case twice) and truncates totals to
//! whole numbers; here people are drawn without replacement and totals are kept.

mod draw;
mod engine;
mod expected;
mod null;
mod score;
mod significance;
mod space_time;
mod spatial;
mod zones;

pub use expected::expected;
pub use significance::Significance;
pub use space_time::{
    Baseline, Panel, SpaceTimeOptions, SpaceTimeScan, Statistic, Window, space_time,
};
pub use spatial::{Model, SpatialCluster, SpatialOptions, SpatialScan, ZoneStatistic, kulldorff};
pub use zones::Zones;
