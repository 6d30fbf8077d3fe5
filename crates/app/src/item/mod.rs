//! What whoever holds a thing may know of it: the answer behind the code on a package.
//!
//! The pack says it. Of kinds that the public sees at large the page shows what they disclose to
//! anybody; of kinds that are within offices, such as a test report, it shows the fields that the kind
//! calls public, to whoever names the lot or the item that they are about. Which step of a journey is
//! told, and whether with the party or only with the place, two lists of the pack say: [`STEPS`] and
//! [`NAMED`]. Nothing of the question is kept.

mod journey;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use model::{RecordId, SubjectId, Timestamp};
use pack::{Kind, Pack};
use store::Stored;
use store::readings::{AsOf, SubjectHead};

use crate::disclosure::{Audience, Disclosed, registered_name};
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

pub use journey::{Journey, Party, Step};

/// The list of the pack that says which steps of a journey whoever holds the thing is told.
pub const STEPS: &str = "item-step";
/// The list of the steps at which also the party is told; elsewhere it is the place alone.
pub const NAMED: &str = "item-step-named";

/// Links of the pack by which a kind says what it is of a thing.
const TESTED: &str = "tested-by";
const RECALLED: &str = "recalled-by";
const MADE: &str = "made-by";

/// Records of each sort that are looked at.
const MOST: usize = 100;

/// What is known of a thing: at least one record or event.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// The path of the most particular part of the address of which something is known.
    pub path: String,
    /// What the register calls the product; empty where it is not registered.
    pub name: String,
    /// The id under which it is registered.
    pub register: Option<String>,
}

/// How a recall concerns a thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Concern {
    /// It is recalled: its item, its lot, or all of its product.
    This,
    /// Lots of its product are recalled, and it was not said of which lot it is.
    Perhaps,
    /// Other lots of its product are recalled.
    Others,
}

/// All that is told of a thing.
#[derive(Debug, Clone)]
pub struct Item {
    /// As of when.
    pub as_of: AsOf,
    /// What the register says of the product.
    pub product: Option<Disclosed>,
    /// The maker: id, and the name where the public register has it.
    pub maker: Option<(String, Option<String>)>,
    /// Recalls, those of this thing first, then the newest.
    pub recalls: Vec<(Concern, Disclosed)>,
    /// Test reports, the newest first.
    pub tests: Vec<Disclosed>,
    /// What else the public may know of the item or lot, the newest first.
    pub others: Vec<Disclosed>,
    /// Where it was.
    pub journey: Journey,
    /// What the public registers call those that are named.
    pub names: HashMap<String, String>,
    /// What the public register says of the products of what went into it, by their ids.
    pub origins: HashMap<String, Disclosed>,
}

/// What a kind is of a thing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sort {
    Test,
    Recall,
    Register,
    Other,
}

fn sort_of(kind: &Kind) -> Sort {
    let has = |sort: &str| kind.links.iter().any(|link| link.link == sort);
    match () {
        () if has(RECALLED) => Sort::Recall,
        () if has(TESTED) => Sort::Test,
        () if has(MADE) => Sort::Register,
        () => Sort::Other,
    }
}

