//! Acts, and the parts that things have in them.

use crate::as_of::Span;

/// A thing, by the number that the caller gave it. Numbers are dense from 0: the graph holds an
/// array over them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thing(pub u32);

/// An act, by its number in the graph: acts are numbered in the order of their records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Act(pub u32);

/// How certain it is that a link speaks of exactly this thing. A path is as certain as its least
/// certain link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Certainty {
    /// The record names the item itself.
    Serial = 0,
    /// The record names the lot, of which the item is one.
    Lot = 1,
    /// The record names the product or the party alone; that it was this lot is inferred.
    Inferred = 2,
}

impl Certainty {
    /// All, the most certain first.
    pub const ALL: [Self; 3] = [Self::Serial, Self::Lot, Self::Inferred];

    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0 => Some(Self::Serial),
            1 => Some(Self::Lot),
            2 => Some(Self::Inferred),
            _ => None,
        }
    }
}

/// What a thing is in an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// It was used up, or went into what came out.
    Input,
    /// It came out.
    Output,
    /// It was there: seen, moved, sold, tested.
    Object,
    /// Children were put into it.
    Parent,
    /// It was put into the parent.
    Child,
    /// Children were taken out of it. Where the act names none, all were.
    FormerParent,
    /// It was taken out of the parent.
    FormerChild,
    /// The members are of it: a lot of its items, a product of its lots. Holds at all times.
    Class,
    /// It is of the class.
    Member,
    /// It was spoken of where it was not: tested, called back.
    Mark,
    /// It stands around the act: a party, a place, a laboratory, an instrument. Which of these is
    /// the caller's to number, below [`Part::CONTEXTS`].
    Context(u8),
}

impl Part {
    /// How many sorts of context there can be.
    pub const CONTEXTS: u8 = 240;
    const FIRST_CONTEXT: u8 = 16;

    pub(crate) const fn to_byte(self) -> u8 {
        match self {
            Self::Input => 0,
            Self::Output => 1,
            Self::Object => 2,
            Self::Parent => 3,
            Self::Child => 4,
            Self::FormerParent => 5,
            Self::FormerChild => 6,
            Self::Class => 7,
            Self::Member => 8,
            Self::Mark => 9,
            // Beyond the last sort of context lies the last.
            Self::Context(sort) => Self::FIRST_CONTEXT.saturating_add(sort),
        }
    }

    pub(crate) const fn from_byte(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::Input,
            1 => Self::Output,
            2 => Self::Object,
            3 => Self::Parent,
            4 => Self::Child,
            5 => Self::FormerParent,
            6 => Self::FormerChild,
            7 => Self::Class,
            8 => Self::Member,
            9 => Self::Mark,
            Self::FIRST_CONTEXT.. => Self::Context(byte - Self::FIRST_CONTEXT),
            _ => return None,
        })
    }
}

/// One end of a link: at an act the thing, at a thing the act.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub(crate) other: u32,
    pub(crate) part: u8,
    pub(crate) certainty: Certainty,
}

impl Link {
    /// The thing, where this is a link of an act.
    pub const fn thing(self) -> Thing {
        Thing(self.other)
    }

    /// The act, where this is a link of a thing.
    pub const fn act(self) -> Act {
        Act(self.other)
    }

    /// The part that the thing has in the act.
    pub fn part(self) -> Part {
        // Only bytes of parts are put in.
        Part::from_byte(self.part).unwrap_or(Part::Object)
    }

    /// How certain that is.
    pub const fn certainty(self) -> Certainty {
        self.certainty
    }

    pub(crate) const fn is(self, part: Part) -> bool {
        self.part == part.to_byte()
    }
}

/// The time of an act that was not done but holds by itself: that an item is of the product in its
/// name. What happens to its record changes nothing of it.
pub const ALWAYS: i64 = i64::MIN;

/// An act that is to be put into a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAct {
    /// The position of its record.
    pub record: u64,
    /// When the record counts; most have one span.
    pub counts: Vec<Span>,
    /// When it was done; µs since 1970, UTC. [`ALWAYS`] where it holds by itself.
    pub at: i64,
    /// What else the caller wants to know of it without reading its record.
    pub note: u32,
    /// The things in it.
    pub links: Vec<(Thing, Part, Certainty)>,
}

impl NewAct {
    /// An act of a record that counts from its own position on.
    pub fn new(record: u64, at: i64) -> Self {
        Self { record, counts: vec![Span::from(record)], at, note: 0, links: Vec::new() }
    }

    /// With a note.
    #[must_use]
    pub fn noted(self, note: u32) -> Self {
        Self { note, ..self }
    }

    /// With a thing in it.
    #[must_use]
    pub fn with(mut self, thing: Thing, part: Part, certainty: Certainty) -> Self {
        self.links.push((thing, part, certainty));
        self
    }
}
