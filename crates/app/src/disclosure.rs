//! What records disclose without a permission: to the public, and to those on whom they are served.
//!
//! The pack says both. **The public** sees kinds of class `public`, of these the fields and roles
//! that the kind names, and where publication ends, only until then. **An organization** sees the
//! records that are served on it, whole but for what they say of persons; a kind that names no role
//! as served (a tip-off, a clue, an order not yet carried out) is never shown to it.

use std::collections::HashMap;

use model::{Envelope, RecordId, SubjectId, Timestamp};
use pack::{Class, Kind, Pack};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::{AsOf, Head, Regions, SubjectHead};

use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// The most records of a page.
pub const MOST_ON_PAGE: usize = 200;
/// Readings for one page, where many records are not disclosed.
const ROUNDS: usize = 8;
/// Records of registers that name one subject, of which one describes it: those of products name their
/// maker.
pub(crate) const MOST_NAMING: usize = 500;

/// To whom something is disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Anybody.
    Public,
    /// The organization on whom it is served.
    Served,
    /// Whoever holds the thing that it is about, and so names its lot or item: also of kinds within
    /// offices what these call public, such as the result of a test.
    Holder,
}

/// A record, as far as it is disclosed.
#[derive(Debug, Clone)]
pub struct Disclosed {
    /// Its id.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// Its position.
    pub position: u64,
    /// When it happened.
    pub valid_at: Timestamp,
    /// When it was taken in.
    pub recorded_at: Timestamp,
    /// The subjects in roles that are disclosed: role and id.
    pub subjects: Vec<(String, String)>,
    /// The fields that are disclosed.
    pub open: Map<String, Value>,
    /// Its index in the log.
    pub index: u64,
    /// Whether it is under a signed checkpoint.
    pub is_signed: bool,
    /// Whether its canonical text names nothing that is not disclosed: then its proof may show it.
    pub may_open: bool,
}

/// A page of them, newest first.
#[derive(Debug, Clone)]
pub struct DisclosedPage {
    /// As of when.
    pub as_of: AsOf,
    /// All ids of the subject, that which stands for it first.
    pub ids: Vec<String>,
    /// The record that describes the subject, as it was last registered.
    pub register: Option<Disclosed>,
    /// The records.
    pub records: Vec<Disclosed>,
    /// Where the next page begins.
    pub next: Option<Head>,
}

impl Audience {
    /// Whether a kind can be disclosed at all.
    pub(crate) fn takes(self, kind: &Kind) -> bool {
        match self {
            Self::Holder => kind.class != Class::Personal && !kind.public.is_empty(),
            Self::Public => kind.class == Class::Public && !kind.public.is_empty(),
            Self::Served => !kind.served.is_empty(),
        }
    }

    /// The kinds that can be disclosed.
    pub fn kinds(self, pack: &Pack) -> impl Iterator<Item = &Kind> {
        pack.kinds().filter(move |kind| self.takes(kind))
    }

    /// Whether a record that names a subject in a role is shown on that subject's page.
    pub fn shows_role(self, kind: &Kind, role: &str) -> bool {
        let names = match self {
            Self::Public | Self::Holder => &kind.public,
            Self::Served => &kind.served,
        };
        names.iter().any(|name| name == role)
    }

    /// Whether a field or role of a record is shown.
    fn shows(self, kind: &Kind, name: &str) -> bool {
        match self {
            Self::Public | Self::Holder => kind.public.iter().any(|public| public == name),
            Self::Served => !kind.field(name).is_some_and(|field| field.personal),
        }
    }
}

/// What a page is made of: its heads, where the next begins, and all that was looked through, where that
/// is all there is.
struct Found {
    heads: Vec<Head>,
    next: Option<Head>,
    all: Option<Vec<SubjectHead>>,
}

/// The sorts of things that some ids may be of and that have a register which is disclosed.
fn registered<'p>(to: Audience, pack: &'p Pack, ids: &[String]) -> Vec<&'p pack::Subject> {
    let takes = |sort: &&pack::Subject| {
        let kind = sort.register.as_ref().and_then(|register| pack.kind(register));
        kind.is_some_and(|kind| to.takes(kind))
    };
    let schemes: Vec<&str> = ids.iter().filter_map(|id| id.split(':').next()).collect();
    let has = |sort: &&pack::Subject| sort.schemes.iter().any(|s| schemes.contains(&&**s));
    // A scheme of its own tells the sort; one that names many kinds of things does not.
    let sorts: Vec<&pack::Subject> = pack.subjects().filter(has).filter(takes).collect();
    if sorts.is_empty() { pack.subjects().filter(takes).collect() } else { sorts }
}

