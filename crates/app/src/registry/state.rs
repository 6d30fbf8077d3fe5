//! The registry as it stands in memory: the index, and which ids are one.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write as _;

use model::{Timestamp, system_kind};
use pack::Pack;
use search::{Index, Subject};
use store::readings::{AsOf, Mentions, Naming, Readings};
use store::{Error, Reader, Stored};

use super::entry::{entry, merged};
use super::joins::{Member, SAME_SUBJECT, Verdicts, body, cluster};
use super::sorts::{Sorts, lexicon};
use crate::reading::envelope;

/// Subjects that are read in one step.
const STEP: usize = 1024;
/// Where more subjects are touched at once, all is made anew: that is quicker.
const MANY: usize = 20_000;

/// What it is made from.
#[derive(Clone)]
pub(crate) struct Source {
    pub(crate) pack: std::sync::Arc<Pack>,
    pub(crate) readings: Readings,
    pub(crate) reader: Reader,
}

/// The registry as of so many records known.
pub(crate) struct State {
    pub(crate) index: Index,
    pub(crate) sorts: Sorts,
    pub(crate) verdicts: Verdicts,
    pub(crate) known: u64,
    /// The ids of subjects that have several, by the one that stands for them.
    members: HashMap<String, Vec<String>>,
    /// The id that stands for a subject, by its others.
    stands_for: HashMap<String, String>,
}

fn as_of(known: u64) -> AsOf {
    AsOf { valid: Timestamp::from_micros(i64::MAX), known }
}

impl State {
    /// Makes it from the readings.
    pub(crate) async fn build(source: &Source, known: u64) -> Result<Self, Error> {
        let pack = &source.pack;
        let mut state = Self {
            index: Index::new(lexicon(pack)),
            sorts: Sorts::of(pack),
            verdicts: Verdicts::load(pack, &source.readings, &source.reader).await?,
            known,
            members: HashMap::new(),
            stands_for: HashMap::new(),
        };
        let mut after = String::new();
        loop {
            let ids = source.readings.subjects_behind(&after, STEP).await?;
            let (Some(first), Some(last)) = (ids.first(), ids.last()) else { break };
            for subject in state.read(source, (first, last), known).await? {
                state.index.put(&subject);
            }
            after.clone_from(last);
        }
        let mut joined: BTreeSet<String> = state.alike();
        joined.extend(state.verdicts.ids().cloned());
        for id in joined {
            state.join(&id);
        }
        state.index.settle();
        Ok(state)
    }

    /// The entries of the subjects from one to another.
    async fn read(
        &self,
        source: &Source,
        range: (&str, &str),
        known: u64,
    ) -> Result<Vec<Subject>, Error> {
        let Source { pack, readings, reader } = source;
        let registers = self.sorts.registers();
        let namings = readings.namings(range, &registers, as_of(known)).await?;
        let mentions = readings.mentions(range, known).await?;
        let mut positions: Vec<u64> = namings.iter().map(|naming| naming.head.position).collect();
        positions.sort_unstable();
        positions.dedup();
        let mut records: HashMap<u64, Stored> = HashMap::new();
        for positions in positions.chunks(store::MOST) {
            let found = reader.at(positions).await?;
            records.extend(found.into_iter().map(|stored| (stored.position, stored)));
        }
        let mut namings = namings.iter().peekable();
        let mut entries = Vec::new();
        for mentions in mentions.chunk_by(|a, b| a.subject == b.subject) {
            let Some(Mentions { subject, .. }) = mentions.first() else { continue };
            let mut own: Vec<(&Naming, &Stored)> = Vec::new();
            while let Some(naming) = namings.next_if(|naming| naming.subject <= *subject) {
                let stored = records.get(&naming.head.position);
                own.extend(stored.filter(|_| naming.subject == *subject).map(|s| (naming, s)));
            }
            entries.extend(entry(pack, &self.sorts, subject, mentions, &own));
        }
        Ok(entries)
    }

