//! Disproportionality beyond its golden cases.

use proptest::prelude::*;
use rayon::ThreadPoolBuilder;
use stats::signal::{
    Cell, FitOptions, Prior, Report, SquashOptions, Squashed, TwoByTwo, count_pairs, fit_prior,
    information_component, information_component_approximate, negative_log_likelihood, pooled,
    score, squash, squash_count,
};

/// Admissions to six departments by sex (Bickel, Hammel and O'Connell 1975, Science 187, 398-404); the
/// pooled odds ratio and interval of R's `mantelhaen.test`.
#[test]
fn pooled_odds_ratio_of_the_berkeley_admissions() {
    let strata = [
        [512, 89, 313, 19],
        [353, 17, 207, 8],
        [120, 202, 205, 391],
        [138, 131, 279, 244],
        [53, 94, 138, 299],
        [22, 24, 351, 317],
    ]
    .map(|cells| {
        let [a, b, c, d] = cells.map(f64::from);
        TwoByTwo::new(a, b, c, d).unwrap()
    });
    let ror = pooled(&strata, 0.95).unwrap().ror;
    let (lower, upper) = ror.interval.unwrap();
    assert!((ror.value - 0.904696828258623).abs() < 1e-14);
    assert!((lower - 0.77190736175935).abs() < 1e-13);
    assert!((upper - 1.06032976443666).abs() < 1e-13);
}

fn prior() -> impl Strategy<Value = Prior> {
    (0.05..8f64, 0.05..8f64, 0.05..8f64, 0.05..8f64, 0.001..0.999f64)
        .prop_map(|(a, b, c, d, p)| Prior::new(a, b, c, d, p).unwrap())
}

fn cells() -> impl Strategy<Value = Vec<Cell>> {
    let cell = (0..60u32, -4.0..3f64).prop_map(|(observed, power)| Cell {
        observed: f64::from(observed),
        expected: 10f64.powf(power),
    });
    prop::collection::vec(cell, 1..300)
}

