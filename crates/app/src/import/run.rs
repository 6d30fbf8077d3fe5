//! A table is checked once more, and what is right of it is stored under a batch.
//!
//! What is to be stored is staged first; so a kill in between loses nothing and doubles nothing, and
//! where one row is wrong and all are wanted, nothing is stored. Before it is appended, what the check
//! found is noted with the table: after a kill the rest is told from there.

use std::path::PathBuf;
use std::sync::Arc;

use model::RecordId;
use tokio::runtime::Handle;

use super::cell_fault::CellFault;
use super::check::{Checked, Progress, Request, Summary, check, mapping_of};
use super::plan::Said;
use super::upload::{Choice, IMPORT};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::Appended;
use crate::system::System;

/// A table that is to be imported.
#[derive(Debug, Clone)]
pub struct Table {
    /// Where it lies.
    pub path: PathBuf,
    /// What it is called.
    pub name: String,
    /// How it is read.
    pub choice: Choice,
}

/// What came of an import.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// What was found.
    pub summary: Summary,
    /// What is wrong with the table.
    pub faults: Vec<CellFault>,
    /// Records that are stored now or were before a kill; none where nothing was to be stored.
    pub stored: u64,
    /// Rows that the store refused, and why; the first of them.
    pub refused: Vec<(u64, Fault)>,
    /// How many it refused.
    pub refused_count: u64,
    /// The position of the record from which on the batch counts.
    pub counts_from: Option<u64>,
}

/// Why an import stored nothing.
#[derive(Debug)]
pub enum NotImported {
    /// Rows are wrong, and all were wanted.
    Faulty(Box<Imported>),
    /// Somebody ended it before anything was stored.
    Ended,
    /// It could not be carried out.
    Rejected(Rejection),
}

impl From<Rejection> for NotImported {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl System {
    /// An id for a new batch.
    pub fn new_batch(&self) -> RecordId {
        RecordId::new(self.clock().now(), &crate::keys::random())
    }

    /// Checks a table without storing anything of it.
    ///
    /// # Errors
    /// No permission; no table that is read under this mapping; a fault of the store.
    pub async fn check_table(
        self: &Arc<Self>,
        who: &Principal,
        table: &Table,
        progress: &Arc<Progress>,
    ) -> Result<Imported, Rejection> {
        let Checked { summary, faults } = self.checked(who, table, None, progress).await?;
        Ok(Imported { summary, faults, ..Imported::default() })
    }

    /// Checks a table and stores what is right of it. `noted` is called with what was found before
    /// anything is stored.
    ///
    /// # Errors
    /// [`NotImported`].
    pub async fn import_table(
        self: &Arc<Self>,
        who: &Principal,
        table: &Table,
        (batch, good_rows): (RecordId, bool),
        progress: &Arc<Progress>,
        noted: impl FnOnce(&Summary) -> Result<(), Rejection>,
    ) -> Result<Imported, NotImported> {
        self.check_batch_id(batch)?;
        let Checked { summary, faults } =
            self.checked(who, table, Some((batch, good_rows)), progress).await?;
        let mut imported = Imported { summary, faults, ..Imported::default() };
        if imported.summary.faults > 0 && !good_rows {
            return Err(NotImported::Faulty(Box::new(imported)));
        }
        noted(&imported.summary)?;
        if imported.summary.good() == 0 {
            return Ok(imported);
        }
        imported.take(self.append_stage(batch, &progress.stored).await?);
        Ok(imported)
    }

    /// Goes on with an import that was checked before the program stopped; none where it was not.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn resume_import(
        self: &Arc<Self>,
        batch: RecordId,
        summary: &Summary,
        progress: &Arc<Progress>,
    ) -> Result<Option<Imported>, Rejection> {
        let mut imported = Imported { summary: summary.clone(), ..Imported::default() };
        if self.is_staged(batch)? {
            imported.take(self.append_stage(batch, &progress.stored).await?);
            return Ok(Some(imported));
        }
        // It was appended when the program started.
        if !self.is_closed(batch).await? {
            return Ok(None);
        }
        imported.stored = self.reader().db().batch(batch).await?.records;
        imported.refused_count = summary.good().saturating_sub(imported.stored);
        Ok(Some(imported))
    }

