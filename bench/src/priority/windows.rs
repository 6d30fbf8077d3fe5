//! Windows of time for validation.

/// Days between training and test in the second round. The settings were to hold for a period that
/// begins four and a half months after the data end.
pub const GAP: i64 = 137;

/// Days of a window: two months.
const LENGTH: i64 = 61;

/// The rolling windows before the last one.
const ROLLING: i64 = 6;

/// Rows to fit on and rows to predict.
pub struct Window {
    /// Which.
    pub name: &'static str,
    /// The first day of the test.
    pub first: i64,
    /// Rows of the training.
    pub train: Vec<usize>,
    /// Rows of the test.
    pub test: Vec<usize>,
}

/// The last two months of the days given, and the windows of two months before them, each with all
/// rows that lie more than `gap` days before it as training.
pub fn windows(day: &[i64], gap: i64) -> Vec<Window> {
    let end = day.iter().max().map_or(0, |last| last + 1);
    let window = |back: i64| {
        let first = end - (back + 1) * LENGTH;
        let rows = |keep: &dyn Fn(i64) -> bool| (0..day.len()).filter(|&i| keep(day[i])).collect();
        Window {
            name: if back == 0 { "last two months" } else { "rolling window" },
            first,
            train: rows(&|d| d < first - gap),
            test: rows(&|d| (first..first + LENGTH).contains(&d)),
        }
    };
    (0..=ROLLING).rev().map(window).collect()
}
