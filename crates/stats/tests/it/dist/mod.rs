//! Distribution functions against values computed with 60 digits.

use proptest::prelude::*;
use stats::dist::{
    Beta, Binomial, Continuous, Discrete, FisherF, Gamma, Hypergeometric, NegativeBinomial, Normal,
    Poisson, StudentT, digamma, ln_beta, ln_gamma, trigamma,
};

/// `function,value,arguments`, where the value has 17 digits of one computed with mpmath.
const VECTORS: &str = include_str!("vectors.csv");

#[test]
fn vectors() {
    let mut count = 0;
    for line in VECTORS.lines().skip(1) {
        let fields: Vec<&str> = line.split(',').collect();
        let [function, value, arguments] = fields[..] else {
            panic!("three fields in {line}")
        };
        let value: f64 = value.parse().unwrap();
        let arguments: Vec<f64> = arguments.split(' ').map(|a| a.parse().unwrap()).collect();
        let got = evaluate(function, &arguments);
        let error = (got / value - 1.0).abs();
        // What is left is the rounding of the exponent, which grows to some 700 in the far tails.
        assert!(error < 1.2e-13, "{line}: {got:e}, off by {error:e}");
        count += 1;
    }
    assert!(count > 1000, "{count} vectors");
}

/// The quantile of the distribution function is where one began, in both tails.
fn there_and_back(of: impl Continuous, x: f64) -> Result<(), TestCaseError> {
    for (back, tail) in [
        (of.quantile(of.cdf(x)).unwrap(), of.cdf(x)),
        (of.upper_quantile(of.sf(x)).unwrap(), of.sf(x)),
    ] {
        // A rounding of the tail moves the quantile by its size over the density.
        let slack = 4e-15 * (1.0 + x.abs()) + 4e-14 * tail / of.pdf(x);
        let lost = !(1e-300..1.0 - 1e-6).contains(&tail);
        prop_assert!(
            lost || (back - x).abs() <= slack,
            "{x}: {back}, tail {tail}"
        );
    }
    Ok(())
}

proptest! {
    #[test]
    fn continuous_quantiles(
        a in 0.05..50f64, b in 0.05..50f64, n in 0.5..500f64, u in 0.001..0.999f64, w in -6.0..6f64,
    ) {
        there_and_back(Gamma::new(a, b).unwrap(), (u / (1.0 - u)) * a / b)?;
        there_and_back(Beta::new(a, b).unwrap(), u)?;
        there_and_back(StudentT::new(n).unwrap(), w)?;
        there_and_back(FisherF::new(a, n).unwrap(), u / (1.0 - u))?;
        there_and_back(Normal::new(a, b).unwrap(), a + b * w)?;
    }

    #[test]
    fn discrete_quantiles(
        n in 1u32..2000, share in 0.0..1f64, p in 1e-9..0.999f64, size in 0.01..1e4f64,
    ) {
        let n = f64::from(n);
        let m = (n * share).floor();
        smallest(&Poisson::new(n * share).unwrap(), p)?;
        smallest(&Binomial::new(n, share).unwrap(), p)?;
        smallest(&NegativeBinomial::with_mean(n * share, size).unwrap(), p)?;
        smallest(&Hypergeometric::new(n, m, (n * p).ceil()).unwrap(), p)?;
    }
}

/// The quantile is the smallest number whose tail reaches the probability.
fn smallest(of: &dyn Discrete, p: f64) -> Result<(), TestCaseError> {
    let (first, _) = of.support();
    let k = of.quantile(p).unwrap();
    prop_assert!(of.cdf(k) >= p * (1.0 - 2e-14));
    prop_assert!(k == first || of.cdf(k - 1.0) < p);
    let k = of.upper_quantile(p).unwrap();
    prop_assert!(of.sf(k) <= p * (1.0 + 2e-14));
    prop_assert!(k == first || of.sf(k - 1.0) > p);
    prop_assert_eq!(
        of.quantile(of.cdf(k)).unwrap(),
        of.quantile(of.cdf(k) * (1.0 - 1e-15)).unwrap()
    );
    Ok(())
}

#[test]
fn parameters_outside_their_range_are_refused() {
    let nan = f64::NAN;
    for (error, code) in [
        (Gamma::new(0.0, 1.0).unwrap_err(), "stats.out_of_range"),
        (Gamma::new(1.0, nan).unwrap_err(), "stats.out_of_range"),
        (Beta::new(-1.0, 1.0).unwrap_err(), "stats.out_of_range"),
        (Binomial::new(1.5, 0.5).unwrap_err(), "stats.out_of_range"),
        (
            Poisson::new(f64::INFINITY).unwrap_err(),
            "stats.out_of_range",
        ),
        (
            Hypergeometric::new(5.0, 6.0, 1.0).unwrap_err(),
            "stats.out_of_range",
        ),
        (
            Normal::STANDARD.quantile(1.1).unwrap_err(),
            "stats.out_of_range",
        ),
        (
            Normal::STANDARD.quantile(nan).unwrap_err(),
            "stats.out_of_range",
        ),
    ] {
        assert_eq!(error.code(), code);
    }
}

fn evaluate(function: &str, arguments: &[f64]) -> f64 {
    let (name, part) = function.split_once('.').unwrap_or((function, ""));
    match (name, arguments) {
        ("gamma", &[a, r, x]) => continuous(Gamma::new(a, r).unwrap(), part, x),
        ("beta", &[a, b, x]) => continuous(Beta::new(a, b).unwrap(), part, x),
        ("t", &[n, x]) => continuous(StudentT::new(n).unwrap(), part, x),
        ("f", &[m, n, x]) => continuous(FisherF::new(m, n).unwrap(), part, x),
        ("normal", &[m, s, x]) => continuous(Normal::new(m, s).unwrap(), part, x),
        ("poisson", &[m, k]) => discrete(Poisson::new(m).unwrap(), part, k),
        ("binomial", &[n, p, k]) => discrete(Binomial::new(n, p).unwrap(), part, k),
        ("negative_binomial", &[m, s, k]) => {
            discrete(NegativeBinomial::with_mean(m, s).unwrap(), part, k)
        }
        ("hypergeometric", &[n, m, d, k]) => {
            discrete(Hypergeometric::new(n, m, d).unwrap(), part, k)
        }
        ("ln_gamma", &[x]) => ln_gamma(x),
        ("digamma", &[x]) => digamma(x),
        ("trigamma", &[x]) => trigamma(x),
        ("ln_beta", &[a, b]) => ln_beta(a, b),
        _ => panic!("{function} of {} arguments", arguments.len()),
    }
}

fn continuous(of: impl Continuous, part: &str, x: f64) -> f64 {
    match part {
        "pdf" => of.pdf(x),
        "cdf" => of.cdf(x),
        "sf" => of.sf(x),
        _ => panic!("part {part}"),
    }
}

fn discrete(of: impl Discrete, part: &str, k: f64) -> f64 {
    match part {
        "pmf" => of.pmf(k),
        "cdf" => of.cdf(k),
        "sf" => of.sf(k),
        _ => panic!("part {part}"),
    }
}
