//! What does not fit in the records: found where it is asked about, never a reason to refuse.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ::trace::{Act, AsOf, Part, Sighting, Thing};

use super::amount::Millionths;
use super::answer::FindingSort;
use super::meaning::Meanings;
use super::note::{Life, What};
use super::sort::{Sort, product_of};
use super::state::State;
use super::walk::Found as Walked;
use super::whereabouts::Sides;

/// A finding, with the positions of its records.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Found {
    pub(super) sort: FindingSort,
    pub(super) thing: String,
    pub(super) records: Vec<u64>,
    pub(super) detail: Option<String>,
}

impl Found {
    fn new(
        state: &State,
        sort: FindingSort,
        thing: Thing,
        acts: &[Act],
        detail: Option<String>,
    ) -> Self {
        let mut records: Vec<u64> = acts.iter().map(|act| state.graph.record(*act)).collect();
        records.sort_unstable();
        records.dedup();
        Self { sort, thing: state.names.name(thing).to_owned(), records, detail }
    }
}

/// The most findings of an answer.
const MOST: usize = 1_000;

/// What does not fit of the things of an answer.
pub(super) fn of_answer(
    state: &State,
    meanings: &Meanings,
    walked: &Walked,
    as_of: AsOf,
) -> Vec<Found> {
    let things = walked.things.iter().filter(|thing| !thing.reached.as_class);
    let things: Vec<Thing> = things.map(|thing| thing.reached.thing).collect();
    let mut found = Finder::new(state, meanings, as_of);
    for thing in &things {
        if found.found.len() > MOST {
            break;
        }
        found.of_thing(*thing);
    }
    let mut acts: BTreeSet<Act> = walked.acts.clone();
    acts.extend(walked.things.iter().filter_map(|thing| thing.reached.through));
    found.loops(&acts);
    for act in acts {
        found.of_act(act);
    }
    found.found.into_iter().take(MOST).collect()
}

/// Finds what does not fit, as of two times.
pub(super) struct Finder<'s> {
    pub(super) state: &'s State,
    pub(super) meanings: &'s Meanings,
    pub(super) as_of: AsOf,
    /// Whether what carried a thing is looked at too.
    pub(super) told_of_carriers: bool,
    pub(super) found: BTreeSet<Found>,
}

impl<'s> Finder<'s> {
    pub(super) fn new(state: &'s State, meanings: &'s Meanings, as_of: AsOf) -> Self {
        Self { state, meanings, as_of, told_of_carriers: false, found: BTreeSet::new() }
    }

    /// One that is to look at all things.
    pub(super) fn of_all(state: &'s State, meanings: &'s Meanings, as_of: AsOf) -> Self {
        Self { told_of_carriers: true, ..Self::new(state, meanings, as_of) }
    }

    pub(super) fn note(
        &mut self,
        sort: FindingSort,
        thing: Thing,
        acts: &[Act],
        detail: Option<String>,
    ) {
        self.found.insert(Found::new(self.state, sort, thing, acts, detail));
    }

    /// What does not fit of a thing by itself.
    pub(super) fn of_thing(&mut self, thing: Thing) {
        let state = self.state;
        let sort = state.sort(thing);
        let own = state.graph.sightings(thing, self.as_of);
        let begins = |seen: &&Sighting| {
            seen.part == Part::Output
                || seen.part == Part::Object && state.note(seen.act).life == Life::Begin
        };
        let is_event = |seen: &&Sighting| state.note(seen.act).what.is_event();
        let begun: Vec<Sighting> = own.iter().filter(begins).copied().collect();
        if sort == Sort::Item {
            if let [first, .., last] = begun.as_slice() {
                self.note(FindingSort::Twice, thing, &[first.act, last.act], None);
            }
            let serial = product_of(state.names.name(thing)).is_some();
            let seen = own.iter().find(is_event);
            if let (Some(seen), [], true) = (seen, begun.as_slice(), serial) {
                self.note(FindingSort::NeverCommissioned, thing, &[seen.act], None);
            }
        }
        if matches!(sort, Sort::Item | Sort::Lot)
            && let (Some(first), Some(begin)) = (own.iter().find(is_event), begun.first())
            && first.at < begin.at
        {
            self.note(FindingSort::OutOfOrder, thing, &[first.act, begin.act], None);
        }
        if sort == Sort::Item {
            let ends = |seen: &&Sighting| {
                seen.part == Part::Input || state.note(seen.act).life == Life::Ended
            };
            let last = own.iter().rev().find(is_event);
            if let (Some(end), Some(last)) = (own.iter().find(ends), last)
                && last.at > end.at
            {
                self.note(FindingSort::OutOfOrder, thing, &[end.act, last.act], None);
            }
            let journey = state.graph.journey(thing, self.as_of);
            self.in_two_places(thing, &journey);
            self.impossible_journeys(thing, &journey);
        }
        if sort == Sort::Lot {
            self.lot_balance(thing, &own);
        }
        self.in_itself(thing);
    }

