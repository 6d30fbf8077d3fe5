//! The gamma function and its kin, and the pieces of Loader's saddle-point probabilities.
//!
//! C. Loader (2000), "Fast and accurate computation of binomial probabilities".

use std::f64::consts::TAU;

/// ln √(2π).
pub(crate) const LN_SQRT_TAU: f64 = 0.918_938_533_204_672_8;

/// ln |Γ(x)|.
///
/// ```
/// assert!((stats::dist::ln_gamma(101.0) - 363.73937555556349).abs() < 1e-12);
/// ```
pub fn ln_gamma(x: f64) -> f64 {
    libm::lgamma(x)
}

/// Γ(x).
///
/// ```
/// assert_eq!(stats::dist::gamma_fn(5.0), 24.0);
/// ```
pub fn gamma_fn(x: f64) -> f64 {
    libm::tgamma(x)
}

/// ln B(a, b) for positive `a` and `b`.
///
/// ```
/// assert!((stats::dist::ln_beta(2.0, 3.0) - (1.0f64 / 12.0).ln()).abs() < 1e-14);
/// ```
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if large < 8.0 {
        return ln_gamma(small) + ln_gamma(large) - ln_gamma(small + large);
    }
    // Stirling's formula for each factor, arranged so that nothing large cancels.
    let sum = small + large;
    let common =
        stirling_error(large) - stirling_error(sum) + (large - 0.5) * (-small / sum).ln_1p();
    if small < 8.0 {
        ln_gamma(small) + common + small - small * sum.ln()
    } else {
        common + stirling_error(small) + LN_SQRT_TAU - 0.5 * small.ln() + small * (small / sum).ln()
    }
}

/// ln of the number of ways to choose `k` of `n`; minus infinity where there is none.
///
/// ```
/// assert!((stats::dist::ln_choose(10.0, 3.0) - 120f64.ln()).abs() < 1e-13);
/// ```
pub fn ln_choose(n: f64, k: f64) -> f64 {
    if k < 0.0 || k > n {
        return f64::NEG_INFINITY;
    }
    if k == 0.0 || k == n {
        return 0.0;
    }
    -ln_beta(k + 1.0, n - k + 1.0) - n.ln_1p()
}

