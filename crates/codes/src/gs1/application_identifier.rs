//! The application identifiers of GS1 and what may follow each.

use std::fmt;
use std::sync::LazyLock;

use super::{check_digit, names};
use crate::error::{Error, Notes};
use crate::words::{Name, Words};
use crate::{slip, text};

/// A two- to four-digit number that says what the data after it are.
///
/// Source: GS1 General Specifications, section 3; the list is `data/application-identifiers.csv`.
#[derive(PartialEq, Eq)]
pub struct ApplicationIdentifier {
    digits: String,
    title: String,
    /// What the data are called in Chinese.
    name_zh: String,
    /// Whether a separator must follow: the data are not of a predefined length.
    needs_separator: bool,
    components: Vec<Component>,
    check: Check,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Check {
    None,
    /// The first component ends in a check digit.
    Digit,
    /// The first component is a date, year month day; day 00 means the month's last.
    Date,
}

#[derive(PartialEq, Eq, Clone, Copy)]
struct Component {
    charset: Charset,
    least: usize,
    most: usize,
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Charset {
    /// Digits.
    Numeric,
    /// GS1 character set 82.
    Set82,
    /// GS1 character set 39.
    Set39,
    /// The file-safe base 64 alphabet.
    Base64,
}

struct Table {
    rows: Vec<ApplicationIdentifier>,
    /// By [`slot`]: the place in `rows` plus one, 0 where there is none.
    places: Vec<u16>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let rows = read_table(include_str!("../../data/application-identifiers.csv"));
    let mut places = vec![0; 11_100];
    for (place, row) in rows.iter().enumerate() {
        if let Some(slot) = slot(&row.digits) {
            places[slot] = place as u16 + 1;
        }
    }
    Table { rows, places }
});

/// A number of its own for every text of two to four digits.
fn slot(digits: &str) -> Option<usize> {
    let base = match digits.len() {
        2 => 0,
        3 => 100,
        4 => 1_100,
        _ => return None,
    };
    let number = digits
        .bytes()
        .try_fold(0, |n, b| b.is_ascii_digit().then(|| n * 10 + usize::from(b - b'0')));
    number.map(|number| base + number)
}

impl ApplicationIdentifier {
    /// The application identifier with these digits.
    ///
    /// ```
    /// use codes::gs1::ApplicationIdentifier;
    /// assert_eq!(ApplicationIdentifier::find("8006").unwrap().title(), "ITIP");
    /// assert!(ApplicationIdentifier::find("99999").is_none());
    /// ```
    pub fn find(digits: &str) -> Option<&'static Self> {
        let place = TABLE.places.get(slot(digits)?)?;
        TABLE.rows.get(usize::from(*place).checked_sub(1)?)
    }

    /// The application identifier that `text` begins with. No one is the beginning of another.
    pub(crate) fn at_start_of(text: &str) -> Option<&'static Self> {
        (2..=4).find_map(|length| Self::find(text.get(..length)?))
    }

    /// The digits.
    pub fn digits(&self) -> &str {
        &self.digits
    }

    /// The data title of the General Specifications, such as `BATCH/LOT`.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What the data are called in Chinese.
    pub fn name_zh(&self) -> &str {
        &self.name_zh
    }

    /// How many characters the data have where that is fixed and no separator follows.
    pub(crate) fn predefined_length(&self) -> Option<usize> {
        let length = self.components.iter().map(|c| c.most).sum();
        (!self.needs_separator).then_some(length)
    }

    /// How many digits the data begin with before a serial part glued to them.
    pub(crate) fn first_length(&self) -> usize {
        self.components.first().map_or(0, |c| c.most)
    }

    /// Checks data: characters, lengths, check digit, date.
    pub(crate) fn check(&self, value: &str, notes: &mut Notes) -> Result<(), Error> {
        let mut rest = value;
        let mut place = 0;
        for component in &self.components {
            let optional = component.least == 0;
            if optional && rest.is_empty() {
                break;
            }
            let cut = rest.char_indices().nth(component.most).map_or(rest.len(), |(at, _)| at);
            let (part, after) = rest.split_at(cut);
            if let Some((at, found)) =
                part.chars().enumerate().find(|(_, c)| !component.charset.has(*c))
            {
                notes.fault(Error::Character {
                    what: self.what(),
                    at: place + at + 1,
                    found,
                    expected: component.charset.words(),
                    suggestions: Vec::new(),
                })?;
            }
            if part.chars().count() < component.least {
                return notes.fault(self.length_fault(value));
            }
            place += part.chars().count();
            rest = after;
        }
        if !rest.is_empty() {
            notes.fault(self.length_fault(value))?;
        }
        self.check_content(value, notes)
    }

    fn check_content(&self, value: &str, notes: &mut Notes) -> Result<(), Error> {
        let Some(first) = value.get(..self.first_length()) else {
            return Ok(());
        };
        let right = match self.check {
            Check::None => true,
            Check::Digit => check_digit::is_right(first.as_bytes()),
            Check::Date => is_date(first),
        };
        if right {
            return Ok(());
        }
        if self.check == Check::Date {
            let reason = Words::new(
                format!("{first} is not a date written as year, month and day"),
                format!("{first} 不是按年、月、日各两位书写的日期"),
            );
            return notes.fault(Error::Form { what: self.what(), reason, example: "261123" });
        }
        let expected = first.len().checked_sub(1).and_then(|n| check_digit(&first.as_bytes()[..n]));
        match (expected, first.chars().last()) {
            (Some(expected), Some(found)) => notes.fault(Error::CheckDigit {
                what: self.what(),
                expected: char::from(expected),
                found,
                suggestions: slip::suggestions(first, |code| {
                    code.len() == first.len() && check_digit::is_right(code.as_bytes())
                }),
            }),
            _ => Ok(()),
        }
    }

    fn length_fault(&self, value: &str) -> Error {
        let parts: Vec<Words> = self.components.iter().map(Component::words).collect();
        let en: Vec<&str> = parts.iter().map(|part| part.en.as_str()).collect();
        let zh: Vec<&str> = parts.iter().map(|part| part.zh.as_str()).collect();
        let (found, length) = (text::excerpt(value), value.chars().count());
        Error::ApplicationIdentifier {
            ai: self.digits.clone(),
            reason: Words::new(
                format!(
                    "({}) takes {}, but {found:?} has {length} characters",
                    self.title,
                    en.join(", then "),
                ),
                format!("（{}）应为{}，而“{found}”有 {length} 个字符", self.name_zh, zh.join("加"),),
            ),
        }
    }

    /// What the data are, for messages.
    fn what(&self) -> Name {
        // Rows live as long as the program, so a title can be lent for good.
        Self::find(&self.digits)
            .map_or(Name::new("element", "GS1单元"), |row| Name::new(&row.title, &row.name_zh))
    }
}

