//! The master tables, held compactly.
//!
//! On every diagonal of a master table (one letter further, one limit tighter) stand the same
//! acceptance and rejection numbers, because n times the limit is nearly the same there. So a table
//! is a list of plans by diagonal, a list of sample sizes by letter, and rules for its corners. The
//! diagonal number is the place of the letter (A = 0) plus the place of the limit (0.010 = 0).
//!
//! Sources: MIL-STD-105E (1989, public domain), tables II to IV; ISO 2859-1:1999 = GB/T 2828.1-2012,
//! tables 2 to 4. The double and multiple plans of the latter were taken over from published
//! renderings; a test holds the operating characteristic of every plan to that of its single plan.

use super::lookup::{PlanKind, Severity, Standard};
use crate::sampling::attributes::Stage;

/// The sizes of single samples, letter A to S, in the preferred numbers of ISO 2859.
const SIZES: [u32; 17] =
    [2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000, 3150];

/// Acceptance and rejection numbers, one pair for each sample; `N` where a lot cannot be accepted.
type Numbers = &'static [(i8, i8)];
const N: i8 = -1;

/// The plans of one table: those with acceptance on zero, and those from the first diagonal of the
/// others.
struct Diagonals {
    /// The diagonal of the single plans that accept on zero.
    zero: usize,
    /// The diagonal of the first of the others.
    first: usize,
    plans: &'static [Numbers],
}

/// The diagonal of Ac = 0 in single plans.
pub(super) fn zero_diagonal(severity: Severity) -> usize {
    match severity {
        Severity::Tightened => 15,
        _ => 14,
    }
}

/// The place of the last letter of a table: S stands in tightened tables only.
pub(super) fn last_letter(severity: Severity) -> usize {
    match severity {
        Severity::Tightened => 16,
        _ => 15,
    }
}

/// The plan that a table itself has for a letter and a limit, if there is no arrow; with the kind it
/// is of, for the tables of double and multiple plans send the small samples back to simpler kinds.
pub(super) fn cell(
    standard: Standard,
    kind: PlanKind,
    severity: Severity,
    letter: usize,
    limit: usize,
) -> Option<(PlanKind, Vec<Stage>)> {
    if letter > last_letter(severity) {
        return None;
    }
    let diagonal = letter + limit;
    let simpler = match kind {
        PlanKind::Single => None,
        PlanKind::Double => Some(PlanKind::Single),
        PlanKind::Multiple => Some(PlanKind::Double),
    };
    if let Some(size) = size(kind, severity, letter)
        && let Some(numbers) = numbers(standard, kind, severity, letter, diagonal)
    {
        let stages = numbers.iter().map(|&(accept, reject)| Stage {
            n: size,
            accept: u32::try_from(accept).ok(),
            reject: reject.unsigned_abs().into(),
        });
        return Some((kind, stages.collect()));
    }
    cell(standard, simpler?, severity, letter, limit)
}

/// The size of each sample; nothing for letters so small that the kind does not exist.
fn size(kind: PlanKind, severity: Severity, letter: usize) -> Option<u32> {
    let reduced = severity == Severity::Reduced;
    let smaller = match (kind, reduced) {
        (PlanKind::Single, false) => 0,
        // Two letters smaller, but not below two items.
        (PlanKind::Single, true) => letter.min(2),
        (PlanKind::Double, false) => 1,
        (PlanKind::Double, true) => 3,
        (PlanKind::Multiple, false) => 3,
        (PlanKind::Multiple, true) => 5,
    };
    SIZES.get(letter.checked_sub(smaller)?).copied()
}

fn numbers(
    standard: Standard,
    kind: PlanKind,
    severity: Severity,
    letter: usize,
    diagonal: usize,
) -> Option<Numbers> {
    let table = table(standard, kind, severity, letter);
    if diagonal == table.zero {
        // With acceptance on zero there are single plans only; tightened there is none for A.
        let exists = kind == PlanKind::Single && (severity != Severity::Tightened || letter > 0);
        return exists.then_some(&[(0, 1)]);
    }
    // The high acceptance numbers stand in the rows of the smallest samples only; S has one plan.
    let last = match letter {
        0..=4 => 26,
        16 => table.first,
        _ => 24,
    };
    if diagonal > last {
        return None;
    }
    table.plans.get(diagonal.checked_sub(table.first)?).copied()
}

