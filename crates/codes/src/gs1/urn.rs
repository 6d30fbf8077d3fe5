//! EPC URNs: pure identity (`urn:epc:id:`), patterns of one class (`urn:epc:idpat:`), and
//! batches (`urn:epc:class:`).

use super::check_digit;
use super::element::Value;
use super::epc::Epc;
use super::escape::Syntax;
use super::layout::{Body, Scheme, Serial};
use super::prefix::{CompanyPrefixes, LEAST, MOST};
use crate::error::{Checked, Error, Mode, Notes};
use crate::text::excerpt;
use crate::words::{Name, Words};

pub(super) const WHAT: Name = Name::new("EPC URN", "EPC URN");
const EXAMPLE: &str = "urn:epc:id:sgtin:0614141.812345.6789";

/// What stands for every instance in a pattern.
const ANY: &str = "*";

impl Epc {
    /// Reads an EPC URN at pure identity or class level.
    ///
    /// # Errors
    /// [`Error::Form`] for another form, a pattern above class level, or parts of a wrong length;
    /// [`Error::Character`] and [`Error::ApplicationIdentifier`] for a serial part that is not
    /// allowed, which are warnings in [`Mode::Lenient`].
    pub fn from_urn(text: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        let epc = read(text, &mut notes)?;
        let epc = epc.checked(&mut notes)?;
        Ok(notes.checked(epc))
    }

    /// The EPC URN with a company prefix of this length.
    ///
    /// # Errors
    /// [`Error::PrefixLength`] where the length is not 6 to 12 or longer than the key has room
    /// for, or where the prefix would not be digits; the last is a warning in [`Mode::Lenient`].
    pub fn to_urn(&self, prefix_length: usize, mode: Mode) -> Result<Checked<String>, Error> {
        let mut notes = Notes::new(mode);
        let urn = self.write_urn(prefix_length, &mut notes)?;
        Ok(notes.checked(urn))
    }

    /// The EPC URN with the company prefix as it was read, else as `prefixes` say.
    ///
    /// # Errors
    /// As [`Epc::to_urn`].
    pub fn to_urn_by(&self, prefixes: &CompanyPrefixes) -> Result<String, Error> {
        let length =
            self.prefix_length.unwrap_or_else(|| prefixes.length_of(self.prefix_digits()).0);
        self.to_urn(length, Mode::Strict).map(|urn| urn.value)
    }

    fn write_urn(&self, prefix_length: usize, notes: &mut Notes) -> Result<String, Error> {
        let layout = self.layout();
        let key = self.key.text();
        let fault = |most: usize| Error::PrefixLength {
            what: layout.urn,
            key: excerpt(key),
            length: prefix_length,
            least: LEAST,
            most: most.min(MOST),
        };
        let mut urn = String::with_capacity(64);
        urn.push_str("urn:epc:");
        urn.push_str(match layout.serial {
            Serial::Class(_) => "class:",
            _ if self.is_class() => "idpat:",
            _ => "id:",
        });
        urn.push_str(layout.urn);
        urn.push(':');
        let body = layout.body.after_lead(key);
        let room = match layout.body {
            Body::Digits { digits, .. } => digits,
            Body::Text => body.len(),
        };
        let prefix =
            body.get(..prefix_length).filter(|_| (LEAST..=MOST.min(room)).contains(&prefix_length));
        let prefix = prefix.ok_or_else(|| fault(room))?;
        if !prefix.bytes().all(|b| b.is_ascii_digit()) {
            notes.fault(fault(room))?;
        }
        urn.push_str(prefix);
        urn.push('.');
        match layout.body {
            Body::Digits { lead, digits, check, tail, .. } => {
                urn.push_str(key.get(..lead).unwrap_or(""));
                urn.push_str(body.get(prefix_length..digits).unwrap_or(""));
                let tail_at = digits + usize::from(check);
                for at in (tail_at..tail_at + tail).step_by(2) {
                    urn.push('.');
                    urn.push_str(body.get(at..at + 2).unwrap_or(""));
                }
            }
            Body::Text => {
                let reference = self.key.split(prefix_length).map(|(_, reference)| reference);
                reference.ok_or_else(|| fault(room))?.write(Syntax::Urn, &mut urn);
            }
        }
        match (&self.serial, layout.serial) {
            (_, Serial::None) => {}
            (Some(serial), _) => {
                urn.push('.');
                serial.write(Syntax::Urn, &mut urn);
            }
            (None, Serial::OrZero(_)) => urn.push_str(".0"),
            (None, _) => urn.push_str(".*"),
        }
        Ok(urn)
    }
}

impl Body {
    /// The key from its company prefix on.
    pub(super) fn after_lead(self, key: &str) -> &str {
        match self {
            Self::Digits { lead, filler, .. } => key.get(lead + filler..).unwrap_or(""),
            Self::Text => key,
        }
    }
}

fn fault(en: impl Into<String>, zh: impl Into<String>) -> Error {
    Error::Form { what: WHAT, reason: Words::new(en, zh), example: EXAMPLE }
}

