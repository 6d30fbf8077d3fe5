//! What happens in the province, day by day.

mod complaint;
mod credit;
mod inspection;
mod metrology;
mod penalty;
mod project;
mod register;
mod risk;
mod sampling;
mod standard;
mod trade;

use stats::random::Random;

pub(crate) use inspection::pair;

use crate::case::NewCase;
use crate::draw::Draw as _;
use crate::province::Province;
use crate::world::{SPECTROMETER, stream};

/// What follows from something that happened before.
#[derive(Debug, Clone)]
pub(crate) enum Event {
    /// Somebody goes and looks.
    Visit { organization: usize, sort: &'static str, order: Option<String> },
    /// A laboratory reports on a sample.
    Report(Box<sampling::Sampled>),
    /// A sample is taken of an enterprise of the story.
    Sample { maker: Option<usize>, seller: Option<usize> },
    /// A penalty is decided.
    Penalty {
        organization: usize,
        product: Option<usize>,
        lot: Option<String>,
        violation: &'static str,
    },
    /// A recall is published.
    Recall { product: usize, lot: String, hazard: String, kind: &'static str },
    /// An instrument is calibrated.
    Calibration { instrument: usize },
    /// A consumer writes about an organization: of a cluster or of the story.
    Complaint { organization: usize, category: Option<String>, hazard: Option<String> },
    /// An accident is reported on.
    Accident(Box<risk::Accident>),
    /// A project goes on.
    Project { project: usize, stage: u8 },
    /// A promise has come to its end.
    Commitment { organization: usize, number: String, text: String, made: clock::Date },
    /// A certificate or licence ends early.
    Lapse(Box<register::Lapse>),
    /// An import that was wrong.
    WrongImport,
    /// An honour of the story.
    Honour { organization: usize, which: usize },
    /// A case is opened.
    Case(Box<NewCase>),
    /// Somebody is hurt by a product.
    Injury { product: usize },
}

impl Province {
    /// What is known to come before the first day.
    pub(crate) fn plan_ahead(&mut self) {
        let mut random = Random::stream(self.seed(), stream::STORY);
        self.plan_story(&mut random);
        self.plan_clusters(&mut random);
        let days = self.data.rates.period.days;
        for at in 0..self.data.rates.records.withdrawn_batches {
            let part = days / (self.data.rates.records.withdrawn_batches + 1);
            let day = self.days.working_from(part * (at + 1) + random.between(-20, 20));
            self.follow(day, Event::WrongImport);
        }
        for at in 0..self.world.instruments.len() {
            // The spectrometer of the story is calibrated once, some months before the end.
            let of_story = self.world.of_laboratory.first();
            let of_story = of_story.and_then(|(_, own)| own.get(SPECTROMETER).copied());
            let balance = self.story_balance() == Some(at);
            let story = &self.data.chains.story;
            let (good, out) =
                (story.balance_good_days_before_end, story.balance_out_days_before_end);
            let due = match of_story == Some(at) {
                true => days - 130,
                false if balance => days - good,
                false => self.world.instruments[at].due,
            };
            self.follow(self.days.working_from(due), Event::Calibration { instrument: at });
            if balance {
                let day = self.days.working_from(days - out);
                self.follow(day, Event::Calibration { instrument: at });
            }
        }
        self.plan_projects(&mut random);
    }

    /// The enterprises of the story are visited, sampled and complained about as often as it says,
    /// more towards the end.
    fn plan_story(&mut self, random: &mut Random) {
        let days = self.data.rates.period.days;
        let data = std::sync::Arc::clone(&self.data);
        for (at, enterprise) in data.story.enterprise.iter().enumerate() {
            let Some(&organization) = self.world.story.get(at) else { continue };
            let late = |random: &mut Random| {
                let part = 1.0 - random.unit() * random.unit().max(0.15);
                (part * f64::from(days)) as i32
            };
            for number in 0..enterprise.inspections {
                let day = self.days.working_from(random.between(5, days - 1));
                let sort = ["daily", "random", "special"][number as usize % 3];
                self.follow(day, Event::Visit { organization, sort, order: None });
            }
            let is_maker = !self.world.organizations[organization].products.is_empty();
            for _ in 0..enterprise.samples {
                let day = self.days.working_from(late(random).clamp(5, days - 20));
                let (maker, seller) = match is_maker {
                    true => (Some(organization), None),
                    false => (None, Some(organization)),
                };
                self.follow(day, Event::Sample { maker, seller });
            }
            for _ in 0..enterprise.complaints {
                let day = late(random).clamp(2, days);
                let event = Event::Complaint { organization, category: None, hazard: None };
                self.follow(day, event);
            }
            if enterprise.id == "dairy" {
                self.follow(260, Event::Honour { organization, which: 0 });
            }
            if enterprise.id == "model" {
                for (which, day) in [(0, 200), (1, 480), (2, 790)] {
                    self.follow(self.days.working_from(day), Event::Honour { organization, which });
                }
            }
            if enterprise.id == "battery" {
                let products = self.world.organizations[organization].products.clone();
                for _ in 0..14 {
                    let product = random.between(products.start as i32, products.end as i32 - 1);
                    let day = days - random.between(10, 260);
                    self.follow(day, Event::Injury { product: product as usize });
                }
            }
        }
    }

    /// The clusters in place and time.
    fn plan_clusters(&mut self, random: &mut Random) {
        let days = self.data.rates.period.days;
        let data = std::sync::Arc::clone(&self.data);
        for cluster in &data.story.cluster {
            let trades: Vec<usize> = cluster.trades.iter().filter_map(|t| data.trade(t)).collect();
            let here = |at: &usize| {
                let region = &self.world.region_of(*at).code;
                cluster.regions.iter().any(|code| code == region)
            };
            let of = trades.iter().flat_map(|trade| &self.world.by_trade[*trade]).copied();
            let of: Vec<usize> = of.filter(here).collect();
            if of.is_empty() {
                continue;
            }
            for _ in 0..cluster.complaints {
                // Slowly up, slowly down.
                let part = (random.unit() + random.unit()) / 2.0;
                let day = days - cluster.days_before_end + (part * f64::from(cluster.days)) as i32;
                let Some(organization) = self.some_open(&of, day, random) else { continue };
                let (category, hazard) = (cluster.category.clone(), cluster.hazard.clone());
                let event = Event::Complaint {
                    organization,
                    category: Some(category),
                    hazard: Some(hazard),
                };
                self.follow(day, event);
            }
        }
    }

    /// One day.
    pub(crate) fn live(&mut self, day: i32, random: &mut Random) {
        let busy = self.days.busy(day, &self.data.rates);
        for event in self.agenda.remove(&day).unwrap_or_default() {
            self.happen(day, event, random);
        }
        self.open_and_close(day, random);
        self.visits(day, busy, random);
        self.samples(day, busy, random);
        self.complaints(day, busy, random);
        self.trade_lines(day, busy, random);
        self.credits(day, busy, random);
        self.declarations(day, busy, random);
        self.risks(day, busy, random);
        self.cases(day, busy, random);
        self.chains(day);
    }

    fn happen(&mut self, day: i32, event: Event, random: &mut Random) {
        match event {
            Event::Visit { organization, sort, order } => {
                self.visit(day, organization, sort, order, random);
            }
            Event::Report(sampled) => self.report(day, *sampled, random),
            Event::Sample { maker, seller } => self.sample(day, maker, seller, random),
            Event::Penalty { organization, product, lot, violation } => {
                self.penalty(day, organization, product, lot, violation, random);
            }
            Event::Recall { product, lot, hazard, kind } => {
                self.recall(day, product, &lot, &hazard, kind, random);
            }
            Event::Calibration { instrument } => self.calibrate(day, instrument, random),
            Event::Complaint { organization, category, hazard } => {
                self.complain(day, Some(organization), category, hazard, random);
            }
            Event::Accident(accident) => self.accident(day, *accident, random),
            Event::Project { project, stage } => self.project(day, project, stage, random),
            Event::Commitment { organization, number, text, made } => {
                self.commitment_ends(day, organization, &number, &text, made, random);
            }
            Event::Lapse(lapse) => self.lapse(day, *lapse, random),
            Event::WrongImport => self.wrong_import(day, random),
            Event::Honour { organization, which } => self.honour(day, organization, which, random),
            Event::Case(case) => self.open_case(day, *case, random),
            Event::Injury { product } => self.injury(day, product, random),
        }
    }

    /// How many of something come on a day at a rate per organization and year.
    pub(crate) fn come(&self, each_year: f64, busy: f64, random: &mut Random) -> u32 {
        random.count(each_year * self.size() / 365.25 * busy)
    }

    /// The same at a rate per maker and year.
    pub(crate) fn come_to_makers(&self, each_year: f64, busy: f64, random: &mut Random) -> u32 {
        random.count(each_year * self.world.makers.len() as f64 / 365.25 * busy)
    }
}
