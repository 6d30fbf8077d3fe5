//! A table checked to its end: rows are read on one thread, made into records on others, and taken in
//! their order. Memory holds the rows on their way, the keys, and the faults that are told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use pack::{Mapping, Pack};
use serde::{Deserialize, Serialize};
use sheet::{Flow, Limits, Row, Source};
use tokio::runtime::Handle;

use super::cell_fault::{At, CellFault};
use super::header::{self, HINT_SHEET, LOOKED_AT, Layout, Names, OWN_SHEET};
use super::known::{Key, Known, key_of};
use super::plan::{Plan, Said};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::intake::{Context, Preparer, Stage, persons_of};
use crate::keys::{Resolved, random};
use crate::system::System;

/// Records that are checked at a time.
const PIECE: usize = 500;
/// Pieces on their way.
const AHEAD: usize = 4;
/// Bytes of memory of the rows of a piece, beyond which it is sent with fewer records.
const PIECE_BYTES: usize = 8 << 20;
/// Rows of one record, and the bytes of memory that they take.
const MOST_ROWS: usize = 1_000;
const RECORD_BYTES: usize = 16 << 20;
/// Sheets with the header.
const MOST_SHEETS: usize = 200;
/// Faults that are told; the rest is counted.
pub(crate) const MOST_FAULTS: usize = 200_000;

/// What is to be checked.
pub(crate) struct Request<'a> {
    pub(crate) who: &'a Principal,
    pub(crate) path: &'a Path,
    pub(crate) layout: sheet::Layout,
    pub(crate) mapping: &'a str,
    pub(crate) said: &'a Said,
    pub(crate) batch: Option<model::RecordId>,
}

/// How far a check is, and whether it is to end.
#[derive(Debug, Default)]
pub struct Progress {
    /// Rows that were checked.
    pub rows: AtomicU64,
    /// Cells with a fault.
    pub faults: AtomicU64,
    /// Records that are durable.
    pub stored: AtomicU64,
    /// Whether it is to end.
    pub stop: AtomicBool,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Rows with something in them, below the headers.
    pub rows: u64,
    /// Records that these make, right or not.
    pub records: u64,
    /// Records of things that were not imported before.
    pub added: u64,
    /// Records that say something else than those of the same thing did.
    pub changed: u64,
    /// Records that say the same as those that are there.
    pub same: u64,
    /// Rows that say the same as another row of the table.
    pub doubles: u64,
    /// Records with a fault.
    pub faulty: u64,
    /// Cells, or whole rows, with a fault.
    pub faults: u64,
    /// Things that were imported before and are not in this table.
    pub missing: u64,
    /// The sheets that were read, and how.
    pub sheets: Vec<Layout>,
    /// Sheets that do not have the header.
    pub left: Vec<String>,
    /// What is odd about the file.
    pub notes: Vec<Told>,
}

impl Summary {
    /// Records that can be stored: new ones and corrections.
    pub fn good(&self) -> u64 {
        self.added + self.changed
    }
}

/// Something that is told of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The line or row, where it has one.
    pub row: Option<u64>,
    /// In English.
    pub en: String,
    /// In Chinese.
    pub zh: String,
}

impl Told {
    pub(crate) fn note(note: &sheet::Note) -> Self {
        Self { row: note.row, en: note.en.clone(), zh: note.zh.clone() }
    }
}

/// What was found, and all faults.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    pub(crate) summary: Summary,
    pub(crate) faults: Vec<CellFault>,
}

/// Rows on their way to the checkers.
struct Piece {
    number: u64,
    layout: Arc<Layout>,
    groups: Vec<Vec<Row>>,
}

/// What became of a piece.
#[derive(Default)]
struct Done {
    number: u64,
    rows: u64,
    items: Vec<Item>,
    frames: Vec<u8>,
}

enum Item {
    Faulty(Vec<CellFault>),
    Good(Good),
}

struct Good {
    key: Key,
    hash: u64,
    at: At,
    kind: News,
    /// Where its frame ends in those of the piece; it begins where the one before ends.
    frame: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    Added,
    Changed,
    Same,
}

