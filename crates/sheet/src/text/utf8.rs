//! Whatever encoding a text is in, as UTF-8 in whole lines, with its faults by line.

use std::io::{self, Read};

use encoding_rs::{Decoder, GB18030, UTF_16BE, UTF_16LE};
use memchr::memmem;

use super::encoding::{Encoding, is_gb18030, looks_like_utf8};
use crate::fault::{Fault, Note};

const BLOCK: usize = 256 << 10;
/// U+FEFF in UTF-8.
const MARK: &[u8] = "\u{FEFF}".as_bytes();
/// Notes of one sort that are kept.
const MOST_NOTES: usize = 20;

/// A text that is being read.
pub(super) struct Utf8<R> {
    input: R,
    encoding: Encoding,
    /// Of UTF-16, what is between two blocks.
    decoder: Option<Decoder>,
    block: Vec<u8>,
    /// What was read of a line that has not ended.
    rest: Vec<u8>,
    /// Lines that were given, and with them the number of the next.
    lines: u64,
    at_start: bool,
    at_end: bool,
    pub(super) notes: Vec<Note>,
}

impl<R: Read> Utf8<R> {
    pub(super) fn new(input: R, encoding: Encoding) -> Self {
        let decoder = match encoding {
            Encoding::Utf8 | Encoding::Gb18030 => None,
            Encoding::Utf16Le => Some(UTF_16LE.new_decoder_with_bom_removal()),
            Encoding::Utf16Be => Some(UTF_16BE.new_decoder_with_bom_removal()),
        };
        Self {
            input,
            encoding,
            decoder,
            block: vec![0; BLOCK],
            rest: Vec::new(),
            lines: 0,
            at_start: true,
            at_end: false,
            notes: Vec::new(),
        }
    }

    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Appends the next lines; false at the end. At most one block is added, or one line where that
    /// is longer than `longest` bytes, which is a fault.
    pub(super) fn read(&mut self, into: &mut Vec<u8>, longest: usize) -> Result<bool, Fault> {
        while !self.at_end {
            let read = match self.input.read(&mut self.block) {
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Fault::read(&error)),
            };
            self.at_end = read == 0;
            self.take(read)?;
            let end = match self.at_end {
                true => self.rest.len(),
                false => memchr::memrchr(b'\n', &self.rest).map_or(0, |at| at + 1),
            };
            if end > 0 {
                let tail = self.rest.split_off(end);
                let lines = std::mem::replace(&mut self.rest, tail);
                self.give(&lines, into)?;
                return Ok(true);
            }
            if self.rest.len() > longest {
                return Err(self.too_long(longest));
            }
        }
        Ok(false)
    }

    fn too_long(&self, longest: usize) -> Fault {
        Fault::new(
            "sheet.line_long",
            format!("the line has more than {longest} bytes; break it, or look whether it is a table of text at all"),
            format!("此行超过 {longest} 字节；请核对是否为文本表格，或将其拆分"),
        )
        .at(self.lines + 1)
    }

    /// Takes what was read: bytes of UTF-8 and GB 18030 as they are, for both break lines as ASCII
    /// does; UTF-16 already as UTF-8.
    fn take(&mut self, read: usize) -> Result<(), Fault> {
        let Some(decoder) = &mut self.decoder else {
            self.rest.extend_from_slice(&self.block[..read]);
            return Ok(());
        };
        let room = decoder.max_utf8_buffer_length(read).unwrap_or(read * 3 + 16);
        let mut text = vec![0; room];
        let last = self.at_end;
        let (_, _, written, is_wrong) =
            decoder.decode_to_utf8(&self.block[..read], &mut text, last);
        text.truncate(written);
        self.rest.extend_from_slice(&text);
        if !is_wrong {
            return Ok(());
        }
        let wrong = memmem::find(&self.rest, "\u{FFFD}".as_bytes()).unwrap_or(0);
        Err(self.not_in_it(wrong, None))
    }

    /// Whole lines on their way out.
    fn give(&mut self, lines: &[u8], into: &mut Vec<u8>) -> Result<(), Fault> {
        if self.encoding == Encoding::Gb18030 {
            for (number, line) in lines.split(|byte| *byte == b'\n').enumerate() {
                if !line.is_ascii() && looks_like_utf8(line) {
                    let at = self.lines + 1 + number as u64;
                    return Err(mixed(self.encoding, Some(Encoding::Utf8), at));
                }
            }
            let text = GB18030.decode_without_bom_handling_and_without_replacement(lines);
            let Some(text) = text else {
                let mut each = lines.split(|byte| *byte == b'\n');
                let wrong = each.position(|line| !is_gb18030(line)).unwrap_or(0);
                return Err(mixed(self.encoding, None, self.lines + 1 + wrong as u64));
            };
            return self.checked(text.as_bytes(), into);
        }
        if let Err(error) = std::str::from_utf8(lines) {
            let at = error.valid_up_to();
            if self.at_end && error.error_len().is_none() {
                let fault = Fault::new(
                    "sheet.cut_off",
                    "the file ends in the middle of a character: it was cut off; export or send it again",
                    "文件在一个字的中间结束，已被截断；请重新导出或上传",
                );
                return Err(fault.at(self.lines + 1 + newlines(&lines[..at])));
            }
            let from = memchr::memrchr(b'\n', &lines[..at]).map_or(0, |at| at + 1);
            let line = lines[from..].split(|byte| *byte == b'\n').next().unwrap_or_default();
            let other = is_gb18030(line).then_some(Encoding::Gb18030);
            return Err(self.wrong_line(lines, at, other));
        }
        self.checked(lines, into)
    }

    /// Lines in UTF-8, without marks in them.
    fn checked(&mut self, lines: &[u8], into: &mut Vec<u8>) -> Result<(), Fault> {
        let mut from = 0;
        for mark in memmem::find_iter(lines, MARK) {
            into.extend_from_slice(&lines[from..mark]);
            from = mark + MARK.len();
            if !(self.at_start && mark == 0) && self.notes.len() < MOST_NOTES {
                let line = self.lines + 1 + newlines(&lines[..mark]);
                let note = Note::new(
                    "sheet.mark_inside",
                    "a byte order mark stands inside the file, as where files were put together; it was left out",
                    "文件中间有字节顺序标记（BOM），可能由多个文件拼接而成；已忽略",
                );
                self.notes.push(note.at(line));
            }
        }
        self.at_start = false;
        if let Some(zero) = memchr::memchr(0, lines) {
            let line = self.lines + 1 + newlines(&lines[..zero]);
            let fault = Fault::new(
                "sheet.zero_byte",
                "a zero byte stands in the line, so it is no text; save the table as CSV in UTF-8 again",
                "此行含有空字节，不是文本；请重新另存为 UTF-8 编码的 CSV",
            );
            return Err(fault.at(line));
        }
        into.extend_from_slice(&lines[from..]);
        self.lines += newlines(lines);
        Ok(())
    }

    fn wrong_line(&self, lines: &[u8], at: usize, other: Option<Encoding>) -> Fault {
        mixed(self.encoding, other, self.lines + 1 + newlines(&lines[..at]))
    }

    fn not_in_it(&self, at: usize, other: Option<Encoding>) -> Fault {
        self.wrong_line(&self.rest, at, other)
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

/// A line is in another encoding than the file.
fn mixed(encoding: Encoding, other: Option<Encoding>, line: u64) -> Fault {
    let of = encoding.word();
    let fault = match other.map(Encoding::word) {
        Some(other) => Fault::new(
            "sheet.two_encodings",
            format!(
                "the line is {other}, but the file is read as {of}; choose {other} if all of it is, or save the whole file in one encoding again"
            ),
            format!(
                "此行为 {other} 编码，而文件按 {of} 读取；若整个文件均为 {other} 请改选，否则请统一编码后重新保存"
            ),
        ),
        None => Fault::new(
            "sheet.encoding",
            format!(
                "the line is not {of}; choose another encoding, or save the file as UTF-8 again"
            ),
            format!("此行不是 {of} 编码；请改选编码，或重新另存为 UTF-8"),
        ),
    };
    fault.at(line)
}