/// The kinds of the registers of some sorts.
fn registers(sorts: &[&pack::Subject]) -> Vec<String> {
    let mut kinds: Vec<String> = sorts.iter().filter_map(|sort| sort.register.clone()).collect();
    kinds.dedup();
    kinds
}

/// What a record of a register calls what it describes.
pub(crate) fn registered_name<'r>(pack: &Pack, record: &'r Disclosed) -> Option<&'r str> {
    let sort = pack.subjects().find(|sort| sort.register.as_deref() == Some(&record.kind))?;
    record.open.get(sort.naming.name.as_deref()?)?.as_str()
}

/// The position of the newest record that describes a subject. A product's record names its maker too; it
/// describes the product.
fn describing(sorts: &[&pack::Subject], found: &[SubjectHead]) -> Option<u64> {
    let describes = |found: &&SubjectHead| {
        let of = |sort: &&pack::Subject| sort.register.as_ref() == Some(&found.kind);
        sorts.iter().copied().filter(of).any(|sort| found.roles.contains(&sort.id))
    };
    found.iter().find(describes).map(|found| found.head.position)
}

impl System {
    /// What is disclosed of a subject, newest first, of one kind or all.
    ///
    /// # Errors
    /// More known than there is; a fault of the store.
    pub async fn disclosed(
        &self,
        to: Audience,
        subject: &SubjectId,
        kind: Option<&str>,
        when: When,
        after: Option<Head>,
        limit: usize,
    ) -> Result<DisclosedPage, Rejection> {
        let pack = self.pack();
        let as_of = self.as_of(when).await?;
        let limit = limit.clamp(1, MOST_ON_PAGE);
        let subject = self.subject_key(subject);
        let kinds = to.kinds(&pack).map(|found| found.id.clone());
        let kinds: Vec<String> = kinds.filter(|id| kind.is_none_or(|kind| kind == id)).collect();
        let ids = self.ids_of(&subject, as_of).await;
        let is_first = kind.is_none() && after.is_none();
        let Found { heads, next, all } =
            self.disclosed_heads(to, &pack, (&ids, &kinds), as_of, after, limit).await?;
        let sorts = registered(to, &pack, &ids);
        // What describes a subject is among all that names it, where a page has room for that.
        let register = match all.filter(|_| is_first) {
            Some(all) => describing(&sorts, &all),
            None => self.register_head(&sorts, &ids, as_of).await?,
        };
        let mut positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
        positions.extend(register);
        let stored = self.reader().at(&positions).await?;
        let mut records = Vec::with_capacity(heads.len());
        let mut described = None;
        for record in stored {
            let is_on_page = heads.iter().any(|head| head.position == record.position);
            let is_register = register == Some(record.position);
            let Some(disclosed) = self.disclose(to, &pack, &record)? else { continue };
            if is_register {
                described = Some(disclosed.clone());
            }
            if is_on_page {
                records.push(disclosed);
            }
        }
        records.sort_by_key(|record| std::cmp::Reverse((record.valid_at, record.position)));
        Ok(DisclosedPage { as_of, ids, register: described, records, next })
    }