/// A fault of a table, as one of a request.
pub(crate) fn sheet_fault(fault: sheet::Fault) -> Rejection {
    let (mut en, mut zh) = (fault.en, fault.zh);
    if let Some(row) = fault.row {
        en = format!("line {row}: {en}");
        zh = format!("第 {row} 行：{zh}");
    }
    Fault::new(fault.code, en, zh).into()
}

/// A mapping of the pack.
pub(crate) fn mapping_of<'p>(pack: &'p Pack, id: &str) -> Result<&'p Mapping, Rejection> {
    pack.mapping(id).ok_or_else(|| {
        let known: Vec<&str> = pack.mappings().map(|mapping| mapping.id.as_str()).collect();
        let known = known.join(", ");
        Rejection::NotFound(Fault::new(
            "import.mapping",
            format!("there is no mapping {id}; the mappings are {known}"),
            format!("没有映射 {id}；现有映射：{known}"),
        ))
    })
}

/// Checks a table to its end. With a stage the records of its right rows are staged. It blocks.
pub(crate) fn check(
    system: &Arc<System>,
    request: &Request<'_>,
    known: &Known,
    stage: Option<&mut Stage>,
    progress: &Progress,
    handle: &Handle,
) -> Result<Checked, Rejection> {
    let pack = system.pack();
    let mapping = mapping_of(&pack, request.mapping)?;
    let ground = Ground { pack: &pack, mapping, said: request.said, now: system.clock().now() };
    let source = Source::open(request.path, request.layout, &Limits::default());
    let mut source = source.map_err(sheet_fault)?;
    let workers = std::thread::available_parallelism().map_or(2, usize::from).clamp(1, 8);
    let (pieces, to_check) = sync_channel::<Piece>(AHEAD);
    let (results, from_check) = sync_channel::<Result<Done, Rejection>>(AHEAD);
    let to_check = Mutex::new(to_check);
    let checker =
        Checker { system, ground, request, known, handle, makes_records: stage.is_some() };
    let mut taking = Taking { known, stage, ..Taking::new(mapping) };
    let (read, taken) = std::thread::scope(|scope| {
        let source = &mut source;
        let reader = scope.spawn(move || {
            let Some(plan) = ground.plan() else { return (Ok(()), Found::default()) };
            let mut reading = Reading::new(&plan, pieces, progress);
            let read = reading.all(source);
            (read, reading.found)
        });
        for _ in 0..workers {
            let (checker, to_check, results) = (&checker, &to_check, results.clone());
            scope.spawn(move || checker.run(to_check, results));
        }
        drop(results);
        let taken = taking.all(&from_check, progress);
        if taken.is_err() {
            progress.stop.store(true, Ordering::Relaxed);
            // The others go on until their channels are empty.
            while from_check.recv().is_ok() {}
        }
        (reader.join(), taken)
    });
    taken?;
    let (read, found) =
        read.map_err(|_| store::Error::Unavailable { reason: "the reading of a table".into() })?;
    read?;
    let mut checked = taking.finish();
    let Found { sheets, left, faults } = found;
    if sheets.is_empty() {
        return Err(no_header_of(mapping));
    }
    checked.summary.faults += faults.len() as u64;
    checked.faults.extend(faults);
    checked.faults.sort_by_key(|fault| (fault.sheet, fault.row, fault.column));
    checked.summary.sheets = sheets;
    checked.summary.left = left;
    checked.summary.notes = source.notes().iter().map(Told::note).collect();
    Ok(checked)
}

/// What a plan is made of. Each thread makes its own: what was looked up is remembered in it.
#[derive(Clone, Copy)]
struct Ground<'c> {
    pack: &'c Pack,
    mapping: &'c Mapping,
    said: &'c Said,
    now: model::Timestamp,
}

impl<'c> Ground<'c> {
    fn plan(&self) -> Option<Plan<'c>> {
        Plan::new(self.pack, self.mapping, self.said, self.now)
    }
}

fn no_header_of(mapping: &Mapping) -> Rejection {
    let required = mapping.columns.iter().filter(|column| column.required);
    let names: Vec<&str> = required.filter_map(|c| c.names.first()).map(String::as_str).collect();
    let names = names.join("、");
    Fault::new(
        "import.no_header",
        format!("no sheet has a row with the headers of {}: {names}; choose another mapping, or name the columns so", mapping.label.en),
        format!("没有找到“{}”的表头（{names}）；请选择其他映射，或按此修改列名", mapping.label.zh),
    )
    .into()
}

