//! Properties of robust statistics and scores.

use proptest::collection::vec;
use proptest::prelude::*;
use stats::proficiency::{
    AlgorithmAOptions, Constants, algorithm_a, algorithm_s, en_score, homogeneity, z_prime_score,
    z_score, zeta_score,
};

fn results() -> impl Strategy<Value = Vec<f64>> {
    let differ = |v: &Vec<f64>| v.iter().any(|x| (x - v[0]).abs() > 1e-3);
    vec(5.0..15.0f64, 4..40).prop_filter("all alike", differ)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-7 * a.abs().max(b.abs()).max(1.0)
}

proptest! {
    #[test]
    fn algorithm_a_moves_with_the_unit(x in results(), scale in 0.1..50.0f64, shift in -9.0..9.0f64) {
        for constants in [Constants::Printed, Constants::Exact] {
            let options = AlgorithmAOptions { constants, ..AlgorithmAOptions::default() };
            let moved: Vec<f64> = x.iter().map(|x| x * scale + shift).collect();
            let (plain, moved) = (algorithm_a(&x, &options).unwrap(), algorithm_a(&moved, &options).unwrap());
            prop_assert!(near(plain.mean * scale + shift, moved.mean));
            prop_assert!(near(plain.standard_deviation * scale, moved.standard_deviation));
        }
    }

    #[test]
    fn what_lies_far_out_does_not_pull_further_out(x in results(), far in 1e3..1e6f64) {
        let options = AlgorithmAOptions::default();
        let with = |outlier: f64| {
            let mut x = x.clone();
            x.push(outlier);
            algorithm_a(&x, &options).unwrap()
        };
        let (near_by, farther) = (with(far), with(far * 100.0));
        prop_assert!(near(near_by.mean, farther.mean));
        prop_assert!(near(near_by.standard_deviation, farther.standard_deviation));
    }

    #[test]
    fn algorithm_s_scales_and_lies_within(w in vec(0.1..5.0f64, 2..30), nu in 1.0..20.0f64, scale in 0.1..50.0f64) {
        let scaled: Vec<f64> = w.iter().map(|w| w * scale).collect();
        let pooled = algorithm_s(&w, nu).unwrap();
        prop_assert!(near(pooled * scale, algorithm_s(&scaled, nu).unwrap()));
        let low = w.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        prop_assert!(pooled >= low);
    }

    #[test]
    fn scores_turn_with_the_sides(x in 5.0..15.0f64, y in 5.0..15.0f64, u in 0.1..2.0f64, v in 0.1..2.0f64) {
        prop_assert_eq!(z_score(x, y, u).unwrap(), -z_score(y, x, u).unwrap());
        prop_assert_eq!(en_score(x, u, y, v).unwrap(), -en_score(y, v, x, u).unwrap());
        prop_assert!(z_prime_score(x, y, v, u).unwrap().abs() <= z_score(x, y, u).unwrap().abs());
        // With U = 2 u on both sides, En is half of zeta.
        prop_assert!(near(2.0 * en_score(x, 2.0 * u, y, 2.0 * v).unwrap(), zeta_score(x, u, y, v).unwrap()));
    }

    #[test]
    fn homogeneity_does_not_know_the_level(items in vec((5.0..15.0f64, 5.0..15.0f64), 2..15), shift in -5.0..5.0f64) {
        let at = |shift: f64| {
            let items: Vec<[f64; 2]> = items.iter().map(|(a, b)| [a + shift, b + shift]).collect();
            homogeneity(&items, 1.0).unwrap()
        };
        let (plain, moved) = (at(0.0), at(shift));
        prop_assert!((plain.between - moved.between).abs() < 1e-5 && near(plain.within, moved.within));
        prop_assert!(plain.cochran.statistic <= 1.0 && plain.expanded_limit >= plain.limit);
    }
}
