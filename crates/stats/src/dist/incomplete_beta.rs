//! The incomplete beta function ratio.
//!
//! Continued fraction of DiDonato and Morris (1992), ACM TOMS 18, 360-373 (their BFRAC, equation 9),
//! on a prefactor by Loader's saddle point.

use super::special::{ln_binomial_raw, ln_gamma};

/// I_x(a, b) for positive `a` and `b`: the share of the beta integral below `x`.
///
/// ```
/// assert!((stats::dist::beta_p(2.0, 1.0, 0.3) - 0.09).abs() < 1e-16);
/// ```
pub fn beta_p(a: f64, b: f64, x: f64) -> f64 {
    both(a, b, x, 1.0 - x).0
}

/// 1 - I_x(a, b), right also where it is tiny.
///
/// ```
/// assert!((stats::dist::beta_q(1.0, 3.0, 0.9) / 1e-3 - 1.0).abs() < 1e-14);
/// ```
pub fn beta_q(a: f64, b: f64, x: f64) -> f64 {
    both(a, b, x, 1.0 - x).1
}

/// I_x(a, b) and its complement, where `y` is 1 - x without the rounding.
pub(crate) fn both(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    let whole = a + b + x + y;
    if whole.is_nan() || a <= 0.0 || b <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let lower = a * y >= b * x;
    let near = if lower {
        tail(a, b, x, y)
    } else {
        tail(b, a, y, x)
    };
    // In a very skewed distribution the side that was computed may be the large one.
    let (near, far) = match (near > 0.9, lower) {
        (false, _) => (near, 1.0 - near),
        (true, true) => skewed(a, b, x),
        (true, false) => skewed(b, a, y),
    };
    if lower { (near, far) } else { (far, near) }
}

/// For b x < a < 1: P = e^u (1 + s) and Q = -expm1(u) - e^u s by the power series of I_x(a, b)
/// (DiDonato and Morris, BPSER), so that a small Q keeps its digits.
fn skewed(a: f64, b: f64, x: f64) -> (f64, f64) {
    let u = a * x.ln() - (ln_gamma(a + 1.0) + ln_gamma(b) - ln_gamma(a + b));
    let (mut power, mut sum, mut n) = (1.0, 0.0, 0.0);
    loop {
        n += 1.0;
        power *= (n - b) / n * x;
        let term: f64 = power / (a + n);
        sum += term;
        if term.abs() <= sum.abs() * 1e-17 {
            break;
        }
    }
    let s = a * sum;
    (u.exp() * (1.0 + s), -u.exp_m1() - u.exp() * s)
}

/// I_x(a, b) by the continued fraction.
fn tail(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let ln_factor = ln_binomial_raw(a, a + b, x, y) + (a.ln() - (a / b).ln_1p());
    ln_factor.exp() * fraction(a, b, x, y)
}

fn fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let lambda = a * y - b * x;
    let scale = |n: f64| {
        n + n * (b - n) * x / (a + 2.0 * n - 1.0)
            + (a + n) / (a + 2.0 * n + 1.0) * (lambda + 1.0 + n * (1.0 + y))
    };
    // n = 0: the middle part is zero, also where a is one.
    let first = a / (a + 1.0) * (lambda + 1.0);
    const TINY: f64 = 1e-300;
    let guard = |v: f64| if v == 0.0 { TINY } else { v };
    let mut d = 1.0 / guard(first);
    let mut c = 1.0 / TINY;
    let mut h = d;
    let most = 1000 + 20 * ((a + b).min(1e12).sqrt() as usize);
    for n in 1..most {
        let n = n as f64;
        let k = (a + 2.0 * n - 1.0) * (a + 2.0 * n - 1.0);
        let top = (a + n - 1.0) * (a + b + n - 1.0) * n * (b - n) * x * x / k;
        let bottom = scale(n);
        d = 1.0 / guard(bottom + top * d);
        c = guard(bottom + top / c);
        let step = c * d;
        h *= step;
        if (step - 1.0).abs() < 2e-16 {
            break;
        }
    }
    h
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_forms() {
        for x in [1e-9, 0.02, 0.5, 0.93] {
            for a in [0.2, 1.0, 7.0] {
                assert!(
                    (beta_p(a, 1.0, x) / x.powf(a) - 1.0).abs() < 1e-13,
                    "{a} {x}"
                );
                let q = (1.0 - x).powf(a);
                assert!((beta_q(1.0, a, x) / q - 1.0).abs() < 1e-13, "{a} {x}");
            }
        }
    }
}
