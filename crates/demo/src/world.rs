//! Who and what there is in the province before anything happens: places of the register, made from
//! the seed alone.

use std::collections::HashMap;

use clock::Date;
use pack::Pack;
use stats::random::Random;

use crate::code::{self, Sort};
use crate::data::{Data, Role};
use crate::draw::{Draw as _, sums};
use crate::time::Days;

/// Streams of random numbers: one for each piece of work.
pub(crate) mod stream {
    pub(crate) const WORLD: u64 = 1;
    pub(crate) const STORY: u64 = 2;
    pub(crate) const LOAD: u64 = 3;
    /// And the day added.
    pub(crate) const DAYS: u64 = 1_000;
}

/// A division in which things happen: a county, or a unit that the province administers itself.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) code: String,
    pub(crate) name: String,
    pub(crate) city: String,
    pub(crate) latitude: f64,
    pub(crate) longitude: f64,
    /// From when on both the division and its office are there.
    pub(crate) from: Option<Date>,
    /// What its office is called in the numbers of documents.
    pub(crate) short: String,
    /// The name of its office.
    pub(crate) office: String,
}

/// An organization. `opens` and `closes` are days of the period.
#[derive(Debug)]
pub(crate) struct Organization {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) region: usize,
    pub(crate) trade: usize,
    pub(crate) established: Date,
    pub(crate) opens: i32,
    pub(crate) closes: i32,
    /// How many times as often as elsewhere things go wrong.
    pub(crate) fault: f64,
    pub(crate) size: &'static str,
    pub(crate) products: std::ops::Range<usize>,
    /// Of the story: the share of its tests that fail.
    pub(crate) fails: Option<f64>,
}

impl Organization {
    /// Whether it is one of the story.
    pub(crate) fn is_of_story(&self) -> bool {
        self.fails.is_some()
    }
}

/// A product.
#[derive(Debug)]
pub(crate) struct Product {
    pub(crate) gtin: String,
    pub(crate) maker: usize,
    pub(crate) name: String,
    pub(crate) brand: usize,
}

impl Product {
    pub(crate) fn id(&self) -> String {
        format!("gtin:{}", self.gtin)
    }

    pub(crate) fn lot(&self, lot: &str) -> String {
        format!("https://id.gs1.org/01/0{}/10/{lot}", self.gtin)
    }
}

/// An instrument: of a laboratory, of a shop, or a standard of a calibration body.
#[derive(Debug)]
pub(crate) struct Instrument {
    pub(crate) id: String,
    pub(crate) holder: usize,
    pub(crate) sort: usize,
    pub(crate) serial: String,
    /// The day on which it is due.
    pub(crate) due: i32,
    pub(crate) is_standard: bool,
}

/// All of it.
pub(crate) struct World {
    pub(crate) regions: Vec<Region>,
    pub(crate) organizations: Vec<Organization>,
    pub(crate) products: Vec<Product>,
    pub(crate) instruments: Vec<Instrument>,
    pub(crate) makers: Vec<usize>,
    pub(crate) sellers: Vec<usize>,
    pub(crate) by_trade: Vec<Vec<usize>>,
    /// The instruments of each laboratory.
    pub(crate) of_laboratory: Vec<(usize, Vec<usize>)>,
    /// The standards of each calibration body.
    pub(crate) of_body: Vec<(usize, Vec<usize>)>,
    /// The instruments of each holder.
    pub(crate) of_holder: HashMap<usize, Vec<usize>>,
    /// The enterprises of the story, in its order.
    pub(crate) story: Vec<usize>,
}

/// A sort of instrument: name, category, what is measured, lower end, upper end, unit, error,
/// compulsory, interval in months, specification.
type Sorted = (
    &'static str,
    &'static str,
    &'static str,
    f64,
    f64,
    &'static str,
    &'static str,
    bool,
    i32,
    &'static str,
);

/// Sorts of instruments.
pub(crate) const INSTRUMENTS: &[Sorted] = &[
    ("电子天平", "mass", "质量", 0.0, 220.0, "g", "±0.5 mg", false, 12, "JJG 1036"),
    ("原子吸收光谱仪", "chemistry", "浓度", 0.0, 10.0, "mg/L", "±5 %", false, 24, "JJG 694"),
    ("液相色谱仪", "chemistry", "浓度", 0.0, 100.0, "mg/L", "±4 %", false, 24, "JJG 705"),
    ("恒温培养箱", "temperature", "温度", 5.0, 65.0, "Cel", "±1.0 Cel", false, 12, "JJF 1101"),
    ("万能试验机", "other", "力", 0.0, 600.0, "kN", "±1 %", false, 12, "JJG 139"),
    ("耐电压测试仪", "electrical", "电压", 0.0, 5000.0, "V", "±5 %", false, 12, "JJG 795"),
    ("电子计价秤", "trade", "质量", 0.0, 30.0, "kg", "±15 g", true, 12, "JJG 539"),
    ("燃油加油机", "trade", "流量", 5.0, 50.0, "L", "±0.30 %", true, 6, "JJG 443"),
    ("血压计", "medical", "压力", 0.0, 40.0, "kPa", "±0.5 kPa", true, 6, "JJG 270"),
];
/// What laboratories have, what shops have, what stations have, what hospitals have.
pub(crate) const OF_LABORATORY: std::ops::Range<usize> = 0..6;
pub(crate) const SCALES: usize = 6;
pub(crate) const BLOOD_PRESSURE: usize = 8;
/// The place of the spectrometer, which the story needs.
pub(crate) const SPECTROMETER: usize = 1;

