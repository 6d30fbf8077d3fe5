//! Properties of the scan statistics, and what they do with bad input.

use proptest::prelude::*;
use stats::scan::{
    Baseline, Model, Panel, SpaceTimeOptions, SpatialOptions, Statistic, Zones, kulldorff,
    space_time,
};

const QUICK: SpatialOptions =
    SpatialOptions { population_bound: 0.5, simulations: 0, seed: 1, alpha: 0.05 };

type Region = ((f64, f64), f64, f64);

fn regions() -> impl Strategy<Value = Vec<Region>> {
    let region = ((0.0..100.0, 0.0..100.0), 50u32..500, 0.0..0.1f64);
    let region = region.prop_map(|(place, people, rate)| {
        let people = f64::from(people);
        (place, people, (people * rate).round())
    });
    prop::collection::vec(region, 4..30)
        .prop_filter("some case", |r| r.iter().any(|(_, _, cases)| *cases > 0.0))
}

fn split(regions: &[Region]) -> (Vec<(f64, f64)>, Vec<f64>, Vec<f64>) {
    let places = regions.iter().map(|r| r.0).collect();
    let people = regions.iter().map(|r| r.1).collect();
    let cases = regions.iter().map(|r| r.2).collect();
    (places, people, cases)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn renumbering_regions_changes_nothing(regions in regions(), turn in 0usize..30) {
        let (places, people, cases) = split(&regions);
        let mut turned = regions.clone();
        let turn = turn % regions.len();
        turned.rotate_left(turn);
        let (places2, people2, cases2) = split(&turned);
        for bernoulli in [true, false] {
            let (model, model2) = if bernoulli {
                (Model::Bernoulli, Model::Bernoulli)
            } else {
                (Model::Poisson { expected: &people }, Model::Poisson { expected: &people2 })
            };
            let one = kulldorff(&places, &people, &cases, model, &QUICK);
            let two = kulldorff(&places2, &people2, &cases2, model2, &QUICK);
            let (Ok(one), Ok(two)) = (one, two) else { continue };
            prop_assert_eq!(one.zones.len(), two.zones.len());
            if let (Some(one), Some(two)) = (one.clusters.first(), two.clusters.first()) {
                prop_assert!((one.llr - two.llr).abs() <= 1e-9 * one.llr);
                // Another zone may be as likely to the last digit; its statistic then tells.
                let mut back: Vec<usize> =
                    two.regions.iter().map(|i| (i + turn) % regions.len()).collect();
                let mut there = one.regions.clone();
                back.sort_unstable();
                there.sort_unstable();
                prop_assert!(back == there || (one.llr - two.llr).abs() <= 1e-12 * one.llr);
            }
        }
    }

    #[test]
    fn more_cases_in_the_cluster_make_it_likelier(regions in regions()) {
        let (places, people, mut cases) = split(&regions);
        let model = Model::Poisson { expected: &people };
        let Ok(before) = kulldorff(&places, &people, &cases, model, &QUICK) else { return Ok(()) };
        if let Some(first) = before.clusters.first() {
            cases[first.regions[0]] += 5.0;
            let after = kulldorff(&places, &people, &cases, model, &QUICK).unwrap();
            prop_assert!(after.clusters[0].llr > first.llr);
        }
    }

    #[test]
    fn the_unit_of_length_and_of_people_does_not_matter(regions in regions(), by in 0.01..100.0f64) {
        let (places, people, cases) = split(&regions);
        let far: Vec<(f64, f64)> = places.iter().map(|(x, y)| (x * 8.0, y * 8.0)).collect();
        let scaled: Vec<f64> = people.iter().map(|p| p * by).collect();
        let one = kulldorff(&places, &people, &cases, Model::Poisson { expected: &people }, &QUICK);
        let two = kulldorff(&far, &people, &cases, Model::Poisson { expected: &scaled }, &QUICK);
        let (Ok(one), Ok(two)) = (one, two) else { return Ok(()) };
        for (a, b) in one.zones.iter().zip(&two.zones) {
            prop_assert!((a.llr - b.llr).abs() <= 1e-9 * (1.0 + a.llr), "{} {}", a.llr, b.llr);
        }
    }
}

fn panel() -> (Vec<f64>, Zones) {
    let places: Vec<(f64, f64)> = (0..9).map(|i| (f64::from(i % 3), f64::from(i / 3))).collect();
    let counts = (0..45).map(|i| f64::from((i * 7 + i / 5) % 4)).collect();
    (counts, Zones::nearest(&places, 4).unwrap())
}

