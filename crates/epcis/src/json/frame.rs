//! Values cut out of a stream of JSON, one at a time, so that memory does not grow with it.

use std::io::BufRead;

use super::{What, parse};
use crate::fault::Rule;

pub(crate) struct Frames<R> {
    input: R,
    /// What was consumed, while it is kept.
    record: Option<Vec<u8>>,
    most: usize,
}

type Step<T> = Result<T, Rule>;

const EARLY: Rule = Rule::Json("the text ends early", "内容不完整");

impl<R: BufRead> Frames<R> {
    pub(crate) fn new(input: R, most: usize) -> Self {
        Self { input, record: Some(Vec::new()), most }
    }

    /// What was consumed so far, if no more than fits; nothing is kept from now on.
    pub(crate) fn stop_record(&mut self) -> Option<Vec<u8>> {
        self.record.take()
    }

    pub(crate) fn peek(&mut self) -> Step<Option<u8>> {
        let buffer = self.input.fill_buf().map_err(|e| Rule::Input(e.to_string()))?;
        Ok(buffer.first().copied())
    }

    fn skip(&mut self) {
        let byte = self.peek().ok().flatten();
        self.input.consume(1);
        self.note(byte.as_slice());
    }

    fn note(&mut self, bytes: &[u8]) {
        let Some(record) = &mut self.record else { return };
        record.extend_from_slice(bytes);
        if record.len() > self.most {
            self.record = None;
        }
    }

    fn blanks(&mut self) -> Step<()> {
        while matches!(self.peek()?, Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.skip();
        }
        Ok(())
    }

    /// The byte that must come next after blanks.
    pub(crate) fn expect(&mut self, byte: u8) -> Step<()> {
        self.blanks()?;
        match self.peek()? {
            Some(found) if found == byte => {
                self.skip();
                Ok(())
            }
            None => Err(EARLY),
            Some(_) if byte == b':' => Err(Rule::Json("a colon is missing", "缺少冒号")),
            Some(_) if byte == b'[' => Err(Rule::Json("a list is missing", "缺少数组")),
            Some(_) => Err(Rule::Json("an object is missing", "缺少对象")),
        }
    }

    /// Whether another item comes before `end`.
    pub(crate) fn more(&mut self, first: bool, end: u8) -> Step<bool> {
        self.blanks()?;
        match self.peek()? {
            Some(byte) if byte == end => {
                self.skip();
                Ok(false)
            }
            Some(b',') if !first => {
                self.skip();
                Ok(true)
            }
            Some(_) if first => Ok(true),
            Some(_) => Err(Rule::Json("a comma is missing", "缺少逗号")),
            None => Err(EARLY),
        }
    }

    /// A key and its colon.
    pub(crate) fn key(&mut self) -> Step<String> {
        self.blanks()?;
        if self.peek()? != Some(b'"') {
            return Err(Rule::Json("a key in quotes is missing", "缺少带引号的键"));
        }
        let raw = self.value()?;
        let key = parse(&raw, 1, &mut 1).map_err(|wrong| wrong.rule)?;
        self.expect(b':')?;
        match key.what {
            What::Text(text) => Ok(text),
            _ => Err(Rule::Json("a key in quotes is missing", "缺少带引号的键")),
        }
    }

    /// Nothing but blanks may follow.
    pub(crate) fn end(&mut self) -> Step<()> {
        self.blanks()?;
        match self.peek()? {
            None => Ok(()),
            Some(_) => Err(Rule::Json("text follows the value", "值之后还有内容")),
        }
    }

    /// The bytes of the next value; whether they are JSON is for the parser to say.
    pub(crate) fn value(&mut self) -> Step<Vec<u8>> {
        self.blanks()?;
        let mut out = Vec::new();
        let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
        loop {
            let buffer = self.input.fill_buf().map_err(|e| Rule::Input(e.to_string()))?;
            if buffer.is_empty() {
                // A number may end the text, and the parser refuses the rest.
                return if depth == 0 && !quoted && !out.is_empty() { Ok(out) } else { Err(EARLY) };
            }
            let mut taken = 0;
            let mut done = false;
            for &byte in buffer {
                let ends_bare = depth == 0
                    && !quoted
                    && matches!(byte, b',' | b']' | b'}' | b' ' | b'\t' | b'\r' | b'\n');
                if ends_bare {
                    done = true;
                    break;
                }
                taken += 1;
                if quoted {
                    match byte {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => quoted = false,
                        _ => {}
                    }
                    done = !quoted && depth == 0;
                } else {
                    match byte {
                        b'"' => quoted = true,
                        b'{' | b'[' => depth += 1,
                        b'}' | b']' => {
                            depth -= 1;
                            done = depth == 0;
                        }
                        _ => {}
                    }
                }
                if done {
                    break;
                }
            }
            if out.len() + taken > self.most {
                return Err(Rule::Large(self.most));
            }
            out.extend_from_slice(&buffer[..taken]);
            self.input.consume(taken);
            if self.record.is_some() {
                let from = out.len() - taken;
                let bytes = out.split_off(from);
                self.note(&bytes);
                out.extend(bytes);
            }
            if done {
                return if out.is_empty() {
                    Err(Rule::Json("a value is missing", "缺少值"))
                } else {
                    Ok(out)
                };
            }
        }
    }
}