    /// Seen at one instant in two places.
    fn in_two_places(&mut self, thing: Thing, journey: &[Sighting]) {
        for pair in journey.windows(2) {
            let [one, two] = pair else { continue };
            let place = |act| Sides::of(self.state, self.meanings, act).place;
            if one.at == two.at
                && let (Some(here), Some(there)) = (place(one.act), place(two.act))
                && here != there
            {
                let names = [here, there].map(|place| self.state.names.name(place));
                let detail = Some(names.join(", "));
                self.note(FindingSort::Twice, thing, &[one.act, two.act], detail);
            }
        }
    }

    fn in_itself(&mut self, thing: Thing) {
        let graph = &self.state.graph;
        let mut chain = vec![thing];
        loop {
            let Some(last) = chain.last() else { return };
            let stays = graph.stays(*last, self.as_of).into_iter();
            let now =
                stays.filter(|stay| stay.lasts(self.as_of.valid)).max_by_key(|stay| stay.from);
            let Some(stay) = now else { return };
            if stay.parent == thing {
                self.note(FindingSort::Loop, thing, &[stay.packed], None);
                return;
            }
            if chain.contains(&stay.parent) {
                return;
            }
            chain.push(stay.parent);
        }
    }

    /// More of a lot was used than was ever made.
    fn lot_balance(&mut self, lot: Thing, own: &[Sighting]) {
        let state = self.state;
        let mut sums: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
        let mut acts = Vec::new();
        for seen in own {
            let is_made = seen.part == Part::Output
                || seen.part == Part::Object && state.note(seen.act).life == Life::Begin;
            if !is_made && seen.part != Part::Input {
                continue;
            }
            acts.push(seen.act);
            for (value, unit) in state.amounts.of(seen.act.0, lot.0) {
                let sum = sums.entry(unit).or_default();
                *(if is_made { &mut sum.0 } else { &mut sum.1 }) += i128::from(value);
            }
        }
        let over = sums.into_iter().find(|(_, (made, used))| *made > 0 && used > made);
        if let Some((unit, (made, used))) = over {
            let detail = balance(used, made, unit);
            self.note(FindingSort::MassBalance, lot, &acts, Some(detail));
        }
    }

    /// What does not fit of an act by itself.
    pub(super) fn of_act(&mut self, act: Act) {
        let (state, graph) = (self.state, &self.state.graph);
        let note = state.note(act);
        if note.orphan
            && let Some(link) = graph.of_act(act).iter().find(|link| link.part().is_sight())
        {
            self.note(FindingSort::MissingParent, link.thing(), &[act], None);
        }
        self.never_packed(act);
        if note.what != What::Transformation {
            return;
        }
        let process =
            graph.of_act(act).iter().find(|link| state.sort(link.thing()) == Sort::Process);
        let acts: Vec<Act> = match process {
            None => vec![act],
            Some(process) => {
                let links = graph.of_thing(process.thing());
                let all: BTreeSet<Act> = links
                    .map(|link| link.act())
                    .filter(|act| graph.holds(*act, self.as_of))
                    .collect();
                all.into_iter().collect()
            }
        };
        self.transformation(&acts);
    }

    /// Taken out of something into which no record packed it.
    fn never_packed(&mut self, act: Act) {
        let graph = &self.state.graph;
        let links = || graph.of_act(act).iter();
        let parent = links().find(|link| link.part() == Part::FormerParent);
        let Some(parent) = parent.map(|link| link.thing()) else { return };
        let packings: BTreeSet<Act> = graph
            .of_thing(parent)
            .filter(|link| link.part() == Part::Parent)
            .map(|link| link.act())
            .filter(|packed| graph.at(*packed) <= graph.at(act))
            .filter(|packed| graph.holds(*packed, self.as_of))
            .collect();
        let was_packed = |child: Thing| {
            let mut own = graph.of_thing(child).filter(|link| link.part() == Part::Child);
            own.any(|link| packings.contains(&link.act()))
        };
        let children = links().filter(|link| link.part() == Part::FormerChild);
        let mut children = children.map(|link| link.thing()).peekable();
        if children.peek().is_none() && packings.is_empty() {
            self.note(FindingSort::MissingParent, parent, &[act], None);
            return;
        }
        let never: Vec<Thing> = children.filter(|child| !was_packed(*child)).collect();
        if let Some(first) = never.first() {
            let name = self.state.names.name(*first);
            let more =
                if never.len() > 1 { format!(" +{}", never.len() - 1) } else { String::new() };
            self.note(FindingSort::MissingParent, parent, &[act], Some(format!("{name}{more}")));
        }
    }