fn read(text: &str, notes: &mut Notes) -> Result<Epc, Error> {
    let rest = text.strip_prefix("urn:epc:").ok_or_else(|| {
        let text = excerpt(text);
        fault(
            format!("{text:?} does not begin with urn:epc:"),
            format!("“{text}”没有以 urn:epc: 开头"),
        )
    })?;
    let (level, rest) = rest
        .split_once(':')
        .ok_or_else(|| fault("it ends after urn:epc:", "urn:epc: 后没有内容"))?;
    let (name, parts) =
        rest.split_once(':').ok_or_else(|| fault("it ends before its scheme", "缺少方案"))?;
    let scheme = Scheme::by_urn(name).ok_or_else(|| {
        let name = excerpt(name);
        fault(
            format!("{name:?} is no scheme of a GS1 key"),
            format!("“{name}”不是 GS1 标识代码的方案"),
        )
    })?;
    let serial_rule = scheme.layout().serial;
    let level_fits = match level {
        "id" => !matches!(serial_rule, Serial::Class(_)),
        "idpat" => matches!(serial_rule, Serial::Glued | Serial::Element(_)),
        "class" => matches!(serial_rule, Serial::Class(_)),
        _ => false,
    };
    if !level_fits {
        let level = excerpt(level);
        return Err(fault(
            format!("{level} is not used with {name}"),
            format!("{name} 不用于 {level}"),
        ));
    }
    let (prefix, parts) = parts.split_once('.').ok_or_else(|| {
        fault("there is no point after the company prefix", "厂商识别代码后没有点号")
    })?;
    if !(LEAST..=MOST).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_digit()) {
        let prefix = excerpt(prefix);
        return Err(fault(
            format!("the company prefix {prefix:?} is not {LEAST} to {MOST} digits"),
            format!("厂商识别代码“{prefix}”不是 {LEAST} 至 {MOST} 位数字"),
        ));
    }
    let (key, serial) = match scheme.layout().body {
        Body::Digits { .. } => read_digits(scheme, prefix, parts)?,
        Body::Text => read_text(scheme, prefix, parts, notes)?,
    };
    let serial = match (level, serial) {
        ("idpat", Some(ANY)) => None,
        ("idpat", _) => {
            return Err(fault(
                "a pattern ends in .* and has no other wildcard",
                "模式应以 .* 结尾，不能有其他通配符",
            ));
        }
        (_, Some("")) => return Err(fault("the serial part is empty", "系列号部分为空")),
        (_, Some("0")) if matches!(serial_rule, Serial::OrZero(_)) => None,
        (_, Some(serial)) => Some(Value::from_escaped(serial, notes)?),
        (_, None) => None,
    };
    Ok(Epc { scheme, key, serial, prefix_length: Some(prefix.len()) })
}

/// A key of digits: puts lead, filler and check digit where they stand in the key.
fn read_digits<'t>(
    scheme: Scheme,
    prefix: &str,
    parts: &'t str,
) -> Result<(Value, Option<&'t str>), Error> {
    let layout = scheme.layout();
    let Body::Digits { lead, filler, digits, check, tail } = layout.body else {
        return Err(fault("this scheme has no digits", "这一方案没有数字"));
    };
    // The serial part comes last and may itself hold points.
    let pieces = 1 + tail / 2 + usize::from(!matches!(layout.serial, Serial::None));
    let mut pieces = parts.splitn(pieces, '.');
    let reference = pieces.next().unwrap_or("");
    if !reference.bytes().all(|b| b.is_ascii_digit()) {
        let reference = excerpt(reference);
        return Err(fault(
            format!("the reference {reference:?} is not digits"),
            format!("参考代码“{reference}”不是数字"),
        ));
    }
    if prefix.len() + reference.len() != lead + digits || reference.len() < lead {
        let (found, urn, wanted) = (prefix.len() + reference.len(), layout.urn, lead + digits);
        return Err(fault(
            format!(
                "company prefix and reference have {found} digits together, {urn} has {wanted}"
            ),
            format!("厂商识别代码与参考代码共 {found} 位，{urn} 应为 {wanted} 位"),
        ));
    }
    let (moved, reference) = reference.split_at(lead);
    let mut key = String::with_capacity(20);
    key.push_str(moved);
    key.extend(std::iter::repeat_n('0', filler));
    key.push_str(prefix);
    key.push_str(reference);
    if check {
        let check = check_digit(key.as_bytes())
            .ok_or_else(|| fault("the key is not digits", "代码不是数字"))?;
        key.push(char::from(check));
    }
    for _ in 0..tail / 2 {
        match pieces.next() {
            Some(pair) if pair.len() == 2 && pair.bytes().all(|b| b.is_ascii_digit()) => {
                key.push_str(pair);
            }
            _ => {
                return Err(fault(
                    "piece and total are two digits each",
                    "组件号与组件总数应各为两位数字",
                ));
            }
        }
    }
    let serial = pieces.next();
    if serial.is_none() && !matches!(layout.serial, Serial::None) {
        return Err(fault("the serial part is missing", "缺少系列号部分"));
    }
    Ok((Value::plain(key), serial))
}

/// A key of company prefix and free reference.
fn read_text<'t>(
    scheme: Scheme,
    prefix: &str,
    parts: &'t str,
    notes: &mut Notes,
) -> Result<(Value, Option<&'t str>), Error> {
    let (reference, serial) = match scheme.layout().serial {
        Serial::None => (parts, None),
        // A part number has no points, a serial number is digits: the last point divides.
        _ => parts
            .rsplit_once('.')
            .map(|(reference, serial)| (reference, Some(serial)))
            .ok_or_else(|| fault("the serial part is missing", "缺少系列号部分"))?,
    };
    if reference.is_empty() {
        notes.fault(fault("the reference is empty", "参考代码为空"))?;
    }
    Ok((Value::from_escaped(&format!("{prefix}{reference}"), notes)?, serial))
}
