//! Locking a return, and amending one that is locked.

use model::{Draft, RecordId, Timestamp, system_kind};
use rules::filter::Filter;
use serde_json::{Map, Value, json};
use store::Stored;
use store::readings::{AsOf, Regions};

use super::table::{ColumnHead, OTHER, RowHead, Table};
use super::{Of, Return, known_of};
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::reading::envelope;
use crate::system::System;

/// The permission to lock a return, and to amend one.
pub const PERMISSION: &str = "report.lock";

/// A locked return: the record that says it.
#[derive(Debug, Clone)]
pub struct Locked {
    /// The record.
    pub record: RecordId,
    /// When it was locked.
    pub at: Timestamp,
    /// The account that locked it.
    pub account: String,
    /// How many records were known.
    pub known: u64,
    /// The pack by which it was computed.
    pub pack: String,
    /// The figures.
    pub table: Table,
    /// What was said to checks that do not hold.
    pub explained: Option<String>,
    /// The return that it corrects, where it is an amended one.
    pub corrects: Option<RecordId>,
    /// Why it was amended.
    pub reason: Option<String>,
    /// What changed.
    pub changes: Vec<Change>,
}

/// A cell that an amended return changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of the row.
    pub row: String,
    /// The id of the column.
    pub column: String,
    /// What stood there; `-` for nothing.
    pub before: String,
    /// What stands there.
    pub after: String,
}

impl System {
    /// Locks a return: its figures of this moment become a record.
    ///
    /// # Errors
    /// No permission; a period that is not over; a check that must hold and does not; one that has to
    /// be explained and is not; a return that is locked already; a fault of the store.
    pub async fn lock_return(
        &self,
        who: &Principal,
        of: Of<'_>,
        explained: &str,
    ) -> Result<Receipt, Rejection> {
        let found = self.to_be_locked(who, of, explained).await?;
        if let Some(locked) = &found.locked {
            return Err(Rejection::Conflict(Fault::new(
                "report.locked",
                format!("it is locked by the record {}; amend it", locked.record),
                format!("该报表已经锁定（记录 {}）；如需修改请更正", locked.record),
            )));
        }
        self.store_return(who, of, &found, explained, None).await
    }

    /// Amends a locked return: the figures of this moment take its place, and the record says what
    /// changed and why.
    ///
    /// # Errors
    /// As [`lock_return`](Self::lock_return); a return that is not locked; figures that are the same.
    pub async fn amend_return(
        &self,
        who: &Principal,
        of: Of<'_>,
        reason: &str,
        explained: &str,
    ) -> Result<Receipt, Rejection> {
        if reason.trim().is_empty() {
            return Err(Fault::new(
                "report.reason",
                "say why the return is amended",
                "请说明更正原因",
            )
            .at("/reason")
            .into());
        }
        let mut found = self.to_be_locked(who, of, explained).await?;
        let Some(locked) = found.locked.take() else {
            return Err(Rejection::Conflict(Fault::new(
                "report.open",
                "it is not locked yet; lock it",
                "该报表尚未锁定；请先锁定",
            )));
        };
        let Some(table) = found.differs.take() else {
            return Err(Rejection::Conflict(Fault::new(
                "report.same",
                "the figures are what was locked; there is nothing to amend",
                "数据与已锁定的一致，无需更正",
            )));
        };
        let changes = changes(&locked.table, &table);
        found.table = table;
        self.store_return(who, of, &found, explained, Some((&locked, reason, changes))).await
    }