    /// More came out of a transformation than went in. Where something has no amount, or one of
    /// another unit, nobody knows.
    fn transformation(&mut self, acts: &[Act]) {
        let (state, graph) = (self.state, &self.state.graph);
        let mut sums = [0_i128; 2];
        let (mut of, mut first): (Option<&str>, Option<Thing>) = (None, None);
        for act in acts {
            for link in graph.of_act(*act) {
                let side = match link.part() {
                    Part::Input => 0,
                    Part::Output => 1,
                    _ => continue,
                };
                let thing = link.thing();
                if state.sort(thing) == Sort::Process {
                    continue;
                }
                let mut amounts = state.amounts.of(act.0, thing.0).peekable();
                if amounts.peek().is_none() {
                    return;
                }
                for (value, unit) in amounts {
                    if *of.get_or_insert(unit) != unit || unit == "piece" {
                        return;
                    }
                    if let Some(sum) = sums.get_mut(side) {
                        *sum += i128::from(value);
                    }
                }
                if side == 1 && first.is_none() {
                    first = Some(thing);
                }
            }
        }
        let [went_in, came_out] = sums;
        if let (Some(thing), Some(unit)) = (first, of)
            && went_in > 0
            && came_out > went_in
        {
            let detail = balance(came_out, went_in, unit);
            self.note(FindingSort::MassBalance, thing, acts, Some(detail));
        }
    }

    /// Things that are made of themselves by some acts.
    pub(super) fn loops(&mut self, acts: &BTreeSet<Act>) {
        let mut edges = Edges::new();
        for act in acts {
            edges_of(self.state, *act, self.as_of, &mut edges);
        }
        self.found.extend(loops_among(self.state, &edges).into_iter().map(|(_, found)| found));
    }
}

/// What things lead to by being made into it, or by being of it, and the acts that say so.
pub(super) type Edges = HashMap<Thing, Vec<(Thing, Act)>>;

/// The lots that an item is of, with the acts that say so.
fn lots_of(state: &State, item: Thing, as_of: AsOf) -> Vec<(Thing, Act)> {
    let graph = &state.graph;
    let mut lots = Vec::new();
    for link in graph.of_thing(item).filter(|link| link.part() == Part::Member) {
        if !graph.counts(link.act(), as_of.known) {
            continue;
        }
        let classes = graph.of_act(link.act()).iter().filter(|of| of.part() == Part::Class);
        let classes = classes.filter(|class| state.sort(class.thing()) == Sort::Lot);
        lots.extend(classes.map(|class| (class.thing(), link.act())));
    }
    lots
}

/// Where a transformation leads.
pub(super) fn edges_of(state: &State, act: Act, as_of: AsOf, edges: &mut Edges) {
    if state.note(act).what != What::Transformation {
        return;
    }
    let links = || state.graph.of_act(act).iter();
    // What is said of a lot later is said of the items that came out.
    for output in links().filter(|link| link.part() == Part::Output) {
        if state.sort(output.thing()) == Sort::Item {
            let lots = lots_of(state, output.thing(), as_of);
            edges.entry(output.thing()).or_default().extend(lots);
        }
    }
    for input in links().filter(|link| link.part() == Part::Input) {
        let list = edges.entry(input.thing()).or_default();
        let outputs = links().filter(|link| link.part() == Part::Output);
        list.extend(outputs.map(|output| (output.thing(), act)));
    }
}

/// Where some things lead, and what they lead to, and so on.
pub(super) fn edges_from(state: &State, things: &BTreeSet<Thing>, as_of: AsOf) -> Edges {
    let graph = &state.graph;
    let mut edges = Edges::new();
    let mut waiting: Vec<Thing> = things.iter().copied().collect();
    while let Some(thing) = waiting.pop() {
        if edges.contains_key(&thing) {
            continue;
        }
        let mut list = Vec::new();
        let mut came_out = false;
        for link in graph.of_thing(thing) {
            let act = link.act();
            if !matches!(link.part(), Part::Input | Part::Output)
                || state.note(act).what != What::Transformation
                || !graph.holds(act, as_of)
            {
                continue;
            }
            if link.part() == Part::Output {
                came_out = true;
                continue;
            }
            let outputs = graph.of_act(act).iter().filter(|link| link.part() == Part::Output);
            list.extend(outputs.map(|output| (output.thing(), act)));
        }
        if came_out && state.sort(thing) == Sort::Item {
            list.extend(lots_of(state, thing, as_of));
        }
        waiting.extend(list.iter().map(|(to, _)| *to).filter(|to| !edges.contains_key(to)));
        edges.insert(thing, list);
    }
    edges
}

