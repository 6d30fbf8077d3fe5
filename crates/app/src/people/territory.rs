//! The offices of a pack as they stand on one day, ready for quick questions: who is below whom,
//! which regions, trades and kinds are whose, whose the records of an office are that is no more.

use std::collections::HashMap;

use clock::Date;
use pack::{Extent, NO_REGION, Pack, Reach};

/// A set of small numbers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Bits(Box<[u64]>);

impl Bits {
    pub(crate) fn of(numbers: impl IntoIterator<Item = u16>) -> Self {
        let mut words: Vec<u64> = Vec::new();
        for number in numbers {
            let (word, bit) = (usize::from(number / 64), number % 64);
            if words.len() <= word {
                words.resize(word + 1, 0);
            }
            if let Some(word) = words.get_mut(word) {
                *word |= 1 << bit;
            }
        }
        Self(words.into_boxed_slice())
    }

    pub(crate) fn has(&self, number: u16) -> bool {
        let word = self.0.get(usize::from(number / 64)).copied().unwrap_or(0);
        word >> (number % 64) & 1 == 1
    }
}

/// One office on the day.
#[derive(Debug, Clone)]
struct Node {
    id: Box<str>,
    /// Whether it is there on the day.
    alive: bool,
    /// Its place in a walk of the tree, and where those below it end.
    from: u16,
    to: u16,
    /// Whose its records are: its own, or its last successor's.
    heir: Option<u16>,
    regions: Bits,
    /// None: all.
    trades: Option<Bits>,
    /// None: all.
    kinds: Option<Bits>,
}

/// The offices, permissions and codes of a pack on a day.
#[derive(Debug)]
pub struct Territory {
    day: Date,
    permissions: HashMap<Box<str>, (u16, Reach)>,
    offices: HashMap<Box<str>, u16>,
    nodes: Vec<Node>,
    regions: HashMap<Box<str>, u16>,
    trades: HashMap<Box<str>, u16>,
    kinds: HashMap<Box<str>, u16>,
}

fn numbered<'a>(names: impl IntoIterator<Item = &'a str>) -> HashMap<Box<str>, u16> {
    let mut numbers = HashMap::new();
    for name in names {
        // A pack has some hundreds of each; what is beyond is in no set, and so nobody's.
        let next = u16::try_from(numbers.len()).unwrap_or(u16::MAX);
        numbers.entry(name.into()).or_insert(next);
    }
    numbers
}

impl Territory {
    /// The offices of a pack on a day.
    pub fn of(pack: &Pack, day: Date) -> Self {
        let permissions = pack.permissions().enumerate();
        let permissions = permissions
            .map(|(at, p)| (p.id.as_str().into(), (u16::try_from(at).unwrap_or(u16::MAX), p.reach)))
            .collect();
        let tables = pack.tables();
        let divisions = tables.divisions.all().map(|division| division.code.as_str());
        let mut territory = Self {
            day,
            permissions,
            offices: numbered(pack.offices().map(|office| office.id.as_str())),
            nodes: Vec::new(),
            regions: numbered(divisions.chain([NO_REGION])),
            trades: numbered(tables.industries.all().map(|industry| industry.code.as_str())),
            kinds: numbered(pack.kinds().map(|kind| kind.id.as_str())),
        };
        territory.nodes = pack.offices().map(|office| territory.node(pack, office)).collect();
        territory.walk(pack);
        territory
    }

    fn node(&self, pack: &Pack, office: &pack::Office) -> Node {
        let period = office.on(self.day);
        let set =
            |extent: &Extent, numbers: &HashMap<Box<str>, u16>, fits: &dyn Fn(&str) -> bool| {
                match extent {
                    Extent::All => None,
                    Extent::These(_) => {
                        let fitting = numbers.iter().filter(|(name, _)| fits(name));
                        Some(Bits::of(fitting.map(|(_, number)| *number)))
                    }
                }
            };
        let mut node = Node {
            id: office.id.as_str().into(),
            alive: period.is_some(),
            from: 0,
            to: 0,
            heir: pack
                .heir(&office.id, self.day)
                .and_then(|heir| self.offices.get(heir.id.as_str()).copied()),
            regions: Bits::default(),
            trades: Some(Bits::default()),
            kinds: Some(Bits::default()),
        };
        let Some(period) = period else { return node };
        let regions =
            self.regions.iter().filter(|(code, _)| self.is_in(pack, code, &period.regions));
        node.regions = Bits::of(regions.map(|(_, number)| *number));
        let industries = &pack.tables().industries;
        node.trades = set(&period.industries, &self.trades, &|code| {
            let Extent::These(named) = &period.industries else { return true };
            let found = industries.history(code).last();
            named.iter().any(|name| {
                name == code || found.is_some_and(|found| found.section.to_string() == *name)
            })
        });
        node.kinds = set(&period.kinds, &self.kinds, &|kind| match &period.kinds {
            Extent::All => true,
            Extent::These(named) => named.iter().any(|name| name == kind),
        });
        node
    }

