//! Properties of scores and scorecards.

use proptest::collection::vec;
use proptest::prelude::*;
use stats::rating::{
    Discrimination, brier_decomposition, brier_score, calibration, compare_auc, kendall_tau_b,
    population_stability,
};

/// Scores on a coarse scale, so that there are ties, with at least two of each outcome.
fn cases() -> impl Strategy<Value = (Vec<f64>, Vec<bool>)> {
    (vec((0..20i32, any::<bool>()), 1..80)).prop_map(|cases| {
        let mut cases = cases;
        cases.extend([(3, true), (9, true), (3, false), (12, false)]);
        cases.into_iter().map(|(score, bad)| (f64::from(score), bad)).unzip()
    })
}

proptest! {
    #[test]
    fn only_the_order_of_scores_counts((scores, bad) in cases()) {
        let stretched: Vec<f64> = scores.iter().map(|s| (s / 3.0).exp()).collect();
        let plain = Discrimination::new(&scores, &bad).unwrap();
        let stretched = Discrimination::new(&stretched, &bad).unwrap();
        prop_assert_eq!(plain.auc(), stretched.auc());
        prop_assert_eq!(plain.ks(), stretched.ks());
        prop_assert_eq!(plain.auc_standard_error().unwrap(), stretched.auc_standard_error().unwrap());
    }

    #[test]
    fn turning_the_score_turns_the_area((scores, bad) in cases()) {
        let turned: Vec<f64> = scores.iter().map(|s| -s).collect();
        let (plain, turned) = (Discrimination::new(&scores, &bad).unwrap(), Discrimination::new(&turned, &bad).unwrap());
        prop_assert!((plain.auc() + turned.auc() - 1.0).abs() < 1e-14);
        prop_assert!((plain.ks() - turned.ks()).abs() < 1e-14);
        let (a, b) = (plain.auc_standard_error().unwrap(), turned.auc_standard_error().unwrap());
        prop_assert!((a - b).abs() < 1e-14);
        let interval = plain.auc_interval(0.9).unwrap();
        prop_assert!(interval.lower <= interval.auc && interval.auc <= interval.upper);
    }

    #[test]
    fn the_area_is_that_under_the_curve((scores, bad) in cases()) {
        let found = Discrimination::new(&scores, &bad).unwrap();
        let roc = found.roc();
        let slices = roc.windows(2).map(|p| {
            let width = p[1].false_positive_rate - p[0].false_positive_rate;
            width * (p[0].true_positive_rate + p[1].true_positive_rate) / 2.0
        });
        prop_assert!((slices.sum::<f64>() - found.auc()).abs() < 1e-13);
        let gaps = roc.iter().map(|p| (p.true_positive_rate - p.false_positive_rate).abs());
        prop_assert!((gaps.fold(0.0, f64::max) - found.ks()).abs() < 1e-14);
    }

    #[test]
    fn a_score_against_itself_turned((scores, bad) in cases()) {
        let turned: Vec<f64> = scores.iter().map(|s| -s).collect();
        let (there, back) = (compare_auc(&scores, &turned, &bad).unwrap(), compare_auc(&turned, &scores, &bad).unwrap());
        prop_assert!((there.difference + back.difference).abs() < 1e-14);
        prop_assert!((there.p_value - back.p_value).abs() < 1e-12 && (0.0..=1.0).contains(&there.p_value));
    }

    #[test]
    fn tau_is_symmetric_and_turns(x in vec(0..9i32, 3..50), seed in 1..97usize) {
        let x: Vec<f64> = x.into_iter().map(f64::from).collect();
        let y: Vec<f64> = (0..x.len()).map(|i| ((i * seed) % 7) as f64).collect();
        prop_assume!(x.iter().any(|v| *v != x[0]) && y.iter().any(|v| *v != y[0]));
        let turned: Vec<f64> = y.iter().map(|v| -v).collect();
        let tau = kendall_tau_b(&x, &y).unwrap();
        prop_assert!((-1.0..=1.0).contains(&tau));
        prop_assert!((tau - kendall_tau_b(&y, &x).unwrap()).abs() < 1e-14);
        prop_assert!((tau + kendall_tau_b(&x, &turned).unwrap()).abs() < 1e-14);
        prop_assert!((kendall_tau_b(&x, &x).unwrap() - 1.0).abs() < 1e-14);
    }

    #[test]
    fn the_parts_of_the_brier_score_add_up((scores, bad) in cases()) {
        let p: Vec<f64> = scores.iter().map(|s| s / 20.0).collect();
        let parts = brier_decomposition(&p, &bad).unwrap();
        let whole = parts.reliability - parts.resolution + parts.uncertainty;
        prop_assert!((whole - brier_score(&p, &bad).unwrap()).abs() < 1e-13);
        let table = calibration(&p, &bad, 2, false).unwrap();
        prop_assert_eq!(table.groups.iter().map(|g| g.cases).sum::<usize>(), p.len());
        prop_assert!((0.0..=1.0).contains(&table.p_value));
    }

    #[test]
    fn stability_is_symmetric_and_never_negative(counts in vec((1..500u32, 1..500u32), 2..12)) {
        let (a, b): (Vec<f64>, Vec<f64>) = counts.iter().map(|(a, b)| (f64::from(*a), f64::from(*b))).unzip();
        let there = population_stability(&a, &b).unwrap();
        prop_assert!(there.index >= 0.0 && there.by_bin.iter().all(|part| *part >= 0.0));
        prop_assert!((there.index - population_stability(&b, &a).unwrap().index).abs() < 1e-13);
        let tenfold: Vec<f64> = a.iter().map(|a| a * 10.0).collect();
        prop_assert!(population_stability(&a, &tenfold).unwrap().index < 1e-25);
    }
}
