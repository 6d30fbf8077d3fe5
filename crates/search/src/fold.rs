//! The one form of a text under which it is compared.

use std::collections::HashMap;
use std::sync::LazyLock;

static SIMPLIFIED: LazyLock<HashMap<u16, u16>> = LazyLock::new(|| {
    let table = include_str!("../data/simplified.txt");
    let words = table.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let pairs = words.filter_map(|word| {
        let mut units = word.encode_utf16();
        Some((units.next()?, units.next()?))
    });
    pairs.collect()
});

/// Appends the folded text as UTF-16: letters and digits only, of half width, small, simplified.
///
/// Spaces, brackets and all other signs go, so that 湖北（武汉）ＡＢＢ　電機 and 湖北武汉abb电机 are the
/// same.
pub(crate) fn fold_into(text: &str, units: &mut Vec<u16>) {
    let mut buffer = [0; 2];
    for written in text.chars() {
        let half = match written {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(written as u32 - 0xfee0).unwrap_or(written),
            _ => written,
        };
        if !half.is_alphanumeric() {
            continue;
        }
        for small in half.to_lowercase() {
            for unit in small.encode_utf16(&mut buffer) {
                units.push(SIMPLIFIED.get(unit).copied().unwrap_or(*unit));
            }
        }
    }
}

/// The folded text.
pub(crate) fn fold(text: &str) -> Vec<u16> {
    let mut units = Vec::with_capacity(text.len() / 2);
    fold_into(text, &mut units);
    units
}

/// A code as it is compared: letters and digits, of half width, large.
pub(crate) fn fold_code(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    for written in text.chars() {
        let half = match written {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(written as u32 - 0xfee0).unwrap_or(written),
            _ => written,
        };
        if half.is_ascii_alphanumeric() {
            code.push(half.to_ascii_uppercase());
        }
    }
    code
}

/// Whether a unit is a Chinese character that may have a sound.
pub(crate) fn is_han(unit: u16) -> bool {
    (0x3400..0xa000).contains(&unit)
}

/// The small Latin letter that a unit is.
pub(crate) fn letter(unit: u16) -> Option<u8> {
    u8::try_from(unit).ok().filter(u8::is_ascii_lowercase)
}

#[cfg(test)]
mod tests {
    use super::{fold, fold_code};

    #[test]
    fn one_form_for_many_ways_of_writing() {
        for (written, folded) in [
            ("武漢鋼鐵（集團）公司", "武汉钢铁集团公司"),
            ("ＡＢＢ　電機", "abb电机"),
            ("湖北 江豚-玩具 有限公司", "湖北江豚玩具有限公司"),
            ("二〇一五①", "二〇一五①"),
            ("()（）、。", ""),
        ] {
            assert_eq!(String::from_utf16_lossy(&fold(written)), folded, "{written}");
        }
        assert_eq!(fold_code("９１42-0984 ma7f3k2r8e"), "91420984MA7F3K2R8E");
    }
}