#[test]
fn threads_do_not_matter() {
    let (counts, zones) = panel();
    let panel = Panel { counts: &counts, periods: 5 };
    let options = SpaceTimeOptions { simulations: 99, seed: 7, longest: Some(3) };
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads);
        pool.build().unwrap().install(|| {
            [Statistic::ExpectationPoisson, Statistic::PopulationPoisson, Statistic::Permutation]
                .map(|s| space_time(&panel, &zones, s, Baseline::Margins, &options).unwrap())
        })
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
    assert_eq!(one[0].windows.len(), zones.len() * 3);
}

#[test]
fn seeds_and_simulations() {
    let (counts, zones) = panel();
    let panel = Panel { counts: &counts, periods: 5 };
    let run = |seed, simulations| {
        let options = SpaceTimeOptions { simulations, seed, longest: None };
        space_time(&panel, &zones, Statistic::Permutation, Baseline::Margins, &options).unwrap()
    };
    assert_ne!(run(1, 50).replicates, run(2, 50).replicates);
    // A simulation does not depend on how many there are.
    assert_eq!(run(1, 50).replicates, run(1, 90).replicates[..50]);
    assert_eq!(run(1, 0).significance, None);
}

#[test]
fn bad_input_is_refused() {
    let places = [(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 1.0)];
    let people = [100.0; 4];
    let spatial = |places: &[(f64, f64)], people: &[f64], cases: &[f64], model| {
        let error = kulldorff(places, people, cases, model, &SpatialOptions::default());
        error.unwrap_err().code()
    };
    let bernoulli = Model::Bernoulli;
    assert_eq!(spatial(&[], &[], &[], bernoulli), "stats.empty");
    assert_eq!(spatial(&places, &people, &[1.0; 3], bernoulli), "stats.length");
    assert_eq!(spatial(&places, &people, &[0.0; 4], bernoulli), "stats.out_of_range");
    assert_eq!(spatial(&places, &[0.0; 4], &[1.0; 4], bernoulli), "stats.out_of_range");
    assert_eq!(spatial(&places, &people, &[-1.0, 1.0, 1.0, 1.0], bernoulli), "stats.negative");
    assert_eq!(spatial(&places, &people, &[f64::NAN; 4], bernoulli), "stats.not_finite");
    assert_eq!(spatial(&places, &people, &[200.0; 4], bernoulli), "stats.inconsistent");
    assert_eq!(spatial(&places[..1], &people[..1], &[5.0], bernoulli), "stats.no_solution");
    let far = [(0.0, 0.0), (f64::INFINITY, 0.0), (2.0, 0.0), (3.0, 1.0)];
    assert_eq!(spatial(&far, &people, &[1.0; 4], bernoulli), "stats.not_finite");
    let nowhere = Model::Poisson { expected: &[0.0, 1.0, 1.0, 1.0] };
    assert_eq!(spatial(&places, &people, &[1.0; 4], nowhere), "stats.inconsistent");
    assert!(stats::scan::expected(&[1.0, 0.0], &[0.0, 1.0], 2).is_err());
    assert!(stats::scan::expected(&[1.0, 2.0, 3.0], &[0.0; 3], 2).is_err());

    let zones = Zones::nearest(&places, 2).unwrap();
    let panel = |counts: &[f64], periods, baseline, longest| {
        let options = SpaceTimeOptions { longest, ..Default::default() };
        let statistic = Statistic::PopulationPoisson;
        let error = space_time(&Panel { counts, periods }, &zones, statistic, baseline, &options);
        error.unwrap_err().code()
    };
    let margins = Baseline::Margins;
    assert_eq!(panel(&[], 2, margins, None), "stats.empty");
    assert_eq!(panel(&[1.0; 7], 2, margins, None), "stats.length");
    assert_eq!(panel(&[0.5; 8], 2, margins, None), "stats.not_whole");
    assert_eq!(panel(&[0.0; 8], 2, margins, None), "stats.out_of_range");
    assert_eq!(panel(&[1.0; 8], 2, margins, Some(3)), "stats.out_of_range");
    assert_eq!(panel(&[1.0; 8], 2, Baseline::Given(&[0.0; 8]), None), "stats.inconsistent");
    let gone = [0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
    assert_eq!(panel(&[1.0; 8], 2, Baseline::PopulationShare(&gone), None), "stats.out_of_range");
}