fn too_many_sheets() -> Rejection {
    Fault::new(
        "import.sheets",
        format!("more than {MOST_SHEETS} sheets have the header; split the book"),
        format!("含有此表头的工作表超过 {MOST_SHEETS} 张；请拆分工作簿"),
    )
    .into()
}

/// What the reading of sheets found.
#[derive(Default)]
struct Found {
    sheets: Vec<Layout>,
    left: Vec<String>,
    faults: Vec<CellFault>,
}

/// Rows are read and put together to records.
struct Reading<'r, 'p> {
    plan: &'r Plan<'p>,
    names: Names,
    pieces: SyncSender<Piece>,
    progress: &'r Progress,
    number: u64,
    groups: Vec<Vec<Row>>,
    /// Bytes of memory of the rows of all of them, and of the last.
    weight: usize,
    last_weight: usize,
    found: Found,
}

impl<'r, 'p> Reading<'r, 'p> {
    fn new(plan: &'r Plan<'p>, pieces: SyncSender<Piece>, progress: &'r Progress) -> Self {
        let names = Names::of(plan.mapping);
        Self {
            plan,
            names,
            pieces,
            progress,
            number: 0,
            groups: Vec::new(),
            weight: 0,
            last_weight: 0,
            found: Found::default(),
        }
    }

    fn all(&mut self, source: &mut Source) -> Result<(), Rejection> {
        let sheets = source.sheets().to_vec();
        for (at, name) in sheets.iter().enumerate() {
            let wanted = &self.plan.mapping.sheets;
            let is_own = name == OWN_SHEET || name == HINT_SHEET;
            if is_own || !wanted.is_empty() && !name.is_empty() && !wanted.contains(name) {
                continue;
            }
            let mut sheet = Sheet::default();
            let read = source.read(at, &mut |row| {
                if self.progress.stop.load(Ordering::Relaxed) {
                    return Flow::Stop;
                }
                self.row(&mut sheet, at, name, std::mem::take(row))
            });
            if sheet.layout.is_none() && !sheet.is_left {
                self.header(&mut sheet, at, name);
            }
            self.flush(&sheet);
            read.map_err(sheet_fault)?;
            if self.found.sheets.len() > MOST_SHEETS {
                return Err(too_many_sheets());
            }
            if sheet.is_left {
                self.found.left.push(name.clone());
            }
        }
        Ok(())
    }

    fn row(&mut self, sheet: &mut Sheet, at: usize, name: &str, row: Row) -> Flow {
        if sheet.layout.is_none() {
            sheet.head.push(row);
            if sheet.head.len() < LOOKED_AT {
                return Flow::On;
            }
            return self.header(sheet, at, name);
        }
        self.take(sheet, row)
    }

    /// Looks for the header in the rows so far, and takes those below it.
    fn header(&mut self, sheet: &mut Sheet, at: usize, name: &str) -> Flow {
        let head = std::mem::take(&mut sheet.head);
        let found = header::find(self.plan.mapping, &self.names, at, name, &head);
        let Some(layout) = found else {
            sheet.is_left = true;
            return Flow::Stop;
        };
        let faults = self.header_faults(&layout);
        let is_sound = faults.is_empty();
        self.found.faults.extend(faults);
        self.found.sheets.push(layout.clone());
        let last = layout.header.1;
        sheet.width = head.iter().find(|row| row.number == last).map_or(0, |row| row.width);
        sheet.layout = Some(Arc::new(layout));
        if !is_sound {
            return Flow::Stop;
        }
        for row in head.into_iter().filter(|row| row.number > last) {
            if self.take(sheet, row) == Flow::Stop {
                return Flow::Stop;
            }
        }
        Flow::On
    }

