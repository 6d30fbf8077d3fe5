//! Rules for patterns that a process in control hardly ever shows.

use rayon::prelude::*;

use super::bits::{Bits, Marks, Points, among, in_a_row};
use super::chart::Line;
use crate::Result;
use crate::error::check;

/// A pattern that is a signal; a violation is reported at the point that completes it.
///
/// Comparisons are strict: a point on a line is beyond it on neither side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// One point farther from the centre line than `sigmas` standard errors.
    Beyond {
        /// How many standard errors.
        sigmas: f64,
    },
    /// `length` points in a row on one side of the centre line.
    Run {
        /// How many points.
        length: usize,
    },
    /// `length` points in a row that steadily rise or steadily fall.
    Trend {
        /// How many points.
        length: usize,
    },
    /// `length` points in a row that go up and down by turns.
    Alternating {
        /// How many points.
        length: usize,
    },
    /// `of` among `points` successive points, the last one of them, beyond `sigmas` on one side.
    Zone {
        /// How many must lie there.
        of: usize,
        /// Among how many successive points.
        points: usize,
        /// How many standard errors.
        sigmas: f64,
    },
    /// `length` points in a row within `sigmas` of the centre line: too quiet, as when subgroups
    /// mix what should be apart.
    Hugging {
        /// How many points.
        length: usize,
        /// How many standard errors.
        sigmas: f64,
    },
    /// `length` points in a row beyond `sigmas`, some on either side: two processes mixed.
    Mixture {
        /// How many points.
        length: usize,
        /// How many standard errors.
        sigmas: f64,
    },
}

/// The eight tests of Nelson (1984), Journal of Quality Technology 16, 237, in their order.
pub const NELSON: [Rule; 8] = [
    Rule::Beyond { sigmas: 3.0 },
    Rule::Run { length: 9 },
    Rule::Trend { length: 6 },
    Rule::Alternating { length: 14 },
    Rule::Zone { of: 2, points: 3, sigmas: 2.0 },
    Rule::Zone { of: 4, points: 5, sigmas: 1.0 },
    Rule::Hugging { length: 15, sigmas: 1.0 },
    Rule::Mixture { length: 8, sigmas: 1.0 },
];

/// The four tests for instability of the Western Electric handbook (1956), in their order.
pub const WESTERN_ELECTRIC: [Rule; 4] = [
    Rule::Beyond { sigmas: 3.0 },
    Rule::Zone { of: 2, points: 3, sigmas: 2.0 },
    Rule::Zone { of: 4, points: 5, sigmas: 1.0 },
    Rule::Run { length: 8 },
];

/// The longest pattern that a rule may ask for.
const LONGEST: usize = 64;

impl Rule {
    fn check(&self) -> Result<()> {
        let length = |what, length: usize, least: usize| {
            let holds = (least..=LONGEST).contains(&length);
            check::within(what, length as f64, holds, "at most 64 and long enough for the pattern")
        };
        let sigmas = |sigmas: f64| {
            let holds = sigmas >= 0.0 && sigmas.is_finite();
            check::within("standard errors of a rule", sigmas, holds, "0 or more and finite")
        };
        match *self {
            Self::Beyond { sigmas: s } => sigmas(s),
            Self::Run { length: n } => length("length of a run", n, 1),
            Self::Trend { length: n } => length("length of a trend", n, 2),
            Self::Alternating { length: n } => length("length of an alternation", n, 3),
            Self::Zone { of, points, sigmas: s } => {
                length("points of a zone rule", points, of.max(1))?;
                length("points that must lie in a zone", of, 1)?;
                sigmas(s)
            }
            Self::Hugging { length: n, sigmas: s } | Self::Mixture { length: n, sigmas: s } => {
                length("length of a run", n, 1)?;
                sigmas(s)
            }
        }
    }

    fn sigmas(&self) -> Option<f64> {
        match *self {
            Self::Beyond { sigmas }
            | Self::Zone { sigmas, .. }
            | Self::Hugging { sigmas, .. }
            | Self::Mixture { sigmas, .. } => Some(sigmas),
            _ => None,
        }
    }
}

