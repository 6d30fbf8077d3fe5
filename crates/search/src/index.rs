//! All of it together: what is put in, taken out and searched.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasher as _, RandomState};

use crate::codes;
use crate::documents::Documents;
use crate::fold::{fold, fold_code};
use crate::lexicon::Lexicon;
use crate::matching::{By, Fit, Leniency, fit, fit_pattern};
use crate::postings::{Postings, intersect};
use crate::query::{self, Pattern, Term, Token};
use crate::sound;
use crate::subject::{Facet, Found, Hit, How, NameSort, Subject};

/// Keys of single units.
const UNITS: usize = 1 << 16;
/// Keys of syllables.
const SYLLABLES: usize = 512;
const LETTERS: u16 = 26;
/// Where fewer are found by sounds that stand together, those apart are looked for too.
const FEW: usize = 50;
/// A list so many times as long as the shortest is not worth reading.
const LONG: usize = 10;

/// A document that fits.
struct Fitting {
    /// How it fits, what it weighs and how long its name is: the smaller the better.
    rank: u64,
    document: u32,
    fit: Fit,
}

/// An index over subjects.
pub struct Index {
    lexicon: Lexicon,
    documents: Documents,
    /// One bit for each document: whether it is still there.
    alive: Vec<u64>,
    living: usize,
    /// Documents by the hash of their id. Two ids of one hash are told apart by `doubles`.
    by_id: HashMap<u64, u32>,
    doubles: HashMap<String, u32>,
    hasher: RandomState,
    in_names: Postings,
    in_addresses: Postings,
    syllables: Postings,
    /// Initials of two characters that stand together in a name.
    pairs: Postings,
    initials: Postings,
    /// Initials of the first character of a name and of its core.
    beginnings: Postings,
}

impl Index {
    /// An empty index.
    pub fn new(lexicon: Lexicon) -> Self {
        Self {
            lexicon,
            documents: Documents::default(),
            alive: Vec::new(),
            living: 0,
            by_id: HashMap::new(),
            doubles: HashMap::new(),
            hasher: RandomState::new(),
            in_names: Postings::new(UNITS),
            in_addresses: Postings::new(UNITS),
            syllables: Postings::new(SYLLABLES),
            pairs: Postings::new(usize::from(LETTERS * LETTERS)),
            initials: Postings::new(LETTERS.into()),
            beginnings: Postings::new(LETTERS.into()),
        }
    }

    /// How many subjects it holds.
    pub fn len(&self) -> usize {
        self.living
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.living == 0
    }

    /// Bytes that it takes, about.
    pub fn bytes(&self) -> usize {
        let postings = [
            &self.in_names,
            &self.in_addresses,
            &self.syllables,
            &self.pairs,
            &self.initials,
            &self.beginnings,
        ];
        self.documents.bytes()
            + postings.into_iter().map(Postings::bytes).sum::<usize>()
            + 8 * self.alive.capacity()
            + 18 * self.by_id.capacity()
    }

    /// Puts a subject in; one that was there under its id is replaced.
    pub fn put(&mut self, subject: &Subject) {
        self.remove(&subject.id);
        let document = self.documents.push(subject, &self.lexicon);
        self.mark(document, true);
        match self.by_id.entry(self.hasher.hash_one(&subject.id)) {
            Entry::Vacant(free) => {
                free.insert(document);
            }
            Entry::Occupied(mut taken) => {
                if self.documents.id(*taken.get()) == subject.id {
                    taken.insert(document);
                } else {
                    self.doubles.insert(subject.id.clone(), document);
                }
            }
        }
        self.post(document);
    }

    fn post(&mut self, document: u32) {
        for name in self.documents.names(document) {
            for unit in name.folded {
                self.in_names.add(*unit, document);
                for syllable in sound::readings(*unit) {
                    self.syllables.add(*syllable, document);
                }
                for initial in sound::initials(*unit) {
                    self.initials.add(initial.into(), document);
                }
            }
            for unit in name.folded.first().into_iter().chain(name.core().first()) {
                for initial in sound::initials(*unit) {
                    self.beginnings.add(initial.into(), document);
                }
            }
            for pair in name.folded.windows(2) {
                let [first, second] = pair else { continue };
                for a in sound::initials(*first) {
                    for b in sound::initials(*second) {
                        self.pairs.add(pair_of(a, b), document);
                    }
                }
            }
        }
        for unit in self.documents.folded_address(document) {
            self.in_addresses.add(*unit, document);
        }
    }

    /// Takes a subject out; false where there is none with this id.
    pub fn remove(&mut self, id: &str) -> bool {
        let Some(document) = self.document(id) else { return false };
        self.mark(document, false);
        true
    }

