//! The province as it goes from day to day.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use clock::{Date, WorkingDays};
use model::{Draft, RecordId, Timestamp};
use pack::Pack;
use stats::random::Random;

use crate::case::{Courses, Ground};
use crate::chain::Chains;
use crate::data::{AccountLine, Data};
use crate::draw::Draw as _;
use crate::events::Event;
use crate::look::{self, Look};
use crate::sheet::Sheet;
use crate::time::{Days, HOUR};
use crate::world::{World, stream};

/// How large the province is: so many organizations; everything else in proportion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scale {
    /// Organizations that are ever registered.
    pub organizations: u32,
}

impl Scale {
    /// Enough to look at: some 110,000 records beside those of the chains.
    pub const SMALL: Self = Self { organizations: 5_000 };
    /// A large city.
    pub const CITY: Self = Self { organizations: 200_000 };
    /// A province.
    pub const PROVINCE: Self = Self { organizations: 1_000_000 };
    /// Fewer than this are no province: each trade of the few has one.
    pub const LEAST: u32 = 60;
}

/// What is to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// The seed: another one, another province.
    pub seed: u64,
    /// How large.
    pub scale: Scale,
    /// When it ends: the day on which it is made.
    pub until: Timestamp,
}

/// Why no province can be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of this crate does not read.
    #[error("the data of the demonstration do not read: {0}")]
    Data(#[from] toml::de::Error),
    /// The pack has none of the divisions that the data name.
    #[error("the pack has no division of the demonstration's data; use the pack of Hubei")]
    Regions,
    /// Too few organizations.
    #[error("a province has at least {} organizations", Scale::LEAST)]
    Small,
}

/// Something that is done to the store.
#[expect(clippy::large_enum_variant, reason = "nearly all of them are records")]
#[derive(Debug, Clone, PartialEq)]
pub enum Act {
    /// A record comes in.
    Record {
        /// When.
        at: Timestamp,
        /// From whom: the id of an office, or an organization as `scheme:value`.
        by: String,
        /// The account, where it is somebody's.
        account: Option<String>,
        /// The record.
        draft: Draft,
    },
    /// Records come in together, as an import.
    Batch {
        /// When.
        at: Timestamp,
        /// From whom.
        by: String,
        /// The batch.
        batch: RecordId,
        /// The records.
        drafts: Vec<Draft>,
    },
    /// An event is reported.
    Event {
        /// When.
        at: Timestamp,
        /// By whom.
        by: String,
        /// The division of who reports it.
        region: String,
        /// The event: EPCIS 2.0 in JSON, bare.
        event: String,
    },
    /// A record or batch is taken back.
    Withdraw {
        /// When.
        at: Timestamp,
        /// By whom.
        by: String,
        /// The record or batch.
        target: RecordId,
        /// Why.
        reason: String,
    },
}

impl Act {
    /// When it is done.
    pub fn at(&self) -> Timestamp {
        match self {
            Self::Record { at, .. }
            | Self::Batch { at, .. }
            | Self::Event { at, .. }
            | Self::Withdraw { at, .. } => *at,
        }
    }
}

/// How many organizations are loaded at a time.
const LOADED_AT_A_TIME: usize = 400;

enum Phase {
    /// The registers are loaded: from this organization on.
    Load(usize),
    /// The days go by: this is the next one.
    Day(i32),
}

/// The province. [`next`](Self::acts) gives what is recorded, piece by piece, in the order of time.
pub struct Province {
    pub(crate) data: Arc<Data>,
    pub(crate) pack: Arc<Pack>,
    pub(crate) days: Arc<Days>,
    pub(crate) world: Arc<World>,
    pub(crate) until: Timestamp,
    seed: u64,
    phase: Phase,
    /// What is written down, by when; the number keeps the order of what comes at once.
    out: BTreeMap<(i64, u64), Act>,
    written: u64,
    /// What follows from what happened, by its day.
    pub(crate) agenda: BTreeMap<i32, Vec<Event>>,
    numbers: HashMap<(&'static str, usize, i32), u32>,
    pub(crate) persons: u32,
    pub(crate) opening: BTreeMap<i32, Vec<usize>>,
    pub(crate) closing: BTreeMap<i32, Vec<usize>>,
    pub(crate) chains: Chains,
    pub(crate) ground: Ground,
    /// The case to begin with, once it is opened.
    pub(crate) story_case: Option<RecordId>,
    pub(crate) story_planned: bool,
    /// Whether what is being planned goes as it is written, without chance.
    pub(crate) as_written: bool,
}

impl Province {
    /// A province under a pack. `calendar` says which days offices work.
    ///
    /// # Errors
    /// [`Error`].
    pub fn new(plan: Plan, pack: Arc<Pack>, calendar: &WorkingDays) -> Result<Self, Error> {
        if plan.scale.organizations < Scale::LEAST {
            return Err(Error::Small);
        }
        let mut data = Data::read()?;
        let ground = Ground {
            courses: Arc::new(Courses::new(std::mem::take(&mut data.courses))),
            calendar: Arc::new(calendar.clone()),
        };
        let days = Days::new(plan.until, data.rates.period.days, calendar);
        let world = World::new(&pack, &data, &days, plan.seed, plan.scale.organizations);
        if world.regions.is_empty() {
            return Err(Error::Regions);
        }
        let (mut opening, mut closing): (BTreeMap<_, Vec<_>>, BTreeMap<_, Vec<_>>) =
            (BTreeMap::new(), BTreeMap::new());
        for (at, organization) in world.organizations.iter().enumerate() {
            if organization.opens > 0 {
                opening.entry(organization.opens).or_default().push(at);
            }
            if organization.closes < i32::MAX {
                closing.entry(organization.closes).or_default().push(at);
            }
        }
        let chains = Chains::new(&plan, &data, &world);
        let mut province = Self {
            data: Arc::new(data),
            pack,
            days: Arc::new(days),
            world: Arc::new(world),
            until: plan.until,
            seed: plan.seed,
            phase: Phase::Load(0),
            out: BTreeMap::new(),
            written: 0,
            agenda: BTreeMap::new(),
            numbers: HashMap::new(),
            persons: 0,
            opening,
            closing,
            chains,
            ground,
            story_case: None,
            story_planned: false,
            as_written: false,
        };
        province.plan_ahead();
        Ok(province)
    }

