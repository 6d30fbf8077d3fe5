//! A file as sheets of rows, whatever its format.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::book::Book;
use crate::cell::{Cell, Row};
use crate::fault::{Fault, Note};
use crate::limits::Limits;
use crate::text::encoding::{self, Encoding};
use crate::text::{Csv, JsonLines, csv, json_lines};

/// A format of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A book of a spreadsheet program (ECMA-376).
    Xlsx,
    /// Rows of text, RFC 4180.
    Csv,
    /// A JSON object a line.
    JsonLines,
}

impl Format {
    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Xlsx => "XLSX",
            Self::Csv => "CSV",
            Self::JsonLines => "JSON Lines",
        }
    }
}

/// How a text is to be read where somebody has said it; what is not said is guessed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// The encoding.
    pub encoding: Option<Encoding>,
    /// What stands between fields.
    pub separator: Option<u8>,
}

/// Whether the next row is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It is.
    On,
    /// It is not.
    Stop,
}

/// A file that is open for reading.
pub struct Source {
    path: PathBuf,
    limits: Limits,
    sheets: Vec<String>,
    notes: Vec<Note>,
    inner: Inner,
}

enum Inner {
    Book(Box<Book>),
    Csv { encoding: Encoding, separator: u8, is_sure: bool },
    JsonLines { columns: Vec<String> },
}

/// Bytes that a separator is guessed from.
const HEAD: u64 = 128 << 10;

impl Source {
    /// Opens a file; its format is told by what stands in it.
    ///
    /// # Errors
    /// No table that is read, or more than the limits allow.
    pub fn open(path: &Path, layout: Layout, limits: &Limits) -> Result<Self, Fault> {
        let open = || File::open(path).map_err(|error| Fault::read(&error));
        let mut head = Vec::new();
        open()?.take(HEAD).read_to_end(&mut head).map_err(|error| Fault::read(&error))?;
        let (sheets, inner) = match sniff(&head)? {
            Format::Xlsx => {
                let book = Book::open(path, limits)?;
                (book.sheets().to_vec(), Inner::Book(Box::new(book)))
            }
            Format::JsonLines => {
                let columns = json_lines::columns(open()?, limits)?;
                (vec![String::new()], Inner::JsonLines { columns })
            }
            Format::Csv => {
                let guess = encoding::guess(open()?).map_err(|error| Fault::read(&error))?;
                let encoding = layout.encoding.unwrap_or(guess.encoding);
                let separator = layout.separator;
                // A character at the end of the head may be cut.
                let end = memchr::memrchr(b'\n', &head).map_or(head.len(), |at| at + 1);
                let guessed = || csv::guess_separator(&head[..end], encoding);
                let separator = separator.unwrap_or_else(guessed);
                let is_sure = layout.encoding.is_some() || guess.is_sure;
                (vec![String::new()], Inner::Csv { encoding, separator, is_sure })
            }
        };
        let notes = match &inner {
            Inner::Book(book) => book.notes().to_vec(),
            _ => Vec::new(),
        };
        let (path, limits) = (path.to_owned(), limits.clone());
        Ok(Self { path, limits, sheets, notes, inner })
    }

    /// Its format.
    pub fn format(&self) -> Format {
        match &self.inner {
            Inner::Book(_) => Format::Xlsx,
            Inner::Csv { .. } => Format::Csv,
            Inner::JsonLines { .. } => Format::JsonLines,
        }
    }

    /// Of CSV the encoding, and whether there is no doubt about it.
    pub fn encoding(&self) -> Option<(Encoding, bool)> {
        match &self.inner {
            Inner::Csv { encoding, is_sure, .. } => Some((*encoding, *is_sure)),
            _ => None,
        }
    }

    /// Of CSV what stands between fields.
    pub fn separator(&self) -> Option<u8> {
        match &self.inner {
            Inner::Csv { separator, .. } => Some(*separator),
            _ => None,
        }
    }

    /// The names of its sheets; a text is one without a name.
    pub fn sheets(&self) -> &[String] {
        &self.sheets
    }

