//! Dry runs and imports as jobs.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use codes::Label;
use model::RecordId;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::cell_fault::CellFault;
use super::check::{Progress as Seen, Summary};
use super::marks::{Tongue, write_book, write_list};
use super::run::{Imported, NotImported, Table};
use super::upload::{Choice, IMPORT, Report, Run, Upload};
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::job::{Ask, Order, Outcome, Progress, Said, Step, ToldFault, Work};
use crate::keys::random;
use crate::system::System;

/// How often a job looks how far it is.
const PAUSE: Duration = Duration::from_millis(250);
/// Faults that are told with a job; all are in its files.
const TOLD: usize = 100;

/// What is asked for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parameters {
    /// The table.
    pub upload: String,
    /// What it is called.
    pub name: String,
    /// How it is read.
    pub choice: Choice,
    /// Whether files say what is wrong in Chinese; else in English.
    pub is_zh: bool,
    /// Of an import: its batch, and whether the right rows are wanted where some are wrong.
    #[serde(default)]
    pub import: Option<(String, bool)>,
}

/// A dry run or an import while it is carried out.
pub struct Import {
    parameters: Parameters,
    seen: Arc<Seen>,
    doing: Option<JoinHandle<Result<Imported, NotImported>>>,
}

impl System {
    /// Asks for a dry run of a table.
    ///
    /// # Errors
    /// No permission; no such table; it has no mapping.
    pub async fn ask_check(
        self: &Arc<Self>,
        who: &Principal,
        id: &str,
        is_zh: bool,
    ) -> Result<RecordId, Rejection> {
        let upload = self.upload(who, id)?;
        self.table_of(&upload)?;
        super::check::mapping_of(&self.pack(), &upload.choice.mapping)?;
        let Upload { id, name, choice, .. } = upload;
        let parameters = Parameters { upload: id, name, choice, is_zh, import: None };
        self.ask_job::<Import>(who, ask(), &parameters).await
    }

    /// Asks for the import of a table: of all its rows, or of the right ones.
    ///
    /// # Errors
    /// As [`ask_check`](Self::ask_check); it is being imported, or was.
    pub async fn ask_import(
        self: &Arc<Self>,
        who: &Principal,
        id: &str,
        good_rows: bool,
        is_zh: bool,
    ) -> Result<RecordId, Rejection> {
        let upload = self.settled_upload(who, id).await?;
        self.table_of(&upload)?;
        if upload.run.is_some() {
            return Err(running());
        }
        let batch = RecordId::new(self.clock().now(), &random());
        let (name, choice) = (batch.to_string(), upload.choice.clone());
        // It is noted before there is a job that may end; whether it is the one that counts is decided
        // when it begins.
        let run = Run::new(name.clone(), good_rows, choice.clone());
        self.change_upload(&upload.id, |upload| match &upload.run {
            Some(_) => Err(running()),
            None => {
                upload.run = Some(run);
                Ok(())
            }
        })?;
        let parameters = Parameters {
            upload: upload.id.clone(),
            name: upload.name.clone(),
            choice: choice.clone(),
            is_zh,
            import: Some((name.clone(), good_rows)),
        };
        let job = match self.ask_job::<Import>(who, ask(), &parameters).await {
            Ok(job) => job,
            Err(rejection) => {
                self.change_upload(&upload.id, |upload| {
                    upload.run.take_if(|run| run.batch == name);
                    Ok(())
                })?;
                return Err(rejection);
            }
        };
        self.change_upload(&upload.id, |upload| {
            if let Some(run) = own_run(upload, &name) {
                run.job = job.to_string();
            }
            Ok(())
        })?;
        Ok(job)
    }

    /// A table as [`upload`](Self::upload) gives it, but that an import whose job ended without saying
    /// what came of it, as it does where the right to it ended, is told by what is stored.
    ///
    /// # Errors
    /// As [`upload`](Self::upload); a fault of the store.
    pub async fn settled_upload(&self, who: &Principal, id: &str) -> Result<Upload, Rejection> {
        let upload = self.upload(who, id)?;
        let Some(run) = upload.run.as_ref().filter(|run| run.stored.is_none()) else {
            return Ok(upload);
        };
        let Ok(batch) = run.batch.parse::<RecordId>() else { return Ok(upload) };
        // What is staged is yet to be appended.
        if !self.has_ended(&run.job).await? || self.is_staged(batch)? {
            return Ok(upload);
        }
        let is_closed = self.is_closed(batch).await?;
        let found = self.reader().db().batch(batch).await?;
        let changed = self.change_upload(id, |upload| {
            let Some(open) = own_run(upload, &run.batch).filter(|run| run.stored.is_none()) else {
                return Ok(());
            };
            if is_closed {
                open.stored = Some(found.records);
                open.is_withdrawn = found.withdrawn_at.is_some();
            } else {
                upload.run = None;
            }
            Ok(())
        })?;
        if is_closed { self.drop_table(&upload.id) } else { Ok(changed) }
    }

