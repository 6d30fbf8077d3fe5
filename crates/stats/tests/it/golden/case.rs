//! One case: its call, its files, and how close they must be met.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::compare::Tolerance;
use super::rcall::{self, Expr};
use super::table::Table;

/// One golden case. Files are asked for by their name without the ending.
pub struct Case {
    folder: PathBuf,
    about: Value,
    tolerances: &'static [(&'static str, &'static str, Tolerance)],
    unread: RefCell<BTreeSet<String>>,
}

impl Case {
    /// Reads the case in `folder`.
    pub fn open(
        folder: &Path,
        tolerances: &'static [(&'static str, &'static str, Tolerance)],
    ) -> Result<Self, String> {
        let about = parse(&folder.join("case.json"))?;
        let entries = std::fs::read_dir(folder).map_err(|e| e.to_string())?;
        let unread = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name != "case.json")
            .collect();
        Ok(Self { folder: folder.to_path_buf(), about, tolerances, unread: RefCell::new(unread) })
    }

    /// The call of the reference as it was written.
    pub fn call(&self) -> &str {
        self.about["call"].as_str().unwrap_or_default()
    }

    /// The function named first in the call: what stands before its first parenthesis, space,
    /// comma or arrow.
    pub fn function(&self) -> &str {
        let call = self.call();
        let end = call.find(|c: char| !(c.is_alphanumeric() || "._".contains(c)));
        &call[..end.unwrap_or(call.len())]
    }

    /// The call, where it is an R call; see [`rcall`].
    pub fn parsed_call(&self) -> Result<Expr, String> {
        rcall::parse(self.call()).map_err(|e| format!("call: {e}"))
    }

    #[allow(dead_code, reason = "not every engine needs it")]
    /// Whether there is such a file.
    pub fn has(&self, file: &str) -> bool {
        self.path(file).is_some()
    }

    /// A table of the case.
    pub fn csv(&self, file: &str) -> Result<Table, String> {
        let path = self.file(file, "csv")?;
        let text = std::fs::read_to_string(&path).map_err(|e| format!("{file}: {e}"))?;
        Table::parse(&text).map_err(|e| format!("{file}: {e}"))
    }

    /// A JSON file of the case.
    pub fn json(&self, file: &str) -> Result<Value, String> {
        parse(&self.file(file, "json")?)
    }

    #[allow(dead_code, reason = "not every engine needs it")]
    /// Says that a file is not needed, and why; any file neither read nor set aside is a fault.
    pub fn set_aside(&self, file: &str, _why: &str) {
        if let Some(path) = self.path(file) {
            self.unread.borrow_mut().remove(&super::file_name(&path));
        }
    }

    /// How close a file, or one column or field of it (`file:column`), must be met: the entry for
    /// the column, else for the file; for the function, else for any (`*`).
    pub fn tolerance(&self, file: &str, column: &str) -> Result<Tolerance, String> {
        let exact = format!("{file}:{column}");
        for wanted in [exact.as_str(), file] {
            for function in [self.function(), "*"] {
                let entry =
                    self.tolerances.iter().find(|(f, what, _)| *f == function && *what == wanted);
                if let Some((_, _, tolerance)) = entry {
                    return Ok(*tolerance);
                }
            }
        }
        let function = self.function();
        Err(format!("no tolerance is known for {function}, {file}, {column}"))
    }

    /// Fails where a file of the case was not looked at.
    pub fn all_read(&self) -> Result<(), String> {
        let unread = self.unread.borrow();
        if unread.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = unread.iter().map(String::as_str).collect();
        Err(format!("nothing reads {}", names.join(", ")))
    }

    #[allow(dead_code, reason = "not every engine needs it")]
    fn path(&self, file: &str) -> Option<PathBuf> {
        ["csv", "json"]
            .iter()
            .map(|ending| self.folder.join(format!("{file}.{ending}")))
            .find(|path| path.is_file())
    }

    fn file(&self, file: &str, ending: &str) -> Result<PathBuf, String> {
        let name = format!("{file}.{ending}");
        self.unread.borrow_mut().remove(&name);
        let path = self.folder.join(&name);
        if path.is_file() { Ok(path) } else { Err(format!("{name} is missing")) }
    }
}

fn parse(path: &Path) -> Result<Value, String> {
    let name = super::file_name(path);
    let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: {e}"))?;
    serde_json::from_str(&text).map_err(|e| format!("{name}: {e}"))
}
