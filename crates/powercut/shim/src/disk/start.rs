//! The disk as it is when the program starts.

use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

use super::{Disk, File, Folder, Name, What};
use crate::journal::{CONTENTS, Id, JOURNAL, Journal, Kind, ROOT};
use crate::sys::{Stat, die, must};

impl Disk {
    /// The disk of a folder. Without a journal, everything in the folder is taken for durable. With
    /// one, an earlier program wrote here: what it left unsynced still is.
    pub fn start(root: PathBuf, shadow: PathBuf, strict: bool) -> Self {
        let stat = must(fs::metadata(&root), format_args!("look at {}", root.display()));
        let contents = shadow.join(CONTENTS);
        must(fs::create_dir_all(&contents), format_args!("make {}", contents.display()));
        let path = shadow.join(JOURNAL);
        let mut disk = Self {
            root,
            journal: path.clone(),
            shadow,
            strict,
            device: stat.dev(),
            nodes: Default::default(),
            by_inode: Default::default(),
            next: ROOT + 1,
            unsynced_files: Default::default(),
            unsynced_folders: Default::default(),
            mappings: Vec::new(),
            batch: String::new(),
            gone: Vec::new(),
        };
        disk.insert(ROOT, stat.ino(), stat.mode(), What::Folder(Folder::default()), false);
        match fs::read(&path) {
            Ok(text) => {
                disk.load(&text);
                disk.scan(ROOT);
                disk.note_what_is_missing();
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                let first = path.with_extension("first");
                match fs::remove_file(&first) {
                    Err(e) if e.kind() != io::ErrorKind::NotFound => {
                        must(Err::<(), _>(e), format_args!("remove {}", first.display()));
                    }
                    _ => {} // of a program that was killed while it started
                }
                disk.journal = first;
                disk.introduce(ROOT);
                disk.scan(ROOT);
                disk.sync_all();
                let named = fs::rename(&disk.journal, &path);
                must(named, format_args!("write {}", path.display()));
                disk.journal = path;
            }
            Err(e) => must(Err(e), format_args!("read {}", path.display())),
        }
        disk
    }

    fn load(&mut self, text: &[u8]) {
        let path = self.journal.clone();
        let Some(journal) = Journal::read(text) else {
            die(&format!("{} makes no sense", path.display()));
        };
        let file = fs::File::options().write(true).open(&path);
        must(file.and_then(|f| f.set_len(journal.whole as u64)), "cut a torn journal");
        for (id, (inode, kind)) in journal.nodes {
            let kept = self.content_path(id).exists();
            self.next = self.next.max(id + 1);
            let what = match kind {
                Kind::File => What::File(File { unknown: true, kept, ..File::default() }),
                Kind::Folder => What::Folder(Folder::default()),
                Kind::Link(target) => What::Link(target),
            };
            self.insert(id, inode, 0, what, true);
            self.unsynced_files.insert(id);
        }
        for (folder, names) in journal.names {
            for (name, id) in &names {
                if let Some(node) = self.nodes.get_mut(id) {
                    node.durable_names.insert((folder, name.clone()));
                }
            }
            if let Some(folder) = self.folder(folder) {
                folder.durable = names;
            }
        }
    }

    /// Notes the durable names that are no longer there, and forgets what has no names at all.
    fn note_what_is_missing(&mut self) {
        for id in self.nodes.keys().copied().collect::<Vec<Id>>() {
            if let Some(folder) = self.folder(id) {
                let missing = folder.durable.keys().filter(|name| !folder.real.contains_key(*name));
                for name in missing.cloned().collect::<Vec<Name>>() {
                    self.name(id, &name, None);
                }
            }
            if id != ROOT {
                self.forget_if_nameless(id);
            }
        }
        self.commit();
    }

    /// Compares a folder with what is known of it, at any depth.
    pub fn scan(&mut self, id: Id) {
        let Some(path) = self.path(id) else { return };
        let Some(folder) = self.folder(id) else { return };
        let before = folder.real.clone();
        let mut gone = before.clone();
        let list = must(fs::read_dir(&path), format_args!("list {}", path.display()));
        for entry in list {
            let entry = must(entry, format_args!("list {}", path.display()));
            let Ok(meta) = entry.metadata() else { continue }; // gone already
            let target = match meta.is_symlink() {
                true => fs::read_link(entry.path()).ok().map(|t| t.into_os_string().into_vec()),
                false => None,
            };
            let (dev, ino, mode) = (meta.dev(), meta.ino(), meta.mode());
            let stat = Stat { dev, ino, mode, links: meta.nlink(), size: meta.len() };
            let name = entry.file_name();
            let name = name.as_bytes();
            gone.remove(name);
            if before.get(name).is_none_or(|id| self.id_of(ino) != Some(*id)) {
                self.found(id, name, Some(stat), target);
            }
            if let Some(inner) = self.id_of(ino).filter(|_| meta.is_dir() && dev == self.device) {
                self.scan(inner);
            }
        }
        for name in gone.keys() {
            self.name(id, name, None);
        }
    }
}
