//! Gauss-Legendre quadrature.

use std::f64::consts::PI;

/// The nodes and weights of Gauss-Legendre quadrature of order `n` on -1 to 1 (Newton's steps on
/// the recurrence of the Legendre polynomials).
pub(crate) fn gauss_legendre(n: usize) -> Vec<(f64, f64)> {
    let order = n as f64;
    (0..n)
        .map(|i| {
            let mut x = -libm::cos(PI * (i as f64 + 0.75) / (order + 0.5));
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut before, mut now) = (1.0, x);
                for k in 1..n {
                    let k = k as f64;
                    (before, now) = (now, ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0));
                }
                slope = order * (x * now - before) / (x * x - 1.0);
                let step = now / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

/// The integral of `f` from `low` to `high` in equal panels of the given rule.
pub(crate) fn integrate(
    rule: &[(f64, f64)],
    panels: usize,
    low: f64,
    high: f64,
    f: impl Fn(f64) -> f64,
) -> f64 {
    let half = 0.5 * (high - low) / panels as f64;
    let panel = |i: usize| {
        let middle = low + half * (2 * i + 1) as f64;
        rule.iter().map(|(x, weight)| weight * f(middle + half * x)).sum::<f64>()
    };
    half * (0..panels).map(panel).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_exact() {
        for n in [1, 2, 5, 20, 64] {
            let rule = gauss_legendre(n);
            assert!((rule.iter().map(|r| r.1).sum::<f64>() - 2.0).abs() < 1e-14);
            let power = 2 * n as i32 - 2;
            let got = integrate(&rule, 1, 0.0, 1.0, |x| x.powi(power));
            assert!((got * f64::from(power + 1) - 1.0).abs() < 1e-13, "{n}");
        }
        let got = integrate(&gauss_legendre(20), 4, 0.0, 3.0, f64::exp);
        assert!((got - 3f64.exp_m1()).abs() < 1e-13);
    }
}
