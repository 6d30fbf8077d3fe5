//! Tables that were sent, on their way to records.
//!
//! Each lies in a folder of its own, `imports/<id>/`, with what is known of it. What was sent says what
//! it says of persons openly: so it is gone when its records are stored, and after some days in any
//! case. What is known of it stays, so that the same file sent again is recognised.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, PoisonError};

use clock::Date;
use model::{RecordId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sheet::text::Encoding;

use super::check::Summary;
use super::plan::Said;
use crate::door::{Door, Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;

/// The permission to import.
pub const IMPORT: &str = "import.run";
/// The most bytes of a table.
pub const MOST_BYTES: u64 = 1 << 30;
/// For how long what was sent is kept without being stored, in µs.
const KEPT: i64 = 3 * 86_400_000_000;
/// Tables of an office that are shown.
const SHOWN: usize = 200;

/// A table that was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// Its id.
    pub id: String,
    /// What the file was called.
    pub name: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// Who sent it.
    pub account: String,
    /// For which office or organization.
    pub on_behalf_of: String,
    /// The office in which their permissions count.
    pub office: Option<String>,
    /// When, in µs.
    pub sent_at: i64,
    /// How it is to be read.
    #[serde(default)]
    pub choice: Choice,
    /// What the last dry run found.
    #[serde(default)]
    pub checked: Option<Report>,
    /// What became of it.
    #[serde(default)]
    pub run: Option<Run>,
    /// Whether the file is gone.
    #[serde(default)]
    pub is_gone: bool,
}

/// How a table is to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// The mapping.
    pub mapping: String,
    /// The encoding of a text, where somebody said it.
    #[serde(default)]
    pub encoding: Option<String>,
    /// What stands between fields, where somebody said it.
    #[serde(default)]
    pub separator: Option<u8>,
    /// The day as of which the table was made.
    #[serde(default)]
    pub as_of: Option<String>,
}

/// What a dry run found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The job.
    pub job: String,
    /// As what it was read.
    pub choice: Choice,
    /// What was found.
    pub summary: Summary,
}

/// An import.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// The job.
    pub job: String,
    /// The batch, by which it can be taken back.
    pub batch: String,
    /// Whether only the right rows were wanted, where some were wrong.
    pub good_rows: bool,
    /// As what it was read.
    pub choice: Choice,
    /// What was found when it was checked again.
    #[serde(default)]
    pub summary: Option<Summary>,
    /// Records that are stored, once it is done.
    #[serde(default)]
    pub stored: Option<u64>,
    /// Records that the store refused.
    #[serde(default)]
    pub refused: u64,
    /// Whether it was taken back.
    #[serde(default)]
    pub is_withdrawn: bool,
}

impl Run {
    /// One that is asked for, and has no job yet.
    pub(crate) fn new(batch: String, good_rows: bool, choice: Choice) -> Self {
        Self {
            job: String::new(),
            batch,
            good_rows,
            choice,
            summary: None,
            stored: None,
            refused: 0,
            is_withdrawn: false,
        }
    }
}

impl Choice {
    /// How a text is laid out, as far as it was said.
    pub fn layout(&self) -> sheet::Layout {
        sheet::Layout {
            encoding: self.encoding.as_deref().and_then(Encoding::from_word),
            separator: self.separator,
        }
    }

    /// What was said of the table; the region is that of the office.
    pub(crate) fn said(&self, system: &System, who: &Principal) -> Said {
        Said {
            as_of: self.as_of.as_deref().and_then(|day| day.parse().ok()),
            region: system.own_region(who),
        }
    }
}

/// A table that is being received.
pub struct Receiving {
    folder: PathBuf,
    file: File,
    digest: Sha256,
    upload: Upload,
    is_done: bool,
}