    /// When the first record comes in; the store begins before.
    pub fn begins(&self) -> Timestamp {
        Timestamp::from_micros(self.days.start(0) + 8 * HOUR)
    }

    /// The accounts that are entered by one click, with the organizations of the story.
    pub fn accounts(&self) -> Vec<(AccountLine, Option<String>)> {
        let organization = |account: &AccountLine| {
            let story = account.story.as_deref()?;
            let at = self.data.story.enterprise.iter().position(|e| e.id == story)?;
            let organization = self.world.organizations.get(*self.world.story.get(at)?)?;
            Some(organization.id.clone())
        };
        self.data.accounts.iter().map(|a| (a.clone(), organization(a))).collect()
    }

    /// What to look at first.
    pub fn look(&self) -> Look {
        look::at(self)
    }

    /// What is recorded next, in the order of time; none at the end.
    pub fn acts(&mut self) -> Option<Vec<Act>> {
        loop {
            match self.phase {
                Phase::Load(from) => {
                    let count = self.world.organizations.len();
                    if from < count {
                        let to = (from + LOADED_AT_A_TIME).min(count);
                        let mut random =
                            Random::stream(self.seed, stream::LOAD ^ (from as u64) << 20);
                        self.load(from..to, &mut random);
                        self.phase = Phase::Load(to);
                        return Some(self.take_until(i64::MAX));
                    }
                    self.phase = Phase::Day(1);
                }
                Phase::Day(day) => {
                    if day > self.data.rates.period.days {
                        return None;
                    }
                    let mut random = Random::stream(self.seed, stream::DAYS + day as u64);
                    self.live(day, &mut random);
                    self.phase = Phase::Day(day + 1);
                    let acts = self.take_until(self.days.start(day + 1));
                    if !acts.is_empty() {
                        return Some(acts);
                    }
                }
            }
        }
    }