    /// Whether a job has ended, whoever asked for it, or never was.
    async fn has_ended(&self, job: &str) -> Result<bool, Rejection> {
        let Ok(id) = job.parse::<RecordId>() else { return Ok(true) };
        let job = self.reader().db().job(id).await?;
        Ok(job.is_none_or(|job| job.state.is_end()))
    }
}

/// The import of a table, if it is that of a batch.
fn own_run<'u>(upload: &'u mut Upload, batch: &str) -> Option<&'u mut Run> {
    upload.run.as_mut().filter(|run| run.batch == batch)
}

fn running() -> Rejection {
    Rejection::Conflict(Fault::new(
        "import.running",
        "the table is being imported, or was; look at what came of it",
        "该表正在导入或已导入；请查看结果",
    ))
}

fn ask() -> Ask<'static> {
    Ask { permission: IMPORT, target: Target::default(), purpose: None }
}

impl Work for Import {
    const KIND: &'static str = "import";
    type Parameters = Parameters;
    type Checkpoint = ();

    fn label(parameters: &Parameters) -> Label {
        let name = &parameters.name;
        match parameters.import {
            None => Label { zh: format!("试导入 {name}"), en: format!("Dry run of {name}") },
            Some(_) => Label { zh: format!("导入 {name}"), en: format!("Import of {name}") },
        }
    }

    /// One import of an office's tables at a time: each sees what the one before stored.
    fn resource(parameters: &Parameters) -> Option<String> {
        parameters.import.as_ref().map(|_| format!("import/{}", parameters.choice.mapping))
    }

    async fn begin(
        order: &Order,
        parameters: Parameters,
        _from: Option<()>,
    ) -> Result<Self, Rejection> {
        let mut import = Self { parameters, seen: Arc::default(), doing: None };
        let upload = import.claimed(order).await?;
        import.doing = Some(import.start(order, upload).await?);
        Ok(import)
    }

    async fn step(&mut self, order: &Order) -> Result<Step<()>, Rejection> {
        let Some(doing) = &mut self.doing else {
            return Err(
                store::Error::Unavailable { reason: "an import without work".into() }.into()
            );
        };
        if order.is_to_end() {
            self.seen.stop.store(true, Ordering::Relaxed);
        }
        let Ok(done) = tokio::time::timeout(PAUSE, &mut *doing).await else {
            return Ok(Step::More(self.progress(None), ()));
        };
        self.doing = None;
        let done = done.map_err(|e| store::Error::Unavailable { reason: e.to_string() })?;
        self.ended(order, done).await
    }

    async fn undo(mut self, order: &Order) -> Result<Outcome, Rejection> {
        self.seen.stop.store(true, Ordering::Relaxed);
        let done = match self.doing.take() {
            Some(doing) => doing.await.ok(),
            None => None,
        };
        let system = &order.system;
        if let Some((batch, _)) = &self.parameters.import {
            // What was stored when the end was asked for is taken back.
            if let (Some(Ok(imported)), Ok(id)) = (done, batch.parse::<RecordId>())
                && imported.stored > 0
            {
                let reason = "the import was ended by who asked for it";
                system.withdraw(&Principal::program(), id, reason).await?;
            }
            self.give_up(system, batch)?;
        }
        Ok(Outcome { page: Some(page(&self.parameters)), ..Outcome::default() })
    }
}

impl Drop for Import {
    /// Who goes on from the last checkpoint begins anew, and what checks the table lets it.
    fn drop(&mut self) {
        self.seen.stop.store(true, Ordering::Relaxed);
    }
}

