//! Exact decimal numbers.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// An exact decimal number: `units` / 10^`places`, with at most [`Decimal::MAX_PLACES`] places.
///
/// Money, measured values and rates of law are decimals, so they are held as such: a sum of tenths
/// is what it is on paper, and the same in Rust and in both databases. Held without trailing zeros,
/// so that 1.50 and 1.5 are one value.
///
/// In a database a decimal is a BIGINT of [`Decimal::units_at`] the places that its field declares.
///
/// ```
/// use rules::value::Decimal;
/// let limit: Decimal = "0.05".parse()?;
/// assert_eq!(limit.units_at(4), Some(500));
/// assert_eq!(limit, "0.0500".parse()?);
/// assert!(limit < Decimal::from(1));
/// # Ok::<(), rules::value::DecimalError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    units: i64,
    places: u8,
}

/// Why a text is not a decimal, or a result cannot be held as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum DecimalError {
    /// The text has another form.
    #[error("a decimal number has digits and at most one point, such as -12.50; write it so")]
    Form,
    /// More than [`Decimal::MAX_PLACES`] digits after the point.
    #[error("a decimal number has at most 9 digits after the point; round it")]
    Places,
    /// The number is too large to be held.
    #[error("a decimal number has at most 18 digits; give a smaller one")]
    Size,
}

impl DecimalError {
    /// A stable name of the fault.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Form => "rules.decimal_form",
            Self::Places => "rules.decimal_places",
            Self::Size => "rules.decimal_size",
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(&self) -> &'static str {
        match self {
            Self::Form => "小数由数字和至多一个小数点组成，如 -12.50；请改正",
            Self::Places => "小数点后最多 9 位；请四舍五入",
            Self::Size => "最多 18 位数字；请核对",
        }
    }
}

impl Decimal {
    /// The most digits after the point.
    pub const MAX_PLACES: u8 = 9;

    /// The number `units` / 10^`places`.
    ///
    /// # Errors
    /// [`DecimalError::Places`].
    ///
    /// ```
    /// use rules::value::Decimal;
    /// assert_eq!(Decimal::new(1250, 2)?.to_string(), "12.5");
    /// # Ok::<(), rules::value::DecimalError>(())
    /// ```
    pub fn new(units: i64, places: u8) -> Result<Self, DecimalError> {
        Self::reduced(units.into(), places)
    }

    /// The number times 10^`places`, as a database holds it; `None` where that is no whole number
    /// or does not fit.
    pub fn units_at(self, places: u8) -> Option<i64> {
        let factor = 10_i64.checked_pow(places.checked_sub(self.places)?.into())?;
        self.units.checked_mul(factor)
    }

    /// Digits after the point, without trailing zeros.
    pub fn places(self) -> u8 {
        self.places
    }

    /// The sum.
    ///
    /// # Errors
    /// [`DecimalError::Size`].
    pub fn plus(self, other: Self) -> Result<Self, DecimalError> {
        let (a, b, places) = self.aligned(other);
        Self::reduced(a + b, places)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`DecimalError::Size`].
    pub fn minus(self, other: Self) -> Result<Self, DecimalError> {
        let (a, b, places) = self.aligned(other);
        Self::reduced(a - b, places)
    }

    /// The product.
    ///
    /// # Errors
    /// [`DecimalError::Size`], [`DecimalError::Places`]: a product is never rounded.
    ///
    /// ```
    /// use rules::value::Decimal;
    /// let fine: Decimal = "20000".parse()?;
    /// assert_eq!(fine.times("0.03".parse()?)?.to_string(), "600");
    /// # Ok::<(), rules::value::DecimalError>(())
    /// ```
    pub fn times(self, other: Self) -> Result<Self, DecimalError> {
        Self::reduced(i128::from(self.units) * i128::from(other.units), self.places + other.places)
    }

    /// The number with its sign turned.
    ///
    /// # Errors
    /// [`DecimalError::Size`].
    pub fn negated(self) -> Result<Self, DecimalError> {
        Self::reduced(-i128::from(self.units), self.places)
    }

    /// Both numbers in units of the smaller place. 2^63 · 10^9 < 2^127.
    fn aligned(self, other: Self) -> (i128, i128, u8) {
        let places = self.places.max(other.places);
        let units = |x: Self| i128::from(x.units) * 10_i128.pow((places - x.places).into());
        (units(self), units(other), places)
    }

