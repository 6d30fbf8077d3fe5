//! Records of a kind as a file: all that are filtered and that the reader may see, as of one moment.
//!
//! | module | what |
//! |---|---|
//! | `columns` | which columns a kind has, and what of a record stands in each |
//! | `open` | the open part of a record, read without making more of it than a row |
//! | [`work`] | a file as a job |
//!
//! The rows are counted first and then written as of the same records; a file with another number of
//! rows than it says is never finished. A record is in it by one grant that lets it be read and taken
//! away. What says something of persons needs a permission of its own for the record, and a purpose;
//! who, when, what for and for which office stand in the file and in the audit trail.

mod columns;
mod open;
pub mod work;

use std::io::{self, Write};
use std::sync::Arc;

use model::Timestamp;
use serde::{Deserialize, Serialize};
use sheet::write::{Format, Head, Note, Words, Writer, Written};
use store::Said;
use store::readings::{AsOf, Regions};
use tokio::sync::mpsc;

use self::columns::Columns;
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::people::audit::{Entry, Went};
use crate::reading::{READ_PERSONAL, RecordView, Selection, Shown, When};
use crate::system::System;

/// The permission to take records away as a file.
pub const RUN: &str = "export.run";
/// The permission to take away what says something of persons.
pub const PERSONAL: &str = "export.personal";

/// Records that are read and written at a time.
const CHUNK: usize = 4096;
/// The shortest purpose that says something, in characters.
pub const LEAST_PURPOSE: usize = 4;
/// The longest, so that all of it stands in the file and in the audit trail.
pub const MOST_PURPOSE: usize = 500;

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The kind of record.
    pub kind: String,
    /// A filter over its typed fields.
    #[serde(default)]
    pub filter: Option<String>,
    /// A division, with all below it.
    #[serde(default)]
    pub region: Option<String>,
    /// What had happened by then, in µs; everything, where it is not given.
    #[serde(default)]
    pub valid: Option<i64>,
    /// What the first so many records say.
    #[serde(default)]
    pub known: Option<u64>,
    /// The form: `xlsx`, `csv` or `jsonl`.
    pub format: String,
    /// With what records say of persons.
    #[serde(default)]
    pub personal: bool,
    /// What for.
    #[serde(default)]
    pub purpose: String,
    /// Whether the words in it are English.
    #[serde(default)]
    pub english: bool,
}

impl Asked {
    fn form(&self) -> Result<Format, Rejection> {
        Format::from_word(&self.format).ok_or_else(|| {
            Fault::new(
                "export.format",
                format!("{:?} is no form of a file; ask for xlsx, csv or jsonl", self.format),
                format!("没有 {} 这种文件格式；请选择 xlsx、csv 或 jsonl", self.format),
            )
            .at("/format")
            .into()
        })
    }

    fn selection(&self) -> Selection<'_> {
        let filter = self.filter.as_deref().filter(|text| !text.trim().is_empty());
        let region = self.region.as_deref().filter(|text| !text.is_empty());
        Selection { filter, region }
    }

    fn when(&self) -> When {
        When { valid: self.valid.map(Timestamp::from_micros), known: self.known }
    }

    /// The permission that it takes.
    pub fn permission(&self) -> &'static str {
        if self.personal { PERSONAL } else { RUN }
    }
}

/// A chunk of records on their way into a file.
enum Chunk {
    Said(Vec<Said>),
    Views(Vec<RecordView>),
}

/// A file that is being written.
pub struct Exporting<W: Write> {
    writer: Writer<W>,
    columns: Columns,
    chunks: mpsc::Receiver<Result<Chunk, Rejection>>,
    rows: u64,
}

impl System {
    /// What is asked for with its moment fixed, and how many rows it has: to be said before it
    /// begins.
    ///
    /// # Errors
    /// No permission; an unknown kind, a wrong filter, region or form; what says something of persons
    /// without a purpose; a fault of the store.
    pub async fn export_size(
        &self,
        who: &Principal,
        asked: Asked,
    ) -> Result<(Asked, u64), Rejection> {
        asked.form()?;
        let pack = self.pack();
        let door = Door::new(&pack, crate::time::day(self.clock().now()));
        door.authorize(who, RUN, Target::default())?;
        let length = asked.purpose.trim().chars().count();
        if length > MOST_PURPOSE {
            return Err(Fault::new(
                "export.purpose",
                format!("say what it is for in {MOST_PURPOSE} characters at most"),
                format!("用途请不超过 {MOST_PURPOSE} 个字"),
            )
            .at("/purpose")
            .into());
        }
        if asked.personal {
            door.authorize(who, PERSONAL, Target::default())?;
            if length < LEAST_PURPOSE {
                return Err(Fault::new(
                    "export.purpose",
                    format!("say in {LEAST_PURPOSE} characters or more what personal data are taken away for"),
                    format!("请说明导出个人信息的用途（不少于 {LEAST_PURPOSE} 个字）"),
                )
                .at("/purpose")
                .into());
            }
        }
        let (kind, selection) = (&asked.kind, asked.selection());
        let counted = self.count_with(who, kind, &selection, asked.when(), Some(RUN)).await;
        let (rows, as_of) = counted?;
        let asked = Asked { known: Some(as_of.known), ..asked };
        Ok((asked, rows))
    }