    /// The ids that have their old code in common with another.
    fn alike(&self) -> BTreeSet<String> {
        let mut bodies: Vec<([u8; 9], &str)> = Vec::new();
        for id in self.index.ids() {
            let own = body(id).and_then(|body| body.as_bytes().try_into().ok());
            bodies.extend(own.map(|body| (body, id)));
        }
        bodies.sort_unstable();
        let alike = bodies.chunk_by(|a, b| a.0 == b.0).filter(|ids| ids.len() > 1);
        alike.flatten().map(|(_, id)| (*id).to_owned()).collect()
    }

    /// Whether a subject has an entry under this id, by itself or together with others.
    fn has(&self, id: &str) -> bool {
        self.stands_for.contains_key(id) || self.index.name(id).is_some()
    }

    /// The ids that the rule joins with one that has an entry.
    fn kin(&self, id: &str) -> Vec<String> {
        if self.has(id) { self.alike_to(id) } else { Vec::new() }
    }

    /// The ids with entries that have their old code in common with one, which may have none yet.
    fn alike_to(&self, id: &str) -> Vec<String> {
        let Some(own) = body(id) else { return Vec::new() };
        let entries = self.index.with_code(&own).into_iter();
        let ids = entries.flat_map(|entry| match self.members.get(entry) {
            Some(members) => members.clone(),
            None => vec![entry.to_owned()],
        });
        ids.filter(|other| other != id && body(other).as_ref() == Some(&own)).collect()
    }

    /// All ids of the subject that an id is of, as of any time. A code of which no record speaks
    /// leads to the subject whose old code stands in it.
    pub(crate) fn cluster(&self, id: &str, as_of: AsOf) -> Vec<Member> {
        let known = if self.has(id) { None } else { self.alike_to(id).into_iter().next() };
        let known = known.filter(|_| self.verdicts.ever_decided(id).next().is_none());
        let id = known.as_deref().unwrap_or(id);
        cluster(id, &self.verdicts, as_of, |id| self.kin(id))
    }

    /// The id that stands for a subject now.
    pub(crate) fn stands_for<'s>(&'s self, id: &'s str) -> &'s str {
        self.stands_for.get(id).map_or(id, String::as_str)
    }

    /// The other ids of a subject now.
    pub(crate) fn others(&self, id: &str) -> &[String] {
        self.members.get(id).and_then(|ids| ids.get(1..)).unwrap_or_default()
    }

    /// Makes one entry of those that are one subject with an id. All of them have entries of their
    /// own before.
    fn join(&mut self, id: &str) {
        if self.stands_for.contains_key(id) || self.members.contains_key(id) {
            return;
        }
        let members = self.cluster(id, as_of(self.known));
        // What has no entry has no records of its own either: it leads here all the same.
        let ids = members.into_iter().map(|member| member.id);
        let ids: Vec<String> = ids.filter(|id| self.has(id)).collect();
        if ids.len() < 2 || !ids.iter().any(|other| other == id) {
            return;
        }
        let entries: Vec<Subject> = ids.iter().filter_map(|id| self.index.subject(id)).collect();
        let Some(mut one) = merged(entries) else { return };
        let Some((first, others)) = ids.split_first() else { return };
        for id in &ids {
            self.index.remove(id);
        }
        one.id.clone_from(first);
        self.index.put(&one);
        for other in others {
            self.stands_for.insert(other.clone(), first.clone());
        }
        self.members.insert(first.clone(), ids);
    }

    /// Everything that it holds as text, in the order of the ids: whether it was followed or made
    /// anew, it is the same.
    pub(crate) fn dump(&self) -> String {
        let mut text = String::new();
        for id in self.index.ids() {
            let _ = writeln!(text, "{:?} {:?}", self.index.subject(id), self.members.get(id));
        }
        let stands_for: BTreeMap<&String, &String> = self.stands_for.iter().collect();
        let _ = writeln!(text, "{stands_for:?}");
        text
    }