impl World {
    pub(crate) fn new(
        pack: &Pack,
        data: &Data,
        days: &Days,
        seed: u64,
        organizations: u32,
    ) -> Self {
        let mut random = Random::stream(seed, stream::WORLD);
        let regions = regions(pack, data, days.date(data.rates.period.days), &mut random);
        let mut world = Self {
            by_trade: vec![Vec::new(); data.trades.len()],
            regions: regions.0,
            organizations: Vec::with_capacity(organizations as usize),
            products: Vec::new(),
            instruments: Vec::new(),
            makers: Vec::new(),
            sellers: Vec::new(),
            of_laboratory: Vec::new(),
            of_body: Vec::new(),
            of_holder: HashMap::new(),
            story: Vec::new(),
        };
        for enterprise in &data.story.enterprise {
            world.add_story(data, days, enterprise, &mut random);
        }
        let times = f64::from(organizations) / 5_000.0;
        for (at, trade) in data.trades.iter().enumerate() {
            if trade.role == Role::Special {
                // One of each at any scale, and no more than a thousandfold of what there is in a
                // small one.
                let wanted = libm::ceil(trade.each * times.min(20.0)) as usize;
                for _ in 0..wanted.max(1) {
                    let region = random.weighted(&regions.1);
                    world.add(data, days, at, region, None, &mut random);
                }
            }
        }
        let shares = sums(data.trades.iter().map(|trade| trade.share));
        while world.organizations.len() < organizations as usize {
            let (trade, region) = (random.weighted(&shares), random.weighted(&regions.1));
            world.add(data, days, trade, region, None, &mut random);
        }
        world.equip(data, &mut random);
        world
    }

    fn add_story(
        &mut self,
        data: &Data,
        days: &Days,
        enterprise: &crate::data::Enterprise,
        random: &mut Random,
    ) {
        let trade = data.trade(&enterprise.trade).unwrap_or(0);
        let region = self.regions.iter().position(|region| region.code == enterprise.region);
        let named = Some((enterprise.name.as_str(), enterprise.fault, enterprise.fails));
        self.add(data, days, trade, region.unwrap_or(0), named, random);
        self.story.push(self.organizations.len() - 1);
    }

    fn add(
        &mut self,
        data: &Data,
        days: &Days,
        trade_at: usize,
        region_at: usize,
        named: Option<(&str, f64, f64)>,
        random: &mut Random,
    ) {
        let (Some(trade), Some(region)) = (data.trades.get(trade_at), self.regions.get(region_at))
        else {
            return;
        };
        let number = self.organizations.len();
        let sort = match trade.organization_type.as_str() {
            "individual" => Sort::Individual,
            "cooperative" => Sort::Cooperative,
            "institution" => Sort::Institution,
            _ => Sort::Enterprise,
        };
        let Some(code) = code::uscc(number as u32, &region.code, sort) else { return };
        let names = &data.names;
        let name = match named {
            Some((name, ..)) => format!("{name}{}", names.mark),
            None => {
                let (first, second) = (random.pick(&names.first), random.pick(&names.second));
                // A second pair, where two would be too few to tell thousands apart.
                let third = random.pick(&names.second);
                let place = plain(&region.name);
                format!("{place}{first}{second}{third}{}{}{}", trade.word, trade.suffix, names.mark)
            }
        };
        let rates = &data.rates;
        let years = f64::from(rates.period.days) / 365.25;
        let is_new = named.is_none()
            && trade.role != Role::Special
            && random.happens(rates.register.opened * years);
        let opens = if is_new { random.between(1, rates.period.days - 5) } else { -1 };
        let established = match is_new {
            true => days.date(opens),
            false => days.date(-random.between(200, 7_500)),
        };
        let established = established.max(region.from.unwrap_or(established));
        let is_over = named.is_none()
            && trade.role != Role::Special
            && random.happens(rates.register.closed * years);
        let least = opens.max(60) + 30;
        let closes = if is_over && least < rates.period.days {
            random.between(least, rates.period.days)
        } else {
            i32::MAX
        };
        let spread = libm::exp(libm::log(rates.bad.spread) * random.normal().clamp(-2.5, 2.5));
        let fault = match named {
            Some((_, fault, _)) => fault,
            None if random.happens(rates.bad.share) => rates.bad.times,
            // The mean of a log-normal number is above its median; on the whole it is to be 1.
            None => spread * libm::exp(-libm::pow(libm::log(rates.bad.spread), 2.0) / 2.0),
        };
        let size = match (sort, random.place(20)) {
            (Sort::Individual | Sort::Cooperative, _) => "micro",
            _ if named.is_some() => "medium",
            (_, 0) => "large",
            (_, 1..4) => "medium",
            (_, 4..12) => "small",
            _ => "micro",
        };
        let first = self.products.len();
        if trade.role == Role::Maker {
            let wanted = (1 + random.place(3)).min(trade.products.len());
            let begin = random.place(trade.products.len());
            for step in 0..if named.is_some() { trade.products.len() } else { wanted } {
                let at = (begin + step) % trade.products.len();
                let Some(gtin) = code::gtin(self.products.len() as u32) else { continue };
                let brand = random.place(names.brand.len());
                let name = format!("{}{}", names.brand[brand], trade.products[at]);
                self.products.push(Product { gtin, maker: number, name, brand });
            }
            self.makers.push(number);
        }
        if trade.role == Role::Seller {
            self.sellers.push(number);
        }
        self.by_trade[trade_at].push(number);
        self.organizations.push(Organization {
            id: format!("uscc:{code}"),
            name,
            region: region_at,
            trade: trade_at,
            established,
            opens,
            closes,
            fault,
            size,
            products: first..self.products.len(),
            fails: named.map(|(_, _, fails)| fails),
        });
    }

