//! One file of a pack.

use toml::de::DeTable;

use crate::context::{Context, Place};
use crate::fault::FaultCode;

/// The text of a file, and where its lines begin.
pub(crate) struct Source<'s> {
    pub(crate) path: &'s str,
    pub(crate) text: &'s str,
    line_starts: Vec<usize>,
}

impl<'s> Source<'s> {
    /// The file, unless it is not UTF-8.
    pub(crate) fn new(path: &'s str, bytes: &'s [u8], cx: &mut Context) -> Option<Self> {
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(e) => {
                let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
                let line = 1 + before.iter().filter(|b| **b == b'\n').count();
                cx.fault(
                    FaultCode::NotUtf8,
                    &Place { file: path.to_owned(), line },
                    "the text is not UTF-8",
                    "save the file as UTF-8 (from Chinese Windows it is often GB18030)",
                );
                return None;
            }
        };
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Some(Self { path, text, line_starts: std::iter::once(0).chain(breaks).collect() })
    }

    /// The line on which a byte stands.
    pub(crate) fn place(&self, byte: usize) -> Place {
        let line = self.line_starts.partition_point(|start| *start <= byte).max(1);
        Place { file: self.path.to_owned(), line }
    }

    /// The first line from a byte on that is neither empty nor a note (`# ...`).
    pub(crate) fn line_after_notes(&self, byte: usize) -> Place {
        let rest = self.text.get(byte..).unwrap_or_default();
        let skipped: usize = rest
            .split_inclusive('\n')
            .take_while(|line| line.starts_with('#') || line.trim().is_empty())
            .map(str::len)
            .sum();
        self.place(byte + skipped)
    }

    /// A line by its number.
    pub(crate) fn line(&self, line: usize) -> Place {
        Place { file: self.path.to_owned(), line }
    }

    /// The TOML of the file; none where it is not TOML.
    pub(crate) fn toml(&self, cx: &mut Context) -> Option<toml::Spanned<DeTable<'s>>> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let place = self.place(error.span().map_or(0, |span| span.start));
            let message = error.message();
            cx.fault(
                FaultCode::Syntax,
                &place,
                format!("this is not TOML: {message}"),
                "correct the line (https://toml.io has the grammar); \
                 the rest of the file is read when it is",
            );
        }
        errors.is_empty().then_some(table)
    }
}
