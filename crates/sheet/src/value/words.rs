//! Text as it comes out of cells.

/// Whether a character shows nothing: white space of any width, marks of order and direction, joins.
fn is_blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}' | '\u{AD}')
}

/// A character of full width as the one of ASCII that it stands for.
pub fn half_width(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        '\u{3000}' | '\u{00A0}' => ' ',
        '。' => '.',
        '–' | '—' | '−' | '‐' | '‑' | '―' => '-',
        other => other,
    }
}

/// A text without blanks around it; line breaks and tabs inside become one space each, other control
/// characters go.
///
/// ```
/// assert_eq!(sheet::value::words::clean("\u{3000}武汉市\r\n洪山区\u{200B} "), "武汉市 洪山区");
/// ```
pub fn clean(text: &str) -> String {
    let text = text.trim_matches(is_blank);
    let is_plain = |c: char| !c.is_control() && !matches!(c, '\u{200B}' | '\u{FEFF}');
    if text.chars().all(is_plain) {
        return text.to_owned();
    }
    let mut cleaned = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' if cleaned.ends_with(' ') => {}
            '\n' | '\r' | '\t' => cleaned.push(' '),
            c if is_plain(c) => cleaned.push(c),
            _ => {}
        }
    }
    cleaned
}

/// What two headers or two words of a list have alike when they are the same: without blanks,
/// widths, letters' cases, and the signs by which forms mark what must be filled in.
///
/// ```
/// use sheet::value::words::key;
/// assert_eq!(key(" 企业名称\n（必填）*"), key("企业名称"));
/// assert_eq!(key("Ｎａｍｅ"), key("name"));
/// ```
pub fn key(text: &str) -> String {
    let visible = text.chars().filter(|c| !is_blank(*c) && !c.is_control());
    let mut key: String = visible.map(half_width).flat_map(char::to_lowercase).collect();
    key.retain(|c| c != '*');
    for mark in ["(必填)", "(选填)", "(可选)", "(required)", "(optional)"] {
        if let Some(rest) = key.strip_suffix(mark) {
            key.truncate(rest.len());
        }
    }
    key
}

/// The entries of a cell that holds several. Where the cell has line breaks, each line is one; else
/// one of the separators stands between two. A comma between two digits separates none: it belongs to
/// the name of a substance, as in `2,4-D`.
///
/// ```
/// use sheet::value::words::entries;
/// let of = |text| entries(text, ",，、;；").collect::<Vec<_>>();
/// assert_eq!(of("警告、罚款； 没收"), ["警告", "罚款", "没收"]);
/// assert_eq!(of("2,4-D,paraquat"), ["2,4-D", "paraquat"]);
/// assert_eq!(of("a, b\nc"), ["a, b", "c"]);
/// ```
pub fn entries<'t>(text: &'t str, separators: &str) -> impl Iterator<Item = &'t str> {
    let by_line = text.trim().contains('\n');
    let mut cuts = Vec::new();
    let mut from = 0;
    let bytes = text.as_bytes();
    let digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    for (at, c) in text.char_indices() {
        let separates = match by_line {
            true => c == '\n',
            false if c == ',' => {
                separators.contains(c) && !(digit(at.checked_sub(1)) && digit(Some(at + 1)))
            }
            false => separators.contains(c),
        };
        if separates {
            cuts.push((from, at));
            from = at + c.len_utf8();
        }
    }
    cuts.push((from, text.len()));
    let entry =
        |(from, to): (usize, usize)| text.get(from..to).unwrap_or("").trim_matches(is_blank);
    cuts.into_iter().map(entry).filter(|entry| !entry.is_empty())
}

/// What a word of yes or no means; none where it is neither.
///
/// ```
/// use sheet::value::words::yes_or_no;
/// assert_eq!(yes_or_no("是"), Some(true));
/// assert_eq!(yes_or_no("N"), Some(false));
/// assert_eq!(yes_or_no("也许"), None);
/// ```
pub fn yes_or_no(text: &str) -> Option<bool> {
    match key(text).as_str() {
        "是" | "有" | "√" | "✓" | "y" | "yes" | "true" | "1" | "1.0" => Some(true),
        "否" | "无" | "没有" | "×" | "✗" | "n" | "no" | "false" | "0" | "0.0" => Some(false),
        _ => None,
    }
}
