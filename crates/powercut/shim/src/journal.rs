//! The text form of what is durable among names; shared by the library that writes it and by
//! `powercut`, which reads it.
//!
//! ```text
//! new <id> <inode> file|folder|link [<target in hex>]
//! set <folder's id> <name in hex> <id>
//! del <folder's id> <name in hex>
//! end
//! ```
//!
//! Lines count only once `end` follows. The watched folder itself has the id 1.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The file of names in the shadow folder.
pub const JOURNAL: &str = "journal";
/// The folder of contents in the shadow folder.
pub const CONTENTS: &str = "contents";
/// The id of the watched folder.
pub const ROOT: Id = 1;
/// The end of a batch.
pub const END: &str = "end\n";

/// The number of a file or folder.
pub type Id = u64;

/// What stands under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A symbolic link to this.
    Link(Vec<u8>),
}

/// What a journal says.
#[derive(Debug, Default)]
pub struct Journal {
    /// The inode and kind of everything that was ever durable.
    pub nodes: BTreeMap<Id, (u64, Kind)>,
    /// The durable names in each folder.
    pub names: BTreeMap<Id, BTreeMap<Vec<u8>, Id>>,
    /// So many bytes of it are whole batches.
    #[allow(dead_code)] // only the writer cuts off the rest
    pub whole: usize,
}

enum Change {
    New(Id, u64, Kind),
    Set(Id, Vec<u8>, Id),
    Del(Id, Vec<u8>),
}

impl Journal {
    /// Reads the whole batches. None where they make no sense.
    pub fn read(text: &[u8]) -> Option<Self> {
        let mut journal = Self::default();
        let mut batch = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            at += line.len();
            if line == END.as_bytes() {
                batch.drain(..).for_each(|change| journal.apply(change));
                journal.whole = at;
            } else if line.ends_with(b"\n") {
                batch.push(change(std::str::from_utf8(line).ok()?)?);
            }
        }
        Some(journal)
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::New(id, inode, kind) => {
                self.nodes.insert(id, (inode, kind));
            }
            Change::Set(folder, name, id) => {
                self.names.entry(folder).or_default().insert(name, id);
            }
            Change::Del(folder, name) => {
                self.names.entry(folder).or_default().remove(&name);
            }
        }
    }
}

fn change(line: &str) -> Option<Change> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    Some(match words.as_slice() {
        ["new", id, inode, kind @ ..] => {
            let kind = match kind {
                ["file"] => Kind::File,
                ["folder"] => Kind::Folder,
                ["link", target] => Kind::Link(from_hex(target)?),
                _ => return None,
            };
            Change::New(id.parse().ok()?, inode.parse().ok()?, kind)
        }
        ["set", folder, name, id] => {
            Change::Set(folder.parse().ok()?, from_hex(name)?, id.parse().ok()?)
        }
        ["del", folder, name] => Change::Del(folder.parse().ok()?, from_hex(name)?),
        _ => return None,
    })
}

/// The line for a new file or folder.
#[allow(dead_code)] // for the writer
pub fn new_line(id: Id, inode: u64, kind: &Kind) -> String {
    match kind {
        Kind::File => format!("new {id} {inode} file\n"),
        Kind::Folder => format!("new {id} {inode} folder\n"),
        Kind::Link(target) => format!("new {id} {inode} link {}\n", to_hex(target)),
    }
}

/// The line for a name that now stands for `id`, or for nothing.
#[allow(dead_code)] // for the writer
pub fn name_line(folder: Id, name: &[u8], id: Option<Id>) -> String {
    match id {
        Some(id) => format!("set {folder} {} {id}\n", to_hex(name)),
        None => format!("del {folder} {}\n", to_hex(name)),
    }
}

fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

fn from_hex(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.chunks(2).map(pair).collect())?
}