    /// Begins to write a file. That it is taken is noted first, with what it is for.
    ///
    /// # Errors
    /// As [`export_size`](Self::export_size).
    pub async fn begin_export<W: Write>(
        self: &Arc<Self>,
        who: &Principal,
        asked: Asked,
        out: W,
    ) -> Result<Exporting<W>, Rejection> {
        let (asked, rows) = self.export_size(who, asked).await?;
        let pack = self.pack();
        let kind = pack.kind(&asked.kind).ok_or_else(|| unknown(&asked.kind))?;
        let now = self.clock().now();
        let mark = if asked.personal { Some(self.mark(who, &asked, now).await?) } else { None };
        // What for stands in a place of its own.
        let what = Asked { purpose: String::new(), ..asked.clone() };
        let what = serde_json::to_string(&what).unwrap_or_default();
        let detail = mark.iter().map(String::as_str).chain([what.as_str()]);
        let detail = detail.collect::<Vec<_>>().join(" ");
        let entry = Entry {
            permission: Some(asked.permission()),
            kind: Some(&asked.kind),
            rows: Some(rows),
            purpose: Some(&asked.purpose),
            detail: Some(&detail),
            ..Entry::of("export")
        };
        self.audit(who, Went::Done, entry).await?;
        let form = asked.form()?;
        let columns = Columns::of(&pack, kind, form, asked.personal, asked.english);
        let head = self.head(&asked, kind, &columns, rows, now, mark);
        let writer = Writer::new(form, out, head).map_err(|e| write_fault(&e))?;
        let (sender, chunks) = mpsc::channel(2);
        // Read ahead of what is written.
        let (system, reader) = (Arc::clone(self), who.clone());
        tokio::spawn(async move {
            if let Err(fault) = system.read_ahead(&reader, &asked, &sender).await {
                let _ = sender.send(Err(fault)).await;
            }
        });
        Ok(Exporting { writer, columns, chunks, rows })
    }

    fn head(
        &self,
        asked: &Asked,
        kind: &pack::Kind,
        columns: &Columns,
        rows: u64,
        now: Timestamp,
        mark: Option<String>,
    ) -> Head {
        let pick = |zh, en| picked(asked.english, zh, en);
        let mut notes = vec![
            Note::new("kind", pick("记录类型", "Kind"), asked.kind.as_str()),
            Note::number(
                "known",
                pick("截至记录数", "As of so many records"),
                asked.known.unwrap_or_default(),
            ),
            Note::new("asked_at", pick("导出时间", "Made at"), now.to_string()),
        ];
        let selection = asked.selection();
        if let Some(filter) = selection.filter {
            notes.push(Note::new("filter", pick("筛选条件", "Filter"), filter));
        }
        if let Some(region) = selection.region {
            notes.push(Note::new("region", pick("地域", "Region"), region));
        }
        if !asked.purpose.trim().is_empty() {
            notes.push(Note::new("purpose", pick("用途", "Purpose"), asked.purpose.trim()));
        }
        Head {
            title: picked(asked.english, &kind.label.zh, &kind.label.en).to_owned(),
            columns: columns.heads(),
            rows,
            notes,
            mark,
            words: if asked.english { Words::english() } else { Words::chinese() },
        }
    }

    /// Who takes it, when, what for, for which office.
    async fn mark(
        &self,
        who: &Principal,
        asked: &Asked,
        now: Timestamp,
    ) -> Result<String, Rejection> {
        let account = self.reader().db().account(&who.account).await?;
        let name = account.map_or_else(|| who.account.clone(), |account| account.name);
        let pack = self.pack();
        let office = pack.office(&who.on_behalf_of).and_then(|o| o.on(crate::time::day(now)));
        let office = office.map_or(who.on_behalf_of.as_str(), |office| &office.label.zh);
        let purpose: String = asked.purpose.trim().chars().filter(|c| !c.is_control()).collect();
        let account = &who.account;
        Ok(format!("{name}（{account}）｜{office}｜{now}｜{purpose}"))
    }