/// Things that are made of themselves, whatever the times say: strongly connected things and acts
/// (Tarjan, Depth-first search and linear graph algorithms, 1972), without recursion.
pub(super) fn loops_among(state: &State, edges: &Edges) -> Vec<(BTreeSet<Thing>, Found)> {
    let mut found = Vec::new();
    for part in components(edges) {
        let of_process = |thing: &&Thing| state.sort(**thing) != Sort::Process;
        let goods: BTreeSet<Thing> = part.iter().filter(of_process).copied().collect();
        let of_part = |thing: &Thing| part.contains(thing);
        let among = part.iter().flat_map(|thing| edges.get(thing).into_iter().flatten());
        let acts: BTreeSet<Act> =
            among.filter(|(to, _)| of_part(to)).map(|(_, act)| *act).collect();
        let itself = |thing: &Thing| {
            edges.get(thing).is_some_and(|next| next.iter().any(|(to, _)| to == thing))
        };
        // One that is told in parts goes round by way of its process.
        let is_loop = part.len() > 1 || goods.first().is_some_and(itself);
        if let Some(first) = goods.first().filter(|_| is_loop) {
            let names: Vec<&str> = goods.iter().map(|t| state.names.name(*t)).collect();
            let detail = Some(names.join(", "));
            let acts: Vec<Act> = acts.into_iter().collect();
            found.push((part, Found::new(state, FindingSort::Loop, *first, &acts, detail)));
        }
    }
    found
}

fn balance(more: i128, less: i128, unit: &str) -> String {
    let [more, less] = [more, less].map(|sum| Millionths(i64::try_from(sum).unwrap_or(i64::MAX)));
    format!("{more} > {less} {unit}")
}

/// The strongly connected components with more than one thing, or with one that leads to itself.
fn components(next: &Edges) -> Vec<BTreeSet<Thing>> {
    let mut order: HashMap<Thing, (usize, usize)> = HashMap::new();
    let (mut stack, mut on_stack): (Vec<Thing>, BTreeSet<Thing>) = (Vec::new(), BTreeSet::new());
    let mut found = Vec::new();
    let mut roots: Vec<Thing> = next.keys().copied().collect();
    roots.sort_unstable();
    for root in roots {
        if order.contains_key(&root) {
            continue;
        }
        let mut path: Vec<(Thing, usize)> = vec![(root, 0)];
        while let Some((thing, at)) = path.pop() {
            if at == 0 {
                let number = order.len();
                order.insert(thing, (number, number));
                stack.push(thing);
                on_stack.insert(thing);
            }
            let step = next.get(&thing).and_then(|next| next.get(at)).map(|(to, _)| *to);
            let low = |order: &HashMap<Thing, (usize, usize)>, thing| order.get(&thing).copied();
            if let Some(to) = step {
                path.push((thing, at + 1));
                match low(&order, to) {
                    None => path.push((to, 0)),
                    Some((number, _)) if on_stack.contains(&to) => {
                        lower(&mut order, thing, number);
                    }
                    Some(_) => {}
                }
                continue;
            }
            let Some((number, lowest)) = low(&order, thing) else { continue };
            if let Some((above, _)) = path.last() {
                lower(&mut order, *above, lowest);
            }
            if number == lowest {
                let mut part = BTreeSet::new();
                while let Some(one) = stack.pop() {
                    on_stack.remove(&one);
                    part.insert(one);
                    if one == thing {
                        break;
                    }
                }
                found.push(part);
            }
        }
    }
    found
}

fn lower(order: &mut HashMap<Thing, (usize, usize)>, thing: Thing, to: usize) {
    if let Some((_, lowest)) = order.get_mut(&thing) {
        *lowest = (*lowest).min(to);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_to_itself_is_a_component() {
        let edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (5, 5), (4, 6)];
        let mut next = Edges::new();
        for (from, to) in edges {
            next.entry(Thing(from)).or_default().push((Thing(to), Act(0)));
        }
        let mut found: Vec<Vec<u32>> = components(&next)
            .into_iter()
            .map(|part| part.into_iter().map(|thing| thing.0).collect())
            .collect();
        found.sort();
        assert_eq!(found, [vec![0, 1, 2], vec![3], vec![4], vec![5], vec![6]]);
    }
}
