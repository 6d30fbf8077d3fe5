//! What is looked at before a book is read: how much it unpacks to, and what of it is not read.
//!
//! What a book says of its own sizes is not believed: everything in it is unpacked once and counted,
//! whatever it is called. It costs a small part of what reading costs.

use std::fs::File;
use std::io::{BufReader, Read};

use memchr::memmem;
use zip::ZipArchive;
use zip::result::ZipError;

use crate::fault::{Fault, Note};
use crate::limits::Limits;

/// Files in a book.
const MOST_FILES: usize = 10_000;
/// Bytes of XML without a tag, or in one: a text or an attribute of a cell. A reader holds as many.
const LONGEST_PIECE: u64 = 4 << 20;
/// Bytes of a file that is read as a whole, but for the texts that cells share; and of a piece of what
/// should be no XML, such as a picture: a book may say that its table lies there.
const WHOLE: u64 = 64 << 20;

/// Looks a book through.
///
/// # Errors
/// What cannot or must not be read.
pub(super) fn check(file: File, limits: &Limits) -> Result<Vec<Note>, Fault> {
    let packed = file.metadata().map_err(|error| Fault::read(&error))?.len();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| fault(&error))?;
    if archive.len() > MOST_FILES {
        return Err(bomb());
    }
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let mut total = 0;
    let mut formulas = 0;
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(|error| fault(&error))?;
        // A reader finds a file however its name is written, and in the folder that the book says.
        let name = entry.name().replace('\\', "/").to_ascii_lowercase();
        let is_xml = name.ends_with(".xml") || name.ends_with(".rels");
        let is_shared = name.ends_with("sharedstrings.xml");
        let is_whole = is_shared
            || ["styles.xml", "workbook.xml", ".rels"].iter().any(|end| name.ends_with(end));
        let is_drawn = name.contains("/drawings/") || name.contains("/externallinks/");
        let is_other = !is_whole && (!is_xml || is_drawn);
        let is_streamed = !is_whole && (is_other || name.starts_with("xl/worksheets/"));
        let longest = if is_other { WHOLE } else { LONGEST_PIECE };
        let mut count = Count::default();
        let mut block = vec![0; 64 << 10];
        loop {
            let read = entry.read(&mut block).map_err(|error| damaged(&error.to_string()))?;
            if read == 0 {
                break;
            }
            total += read as u64;
            count.take(&block[..read]);
            let ratio = total / packed.max(1);
            if total > limits.unpacked || total > limits.free && ratio > limits.ratio {
                return Err(bomb());
            }
            if count.longest > longest {
                return Err(bomb());
            }
            let most = if is_shared { limits.shared } else { WHOLE };
            if !is_streamed && count.bytes > most || count.texts > limits.shared_texts {
                return Err(too_many_texts());
            }
        }
        formulas += if is_other { 0 } else { count.formulas };
    }
    Ok(notes(&names, formulas))
}

fn notes(names: &[String], formulas: u64) -> Vec<Note> {
    let mut notes = Vec::new();
    if formulas > 0 {
        notes.push(Note::new(
            "sheet.formulas",
            format!("cells with formulas ({formulas}) are read as the values that were last saved; nothing is worked out"),
            format!("有 {formulas} 个公式单元格，按最后保存的计算结果读取，不重新计算"),
        ));
    }
    if names.iter().any(|name| name.starts_with("xl/externalLinks/")) {
        notes.push(Note::new(
            "sheet.external_links",
            "the book links to other files; no link is followed, the values last saved are read",
            "工作簿含有指向其他文件的外部链接；不访问链接，只读取最后保存的值",
        ));
    }
    if names.iter().any(|name| name.ends_with("vbaProject.bin")) {
        notes.push(Note::new(
            "sheet.macros",
            "the book has macros; they are not run",
            "工作簿含有宏；不会运行",
        ));
    }
    notes
}

/// What was counted of a file.
#[derive(Default)]
struct Count {
    bytes: u64,
    /// Bytes since the last tag began or ended, and the most of them.
    piece: u64,
    longest: u64,
    formulas: u64,
    texts: u64,
    /// The last bytes, in which a tag may begin.
    tail: Vec<u8>,
}

impl Count {
    fn take(&mut self, block: &[u8]) {
        self.bytes += block.len() as u64;
        let mut from = 0;
        for tag in memchr::memchr2_iter(b'<', b'>', block) {
            self.longest = self.longest.max(self.piece + (tag - from) as u64);
            (self.piece, from) = (0, tag);
        }
        self.piece += (block.len() - from) as u64;
        self.longest = self.longest.max(self.piece);
        // A tag may lie across two blocks.
        self.tail.extend_from_slice(block);
        let found = |tag: &[u8]| memmem::find_iter(&self.tail, tag).count() as u64;
        self.formulas += found(b"<f>") + found(b"<f ");
        self.texts += found(b"<si");
        // None of them fits into what stays, so that none is found twice.
        let keep = self.tail.len().saturating_sub(2);
        self.tail.drain(..keep);
    }
}

fn fault(error: &ZipError) -> Fault {
    match error {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => password(),
        error => damaged(&error.to_string()),
    }
}

pub(super) fn password() -> Fault {
    Fault::new(
        "sheet.password",
        "the book is protected by a password; save it without one",
        "工作簿设有密码；请取消密码后重新保存",
    )
}

fn damaged(why: &str) -> Fault {
    Fault::new(
        "sheet.xlsx",
        format!(
            "this is no whole XLSX book ({why}); open it in a spreadsheet program and save it as XLSX again"
        ),
        format!("不是完整的 XLSX 工作簿（{why}）；请用表格软件打开后重新另存为 XLSX"),
    )
}

fn bomb() -> Fault {
    Fault::new(
        "sheet.too_large",
        "the book unpacks to more than is read; delete empty rows and formats, split the table, or save it as CSV",
        "工作簿解压后过大，已拒绝读取；请删除空行和多余格式、拆分表格，或另存为 CSV",
    )
}

fn too_many_texts() -> Fault {
    Fault::new(
        "sheet.too_many_texts",
        "the book has more different texts than are held in memory; split the table, or save it as CSV",
        "工作簿中的文本过多；请拆分表格，或另存为 CSV",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Wherever the blocks are cut, the same is counted.
    #[test]
    fn tags_across_blocks_are_counted_once() {
        let text = b"<row><c><f>A1</f></c><c><f t=\"shared\">B</f></c></row><si><t>x</t></si><si >";
        for size in 1..text.len() {
            let mut count = Count::default();
            text.chunks(size).for_each(|block| count.take(block));
            assert_eq!((count.formulas, count.texts), (2, 2), "{size}");
            assert_eq!(count.longest, 13, "{size}");
        }
    }
}