    async fn read_ahead(
        &self,
        who: &Principal,
        asked: &Asked,
        sender: &mpsc::Sender<Result<Chunk, Rejection>>,
    ) -> Result<(), Rejection> {
        let as_of: AsOf = self.as_of(asked.when()).await?;
        let selection = asked.selection();
        let filter = self.filter(&asked.kind, selection.filter)?;
        let codes = self.regions_under(selection.region)?;
        let regions = codes.as_deref().map_or(Regions::Any, Regions::Exactly);
        let mut from = 0;
        loop {
            let scopes = self.scopes(who, &asked.kind, Some(RUN))?;
            let (filter, scopes) = (filter.as_ref(), scopes.as_deref());
            let positions = self
                .readings()
                .kind_heads_from(&asked.kind, filter, regions, scopes, as_of, from, CHUNK)
                .await?;
            let Some(last) = positions.last() else { return Ok(()) };
            from = last + 1;
            let is_end = positions.len() < CHUNK;
            for positions in positions.chunks(store::MOST) {
                let chunk = match asked.personal {
                    false => Chunk::Said(self.reader().said_at(positions).await?),
                    true => Chunk::Views(self.views_of(who, positions, as_of.known).await?),
                };
                if sender.send(Ok(chunk)).await.is_err() {
                    return Ok(());
                }
            }
            if is_end {
                return Ok(());
            }
        }
    }
}

impl System {
    /// What records say, with what they say of persons as far as that may be taken away.
    async fn views_of(
        &self,
        who: &Principal,
        positions: &[u64],
        known: u64,
    ) -> Result<Vec<RecordView>, Rejection> {
        let mut seen = Vec::with_capacity(positions.len());
        for record in self.reader().at(positions).await? {
            if self.sees(who, &record)? {
                seen.push(record);
            }
        }
        let views = self.views_with(who, seen, known, &[READ_PERSONAL, PERSONAL]).await?;
        // A page can be asked for again; a file with holes would be taken for the whole.
        if views.iter().flat_map(|view| &view.personal).any(|part| part.shown == Shown::Unnoted) {
            let reason = "that personal data are taken away cannot be noted".to_owned();
            return Err(store::Error::NotWritable { reason }.into());
        }
        Ok(views)
    }
}

impl<W: Write> Exporting<W> {
    /// How many rows the file will have.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes the next rows; how many are written by then, none at the end.
    ///
    /// # Errors
    /// A fault of the store, or of the file.
    pub async fn step(&mut self) -> Result<Option<u64>, Rejection> {
        let Some(chunk) = self.chunks.recv().await else { return Ok(None) };
        match chunk? {
            Chunk::Said(records) => {
                for record in &records {
                    self.columns.write(record, None, &mut self.writer)?;
                }
            }
            Chunk::Views(views) => {
                for view in views {
                    let stored = view.stored;
                    let record = Said {
                        position: stored.position,
                        id: stored.id.to_string(),
                        valid_at: stored.valid_at,
                        recorded_at: stored.recorded_at,
                        envelope: stored.envelope,
                        open: stored.open,
                    };
                    self.columns.write(&record, Some(&view.personal), &mut self.writer)?;
                }
            }
        }
        Ok(Some(self.writer.rows()))
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Another number of rows than was said, because rights changed meanwhile; a fault of the file.
    pub fn finish(self) -> Result<(W, Written), Rejection> {
        let (said, written) = (self.rows, self.writer.rows());
        if said != written {
            return Err(Fault::new(
                "export.changed",
                format!("{said} rows were counted and {written} may be seen now; ask anew"),
                format!("统计为 {said} 行，现可查看 {written} 行；请重新导出"),
            )
            .into());
        }
        self.writer.finish().map_err(|e| write_fault(&e))
    }
}

/// A fault of what the file is written to. One that is longer than its form can be stays so: nothing
/// is to be waited for.
fn write_fault(error: &io::Error) -> Rejection {
    if error.kind() != io::ErrorKind::FileTooLarge {
        return crate::job::file_fault(error);
    }
    Fault::new(
        "export.too_large",
        "an Excel file of these rows would be longer than 4 GiB; filter them, or ask for csv or jsonl",
        "这些数据的 Excel 文件将超过 4 GiB；请先筛选，或选择 csv、jsonl 格式",
    )
    .at("/format")
    .into()
}

fn picked<'t>(english: bool, zh: &'t str, en: &'t str) -> &'t str {
    if english { en } else { zh }
}

fn unknown(kind: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "record.kind",
        format!("there is no kind of record {kind}"),
        format!("没有记录类型 {kind}"),
    ))
}
