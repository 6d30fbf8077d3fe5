//! What is known about the disk: which names and bytes changed since they were last made durable.

mod content;
mod names;
mod start;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::journal::{CONTENTS, END, Id, Kind, ROOT, new_line};
use crate::ranges::Ranges;
use crate::sys::{Stat, must};

/// A name in a folder.
pub type Name = Vec<u8>;

/// A file, folder or symbolic link, whatever its names.
#[derive(Debug)]
struct Node {
    inode: u64,
    mode: u32,
    what: What,
    /// Its names in the watched folder.
    names: BTreeSet<(Id, Name)>,
    /// Its names in the shadow folder.
    durable_names: BTreeSet<(Id, Name)>,
    /// The journal has a line for it.
    in_journal: bool,
}

#[derive(Debug)]
enum What {
    File(File),
    Folder(Folder),
    Link(Vec<u8>),
}

/// What happened to a file's content since its last sync.
#[derive(Debug, Default)]
struct File {
    /// Bytes written.
    written: Ranges,
    /// The shortest length it was cut to.
    cut: Option<u64>,
    /// It is not known what was written: it was there before this program.
    unknown: bool,
    /// It was mapped for writing, which nobody sees: each sync takes all of it.
    mapped: bool,
    /// It was opened for appending, where `pwrite` does not write at the place that is given.
    appended: bool,
    /// There is a file of its content.
    kept: bool,
}

#[derive(Debug, Default)]
struct Folder {
    /// The names there are.
    real: BTreeMap<Name, Id>,
    /// The names that are durable.
    durable: BTreeMap<Name, Id>,
    /// The names that changed since the last sync, with where to what stood there was renamed, if into
    /// another folder.
    changed: BTreeMap<Name, Vec<(Id, Name)>>,
}

/// A part of a file that is mapped for writing.
#[derive(Debug)]
struct Mapping {
    address: usize,
    length: usize,
    file: Id,
    offset: u64,
}

/// The watched folder and its shadow.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    shadow: PathBuf,
    /// Where the names are written: beside the journal until everything that was there at the start
    /// is durable, so that a program killed before that was never there.
    journal: PathBuf,
    strict: bool,
    device: u64,
    nodes: HashMap<Id, Node>,
    by_inode: HashMap<u64, Id>,
    next: Id,
    unsynced_files: BTreeSet<Id>,
    unsynced_folders: BTreeSet<Id>,
    mappings: Vec<Mapping>,
    /// Lines for the journal.
    batch: String,
    /// What has no name left, to be removed once the batch is written.
    gone: Vec<Id>,
}

impl Disk {
    /// The file or folder with this inode.
    pub fn id_of(&self, inode: u64) -> Option<Id> {
        self.by_inode.get(&inode).copied()
    }

    /// Notes a file that the program has just made.
    pub fn made(&mut self, stat: Stat, target: Option<Vec<u8>>) -> Id {
        let what = match target {
            Some(target) => What::Link(target),
            None if stat.is_folder() => What::Folder(Folder::default()),
            None => What::File(File::default()),
        };
        let id = self.next;
        self.next += 1;
        self.insert(id, stat.ino, stat.mode, what, false);
        self.unsynced_files.insert(id);
        id
    }

    /// The number of a file that is there, and may have been there before.
    fn known(&mut self, stat: Stat, target: Option<Vec<u8>>) -> Id {
        if let Some(id) = self.id_of(stat.ino)
            && let Some(node) = self.nodes.get(&id)
            && matches!(node.what, What::Folder(_)) == stat.is_folder()
            && matches!(node.what, What::Link(_)) == target.is_some()
        {
            return id;
        }
        let id = self.made(stat, target);
        if let Some(file) = self.file(id) {
            file.unknown = true;
        }
        id
    }

    fn insert(&mut self, id: Id, inode: u64, mode: u32, what: What, in_journal: bool) {
        let (names, durable_names) = Default::default();
        self.nodes.insert(id, Node { inode, mode, what, names, durable_names, in_journal });
        self.by_inode.insert(inode, id);
    }

    fn file(&mut self, id: Id) -> Option<&mut File> {
        match &mut self.nodes.get_mut(&id)?.what {
            What::File(file) => Some(file),
            _ => None,
        }
    }

    fn folder(&mut self, id: Id) -> Option<&mut Folder> {
        match &mut self.nodes.get_mut(&id)?.what {
            What::Folder(folder) => Some(folder),
            _ => None,
        }
    }

    /// Whether this is a folder.
    pub fn is_folder(&self, id: Id) -> bool {
        matches!(self.nodes.get(&id), Some(Node { what: What::Folder(_), .. }))
    }

    /// Where something is, unless it has no name.
    fn path(&self, id: Id) -> Option<PathBuf> {
        if id == ROOT {
            return Some(self.root.clone());
        }
        let (folder, name) = self.nodes.get(&id)?.names.first()?;
        Some(self.path(*folder)?.join(OsStr::from_bytes(name)))
    }

    fn content_path(&self, id: Id) -> PathBuf {
        self.shadow.join(CONTENTS).join(id.to_string())
    }

    /// Adds the line of a file to the batch, if the journal does not have it.
    fn introduce(&mut self, id: Id) {
        if let Some(node) = self.nodes.get_mut(&id)
            && !node.in_journal
        {
            node.in_journal = true;
            let kind = match &node.what {
                What::File(_) => Kind::File,
                What::Folder(_) => Kind::Folder,
                What::Link(target) => Kind::Link(target.clone()),
            };
            self.batch.push_str(&new_line(id, node.inode, &kind));
        }
    }

    /// Forgets what has no name left, real or durable.
    fn forget_if_nameless(&mut self, id: Id) {
        if let Some(node) = self.nodes.get(&id)
            && node.names.is_empty()
            && node.durable_names.is_empty()
        {
            if self.by_inode.get(&node.inode) == Some(&id) {
                self.by_inode.remove(&node.inode);
            }
            self.nodes.remove(&id);
            self.unsynced_files.remove(&id);
            self.unsynced_folders.remove(&id);
            self.gone.push(id);
        }
    }

    /// Makes the batch durable.
    fn commit(&mut self) {
        if !self.batch.is_empty() {
            self.batch.push_str(END);
            let path = &self.journal;
            let journal = std::fs::File::options().append(true).create(true).open(path);
            let written = journal.and_then(|mut j| j.write_all(self.batch.as_bytes()));
            must(written, format_args!("write {}", path.display()));
            self.batch.clear();
        }
        for id in std::mem::take(&mut self.gone) {
            let _ = std::fs::remove_file(self.content_path(id)); // may never have had a content
        }
    }
}