    fn reduced(units: i128, places: u8) -> Result<Self, DecimalError> {
        // Mostly it fits as it is, and 64 bits are divided several times as fast as 128.
        let (units, places) = match i64::try_from(units) {
            Ok(units) => {
                let (units, places) =
                    without_zeros(units, places, |units| (units / 10, units % 10));
                (Some(units), places)
            }
            Err(_) => {
                let (units, places) =
                    without_zeros(units, places, |units| (units / 10, units % 10));
                (i64::try_from(units).ok(), places)
            }
        };
        if places > Self::MAX_PLACES {
            return Err(DecimalError::Places);
        }
        Ok(Self { units: units.ok_or(DecimalError::Size)?, places })
    }
}

/// Units of a larger place, as long as no digit is lost.
fn without_zeros<T: Copy + Default + PartialEq>(
    mut units: T,
    mut places: u8,
    divide: impl Fn(T) -> (T, T),
) -> (T, u8) {
    while places > 0 {
        let (quotient, rest) = divide(units);
        if rest != T::default() {
            break;
        }
        (units, places) = (quotient, places - 1);
    }
    (units, places)
}

impl From<i64> for Decimal {
    fn from(units: i64) -> Self {
        Self { units, places: 0 }
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.places == other.places {
            return self.units.cmp(&other.units);
        }
        let (a, b, _) = self.aligned(*other);
        a.cmp(&b)
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = match digits.split_once('.') {
            Some((whole, part)) if !part.is_empty() => (whole, part.trim_end_matches('0')),
            Some(_) => return Err(DecimalError::Form),
            None => (digits, ""),
        };
        if whole.is_empty() || !whole.bytes().chain(part.bytes()).all(|b| b.is_ascii_digit()) {
            return Err(DecimalError::Form);
        }
        let places = u8::try_from(part.len()).unwrap_or(u8::MAX);
        if places > Self::MAX_PLACES {
            return Err(DecimalError::Places);
        }
        let units = whole
            .bytes()
            .chain(part.bytes())
            .try_fold(0_i64, |sum, digit| {
                let digit = i64::from(digit - b'0');
                // Downwards for a negative number: its range is one longer.
                let signed = if negative { -digit } else { digit };
                sum.checked_mul(10)?.checked_add(signed)
            })
            .ok_or(DecimalError::Size)?;
        Self::reduced(units.into(), places)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let magnitude = self.units.unsigned_abs();
        if self.places == 0 {
            return write!(f, "{sign}{magnitude}");
        }
        let factor = 10_u64.pow(self.places.into());
        let (whole, part) = (magnitude / factor, magnitude % factor);
        write!(f, "{sign}{whole}.{part:0width$}", width = self.places.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    #[test]
    fn texts_are_read_exactly() {
        for text in ["0", "-0.000000001", "12.5", "9223372036854775807", "-9223372036854775808"] {
            assert_eq!(decimal(text).to_string(), text);
        }
        assert_eq!(decimal("007.500").to_string(), "7.5");
        assert_eq!(decimal("-0").to_string(), "0");
        assert_eq!(decimal("1.0000000000000000000000"), Decimal::from(1));
    }

    #[test]
    fn other_texts_are_refused() {
        for (text, code) in [
            ("", "rules.decimal_form"),
            ("-", "rules.decimal_form"),
            (".5", "rules.decimal_form"),
            ("5.", "rules.decimal_form"),
            ("1e3", "rules.decimal_form"),
            ("１", "rules.decimal_form"),
            ("--1", "rules.decimal_form"),
            ("0.0000000001", "rules.decimal_places"),
            ("9223372036854775808", "rules.decimal_size"),
            ("92233720368547758.079", "rules.decimal_size"),
        ] {
            assert_eq!(text.parse::<Decimal>().map_err(|e| e.code()), Err(code), "{text}");
        }
    }

    #[test]
    fn arithmetic_is_exact_or_refused() {
        assert_eq!(decimal("0.1").plus(decimal("0.2")), Ok(decimal("0.3")));
        assert_eq!(decimal("1").minus(decimal("0.999999999")), Ok(decimal("0.000000001")));
        assert_eq!(decimal("0.00001").times(decimal("0.00001")), Err(DecimalError::Places));
        assert_eq!(decimal("9223372036854775807").plus(decimal("1")), Err(DecimalError::Size));
        assert_eq!(decimal("-9223372036854775808").negated(), Err(DecimalError::Size));
    }

    #[test]
    fn order_and_units_hold_across_places() {
        assert!(decimal("-9223372036854775808") < decimal("0.000000001"));
        assert!(decimal("1.1") > decimal("1.099999999"));
        assert_eq!(decimal("1.5").units_at(0), None);
        assert_eq!(decimal("1.5").units_at(3), Some(1500));
        assert_eq!(decimal("9223372036854775807").units_at(1), None);
        assert_eq!(decimal("1").units_at(200), None);
    }
}
