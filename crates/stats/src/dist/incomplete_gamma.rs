//! The incomplete gamma function ratios.
//!
//! Series and continued fraction of Gautschi (1979), ACM TOMS 5, 466-481 (Abramowitz and Stegun
//! 6.5.29 and 6.5.31), on a prefactor by Loader's saddle point; Lentz's evaluation. The steps of both
//! grow like √a near x = a; from [`LARGE`] on it is Temme's uniform expansion (DLMF 8.12), which takes
//! none.

use std::f64::consts::TAU;

use super::special::{deviance, ln_gamma, ln_poisson_raw};

/// From this `a` on the first term of the uniform expansion has all digits: the next is a times
/// smaller, and the first itself below √a of the whole.
const LARGE: f64 = 1e8;

/// P(a, x) = γ(a, x) / Γ(a) for `a` > 0: the share of the gamma integral below `x`.
///
/// ```
/// assert!((stats::dist::gamma_p(1.0, 2.0) - (1.0 - (-2f64).exp())).abs() < 1e-15);
/// ```
pub fn gamma_p(a: f64, x: f64) -> f64 {
    both(a, x).0
}

/// Q(a, x) = 1 - P(a, x), right also where it is tiny.
///
/// ```
/// assert!((stats::dist::gamma_q(1.0, 700.0).ln() + 700.0).abs() < 1e-10);
/// ```
pub fn gamma_q(a: f64, x: f64) -> f64 {
    both(a, x).1
}

/// P(a, x) and Q(a, x).
pub(crate) fn both(a: f64, x: f64) -> (f64, f64) {
    if a.is_nan() || x.is_nan() || a <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x == f64::INFINITY {
        return (1.0, 0.0);
    }
    if a < 1.0 && x < 1.5 {
        return small(a, x);
    }
    if a >= LARGE {
        return uniform(a, x);
    }
    let factor = ln_poisson_raw(a, x).exp();
    if x < a {
        let p = factor * series(a, x);
        (p, 1.0 - p)
    } else {
        let q = factor * a * fraction(a, x);
        (1.0 - q, q)
    }
}

/// DLMF 8.12.3, 8.12.4 and 8.12.7 with the first coefficient, by its series around x = a (DLMF 8.12.10
/// and Temme 1979, SIAM J. Math. Anal. 10, 757-766): farther from there both parts are 0 and 1.
fn uniform(a: f64, x: f64) -> (f64, f64) {
    let half_square = deviance(a, x);
    let y = half_square.sqrt().copysign(x - a);
    let eta = y * (2.0 / a).sqrt();
    let first = [-1.0 / 3.0, 1.0 / 12.0, -2.0 / 135.0, 1.0 / 864.0, 1.0 / 2_835.0];
    let c0 = first.iter().rev().fold(0.0, |sum, c| sum * eta + c);
    let rest = match half_square < 800.0 {
        true => (-half_square).exp() / (TAU * a).sqrt() * c0,
        false => 0.0,
    };
    (0.5 * libm::erfc(-y) - rest, 0.5 * libm::erfc(y) + rest)
}

/// Σ xⁿ / ((a+1) ... (a+n)), which times x^a e^-x / Γ(a+1) gives P.
fn series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum, mut n) = (1.0, 1.0, a);
    loop {
        n += 1.0;
        term *= x / n;
        sum += term;
        if term < sum * 1e-17 {
            return sum;
        }
    }
}

/// The continued fraction which times x^a e^-x / Γ(a) gives Q.
fn fraction(a: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let mut b = x + 1.0 - a;
    let mut c = 1.0 / TINY;
    let mut d = 1.0 / if b == 0.0 { TINY } else { b };
    let mut h = d;
    // The number of steps grows like √a; far more means that the last digit only flickers.
    let most = 500 + 20 * (a.min(1e12).sqrt() as usize);
    for i in 1..most {
        let i = i as f64;
        let an = -i * (i - a);
        b += 2.0;
        d = an * d + b;
        c = b + an / c;
        d = 1.0 / if d == 0.0 { TINY } else { d };
        c = if c == 0.0 { TINY } else { c };
        let step = d * c;
        h *= step;
        if (step - 1.0).abs() < 2e-16 {
            break;
        }
    }
    h
}

/// For a < 1 and moderate x: P = e^u (1 + s) and Q = -expm1(u) - e^u s, with
/// u = ln(x^a / Γ(a+1)) and s = a Σ (-x)ⁿ / ((a+n) n!), so that a tiny Q keeps its digits.
fn small(a: f64, x: f64) -> (f64, f64) {
    let u = a * x.ln() - ln_gamma(a + 1.0);
    let (mut power, mut sum, mut n) = (1.0, 0.0, 0.0);
    loop {
        n += 1.0;
        power *= -x / n;
        let term: f64 = power / (a + n);
        sum += term;
        if term.abs() < sum.abs() * 1e-17 {
            break;
        }
    }
    let s = a * sum;
    (u.exp() * (1.0 + s), -u.exp_m1() - u.exp() * s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_sum_to_one_across_the_switches() {
        for a in [1e-6, 0.3, 0.999, 1.0, 4.5, 300.0, 1e6, 1e8, 1e15, 1e200] {
            for r in [0.01, 0.5, 0.999, 1.001, 1.5, 4.0] {
                let (p, q) = both(a, a * r);
                assert!((p + q - 1.0).abs() < 1e-14, "{a} {r}: {p} {q}");
            }
        }
    }

    #[test]
    fn the_expansion_goes_on_where_the_series_and_the_fraction_end() {
        for a in [1e8, 3e8, 1e9] {
            for z in [-30.0, -8.0, -1.0, -1e-3, 0.0, 1e-3, 1.0, 8.0, 30.0] {
                let x: f64 = a + z * f64::sqrt(a);
                let factor = ln_poisson_raw(a, x).exp();
                let (tail, known) = match x < a {
                    true => (uniform(a, x).0, factor * series(a, x)),
                    false => (uniform(a, x).1, factor * a * fraction(a, x)),
                };
                let off = (tail - known).abs() / known;
                assert!(off < 1e-11, "{a} {z}: {tail:e} {known:e} {off:e}");
            }
        }
    }

    #[test]
    fn the_largest_numbers_take_no_time() {
        for a in [1e12, 1e16, 1e17, 1e300] {
            let (p, q) = both(a, a);
            assert!((p - 0.5).abs() < 1e-6 && (q - 0.5).abs() < 1e-6, "{a}: {p} {q}");
            assert_eq!(both(a, a * 0.5), (0.0, 1.0));
            assert_eq!(both(a, a * 2.0), (1.0, 0.0));
        }
    }
}