    /// What was last disclosed to the public of some kinds, so many of each, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn lately_disclosed(
        &self,
        kinds: &[&str],
        limit: usize,
    ) -> Result<Vec<Disclosed>, Rejection> {
        let (pack, to) = (self.pack(), Audience::Public);
        let as_of = self.as_of(When::default()).await?;
        let newest_first = |records: &mut Vec<Disclosed>| {
            records.sort_by_key(|record| std::cmp::Reverse((record.valid_at, record.position)));
        };
        let mut records = Vec::new();
        for kind in to.kinds(&pack).filter(|kind| kinds.contains(&kind.id.as_str())) {
            // Of some the publication has ended.
            let (regions, most) = (Regions::Any, limit * 2);
            let page =
                self.readings().kind_page(&kind.id, None, regions, as_of, None, most).await?;
            let positions: Vec<u64> = page.iter().map(|head| head.position).collect();
            let mut of_kind = Vec::new();
            for stored in self.reader().at(&positions).await? {
                of_kind.extend(self.disclose(to, &pack, &stored)?);
            }
            newest_first(&mut of_kind);
            of_kind.truncate(limit);
            records.append(&mut of_kind);
        }
        newest_first(&mut records);
        Ok(records)
    }

    /// What the public registers call some subjects; whom they do not name is left out.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn public_names(
        &self,
        ids: Vec<String>,
    ) -> Result<HashMap<String, String>, Rejection> {
        let (registers, pack) = (self.public_registers(ids).await?, self.pack());
        let names = registers.into_iter().filter_map(|(id, record)| {
            let name = registered_name(&pack, &record)?.to_owned();
            Some((id, name))
        });
        Ok(names.collect())
    }

    /// What the public registers say of some subjects, by their ids, all in two questions; whom they do
    /// not name is left out.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn public_registers(
        &self,
        mut ids: Vec<String>,
    ) -> Result<HashMap<String, Disclosed>, Rejection> {
        ids.sort_unstable();
        ids.dedup();
        let (pack, to) = (self.pack(), Audience::Public);
        let as_of = self.as_of(When::default()).await?;
        let sorts: Vec<_> =
            ids.iter().map(|id| registered(to, &pack, std::slice::from_ref(id))).collect();
        let kinds: Vec<Vec<String>> = sorts.iter().map(|sorts| registers(sorts)).collect();
        let asked: Vec<(&str, &[String])> =
            ids.iter().zip(&kinds).map(|(id, kinds)| (id.as_str(), &**kinds)).collect();
        let heads = self.readings().heads_of(&asked, as_of, MOST_NAMING).await?;
        let found = sorts.iter().zip(&heads).map(|(sorts, heads)| describing(sorts, heads));
        let found: Vec<Option<u64>> = found.collect();
        let positions: Vec<u64> = found.iter().flatten().copied().collect();
        let mut records: HashMap<u64, Disclosed> = HashMap::new();
        for stored in self.reader().at(&positions).await? {
            if let Some(disclosed) = self.disclose(to, &pack, &stored)? {
                records.insert(stored.position, disclosed);
            }
        }
        let said = |(id, at): (String, Option<u64>)| Some((id, records.get(&at?)?.clone()));
        Ok(ids.into_iter().zip(found).filter_map(said).collect())
    }

    /// A record by its id, as the public sees it; none where it does not, or where it counts no more.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn public_record(&self, id: RecordId) -> Result<Option<Disclosed>, Rejection> {
        let Some(stored) = self.counting_record(id).await? else { return Ok(None) };
        self.disclose(Audience::Public, &self.pack(), &stored)
    }

    /// A record by its id, as the organization sees it on which it was served; none where it was not,
    /// or where it counts no more.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn served_record(
        &self,
        organization: &SubjectId,
        id: RecordId,
    ) -> Result<Option<Disclosed>, Rejection> {
        let Some(stored) = self.counting_record(id).await? else { return Ok(None) };
        let pack = self.pack();
        let Some(kind) = pack.kind(&stored.kind) else { return Ok(None) };
        let Some(disclosed) = self.disclose(Audience::Served, &pack, &stored)? else {
            return Ok(None);
        };
        let as_of = self.as_of(When::default()).await?;
        let ids = self.ids_of(&self.subject_key(organization), as_of).await;
        let is_served = |(role, id): &(String, String)| {
            Audience::Served.shows_role(kind, role) && ids.contains(id)
        };
        let served = disclosed.subjects.iter().any(is_served);
        Ok(Some(disclosed).filter(|_| served))
    }

    async fn counting_record(&self, id: RecordId) -> Result<Option<Stored>, Rejection> {
        let Some(stored) = self.reader().record(id).await? else { return Ok(None) };
        let known = self.readings().watermark().get();
        let counting = self.readings().counting(&[stored.position], known).await?;
        Ok(Some(stored).filter(|_| !counting.is_empty()))
    }

    /// All ids of the subject that an id is of, as the registry knows them; in the seconds after a start
    /// in which it is made, the id alone.
    pub(crate) async fn ids_of(&self, subject: &SubjectId, as_of: AsOf) -> Vec<String> {
        let state = self.registry().where_made(as_of.known).await;
        let members = state.as_ref().map(|state| state.cluster(subject.as_str(), as_of));
        let ids: Vec<String> =
            members.unwrap_or_default().into_iter().map(|member| member.id).collect();
        if ids.is_empty() { vec![subject.as_str().to_owned()] } else { ids }
    }

    /// The records that name one of some ids, newest first; each once.
    pub(crate) async fn naming(
        &self,
        ids: &[String],
        kinds: &[String],
        as_of: AsOf,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<SubjectHead>, store::Error> {
        let named: Vec<&str> = ids.iter().map(String::as_str).collect();
        let pages = self.readings().subject_pages(&named, as_of, Some(kinds), after, limit).await?;
        let mut found: Vec<SubjectHead> = pages.into_iter().flatten().collect();
        if ids.len() > 1 {
            found.sort_by_key(|found| std::cmp::Reverse(found.head));
            // What names two of the ids is one record.
            found.dedup_by(|next, kept| {
                let is_same = next.head == kept.head;
                if is_same {
                    kept.roles.append(&mut next.roles);
                }
                is_same
            });
            found.truncate(limit);
        }
        Ok(found)
    }

    /// The heads of a page, and where the next begins.
    async fn disclosed_heads(
        &self,
        to: Audience,
        pack: &Pack,
        (ids, kinds): (&[String], &[String]),
        as_of: AsOf,
        mut after: Option<Head>,
        limit: usize,
    ) -> Result<Found, Rejection> {
        let mut heads = Vec::new();
        for round in 0..ROUNDS {
            let mut found = self.naming(ids, kinds, as_of, after, limit + 1).await?;
            let more = found.len() > limit;
            found.truncate(limit);
            for (at, SubjectHead { head, kind, roles }) in found.iter().enumerate() {
                after = Some(*head);
                let kind = pack.kind(kind);
                let shown = kind.is_some_and(|k| roles.iter().any(|role| to.shows_role(k, role)));
                if shown {
                    heads.push(*head);
                }
                let is_end = !more && at + 1 == found.len();
                if heads.len() == limit && !is_end {
                    return Ok(Found { heads, next: after, all: None });
                }
            }
            if !more {
                let all = Some(found).filter(|_| round == 0);
                return Ok(Found { heads, next: None, all });
            }
        }
        Ok(Found { heads, next: after, all: None })
    }

    /// The position of the record that describes a subject.
    async fn register_head(
        &self,
        sorts: &[&pack::Subject],
        ids: &[String],
        as_of: AsOf,
    ) -> Result<Option<u64>, Rejection> {
        let kinds = registers(sorts);
        let asked: Vec<(&str, &[String])> = ids.iter().map(|id| (id.as_str(), &*kinds)).collect();
        let heads = self.readings().heads_of(&asked, as_of, MOST_NAMING).await?;
        let mut heads: Vec<SubjectHead> = heads.into_iter().flatten().collect();
        heads.sort_by_key(|found| std::cmp::Reverse(found.head));
        Ok(describing(sorts, &heads))
    }

    /// What is disclosed of a record; none where nothing is.
    pub(crate) fn disclose(
        &self,
        to: Audience,
        pack: &Pack,
        stored: &Stored,
    ) -> Result<Option<Disclosed>, Rejection> {
        let Some(kind) = pack.kind(&stored.kind).filter(|kind| to.takes(kind)) else {
            return Ok(None);
        };
        let damaged = |what: &str| store::Error::Damaged {
            what: format!("{what} of the record at position {}", stored.position),
        };
        let open: Map<String, Value> =
            serde_json::from_slice(&stored.open).map_err(|_| damaged("the open part"))?;
        if to != Audience::Served && self.is_unpublished(kind, &open) {
            return Ok(None);
        }
        let envelope =
            Envelope::read(&stored.envelope).map_err(|_| damaged("the canonical text"))?;
        let shown = envelope.subjects.iter().filter(|subject| to.shows(kind, &subject.role));
        let subjects: Vec<(String, String)> =
            shown.map(|s| (s.role.clone().into_owned(), s.id.clone().into_owned())).collect();
        let (index, is_signed) = self.log_index(stored.position);
        Ok(Some(Disclosed {
            id: stored.id,
            kind: stored.kind.clone(),
            position: stored.position,
            valid_at: stored.valid_at,
            recorded_at: stored.recorded_at,
            may_open: subjects.len() == envelope.subjects.len(),
            subjects,
            open: open.into_iter().filter(|(name, _)| to.shows(kind, name)).collect(),
            index,
            is_signed,
        }))
    }

    /// Whether the publication of a record has not begun, or has ended.
    fn is_unpublished(&self, kind: &Kind, open: &Map<String, Value>) -> bool {
        let today = crate::time::day(self.clock().now());
        let said = |field: &String| open.get(field)?.as_str()?.parse::<clock::Date>().ok();
        let is_begun = |field| said(field).is_some_and(|from| from <= today);
        !kind.public_from.as_ref().is_none_or(is_begun)
            || kind.public_until.as_ref().and_then(said).is_some_and(|until| until < today)
    }
}