    /// What is written down before a moment, and before the end.
    fn take_until(&mut self, end: i64) -> Vec<Act> {
        let end = end.min(self.until.micros());
        let rest = self.out.split_off(&(end, 0));
        let taken = std::mem::replace(&mut self.out, rest);
        taken.into_values().collect()
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    pub(crate) fn put(&mut self, act: Act) {
        if act.at() < self.until {
            self.written += 1;
            self.out.insert((act.at().micros(), self.written), act);
        }
    }

    /// Writes something down: at a moment, by somebody. Gives its id.
    pub(crate) fn tell(
        &mut self,
        by: &str,
        at: Timestamp,
        sheet: Sheet,
        random: &mut Random,
    ) -> RecordId {
        let id = new_id(at, random);
        // Nobody writes down what has not happened; a day may begin before its first hour.
        let at = at.max(sheet.0.valid_at);
        self.put(Act::Record { at, by: by.to_owned(), account: None, draft: sheet.id(id).0 });
        id
    }

    /// Writes something down that may later be found wrong: then it is corrected, or taken back. Gives
    /// its id, unless it is taken back.
    pub(crate) fn tell_and_mend(
        &mut self,
        by: &str,
        at: Timestamp,
        sheet: Sheet,
        random: &mut Random,
        mend: impl FnOnce(&mut Draft),
    ) -> Option<RecordId> {
        let rates = &self.data.rates.records;
        let (corrected, withdrawn, days) =
            (rates.corrected, rates.withdrawn, rates.corrected_after_days);
        let draft = sheet.0.clone();
        let id = self.tell(by, at, sheet, random);
        let later = |random: &mut Random| random.between(1, 2 * days);
        if random.happens(corrected) {
            let at = self.later(at, later(random), random);
            let mut draft = draft;
            mend(&mut draft);
            draft.corrects = Some(id);
            self.tell(by, at, Sheet(draft), random);
        } else if random.happens(withdrawn) {
            let at = self.later(at, later(random), random);
            let reason = "重复录入，予以撤回（演示）".to_owned();
            self.put(Act::Withdraw { at, by: by.to_owned(), target: id, reason });
            return None;
        }
        Some(id)
    }

    /// Some working days later, in office hours.
    pub(crate) fn later(&self, at: Timestamp, days: i32, random: &mut Random) -> Timestamp {
        let day = self.days.number(at.day_in_china()) + days;
        self.days.at(self.days.working_from(day), crate::time::OFFICE, random)
    }

    /// An import comes in, and is taken back some days later.
    pub(crate) fn import_and_withdraw(
        &mut self,
        by: &str,
        at: Timestamp,
        sheets: Vec<Sheet>,
        reason: &str,
        random: &mut Random,
    ) {
        let batch = new_id(at, random);
        let drafts = sheets.into_iter().map(|sheet| sheet.id(new_id(at, random)).0);
        let drafts: Vec<Draft> = drafts.collect();
        self.put(Act::Batch { at, by: by.to_owned(), batch, drafts });
        let withdrawn = self.later(at, random.between(2, 9), random);
        let reason = reason.to_owned();
        self.put(Act::Withdraw { at: withdrawn, by: by.to_owned(), target: batch, reason });
    }

    /// When something that happened is written down, by the delay of its sort.
    pub(crate) fn written_at(
        &self,
        sort: &str,
        happened: Timestamp,
        by_office: bool,
        random: &mut Random,
    ) -> Timestamp {
        let delays = &self.data.rates.delay;
        let spread = delays.get(sort).or_else(|| delays.get("other"));
        let hours = spread.map_or(12.0, |spread| random.spread(spread));
        self.days.written(happened, hours, by_office, random)
    }

    /// On which day the next step comes, by the distance of its sort.
    pub(crate) fn next_day(&self, day: i32, between: &str, random: &mut Random) -> i32 {
        let spread = self.data.rates.between.get(between);
        let days = spread.map_or(14.0, |spread| random.spread(spread));
        self.days.office_day_after(day, days)
    }

    /// What follows on a day.
    pub(crate) fn follow(&mut self, day: i32, event: Event) {
        if day <= self.data.rates.period.days {
            self.agenda.entry(day).or_default().push(event);
        }
    }

    /// The next number of a sort of document in an office and year, from 1.
    pub(crate) fn number(&mut self, sort: &'static str, office: usize, date: Date) -> u32 {
        let number = self.numbers.entry((sort, office, date.year())).or_default();
        *number += 1;
        *number
    }

    /// The number of something that counts over the whole province.
    pub(crate) fn serial(&mut self, sort: &'static str) -> u32 {
        let number = self.numbers.entry((sort, usize::MAX, 0)).or_default();
        *number += 1;
        *number
    }

    /// A name of a person, which says that it is invented.
    pub(crate) fn person_name(&self, random: &mut Random) -> String {
        let names = &self.data.names;
        format!("{}{}{}", random.pick(&names.surname), random.pick(&names.given), names.mark)
    }

    /// A sheet for something that happened in a region.
    pub(crate) fn sheet(&self, kind: &str, region: usize, happened: Timestamp) -> Sheet {
        Sheet::new(kind, &self.world.regions[region].code, happened, &self.data.names.source)
    }

    pub(crate) fn is_open(&self, organization: usize, day: i32) -> bool {
        let organization = &self.world.organizations[organization];
        organization.opens < day && day < organization.closes
    }

    /// Some organization of a list that is open on a day; some tries.
    pub(crate) fn some_open(&self, of: &[usize], day: i32, random: &mut Random) -> Option<usize> {
        if of.is_empty() {
            return None;
        }
        (0..20).map(|_| *random.pick(of)).find(|at| self.is_open(*at, day))
    }

    /// Some organization of all that is open on a day and does business.
    pub(crate) fn somebody_open(&self, day: i32, random: &mut Random) -> Option<usize> {
        let count = self.world.organizations.len();
        (0..20).map(|_| random.place(count)).find(|at| self.is_open(*at, day))
    }

    /// How many organizations there are, as a number to multiply with.
    pub(crate) fn size(&self) -> f64 {
        self.world.organizations.len() as f64
    }
}

pub(crate) fn new_id(at: Timestamp, random: &mut Random) -> RecordId {
    let (high, low) = (random.bits().to_be_bytes(), random.bits().to_be_bytes());
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&high);
    bytes[8..].copy_from_slice(&low[..2]);
    RecordId::new(at, &bytes)
}