    fn mark(&mut self, document: u32, is_alive: bool) {
        let (word, bit) = (document as usize / 64, 1 << (document % 64));
        if word >= self.alive.len() {
            self.alive.resize(word + 1, 0);
        }
        if let Some(word) = self.alive.get_mut(word) {
            let was_alive = *word & bit != 0;
            *word = if is_alive { *word | bit } else { *word & !bit };
            self.living = self.living + usize::from(is_alive) - usize::from(was_alive);
        }
    }

    fn is_alive(&self, document: u32) -> bool {
        let word = self.alive.get(document as usize / 64).copied().unwrap_or(0);
        word >> (document % 64) & 1 == 1
    }

    fn document(&self, id: &str) -> Option<u32> {
        let by_hash = self.by_id.get(&self.hasher.hash_one(id)).copied();
        let own = by_hash.filter(|document| self.documents.id(*document) == id);
        own.or_else(|| self.doubles.get(id).copied()).filter(|document| self.is_alive(*document))
    }

    /// The subject with an id, as it was put in; its codes in the form in which they are compared.
    pub fn subject(&self, id: &str) -> Option<Subject> {
        self.document(id).map(|document| self.documents.subject(document))
    }

    /// The name of a subject now.
    pub fn name(&self, id: &str) -> Option<&str> {
        self.document(id).map(|document| self.documents.name_now(document))
    }