impl System {
    /// The region of the office for which somebody imports; of who has none, the province.
    pub(crate) fn own_region(&self, who: &Principal) -> Option<String> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        let period = who.office.as_deref().and_then(|office| pack.office(office)?.on(today));
        let first = period.and_then(|period| match &period.regions {
            pack::Extent::These(regions) => regions.first().cloned(),
            pack::Extent::All => None,
        });
        Some(first.unwrap_or_else(|| pack.manifest().province.clone()))
    }

    fn imports(&self) -> PathBuf {
        self.data().join("imports")
    }

    pub(crate) fn may_import(&self, who: &Principal) -> Result<(), Rejection> {
        let pack = self.pack();
        let today = crate::time::day(self.clock().now());
        Door::new(&pack, today).authorize(who, IMPORT, Target::default())
    }

    /// Begins to receive a table. What is not received to its end leaves nothing.
    ///
    /// # Errors
    /// No permission; the folder cannot be written to.
    pub fn receive_table(&self, who: &Principal, name: &str) -> Result<Receiving, Rejection> {
        self.may_import(who)?;
        let now = self.clock().now();
        self.sweep_imports(now);
        let id = RecordId::new(now, &random());
        let folder = self.imports().join(id.to_string());
        let make = || {
            fs::create_dir_all(self.imports())?;
            close(&self.imports())?;
            fs::create_dir(&folder)?;
            File::create(folder.join("table.part"))
        };
        let file = make().map_err(|error| {
            let _ = fs::remove_dir(&folder);
            file_fault(&error)
        })?;
        let name: String = name.chars().filter(|c| !c.is_control()).take(200).collect();
        let name = if name.trim().is_empty() { "table".to_owned() } else { name };
        let upload = Upload {
            id: id.to_string(),
            name,
            bytes: 0,
            sha256: String::new(),
            account: who.account.clone(),
            on_behalf_of: who.on_behalf_of.clone(),
            office: who.office.clone(),
            sent_at: now.micros(),
            choice: Choice::default(),
            checked: None,
            run: None,
            is_gone: false,
        };
        Ok(Receiving { folder, file, digest: Sha256::new(), upload, is_done: false })
    }

    /// The tables that an office sent, the newest first.
    ///
    /// # Errors
    /// No permission.
    pub fn uploads(&self, who: &Principal) -> Result<Vec<Upload>, Rejection> {
        self.may_import(who)?;
        let mut found = self.all_uploads();
        found.retain(|upload| is_own(who, upload));
        found.sort_by(|a, b| (b.sent_at, &b.id).cmp(&(a.sent_at, &a.id)));
        found.truncate(SHOWN);
        Ok(found)
    }

    fn all_uploads(&self) -> Vec<Upload> {
        let Ok(folders) = fs::read_dir(self.imports()) else { return Vec::new() };
        folders.flatten().filter_map(|folder| read_about(&folder.path()).ok()).collect()
    }

    /// A table that was sent.
    ///
    /// # Errors
    /// No permission; no such table of the office.
    pub fn upload(&self, who: &Principal, id: &str) -> Result<Upload, Rejection> {
        self.may_import(who)?;
        let folder = id.parse::<RecordId>().ok().map(|id| self.imports().join(id.to_string()));
        let found = folder.and_then(|folder| read_about(&folder).ok());
        found.filter(|upload| is_own(who, upload)).ok_or_else(|| not_found(id))
    }

    /// Where a table lies.
    ///
    /// # Errors
    /// It is there no more.
    pub fn table_of(&self, upload: &Upload) -> Result<PathBuf, Rejection> {
        let path = self.imports().join(&upload.id).join("table");
        if upload.is_gone || !path.exists() {
            return Err(Rejection::NotFound(Fault::new(
                "import.gone",
                "the file is kept no longer; send it again",
                "文件已不再保留；请重新上传",
            )));
        }
        Ok(path)
    }

    /// Changes what is known of a table; one at a time, so that what a job notes and what somebody
    /// chooses meanwhile do not undo each other. What is refused changes nothing.
    ///
    /// # Errors
    /// It is there no more; it cannot be written; what `change` says.
    pub(crate) fn change_upload(
        &self,
        id: &str,
        change: impl FnOnce(&mut Upload) -> Result<(), Rejection>,
    ) -> Result<Upload, Rejection> {
        let _one = self.uploads_changing();
        let folder = self.imports().join(id);
        let mut upload = read_about(&folder).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => not_found(id),
            _ => file_fault(&error),
        })?;
        let before = upload.clone();
        change(&mut upload)?;
        if upload != before {
            write_about(&folder, &upload).map_err(|error| file_fault(&error))?;
        }
        Ok(upload)
    }

    fn uploads_changing(&self) -> MutexGuard<'_, ()> {
        self.uploads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chooses how a table is read.
    ///
    /// # Errors
    /// No permission; no such table, mapping, encoding or day.
    pub fn choose(&self, who: &Principal, id: &str, choice: Choice) -> Result<Upload, Rejection> {
        let upload = self.upload(who, id)?;
        super::check::mapping_of(&self.pack(), &choice.mapping)?;
        if let Some(day) = choice.as_of.as_deref()
            && let Err(error) = day.parse::<Date>()
        {
            return Err(Fault::new(
                "import.as_of",
                format!("the day as of which the table is: {error}"),
                format!("数据截止日期“{day}”不对；请写成 2026-03-05 的形式"),
            )
            .into());
        }
        self.change_upload(&upload.id, |upload| {
            upload.choice = choice;
            Ok(())
        })
    }

    /// Earlier imports of the same file by the same office that still count.
    pub fn imported_before(&self, upload: &Upload) -> Vec<Upload> {
        let mut found = self.all_uploads();
        found.retain(|other| {
            let counts = |run: &Run| run.stored.is_some() && !run.is_withdrawn;
            other.id != upload.id
                && other.sha256 == upload.sha256
                && other.on_behalf_of == upload.on_behalf_of
                && other.run.as_ref().is_some_and(counts)
        });
        found.sort_by_key(|other| std::cmp::Reverse(other.sent_at));
        found
    }

    /// Removes a table that is not being stored, with what is known of it.
    ///
    /// # Errors
    /// No permission; it is being stored, or was.
    pub fn discard_upload(&self, who: &Principal, id: &str) -> Result<(), Rejection> {
        let upload = self.upload(who, id)?;
        let _one = self.uploads_changing();
        let now = read_about(&self.imports().join(&upload.id)).map_err(|_| not_found(id))?;
        if now.run.is_some() {
            return Err(Rejection::Conflict(Fault::new(
                "import.running",
                "the table is being stored, or was; withdraw the batch instead",
                "该表正在导入或已导入；请改为撤回批次",
            )));
        }
        fs::remove_dir_all(self.imports().join(&upload.id)).map_err(|error| file_fault(&error))
    }

    /// Removes the file of a table; what is known of it stays.
    pub(crate) fn drop_table(&self, id: &str) -> Result<Upload, Rejection> {
        self.change_upload(id, |upload| {
            let path = self.imports().join(id).join("table");
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(file_fault(&error));
                }
                _ => {}
            }
            upload.is_gone = true;
            Ok(())
        })
    }

    /// Removes what was cut off, and tables that nobody stored for some days; not one that a job works
    /// on just now.
    pub(crate) fn sweep_imports(&self, now: Timestamp) {
        let Ok(folders) = fs::read_dir(self.imports()) else { return };
        for folder in folders.flatten().map(|folder| folder.path()) {
            let sent = folder.file_name().and_then(|name| name.to_str()?.parse::<RecordId>().ok());
            let Some(sent) = sent else { continue };
            if sent.time().micros() + KEPT >= now.micros() {
                continue;
            }
            let swept = match read_about(&folder) {
                // One that is being received is young.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::remove_dir_all(&folder).map_err(|error| file_fault(&error))
                }
                Ok(upload) if folder.join("table").exists() && !self.is_worked_on(&upload) => {
                    self.drop_table(&upload.id).map(drop)
                }
                _ => continue,
            };
            if let Err(rejection) = swept {
                tracing::warn!(%rejection, %sent, "a table that is kept no longer");
            }
        }
    }
}

