//! Transformations of a count that make it roughly standard normal.

use crate::Result;
use crate::error::check;

/// How a count x with expected mean m becomes a score z.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Transform {
    /// (x - m)/√m.
    #[default]
    Standard,
    /// (x - 3m + 2√(xm))/(2√m): Rossi, Lampugnani and Marchi (1999).
    Rossi,
    /// Anscombe's residual, 3(x^⅔ - m^⅔)/(2 m^⅙).
    Anscombe,
    /// Anscombe's residual about the second order mean m^⅔ - m^-⅓/9: Pierce and Schafer (1986).
    Anscombe2nd,
    /// Pearson's residual of a negative binomial with variance m + αm².
    PearsonNegBin {
        /// The dispersion α.
        alpha: f64,
    },
    /// Anscombe's residual of a negative binomial with variance m + αm².
    AnscombeNegBin {
        /// The dispersion α.
        alpha: f64,
    },
    /// The count as it is.
    None,
}

impl Transform {
    pub(super) fn check(&self) -> Result<()> {
        match *self {
            Self::PearsonNegBin { alpha } | Self::AnscombeNegBin { alpha } => check::within(
                "dispersion",
                alpha,
                alpha >= 0.0 && alpha.is_finite(),
                "zero or more",
            ),
            _ => Ok(()),
        }
    }

    /// The score of the count `x` where `m` > 0 is expected.
    pub fn score(&self, x: f64, m: f64) -> f64 {
        match *self {
            Self::Standard => (x - m) / m.sqrt(),
            Self::Rossi => (x - 3.0 * m + 2.0 * (x * m).sqrt()) / (2.0 * m.sqrt()),
            Self::Anscombe => 1.5 * (two_thirds(x) - two_thirds(m)) / m.powf(1.0 / 6.0),
            Self::Anscombe2nd => 1.5 * (two_thirds(x) - second_order(m)) / m.powf(1.0 / 6.0),
            Self::PearsonNegBin { alpha } => (x - m) / (m + alpha * m * m).sqrt(),
            Self::AnscombeNegBin { alpha } => {
                area(m.cbrt(), x.cbrt(), alpha) / (m + alpha * m * m).powf(1.0 / 6.0)
            }
            Self::None => x,
        }
    }

    /// The count, not rounded and at least zero, whose score is `z`.
    pub(super) fn cases(&self, z: f64, m: f64) -> f64 {
        let cases = match *self {
            Self::Standard => m + z * m.sqrt(),
            Self::PearsonNegBin { alpha } => m + z * (m + alpha * m * m).sqrt(),
            Self::None => z,
            Self::Rossi => {
                // With r = √(x/m): r² + 2r - 3 = 2z/√m.
                let r = (4.0 + 2.0 * z / m.sqrt()).max(0.0).sqrt() - 1.0;
                m * r.max(0.0) * r.max(0.0)
            }
            Self::Anscombe => {
                let power = two_thirds(m) + z * m.powf(1.0 / 6.0) / 1.5;
                power.max(0.0).powf(1.5)
            }
            Self::Anscombe2nd => {
                let power = second_order(m) + z * m.powf(1.0 / 6.0) / 1.5;
                power.max(0.0).powf(1.5)
            }
            Self::AnscombeNegBin { .. } => self.search(z, m),
        };
        cases.max(0.0)
    }

    /// The count whose score is `z`, by halving: the score rises with the count without bound.
    fn search(&self, z: f64, m: f64) -> f64 {
        if self.score(0.0, m) >= z {
            return 0.0;
        }
        let mut high = m.max(1.0);
        while self.score(high, m) < z && high < f64::MAX / 4.0 {
            high *= 2.0;
        }
        let mut low = 0.0;
        loop {
            let middle = 0.5 * (low + high);
            if middle <= low || middle >= high {
                return high;
            }
            if self.score(middle, m) < z {
                low = middle;
            } else {
                high = middle;
            }
        }
    }
}

fn two_thirds(x: f64) -> f64 {
    let root = x.cbrt();
    root * root
}

/// E(X^⅔) to second order for a Poisson X with mean m.
fn second_order(m: f64) -> f64 {
    two_thirds(m) - 1.0 / (9.0 * m.cbrt())
}

/// ∫ (t + αt²)^-⅓ dt over t = from³ to to³, which in s = t^⅓ is ∫ 3s (1 + αs³)^-⅓ ds: Gauss's rule
/// of five points on short panels.
fn area(from: f64, to: f64, alpha: f64) -> f64 {
    const NODES: [(f64, f64); 5] = [
        (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
        (-0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_47),
        (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    ];
    // The integrand bends on the scale α^-⅓.
    let panels = ((to - from).abs() * (1.0 + alpha.cbrt()) * 8.0).ceil().clamp(1.0, 4096.0);
    let half = (to - from) / panels / 2.0;
    let mut sum = 0.0;
    for panel in 0..panels as usize {
        let middle = from + half * (2.0 * panel as f64 + 1.0);
        for (node, weight) in NODES {
            let s = middle + half * node;
            sum += weight * 3.0 * s / (1.0 + alpha * s * s * s).cbrt();
        }
    }
    sum * half
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_cases_has_the_score_asked_for() {
        for transform in [
            Transform::Standard,
            Transform::Rossi,
            Transform::Anscombe,
            Transform::Anscombe2nd,
            Transform::PearsonNegBin { alpha: 0.3 },
            Transform::AnscombeNegBin { alpha: 0.3 },
            Transform::None,
        ] {
            for m in [0.2, 1.7, 30.0] {
                for z in [0.5, 3.3] {
                    let cases = transform.cases(z, m);
                    let back = transform.score(cases, m);
                    assert!((back - z).abs() < 1e-12, "{transform:?} {m} {z}: {back}");
                }
                assert_eq!(transform.cases(-90.0, m), 0.0);
            }
        }
    }

    #[test]
    fn without_dispersion_the_residuals_are_those_of_a_poisson() {
        let negative_binomial = Transform::AnscombeNegBin { alpha: 0.0 };
        for x in [0.0, 1.0, 7.0] {
            let expected = Transform::Anscombe.score(x, 2.5);
            assert!((negative_binomial.score(x, 2.5) - expected).abs() < 1e-12);
        }
    }
}