impl Import {
    /// The table; of an import noted as the one that is carried out, if no other is or was.
    async fn claimed(&self, order: &Order) -> Result<Upload, Rejection> {
        let (system, id) = (&order.system, &self.parameters.upload);
        let upload = system.upload(&order.who, id)?;
        let Some((batch, good_rows)) = &self.parameters.import else { return Ok(upload) };
        let other = upload.run.as_ref().filter(|run| run.batch != *batch);
        if let Some(other) = other
            && (other.stored.is_some() || !system.has_ended(&other.job).await?)
        {
            return Err(running());
        }
        system.change_upload(id, |now| {
            if now.run != upload.run && own_run(now, batch).is_none() {
                return Err(running());
            }
            if own_run(now, batch).is_none() {
                let choice = self.parameters.choice.clone();
                now.run = Some(Run::new(batch.clone(), *good_rows, choice));
            }
            if let Some(run) = own_run(now, batch) {
                run.job = order.id.to_string();
            }
            Ok(())
        })
    }

    /// Notes that nothing came of the import.
    fn give_up(&self, system: &System, batch: &str) -> Result<(), Rejection> {
        let changed = system.change_upload(&self.parameters.upload, |upload| {
            upload.run.take_if(|run| run.batch == batch);
            Ok(())
        });
        changed.map(drop)
    }

    async fn start(
        &self,
        order: &Order,
        upload: Upload,
    ) -> Result<JoinHandle<Result<Imported, NotImported>>, Rejection> {
        let (system, who) = (Arc::clone(&order.system), order.who.clone());
        let seen = Arc::clone(&self.seen);
        let Some((batch, good_rows)) = self.parameters.import.clone() else {
            let table = self.table(&system, &upload)?;
            return Ok(tokio::spawn(
                async move { Ok(system.check_table(&who, &table, &seen).await?) },
            ));
        };
        let (name, batch): (_, RecordId) = (batch.clone(), batch.parse().map_err(Fault::from)?);
        let run = upload.run.clone().filter(|run| run.batch == name);
        if let Some(Run { stored: Some(stored), summary, refused, .. }) = &run {
            // The program stopped before the end was told.
            let (summary, stored) = (summary.clone().unwrap_or_default(), *stored);
            let imported =
                Imported { summary, stored, refused_count: *refused, ..Imported::default() };
            return Ok(tokio::spawn(async move { Ok(imported) }));
        }
        // What was checked before the program stopped is gone on with, also where it stopped before
        // what was found was noted.
        if system.is_staged(batch)? || system.is_closed(batch).await? {
            let summary = run.and_then(|run| run.summary).unwrap_or_default();
            return Ok(tokio::spawn(async move {
                let resumed = system.resume_import(batch, &summary, &seen).await?;
                resumed.ok_or(NotImported::Ended)
            }));
        }
        let table = self.table(&system, &upload)?;
        Ok(tokio::spawn(async move {
            let noted = |summary: &Summary| {
                let noted = system.change_upload(&upload.id, |upload| {
                    if let Some(run) = own_run(upload, &name) {
                        run.summary = Some(summary.clone());
                    }
                    Ok(())
                });
                noted.map(drop)
            };
            system.import_table(&who, &table, (batch, good_rows), &seen, noted).await
        }))
    }

    fn table(&self, system: &System, upload: &Upload) -> Result<Table, Rejection> {
        let path: PathBuf = system.table_of(upload)?;
        let Parameters { name, choice, .. } = &self.parameters;
        Ok(Table { path, name: name.clone(), choice: choice.clone() })
    }

    fn progress(&self, total: Option<u64>) -> Progress {
        let rows = self.seen.rows.load(Ordering::Relaxed);
        let stored = self.seen.stored.load(Ordering::Relaxed);
        Progress {
            done: if stored > 0 { stored } else { rows },
            total: total.or_else(|| (stored > 0).then_some(rows)),
            faults: self.seen.faults.load(Ordering::Relaxed),
        }
    }

