//! Contents: what the program writes, and what a sync makes durable.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::fd::{AsRawFd as _, RawFd};
use std::os::unix::fs::{FileExt as _, MetadataExt as _, PermissionsExt as _};

use super::{Disk, Mapping};
use crate::journal::Id;
use crate::sys::{self, die, must};

/// So many bytes are copied at a time.
const CHUNK: usize = 1 << 20;

impl Disk {
    /// Notes that bytes were written.
    pub fn wrote(&mut self, id: Id, start: u64, end: u64) {
        if let Some(file) = self.file(id) {
            file.written.add(start, end);
            self.unsynced_files.insert(id);
        }
    }

    /// Notes that a file was given this length.
    pub fn cut(&mut self, id: Id, length: u64) {
        if let Some(file) = self.file(id) {
            file.cut = Some(file.cut.map_or(length, |cut| cut.min(length)));
            self.unsynced_files.insert(id);
        }
    }

    /// Notes that a file is open for appending.
    pub fn appends(&mut self, id: Id) {
        if let Some(file) = self.file(id) {
            file.appended = true;
        }
    }

    /// Whether a file was ever open for appending.
    pub fn is_appended(&mut self, id: Id) -> bool {
        self.file(id).is_some_and(|file| file.appended)
    }

    /// Notes that a part of a file is mapped for writing.
    pub fn mapped(&mut self, file: Id, address: usize, length: usize, offset: u64) {
        self.unmapped(address, length);
        if let Some(f) = self.file(file) {
            f.mapped = true;
            self.unsynced_files.insert(file);
            self.mappings.push(Mapping { address, length, file, offset });
        }
    }

    /// Notes that addresses are no longer mapped. Of a mapping that was cut in two, nothing is kept:
    /// less is then made durable than the program asked for.
    pub fn unmapped(&mut self, address: usize, length: usize) {
        self.mappings.retain(|m| !m.meets(address, length));
    }

    /// `msync` with `MS_SYNC`.
    pub fn sync_mapped(&mut self, address: usize, length: usize) {
        let met: Vec<_> = self.mappings.iter().filter(|m| m.meets(address, length)).collect();
        let parts: Vec<_> = met.iter().map(|m| (m.file, m.part(address, length))).collect();
        for (id, part) in parts {
            self.read_somehow(id, &mut |disk, fd| disk.copy(id, fd, Some(part)));
        }
    }

    /// A sync of a file through a descriptor of it.
    pub fn sync_file(&mut self, id: Id, fd: RawFd) {
        if let Err(error) = self.copy(id, fd, None) {
            if error.raw_os_error() != Some(libc::EBADF) {
                must(Err(error), "read a file that is synced")
            }
            // It was opened for writing only, past the functions of this library.
            self.read_somehow(id, &mut |disk, fd| disk.copy(id, fd, None));
        }
        if !self.strict {
            self.collect_own_names(id);
            self.commit();
        }
    }

    /// A sync of everything.
    pub fn sync_all(&mut self) {
        let files: Vec<Id> = self.unsynced_files.iter().copied().collect();
        let open = open_files();
        for id in files {
            self.read_one_of(id, &open, &mut |disk, fd| disk.copy(id, fd, None));
        }
        while let Some(folder) = self.unsynced_folders.pop_first() {
            self.collect_folder(folder);
        }
        self.commit();
    }

    fn read_somehow(&mut self, id: Id, read: &mut Reading<'_>) {
        self.read_one_of(id, &open_files(), read);
    }

    /// Reads a file through a descriptor that the program has, or else, when it has none and so no
    /// lock that might be lost, through one of our own. That no other thread opens the file meanwhile
    /// is sure because our `open` waits for the lock of the disk.
    fn read_one_of(&mut self, id: Id, open: &HashMap<u64, Vec<RawFd>>, read: &mut Reading<'_>) {
        let Some(node) = self.nodes.get(&id) else { return };
        let inode = node.inode;
        let Some(path) = self.path(id) else { return };
        if self.file(id).is_none() {
            self.unsynced_files.remove(&id);
            return;
        }
        let is_it = |fd| sys::fstat(fd).is_some_and(|s| s.ino == inode && s.dev == self.device);
        let theirs = open.get(&inode).into_iter().flatten();
        let theirs: Vec<RawFd> = theirs.copied().filter(|fd| is_it(*fd)).collect();
        for fd in &theirs {
            // Another thread may close it and open something else under its number: look again.
            let fine = read(self, *fd).is_ok();
            let still = sys::fstat(*fd).is_some_and(|s| s.ino == inode && s.dev == self.device);
            if fine && still {
                return;
            }
        }
        if theirs.iter().any(|fd| sys::fstat(*fd).is_some_and(|s| s.ino == inode)) {
            die(&format!("{} is open, but not for reading", path.display()));
        }
        let own = File::open(&path).and_then(|file| {
            let same = file.metadata()?.ino() == inode;
            if same { read(self, file.as_raw_fd()) } else { Err(io::ErrorKind::NotFound.into()) }
        });
        must(own, format_args!("read {}", path.display()));
    }

