//! Integrals of smooth functions, to about 1e-14.

/// The integral of `f` over each of the intervals between neighbouring `points` (ascending, finite).
///
/// Ten-point Gauss-Legendre on each interval, against its two halves; an interval on which they
/// differ is halved again. `scale` is the size of what counts: differences of 1e-15 of it are left.
pub(super) fn integrate(f: &impl Fn(f64) -> f64, points: &[f64], scale: f64) -> f64 {
    let intervals = points.windows(2).filter(|p| p[0] < p[1]);
    intervals.map(|p| refine(f, p[0], p[1], gauss(f, p[0], p[1]), scale, 40)).sum()
}

fn refine(f: &impl Fn(f64) -> f64, a: f64, b: f64, whole: f64, scale: f64, depth: u32) -> f64 {
    let middle = f64::midpoint(a, b);
    let (left, right) = (gauss(f, a, middle), gauss(f, middle, b));
    let both = left + right;
    if depth == 0 || (both - whole).abs() <= 1e-15 * scale {
        return both;
    }
    refine(f, a, middle, left, scale, depth - 1) + refine(f, middle, b, right, scale, depth - 1)
}

fn gauss(f: &impl Fn(f64) -> f64, a: f64, b: f64) -> f64 {
    // Abramowitz, Stegun, Table 25.4, n = 10: abscissas and weights.
    const HALF: [(f64, f64); 5] = [
        (0.148_874_338_981_631_2, 0.295_524_224_714_752_87),
        (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
        (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
        (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
        (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
    ];
    let (middle, half) = (f64::midpoint(a, b), (b - a) / 2.0);
    let pairs = HALF.iter().map(|(x, w)| w * (f(middle + half * x) + f(middle - half * x)));
    half * pairs.sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn against_calculus() {
        let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-14, "{found}");
        near(integrate(&|x| x.powi(19), &[0.0, 1.0], 1.0), 0.05);
        near(integrate(&f64::exp, &[0.0, 0.3, 1.0], 1.0), 1f64.exp() - 1.0);
        // A narrow peak: the density of a standard deviation of 1e-3.
        let peak = |x: f64| (-0.5 * (x / 1e-3).powi(2)).exp() / 1e-3 / std::f64::consts::TAU.sqrt();
        near(integrate(&peak, &[-1.0, 0.0, 1.0], 1.0), 1.0);
        assert_eq!(integrate(&f64::exp, &[1.0, 1.0], 1.0), 0.0);
    }
}
