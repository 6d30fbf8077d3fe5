//! Names: what the program does to them, and what a sync makes durable.

use super::{Disk, Name, What};
use crate::journal::{Id, ROOT, name_line};
use crate::sys::{Stat, must};

impl Disk {
    /// Notes that a name now stands for this, or for nothing.
    pub fn name(&mut self, folder: Id, name: &[u8], now: Option<Id>) {
        let Some(f) = self.folder(folder) else { return };
        let before = match now {
            Some(id) => f.real.insert(name.to_vec(), id),
            None => f.real.remove(name),
        };
        f.changed.entry(name.to_vec()).or_default();
        self.unsynced_folders.insert(folder);
        if let Some(node) = now.and_then(|id| self.nodes.get_mut(&id)) {
            node.names.insert((folder, name.to_vec()));
        }
        if let Some(before) = before
            && now != Some(before)
            && let Some(node) = self.nodes.get_mut(&before)
        {
            node.names.remove(&(folder, name.to_vec()));
            self.forget_if_nameless(before);
        }
    }

    /// Notes that a name stands for what `stat` says is there.
    pub fn found(&mut self, folder: Id, name: &[u8], stat: Option<Stat>, target: Option<Vec<u8>>) {
        let stat =
            stat.filter(|s| s.dev == self.device && (s.is_file() || s.is_folder() || s.is_link()));
        let Some(stat) = stat else { return self.name(folder, name, None) };
        let new = self.id_of(stat.ino).is_none();
        let id = self.known(stat, target);
        self.name(folder, name, Some(id));
        if new && stat.is_folder() {
            self.scan(id); // came from outside the watched folder
        }
    }

    /// Notes that what stood under a name was renamed into another folder.
    pub fn moved(&mut self, from: (Id, &[u8]), to: (Id, &[u8])) {
        if from.0 != to.0
            && let Some(folder) = self.folder(from.0)
        {
            folder.changed.entry(from.1.to_vec()).or_default().push((to.0, to.1.to_vec()));
        }
    }

    /// A sync of a folder.
    pub fn sync_folder(&mut self, id: Id) {
        self.collect_folder(id);
        if !self.strict {
            self.collect_own_names(id);
        }
        self.commit();
    }

    /// Adds a folder's changes to the batch.
    pub(super) fn collect_folder(&mut self, id: Id) {
        self.unsynced_folders.remove(&id);
        let Some(folder) = self.folder(id) else { return };
        let names: Vec<Name> = folder.changed.keys().cloned().collect();
        for name in names {
            self.collect_name(id, &name);
        }
    }

    /// Adds what changed about the names of one file, and of the folders that lead to it, to the batch.
    pub(super) fn collect_own_names(&mut self, id: Id) {
        let Some(node) = self.nodes.get(&id).filter(|_| id != ROOT) else { return };
        let names: Vec<_> = node.names.union(&node.durable_names).cloned().collect();
        for (folder, name) in names {
            self.collect_name(folder, &name);
            self.collect_own_names(folder);
        }
    }

    /// Adds the change of one name to the batch.
    fn collect_name(&mut self, id: Id, name: &[u8]) {
        let Some(folder) = self.folder(id) else { return };
        let Some(moved) = folder.changed.remove(name) else { return };
        // No journalling file system loses a file in a rename: where the old name goes, the new one
        // is there. The entry was taken out above, so that this ends.
        for (to, new_name) in moved {
            self.collect_name(to, &new_name);
        }
        let Some(folder) = self.folder(id) else { return };
        let now = folder.real.get(name).copied();
        let before = match now {
            Some(now) => folder.durable.insert(name.to_vec(), now),
            None => folder.durable.remove(name),
        };
        if now == before {
            return;
        }
        if let Some(now) = now {
            self.introduce(now);
            self.keep_content(now);
            self.leave_other_places(now);
            if let Some(node) = self.nodes.get_mut(&now) {
                node.durable_names.insert((id, name.to_vec()));
            }
        }
        self.batch.push_str(&name_line(id, name, now));
        if let Some(before) = before
            && let Some(node) = self.nodes.get_mut(&before)
        {
            node.durable_names.remove(&(id, name.to_vec()));
            self.forget_if_nameless(before);
        }
    }

    /// A folder, unlike a file, never has two names.
    fn leave_other_places(&mut self, id: Id) {
        let Some(node) = self.nodes.get_mut(&id) else { return };
        if matches!(node.what, What::Folder(_)) {
            for (place, name) in std::mem::take(&mut node.durable_names) {
                if let Some(folder) = self.folder(place) {
                    folder.durable.remove(&name);
                    folder.changed.entry(name.clone()).or_default();
                    self.batch.push_str(&name_line(place, &name, None));
                    self.unsynced_folders.insert(place);
                }
            }
        }
    }

    /// A file whose name is durable has a content, if only an empty one.
    fn keep_content(&mut self, id: Id) {
        let path = self.content_path(id);
        if let Some(file) = self.file(id)
            && !file.kept
        {
            file.kept = true;
            let made = std::fs::File::options().create(true).append(true).open(&path);
            must(made, format_args!("make {}", path.display()));
        }
    }
}