/// The digamma function ψ(x) = Γ'(x)/Γ(x) (Abramowitz and Stegun 6.3.18, after recurrence).
///
/// ```
/// assert!((stats::dist::digamma(1.0) + 0.5772156649015329).abs() < 1e-14);
/// ```
pub fn digamma(x: f64) -> f64 {
    if x <= 0.0 {
        if x == x.floor() {
            return f64::NAN;
        }
        // Reflection, A&S 6.3.7.
        let pi = std::f64::consts::PI;
        return digamma(1.0 - x) - pi / (pi * (x - x.floor())).tan();
    }
    let (mut x, mut sum) = (x, 0.0);
    while x < 12.0 {
        sum -= 1.0 / x;
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y
        * (1.0 / 12.0
            - y * (1.0 / 120.0
                - y * (1.0 / 252.0
                    - y * (1.0 / 240.0 - y * (1.0 / 132.0 - y * (691.0 / 32760.0 - y / 12.0))))));
    sum + x.ln() - 0.5 / x - series
}

/// The trigamma function ψ'(x) for positive `x` (Abramowitz and Stegun 6.4.12, after recurrence).
///
/// ```
/// let basel = std::f64::consts::PI.powi(2) / 6.0;
/// assert!((stats::dist::trigamma(1.0) - basel).abs() < 1e-14);
/// ```
pub fn trigamma(x: f64) -> f64 {
    let (mut x, mut sum) = (x, 0.0);
    if x <= 0.0 {
        return f64::NAN;
    }
    while x < 15.0 {
        sum += 1.0 / (x * x);
        x += 1.0;
    }
    let y = 1.0 / (x * x);
    let series = y
        * (1.0 / 6.0
            - y * (1.0 / 30.0
                - y * (1.0 / 42.0 - y * (1.0 / 30.0 - y * (5.0 / 66.0 - y * 691.0 / 2730.0)))));
    sum + 1.0 / x + 0.5 * y + series / x
}

/// ln(1 + x) - x without cancellation.
pub(crate) fn ln_1p_minus(x: f64) -> f64 {
    if !(-0.4..=0.7).contains(&x) {
        return x.ln_1p() - x;
    }
    // ln(1+x) = 2 artanh(r) with r = x/(2+x), and 2r - x = -xr.
    let r = x / (2.0 + x);
    let square = r * r;
    let (mut power, mut sum, mut k) = (1.0, 0.0, 3.0);
    loop {
        let next = sum + power / k;
        if next == sum {
            break;
        }
        sum = next;
        power *= square;
        k += 2.0;
    }
    r * (2.0 * square * sum - x)
}

/// Loader's deviance part: x ln(x/m) + m - x for x ≥ 0 and m > 0.
pub(crate) fn deviance(x: f64, m: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    let d = (m - x) / x;
    if (-0.4..=0.7).contains(&d) {
        -x * ln_1p_minus(d)
    } else {
        x * (x / m).ln() + (m - x)
    }
}

/// ln Γ(n+1) minus Stirling's formula n ln n - n + ln √(2πn), for n > 0.
pub(crate) fn stirling_error(n: f64) -> f64 {
    if n < 12.0 {
        return ln_gamma(n + 1.0) - (n + 0.5) * n.ln() + n - LN_SQRT_TAU;
    }
    let y = 1.0 / (n * n);
    (1.0 / 12.0
        - y * (1.0 / 360.0
            - y * (1.0 / 1260.0
                - y * (1.0 / 1680.0
                    - y * (1.0 / 1188.0 - y * (691.0 / 360_360.0 - y * (1.0 / 156.0)))))))
        / n
}

/// ln of m^x e^-m / Γ(x+1) for real x ≥ 0 and m > 0.
pub(crate) fn ln_poisson_raw(x: f64, m: f64) -> f64 {
    if x < 1.0 {
        let power = if x == 0.0 { 0.0 } else { x * m.ln() };
        return power - m - ln_gamma(x + 1.0);
    }
    -stirling_error(x) - deviance(x, m) - 0.5 * (TAU * x).ln()
}

/// ln of Γ(n+1)/(Γ(x+1)Γ(n-x+1)) p^x q^(n-x) for real 0 ≤ x ≤ n, p + q = 1.
pub(crate) fn ln_binomial_raw(x: f64, n: f64, p: f64, q: f64) -> f64 {
    let y = n - x;
    if p == 0.0 || q == 0.0 {
        let certain = if p == 0.0 { x == 0.0 } else { y == 0.0 };
        return if certain { 0.0 } else { f64::NEG_INFINITY };
    }
    let ln_q = || if p < 0.5 { (-p).ln_1p() } else { q.ln() };
    let ln_p = || if q < 0.5 { (-q).ln_1p() } else { p.ln() };
    if x == 0.0 {
        return n * ln_q();
    }
    if y == 0.0 {
        return n * ln_p();
    }
    if x < 1.0 || y < 1.0 {
        let ways = -ln_beta(x + 1.0, y + 1.0) - n.ln_1p();
        return ways + x * ln_p() + y * ln_q();
    }
    stirling_error(n)
        - stirling_error(x)
        - stirling_error(y)
        - deviance(x, n * p)
        - deviance(y, n * q)
        + 0.5 * (n / (TAU * x * y)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stirling_error_is_continuous_at_the_switch() {
        let below = stirling_error(12.0 - 1e-12);
        let above = stirling_error(12.0);
        assert!((below - above).abs() < 1e-13, "{below} {above}");
    }

    #[test]
    fn ln_1p_minus_agrees_with_its_definition_where_nothing_cancels() {
        for x in [-0.39f64, -0.2, 0.3, 0.69] {
            assert!((ln_1p_minus(x) - (x.ln_1p() - x)).abs() < 1e-15);
        }
        assert!((ln_1p_minus(1e-8) + 0.5e-16 - 1e-24 / 3.0).abs() < 1e-30);
    }

    #[test]
    fn ln_beta_has_one_value_on_both_sides_of_a_switch() {
        for (a, b) in [(3.0, 7.999), (3.0, 8.001), (7.999, 50.0), (8.001, 50.0)] {
            let plain = ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b);
            assert!(
                (ln_beta(a, b) - plain).abs() < 1e-11 * (1.0 + ln_gamma(b)),
                "{a} {b}"
            );
        }
    }
}