fn table(standard: Standard, kind: PlanKind, severity: Severity, letter: usize) -> Diagonals {
    use PlanKind::{Double, Multiple, Single};
    use Severity::{Normal, Reduced, Tightened};
    use Standard::{Gb2828, MilStd105E};
    let (first, plans) = match (severity, kind, standard) {
        (Normal, Single, _) => (17, SINGLE_NORMAL),
        (Normal, Double, MilStd105E) => (17, MIL_DOUBLE_NORMAL),
        (Normal, Double, Gb2828) => (17, GB_DOUBLE_NORMAL),
        (Normal, Multiple, MilStd105E) => (17, MIL_MULTIPLE_NORMAL),
        (Normal, Multiple, Gb2828) => (17, GB_MULTIPLE_NORMAL),
        (Tightened, Single, _) => (18, SINGLE_TIGHTENED),
        (Tightened, Double, MilStd105E) => (18, MIL_DOUBLE_TIGHTENED),
        (Tightened, Double, Gb2828) => (18, GB_DOUBLE_TIGHTENED),
        (Tightened, Multiple, MilStd105E) => (18, MIL_MULTIPLE_TIGHTENED),
        (Tightened, Multiple, Gb2828) => (18, GB_MULTIPLE_TIGHTENED),
        // Reduced samples cannot be smaller than two, so that the rows A and B are less reduced.
        (Reduced, Single, _) if letter == 0 => (17, SINGLE_NORMAL),
        (Reduced, Single, MilStd105E) if letter == 1 => (17, MIL_SINGLE_REDUCED_B),
        (Reduced, Single, Gb2828) if letter == 1 => (18, SINGLE_NORMAL),
        (Reduced, Single, MilStd105E) => (17, MIL_SINGLE_REDUCED),
        (Reduced, Single, Gb2828) => (18, GB_SINGLE_REDUCED),
        (Reduced, Double, MilStd105E) => (17, MIL_DOUBLE_REDUCED),
        (Reduced, Double, Gb2828) => (18, GB_DOUBLE_REDUCED),
        (Reduced, Multiple, MilStd105E) => (17, MIL_MULTIPLE_REDUCED),
        (Reduced, Multiple, Gb2828) => (18, GB_MULTIPLE_REDUCED),
    };
    Diagonals { zero: zero_diagonal(severity), first, plans }
}

const SINGLE_NORMAL: &[Numbers] = &[
    &[(1, 2)],
    &[(2, 3)],
    &[(3, 4)],
    &[(5, 6)],
    &[(7, 8)],
    &[(10, 11)],
    &[(14, 15)],
    &[(21, 22)],
    &[(30, 31)],
    &[(44, 45)],
];

const SINGLE_TIGHTENED: &[Numbers] = &[
    &[(1, 2)],
    &[(2, 3)],
    &[(3, 4)],
    &[(5, 6)],
    &[(8, 9)],
    &[(12, 13)],
    &[(18, 19)],
    &[(27, 28)],
    &[(41, 42)],
];

const MIL_SINGLE_REDUCED: &[Numbers] = &[
    &[(0, 2)],
    &[(1, 3)],
    &[(1, 4)],
    &[(2, 5)],
    &[(3, 6)],
    &[(5, 8)],
    &[(7, 10)],
    &[(10, 13)],
    &[(14, 17)],
    &[(21, 24)],
];

const MIL_SINGLE_REDUCED_B: &[Numbers] = &[
    &[(0, 2)],
    &[(1, 3)],
    &[(2, 4)],
    &[(3, 5)],
    &[(5, 6)],
    &[(7, 8)],
    &[(10, 11)],
    &[(14, 15)],
    &[(21, 22)],
    &[(30, 31)],
];

const GB_SINGLE_REDUCED: &[Numbers] = &[
    &[(1, 2)],
    &[(2, 3)],
    &[(3, 4)],
    &[(4, 5)],
    &[(6, 7)],
    &[(8, 9)],
    &[(10, 11)],
    &[(14, 15)],
    &[(21, 22)],
];