    /// What is odd about what was read so far.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// Reads the rows of a sheet that have something in them, in order, until one is not wanted. Of
    /// JSON Lines the first row, number 0, has the names of the members.
    ///
    /// # Errors
    /// It cannot be read on; the rows before were given.
    pub fn read(
        &mut self,
        sheet: usize,
        each: &mut dyn FnMut(&mut Row) -> Flow,
    ) -> Result<(), Fault> {
        let open = || {
            let file = File::open(&self.path).map_err(|error| Fault::read(&error))?;
            Ok::<_, Fault>(file)
        };
        let limits = &self.limits;
        let mut row = Row::default();
        match &mut self.inner {
            Inner::Book(book) => {
                let name = self.sheets.get(sheet).cloned().unwrap_or_default();
                book.read(&name, each)
            }
            Inner::Csv { encoding, separator, .. } => {
                let mut csv = Csv::new(open()?, *encoding, *separator, limits.clone());
                let read = loop {
                    match csv.read(&mut row) {
                        Ok(true) if each(&mut row) == Flow::On => {}
                        Ok(_) => break Ok(()),
                        Err(fault) => break Err(fault),
                    }
                };
                keep(&mut self.notes, csv.notes().iter());
                read
            }
            Inner::JsonLines { columns } => {
                let cells: Vec<Cell> = columns.iter().map(Cell::text).collect();
                let mut header = Row { number: 0, cells, width: 0 };
                if each(&mut header) == Flow::Stop {
                    return Ok(());
                }
                let mut lines = JsonLines::new(open()?, columns, limits.clone());
                let read = loop {
                    match lines.read(&mut row) {
                        Ok(true) if each(&mut row) == Flow::On => {}
                        Ok(_) => break Ok(()),
                        Err(fault) => break Err(fault),
                    }
                };
                keep(&mut self.notes, lines.notes());
                read
            }
        }
    }
}

fn keep<'n>(kept: &mut Vec<Note>, notes: impl Iterator<Item = &'n Note>) {
    for note in notes {
        if !kept.contains(note) {
            kept.push(note.clone());
        }
    }
}

/// The format of a file, by its beginning.
fn sniff(head: &[u8]) -> Result<Format, Fault> {
    if head.is_empty() {
        return Err(Fault::new(
            "sheet.empty",
            "the file is empty; choose the file with the table",
            "文件为空；请选择含有数据的文件",
        ));
    }
    if head.starts_with(b"PK\x03\x04") {
        return Ok(Format::Xlsx);
    }
    let other = match head {
        [0xD0, 0xCF, 0x11, 0xE0, ..] => Some((
            "this is an old XLS book, or one with a password; save it as XLSX without a password",
            "这是旧版 XLS 工作簿或加密工作簿；请取消密码并另存为 XLSX",
        )),
        [b'%', b'P', b'D', b'F', ..] => Some((
            "this is a PDF; send the table as XLSX or CSV",
            "这是 PDF 文件；请上传 XLSX 或 CSV 表格",
        )),
        [0x89, b'P', b'N', b'G', ..] | [0xFF, 0xD8, 0xFF, ..] | [0x1F, 0x8B, ..] => Some((
            "this is a picture or a packed file; send the table as XLSX or CSV",
            "这是图片或压缩文件；请上传 XLSX 或 CSV 表格",
        )),
        _ => None,
    };
    if let Some((en, zh)) = other {
        return Err(Fault::new("sheet.format", en, zh));
    }
    let text = head.strip_prefix("\u{FEFF}".as_bytes()).unwrap_or(head).trim_ascii_start();
    if text.starts_with(b"<") {
        return Err(Fault::new(
            "sheet.format",
            "this is HTML or XML, as some systems export under the name of XLS; open it in a spreadsheet program and save it as XLSX",
            "这是 HTML 或 XML（有些系统以 XLS 名义导出）；请用表格软件打开后另存为 XLSX",
        ));
    }
    Ok(if text.starts_with(b"{") { Format::JsonLines } else { Format::Csv })
}
