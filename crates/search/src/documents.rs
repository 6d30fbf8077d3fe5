//! Everything about subjects, in columns: one piece of memory for each, not one for each subject.

use std::collections::HashMap;
use std::ops::Range;

use crate::codes::Codes;
use crate::fold::{fold_code, fold_into};
use crate::lexicon::Lexicon;
use crate::subject::{Facet, NameSort, Subject};

/// Texts one behind the other.
#[derive(Default)]
struct Texts {
    text: String,
    ends: Vec<u32>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
    }

    fn get(&self, at: usize) -> &str {
        self.text.get(span(&self.ends, at)).unwrap_or_default()
    }

    fn shrink(&mut self) {
        self.text.shrink_to_fit();
        self.ends.shrink_to_fit();
    }

    fn bytes(&self) -> usize {
        self.text.capacity() + 4 * self.ends.capacity()
    }
}

/// Folded texts one behind the other.
#[derive(Default)]
struct Folded {
    units: Vec<u16>,
    ends: Vec<u32>,
}

impl Folded {
    fn push(&mut self, text: &str) {
        fold_into(text, &mut self.units);
        self.ends.push(self.units.len() as u32);
    }

    fn get(&self, at: usize) -> &[u16] {
        self.units.get(span(&self.ends, at)).unwrap_or_default()
    }
}

fn span(ends: &[u32], at: usize) -> Range<usize> {
    let begin = at.checked_sub(1).and_then(|before| ends.get(before)).copied().unwrap_or(0);
    begin as usize..ends.get(at).copied().unwrap_or(begin) as usize
}

#[derive(Clone, Copy)]
struct Fixed {
    since_valid: i64,
    since_known: u64,
    region: u16,
    sort: u8,
    flags: u8,
    weight: u8,
}

/// A name of a document.
#[derive(Clone, Copy)]
pub(crate) struct Name<'a> {
    pub(crate) number: usize,
    pub(crate) sort: NameSort,
    pub(crate) folded: &'a [u16],
    /// Where in it that stands which says whose name it is.
    pub(crate) core: (u8, u8),
}

impl Name<'_> {
    pub(crate) fn core(&self) -> &[u16] {
        self.folded.get(self.core.0.into()..self.core.1.into()).unwrap_or(self.folded)
    }
}

/// The documents, by their numbers; those that were removed are still in the columns.
#[derive(Default)]
pub(crate) struct Documents {
    ids: Texts,
    names: Texts,
    folded_names: Folded,
    sorts: Vec<NameSort>,
    cores: Vec<(u8, u8)>,
    /// Where the names of each document end.
    name_ends: Vec<u32>,
    addresses: Texts,
    folded_addresses: Folded,
    pub(crate) codes: Codes,
    code_ends: Vec<u32>,
    fixed: Vec<Fixed>,
    regions: Vec<String>,
    region_numbers: HashMap<String, u16>,
}

impl Documents {
    /// Adds a document and gives its number.
    pub(crate) fn push(&mut self, subject: &Subject, lexicon: &Lexicon) -> u32 {
        let number = self.fixed.len() as u32;
        self.ids.push(&subject.id);
        for (sort, name) in &subject.names {
            self.names.push(name);
            self.folded_names.push(name);
            self.sorts.push(*sort);
            let core = lexicon.core(self.folded_names.get(self.sorts.len() - 1));
            let short = |at: usize| u8::try_from(at).unwrap_or(u8::MAX);
            self.cores.push((short(core.start), short(core.end)));
        }
        self.name_ends.push(self.sorts.len() as u32);
        self.addresses.push(&subject.address);
        self.folded_addresses.push(&subject.address);
        for code in &subject.codes {
            self.codes.add(&fold_code(code), number);
        }
        self.code_ends.push(self.codes.len() as u32);
        let next = self.regions.len() as u16;
        let region = *self.region_numbers.entry(subject.region.clone()).or_insert(next);
        if region == next {
            self.regions.push(subject.region.clone());
        }
        self.fixed.push(Fixed {
            since_valid: subject.since_valid,
            since_known: subject.since_known,
            region,
            sort: subject.sort,
            flags: subject.flags,
            weight: subject.weight,
        });
        number
    }