const MIL_DOUBLE_NORMAL: &[Numbers] = &[
    &[(0, 2), (1, 2)],
    &[(0, 3), (3, 4)],
    &[(1, 4), (4, 5)],
    &[(2, 5), (6, 7)],
    &[(3, 7), (8, 9)],
    &[(5, 9), (12, 13)],
    &[(7, 11), (18, 19)],
    &[(11, 16), (26, 27)],
    &[(17, 22), (37, 38)],
    &[(25, 31), (56, 57)],
];

const GB_DOUBLE_NORMAL: &[Numbers] = &[
    &[(0, 2), (1, 2)],
    &[(0, 3), (3, 4)],
    &[(1, 3), (4, 5)],
    &[(2, 5), (6, 7)],
    &[(3, 6), (9, 10)],
    &[(5, 9), (12, 13)],
    &[(7, 11), (18, 19)],
    &[(11, 16), (26, 27)],
    &[(17, 22), (37, 38)],
    &[(25, 31), (56, 57)],
];

const MIL_DOUBLE_TIGHTENED: &[Numbers] = &[
    &[(0, 2), (1, 2)],
    &[(0, 3), (3, 4)],
    &[(1, 4), (4, 5)],
    &[(2, 5), (6, 7)],
    &[(3, 7), (11, 12)],
    &[(6, 10), (15, 16)],
    &[(9, 14), (23, 24)],
    &[(15, 20), (34, 35)],
    &[(23, 29), (52, 53)],
];

const GB_DOUBLE_TIGHTENED: &[Numbers] = &[
    &[(0, 2), (1, 2)],
    &[(0, 3), (3, 4)],
    &[(1, 3), (4, 5)],
    &[(2, 5), (6, 7)],
    &[(4, 7), (10, 11)],
    &[(6, 10), (15, 16)],
    &[(9, 14), (23, 24)],
    &[(15, 20), (34, 35)],
    &[(23, 29), (52, 53)],
];

const MIL_DOUBLE_REDUCED: &[Numbers] = &[
    &[(0, 2), (0, 2)],
    &[(0, 3), (0, 4)],
    &[(0, 4), (1, 5)],
    &[(0, 4), (3, 6)],
    &[(1, 5), (4, 7)],
    &[(2, 7), (6, 9)],
    &[(3, 8), (8, 12)],
    &[(5, 10), (12, 16)],
    &[(7, 12), (18, 22)],
    &[(11, 17), (26, 30)],
];

const GB_DOUBLE_REDUCED: &[Numbers] = &[
    &[(0, 2), (1, 2)],
    &[(0, 3), (3, 4)],
    &[(1, 3), (4, 5)],
    &[(2, 4), (5, 6)],
    &[(3, 6), (7, 8)],
    &[(4, 7), (10, 11)],
    &[(5, 9), (12, 13)],
    &[(7, 11), (18, 19)],
    &[(11, 16), (26, 27)],
];

const MIL_MULTIPLE_NORMAL: &[Numbers] = &[
    &[(N, 2), (N, 2), (0, 2), (0, 3), (1, 3), (1, 3), (2, 3)],
    &[(N, 2), (0, 3), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5)],
    &[(N, 3), (0, 3), (1, 4), (2, 5), (3, 6), (4, 6), (6, 7)],
    &[(N, 4), (1, 5), (2, 6), (3, 7), (5, 8), (7, 9), (9, 10)],
    &[(0, 4), (1, 6), (3, 8), (5, 10), (7, 11), (10, 12), (13, 14)],
    &[(0, 5), (3, 8), (6, 10), (8, 13), (11, 15), (14, 17), (18, 19)],
    &[(1, 7), (4, 10), (8, 13), (12, 17), (17, 20), (21, 23), (25, 26)],
    &[(2, 9), (7, 14), (13, 19), (19, 25), (25, 29), (31, 33), (37, 38)],
    &[(4, 12), (11, 19), (19, 27), (27, 34), (36, 40), (45, 47), (53, 54)],
    &[(6, 16), (17, 27), (29, 39), (40, 49), (53, 58), (65, 68), (77, 78)],
];