/// How many points one thread takes at a time: a multiple of 64.
const PIECE: usize = 1 << 15;

/// For each rule the points that complete its pattern, counted from 0.
///
/// `error` is the standard error of the points, `center` the centre line; for standardised points
/// they are 1 and 0.
///
/// ```
/// use stats::spc::{Line, Rule, rule_violations};
/// let z = [0.1, 0.4, 0.6, 1.1, 1.3, 0.2];
/// let rising = [Rule::Trend { length: 4 }];
/// let found = rule_violations(&z, &Line::Level(0.0), &Line::Level(1.0), &rising)?;
/// assert_eq!(found, [[3, 4]]);
/// # Ok::<(), stats::Error>(())
/// ```
///
/// # Errors
/// A point is missing or infinite, a line has not one value for each point, a standard error is
/// negative, or a rule asks for a pattern of more than 64 points, or of too few to be one.
pub fn rule_violations(
    statistics: &[f64],
    center: &Line,
    error: &Line,
    rules: &[Rule],
) -> Result<Vec<Vec<usize>>> {
    check::finite("statistics", statistics)?;
    for (what, line) in [("centre line", center), ("standard error", error)] {
        match line {
            Line::Level(value) => check::finite(what, &[*value])?,
            Line::Each(values) => {
                check::length(what, values.len(), statistics.len())?;
                check::finite(what, values)?;
            }
        }
    }
    if let Line::Level(value) = error {
        check::non_negative("standard error", &[*value])?;
    }
    rules.iter().try_for_each(Rule::check)?;
    let mut levels: Vec<f64> = rules.iter().filter_map(Rule::sigmas).collect();
    levels.sort_unstable_by(f64::total_cmp);
    levels.dedup();
    let points = Points { statistics, center, error, levels: &levels };
    let starts: Vec<usize> = (0..statistics.len()).step_by(PIECE).collect();
    let pieces: Vec<Vec<Vec<usize>>> = starts
        .into_par_iter()
        .map(|start| {
            let end = statistics.len().min(start + PIECE);
            let marks = Marks::of(&points, start, end);
            rules.iter().map(|rule| matches(rule, &marks, start)).collect()
        })
        .collect();
    let mut found = vec![Vec::new(); rules.len()];
    for piece in pieces {
        for (all, some) in found.iter_mut().zip(piece) {
            all.extend(some);
        }
    }
    Ok(found)
}

/// The points that complete the pattern of a rule, in one piece that begins at point `start`.
fn matches(rule: &Rule, marks: &Marks, start: usize) -> Vec<usize> {
    match *rule {
        Rule::Beyond { sigmas } => {
            let [above, below] = marks.far(sigmas);
            collect(start, [above, below], |word| (above.window(word) | below.window(word)) >> 64)
        }
        Rule::Run { length } => {
            let [above, below] = &marks.sides;
            collect(start, [above, below], |word| {
                in_a_row(above.window(word), length) | in_a_row(below.window(word), length)
            })
        }
        Rule::Trend { length } => {
            let [up, down] = &marks.steps;
            collect(start, [up, down], |word| {
                in_a_row(up.window(word), length - 1) | in_a_row(down.window(word), length - 1)
            })
        }
        Rule::Alternating { length } => {
            let turns = &marks.turns;
            collect(start, [turns, turns], |word| in_a_row(turns.window(word), length - 2))
        }
        Rule::Zone { of, points, sigmas } => {
            let [above, below] = marks.far(sigmas);
            collect(start, [above, below], |word| {
                among(above.window(word), of, points) | among(below.window(word), of, points)
            })
        }
        Rule::Hugging { length, sigmas } => {
            let near = marks.near(sigmas);
            collect(start, [near, near], |word| in_a_row(near.window(word), length))
        }
        Rule::Mixture { length, sigmas } => {
            let [above, below] = marks.far(sigmas);
            collect(start, [above, below], |word| {
                let (above, below) = (above.window(word), below.window(word));
                let all = in_a_row(above | below, length);
                // Both sides: not all above and not all below.
                all & !in_a_row(above, length) & !in_a_row(below, length)
            })
        }
    }
}

