//! Reading records and subjects, as of (valid, known).
//!
//! A question is answered from the readings, which follow the records by a moment. Without `known`
//! it is as of what is merged, and says so; a reader who holds a receipt asks as of the position
//! behind it, and waits until that is merged.

mod project;
mod record;
mod scope;

use std::time::Duration;

use model::{SubjectId, Timestamp};
use rules::filter::Filter;
use store::Stored;
use store::readings::{AsOf, Head, Regions, Scope};

pub use project::{plan, projector};
pub use record::{PersonalView, RecordView, Shown};
pub(crate) use scope::{envelope, target};

use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::system::System;

/// The most records of a page.
pub const MOST_ON_PAGE: usize = 500;

/// The two times of a question, as far as they are given.
#[derive(Debug, Clone, Copy, Default)]
pub struct When {
    /// What had happened by then; everything, where it is not given.
    pub valid: Option<Timestamp>,
    /// What the first so many records say; all that is merged, where it is not given.
    pub known: Option<u64>,
}

/// A page of records, newest first.
#[derive(Debug, Clone)]
pub struct Page {
    /// As of when the question was answered.
    pub as_of: AsOf,
    /// The records.
    pub records: Vec<RecordView>,
    /// Where the next page begins, if there is one.
    pub next: Option<Head>,
}

/// Which records of a kind are asked for.
#[derive(Debug, Clone, Default)]
pub struct Selection<'a> {
    /// A filter over the kind's typed fields.
    pub filter: Option<&'a str>,
    /// A division, with all below it.
    pub region: Option<&'a str>,
}

/// Which records a page is of.
#[derive(Clone, Copy)]
pub(crate) enum Heads<'a> {
    /// Of one that has several ids, or of one.
    OfSubjects { subjects: &'a [&'a str], kinds: Option<&'a [String]> },
    OfKind {
        kind: &'a str,
        filter: Option<&'a Filter>,
        regions: Regions<'a>,
        scopes: Option<&'a [Scope]>,
    },
}

impl System {
    /// The two times that a question is answered as of; waits for what a receipt promised.
    ///
    /// # Errors
    /// More known than there is; readings that do not come after.
    pub async fn as_of(&self, when: When) -> Result<AsOf, Rejection> {
        let merged = self.readings().watermark();
        let known = match when.known {
            None => merged.get(),
            Some(known) => {
                let size = self.reader().size().await?;
                check_known(known, size)?;
                self.hurry_readings(known);
                // As of `known` the last record is the one before it.
                let last = known.saturating_sub(1);
                if known > merged.get() && !merged.wait_for(last, Self::PATIENCE).await {
                    let reason = "the readings are behind the records".to_owned();
                    return Err(store::Error::Unavailable { reason }.into());
                }
                known
            }
        };
        Ok(AsOf { valid: when.valid.unwrap_or(LATEST), known })
    }

    /// Waits until the first so many records are merged: who acted is to see what came of it.
    ///
    /// # Errors
    /// As [`as_of`](Self::as_of).
    pub async fn await_merged(&self, known: u64) -> Result<(), Rejection> {
        self.as_of(When { valid: None, known: Some(known) }).await.map(drop)
    }

    /// The record with an id, with how it stood.
    ///
    /// # Errors
    /// [`Rejection::NotFound`]; a fault of the store.
    pub async fn record(
        &self,
        who: &Principal,
        id: model::RecordId,
        known: Option<u64>,
    ) -> Result<RecordView, Rejection> {
        let size = self.reader().size().await?;
        let known = known.unwrap_or(size);
        check_known(known, size)?;
        let stored = self.stored(who, id).await?;
        if stored.position >= known {
            return Err(not_found(&id.to_string()));
        }
        let mut views = self.views(who, vec![stored], known).await?;
        views.pop().ok_or_else(|| not_found(&id.to_string()))
    }

    /// The record with an id as it is stored.
    ///
    /// # Errors
    /// As [`record`](Self::record).
    pub async fn stored(&self, who: &Principal, id: model::RecordId) -> Result<Stored, Rejection> {
        self.may_read(who)?;
        let stored = self.reader().record(id).await?;
        let stored = stored.ok_or_else(|| not_found(&id.to_string()))?;
        self.may_see(who, &stored)?;
        Ok(stored)
    }

