//! The files that jobs leave.
//!
//! They lie in `jobs/<id>/` of the installation, not in the store: they are made anew by asking anew.
//! Only who asked may take them away, while the grant by which they asked still counts; each time is
//! noted first. What says something of persons goes after a day, everything else after a week; and
//! at once when somebody is erased or restricted, for nobody knows whom a file says something of.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use model::RecordId;
use sha2::{Digest as _, Sha256};
use store::job::drop_files;

use super::work::{Order, ResultFile};
use super::{Jobs, not_found, runner};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::people::audit::{Entry, Went};
use crate::system::System;

/// For how long files are kept, in µs.
pub(super) const KEPT: i64 = 7 * DAY;
/// For how long, where they say something of persons.
pub(super) const KEPT_PERSONAL: i64 = DAY;
const DAY: i64 = 86_400_000_000;

/// Where the files of a job are.
pub(super) fn folder(data: &Path, id: RecordId) -> PathBuf {
    data.join("jobs").join(id.to_string())
}

impl Order {
    /// Where a file of this job lies, in a folder of its own that nobody else on the machine may
    /// look into.
    ///
    /// # Errors
    /// A name that a file of a job may not have; the folder cannot be made.
    pub fn path(&self, name: &str) -> Result<PathBuf, Rejection> {
        if !is_name(name) {
            return Err(Fault::new(
                "job.file_name",
                format!("{name:?} is no name of a file of a job; tell the operator"),
                format!("{name:?} 不能作为任务文件名；请告知运维人员"),
            )
            .into());
        }
        let mut folder = fs::DirBuilder::new();
        folder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        folder.create(&self.folder).map_err(|e| file_fault(&e))?;
        Ok(self.folder.join(name))
    }

    /// What is told of a file that was written to its end; it is durable then.
    ///
    /// # Errors
    /// It cannot be read.
    pub async fn finished(
        &self,
        name: &str,
        media: &str,
        rows: Option<u64>,
        personal: bool,
    ) -> Result<ResultFile, Rejection> {
        let path = self.path(name)?;
        let read = tokio::task::spawn_blocking(move || {
            let mut file = File::open(path)?;
            file.sync_all()?;
            let (mut digest, mut bytes) = (Sha256::new(), 0);
            let mut buffer = vec![0; 1 << 16];
            loop {
                let count = file.read(&mut buffer)?;
                let Some(read) = buffer.get(..count).filter(|read| !read.is_empty()) else { break };
                digest.update(read);
                bytes += count as u64;
            }
            let digest: [u8; 32] = digest.finalize().into();
            Ok::<_, io::Error>((bytes, digest))
        });
        let read = read.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        let (bytes, digest) = read.map_err(|e| file_fault(&e))?;
        let sha256 = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(ResultFile {
            name: name.to_owned(),
            media: media.to_owned(),
            bytes,
            rows,
            sha256,
            personal,
        })
    }
}

impl System {
    /// Gives out a file of a job: where it lies, and what it is. That it was taken is noted first.
    ///
    /// # Errors
    /// No such file of who asks, or no more; a grant that ended; a fault of the store.
    pub async fn job_file(
        &self,
        who: &Principal,
        id: RecordId,
        name: &str,
    ) -> Result<(PathBuf, ResultFile), Rejection> {
        let job = self.reader().db().job(id).await?;
        let job =
            job.filter(|job| job.asker.account == who.account).ok_or_else(|| not_found(id))?;
        let file = Jobs::outcome(&job).files.into_iter().find(|file| file.name == name);
        let file = file.ok_or_else(|| not_found(id))?;
        let path = folder(self.data(), id).join(name);
        let now = self.clock().now();
        let is_there = fs::metadata(&path).is_ok_and(|found| found.len() == file.bytes);
        if file.personal && self.last_erasure()?.is_some_and(|at| at >= job.created_at) {
            self.drop_files_with_persons().await?;
            return Err(Rejection::NotFound(Fault::new(
                "job.erased",
                format!("somebody was erased since {name} was asked for; ask for it anew"),
                format!("文件 {name} 发起之后有个人信息被删除；请重新发起任务"),
            )));
        }
        if !is_there || job.files_until.is_none_or(|until| until < now) {
            return Err(Rejection::NotFound(Fault::new(
                "job.expired",
                format!("the file {name} is kept no longer; ask for it anew"),
                format!("文件 {name} 已过保存期限；请重新发起任务"),
            )));
        }
        runner::Askers::default().principal(self, &job.asker).await?;
        let detail = format!("{id} {name} SHA-256 {}", file.sha256);
        let entry = Entry { rows: file.rows, detail: Some(&detail), ..Entry::of("job-file") };
        self.audit(who, Went::Done, entry).await?;
        Ok((path, file))
    }

    /// Removes the files that say something of persons and were asked for before somebody was erased
    /// or restricted. Those of jobs that are under way go when these have ended.
    pub(crate) async fn drop_files_with_persons(&self) -> Result<(), store::Error> {
        let Some(at) = self.last_erasure()? else { return Ok(()) };
        for job in self.reader().db().jobs_with_files().await? {
            let is_reached =
                job.created_at <= at && Jobs::outcome(&job).files.iter().any(|file| file.personal);
            if !is_reached {
                continue;
            }
            if let Err(error) = remove(self.data(), job.id) {
                let reason = format!("the files of the job {}: {error}", job.id);
                return Err(store::Error::NotWritable { reason });
            }
            self.writer().write(vec![drop_files(job.id)]).await?;
        }
        Ok(())
    }
}

/// The jobs that have a folder.
pub(super) fn all(data: &Path) -> Vec<RecordId> {
    let found = fs::read_dir(data.join("jobs")).into_iter().flatten().flatten();
    found.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// Removes the files of a job.
pub(super) fn remove(data: &Path, id: RecordId) -> io::Result<()> {
    match fs::remove_dir_all(folder(data, id)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Whether a name is one that a file of a job may have: nothing that leads elsewhere.
fn is_name(name: &str) -> bool {
    let is_sound = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_sound)
}

/// A fault of a job's file: a full disk passes, and the job waits for it.
pub(crate) fn file_fault(error: &io::Error) -> Rejection {
    store::Error::NotWritable { reason: format!("the files of jobs: {error}") }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_else() {
        for name in ["report.xlsx", "faults-2.csv", "a_b"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["", ".", "..", "../a", "a/b", "a\\b", "A", "文"] {
            assert!(!is_name(name), "{name}");
        }
    }
}
