//! A table of TOML whose keys are taken out one by one; what is left over is a fault.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::names::{Form, nearest};
use super::read::{Located, Read};
use super::text::Source;
use crate::context::{Context, Place};
use crate::fault::FaultCode;

/// A value and the file it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Node<'s> {
    pub(crate) source: &'s Source<'s>,
    pub(crate) value: &'s Spanned<DeValue<'s>>,
}

impl<'s> Node<'s> {
    pub(crate) fn place(&self) -> Place {
        self.source.place(self.value.span().start)
    }

    /// The fault that it is not of the type asked for.
    pub(crate) fn wrong_type(&self, expected: &str, cx: &mut Context) {
        let found = match self.value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number with decimals",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a day or a time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let what = format!("this is {found}, but {expected} stands here");
        cx.fault(FaultCode::WrongType, &self.place(), what, format!("write {expected}"));
    }

    /// The parts of a list; a fault where it is none.
    pub(crate) fn items(self, cx: &mut Context) -> Vec<Node<'s>> {
        let DeValue::Array(items) = self.value.get_ref() else {
            self.wrong_type("a list in [ ]", cx);
            return Vec::new();
        };
        items.iter().map(|value| Node { source: self.source, value }).collect()
    }

    /// The table it is; a fault where it is none. `what` names it in faults.
    pub(crate) fn table(self, what: &str, cx: &mut Context) -> Option<Table<'s>> {
        let DeValue::Table(entries) = self.value.get_ref() else {
            self.wrong_type("a table in { }", cx);
            return None;
        };
        Some(Table::new(self.source, entries, self.value.span().start, what))
    }
}

struct Entry<'s> {
    key: &'s str,
    key_at: usize,
    node: Node<'s>,
}

/// A table that is being read.
pub(crate) struct Table<'s> {
    source: &'s Source<'s>,
    /// What is left, in the order of the text.
    entries: Vec<Entry<'s>>,
    asked: Vec<&'static str>,
    at: usize,
    /// What it describes, in words, for faults.
    pub(crate) what: String,
}

impl<'s> Table<'s> {
    pub(crate) fn new(
        source: &'s Source<'s>,
        entries: &'s DeTable<'s>,
        at: usize,
        what: &str,
    ) -> Self {
        let mut entries: Vec<Entry<'s>> = entries
            .iter()
            .map(|(key, value)| Entry {
                key: key.get_ref(),
                key_at: key.span().start,
                node: Node { source, value },
            })
            .collect();
        entries.sort_by_key(|entry| entry.key_at);
        Self { source, entries, asked: Vec::new(), at, what: what.to_owned() }
    }

    /// Where the table begins.
    pub(crate) fn place(&self) -> Place {
        self.source.place(self.at)
    }

    /// Takes out a key.
    pub(crate) fn take(&mut self, key: &'static str) -> Option<Node<'s>> {
        self.asked.push(key);
        let at = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(at).node)
    }

    /// Takes out every key that is left, with the place of each key.
    pub(crate) fn take_rest(&mut self) -> Vec<(&'s str, Place, Node<'s>)> {
        let source = self.source;
        let rest = self.entries.drain(..);
        rest.map(|entry| (entry.key, source.place(entry.key_at), entry.node)).collect()
    }

    /// The value of a key, if the key is there.
    pub(crate) fn optional<T: Read>(&mut self, key: &'static str, cx: &mut Context) -> Option<T> {
        self.take(key).and_then(|node| T::read(node, cx))
    }

    /// The value of a key; a fault and a blank where it is missing or wrong.
    pub(crate) fn required<T: Read>(&mut self, key: &'static str, cx: &mut Context) -> T {
        let Some(node) = self.take(key) else {
            let what = format!("the {} has no {key}", self.what);
            cx.fault(
                FaultCode::MissingKey,
                &self.place(),
                what,
                format!("add {key} = {}", T::example()),
            );
            return T::blank();
        };
        T::read(node, cx).unwrap_or_else(T::blank)
    }

    /// The name that the table gives to what it describes; none (and a fault) where there is none.
    pub(crate) fn id(
        &mut self,
        key: &'static str,
        form: Form,
        cx: &mut Context,
    ) -> Option<Located<String>> {
        let id: Located<String> = self.required(key, cx);
        if id.value.is_empty() || !form.check(&id.value, &id.place, cx) {
            return None;
        }
        self.what = format!("{} {}", self.what, id.value);
        Some(id)
    }

    /// The tables of `[[key]]`; none where the key is not there.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        what: &str,
        cx: &mut Context,
    ) -> Vec<Table<'s>> {
        let items = self.take(key).map(|node| node.items(cx)).unwrap_or_default();
        items.into_iter().filter_map(|node| node.table(what, cx)).collect()
    }

    /// The table of `[key]`, if it is there.
    pub(crate) fn table(
        &mut self,
        key: &'static str,
        what: &str,
        cx: &mut Context,
    ) -> Option<Table<'s>> {
        self.take(key).and_then(|node| node.table(what, cx))
    }

    /// Ends the reading: keys that nobody asked for are faults.
    pub(crate) fn finish(self, cx: &mut Context) {
        for entry in &self.entries {
            let what = format!("the {} has a key {} that is not known", self.what, entry.key);
            let remedy = match nearest(entry.key, self.asked.iter().copied()) {
                Some(meant) => format!("write {meant}, if that is meant, or take the line out"),
                None => format!("take it out; the keys are {}", self.asked.join(", ")),
            };
            cx.fault(FaultCode::UnknownKey, &self.source.place(entry.key_at), what, remedy);
        }
    }
}