    /// Copies what was written since the last sync, or one part, to the durable content.
    fn copy(&mut self, id: Id, fd: RawFd, part: Option<(u64, u64)>) -> io::Result<()> {
        let Some(stat) = sys::fstat(fd) else { return Err(io::Error::last_os_error()) };
        let size = stat.size;
        self.introduce(id);
        self.commit();
        let path = self.content_path(id);
        let Some(node) = self.nodes.get_mut(&id) else { return Ok(()) };
        let mode_changed = std::mem::replace(&mut node.mode, stat.mode) != stat.mode;
        let Some(file) = self.file(id) else { return Ok(()) };
        let is_new = !std::mem::replace(&mut file.kept, true);
        let everything = [(0, size)];
        let ranges = match part {
            Some((start, end)) => vec![(start, end.min(size))],
            None if file.unknown || file.mapped => everything.to_vec(),
            None => file.written.below(size),
        };
        let cut = file.cut;
        let out = OpenOptions::new().write(true).create(true).truncate(false).open(&path);
        let out = must(out, format_args!("open {}", path.display()));
        let length = copy_ranges(fd, &out, &ranges, cut)?;
        if length != size {
            must(out.set_len(size), format_args!("set the length of {}", path.display()));
        }
        if is_new || mode_changed {
            let mode = Permissions::from_mode(stat.mode & 0o7777);
            must(out.set_permissions(mode), format_args!("set the mode of {}", path.display()));
        }
        if part.is_none()
            && let Some(file) = self.file(id)
        {
            file.written.clear();
            file.cut = None;
            file.unknown = false;
            if !file.mapped {
                self.unsynced_files.remove(&id);
            }
        }
        Ok(())
    }
}

/// Does something with a file through a descriptor.
type Reading<'a> = dyn FnMut(&mut Disk, RawFd) -> io::Result<()> + 'a;

/// Cuts, then copies in ascending order; the order is what a kill in between relies on. Gives the
/// length of the copy.
fn copy_ranges(fd: RawFd, out: &File, ranges: &[(u64, u64)], cut: Option<u64>) -> io::Result<u64> {
    let mut length = must(out.metadata(), "look at a content").len();
    if let Some(cut) = cut.filter(|cut| *cut < length) {
        must(out.set_len(cut), "cut a content");
        length = cut;
    }
    let longest = ranges.iter().map(|(start, end)| end.saturating_sub(*start)).max().unwrap_or(0);
    let mut bytes = vec![0; CHUNK.min(longest.try_into().unwrap_or(CHUNK))];
    for &(mut at, end) in ranges {
        while at < end {
            let most = bytes.len().min((end - at).try_into().unwrap_or(CHUNK));
            let n = sys::pread(fd, &mut bytes[..most], at)?;
            if n == 0 {
                break; // another thread has cut it just now
            }
            must(out.write_all_at(&bytes[..n], at), "write a content");
            at += n as u64;
            length = length.max(at);
        }
    }
    Ok(length)
}

/// The descriptors of this process, by inode.
fn open_files() -> HashMap<u64, Vec<RawFd>> {
    let mut open: HashMap<u64, Vec<RawFd>> = HashMap::new();
    for entry in must(std::fs::read_dir("/proc/self/fd"), "list /proc/self/fd").flatten() {
        let fd = entry.file_name().to_str().and_then(|name| name.parse().ok());
        if let Some((fd, stat)) = fd.and_then(|fd| Some((fd, sys::fstat(fd)?)))
            && stat.is_file()
        {
            open.entry(stat.ino).or_default().push(fd);
        }
    }
    open
}

impl Mapping {
    fn meets(&self, address: usize, length: usize) -> bool {
        self.address < address.saturating_add(length) && address < self.address + self.length
    }

    /// The part of the file that these addresses show.
    fn part(&self, address: usize, length: usize) -> (u64, u64) {
        let start = address.max(self.address) - self.address;
        let end = address.saturating_add(length).min(self.address + self.length) - self.address;
        (self.offset + start as u64, self.offset + end as u64)
    }
}
