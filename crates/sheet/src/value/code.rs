//! Codes and numbers that name things: what a spreadsheet does to them is told, not guessed away.

use super::Unread;
use super::words::half_width;
use crate::cell::{Cell, Sort};

/// Beyond this a spreadsheet's number has lost digits: 15 are kept.
const LOST: f64 = 1e15;

/// The code in a cell: without white space, in characters of half width. `lengths` are the numbers of
/// characters that such a code has; none given, any.
///
/// # Errors
/// A number that has lost digits (`9.14201E+17`); one that is shorter than any of the lengths, as
/// where leading zeros were lost; another length.
///
/// ```
/// use sheet::{Cell, value::code::code};
/// assert_eq!(code(&Cell::text(" ９１４２０１００　ＭＡ12"), &[]).unwrap(), "91420100MA12");
/// assert_eq!(code(&Cell::text("9.14E+17"), &[]).unwrap_err().code, "cell.lost_digits");
/// assert_eq!(code(&Cell::number(914201001777000029.0), &[]).unwrap_err().code, "cell.lost_digits");
/// assert_eq!(code(&Cell::number(12345678.0), &[9]).unwrap_err().code, "cell.leading_zeros");
/// ```
pub fn code(cell: &Cell, lengths: &[usize]) -> Result<String, Unread> {
    let text: String = cell.text.chars().map(half_width).filter(|c| !c.is_whitespace()).collect();
    let text: String =
        text.chars().filter(|c| !matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200F}')).collect();
    let is_number = matches!(cell.sort, Sort::Number(_));
    let is_lost = matches!(cell.sort, Sort::Number(number) if number.abs() >= LOST);
    if is_lost || is_scientific(&text) {
        return Err(Unread::new(
            "cell.lost_digits",
            (
                "a spreadsheet took the code for a number and cut its last digits off",
                "format the column as text and enter the code again from its source",
            ),
            (
                "编码被表格软件当作数字，末尾数字已丢失",
                "请将该列设为文本格式，再按原始资料重新录入",
            ),
        ));
    }
    let length = text.chars().count();
    if lengths.is_empty() || lengths.contains(&length) {
        return Ok(text);
    }
    let wanted: Vec<String> = lengths.iter().map(usize::to_string).collect();
    let (en, zh) = (wanted.join(" or "), wanted.join("或"));
    let shortest = lengths.iter().copied().min().unwrap_or_default();
    if length < shortest
        && text.bytes().all(|b| b.is_ascii_digit())
        && (is_number || shortest <= 14 && length + 3 >= shortest)
    {
        return Err(Unread::new(
            "cell.leading_zeros",
            (
                format!("it has {length} digits, such a code has {en}: leading zeros were lost"),
                "format the column as text and enter the code with its zeros",
            ),
            (
                format!("只有 {length} 位，应为 {zh} 位：开头的 0 已丢失"),
                "请将该列设为文本格式，补上开头的 0",
            ),
        ));
    }
    Err(Unread::new(
        "cell.length",
        (format!("it has {length} characters, such a code has {en}"), "enter the whole code"),
        (format!("有 {length} 位，应为 {zh} 位"), "请填写完整编码"),
    ))
}

/// Whether a text is a number in the notation with an exponent, as a spreadsheet shows long ones.
fn is_scientific(text: &str) -> bool {
    let Some((digits, exponent)) = text.split_once(['e', 'E']) else { return false };
    let Some(exponent) = exponent.strip_prefix('+') else { return false };
    let is_number =
        |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    is_number(digits) && !exponent.is_empty() && exponent.bytes().all(|b| b.is_ascii_digit())
}