impl fmt::Debug for ApplicationIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({})", self.digits)
    }
}

impl Charset {
    fn has(self, c: char) -> bool {
        match self {
            Self::Numeric => c.is_ascii_digit(),
            Self::Set82 => c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c),
            Self::Set39 => c.is_ascii_digit() || c.is_ascii_uppercase() || "#-/".contains(c),
            Self::Base64 => c.is_ascii_alphanumeric() || "-_=".contains(c),
        }
    }

    fn words(self) -> Name {
        match self {
            Self::Numeric => Name::new("a digit", "数字"),
            Self::Set82 => Name::new(
                "a character of GS1 set 82 (letters, digits and !\"%&'()*+,-./:;<=>?_)",
                "GS1 82 字符集中的字符（字母、数字和 !\"%&'()*+,-./:;<=>?_）",
            ),
            Self::Set39 => Name::new(
                "a character of GS1 set 39 (capital letters, digits and #-/)",
                "GS1 39 字符集中的字符（大写字母、数字和 #-/）",
            ),
            Self::Base64 => Name::new("a letter, a digit, - or _", "字母、数字、- 或 _"),
        }
    }
}

impl Component {
    fn words(&self) -> Words {
        let (en, zh) = match self.charset {
            Charset::Numeric => ("digits", "位数字"),
            _ => ("characters", "个字符"),
        };
        let (least, most) = (self.least, self.most);
        if least == most {
            Words::new(format!("{most} {en}"), format!(" {most} {zh}"))
        } else {
            Words::new(format!("{least} to {most} {en}"), format!(" {least} 至 {most} {zh}"))
        }
    }

    /// Reads `N14`, `X..20` or `[N..12]`.
    fn read(text: &str) -> Option<Self> {
        let (text, optional) = match text.strip_prefix('[') {
            Some(inner) => (inner.strip_suffix(']')?, true),
            None => (text, false),
        };
        let charset = match text.get(..1)? {
            "N" => Charset::Numeric,
            "X" => Charset::Set82,
            "Y" => Charset::Set39,
            "Z" => Charset::Base64,
            _ => return None,
        };
        let (least, most) = match text[1..].strip_prefix("..") {
            Some(most) => (1, most.parse().ok()?),
            None => {
                let length = text[1..].parse().ok()?;
                (length, length)
            }
        };
        Some(Self { charset, least: if optional { 0 } else { least }, most })
    }
}

fn is_date(digits: &str) -> bool {
    let number = |at: usize| digits.get(at..at + 2).and_then(|d| d.parse::<u8>().ok());
    matches!((number(2), number(4)), (Some(1..=12), Some(0..=31)))
}

/// Reads the table; a test sees that every row of it is understood.
fn read_table(text: &str) -> Vec<ApplicationIdentifier> {
    let mut rows = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        rows.extend(read_line(line).unwrap_or_default());
    }
    rows
}

/// The application identifiers of one line: `first,last,separator,format,check,title`.
fn read_line(line: &str) -> Option<Vec<ApplicationIdentifier>> {
    let fields: Vec<&str> = line.splitn(6, ',').collect();
    let &[first, last, separator, format, check, title] = fields.as_slice() else {
        return None;
    };
    let components: Option<Vec<Component>> = format.split(' ').map(Component::read).collect();
    let components = components?;
    let check = match check {
        "" => Check::None,
        "check-digit" => Check::Digit,
        "date" => Check::Date,
        _ => return None,
    };
    let numbers = first.parse::<u16>().ok()?..=last.parse().ok()?;
    let width = first.len();
    let row = |digits: String| ApplicationIdentifier {
        name_zh: names::chinese(&digits)
            .map_or_else(|| format!("应用标识符 {digits} 的数据"), str::to_owned),
        digits,
        title: title.trim_matches('"').to_owned(),
        needs_separator: separator == "yes",
        components: components.clone(),
        check,
    };
    Some(numbers.map(|number| row(format!("{number:0width$}"))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_understood() {
        let text = include_str!("../../data/application-identifiers.csv");
        let lines = text.lines().filter(|line| !line.starts_with('#')).skip(1);
        for line in lines {
            let rows = read_line(line).unwrap_or_else(|| panic!("not understood: {line}"));
            assert!(
                rows.iter().all(|row| ApplicationIdentifier::find(&row.digits) == Some(row)),
                "{line}"
            );
        }
        assert_eq!(TABLE.rows.len(), 541);
    }

    #[test]
    fn none_is_the_beginning_of_another() {
        for row in &TABLE.rows {
            for length in 2..row.digits.len() {
                assert!(ApplicationIdentifier::find(&row.digits[..length]).is_none(), "{row:?}");
            }
        }
    }
}
