//! Patterns among points, sixty-four at a time.
//!
//! Each question about a point (is it above the centre line? above the one before?) becomes one bit
//! of a word; a run of such points is then the AND of a few shifted words.

use super::chart::Line;

/// What the marks are made from.
pub(super) struct Points<'a> {
    pub statistics: &'a [f64],
    pub center: &'a Line,
    pub error: &'a Line,
    /// Distances from the centre line, in standard errors, that rules ask for.
    pub levels: &'a [f64],
}

/// One bit for each point of a piece; the word before the first stands for what came before it.
pub(super) struct Bits(Vec<u64>);

impl Bits {
    /// How many words, without the one before.
    pub fn words(&self) -> usize {
        self.0.len() - 1
    }

    /// The word number `word` in the upper half, the one before in the lower.
    #[inline]
    pub fn window(&self, word: usize) -> u128 {
        u128::from(self.0[word]) | (u128::from(self.0[word + 1]) << 64)
    }
}

/// The marks of the upper half that complete a row of `length` marks; in the lower half of the
/// result.
#[inline]
pub(super) fn in_a_row(window: u128, length: usize) -> u128 {
    let mut rows = window;
    let mut have = 1;
    while have < length {
        let more = have.min(length - have);
        rows &= rows << more;
        have += more;
    }
    rows >> 64
}

/// The marks of the upper half that are at least the `of`-th mark among `points` successive points;
/// in the lower half of the result.
#[inline]
pub(super) fn among(window: u128, of: usize, points: usize) -> u128 {
    let mut marks = (window >> 64) as u64;
    let mut hits = 0;
    let mask = u64::MAX >> (64 - points);
    while marks != 0 {
        let bit = marks.trailing_zeros();
        let successive = (window >> (bit as usize + 65 - points)) as u64 & mask;
        if successive.count_ones() as usize >= of {
            hits |= 1 << bit;
        }
        marks &= marks - 1;
    }
    hits
}

/// All marks of one piece.
pub(super) struct Marks {
    /// Above and below the centre line.
    pub sides: [Bits; 2],
    /// Above and below the point before.
    pub steps: [Bits; 2],
    /// A step the other way than the one before.
    pub turns: Bits,
    levels: Vec<Level>,
}

struct Level {
    sigmas: f64,
    far: [Bits; 2],
    near: Bits,
}

impl Marks {
    /// Of the points from `start`, a multiple of 64, to `end`.
    pub fn of(points: &Points<'_>, start: usize, end: usize) -> Self {
        let mark = |test: &dyn Fn(usize, &[f64]) -> [u64; 2]| {
            let mut marks = [Vec::new(), Vec::new()];
            match start.checked_sub(64) {
                Some(before) => push(&mut marks, test(before, &points.statistics[before..start])),
                None => push(&mut marks, [0; 2]),
            }
            for (block, x) in points.statistics[start..end].chunks(64).enumerate() {
                push(&mut marks, test(start + 64 * block, x));
            }
            marks.map(Bits)
        };
        let beyond = |sigmas: f64| {
            mark(&|first, x| match (points.center, points.error) {
                (Line::Level(center), Line::Level(error)) => {
                    let (upper, lower) = (center + sigmas * error, center - sigmas * error);
                    [word(x, |_, x| x > upper), word(x, |_, x| x < lower)]
                }
                (center, error) => {
                    let line = |i, sigmas| center.at(first + i) + sigmas * error.at(first + i);
                    [word(x, |i, x| x > line(i, sigmas)), word(x, |i, x| x < line(i, -sigmas))]
                }
            })
        };
        let steps = mark(&|first, x| {
            let mut before = [f64::NAN; 64];
            let from = first.saturating_sub(1);
            let values = &points.statistics[from..first + x.len() - 1];
            before[usize::from(first == 0)..][..values.len()].copy_from_slice(values);
            [word(x, |i, x| x > before[i]), word(x, |i, x| x < before[i])]
        });
        let levels = points.levels.iter().map(|&sigmas| {
            let far = beyond(sigmas);
            let near = mark(&|first, x| match (points.center, points.error) {
                (Line::Level(center), Line::Level(error)) => {
                    let (upper, lower) = (center + sigmas * error, center - sigmas * error);
                    [word(x, |_, x| (x < upper) & (x > lower)), 0]
                }
                (center, error) => {
                    let away = |i: usize, x: f64| (x - center.at(first + i)).abs();
                    [word(x, |i, x| away(i, x) < sigmas * error.at(first + i)), 0]
                }
            });
            let [near, _] = near;
            Level { sigmas, far, near }
        });
        Self { levels: levels.collect(), sides: beyond(0.0), turns: turns(&steps), steps }
    }

    /// Farther above, and farther below, the centre line than `sigmas` standard errors.
    pub fn far(&self, sigmas: f64) -> &[Bits; 2] {
        self.level(sigmas).map_or(&self.sides, |level| &level.far)
    }

    /// Nearer than `sigmas` standard errors.
    pub fn near(&self, sigmas: f64) -> &Bits {
        self.level(sigmas).map_or(&self.turns, |level| &level.near)
    }

    fn level(&self, sigmas: f64) -> Option<&Level> {
        self.levels.iter().find(|level| level.sigmas == sigmas)
    }
}

fn push(marks: &mut [Vec<u64>; 2], words: [u64; 2]) {
    for (marks, word) in marks.iter_mut().zip(words) {
        marks.push(word);
    }
}

/// The answers for up to sixty-four points.
#[inline(always)]
fn word(x: &[f64], test: impl Fn(usize, f64) -> bool) -> u64 {
    let mut answers = [0u8; 64];
    for (i, (answer, &x)) in answers.iter_mut().zip(x).enumerate() {
        *answer = u8::from(test(i, x));
    }
    // Eight bytes of 0 or 1 become eight bits by one multiplication.
    let mut word = 0;
    for (i, bytes) in answers.chunks_exact(8).enumerate() {
        let bytes = bytes.iter().rev().fold(0u64, |w, &b| (w << 8) | u64::from(b));
        word |= (bytes.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * i);
    }
    word
}

fn turns([up, down]: &[Bits; 2]) -> Bits {
    let mut before = (0, 0);
    let words = up.0.iter().zip(&down.0).map(|(&up, &down)| {
        let (last_up, last_down) = before;
        before = (up >> 63, down >> 63);
        (up & ((down << 1) | last_down)) | (down & ((up << 1) | last_up))
    });
    Bits(words.collect())
}