    /// The ids of the subjects that have a code, in the order of the ids.
    pub fn with_code(&self, code: &str) -> Vec<&str> {
        let code = fold_code(code);
        let whole =
            self.documents.codes.beginning(&code).into_iter().filter(|(document, number)| {
                self.is_alive(*document) && self.documents.codes.get(*number as usize) == code
            });
        let mut ids: Vec<&str> = whole.map(|(document, _)| self.documents.id(document)).collect();
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// Subjects, in the order of their ids.
    pub fn ids(&self) -> Vec<&str> {
        let all = 0..self.documents.len() as u32;
        let living = all.filter(|document| self.is_alive(*document));
        let mut ids: Vec<&str> = living.map(|document| self.documents.id(document)).collect();
        ids.sort_unstable();
        ids
    }

    /// Ids of subjects that have the same name now, written in whatever way: groups of two and
    /// more, in the order of the names, each in the order of its ids.
    pub fn namesakes(&self, admits: impl Fn(Facet<'_>) -> bool) -> Vec<Vec<&str>> {
        let mut named: Vec<(&[u16], u32)> = Vec::new();
        for document in 0..self.documents.len() as u32 {
            if self.is_alive(document) && admits(self.documents.facet(document)) {
                let mut names = self.documents.names(document);
                let now = names.find(|name| name.sort == NameSort::Current);
                named.extend(now.filter(|n| !n.folded.is_empty()).map(|n| (n.folded, document)));
            }
        }
        named.sort_unstable();
        let groups = named.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        let groups = groups.map(|group| {
            let mut ids: Vec<&str> = group.iter().map(|(_, d)| self.documents.id(*d)).collect();
            ids.sort_unstable();
            ids
        });
        groups.collect()
    }

    /// Whether so much of it was removed that it is better made anew by [`compact`](Self::compact).
    pub fn is_sparse(&self) -> bool {
        self.documents.len() > 1024 && self.documents.len() > self.living + self.living / 3
    }

    /// The same without what was removed, in as little room as it needs.
    #[must_use]
    pub fn compact(&self) -> Self {
        let mut compact = Self::new(self.lexicon.clone());
        for document in 0..self.documents.len() as u32 {
            if self.is_alive(document) {
                compact.put(&self.documents.subject(document));
            }
        }
        compact.settle();
        compact
    }

    /// Gives back room that was taken ahead, after many were put in.
    pub fn settle(&mut self) {
        self.documents.settle();
        self.by_id.shrink_to_fit();
        for postings in [
            &mut self.in_names,
            &mut self.in_addresses,
            &mut self.syllables,
            &mut self.pairs,
            &mut self.initials,
            &mut self.beginnings,
        ] {
            postings.shrink();
        }
    }

    /// The subjects that fit a typed text and that `admits` lets be found: how many, and `limit` of
    /// them from `offset` on, the best first. The order depends on the subjects alone, not on when
    /// they were put in.
    pub fn search(
        &self,
        text: &str,
        admits: impl Fn(Facet<'_>) -> bool,
        offset: usize,
        limit: usize,
    ) -> Found<'_> {
        let terms = query::terms(text, &self.lexicon);
        if terms.is_empty() {
            return Found::default();
        }
        let strict = Leniency { places: false, sounds_apart: false };
        let mut hits = self.fitting(&terms, strict, &admits);
        let sounds = |term: &Term| term.patterns.iter().any(|pattern| !pattern.is_written);
        if hits.len() < FEW && terms.iter().any(sounds) {
            hits = self.fitting(&terms, Leniency { sounds_apart: true, ..strict }, &admits);
        }
        let lenient = Leniency { places: true, sounds_apart: true };
        if hits.is_empty() && terms.iter().any(|term| !term.places.is_empty()) {
            hits = self.fitting(&terms, lenient, &admits);
        }
        if hits.is_empty() {
            hits = self.fitting(&query::by_sound(&terms), strict, &admits);
        }
        if hits.is_empty() {
            hits = self.fitting(&query::with_one_less(&terms), lenient, &admits);
        }
        self.best(hits, offset, limit)
    }

    fn fitting(
        &self,
        terms: &[Term],
        leniency: Leniency,
        admits: &impl Fn(Facet<'_>) -> bool,
    ) -> Vec<Fitting> {
        let coded: Vec<Vec<(u32, Fit)>> = terms.iter().map(|term| self.coded(term)).collect();
        // The rarest term names the candidates; the others are asked of each.
        let rarity = |at: &usize| {
            let (term, coded) = (&terms[*at], &coded[*at]);
            let patterns = term.patterns.iter();
            coded.len() + patterns.map(|p| self.rarity(p, leniency)).sum::<usize>()
        };
        let Some(rarest) = (0..terms.len()).min_by_key(rarity) else { return Vec::new() };
        let mut hits: Vec<Fitting> = Vec::new();
        let mut consider = |document: u32, own: Option<Fit>| {
            let Some(mut all) = own.filter(|_| self.is_alive(document)) else { return };
            for (at, term) in terms.iter().enumerate().filter(|(at, _)| *at != rarest) {
                let by_code = coded.get(at).and_then(|coded| fit_of(coded, document));
                let by_text = fit(&self.documents, document, term, leniency);
                let Some(other) = by_code.into_iter().chain(by_text).min() else { return };
                // As good as the worse of them; what is shown is the better.
                all = Fit {
                    how: all.how.max(other.how),
                    worse: all.worse.saturating_add(other.worse),
                    by: if other < all { other.by } else { all.by },
                };
            }
            if admits(self.documents.facet(document)) {
                hits.push(self.ranked(all, document));
            }
        };
        if let (Some(term), Some(coded)) = (terms.get(rarest), coded.get(rarest)) {
            coded.iter().for_each(|(document, fit)| consider(*document, Some(*fit)));
            for pattern in &term.patterns {
                let mut found = self.candidates(pattern, leniency);
                if pattern.is_written {
                    let list = |token: &Token| match token {
                        Token::Unit(unit) => Some((&self.in_addresses, *unit)),
                        Token::Sound(_) => None,
                    };
                    let lists: Vec<_> = pattern.core().iter().filter_map(list).collect();
                    let by_name = found.len();
                    found.extend(common(lists));
                    // Two runs in order: quick to merge.
                    if by_name > 0 && by_name < found.len() {
                        found.sort();
                        found.dedup();
                    }
                }
                for document in found {
                    consider(
                        document,
                        fit_pattern(&self.documents, document, term, pattern, leniency),
                    );
                }
            }
        }
        // One document may fit in several ways: the best is kept.
        hits.sort_unstable_by_key(|hit| (hit.document, hit.rank, hit.fit));
        hits.dedup_by_key(|hit| hit.document);
        hits
    }

    /// The documents that fit a term by a code, ascending, each once.
    fn coded(&self, term: &Term) -> Vec<(u32, Fit)> {
        let Some(code) = &term.code else { return Vec::new() };
        let table = &self.documents.codes;
        let mut found: Vec<(u32, Fit)> = Vec::new();
        for (document, number) in table.beginning(code) {
            let own = table.get(number as usize);
            let how = if own.len() == code.len() { How::Exact } else { How::Beginning };
            // A code that is nearly whole before one of which little is known.
            let worse = (own.len() - code.len()) as u16;
            found.push((document, Fit { how, worse, by: By::Code(number) }));
        }
        let has_whole = |found: &[(u32, Fit)]| found.iter().any(|(d, _)| self.is_alive(*d));
        if code.len() >= codes::SHORTEST && !has_whole(&found) {
            for (document, number) in table.with_slip(code) {
                found.push((document, Fit { how: How::Slip, worse: 0, by: By::Code(number) }));
            }
        }
        found.sort_unstable_by_key(|(document, fit)| (*document, *fit));
        found.dedup_by_key(|(document, _)| *document);
        found
    }

    /// The lists in which every document stands that has a name which fits a pattern.
    fn lists(&self, pattern: &Pattern, leniency: Leniency) -> Vec<(&Postings, u16)> {
        let tokens = if pattern.is_written { pattern.core() } else { &pattern.tokens };
        let mut lists = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let sounds = match token {
                Token::Unit(unit) => {
                    lists.push((&self.in_names, *unit));
                    continue;
                }
                Token::Sound(sounds) => sounds,
            };
            lists.extend(sounds.only().map(|only| (&self.syllables, only)));
            let Some(initial) = sounds.initial() else { continue };
            if leniency.sounds_apart {
                let postings = if at == 0 { &self.beginnings } else { &self.initials };
                lists.push((postings, initial.into()));
                continue;
            }
            // Two that stand together say more than each by itself.
            match tokens.get(at + 1) {
                Some(Token::Sound(next)) => {
                    let next = next.initial();
                    lists.extend(next.map(|next| (&self.pairs, pair_of(initial, next))));
                }
                _ if at == 0 => lists.push((&self.initials, initial.into())),
                _ => {}
            }
        }
        lists
    }

    fn rarity(&self, pattern: &Pattern, leniency: Leniency) -> usize {
        let lists = self.lists(pattern, leniency);
        let in_names = lists.iter().map(|(postings, key)| postings.length(*key)).min();
        let units = pattern.core().iter().map(|token| match token {
            Token::Unit(unit) if pattern.is_written => self.in_addresses.length(*unit),
            _ => 0,
        });
        in_names.unwrap_or(self.documents.len()) + units.min().unwrap_or(0)
    }

    fn candidates(&self, pattern: &Pattern, leniency: Leniency) -> Vec<u32> {
        let lists = self.lists(pattern, leniency);
        if lists.is_empty() {
            // Such as a row of sounds without a common initial: all are asked.
            return (0..self.documents.len() as u32).collect();
        }
        common(lists)
    }

    fn ranked(&self, fit: Fit, document: u32) -> Fitting {
        let length = self.documents.name_now(document).len().min(0xffff) as u64;
        let weight = u64::from(u8::MAX - self.documents.weight(document));
        let rank = (fit.how as u64) << 40 | u64::from(fit.worse) << 24 | weight << 16 | length;
        Fitting { rank, document, fit }
    }

    fn best(&self, mut hits: Vec<Fitting>, offset: usize, limit: usize) -> Found<'_> {
        let count = hits.len();
        let order = |a: &Fitting, b: &Fitting| {
            let text =
                |f: &Fitting| (self.documents.name_now(f.document), self.documents.id(f.document));
            a.rank.cmp(&b.rank).then_with(|| text(a).cmp(&text(b)))
        };
        let end = offset.saturating_add(limit);
        if end < hits.len() {
            hits.select_nth_unstable_by(end, order);
            hits.truncate(end);
        }
        hits.sort_unstable_by(order);
        let shown = hits.get(offset..).unwrap_or_default();
        let hits = shown.iter().map(|found| self.hit(found.fit, found.document)).collect();
        Found { count, hits }
    }

    fn hit(&self, fit: Fit, document: u32) -> Hit<'_> {
        let facet = self.documents.facet(document);
        let (by, is_former) = match fit.by {
            By::Name(number, is_former) => (self.documents.name(number as usize), is_former),
            By::Code(number) => (self.documents.codes.get(number as usize), false),
            By::Address => (self.documents.address(document), false),
        };
        Hit {
            id: facet.id,
            name: self.documents.name_now(document),
            sort: facet.sort,
            flags: facet.flags,
            region: facet.region,
            address: self.documents.address(document),
            how: fit.how,
            by,
            is_former,
        }
    }
}

/// What folds to nothing cannot be looked for.
pub fn is_searchable(text: &str) -> bool {
    !fold(text).is_empty()
}

fn fit_of(coded: &[(u32, Fit)], document: u32) -> Option<Fit> {
    let at = coded.binary_search_by_key(&document, |(document, _)| *document).ok()?;
    coded.get(at).map(|(_, fit)| *fit)
}

fn pair_of(a: u8, b: u8) -> u16 {
    u16::from(a) * LETTERS + u16::from(b)
}

/// The documents that are in all lists, but for lists that are too long to be worth reading.
fn common(mut lists: Vec<(&Postings, u16)>) -> Vec<u32> {
    lists.sort_by_key(|(postings, key)| postings.length(*key));
    let mut lists = lists.into_iter();
    let Some((postings, key)) = lists.next() else { return Vec::new() };
    let mut found: Vec<u32> = postings.iter(key).collect();
    for (postings, key) in lists {
        if found.is_empty() || postings.length(key) > found.len() * LONG {
            break;
        }
        intersect(&mut found, postings.iter(key));
    }
    found
}