impl System {
    fn is_worked_on(&self, upload: &Upload) -> bool {
        let job = upload.run.as_ref().filter(|run| run.stored.is_none());
        job.and_then(|run| run.job.parse().ok()).is_some_and(|job| self.is_under_way(job))
    }
}

impl Receiving {
    /// Takes the next bytes.
    ///
    /// # Errors
    /// More than a table may have; the disk is full.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        self.upload.bytes += bytes.len() as u64;
        if self.upload.bytes > MOST_BYTES {
            let most = MOST_BYTES >> 20;
            return Err(Fault::new(
                "import.too_large",
                format!("the file has more than {most} MiB; split the table"),
                format!("文件超过 {most} MiB；请拆分表格"),
            )
            .into());
        }
        self.digest.update(bytes);
        self.file.write_all(bytes).map_err(|error| file_fault(&error))
    }

    /// Ends it: the table is there, durably.
    ///
    /// # Errors
    /// Nothing was sent; the disk is full.
    pub fn finish(mut self) -> Result<Upload, Rejection> {
        if self.upload.bytes == 0 {
            return Err(Fault::new(
                "sheet.empty",
                "the file is empty; choose the file with the table",
                "文件为空；请选择含有数据的文件",
            )
            .into());
        }
        let digest: [u8; 32] = std::mem::take(&mut self.digest).finalize().into();
        self.upload.sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        let finish = || {
            self.file.sync_all()?;
            fs::rename(self.folder.join("table.part"), self.folder.join("table"))?;
            write_about(&self.folder, &self.upload)?;
            crate::keys::sync_folder(&self.folder)
        };
        finish().map_err(|error| file_fault(&error))?;
        self.is_done = true;
        Ok(self.upload.clone())
    }

    /// Takes a whole file in.
    ///
    /// # Errors
    /// As [`push`](Self::push) and [`finish`](Self::finish); it cannot be read.
    pub fn read(mut self, mut input: impl Read) -> Result<Upload, Rejection> {
        let mut block = vec![0; 256 << 10];
        loop {
            match input.read(&mut block) {
                Ok(0) => return self.finish(),
                Ok(read) => self.push(block.get(..read).unwrap_or_default())?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(file_fault(&error)),
            }
        }
    }
}

impl Drop for Receiving {
    /// What was cut off leaves nothing.
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Lets nobody else on the machine look into a folder: what was sent says openly what it says.
fn close(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
    }
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

fn is_own(who: &Principal, upload: &Upload) -> bool {
    upload.on_behalf_of == who.on_behalf_of
}

fn read_about(folder: &Path) -> io::Result<Upload> {
    let text = fs::read(folder.join("about.json"))?;
    serde_json::from_slice(&text).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn write_about(folder: &Path, upload: &Upload) -> io::Result<()> {
    let text = serde_json::to_vec_pretty(upload)?;
    let (part, whole) = (folder.join("about.part"), folder.join("about.json"));
    let mut file = File::create(&part)?;
    file.write_all(&text)?;
    file.sync_all()?;
    fs::rename(&part, &whole)?;
    crate::keys::sync_folder(&whole)
}

fn not_found(id: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "import.not_found",
        format!("there is no table {id} of your office; look at the list of imports"),
        format!("本机关没有导入 {id}；请查看导入列表"),
    ))
}

/// A fault of a table's file: a full disk passes.
pub(crate) fn file_fault(error: &io::Error) -> Rejection {
    store::Error::NotWritable { reason: format!("the table: {error}") }.into()
}