proptest! {
    #[test]
    fn quantiles_undo_the_distribution_function(
        prior in prior(), cells in cells(), p in 0.001..0.999f64,
    ) {
        let scores = score(&cells, &prior, [p]).unwrap();
        for (cell, scored) in cells.iter().zip(&scores) {
            let posterior = prior.posterior(cell.observed, cell.expected).unwrap();
            let [quantile] = scored.quantiles;
            prop_assert!((posterior.cdf(quantile) - p).abs() < 1e-11, "{cell:?} {quantile}");
            prop_assert_eq!(posterior.quantile(p).unwrap(), quantile);
            prop_assert_eq!(posterior.ebgm(), scored.ebgm);
        }
    }

    #[test]
    fn one_more_report_raises_every_score(prior in prior(), n in 0..50u32, e in 0.001..50f64) {
        let cells = [f64::from(n), f64::from(n + 1)].map(|observed| Cell { observed, expected: e });
        let scores = score(&cells, &prior, [0.05, 0.95]).unwrap();
        prop_assert!(scores[1].ebgm > scores[0].ebgm);
        for k in 0..2 {
            prop_assert!(scores[1].quantiles[k] > scores[0].quantiles[k]);
        }
        let [low, high] = scores[0].quantiles;
        prop_assert!(low < high && low < scores[0].ebgm * 1.5);
    }

    #[test]
    fn scores_do_not_depend_on_threads(prior in prior(), cells in cells()) {
        let many: Vec<Cell> = cells.iter().cycle().take(5000).copied().collect();
        let run = |threads: usize| {
            let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| score(&many, &prior, [0.05]).unwrap())
        };
        prop_assert_eq!(run(1), run(4));
    }

    #[test]
    fn squashing_keeps_the_weight_and_the_expected_counts(cells in cells(), keep in 0..20usize) {
        let options = SquashOptions { keep: vec![keep], ..SquashOptions::default() };
        let by_count = squash_count(&cells, cells[0].observed, 3, keep).unwrap();
        for points in [squash(&cells, &options).unwrap(), by_count] {
            let weight: f64 = points.iter().map(|p| p.weight).sum();
            prop_assert_eq!(weight, cells.len() as f64);
            let expected: f64 = points.iter().map(|p| p.weight * p.expected).sum();
            let sum: f64 = cells.iter().map(|c| c.expected).sum();
            prop_assert!((expected / sum - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_fit_is_no_worse_than_where_it_began(cells in cells()) {
        let points: Vec<Squashed> = cells
            .iter()
            .filter(|c| c.observed >= 1.0)
            .map(|c| Squashed { observed: c.observed, expected: c.expected, weight: 1.0 })
            .collect();
        prop_assume!(!points.is_empty());
        let options = FitOptions { steps: 60, ..FitOptions::default() };
        let fit = fit_prior(&points, &options).unwrap();
        for start in &options.starts {
            let value = negative_log_likelihood(&points, start, 1.0).unwrap();
            prop_assert!(fit.negative_log_likelihood <= value + 1e-9);
        }
        let again = negative_log_likelihood(&points, &fit.prior, 1.0).unwrap();
        prop_assert!((again - fit.negative_log_likelihood).abs() < 1e-6 * (1.0 + again.abs()));
    }

    #[test]
    fn expected_counts_are_kept_by_independence(
        lines in prop::collection::vec((0..12u32, 0..4u32, 0..4u32), 1..60),
    ) {
        // Every product of a report with every event of it.
        let of = |id: u32| lines.iter().filter(move |line| line.0 == id);
        let reports: Vec<Report> = lines
            .iter()
            .flat_map(|&(id, product, _)| {
                of(id).map(move |line| Report { id, product, event: line.2, stratum: id % 2 })
            })
            .collect();
        let mut ids: Vec<u32> = lines.iter().map(|line| line.0).collect();
        ids.sort_unstable();
        ids.dedup();
        let pairs = count_pairs(&reports).unwrap();
        for pair in &pairs {
            prop_assert_eq!(pair.table.total(), ids.len() as f64);
            prop_assert!(pair.observed >= 1.0 && pair.expected > 0.0);
            prop_assert!([pair.table.b, pair.table.c, pair.table.d].iter().all(|x| *x >= 0.0));
        }
        let mut shuffled = reports;
        shuffled.reverse();
        prop_assert_eq!(pairs, count_pairs(&shuffled).unwrap());
    }

    #[test]
    fn turning_a_table_round_inverts_its_ratios(
        a in 1..500u32, b in 1..500u32, c in 1..500u32, d in 1..500u32,
    ) {
        let [a, b, c, d] = [a, b, c, d].map(f64::from);
        let table = TwoByTwo::new(a, b, c, d).unwrap();
        let turned = TwoByTwo::new(c, d, a, b).unwrap();
        for (one, two) in [
            (table.prr(0.9).unwrap(), turned.prr(0.9).unwrap()),
            (table.ror(0.9).unwrap(), turned.ror(0.9).unwrap()),
        ] {
            prop_assert!((one.value * two.value - 1.0).abs() < 1e-12);
            let ((low, high), (other, _)) = (one.interval.unwrap(), two.interval.unwrap());
            prop_assert!(low < one.value && one.value < high);
            prop_assert!((high * other - 1.0).abs() < 1e-9);
        }
        prop_assert!((table.chi_squared(true) - turned.chi_squared(true)).abs() < 1e-9);
        prop_assert!(table.chi_squared(true) <= table.chi_squared(false));
        let pool = pooled(&[table], 0.9).unwrap();
        prop_assert!((pool.ror.value / table.ror(0.9).unwrap().value - 1.0).abs() < 1e-12);
        let (one, two) = (pool.prr.interval.unwrap(), table.prr(0.9).unwrap().interval.unwrap());
        prop_assert!((one.0 / two.0 - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_information_component_shrinks_towards_zero(n in 0..400u32, e in 0.0..400f64) {
        let n = f64::from(n);
        let ic = information_component(n, e).unwrap();
        prop_assert!(ic.lower < ic.value && ic.value < ic.upper);
        if n > 0.0 && e > 0.0 {
            prop_assert!(ic.value.abs() <= (n / e).log2().abs() + 1e-12);
        }
        let quick = information_component_approximate(n, e).unwrap();
        prop_assert_eq!(quick.value, ic.value);
        prop_assert!(n == 0.0 || (quick.lower - ic.lower).abs() < 0.06);
        prop_assert!((quick.upper - ic.upper).abs() < 0.35);
    }
}

#[test]
fn bad_input_is_refused() {
    let prior = Prior::new(0.2, 0.1, 2.0, 4.0, 0.3).unwrap();
    let cell = |observed, expected| Cell { observed, expected };
    for (cells, code) in [
        (vec![cell(1.0, 1.0), cell(-1.0, 1.0)], "stats.negative"),
        (vec![cell(1.5, 1.0)], "stats.not_whole"),
        (vec![cell(f64::NAN, 1.0)], "stats.not_finite"),
        (vec![cell(1.0, 0.0)], "stats.out_of_range"),
        (vec![cell(1.0, f64::INFINITY)], "stats.out_of_range"),
    ] {
        assert_eq!(score(&cells, &prior, [0.05]).unwrap_err().code(), code);
        assert_eq!(squash(&cells, &SquashOptions::default()).unwrap_err().code(), code);
    }
    assert!(score(&[], &prior, [0.05]).unwrap().is_empty());
    assert_eq!(score(&[], &prior, [0.0]).unwrap_err().code(), "stats.out_of_range");
    assert_eq!(squash(&[], &SquashOptions::default()).unwrap_err().code(), "stats.empty");
    assert_eq!(count_pairs(&[]).unwrap_err().code(), "stats.empty");
    assert_eq!(pooled(&[], 0.95).unwrap_err().code(), "stats.out_of_range");
    assert_eq!(TwoByTwo::new(1.0, -1.0, 0.0, 0.0).unwrap_err().code(), "stats.negative");
    assert_eq!(Prior::new(0.0, 1.0, 1.0, 1.0, 0.5).unwrap_err().code(), "stats.out_of_range");
    assert_eq!(information_component(1.0, -1.0).unwrap_err().code(), "stats.negative");
    assert_eq!(fit_prior(&[], &FitOptions::default()).unwrap_err().code(), "stats.empty");
    let below = [Squashed { observed: 0.0, expected: 1.0, weight: 1.0 }];
    let error = fit_prior(&below, &FitOptions::default()).unwrap_err();
    assert_eq!(error.code(), "stats.out_of_range");
    let none = FitOptions { starts: Vec::new(), ..FitOptions::default() };
    let one = [Squashed { observed: 1.0, expected: 1.0, weight: 1.0 }];
    assert_eq!(fit_prior(&one, &none).unwrap_err().code(), "stats.out_of_range");
}

#[test]
fn a_prior_of_one_component_is_allowed() {
    for share in [0.0, 1.0] {
        let prior = Prior::new(2.0, 1.0, 3.0, 4.0, share).unwrap();
        let posterior = prior.posterior(4.0, 2.0).unwrap();
        assert_eq!(posterior.first_share(), share);
        assert!((posterior.cdf(posterior.quantile(0.05).unwrap()) - 0.05).abs() < 1e-13);
    }
}