    /// The return with everything looked at that must be right before it is locked.
    async fn to_be_locked(
        &self,
        who: &Principal,
        of: Of<'_>,
        explained: &str,
    ) -> Result<Return, Rejection> {
        let pack = self.pack();
        let (_, label) = known_of(&pack, of)?;
        let today = crate::time::day(self.clock().now());
        let target = Target { office: Some(of.office), ..Target::default() };
        let target = Target { region: Some(&self.region_of(of)), ..target };
        Door::new(&pack, today).authorize(who, PERMISSION, target)?;
        if of.period.last_day() >= today {
            return Err(Rejection::Conflict(Fault::new(
                "report.running",
                format!("{} ends on {}; lock it after that day", of.period, of.period.last_day()),
                format!("报告期 {} 至 {} 结束；请于其后锁定", of.period.zh(), of.period.last_day()),
            )));
        }
        let size = self.reader().size().await?;
        let found = self.statistical_return(who, of, Some(size)).await?;
        // Of figures that take the place of others, it is those that must agree.
        let table = found.differs.as_ref().unwrap_or(&found.table);
        let (report, _) = known_of(&pack, of)?;
        let before = self.before(&pack, report, of, found.as_of).await?;
        let verdicts = super::verdict::verdicts(report, table, before.as_ref());
        let failed = verdicts.iter().filter(|verdict| verdict.holds == Some(false));
        let mut faults = Vec::new();
        for verdict in failed {
            let (en, zh) = (&verdict.label.en, &verdict.label.zh);
            let row = &verdict.row;
            if verdict.must {
                faults.push(Fault::new(
                    "report.check",
                    format!("{}: {en}; correct the records and look again", row.en),
                    format!("{}：{zh}；请更正数据后重试", row.zh),
                ));
            } else if explained.trim().is_empty() {
                let fault = Fault::new(
                    "report.explain",
                    format!("{}: {en}; say why it is so", row.en),
                    format!("{}：{zh}；请填写说明", row.zh),
                );
                faults.push(fault.at("/explained"));
            }
        }
        tracing::debug!(office = label.en, report = of.report, "a return is to be locked");
        if faults.is_empty() { Ok(found) } else { Err(Rejection::Invalid(faults)) }
    }

    fn region_of(&self, of: Of<'_>) -> String {
        let pack = self.pack();
        let period = pack.office(of.office).and_then(|office| office.on(of.period.last_day()));
        let first = period.and_then(|period| match &period.regions {
            pack::Extent::These(regions) => regions.first().cloned(),
            pack::Extent::All => None,
        });
        first.unwrap_or_else(|| pack.manifest().province.clone())
    }

    async fn store_return(
        &self,
        who: &Principal,
        of: Of<'_>,
        found: &Return,
        explained: &str,
        amends: Option<(&Locked, &str, Vec<Change>)>,
    ) -> Result<Receipt, Rejection> {
        let pack = self.pack();
        let mut open = Map::new();
        let mut say = |name: &str, value: Value| open.insert(name.to_owned(), value);
        say("report", of.report.into());
        say("form", found.report.form.as_str().into());
        say("period", of.period.to_string().into());
        say("reporting_office", of.office.into());
        say("known", found.as_of.known.into());
        say("pack_digest", pack.digest().to_string().into());
        let heads = |id: &str, label: &codes::Label| Value::from(format!("{id} {}", label.zh));
        say("rows", found.table.rows.iter().map(|row| heads(&row.id, &row.label)).collect());
        let column =
            |column: &ColumnHead| heads(&format!("{}/{}", column.id, column.places), &column.label);
        say("columns", found.table.columns.iter().map(column).collect());
        say("cells", found.table.lines().into_iter().map(Value::from).collect());
        if !explained.trim().is_empty() {
            say("explained", explained.trim().into());
        }
        let corrects = amends.as_ref().map(|(locked, _, _)| locked.record);
        if let Some((_, reason, changes)) = amends {
            say("reason", reason.trim().into());
            let changes = changes.into_iter().map(|change| {
                json!({
                    "row": change.row, "column": change.column,
                    "before": change.before, "after": change.after,
                })
            });
            say("changes", changes.collect());
        }
        let draft = Draft {
            id: None,
            kind: system_kind::STATISTICAL_RETURN.to_owned(),
            subjects: Vec::new(),
            office: Some(of.office.to_owned()),
            region: self.region_of(of),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects,
            withdraws: None,
        };
        let mut receipts = self.append_own(who, vec![draft], None).await?;
        receipts
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() }.into())
    }

    /// The lock of a return that counts, as of so many records.
    pub(super) async fn locked(
        &self,
        of: Of<'_>,
        as_of: AsOf,
    ) -> Result<Option<Locked>, Rejection> {
        let pack = self.pack();
        let Some(fields) = pack.filter_fields(system_kind::STATISTICAL_RETURN) else {
            return Ok(None);
        };
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        let filter = format!(
            "report == {} and period == {} and reporting_office == {}",
            quoted(of.report),
            quoted(&of.period.to_string()),
            quoted(of.office),
        );
        let filter = Filter::parse(&filter, fields).map_err(|fault| {
            let zh = format!("筛选条件有误：{}", fault.zh());
            Fault::new("read.filter", fault.to_string(), zh)
        })?;
        let kind = system_kind::STATISTICAL_RETURN;
        let heads =
            self.readings().kind_page(kind, Some(&filter), Regions::Any, as_of, None, 1).await?;
        let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        let Some(stored) = self.reader().at(&positions).await?.pop() else { return Ok(None) };
        Ok(Some(read(&stored)?))
    }

    /// A return and those that it took the place of, the latest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn history_of_return(&self, latest: &Locked) -> Result<Vec<Locked>, Rejection> {
        let mut found = vec![latest.clone()];
        let mut next = latest.corrects;
        while let Some(id) = next {
            let Some(stored) = self.reader().record(id).await? else { break };
            let locked = read(&stored)?;
            next = locked.corrects;
            found.push(locked);
        }
        Ok(found)
    }
}