    /// What is known of a subject: the records that count and name it, newest first.
    ///
    /// # Errors
    /// A wrong subject; a fault of the store.
    pub async fn subject(
        &self,
        who: &Principal,
        subject: &SubjectId,
        kinds: Option<&[String]>,
        when: When,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Page, Rejection> {
        self.may_read(who)?;
        let as_of = self.as_of(when).await?;
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let subject = self.subject_key(subject);
        let heads = Heads::OfSubjects { subjects: &[subject.as_str()], kinds };
        self.page(who, heads, as_of, after, limit).await
    }

    /// The one form under which a subject is kept, as far as its text tells without a role.
    pub fn subject_key(&self, subject: &SubjectId) -> SubjectId {
        let pack = self.pack();
        let sorts: Vec<String> = pack.subjects().map(|sort| sort.id.clone()).collect();
        let is_code = matches!(subject.scheme(), "urn" | "http" | "https");
        let standard = crate::intake::standard_scheme(subject.scheme());
        let text = if standard { subject.value() } else { subject.as_str() };
        if !is_code && !standard {
            return subject.clone();
        }
        let found = pack.identify_sort(&sorts, text, None).ok();
        let form = found.and_then(|found| {
            let text = match found.canonical.contains("://") {
                true => found.canonical,
                false => format!("{}:{}", found.scheme, found.canonical),
            };
            text.parse().ok()
        });
        form.unwrap_or_else(|| subject.clone())
    }

    /// Records of a kind that count, newest first.
    ///
    /// # Errors
    /// An unknown kind, a wrong filter; a fault of the store.
    pub async fn list(
        &self,
        who: &Principal,
        kind: &str,
        selection: &Selection<'_>,
        when: When,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Page, Rejection> {
        self.may_read(who)?;
        let filter = self.filter(kind, selection.filter)?;
        let as_of = self.as_of(when).await?;
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let codes = self.regions_under(selection.region)?;
        let regions = codes.as_deref().map_or(Regions::Any, Regions::Exactly);
        let scopes = self.scopes(who, kind, None)?;
        let (filter, scopes) = (filter.as_ref(), scopes.as_deref());
        let heads = Heads::OfKind { kind, filter, regions, scopes };
        self.page(who, heads, as_of, after, limit).await
    }

    /// How many records of a kind count.
    ///
    /// # Errors
    /// As [`list`](Self::list).
    pub async fn count(
        &self,
        who: &Principal,
        kind: &str,
        selection: &Selection<'_>,
        when: When,
    ) -> Result<(u64, AsOf), Rejection> {
        self.count_with(who, kind, selection, when, None).await
    }

    /// How many records of a kind count of those for which the reader has a permission too.
    pub(crate) async fn count_with(
        &self,
        who: &Principal,
        kind: &str,
        selection: &Selection<'_>,
        when: When,
        also: Option<&str>,
    ) -> Result<(u64, AsOf), Rejection> {
        self.may_read(who)?;
        let filter = self.filter(kind, selection.filter)?;
        let as_of = self.as_of(when).await?;
        let codes = self.regions_under(selection.region)?;
        let regions = codes.as_deref().map_or(Regions::Any, Regions::Exactly);
        let scopes = self.scopes(who, kind, also)?;
        let count = self
            .readings()
            .kind_count_within(kind, filter.as_ref(), regions, scopes.as_deref(), as_of)
            .await?;
        Ok((count, as_of))
    }

    pub(crate) fn filter(
        &self,
        kind: &str,
        text: Option<&str>,
    ) -> Result<Option<Filter>, Rejection> {
        let pack = self.pack();
        let Some(fields) = pack.filter_fields(kind) else {
            let known: Vec<&str> = pack.kinds().map(|kind| kind.id.as_str()).collect();
            let known = known.join(", ");
            return Err(Rejection::NotFound(Fault::new(
                "record.kind",
                format!("there is no kind of record {kind}; the kinds are {known}"),
                format!("没有记录类型 {kind}；现有类型：{known}"),
            )));
        };
        let filter = text.map(|text| Filter::parse(text, fields)).transpose();
        filter.map_err(|fault| {
            let zh = format!("筛选条件有误：{}", fault.zh());
            Fault::new("read.filter", fault.to_string(), zh).into()
        })
    }

    /// A division and all that were ever below it; none where none is asked for.
    pub(crate) fn regions_under(
        &self,
        region: Option<&str>,
    ) -> Result<Option<Vec<String>>, Rejection> {
        let Some(region) = region else { return Ok(None) };
        if region == pack::NO_REGION {
            return Ok(Some(vec![region.to_owned()]));
        }
        let pack = self.pack();
        let divisions = &pack.tables().divisions;
        if divisions.history(region).is_empty() {
            return Err(Fault::new(
                "record.region",
                format!("there is no division {region} (GB/T 2260)"),
                format!("没有行政区划代码 {region}（GB/T 2260）"),
            )
            .into());
        }
        let mut found = vec![region.to_owned()];
        let mut at = 0;
        while let Some(above) = found.get(at).cloned() {
            at += 1;
            for code in divisions.ever_below(&above) {
                if !found.iter().any(|known| known == code) {
                    found.push(code.to_owned());
                }
            }
        }
        Ok(Some(found))
    }

    async fn heads(
        &self,
        asked: Heads<'_>,
        as_of: AsOf,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<Head>, store::Error> {
        let readings = self.readings();
        match asked {
            Heads::OfSubjects { subjects, kinds } => {
                let pages = readings.subject_pages(subjects, as_of, kinds, after, limit).await?;
                let mut heads: Vec<Head> =
                    pages.into_iter().flatten().map(|found| found.head).collect();
                if subjects.len() > 1 {
                    // The newest of each, then of all; what names two of them is one record.
                    heads.sort_unstable_by(|a, b| b.cmp(a));
                    heads.dedup();
                    heads.truncate(limit);
                }
                Ok(heads)
            }
            Heads::OfKind { kind, filter, regions, scopes } => {
                readings.kind_page_within(kind, filter, regions, scopes, as_of, after, limit).await
            }
        }
    }

    /// The records of some kinds that count and name a subject, in the order of their positions: all of
    /// them, but for those that name it before the `most` newest times. For kinds of which one subject
    /// has few, whatever else names it.
    pub(crate) async fn records_of(
        &self,
        subject: &str,
        kinds: &[&str],
        as_of: AsOf,
        most: usize,
    ) -> Result<Vec<Stored>, Rejection> {
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        let heads = self.readings().heads_of(&[(subject, &kinds)], as_of, most).await?;
        let positions = heads.iter().flatten().map(|found| found.head.position);
        Ok(self.reader().at(&positions.collect::<Vec<u64>>()).await?)
    }

    /// A page of those of some records that the reader may see.
    pub(crate) async fn page(
        &self,
        who: &Principal,
        asked: Heads<'_>,
        as_of: AsOf,
        mut after: Option<Head>,
        limit: usize,
    ) -> Result<Page, Rejection> {
        let mut seen: Vec<Stored> = Vec::new();
        let mut next = None;
        // Who may see little of much is given what was found by then, and where to go on.
        for _ in 0..MOST_ROUNDS {
            let mut heads = self.heads(asked, as_of, after, limit + 1).await?;
            let more = heads.len() > limit;
            heads.truncate(limit);
            after = heads.last().copied().filter(|_| more);
            let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
            let mut stored = self.reader().at(&positions).await?;
            stored.sort_by_key(|record| std::cmp::Reverse((record.valid_at, record.position)));
            let mut stored = stored.into_iter().peekable();
            while let Some(record) = stored.next_if(|_| seen.len() < limit) {
                if self.sees(who, &record)? {
                    seen.push(record);
                }
            }
            let left = stored.peek().is_some();
            let last = seen.last().map(|r| Head { valid_at: r.valid_at, position: r.position });
            next = if left { last } else { after };
            if left || after.is_none() || seen.len() == limit {
                break;
            }
        }
        let records = self.views(who, seen, as_of.known).await?;
        Ok(Page { as_of, records, next })
    }

    /// How long a reader waits for what a receipt promised.
    pub const PATIENCE: Duration = Duration::from_secs(10);
}

fn check_known(known: u64, size: u64) -> Result<(), Rejection> {
    if known <= size {
        return Ok(());
    }
    Err(Fault::new(
        "read.known",
        format!("the store has {size} records, not {known}; ask for fewer"),
        format!("库中有 {size} 条记录，不足 {known} 条；请减小 known"),
    )
    .into())
}

/// How often a page is filled up where the reader may not see all that is on it.
const MOST_ROUNDS: usize = 40;

/// The permission to read what is not published.
pub const READ: &str = "archive.view";
/// The permission to read what records say of persons.
pub const READ_PERSONAL: &str = "personal.view";

/// After everything.
const LATEST: Timestamp = Timestamp::from_micros(i64::MAX);

pub(crate) fn not_found(what: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "read.not_found",
        format!("there is no record {what}; look at the id"),
        format!("没有记录 {what}；请核对编号"),
    ))
}