    /// Gives laboratories, calibration bodies and some shops their instruments.
    fn equip(&mut self, data: &Data, random: &mut Random) {
        let of = |id: &str| data.trade(id).map(|at| self.by_trade[at].clone()).unwrap_or_default();
        let (laboratories, bodies) = (of("laboratory"), of("calibration-body"));
        let hospitals = of("hospital");
        let rates = &data.rates.metrology;
        for body in bodies {
            let own = (0..INSTRUMENTS.len()).map(|sort| self.instrument(body, sort, true, random));
            let own: Vec<usize> = own.collect();
            self.of_body.push((body, own));
        }
        for laboratory in laboratories {
            let own = (0..rates.laboratory_instruments as usize).map(|at| {
                let sort = OF_LABORATORY.start + at % OF_LABORATORY.len();
                self.instrument(laboratory, sort, false, random)
            });
            let own: Vec<usize> = own.collect();
            self.of_laboratory.push((laboratory, own));
        }
        let scales = (self.organizations.len() as f64 * rates.trade_instruments) as usize;
        for _ in 0..scales {
            let holder = self.sellers[random.place(self.sellers.len())];
            self.instrument(holder, SCALES, false, random);
        }
        for hospital in hospitals {
            (0..3).for_each(|_| _ = self.instrument(hospital, BLOOD_PRESSURE, false, random));
        }
    }

    fn instrument(
        &mut self,
        holder: usize,
        sort: usize,
        is_standard: bool,
        random: &mut Random,
    ) -> usize {
        let at = self.instruments.len();
        let interval = INSTRUMENTS[sort].8;
        self.of_holder.entry(holder).or_default().push(at);
        self.instruments.push(Instrument {
            id: format!("instrument:demo-{:06}", at + 1),
            holder,
            sort,
            serial: format!("{}{:05}", (b'A' + (sort as u8)) as char, random.place(100_000)),
            due: random.between(1, interval * 30),
            is_standard,
        });
        at
    }

    pub(crate) fn region_of(&self, organization: usize) -> &Region {
        &self.regions[self.organizations[organization].region]
    }
}

/// The name of a division without what it is.
fn plain(name: &str) -> &str {
    let plain = name.trim_end_matches(['市', '县', '区']);
    let plain = plain.strip_suffix("土家族自治").unwrap_or(plain);
    // What would be left of some is one letter.
    if plain.chars().count() > 1 { plain } else { name }
}

/// The divisions and the running sums of their shares.
fn regions(pack: &Pack, data: &Data, on: Date, random: &mut Random) -> (Vec<Region>, Vec<f64>) {
    let divisions = &pack.tables().divisions;
    let (mut found, mut shares) = (Vec::new(), Vec::new());
    for (city, line) in &data.regions.city {
        let below: Vec<&codes::Division> = divisions.children(city, on).collect();
        let here: Vec<&codes::Division> = match below.is_empty() {
            true => divisions.get(city, on).into_iter().collect(),
            false => below,
        };
        let weights: Vec<f64> = here.iter().map(|_| 0.5 + random.unit()).collect();
        let total: f64 = weights.iter().sum();
        for (division, weight) in here.iter().zip(weights) {
            let office = pack.office(&division.code).and_then(|office| office.on(on));
            let Some(office) = office else { continue };
            // A city has a letter of its own; a county is called by its name, as "武昌".
            let short = office.short.clone().unwrap_or_else(|| plain(&division.name).to_owned());
            let scatter = |random: &mut Random| random.normal() * data.regions.scatter.degrees;
            found.push(Region {
                code: division.code.clone(),
                name: division.name.clone(),
                city: city.clone(),
                latitude: line.latitude + scatter(random),
                longitude: line.longitude + scatter(random),
                from: division.in_force.from.max(office.in_force.from),
                short,
                office: office.label.zh.clone(),
            });
            shares.push(line.share * weight / total);
        }
    }
    (found, sums(shares))
}