    pub(crate) fn len(&self) -> usize {
        self.fixed.len()
    }

    fn fixed(&self, document: u32) -> Fixed {
        const NONE: Fixed =
            Fixed { since_valid: 0, since_known: 0, region: 0, sort: 0, flags: 0, weight: 0 };
        self.fixed.get(document as usize).copied().unwrap_or(NONE)
    }

    pub(crate) fn id(&self, document: u32) -> &str {
        self.ids.get(document as usize)
    }

    pub(crate) fn weight(&self, document: u32) -> u8 {
        self.fixed(document).weight
    }

    pub(crate) fn region(&self, document: u32) -> &str {
        self.regions.get(usize::from(self.fixed(document).region)).map_or("", String::as_str)
    }

    pub(crate) fn facet(&self, document: u32) -> Facet<'_> {
        let Fixed { since_valid, since_known, sort, flags, .. } = self.fixed(document);
        let (id, region) = (self.id(document), self.region(document));
        Facet { id, sort, flags, region, since_valid, since_known }
    }

    pub(crate) fn names(&self, document: u32) -> impl Iterator<Item = Name<'_>> {
        span(&self.name_ends, document as usize).map(|number| Name {
            number,
            sort: self.sorts.get(number).copied().unwrap_or(NameSort::Current),
            folded: self.folded_names.get(number),
            core: self.cores.get(number).copied().unwrap_or((0, u8::MAX)),
        })
    }

    /// A name as it was written.
    pub(crate) fn name(&self, number: usize) -> &str {
        self.names.get(number)
    }

    /// The name that a document has now.
    pub(crate) fn name_now(&self, document: u32) -> &str {
        let now = self.names(document).find(|name| name.sort == NameSort::Current);
        now.map_or("", |name| self.name(name.number))
    }

    pub(crate) fn address(&self, document: u32) -> &str {
        self.addresses.get(document as usize)
    }

    pub(crate) fn folded_address(&self, document: u32) -> &[u16] {
        self.folded_addresses.get(document as usize)
    }

    /// What was put in, but for the form of its codes.
    pub(crate) fn subject(&self, document: u32) -> Subject {
        let Fixed { since_valid, since_known, sort, flags, weight, .. } = self.fixed(document);
        let names = self.names(document).map(|n| (n.sort, self.name(n.number).to_owned()));
        let codes = span(&self.code_ends, document as usize);
        Subject {
            id: self.id(document).to_owned(),
            names: names.collect(),
            codes: codes.map(|number| self.codes.get(number).to_owned()).collect(),
            address: self.address(document).to_owned(),
            region: self.region(document).to_owned(),
            sort,
            flags,
            weight,
            since_valid,
            since_known,
        }
    }

    /// Gives back room that was taken ahead, and puts codes in order.
    pub(crate) fn settle(&mut self) {
        for texts in [&mut self.ids, &mut self.names, &mut self.addresses] {
            texts.shrink();
        }
        for folded in [&mut self.folded_names, &mut self.folded_addresses] {
            folded.units.shrink_to_fit();
            folded.ends.shrink_to_fit();
        }
        self.sorts.shrink_to_fit();
        self.cores.shrink_to_fit();
        self.name_ends.shrink_to_fit();
        self.code_ends.shrink_to_fit();
        self.fixed.shrink_to_fit();
        self.codes.order();
        self.codes.shrink();
    }

    /// Bytes that are taken.
    pub(crate) fn bytes(&self) -> usize {
        let texts = [&self.ids, &self.names, &self.addresses].map(Texts::bytes);
        let folded = [&self.folded_names, &self.folded_addresses]
            .map(|folded| 2 * folded.units.capacity() + 4 * folded.ends.capacity());
        let numbers = self.name_ends.capacity() + self.code_ends.capacity();
        texts.iter().chain(&folded).sum::<usize>()
            + 3 * self.sorts.capacity()
            + 4 * numbers
            + size_of::<Fixed>() * self.fixed.capacity()
            + self.codes.bytes()
    }
}
