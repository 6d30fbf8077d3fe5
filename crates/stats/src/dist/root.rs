//! Quantiles: the point at which a tail has a given size.

use super::{Discrete, normal_quantile};

/// Which tail a probability speaks of.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Tail {
    Lower,
    Upper,
}

/// The real `u` at which ln `tail`(u) = ln `target`, for a distribution function over the whole
/// real line.
///
/// `parts(u)` gives (P, Q, density with respect to u). Newton's steps on the logarithm of the
/// smaller of the two tails, kept inside a bracket that they narrow.
pub(crate) fn continuous(
    target: f64,
    tail: Tail,
    start: f64,
    parts: impl Fn(f64) -> (f64, f64, f64),
) -> f64 {
    // Work on the smaller tail: it is the one with digits.
    let lower = (tail == Tail::Lower) == (target <= 0.5);
    let goal = if target <= 0.5 { target } else { 1.0 - target };
    let ln_goal = goal.ln();
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut u = start;
    let mut stride = 1.0;
    for _ in 0..400 {
        let (p, q, density) = parts(u);
        let part = if lower { p } else { q };
        let excess = part.ln() - ln_goal;
        // Too far right: too much below, or too little above.
        let too_far = if lower { excess > 0.0 } else { excess < 0.0 };
        if excess == 0.0 {
            return u;
        }
        if too_far {
            high = u;
        } else {
            low = u;
        }
        let newton = if lower {
            u - excess * part / density
        } else {
            u + excess * part / density
        };
        let next = if newton > low && newton < high && newton.is_finite() {
            newton
        } else if low.is_finite() && high.is_finite() {
            0.5 * (low + high)
        } else {
            stride *= 2.0;
            if too_far { u - stride } else { u + stride }
        };
        if (next - u).abs() <= 1e-16 + 2e-16 * u.abs() {
            return next;
        }
        u = next;
    }
    u
}

/// The smallest whole number whose lower tail reaches `target`, or whose upper tail has come down
/// to it.
pub(crate) fn discrete<D: Discrete + ?Sized>(of: &D, target: f64, tail: Tail) -> f64 {
    const FUZZ: f64 = 64.0 * f64::EPSILON;
    let (first, last) = of.support();
    let everything = match tail {
        Tail::Lower => target >= 1.0,
        Tail::Upper => target <= 0.0,
    };
    if everything {
        return last;
    }
    let reached = |k: f64| match tail {
        Tail::Lower => of.cdf(k) >= target * (1.0 - FUZZ),
        Tail::Upper => of.sf(k) <= target * (1.0 + FUZZ),
    };
    if reached(first) {
        return first;
    }
    // Start from a Cornish-Fisher guess, then gallop to a bracket and halve it.
    let (mean, sd, skewness) = of.shape();
    let z = match tail {
        Tail::Lower => normal_quantile(target),
        Tail::Upper => -normal_quantile(target),
    };
    let z = if z.is_finite() { z } else { -8.0 };
    let guess = (mean + sd * (z + skewness * (z * z - 1.0) / 6.0)).round();
    let guess = guess.clamp(first, if last.is_finite() { last } else { f64::MAX });
    let (mut low, mut high);
    let mut stride = (sd * 1e-3).floor().max(1.0);
    if reached(guess) {
        high = guess;
        low = (high - stride).max(first);
        while low > first && reached(low) {
            high = low;
            stride *= 2.0;
            low = (high - stride).max(first);
        }
    } else {
        low = guess;
        high = (low + stride).min(last);
        while high < last && !reached(high) {
            low = high;
            stride *= 2.0;
            high = (low + stride).min(last);
        }
    }
    while high - low > 1.0 {
        let middle = (low + (high - low) / 2.0).floor();
        if middle <= low || middle >= high {
            break;
        }
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// A standard normal score for a tail: a start for the searches.
pub(crate) fn score(target: f64, tail: Tail) -> f64 {
    let z = normal_quantile(target.clamp(1e-300, 1.0 - 1e-16));
    if tail == Tail::Lower { z } else { -z }
}
