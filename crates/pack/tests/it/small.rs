//! The small pack of `tests/small`, and how to change it.

use std::collections::BTreeMap;
use std::path::Path;

use pack::{Fault, Pack};

/// The files of a pack, to be changed.
#[derive(Clone)]
pub struct Files(pub BTreeMap<String, String>);

impl Files {
    /// The small pack, in which nothing is wrong.
    pub fn small() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/small");
        let file = |path: std::path::PathBuf| {
            let inside = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
            (inside, std::fs::read_to_string(&path).unwrap())
        };
        Self(testkit::files_under(&root).into_iter().map(file).collect())
    }

    /// With the first `old` of a file made `new`; an empty `old` appends.
    pub fn with(mut self, path: &str, old: &str, new: &str) -> Self {
        let text = self.0.entry(path.to_owned()).or_default();
        if old.is_empty() {
            text.push_str(new);
        } else {
            assert!(text.contains(old), "{path} has no {old:?}");
            *text = text.replacen(old, new, 1);
        }
        self
    }

    pub fn without(mut self, path: &str) -> Self {
        assert!(self.0.remove(path).is_some(), "no {path}");
        self
    }

    pub fn pack(&self) -> Pack {
        Pack::load(&self.0).unwrap()
    }

    pub fn faults(&self) -> Vec<Fault> {
        Pack::load(&self.0).err().map_or_else(Vec::new, |faults| faults.0)
    }

    /// The number of the first line of a file that holds `text`.
    pub fn line(&self, path: &str, text: &str) -> usize {
        1 + self.0[path].lines().position(|line| line.contains(text)).unwrap()
    }
}
