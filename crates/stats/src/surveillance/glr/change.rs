//! What changes, and how likely that makes the counts.

use super::Direction;

/// What is taken to change at an unknown point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// The mean m becomes m·e^κ.
    #[default]
    Intercept,
    /// The mean m becomes m + λ times the count before: an epidemic.
    Epidemic,
}

/// Where R surveillance begins to search for κ.
pub(super) const NEWTON_START: f64 = 0.5;

/// One point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub count: f64,
    pub before: f64,
    pub mean: f64,
}

impl Step {
    /// The change of the log-likelihood when the mean becomes `changed`.
    fn gain(&self, changed: f64, alpha: f64) -> f64 {
        let x = self.count;
        let more = if x > 0.0 { x * (changed / self.mean).ln() } else { 0.0 };
        if alpha == 0.0 {
            more - (changed - self.mean)
        } else {
            more - (x + 1.0 / alpha) * ((1.0 + alpha * changed) / (1.0 + alpha * self.mean)).ln()
        }
    }

    /// Its derivative by the changed mean.
    fn slope(&self, changed: f64, alpha: f64) -> f64 {
        (self.count / changed - 1.0) / (1.0 + alpha * changed)
    }
}

impl Change {
    fn changed(self, step: &Step, size: f64) -> f64 {
        match self {
            Self::Intercept => step.mean * size.exp(),
            Self::Epidemic => (step.mean + size * step.before).max(0.0),
        }
    }

    /// The gain of one point under a change of a given size.
    pub(super) fn gain(self, step: &Step, size: f64, alpha: f64) -> f64 {
        step.gain(self.changed(step, size), alpha)
    }

    /// The gain of a change of the intercept to which Newton's steps from `size` lead, which is left
    /// where they end; zero where they run away (then `size` is 0.5 again) or go the wrong way.
    pub(super) fn newton_gain(
        steps: &[Step],
        direction: Direction,
        alpha: f64,
        size: &mut f64,
    ) -> f64 {
        const STEPS: usize = 100;
        for _ in 0..STEPS {
            let (mut slope, mut bend) = (0.0, 0.0);
            for step in steps {
                let changed = step.mean * size.exp();
                let spread = 1.0 + alpha * changed;
                slope += (step.count - changed) / spread;
                bend -= changed * (1.0 + alpha * step.count) / (spread * spread);
            }
            let before = *size;
            *size -= slope / bend;
            if !size.is_finite() {
                *size = NEWTON_START;
                return 0.0;
            }
            if (*size - before).abs() < 1e-6 {
                break;
            }
        }
        let right_way = match direction {
            Direction::Increase => *size > 0.0,
            Direction::Decrease => *size < 0.0,
        };
        let gains = steps.iter().map(|s| Self::Intercept.gain(s, *size, alpha));
        if right_way { gains.sum::<f64>().max(0.0) } else { 0.0 }
    }

    /// The largest gain of the points together under a change in the direction.
    pub(super) fn best_gain(self, steps: &[Step], direction: Direction, alpha: f64) -> f64 {
        let total = |size: f64| steps.iter().map(|s| self.gain(s, size, alpha)).sum::<f64>();
        match self {
            Self::Intercept if alpha == 0.0 => {
                let count: f64 = steps.iter().map(|s| s.count).sum();
                let mean: f64 = steps.iter().map(|s| s.mean).sum();
                let wrong_way = match direction {
                    Direction::Increase => count <= mean,
                    Direction::Decrease => count >= mean,
                };
                let more = if count > 0.0 { count * (count / mean).ln() } else { 0.0 };
                if wrong_way { 0.0 } else { more - (count - mean) }
            }
            Self::Intercept => {
                // The likelihood is concave in κ, and its slope has the sign of the direction at
                // zero or there is nothing to gain.
                let sign = match direction {
                    Direction::Increase => 1.0,
                    Direction::Decrease => -1.0,
                };
                let slope = |size: f64| {
                    let parts = steps.iter().map(|s| {
                        let changed = self.changed(s, sign * size);
                        s.slope(changed, alpha) * changed
                    });
                    sign * parts.sum::<f64>()
                };
                // A fall to nothing, if there were no cases at all, is all but reached at e^-60.
                top(slope, 60.0).map_or(0.0, |size| total(sign * size))
            }
            Self::Epidemic => {
                // The slope may rise before it falls under overdispersion, so that the best is the
                // better of the first top and the start; for Poisson counts it only falls.
                let slope = |size: f64| {
                    let parts =
                        steps.iter().map(|s| s.before * s.slope(self.changed(s, size), alpha));
                    parts.sum::<f64>()
                };
                let most = steps.iter().filter(|s| s.before > 0.0).map(|s| s.count / s.before);
                let most = most.fold(0.0, f64::max);
                top(slope, most).map_or(0.0, |size| total(size).max(0.0))
            }
        }
    }
}

/// Where a slope that is positive at zero comes down to zero, at most at `most`; none where it is
/// not positive at zero.
fn top(slope: impl Fn(f64) -> f64, most: f64) -> Option<f64> {
    let at_zero = slope(0.0);
    if at_zero.is_nan() || at_zero <= 0.0 {
        return None;
    }
    let (mut low, mut high) = (0.0, most);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            break;
        }
        if slope(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(high)
}
