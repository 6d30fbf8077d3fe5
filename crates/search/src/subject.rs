//! What is put into an index, and what comes out.

/// What a name is to its subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NameSort {
    /// Its name now.
    Current,
    /// How it is called for short.
    Short,
    /// What it was called before.
    Former,
}

/// A subject as it is to be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The id, by which it is replaced and removed.
    pub id: String,
    /// Its names; the first of the sort [`Current`](NameSort::Current) is shown.
    pub names: Vec<(NameSort, String)>,
    /// Its codes without their schemes.
    pub codes: Vec<String>,
    /// Where it is.
    pub address: String,
    /// The division, by its code.
    pub region: String,
    /// Which sort of subject, by a number of the caller's.
    pub sort: u8,
    /// Marks of the caller's, for [`Facet`].
    pub flags: u8,
    /// What comes first of what fits equally well: more before less.
    pub weight: u8,
    /// From when on it is, in µs; for [`Facet`].
    pub since_valid: i64,
    /// How many records have to be known to know of it; for [`Facet`].
    pub since_known: u64,
}

impl Subject {
    /// A subject without a name.
    pub fn new(id: &str, sort: u8, region: &str) -> Self {
        Self {
            id: id.to_owned(),
            names: Vec::new(),
            codes: Vec::new(),
            address: String::new(),
            region: region.to_owned(),
            sort,
            flags: 0,
            weight: 0,
            since_valid: i64::MIN,
            since_known: 0,
        }
    }

    /// The same with a name of now.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        self.names.push((NameSort::Current, name.to_owned()));
        self
    }

    /// The same with a code.
    #[must_use]
    pub fn coded(mut self, code: &str) -> Self {
        self.codes.push(code.to_owned());
        self
    }
}

/// What decides whether a searcher may find a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facet<'a> {
    /// The id.
    pub id: &'a str,
    /// Which sort of subject.
    pub sort: u8,
    /// The marks that it was given.
    pub flags: u8,
    /// The division.
    pub region: &'a str,
    /// From when on it is.
    pub since_valid: i64,
    /// How many records have to be known to know of it.
    pub since_known: u64,
}

/// How a subject fits what was typed; the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum How {
    /// A whole name, short name or code.
    Exact,
    /// A name but for its place and legal form.
    Core,
    /// The beginning of a name or code.
    Beginning,
    /// A part of a name.
    Part,
    /// Characters of a name in their order.
    Abbreviation,
    /// A code with one slip.
    Slip,
    /// The pinyin of a whole name.
    Sound,
    /// The pinyin of a name's beginning.
    SoundBeginning,
    /// The pinyin of a part of a name.
    SoundPart,
    /// Pinyin of characters of a name in their order.
    SoundAbbreviation,
    /// A part of the address.
    Address,
    /// Characters of the address in their order.
    AddressParts,
}

/// A subject that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit<'a> {
    /// The id.
    pub id: &'a str,
    /// Its name now; empty where it has none.
    pub name: &'a str,
    /// Which sort of subject.
    pub sort: u8,
    /// The marks that it was given.
    pub flags: u8,
    /// The division.
    pub region: &'a str,
    /// Where it is.
    pub address: &'a str,
    /// How it fits.
    pub how: How,
    /// The name, code or address that fits.
    pub by: &'a str,
    /// Whether that is a name that it had before.
    pub is_former: bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Found<'a> {
    /// How many fit.
    pub count: usize,
    /// Some of them, the best first.
    pub hits: Vec<Hit<'a>>,
}
