//! The archive of a subject: what it is called as of any time, and one time line of all that is
//! known of it under any of its ids.

use std::collections::BTreeMap;

use model::SubjectId;
use store::readings::{AsOf, Head};

use super::joins::Member;
use super::state::State;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::people::role::Why;
use crate::reading::{Heads, MOST_ON_PAGE, Page, READ, RecordView, When, envelope, target};
use crate::system::System;

/// Registrations that are shown of one subject.
const MOST_REGISTRATIONS: usize = 50;

/// The archive of a subject.
#[derive(Debug, Clone)]
pub struct Archive {
    /// As of when.
    pub as_of: AsOf,
    /// The id that stands for the subject.
    pub id: String,
    /// All ids that are of it, that one first, and why they are.
    pub members: Vec<Member>,
    /// Its sort, by the id of the pack; none where no record tells.
    pub sort: Option<String>,
    /// The records that register it, as far as the reader may see them, the newest first: what holds
    /// of it stands in the first.
    pub registrations: Vec<RecordView>,
    /// How many records there are of each kind; none where the reader may not see all of a kind.
    pub kinds: Vec<(String, Option<u64>)>,
    /// How many records there are of each month in China, year and month, the earliest first; of
    /// kinds of which the reader may see all.
    pub months: Vec<((i32, u32), u64)>,
    /// A page of its time line.
    pub page: Page,
}

/// Records by kind and by month.
type Counts = (Vec<(String, Option<u64>)>, Vec<((i32, u32), u64)>);

impl System {
    /// The archive of the subject that an id is of.
    ///
    /// # Errors
    /// No permission to read archives; more known than there is; a fault of the store.
    pub async fn archive(
        &self,
        who: &Principal,
        subject: &SubjectId,
        kinds: Option<&[String]>,
        when: When,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Archive, Rejection> {
        self.may_read(who)?;
        let as_of = self.as_of(when).await?;
        let asked = self.subject_key(subject);
        let (members, sort, registers) = {
            let state =
                self.registry().for_question(when.known, as_of.known, Self::PATIENCE).await?;
            let members = state.as_ref().map(|state| state.cluster(asked.as_str(), as_of));
            let sort = state.as_ref().and_then(|state| sort_of(state, asked.as_str()));
            let registers = state.as_ref().map(|state| state.sorts.registers());
            (members.unwrap_or_default(), sort, registers.unwrap_or_default())
        };
        let ids: Vec<String> = members.iter().map(|member| member.id.clone()).collect();
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let subjects: Vec<&str> = ids.iter().map(String::as_str).collect();
        let time_line = Heads::OfSubjects { subjects: &subjects, kinds };
        let page = self.page(who, time_line, as_of, after, limit);
        let counts = self.kinds_seen(who, &ids, as_of);
        let registrations = self.registrations(who, &ids, &registers, as_of);
        let (page, (kinds, months), registrations) = tokio::try_join!(page, counts, registrations)?;
        let id = ids.first().cloned().unwrap_or_else(|| asked.as_str().to_owned());
        Ok(Archive { as_of, id, members, sort, registrations, kinds, months, page })
    }

    /// A page of the time line of a subject with some ids, as an archive gave them.
    ///
    /// # Errors
    /// As [`archive`](Self::archive).
    pub async fn time_line(
        &self,
        who: &Principal,
        ids: &[String],
        kinds: Option<&[String]>,
        when: When,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Page, Rejection> {
        self.may_read(who)?;
        let as_of = self.as_of(when).await?;
        let subjects: Vec<&str> = ids.iter().map(String::as_str).collect();
        let asked = Heads::OfSubjects { subjects: &subjects, kinds };
        self.page(who, asked, as_of, after, limit.clamp(1, MOST_ON_PAGE)).await
    }

    /// Why somebody may see a record, or what is missing.
    ///
    /// # Errors
    /// A stored text that does not read, which is damage.
    pub fn why_seen(&self, who: &Principal, view: &RecordView) -> Result<Why, Rejection> {
        let envelope = envelope(&view.stored)?;
        Ok(self.why(who, READ, &target(&view.stored, &envelope)))
    }

    async fn kinds_seen(
        &self,
        who: &Principal,
        ids: &[String],
        as_of: AsOf,
    ) -> Result<Counts, Rejection> {
        let counts = self.readings().days_of(ids, as_of).await?;
        let (mut kinds, mut months) = (Vec::new(), BTreeMap::new());
        for days in counts.chunk_by(|a, b| a.0 == b.0) {
            let Some((kind, ..)) = days.first() else { continue };
            let Ok(scopes) = self.scopes(who, kind, None) else { continue };
            // A number of what may not be read would tell that it is there.
            if scopes.is_some() {
                kinds.push((kind.clone(), None));
                continue;
            }
            kinds.push((kind.clone(), Some(days.iter().map(|(.., count)| count).sum())));
            for (_, day, count) in days {
                *months.entry((day.year(), day.month())).or_default() += count;
            }
        }
        Ok((kinds, months.into_iter().collect()))
    }

    /// The records that register one of some ids.
    async fn registrations(
        &self,
        who: &Principal,
        ids: &[String],
        registers: &[String],
        as_of: AsOf,
    ) -> Result<Vec<RecordView>, Rejection> {
        let pack = self.pack();
        let sorts = super::sorts::Sorts::of(&pack);
        let mut heads = Vec::new();
        for id in ids {
            let namings = self.readings().namings((id, id), registers, as_of).await?;
            let own = namings
                .into_iter()
                .filter(|naming| sorts.registered(&pack, &naming.kind, &naming.role).is_some());
            heads.extend(own.map(|naming| naming.head).take(MOST_REGISTRATIONS));
        }
        heads.sort_unstable_by(|a, b| b.cmp(a));
        heads.truncate(MOST_REGISTRATIONS);
        let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        let mut stored = self.reader().at(&positions).await?;
        stored.sort_by_key(|record| std::cmp::Reverse((record.valid_at, record.position)));
        let mut seen = Vec::new();
        for record in stored {
            if self.sees(who, &record)? {
                seen.push(record);
            }
        }
        self.views(who, seen, as_of.known).await
    }
}

fn sort_of(state: &State, id: &str) -> Option<String> {
    let entry = state.index.subject(state.stands_for(id))?;
    state.sorts.get(entry.sort).map(|sort| sort.id.clone())
}