    /// What is wrong with a header, without which no row could be right.
    fn header_faults(&self, layout: &Layout) -> Vec<CellFault> {
        let plan = self.plan;
        let at = |header: &str, column| At {
            sheet: layout.sheet,
            row: layout.header.1,
            column,
            header: header.to_owned(),
            value: header.to_owned(),
            is_personal: false,
        };
        let mut faults = Vec::new();
        for (planned, place) in plan.columns.iter().zip(&layout.columns) {
            if !planned.column.required || place.is_some() {
                continue;
            }
            let names = planned.column.names.join("、");
            let name = planned.column.names.first().cloned().unwrap_or_default();
            faults.push(CellFault::new(
                At { value: String::new(), ..at(&name, None) },
                "import.column_missing",
                (
                    "the table does not have this column",
                    format!("add it under one of these names: {names}"),
                ),
                ("表中没有此列", format!("请增加此列，列名可为：{names}")),
            ));
        }
        for header in &layout.twice {
            let column = layout.headers.iter().rposition(|found| found == header);
            faults.push(CellFault::new(
                at(header, column),
                "import.header_twice",
                ("another column means the same", "take one of them out, or rename it"),
                ("有另一列含义相同（表头重复）", "请删除其中一列或改名"),
            ));
        }
        faults
    }

    /// Takes a row of the table.
    fn take(&mut self, sheet: &mut Sheet, mut row: Row) -> Flow {
        let Some(layout) = sheet.layout.clone() else { return Flow::Stop };
        if self.plan.is_footer(&row) {
            return Flow::On;
        }
        // Below a text that was put together of several, the header comes again.
        let is_header = row.cells.len() >= 2
            && row
                .cells
                .iter()
                .zip(&layout.headers)
                .all(|(cell, header)| cell.text.trim() == header);
        if is_header {
            return Flow::On;
        }
        // What has as many fields as the header, or empty ones more, is as it should be.
        if sheet.width == 0
            || row.width == sheet.width
            || row.width > sheet.width && row.cells.len() <= sheet.width
        {
            row.width = 0;
        }
        let weight = row.weight();
        if self.belongs(sheet, &layout, &row) {
            self.weight += weight;
            self.last_weight += weight;
            if let Some(last) = self.groups.last_mut() {
                last.push(row);
            }
            return Flow::On;
        }
        sheet.last = match self.plan.mapping.entries {
            Some(_) => self.grouping(&layout, &row),
            None => Vec::new(),
        };
        let is_full = self.groups.len() >= PIECE || self.weight >= PIECE_BYTES;
        if is_full && !self.send(&layout) {
            return Flow::Stop;
        }
        self.weight += weight;
        self.last_weight = weight;
        self.groups.push(vec![row]);
        Flow::On
    }

    fn grouping(&self, layout: &Layout, row: &Row) -> Vec<String> {
        let columns =
            self.plan.grouping.iter().filter_map(|at| layout.columns.get(*at).copied()?);
        columns.map(|column| row.get(column).text.trim().to_owned()).collect()
    }

    /// Whether a row is another entry of the record before it: it has the same key, or nothing where
    /// that has some of it, as below a merged cell.
    fn belongs(&self, sheet: &Sheet, layout: &Layout, row: &Row) -> bool {
        let is_open = self.last_weight < RECORD_BYTES
            && self.groups.last().is_some_and(|group| group.len() < MOST_ROWS);
        if self.plan.mapping.entries.is_none() || !is_open || sheet.last.is_empty() {
            return false;
        }
        let own = self.grouping(layout, row);
        own.iter().zip(&sheet.last).all(|(own, last)| own.is_empty() || own == last)
    }

    fn send(&mut self, layout: &Arc<Layout>) -> bool {
        let groups = std::mem::take(&mut self.groups);
        let piece = Piece { number: self.number, layout: Arc::clone(layout), groups };
        self.number += 1;
        self.weight = 0;
        self.pieces.send(piece).is_ok()
    }

    fn flush(&mut self, sheet: &Sheet) {
        if let Some(layout) = &sheet.layout
            && !self.groups.is_empty()
        {
            self.send(layout);
        }
    }
}

/// A sheet that is being read.
#[derive(Default)]
struct Sheet {
    head: Vec<Row>,
    layout: Option<Arc<Layout>>,
    /// How many fields the header has in a text.
    width: usize,
    /// The texts by which the last record is known.
    last: Vec<String>,
    is_left: bool,
}

/// Rows become records.
struct Checker<'c> {
    system: &'c Arc<System>,
    ground: Ground<'c>,
    request: &'c Request<'c>,
    known: &'c Known,
    handle: &'c Handle,
    makes_records: bool,
}

