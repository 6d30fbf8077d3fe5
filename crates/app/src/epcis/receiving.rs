//! Documents as they come from a sender: into a file, then a job takes them in.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::{RecordId, Timestamp};

use super::work::{Capture, Parameters};
use super::{CAPTURE, KIND};
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::job::{Ask, file_fault};
use crate::keys::random;
use crate::system::System;

/// Where documents lie until they are taken in.
const FOLDER: &str = "captures";
/// Characters of its name that are kept.
const LONGEST_NAME: usize = 150;
/// How long a document stays whose job is gone, in µs.
const KEPT: i64 = 3 * 86_400_000_000;
/// The most bytes of a document.
pub const MOST_BYTES: u64 = 64 << 30;

/// A document that is being received.
pub struct Receiving {
    system: Arc<System>,
    who: Principal,
    batch: RecordId,
    proceed: bool,
    name: Option<String>,
    path: PathBuf,
    file: io::BufWriter<File>,
    bytes: u64,
    is_done: bool,
}

impl System {
    /// Begins to receive a document of events; `proceed`: the right ones are wanted also where some are
    /// wrong. What is not received to its end leaves nothing.
    ///
    /// # Errors
    /// No permission; the folder cannot be written to.
    pub fn begin_capture(
        self: &Arc<Self>,
        who: &Principal,
        proceed: bool,
    ) -> Result<Receiving, Rejection> {
        self.may_capture(who)?;
        let now = self.clock().now();
        self.sweep_captures(now);
        let batch = RecordId::new(now, &random());
        let path = path_of(self.data(), batch);
        let make = || {
            if let Some(folder) = path.parent() {
                let mut builder = fs::DirBuilder::new();
                builder.recursive(true);
                #[cfg(unix)]
                std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
                builder.create(folder)?;
            }
            File::create_new(&path)
        };
        let file = make().map_err(|error| file_fault(&error))?;
        let file = io::BufWriter::with_capacity(256 << 10, file);
        Ok(Receiving {
            system: Arc::clone(self),
            who: who.clone(),
            batch,
            proceed,
            name: None,
            path,
            file,
            bytes: 0,
            is_done: false,
        })
    }

    /// Removes documents whose job is long gone.
    fn sweep_captures(&self, now: Timestamp) {
        let Ok(files) = fs::read_dir(self.data().join(FOLDER)) else { return };
        for path in files.flatten().map(|file| file.path()) {
            let batch = path.file_stem().and_then(|name| name.to_str()?.parse::<RecordId>().ok());
            let is_old = batch.is_some_and(|id| id.time().micros() + KEPT < now.micros());
            if is_old && let Err(error) = fs::remove_file(&path) {
                tracing::warn!(%error, path = %path.display(), "a document that is kept no longer");
            }
        }
    }
}

/// Where the document of a batch lies.
pub(super) fn path_of(data: &Path, batch: RecordId) -> PathBuf {
    data.join(FOLDER).join(format!("{batch}.epcis"))
}

impl Receiving {
    /// With what its sender calls it: never a path.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
        let name: String = base.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
        self.name = Some(name).filter(|name| !name.trim().is_empty());
        self
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// More than a document may have; the disk is full.
    pub fn push(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BYTES {
            let most = MOST_BYTES >> 30;
            return Err(Fault::new(
                "epcis.too_large",
                format!("the document has more than {most} GiB; split it"),
                format!("文档超过 {most} GiB；请拆分"),
            )
            .into());
        }
        self.file.write_all(bytes).map_err(|error| file_fault(&error))
    }

    /// Ends it: the document is there, durably, and a job takes it in. Returns the id of the job.
    ///
    /// # Errors
    /// Nothing was sent; too many jobs that have not ended; the disk is full; a fault of the store.
    pub async fn finish(mut self) -> Result<RecordId, Rejection> {
        if self.bytes == 0 {
            return Err(Fault::new(
                "epcis.empty",
                "nothing was sent; send an EPCIS document",
                "没有内容；请发送 EPCIS 文档",
            )
            .into());
        }
        let mut end = || {
            self.file.flush()?;
            self.file.get_ref().sync_all()?;
            crate::keys::sync_folder(&self.path)
        };
        end().map_err(|error| file_fault(&error))?;
        let parameters = Parameters {
            batch: self.batch.to_string(),
            proceed: self.proceed,
            bytes: self.bytes,
            name: self.name.clone(),
            reporter: self.who.on_behalf_of.clone(),
        };
        let target = Target {
            kind: Some(KIND),
            organization: Some(&self.who.on_behalf_of),
            person: Some(&self.who.account),
            ..Target::default()
        };
        let target = if self.who.person.is_some() { target } else { Target::default() };
        let ask = Ask { permission: CAPTURE, target, purpose: None };
        let job = self.system.ask_job::<Capture>(&self.who, ask, &parameters).await?;
        self.is_done = true;
        Ok(job)
    }
}

impl Drop for Receiving {
    /// What was cut off leaves nothing.
    fn drop(&mut self) {
        if !self.is_done {
            let _ = fs::remove_file(&self.path);
        }
    }
}