impl System {
    /// What is known of a thing, by its levels from the item to the product, each with its path; none
    /// where nothing is.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn thing_known(
        &self,
        levels: &[(SubjectId, String)],
    ) -> Result<Option<Known>, Rejection> {
        let (pack, as_of) = (self.pack(), self.as_of(When::default()).await?);
        let mut known: Option<Known> = None;
        let kinds = holder_kinds(&pack);
        for (id, path) in levels {
            let id = self.subject_key(id);
            let page = self.readings().subject_page(id.as_str(), as_of, Some(&kinds), None, 1);
            let is_named = !page.await?.is_empty() || {
                self.is_on_the_way(id.as_str().to_owned(), as_of).await
            };
            if is_named {
                let path = path.clone();
                known.get_or_insert_with(|| Known { path, ..Known::default() });
            }
        }
        let Some(mut known) = known else { return Ok(None) };
        if let Some((id, _)) = levels.last() {
            let id = self.subject_key(id).as_str().to_owned();
            let mut names = self.public_names(vec![id.clone()]).await?;
            if let Some(name) = names.remove(&id) {
                known.name = name;
                known.register = Some(id);
            }
        }
        Ok(Some(known))
    }

    /// All that whoever holds a thing is told of it; none where nothing is known of it. `levels` are its
    /// ids from the item to the product.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn item(self: &Arc<Self>, levels: Vec<SubjectId>) -> Result<Option<Item>, Rejection> {
        // Not aside: there is little room.
        self.chain().for_question(None, 0, Self::PATIENCE).await?;
        let system = Arc::clone(self);
        self.reader().db().aside(async move { system.item_of(&levels).await }).await?
    }

    async fn item_of(&self, levels: &[SubjectId]) -> Result<Option<Item>, Rejection> {
        let (pack, as_of) = (self.pack(), self.as_of(When::default()).await?);
        let kinds = holder_kinds(&pack);
        let mut ids: Vec<String> =
            levels.iter().map(|id| self.subject_key(id).as_str().to_owned()).collect();
        let journey = self.journey_of(&pack, &ids, as_of).await?;
        // A serial number alone does not tell the lot; the events do.
        for lot in &journey.lots {
            if !ids.contains(lot) {
                ids.insert(1.min(ids.len()), lot.clone());
            }
        }
        let named: Vec<&str> = ids.iter().map(String::as_str).collect();
        let pages = self.readings().subject_pages(&named, as_of, Some(&kinds), None, MOST).await?;
        let of_levels = pages.into_iter().enumerate();
        let mut heads: Vec<(usize, SubjectHead)> =
            of_levels.flat_map(|(at, page)| page.into_iter().map(move |head| (at, head))).collect();
        if heads.is_empty() && !journey.is_known {
            return Ok(None);
        }
        heads.sort_by_key(|(level, found)| (found.head.position, *level));
        heads.dedup_by_key(|(_, found)| found.head.position);
        let positions: Vec<u64> = heads.iter().map(|(_, found)| found.head.position).collect();
        let stored = self.reader().at(&positions).await?;
        let mut item = Item {
            as_of,
            product: None,
            maker: None,
            recalls: Vec::new(),
            tests: Vec::new(),
            others: Vec::new(),
            journey,
            names: HashMap::new(),
            origins: HashMap::new(),
        };
        for record in &stored {
            let level = heads.binary_search_by_key(&record.position, |(_, f)| f.head.position);
            let Some(level) = level.ok().and_then(|at| heads.get(at)).map(|(level, _)| *level)
            else {
                continue;
            };
            self.take(&pack, &mut item, &ids, level, record)?;
        }
        let newest = |a: &Disclosed| std::cmp::Reverse((a.valid_at, a.position));
        item.recalls.sort_by_key(|(concern, record)| (*concern as u8, newest(record)));
        item.tests.sort_by_key(newest);
        item.others.sort_by_key(newest);
        self.name(&mut item).await?;
        Ok(Some(item))
    }

    /// Puts a record where it belongs.
    fn take(
        &self,
        pack: &Pack,
        item: &mut Item,
        ids: &[String],
        level: usize,
        record: &Stored,
    ) -> Result<(), Rejection> {
        let Some(kind) = pack.kind(&record.kind) else { return Ok(()) };
        let Some(disclosed) = self.disclose(Audience::Holder, pack, record)? else {
            return Ok(());
        };
        let envelope = crate::reading::envelope(record)?;
        let is_product = level + 1 == ids.len();
        // Lots and items that the record names: is it about this one, or about others?
        let of_lots = |role: &str| role == "lot" || role == "item";
        let mut lots = envelope.subjects.iter().filter(|subject| of_lots(&subject.role)).peekable();
        let names_lots = lots.peek().is_some();
        match sort_of(kind) {
            Sort::Register if is_product => {
                let is_newer = item.product.as_ref().is_none_or(|old| {
                    (old.valid_at, old.position) < (disclosed.valid_at, disclosed.position)
                });
                if is_newer {
                    let maker = envelope.subjects.iter().find(|subject| subject.role == "maker");
                    item.maker = maker.map(|maker| (maker.id.clone().into_owned(), None));
                    item.product = Some(disclosed);
                }
            }
            Sort::Recall => {
                let concern = match (is_product && names_lots, ids.len() > 1) {
                    (false, _) => Concern::This,
                    (true, true) => Concern::Others,
                    (true, false) => Concern::Perhaps,
                };
                item.recalls.push((concern, disclosed));
            }
            // A report on another lot says nothing of this one.
            Sort::Test if is_product && names_lots && ids.len() > 1 => {}
            Sort::Test => item.tests.push(disclosed),
            Sort::Other if !is_product && Audience::Public.takes(kind) => {
                item.others.push(disclosed)
            }
            Sort::Register | Sort::Other => {}
        }
        Ok(())
    }

    /// Adds what the public registers call those that are named.
    async fn name(&self, item: &mut Item) -> Result<(), Rejection> {
        let mut ids: BTreeSet<String> = item.maker.iter().map(|(id, _)| id.clone()).collect();
        let laboratories = item.tests.iter().flat_map(|test| &test.subjects);
        ids.extend(laboratories.filter(|(role, _)| role == "laboratory").map(|(_, id)| id.clone()));
        let pack = self.pack();
        let named = pack.list(NAMED);
        let mut products: BTreeSet<String> = BTreeSet::new();
        for step in &item.journey.steps {
            // Of an ingredient it is told what it is, and not whose.
            if let Some(product) = step.of.as_deref().and_then(product_of) {
                products.insert(product);
            } else if step.is_use || step.of.is_some() {
                continue;
            } else if named.is_some_and(|list| list.has(&step.step, step.at.day_in_china())) {
                ids.extend(step.party.as_ref().and_then(|party| party.id.clone()));
            }
        }
        let registers = self.public_registers(ids.union(&products).cloned().collect()).await?;
        for (id, record) in registers {
            if let Some(name) = registered_name(&pack, &record).filter(|_| ids.contains(&id)) {
                item.names.insert(id.clone(), name.to_owned());
            }
            if products.contains(&id) {
                item.origins.insert(id, record);
            }
        }
        if let Some((id, name)) = &mut item.maker {
            *name = item.names.get(id).cloned();
        }
        Ok(())
    }

    /// A record as it is cited on a page: its id, its index in the log, whether that is signed.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn cited(&self, positions: &[u64]) -> Result<Vec<Cited>, Rejection> {
        let stored = self.reader().at(positions).await?;
        let cite = |record: Stored| {
            let (index, is_signed) = self.log_index(record.position);
            let (id, position, valid_at) = (record.id, record.position, record.valid_at);
            Cited { id, position, valid_at, index, is_signed }
        };
        Ok(stored.into_iter().map(cite).collect())
    }
}

/// A record, as far as its place in the log tells.
#[derive(Debug, Clone)]
pub struct Cited {
    /// The record.
    pub id: RecordId,
    /// Its position.
    pub position: u64,
    /// When what it says happened.
    pub valid_at: Timestamp,
    /// Its index in the log.
    pub index: u64,
    /// Whether it is under a signed checkpoint.
    pub is_signed: bool,
}

/// The product of a lot or item, by its id.
pub fn product_of(id: &str) -> Option<String> {
    let (product, _) = id.split_once("/10/").or_else(|| id.split_once("/21/"))?;
    product.contains("/01/").then(|| product.to_owned())
}

/// The kinds of which whoever holds the thing is told.
fn holder_kinds(pack: &Pack) -> Vec<String> {
    let mut kinds: Vec<String> = Audience::Holder.kinds(pack).map(|kind| kind.id.clone()).collect();
    kinds.retain(|kind| kind != crate::epcis::KIND);
    kinds
}