impl Checker<'_> {
    fn run(&self, pieces: &Mutex<Receiver<Piece>>, results: SyncSender<Result<Done, Rejection>>) {
        let Some(plan) = self.ground.plan() else { return };
        let preparer = Preparer::new(self.ground.pack);
        loop {
            let piece = pieces.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(piece) = piece else { return };
            if results.send(self.piece(&plan, &preparer, &piece)).is_err() {
                return;
            }
        }
    }

    fn piece(
        &self,
        plan: &Plan<'_>,
        preparer: &Preparer<'_>,
        piece: &Piece,
    ) -> Result<Done, Rejection> {
        let mut done = Done { number: piece.number, ..Done::default() };
        let layout = &*piece.layout;
        let nobody = Resolved::new();
        let mut checked = Vec::with_capacity(piece.groups.len());
        let mut persons = Vec::new();
        for rows in &piece.groups {
            done.rows += rows.len() as u64;
            let mut built = plan.build(layout, rows);
            let wide = too_wide(layout, rows);
            let context = self.context(&nobody);
            if let Err(rejection) = preparer.check(&mut built.draft, &context) {
                match rejection {
                    Rejection::Store(_) => return Err(rejection),
                    other => built.add(plan, layout, rows, &other.faults()),
                }
            }
            if let Some(fault) = wide {
                // What does not stand in its column is wrong by that alone.
                built.faults = vec![fault];
            }
            if built.faults.is_empty() {
                let key = key_of(plan.mapping, &built.draft);
                if self.makes_records || self.known.heads.contains_key(&key) {
                    persons.extend(persons_of(plan.pack, self.request.who, &built.draft));
                }
                checked.push(Ok((key, built.draft)));
            } else {
                checked.push(Err(built.faults));
            }
        }
        let keys = match persons.is_empty() {
            true => nobody,
            false => self.handle.block_on(self.system.resolve_keys(&persons))?,
        };
        for (rows, found) in piece.groups.iter().zip(checked) {
            let item = match found {
                Err(faults) => Item::Faulty(faults),
                Ok((key, draft)) => {
                    let kind = self.record(preparer, key, draft, rows, &keys, &mut done)?;
                    let column = plan.grouping.first().copied();
                    let place = column.and_then(|at| layout.columns.get(at).copied().flatten());
                    let cell = rows.first().zip(place).map(|(row, place)| row.get(place));
                    let at = At {
                        sheet: layout.sheet,
                        row: rows.first().map_or(0, |row| row.number),
                        column: place,
                        header: column
                            .map(|at| plan.header(layout, at).to_owned())
                            .unwrap_or_default(),
                        value: cell.map(|cell| cell.text.clone()).unwrap_or_default(),
                        is_personal: column.is_some_and(|at| plan.is_personal(at)),
                    };
                    Item::Good(Good { key, hash: hash(rows), at, kind, frame: done.frames.len() })
                }
            };
            done.items.push(item);
        }
        Ok(done)
    }

    fn context<'k>(&'k self, keys: &'k Resolved) -> Context<'k> {
        let now = self.system.clock().now();
        Context { who: self.request.who, now, keys, batch: self.request.batch, random: random() }
    }

    /// Makes the record of a draft, if one is to be stored, and says what is new of it.
    fn record(
        &self,
        preparer: &Preparer<'_>,
        key: Key,
        mut draft: model::Draft,
        rows: &[Row],
        keys: &Resolved,
        done: &mut Done,
    ) -> Result<News, Rejection> {
        let head = self.known.heads.get(&key);
        let mut kind = News::Added;
        if let Some(head) = head {
            // As the record that counts was sent: then it has the same content, if it says the same.
            draft.corrects = head.corrects;
            let again = preparer.checked(draft.clone(), &self.context(keys))?;
            if again.content == head.content {
                return Ok(News::Same);
            }
            draft.corrects = Some(head.id);
            kind = News::Changed;
        }
        if self.makes_records {
            let record = preparer.checked(draft, &self.context(keys))?;
            let row = rows.first().map_or(0, |row| row.number);
            Stage::frame(&mut done.frames, row, &record);
        }
        Ok(kind)
    }
}

