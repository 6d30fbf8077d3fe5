//! The files of an institution pack: a folder the user names, else the Hubei pack built in.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/packs/hubei");

/// Where the pack's files come from.
pub enum PackFiles {
    /// The pack of Hubei as it stood when the program was built.
    BuiltIn,
    /// A folder on disk.
    Folder(PathBuf),
}

/// A text file of the pack.
pub struct PackFile {
    /// Path inside the pack, with `/` between the parts.
    pub path: String,
    /// The text, UTF-8.
    pub text: Cow<'static, str>,
}

/// A file of the pack as it is, for those who read all of them: path and bytes.
pub type RawFile = (String, Cow<'static, [u8]>);

/// A folder with more than this is no pack, but a wrong folder.
const MOST_FILES: usize = 10_000;
const MOST_BYTES: usize = 256 << 20;

/// Why a file of the pack could not be had.
#[derive(Debug)]
pub struct PackFileError(String);

impl std::fmt::Display for PackFileError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for PackFileError {}

impl PackFiles {
    /// The pack in `folder`, or the built-in one.
    pub fn open(folder: Option<PathBuf>) -> Self {
        folder.map_or(Self::BuiltIn, Self::Folder)
    }

    /// The calendar of working days.
    ///
    /// # Errors
    /// A file that cannot be read, or says nothing of a calendar.
    pub fn calendar(&self) -> Result<clock::Calendar, Box<dyn std::error::Error>> {
        let files = self.read_all("calendar", "toml")?;
        Ok(clock::Calendar::parse(files.iter().map(|file| (&*file.path, &*file.text)))?)
    }

    /// One file, by its path inside the pack.
    ///
    /// # Errors
    /// The file is missing, unreadable, or not UTF-8.
    pub fn read(&self, path: &str) -> Result<PackFile, PackFileError> {
        let text = match self {
            Self::BuiltIn => BUILT_IN
                .get_file(path)
                .and_then(include_dir::File::contents_utf8)
                .map(Cow::Borrowed)
                .ok_or_else(|| {
                    PackFileError(format!("the built-in pack has no text file {path}"))
                })?,
            Self::Folder(folder) => Cow::Owned(read_text(&folder.join(path))?),
        };
        Ok(PackFile { path: path.to_owned(), text })
    }

    /// Every file of the pack at any depth, by path; hidden ones (`.name`) are left out.
    ///
    /// # Errors
    /// The folder cannot be listed, a file cannot be read, or there is far more than a pack has.
    pub fn all(&self) -> Result<Vec<RawFile>, PackFileError> {
        let mut files = Vec::new();
        match self {
            Self::BuiltIn => collect_built_in(&BUILT_IN, &mut files),
            Self::Folder(root) => collect_folder(root, &mut files)?,
        }
        files.sort();
        Ok(files)
    }

    /// Every file directly under `folder` of the pack whose name ends in `.extension`, by name.
    ///
    /// # Errors
    /// The folder is missing or a file in it is unreadable or not UTF-8.
    pub fn read_all(&self, folder: &str, extension: &str) -> Result<Vec<PackFile>, PackFileError> {
        let mut names: Vec<String> = match self {
            Self::BuiltIn => BUILT_IN
                .get_dir(folder)
                .ok_or_else(|| PackFileError(format!("the built-in pack has no folder {folder}")))?
                .files()
                .filter_map(|file| file.path().file_name()?.to_str().map(str::to_owned))
                .collect(),
            Self::Folder(root) => {
                let root = root.join(folder);
                let fault = |e: std::io::Error| {
                    PackFileError(format!("cannot list the pack folder {}: {e}", root.display()))
                };
                std::fs::read_dir(&root)
                    .map_err(fault)?
                    .map(|entry| entry.map(|e| e.file_name().to_string_lossy().into_owned()))
                    .collect::<Result<_, _>>()
                    .map_err(fault)?
            }
        };
        names.retain(|name| Path::new(name).extension().is_some_and(|e| e == extension));
        names.sort();
        names.iter().map(|name| self.read(&format!("{folder}/{name}"))).collect()
    }
}

fn read_text(path: &Path) -> Result<String, PackFileError> {
    std::fs::read_to_string(path).map_err(|e| {
        PackFileError(format!(
            "cannot read the pack file {}: {e}; name a pack folder with --pack, or leave it out to use the built-in pack",
            path.display()
        ))
    })
}

fn collect_built_in(dir: &Dir<'static>, files: &mut Vec<RawFile>) {
    for file in dir.files() {
        if !is_hidden(file.path()) {
            files.push((inside(file.path()), Cow::Borrowed(file.contents())));
        }
    }
    dir.dirs().filter(|dir| !is_hidden(dir.path())).for_each(|dir| collect_built_in(dir, files));
}

fn collect_folder(root: &Path, files: &mut Vec<RawFile>) -> Result<(), PackFileError> {
    let fault = |what: &str, path: &Path, e: std::io::Error| {
        PackFileError(format!("cannot {what} {}: {e}; name the folder of a pack", path.display()))
    };
    let mut bytes = 0;
    let mut open = vec![root.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|e| fault("list", &folder, e))? {
            let entry = entry.map_err(|e| fault("list", &folder, e))?;
            let path = entry.path();
            if is_hidden(&path) {
                continue;
            }
            // A link to a folder is not followed: it could lead in a circle.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                open.push(path);
                continue;
            }
            let content = std::fs::read(&path).map_err(|e| fault("read", &path, e))?;
            bytes += content.len();
            files.push((inside(path.strip_prefix(root).unwrap_or(&path)), Cow::Owned(content)));
            if files.len() > MOST_FILES || bytes > MOST_BYTES {
                return Err(PackFileError(format!(
                    "{} holds far more than a pack; name the folder of a pack",
                    root.display()
                )));
            }
        }
    }
    Ok(())
}

/// A path inside the pack, with `/` between the parts on every system.
fn inside(path: &Path) -> String {
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}
