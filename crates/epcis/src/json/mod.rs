//! JSON: strict reading into a tree that keeps order and numbers, and frames of a stream.

mod frame;
mod tree;

pub(crate) use frame::Frames;
pub(crate) use tree::{event_node, into_node, member_namespaces};

use crate::fault::{Many, Rule};

/// A value with its offset.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Json {
    pub at: u32,
    pub what: What,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    pub(crate) fn member(&self, name: &str) -> Option<&Json> {
        match &self.what {
            What::Object(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    pub(crate) fn text(&self) -> Option<&str> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The pointer of the value or key at an offset.
    pub(crate) fn pointer(&self, at: u32) -> Option<String> {
        if self.at == at {
            return Some(String::new());
        }
        match &self.what {
            What::List(items) => items
                .iter()
                .enumerate()
                .find_map(|(n, item)| Some(format!("/{n}{}", item.pointer(at)?))),
            What::Object(members) => members
                .iter()
                .find_map(|(name, value)| Some(format!("/{}{}", escape(name), value.pointer(at)?))),
            _ => None,
        }
    }
}

/// A name in a JSON pointer.
pub(crate) fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// What is wrong with a text, and the pointer to it.
#[derive(Debug)]
pub(crate) struct Wrong {
    pub rule: Rule,
    /// Steps from the inside out.
    pub path: Vec<String>,
}

impl Wrong {
    fn under(mut self, step: impl FnOnce() -> String) -> Self {
        self.path.push(step());
        self
    }

    pub(crate) fn pointer(&self) -> String {
        self.path.iter().rev().map(|step| format!("/{}", escape(step))).collect()
    }
}

fn wrong<T>(en: &'static str, zh: &'static str) -> Result<T, Wrong> {
    Err(Wrong { rule: Rule::Json(en, zh), path: Vec::new() })
}

/// Reads one text; offsets count from its start. `values`: how many values it may still have, of which
/// those that it has are taken away.
pub(crate) fn parse(text: &[u8], depth: usize, values: &mut usize) -> Result<Json, Wrong> {
    let text =
        std::str::from_utf8(text).map_err(|_| Wrong { rule: Rule::Encoding, path: Vec::new() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = Parser { text, at: 0, depth, left: depth, most: *values, values };
    let value = parser.value()?;
    parser.blanks();
    if parser.at < text.len() {
        wrong("text follows the value", "值之后还有内容")
    } else {
        Ok(value)
    }
}

struct Parser<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
    left: usize,
    most: usize,
    values: &'t mut usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Json, Wrong> {
        self.blanks();
        let Some(left) = self.values.checked_sub(1) else {
            return Err(Wrong { rule: Rule::Many(Many::Values, self.most), path: Vec::new() });
        };
        *self.values = left;
        let at = u32::try_from(self.at).unwrap_or(u32::MAX);
        let what = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::list)?,
            Some(b'"') => What::Text(self.string()?),
            Some(b'-' | b'0'..=b'9') => What::Number(self.number()?),
            _ => {
                let words = [
                    ("true", What::Bool(true)),
                    ("false", What::Bool(false)),
                    ("null", What::Null),
                ];
                let rest = &self.text[self.at..];
                match words.into_iter().find(|(word, _)| rest.starts_with(word)) {
                    Some((word, what)) => {
                        self.at += word.len();
                        what
                    }
                    None if rest.is_empty() => return wrong("the text ends early", "内容不完整"),
                    None => return wrong("a value is missing", "缺少值"),
                }
            }
        };
        Ok(Json { at, what })
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<What, Wrong>) -> Result<What, Wrong> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Wrong { rule: Rule::Deep(self.depth), path: Vec::new() });
        };
        self.left = left;
        self.at += 1;
        let found = read(self);
        self.left += 1;
        found
    }

    /// Whether another item follows: after a comma, or first.
    fn more(&mut self, first: bool, end: u8) -> Result<bool, Wrong> {
        self.blanks();
        match self.peek() {
            Some(b) if b == end => {
                self.at += 1;
                Ok(false)
            }
            Some(b',') if !first => {
                self.at += 1;
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => wrong("a comma is missing", "缺少逗号"),
            None => wrong("the text ends early", "内容不完整"),
        }
    }

    fn list(&mut self) -> Result<What, Wrong> {
        let mut items = Vec::new();
        while self.more(items.is_empty(), b']')? {
            items.push(self.value().map_err(|e| e.under(|| items.len().to_string()))?);
        }
        Ok(What::List(items))
    }

    fn object(&mut self) -> Result<What, Wrong> {
        let mut members: Vec<(String, Json)> = Vec::new();
        let mut seen = std::collections::HashSet::new();
        while self.more(members.is_empty(), b'}')? {
            self.blanks();
            if self.peek() != Some(b'"') {
                return wrong("a key in quotes is missing", "缺少带引号的键");
            }
            let name = self.string()?;
            // A few keys are looked through faster than hashed.
            let twice = if members.len() < 16 {
                members.iter().any(|(n, _)| *n == name)
            } else {
                if seen.is_empty() {
                    seen.extend(members.iter().map(|(n, _)| n.clone()));
                }
                !seen.insert(name.clone())
            };
            if twice {
                return Err(Wrong { rule: Rule::Twice(name.clone()), path: vec![name] });
            }
            self.blanks();
            if self.peek() != Some(b':') {
                return wrong("a colon is missing", "缺少冒号");
            }
            self.at += 1;
            let value = self.value().map_err(|e| e.under(|| name.clone()))?;
            members.push((name, value));
        }
        Ok(What::Object(members))
    }

    fn digits(&mut self) -> Result<(), Wrong> {
        let from = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == from { wrong("a digit is missing", "缺少数字") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<String, Wrong> {
        let from = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'0'..=b'9')) {
            return wrong("a number begins with 0", "数值以 0 开头");
        }
        Ok(self.text[from..self.at].to_owned())
    }

    fn string(&mut self) -> Result<String, Wrong> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text.as_bytes()[self.at..];
            let plain = rest.iter().take_while(|b| !matches!(b, b'"' | b'\\' | 0..0x20)).count();
            out.push_str(&self.text[self.at..self.at + plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escaped()?);
                }
                Some(_) => return wrong("a control character stands in text", "文本中有控制字符"),
                None => return wrong("the text ends early", "内容不完整"),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Wrong> {
        let letter = self.peek();
        self.at += 1;
        Ok(match letter {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let high = self.hex()?;
                let code = if (0xd800..0xdc00).contains(&high) {
                    if !self.text[self.at..].starts_with("\\u") {
                        return wrong("half a surrogate pair", "代理对不完整");
                    }
                    self.at += 2;
                    let low = self.hex()?;
                    if !(0xdc00..0xe000).contains(&low) {
                        return wrong("half a surrogate pair", "代理对不完整");
                    }
                    0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
                } else {
                    high
                };
                match char::from_u32(code) {
                    Some(c) => c,
                    None => return wrong("half a surrogate pair", "代理对不完整"),
                }
            }
            _ => {
                // The letter may be of several bytes; nothing is read after a fault.
                self.at = self.text.len();
                return wrong("an unknown escape", "未知的转义");
            }
        })
    }

    fn hex(&mut self) -> Result<u32, Wrong> {
        let digits = self.text.get(self.at..self.at + 4);
        let digits = digits.filter(|t| t.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|t| u32::from_str_radix(t, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => wrong("an unknown escape", "未知的转义"),
        }
    }
}