/// The places of the marks that `hits` gives for each word.
fn collect(start: usize, of: [&Bits; 2], hits: impl Fn(usize) -> u128) -> Vec<usize> {
    let mut found = Vec::new();
    for word in 0..of[0].words() {
        let mut hits = hits(word) as u64;
        while hits != 0 {
            found.push(start + 64 * word + hits.trailing_zeros() as usize);
            hits &= hits - 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The definitions, one point after another.
    fn plainly(z: &[f64], rule: &Rule) -> Vec<usize> {
        let last = |i: usize, n: usize| (i + 1 >= n).then(|| &z[i + 1 - n..=i]);
        (0..z.len())
            .filter(|&i| match *rule {
                Rule::Beyond { sigmas } => z[i].abs() > sigmas,
                Rule::Run { length } => last(i, length)
                    .is_some_and(|w| w.iter().all(|x| *x > 0.0) || w.iter().all(|x| *x < 0.0)),
                Rule::Trend { length } => last(i, length).is_some_and(|w| {
                    w.windows(2).all(|p| p[1] > p[0]) || w.windows(2).all(|p| p[1] < p[0])
                }),
                Rule::Alternating { length } => last(i, length)
                    .is_some_and(|w| w.windows(3).all(|p| (p[1] - p[0]) * (p[2] - p[1]) < 0.0)),
                Rule::Zone { of, points, sigmas } => [1.0, -1.0].iter().any(|side| {
                    let from = (i + 1).saturating_sub(points);
                    let far = |x: &&f64| **x * side > sigmas;
                    far(&&z[i]) && z[from..=i].iter().filter(far).count() >= of
                }),
                Rule::Hugging { length, sigmas } => {
                    last(i, length).is_some_and(|w| w.iter().all(|x| x.abs() < sigmas))
                }
                Rule::Mixture { length, sigmas } => last(i, length).is_some_and(|w| {
                    w.iter().all(|x| x.abs() > sigmas)
                        && w.iter().any(|x| *x > 0.0)
                        && w.iter().any(|x| *x < 0.0)
                }),
            })
            .collect()
    }

    #[test]
    fn as_by_the_definitions() {
        let mut random = Random::stream(3, 1);
        // Coarse values, so that there are ties and points on the lines; long enough for pieces.
        let z: Vec<f64> = (0..PIECE + 500)
            .map(|i| (random.normal() * 4.0 + f64::from(i as u32 % 900) / 300.0).round() / 4.0)
            .collect();
        let mut rules = [NELSON.as_slice(), &WESTERN_ELECTRIC].concat();
        for length in [1, 2, 3, 5, 8, 33, 64] {
            rules.push(Rule::Run { length });
            rules.push(Rule::Mixture { length, sigmas: 0.25 });
            rules.push(Rule::Zone { of: length.div_ceil(2), points: length, sigmas: 0.5 });
        }
        let (center, error) = (Line::Level(0.0), Line::Level(1.0));
        let found = rule_violations(&z, &center, &error, &rules).unwrap();
        for (rule, found) in rules.iter().zip(&found) {
            assert_eq!(*found, plainly(&z, rule), "{rule:?}");
        }
        let each = Line::Each(vec![1.0; z.len()]);
        let same = rule_violations(&z, &center, &each, &rules).unwrap();
        assert_eq!(found, same);
    }

    #[test]
    fn rules_must_make_sense() {
        let check = |rule| {
            let (center, error) = (Line::Level(0.0), Line::Level(1.0));
            rule_violations(&[1.0], &center, &error, &[rule]).map(|f| f[0].clone())
        };
        assert_eq!(check(Rule::Run { length: 1 }).unwrap(), [0]);
        assert!(check(Rule::Run { length: 0 }).is_err());
        assert!(check(Rule::Run { length: 65 }).is_err());
        assert!(check(Rule::Trend { length: 1 }).is_err());
        assert!(check(Rule::Beyond { sigmas: f64::NAN }).is_err());
        let zone = Rule::Zone { of: 3, points: 2, sigmas: 1.0 };
        assert!(check(zone).is_err());
    }
}