    async fn ended(
        &self,
        order: &Order,
        done: Result<Imported, NotImported>,
    ) -> Result<Step<()>, Rejection> {
        let system = &order.system;
        let parameters = &self.parameters;
        let batch = parameters.import.as_ref().map(|(batch, _)| batch.as_str());
        let (imported, is_refused) = match done {
            Ok(imported) => (imported, false),
            Err(NotImported::Faulty(imported)) => (*imported, true),
            Err(not) => {
                let may_pass = matches!(&not, NotImported::Rejected(Rejection::Store(error)) if error.may_pass());
                if let Some(batch) = batch.filter(|_| !may_pass) {
                    self.give_up(system, batch)?;
                }
                return Err(not.into());
            }
        };
        let Imported { summary, faults, stored, refused: of_store, refused_count, .. } = imported;
        let mut outcome = Outcome { page: Some(page(parameters)), ..Outcome::default() };
        // Where the program stopped before what was found was noted, nothing is made up.
        let is_known = summary.records > 0 || stored == 0;
        outcome.said = if is_known { said(&summary) } else { Vec::new() };
        outcome.faults = faults.iter().take(TOLD).map(told).collect();
        for (row, fault) in of_store.iter().take(TOLD) {
            outcome.faults.push(ToldFault::of(Some(*row), fault));
        }
        if !faults.is_empty() {
            let upload = system.upload(&order.who, &parameters.upload)?;
            self.files(order, &upload, &summary, faults, &mut outcome).await?;
        }
        let rows = summary.rows;
        if let Some(batch) = batch.filter(|_| !is_refused) {
            outcome.said.push(Said::new("已入库记录", "Records stored", stored));
            system.change_upload(&parameters.upload, |upload| {
                if let Some(run) = own_run(upload, batch) {
                    run.summary = is_known.then_some(summary);
                    run.stored = Some(stored);
                    run.refused = refused_count;
                }
                Ok(())
            })?;
            system.drop_table(&parameters.upload)?;
        } else {
            let (job, choice) = (order.id.to_string(), parameters.choice.clone());
            system.change_upload(&parameters.upload, |upload| {
                upload.checked = Some(Report { job, choice, summary });
                upload.run.take_if(|run| Some(run.batch.as_str()) == batch);
                Ok(())
            })?;
        }
        Ok(Step::Done(self.progress(Some(rows)), outcome))
    }

    /// The files in which what is wrong is marked. They are personal where the kind has anything that
    /// is.
    async fn files(
        &self,
        order: &Order,
        upload: &Upload,
        summary: &Summary,
        faults: Vec<CellFault>,
        outcome: &mut Outcome,
    ) -> Result<(), Rejection> {
        const BOOK: &str = "faults.xlsx";
        const LIST: &str = "faults.csv";
        const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
        let pack = order.system.pack();
        let mapping = pack.mapping(&self.parameters.choice.mapping);
        let is_personal = mapping.is_none_or(|mapping| mapping.person.is_some());
        let tongue = if self.parameters.is_zh { Tongue::Zh } else { Tongue::En };
        let table = order.system.table_of(upload)?;
        let (book, list) = (order.path(BOOK)?, order.path(LIST)?);
        let (summary, layout) = (summary.clone(), self.parameters.choice.layout());
        let writing = tokio::task::spawn_blocking(move || {
            let rows = write_book(&table, layout, &summary, &faults, tongue, &book)?;
            Ok::<_, Rejection>((rows, write_list(&summary, &faults, tongue, &list)?))
        });
        let written =
            writing.await.map_err(|e| store::Error::Unavailable { reason: e.to_string() });
        let (rows, lines) = written??;
        outcome.files.push(order.finished(BOOK, XLSX, Some(rows), is_personal).await?);
        let csv = "text/csv; charset=utf-8";
        outcome.files.push(order.finished(LIST, csv, Some(lines), is_personal).await?);
        Ok(())
    }
}

/// The page that shows a table.
fn page(parameters: &Parameters) -> String {
    format!("/console/imports/{}", parameters.upload)
}

fn said(summary: &Summary) -> Vec<Said> {
    vec![
        Said::new("数据行", "Rows", summary.rows),
        Said::new("新增", "New", summary.added),
        Said::new("有变化", "Changed", summary.changed),
        Said::new("无变化", "The same", summary.same),
        Said::new("表内重复", "Doubles within the table", summary.doubles),
        Said::new("有差错的记录", "Records with faults", summary.faulty),
        Said::new("差错", "Faults", summary.faults),
        Said::new("本表中没有的既有记录", "Known before and not in this table", summary.missing),
    ]
}

/// A fault as it is kept with the job: of what says something of a person only where it is and what to
/// do, for jobs are remembered long, and shown to who operates the system.
fn told(fault: &CellFault) -> ToldFault {
    let (place, CellFault { value, why_en, why_zh, do_en, do_zh, .. }) = (fault.place(), fault);
    let (en, zh) = match fault.is_personal {
        true => (format!("{place} (…): {do_en}"), format!("{place}（…）：{do_zh}")),
        false => (
            format!("{place} ({value}): {why_en}; {do_en}"),
            format!("{place}（{value}）：{why_zh}；{do_zh}"),
        ),
    };
    ToldFault {
        line: Some(fault.row),
        code: fault.code.clone(),
        pointer: fault.header.clone(),
        en,
        zh,
    }
}
