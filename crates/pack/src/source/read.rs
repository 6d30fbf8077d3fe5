//! Values that a key can have.

use clock::Date;
use codes::{InForce, Label};
use toml::de::DeValue;

use super::names::nearest;
use super::table::{Node, Table};
use crate::context::{Context, Place};
use crate::fault::FaultCode;

/// A type that stands as a value in TOML.
pub(crate) trait Read: Sized {
    /// What stands there, in words.
    const EXPECTED: &'static str;

    /// The value; none, with a fault noted, where it is not of the type.
    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self>;

    /// What stands in for a value that is missing; a pack with a fault is never handed out.
    fn blank() -> Self;

    /// How it is written, for a remedy.
    fn example() -> String;
}

impl Read for String {
    const EXPECTED: &'static str = "a text in quotes";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        let DeValue::String(text) = node.value.get_ref() else {
            node.wrong_type(Self::EXPECTED, cx);
            return None;
        };
        if text.trim().is_empty() {
            let remedy = "fill it in, or take the line out where it may be left out";
            cx.fault(FaultCode::BadValue, &node.place(), "the text is empty", remedy);
            return None;
        }
        Some(text.clone().into_owned())
    }

    fn blank() -> Self {
        Self::new()
    }

    fn example() -> String {
        "\"…\"".to_owned()
    }
}

impl Read for bool {
    const EXPECTED: &'static str = "true or false";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        let DeValue::Boolean(value) = node.value.get_ref() else {
            node.wrong_type(Self::EXPECTED, cx);
            return None;
        };
        Some(*value)
    }

    fn blank() -> Self {
        false
    }

    fn example() -> String {
        "true".to_owned()
    }
}

impl Read for i64 {
    const EXPECTED: &'static str = "a whole number";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        let DeValue::Integer(number) = node.value.get_ref() else {
            node.wrong_type(Self::EXPECTED, cx);
            return None;
        };
        let value = Self::from_str_radix(number.as_str(), number.radix()).ok();
        if value.is_none() {
            let what = format!("{} is too large", number.as_str());
            cx.fault(FaultCode::BadValue, &node.place(), what, "write a number below 2^63");
        }
        value
    }

    fn blank() -> Self {
        0
    }

    fn example() -> String {
        "1".to_owned()
    }
}

impl Read for Option<Date> {
    const EXPECTED: &'static str = "a day such as 2026-04-15, without quotes";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        let found = match node.value.get_ref() {
            DeValue::Datetime(found) if found.time.is_none() => found.date,
            _ => None,
        };
        let Some(date) = found else {
            node.wrong_type(Self::EXPECTED, cx);
            return None;
        };
        match date.to_string().parse::<Date>() {
            Ok(day) => Some(Some(day)),
            Err(e) => {
                let remedy = "look the day up in its source";
                cx.fault(FaultCode::BadDay, &node.place(), e.to_string(), remedy);
                None
            }
        }
    }

    fn blank() -> Self {
        None
    }

    fn example() -> String {
        "2026-04-15".to_owned()
    }
}

impl Read for Label {
    const EXPECTED: &'static str = "a label such as { zh = \"…\", en = \"…\" }";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        let DeValue::Table(_) = node.value.get_ref() else {
            node.wrong_type(Self::EXPECTED, cx);
            return None;
        };
        let mut table = node.table("label", cx)?;
        let mut language = |key: &'static str, name: &str| match table.take(key) {
            Some(text) => String::read(text, cx),
            None => {
                let what = format!("the label has no {name}");
                cx.fault(FaultCode::Label, &node.place(), what, format!("add {key} = \"…\""));
                None
            }
        };
        let (zh, en) = (language("zh", "Chinese"), language("en", "English"));
        table.finish(cx);
        Some(Self { zh: zh?, en: en? })
    }

    fn blank() -> Self {
        Self { zh: String::new(), en: String::new() }
    }

    fn example() -> String {
        "{ zh = \"…\", en = \"…\" }".to_owned()
    }
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list in [ ]";

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        Some(node.items(cx).into_iter().filter_map(|item| T::read(item, cx)).collect())
    }

    fn blank() -> Self {
        Self::new()
    }

    fn example() -> String {
        format!("[{}]", T::example())
    }
}

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct Located<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

impl<T: Read> Read for Located<T> {
    const EXPECTED: &'static str = T::EXPECTED;

    fn read(node: Node<'_>, cx: &mut Context) -> Option<Self> {
        T::read(node, cx).map(|value| Self { value, place: node.place() })
    }

    fn blank() -> Self {
        Self { value: T::blank(), place: Place { file: String::new(), line: 1 } }
    }

    fn example() -> String {
        T::example()
    }
}

/// One of some words; a fault names them all.
pub(crate) fn choice<T: Copy>(
    node: Node<'_>,
    all: &[T],
    word: impl Fn(T) -> &'static str,
    cx: &mut Context,
) -> Option<T> {
    let text = String::read(node, cx)?;
    let found = all.iter().copied().find(|value| word(*value) == text);
    if found.is_none() {
        let words: Vec<&str> = all.iter().map(|value| word(*value)).collect();
        let remedy = match nearest(&text, words.iter().copied()) {
            Some(meant) => format!("write \"{meant}\", if that is meant"),
            None => format!("write one of {}", words.join(", ")),
        };
        cx.fault(
            FaultCode::BadValue,
            &node.place(),
            format!("{text:?} is none of the words that stand here"),
            remedy,
        );
    }
    found
}

impl Table<'_> {
    /// The days of the keys `from` and `to`.
    pub(crate) fn in_force(&mut self, cx: &mut Context) -> InForce {
        let from = self.optional::<Option<Date>>("from", cx).flatten();
        self.ending(from, cx)
    }

    /// The same, where the first day is always known.
    pub(crate) fn in_force_from(&mut self, cx: &mut Context) -> InForce {
        let from = self.required::<Option<Date>>("from", cx);
        self.ending(from, cx)
    }

    fn ending(&mut self, from: Option<Date>, cx: &mut Context) -> InForce {
        let to = self.optional::<Located<Option<Date>>>("to", cx);
        let in_force = InForce { from, to: to.as_ref().and_then(|day| day.value) };
        if let Some(to) = to {
            in_order(&in_force, &to.place, cx);
        }
        in_force
    }
}

/// Notes a fault where days in force end before they begin.
pub(crate) fn in_order(in_force: &InForce, place: &Place, cx: &mut Context) {
    if let InForce { from: Some(from), to: Some(to) } = in_force
        && to < from
    {
        let what = format!("it ends on {to}, before it begins on {from}");
        cx.fault(FaultCode::BadDay, place, what, "exchange or correct from and to");
    }
}