    /// Whether a division lies in an office's. One that is no more lies where it last lay, or where
    /// what became of it lies.
    fn is_in(&self, pack: &Pack, code: &str, extent: &Extent) -> bool {
        let Extent::These(named) = extent else { return true };
        if code == NO_REGION {
            return named.iter().any(|name| name == NO_REGION);
        }
        let divisions = &pack.tables().divisions;
        let mut open = vec![code];
        let mut seen: Vec<&str> = Vec::new();
        while let Some(code) = open.pop() {
            if seen.contains(&code) {
                continue;
            }
            seen.push(code);
            if divisions.get(code, self.day).is_some() {
                if named.iter().any(|name| divisions.is_within(code, name, self.day)) {
                    return true;
                }
                continue;
            }
            let last = divisions
                .history(code)
                .iter()
                .rev()
                .find(|division| division.in_force.to.is_some_and(|to| to < self.day));
            let Some(last) = last else { continue };
            if last.became.is_empty() {
                let to = last.in_force.to.unwrap_or(self.day);
                if named.iter().any(|name| divisions.is_within(code, name, to)) {
                    return true;
                }
            }
            open.extend(last.became.iter().map(String::as_str));
        }
        false
    }

    /// Numbers the tree so that all below an office are one range.
    fn walk(&mut self, pack: &Pack) {
        let mut below: HashMap<u16, Vec<u16>> = HashMap::new();
        let mut tops = Vec::new();
        for office in pack.offices() {
            let Some(&number) = self.offices.get(office.id.as_str()) else { continue };
            let Some(period) = office.on(self.day) else { continue };
            let parent = period.parent.as_deref().and_then(|parent| self.offices.get(parent));
            let parent =
                parent.filter(|p| self.nodes.get(usize::from(**p)).is_some_and(|n| n.alive));
            match parent {
                Some(parent) => below.entry(*parent).or_default().push(number),
                None => tops.push(number),
            }
        }
        let mut next = 1;
        // On the way down an office gets its place, on the way back its end.
        let mut open: Vec<(u16, bool)> = tops.into_iter().map(|top| (top, true)).collect();
        while let Some((number, is_down)) = open.pop() {
            let Some(node) = self.nodes.get_mut(usize::from(number)) else { continue };
            if is_down {
                node.from = next;
                next += 1;
                open.push((number, false));
                open.extend(below.get(&number).into_iter().flatten().map(|b| (*b, true)));
            } else {
                node.to = next;
            }
        }
    }

    /// The day.
    pub fn day(&self) -> Date {
        self.day
    }

    pub(crate) fn permission(&self, id: &str) -> Option<(u16, Reach)> {
        self.permissions.get(id).copied()
    }

    /// An office that is there on the day.
    pub(crate) fn office(&self, id: &str) -> Option<u16> {
        self.offices
            .get(id)
            .copied()
            .filter(|number| self.node_at(*number).is_some_and(|n| n.alive))
    }

    /// Whose the records of an office are on the day.
    pub(crate) fn heir_of(&self, office: &str) -> Option<u16> {
        self.offices.get(office).and_then(|number| self.node_at(*number)?.heir)
    }

    fn node_at(&self, number: u16) -> Option<&Node> {
        self.nodes.get(usize::from(number))
    }

    /// Whether an office is another or below it.
    pub(crate) fn is_below(&self, office: u16, above: u16) -> bool {
        let (Some(office), Some(above)) = (self.node_at(office), self.node_at(above)) else {
            return false;
        };
        office.alive && above.alive && (above.from..above.to).contains(&office.from)
    }

    /// Whether an office has power in a region.
    pub(crate) fn has_region(&self, office: u16, region: &str) -> bool {
        let region = self.regions.get(region);
        region.is_some_and(|r| self.node_at(office).is_some_and(|node| node.regions.has(*r)))
    }

    /// Whether an office has power over a trade.
    pub(crate) fn has_trade(&self, office: u16, trade: &str) -> bool {
        let has = |bits: &Bits| self.trades.get(trade).is_some_and(|trade| bits.has(*trade));
        self.node_at(office).is_some_and(|node| node.trades.as_ref().is_none_or(has))
    }

    /// Whether a kind of record is an office's matter.
    pub(crate) fn has_kind(&self, office: u16, kind: &str) -> bool {
        let has = |bits: &Bits| self.kinds.get(kind).is_some_and(|kind| bits.has(*kind));
        self.node_at(office).is_some_and(|node| node.kinds.as_ref().is_none_or(has))
    }

    /// The offices whose records are an office's, with those of all below where it is asked: itself,
    /// and those that it, or one below it, succeeded.
    pub(crate) fn owned_by(&self, office: u16, below: bool) -> impl Iterator<Item = &str> {
        let owned = move |node: &&Node| {
            node.heir.is_some_and(|heir| heir == office || below && self.is_below(heir, office))
        };
        self.nodes.iter().filter(owned).map(|node| &*node.id)
    }

    /// The regions in which an office has power.
    pub(crate) fn regions_of(&self, office: u16) -> impl Iterator<Item = &str> {
        let node = self.node_at(office);
        let has = move |number: &u16| node.is_some_and(|node| node.regions.has(*number));
        self.regions.iter().filter(move |(_, number)| has(number)).map(|(code, _)| &**code)
    }
}