/// A row of a text that has more fields than the header, or fewer: something stands in no column, or
/// in another than it should.
fn too_wide(layout: &Layout, rows: &[Row]) -> Option<CellFault> {
    let width = layout.headers.len();
    let wrong = rows.iter().find(|row| row.width > 0)?;
    let at = At { sheet: layout.sheet, row: wrong.number, ..At::default() };
    let found = wrong.width;
    Some(CellFault::new(
        at,
        "row.width",
        (
            format!("the line has {found} fields, the header {width}"),
            "put a text with a separator in it in quotes, or complete the line",
        ),
        (format!("此行有 {found} 个字段，表头有 {width} 个"), "含分隔符的文字请加引号，或补全此行"),
    ))
}

fn hash(rows: &[Row]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for row in rows {
        row.cells.len().hash(&mut hasher);
        row.cells.iter().for_each(|cell| cell.text.trim().hash(&mut hasher));
    }
    hasher.finish()
}

/// What was checked is taken in the order of the rows.
struct Taking<'t> {
    mapping: &'t Mapping,
    known: &'t Known,
    stage: Option<&'t mut Stage>,
    /// By key: the row that had it first, and what it said.
    seen: HashMap<Key, (u64, u64)>,
    met: HashSet<Key>,
    summary: Summary,
    faults: Vec<CellFault>,
}

static NOTHING: std::sync::LazyLock<Known> = std::sync::LazyLock::new(Known::default);

impl<'t> Taking<'t> {
    fn new(mapping: &'t Mapping) -> Self {
        Self {
            mapping,
            known: &NOTHING,
            stage: None,
            seen: HashMap::new(),
            met: HashSet::new(),
            summary: Summary::default(),
            faults: Vec::new(),
        }
    }

    fn all(
        &mut self,
        results: &Receiver<Result<Done, Rejection>>,
        progress: &Progress,
    ) -> Result<(), Rejection> {
        let mut waiting: BTreeMap<u64, Done> = BTreeMap::new();
        let mut next = 0;
        while let Ok(done) = results.recv() {
            let done = done?;
            waiting.insert(done.number, done);
            while let Some(done) = waiting.remove(&next) {
                next += 1;
                self.take(done)?;
                progress.rows.store(self.summary.rows, Ordering::Relaxed);
                progress.faults.store(self.summary.faults, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn take(&mut self, done: Done) -> Result<(), Rejection> {
        self.summary.rows += done.rows;
        let (mut frames, mut records, mut from) = (Vec::new(), 0, 0);
        for item in done.items {
            self.summary.records += 1;
            let good = match item {
                Item::Faulty(faults) => {
                    self.summary.faulty += 1;
                    self.tell(faults);
                    continue;
                }
                Item::Good(good) => good,
            };
            let frame = done.frames.get(from..good.frame).unwrap_or_default();
            from = good.frame;
            if let Some((row, hash)) = self.seen.get(&good.key).copied() {
                if hash == good.hash {
                    self.summary.doubles += 1;
                } else {
                    self.summary.faulty += 1;
                    let fault = self.twice(good.at, row);
                    self.tell(vec![fault]);
                }
                continue;
            }
            self.seen.insert(good.key, (good.at.row, good.hash));
            if self.known.heads.contains_key(&good.key) {
                self.met.insert(good.key);
            }
            match good.kind {
                News::Added => self.summary.added += 1,
                News::Changed => self.summary.changed += 1,
                News::Same => self.summary.same += 1,
            }
            if !frame.is_empty() {
                frames.extend_from_slice(frame);
                records += 1;
            }
        }
        match &mut self.stage {
            Some(stage) if records > 0 => stage.add(&frames, records),
            _ => Ok(()),
        }
    }

    fn tell(&mut self, faults: Vec<CellFault>) {
        self.summary.faults += faults.len() as u64;
        let room = MOST_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(faults.into_iter().take(room));
    }

    fn twice(&self, at: At, row: u64) -> CellFault {
        let key = self.mapping.key.join(", ");
        CellFault::new(
            at,
            "import.key_twice",
            (
                format!("row {row} is about the same thing ({key}) and says otherwise"),
                "keep the right one of the two",
            ),
            (format!("与第 {row} 行为同一事项（{key}），但内容不同"), "请只保留正确的一行"),
        )
    }

    fn finish(mut self) -> Checked {
        self.summary.missing = (self.known.heads.len() - self.met.len()) as u64;
        Checked { summary: self.summary, faults: self.faults }
    }
}