    /// What has to change to follow the records up to `known`; none where so much came that it is
    /// better made anew.
    pub(crate) async fn prepare(
        &self,
        source: &Source,
        known: u64,
    ) -> Result<Option<Change>, Error> {
        let Some(changed) = Changed::of(source, self.known, known).await? else { return Ok(None) };
        let verdicts = match changed.decisions {
            true => Some(Verdicts::load(&source.pack, &source.readings, &source.reader).await?),
            false => None,
        };
        let decided = verdicts.as_ref().unwrap_or(&self.verdicts);
        let (mut open, mut entries) = (changed.subjects, Vec::new());
        let mut affected: BTreeSet<String> = BTreeSet::new();
        // Who is one with whom, before and after: all of them get their entries anew.
        while let Some(id) = open.pop_first() {
            if affected.contains(&id) {
                continue;
            }
            let first = self.stands_for(&id).to_owned();
            let old = self.members.get(&first).cloned().unwrap_or_else(|| vec![first]);
            let new = cluster(&id, decided, as_of(known), |id| self.alike_to(id));
            let new = new.into_iter().map(|member| member.id);
            open.extend(old.into_iter().chain(new).filter(|other| !affected.contains(other)));
            entries.extend(self.read(source, (&id, &id), known).await?);
            open.remove(&id);
            affected.insert(id);
            if affected.len() > MANY {
                return Ok(None);
            }
        }
        Ok(Some(Change { known, verdicts, affected, entries }))
    }

    /// Follows the records by what [`prepare`](Self::prepare) found.
    pub(crate) fn apply(&mut self, change: Change) {
        self.known = change.known;
        if let Some(verdicts) = change.verdicts {
            self.verdicts = verdicts;
        }
        for id in &change.affected {
            self.members.remove(id);
            self.stands_for.remove(id);
            self.index.remove(id);
        }
        for entry in &change.entries {
            self.index.put(entry);
        }
        // The rule joins what is there: once all are.
        for id in &change.affected {
            self.join(id);
        }
        if self.index.is_sparse() {
            self.index = self.index.compact();
        }
    }
}

/// How the registry follows.
pub(crate) struct Change {
    known: u64,
    verdicts: Option<Verdicts>,
    /// The ids whose entries are made anew.
    affected: BTreeSet<String>,
    entries: Vec<Subject>,
}

/// What some records changed.
struct Changed {
    /// The subjects of which something else may be said now.
    subjects: BTreeSet<String>,
    /// Whether decisions on double entries are among them.
    decisions: bool,
}

impl Changed {
    /// The changes of the records from one position to before another; none where they are many.
    async fn of(source: &Source, from: u64, to: u64) -> Result<Option<Self>, Error> {
        let mut changed = Self { subjects: BTreeSet::new(), decisions: false };
        let mut next = from;
        while next < to {
            let count = usize::try_from(to - next).unwrap_or(store::MOST).min(store::MOST);
            let records = source.reader.range(next, count).await?;
            let Some(last) = records.last() else { break };
            next = last.position + 1;
            for record in &records {
                changed.add(record)?;
                let mut targets: Vec<u64> = Vec::new();
                for id in record.corrects.iter().chain(&record.withdraws) {
                    targets.extend(source.reader.position(*id).await?);
                }
                let batch = record.closes.or(record.withdraws);
                if let Some(batch) = batch
                    && record.kind != SAME_SUBJECT
                    && system_kind::is(&record.kind)
                {
                    let mut after = None;
                    loop {
                        let found = source.reader.batch_positions(batch, after, STEP).await?;
                        let Some(last) = found.last() else { break };
                        after = Some(*last);
                        targets.extend(&found);
                        if targets.len() > MANY {
                            return Ok(None);
                        }
                    }
                }
                for targets in targets.chunks(store::MOST) {
                    for target in source.reader.at(targets).await? {
                        changed.add(&target)?;
                        // What it had corrected counts again, or no more.
                        if let Some(corrected) = target.corrects
                            && let Some(corrected) = source.reader.record(corrected).await?
                        {
                            changed.add(&corrected)?;
                        }
                    }
                }
            }
            if changed.subjects.len() > MANY {
                return Ok(None);
            }
        }
        Ok(Some(changed))
    }

    fn add(&mut self, record: &Stored) -> Result<(), Error> {
        self.decisions |= record.kind == SAME_SUBJECT;
        let subjects = envelope(record)?.subjects;
        self.subjects.extend(subjects.into_iter().map(|subject| subject.id.into_owned()));
        Ok(())
    }
}