    async fn checked(
        self: &Arc<Self>,
        who: &Principal,
        table: &Table,
        stage: Option<(RecordId, bool)>,
        progress: &Arc<Progress>,
    ) -> Result<Checked, NotImported> {
        self.may_import(who)?;
        let pack = self.pack();
        let mapping = mapping_of(&pack, &table.choice.mapping)?;
        let known = self.known_of(who, mapping).await?;
        let said: Said = table.choice.said(self, who);
        let (system, who, table) = (Arc::clone(self), who.clone(), table.clone());
        let (progress, handle) = (Arc::clone(progress), Handle::current());
        let checking = tokio::task::spawn_blocking(move || {
            let request = Request {
                who: &who,
                path: &table.path,
                layout: table.choice.layout(),
                mapping: &table.choice.mapping,
                said: &said,
                batch: stage.map(|(batch, _)| batch),
            };
            let Some((batch, good_rows)) = stage else {
                return Ok(check(&system, &request, &known, None, &progress, &handle)?);
            };
            let mut stage = {
                let name = Some(table.name.clone());
                system.begin_stage(&who, batch, name, good_rows, false)?
            };
            let checked = check(&system, &request, &known, Some(&mut stage), &progress, &handle);
            let is_ended = progress.stop.load(std::sync::atomic::Ordering::Relaxed);
            let checked = match checked {
                Ok(checked) if !is_ended => checked,
                other => {
                    stage.discard();
                    other?;
                    return Err(NotImported::Ended);
                }
            };
            let is_wanted = checked.summary.faults == 0 || good_rows;
            if is_wanted && checked.summary.good() > 0 {
                stage.finish()?;
            } else {
                stage.discard();
            }
            Ok(checked)
        });
        let checked = checking.await;
        checked.map_err(|e| Rejection::from(store::Error::Unavailable { reason: e.to_string() }))?
    }

    /// Takes the batch of an import back.
    ///
    /// # Errors
    /// No permission; no such import; it was taken back before.
    pub async fn withdraw_import(
        &self,
        who: &Principal,
        id: &str,
        reason: &str,
    ) -> Result<(), Rejection> {
        let upload = self.upload(who, id)?;
        let batch = upload.run.as_ref().filter(|run| run.stored.is_some_and(|stored| stored > 0));
        let Some(batch) = batch.and_then(|run| run.batch.parse::<RecordId>().ok()) else {
            return Err(Rejection::Conflict(Fault::new(
                "import.nothing",
                "nothing of this table is stored",
                "该表没有已入库的记录",
            )));
        };
        let receipt = self.withdraw(who, batch, reason).await?;
        tracing::debug!(position = receipt.position, import = IMPORT, "a batch was withdrawn");
        let noted = self.change_upload(&upload.id, |upload| {
            if let Some(run) = &mut upload.run {
                run.is_withdrawn = true;
            }
            Ok(())
        });
        noted.map(drop)
    }
}

impl Imported {
    fn take(&mut self, appended: Appended) {
        let Appended { stored, known, refused, faults, closing, .. } = appended;
        self.stored = stored + known;
        self.refused_count = refused;
        self.refused = faults;
        self.counts_from = Some(closing.position);
    }
}

impl From<NotImported> for Rejection {
    fn from(not: NotImported) -> Self {
        match not {
            NotImported::Rejected(rejection) => rejection,
            NotImported::Ended => Fault::new(
                "import.ended",
                "the import was ended before anything was stored",
                "导入在入库前已终止，未保存任何内容",
            )
            .into(),
            NotImported::Faulty(imported) => {
                let (faults, faulty) = (imported.summary.faults, imported.summary.faulty);
                Fault::new(
                    "import.faulty",
                    format!("{faults} cells of {faulty} records are wrong, so nothing is stored; correct them in the error file and send it again, or import the right rows alone"),
                    format!("有 {faults} 处差错（涉及 {faulty} 条记录），未保存任何内容；请在差错文件中改正后重新上传，或选择只导入正确的行"),
                )
                .into()
            }
        }
    }
}
