//! Terms of law in years.

use clock::Date;

use super::Decimal;

/// Years from one day to another, so that a term of law of n years has ended exactly when the
/// figure is above n: a whole number on each corresponding day (the month's last where there
/// is none), and strictly between two whole numbers on the days between them, by the share of
/// days that has passed, cut to four places. Negative where `to` comes first.
///
/// Source: 民法典 200, 202 (terms in years end on the corresponding day, or the month's last).
///
/// ```
/// use rules::value::{Decimal, date, years};
/// let known = date("2023-02-10")?;
/// assert_eq!(years(known, date("2026-02-10")?), Decimal::from(3));
/// assert!(years(known, date("2026-02-11")?) > Decimal::from(3));
/// # Ok::<(), rules::value::DateError>(())
/// ```
pub fn years(from: Date, to: Date) -> Decimal {
    if to < from {
        let years = years(to, from);
        return years.negated().unwrap_or(years);
    }
    let (year, month, of_month) = from.ymd();
    // The corresponding day so many years later; only 29 February is not in every year.
    let anniversary = |years: i32| {
        let found = Date::new(year + years, month, of_month);
        found.or_else(|_| Date::new(year + years, month, of_month.min(28))).ok()
    };
    let mut whole = to.year() - year;
    let mut last = anniversary(whole);
    if last.is_none_or(|last| last > to) {
        whole -= 1;
        last = anniversary(whole);
    }
    // There is one in each year from that of `from` to that of `to`.
    let last = last.unwrap_or(from);
    let passed = i64::from(to.number() - last.number());
    // After 2100 none is known; neither that year nor the next has a leap day.
    let length = anniversary(whole + 1).map_or(365, |next| next.number() - last.number());
    let whole = i64::from(whole);
    // Four places always do: 10^4 / 366 is above 27.
    Decimal::new(whole * 10_000 + passed * 10_000 / i64::from(length), 4)
        .unwrap_or_else(|_| Decimal::from(whole))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::date;

    #[test]
    fn years_are_whole_on_corresponding_days_only() {
        let years =
            |from: &str, to: &str| years(date(from).unwrap(), date(to).unwrap()).to_string();
        assert_eq!(years("2023-02-10", "2026-02-09"), "2.9972");
        assert_eq!(years("2023-02-10", "2026-02-10"), "3");
        assert_eq!(years("2023-02-10", "2026-02-11"), "3.0027");
        assert_eq!(years("2024-02-29", "2025-02-28"), "1");
        assert_eq!(years("2024-02-29", "2028-02-28"), "3.9972");
        assert_eq!(years("2024-02-29", "2028-02-29"), "4");
        assert_eq!(years("2026-02-10", "2023-02-10"), "-3");
        assert_eq!(years("1900-01-01", "2100-12-31"), "200.9972");
        assert_eq!(years("2096-02-29", "2100-12-31"), "4.8383");
    }
}