const GB_MULTIPLE_NORMAL: &[Numbers] = &[
    &[(N, 2), (0, 2), (0, 2), (0, 2), (1, 2)],
    &[(N, 2), (0, 3), (0, 3), (1, 3), (3, 4)],
    &[(N, 3), (0, 3), (1, 4), (2, 5), (4, 5)],
    &[(N, 4), (1, 5), (2, 6), (4, 7), (6, 7)],
    &[(0, 4), (1, 6), (3, 8), (5, 9), (9, 10)],
    &[(0, 5), (3, 8), (6, 10), (9, 12), (12, 13)],
    &[(1, 7), (4, 10), (8, 13), (12, 17), (18, 19)],
    &[(2, 9), (7, 14), (13, 19), (20, 25), (26, 27)],
    &[(4, 12), (11, 19), (19, 27), (28, 34), (37, 38)],
    &[(6, 16), (17, 27), (29, 38), (40, 48), (56, 57)],
];

const MIL_MULTIPLE_TIGHTENED: &[Numbers] = &[
    &[(N, 2), (N, 2), (0, 2), (0, 3), (1, 3), (1, 3), (2, 3)],
    &[(N, 2), (0, 3), (0, 3), (1, 4), (2, 4), (3, 5), (4, 5)],
    // The first rejection number stands 3 in the normal table.
    &[(N, 2), (0, 3), (1, 4), (2, 5), (3, 6), (4, 6), (6, 7)],
    &[(N, 4), (1, 5), (2, 6), (3, 7), (5, 8), (7, 9), (9, 10)],
    &[(0, 4), (2, 7), (4, 9), (6, 11), (9, 12), (12, 14), (14, 15)],
    &[(0, 6), (3, 9), (7, 12), (10, 15), (14, 17), (18, 20), (21, 22)],
    &[(1, 8), (6, 12), (11, 17), (16, 22), (22, 25), (27, 29), (32, 33)],
    &[(3, 10), (10, 17), (17, 24), (24, 31), (32, 37), (40, 43), (48, 49)],
    &[(6, 15), (16, 25), (26, 36), (37, 46), (49, 55), (61, 64), (72, 73)],
];

const GB_MULTIPLE_TIGHTENED: &[Numbers] = &[
    &[(N, 2), (0, 2), (0, 2), (0, 2), (1, 2)],
    &[(N, 2), (0, 3), (0, 3), (1, 3), (3, 4)],
    &[(N, 3), (0, 3), (1, 4), (2, 5), (4, 5)],
    &[(N, 4), (1, 5), (2, 6), (4, 7), (6, 7)],
    &[(0, 4), (2, 7), (4, 9), (6, 11), (10, 11)],
    &[(0, 6), (3, 9), (7, 12), (11, 15), (15, 16)],
    &[(1, 8), (6, 12), (11, 17), (16, 22), (23, 24)],
    &[(3, 10), (10, 17), (17, 24), (25, 31), (34, 35)],
    &[(6, 15), (16, 25), (26, 35), (38, 45), (52, 53)],
];

const MIL_MULTIPLE_REDUCED: &[Numbers] = &[
    &[(N, 2), (N, 2), (0, 2), (0, 3), (0, 3), (0, 3), (1, 3)],
    &[(N, 2), (N, 3), (0, 3), (0, 4), (0, 4), (1, 5), (1, 5)],
    &[(N, 3), (N, 3), (0, 4), (0, 5), (1, 6), (1, 6), (2, 7)],
    &[(N, 3), (0, 4), (0, 5), (1, 6), (2, 7), (3, 7), (4, 8)],
    &[(N, 4), (0, 5), (1, 6), (2, 7), (3, 8), (4, 9), (6, 10)],
    &[(N, 4), (1, 6), (2, 8), (3, 10), (5, 11), (7, 12), (9, 14)],
    &[(0, 5), (1, 7), (3, 9), (5, 12), (7, 13), (10, 15), (13, 17)],
    &[(0, 6), (3, 9), (6, 12), (8, 15), (11, 17), (14, 20), (18, 22)],
];

const GB_MULTIPLE_REDUCED: &[Numbers] = &[
    &[(N, 2), (0, 2), (0, 2), (0, 2), (1, 2)],
    &[(N, 2), (0, 3), (0, 3), (1, 3), (3, 4)],
    &[(N, 3), (0, 3), (1, 4), (2, 5), (4, 5)],
    &[(N, 3), (1, 4), (2, 5), (3, 5), (5, 6)],
    &[(0, 4), (1, 6), (2, 7), (4, 8), (7, 8)],
    &[(0, 4), (2, 7), (4, 9), (6, 11), (10, 11)],
    &[(0, 5), (3, 8), (6, 10), (9, 12), (12, 13)],
];