/// The cells in which two tables differ. A row or column that one of them lacks has nothing there.
fn changes(before: &Table, after: &Table) -> Vec<Change> {
    let ids = |of: &dyn Fn(&Table) -> Vec<String>| {
        let mut ids = of(before);
        let more: Vec<String> = of(after).into_iter().filter(|id| !ids.contains(id)).collect();
        ids.extend(more);
        ids
    };
    let rows = ids(&|table| table.rows.iter().map(|row| row.id.clone()).collect());
    let columns = ids(&|table| table.columns.iter().map(|column| column.id.clone()).collect());
    let figure = |table: &Table, row: &str, column: &str| {
        let row = table.rows.iter().position(|head| head.id == row);
        let found = row.zip(table.column(column)).map(|(row, column)| table.figure(row, column));
        found.unwrap_or_else(|| OTHER.to_owned())
    };
    let mut changes = Vec::new();
    for row in &rows {
        for column in &columns {
            let (before, after) = (figure(before, row, column), figure(after, row, column));
            if before != after {
                changes.push(Change { row: row.clone(), column: column.clone(), before, after });
            }
        }
    }
    changes
}

/// What a record of a locked return says.
fn read(stored: &Stored) -> Result<Locked, Rejection> {
    let damaged = || store::Error::Damaged {
        what: format!("the statistical return at position {}", stored.position),
    };
    let open: Map<String, Value> = serde_json::from_slice(&stored.open).map_err(|_| damaged())?;
    let text = |name: &str| open.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = |name: &str| -> Vec<String> {
        let values = open.get(name).and_then(Value::as_array).map(Vec::as_slice);
        let values = values.unwrap_or_default().iter();
        values.filter_map(|value| value.as_str().map(str::to_owned)).collect()
    };
    let head = |said: &str| {
        let (id, label) = said.split_once(' ').unwrap_or((said, ""));
        (id.to_owned(), codes::Label { zh: label.to_owned(), en: label.to_owned() })
    };
    let rows =
        list("rows").into_iter().map(|said| head(&said)).map(|(id, label)| RowHead { id, label });
    let rows: Vec<RowHead> = rows.collect();
    let mut columns = Vec::new();
    for said in list("columns") {
        let (id, label) = head(&said);
        let (id, places) = id.split_once('/').ok_or_else(damaged)?;
        let places = places.parse().map_err(|_| damaged())?;
        columns.push(ColumnHead { id: id.to_owned(), label, group: None, places });
    }
    let cells = list("cells").iter().map(|line| Table::read_line(&columns, line)).collect();
    let cells: Option<Vec<_>> = cells;
    let cells = cells.filter(|cells| cells.len() == rows.len()).ok_or_else(damaged)?;
    let changes = open.get("changes").and_then(Value::as_array).map(Vec::as_slice);
    let changes = changes.unwrap_or_default().iter().map(|change| {
        let text =
            |name: &str| change.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Change {
            row: text("row"),
            column: text("column"),
            before: text("before"),
            after: text("after"),
        }
    });
    Ok(Locked {
        record: stored.id,
        at: stored.recorded_at,
        account: envelope(stored)?.author.account.into_owned(),
        known: open.get("known").and_then(Value::as_u64).ok_or_else(damaged)?,
        pack: text("pack_digest").ok_or_else(damaged)?,
        table: Table { rows, columns, cells },
        explained: text("explained"),
        corrects: stored.corrects,
        reason: text("reason"),
        changes: changes.collect(),
    })
}
