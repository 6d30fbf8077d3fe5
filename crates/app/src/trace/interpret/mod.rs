//! What a record says to the graph.

mod event;
mod record;

use ::trace::{Certainty, Part};
use pack::Pack;
use store::Stored;

pub(super) use record::role_context;

use super::note::Note;
use super::position::Spot;
use super::sort::Sort;
use crate::epcis::KIND;

/// In which way a party or a place stands around an act, as `Part::Context` numbers it.
pub(super) mod context {
    pub(crate) const READ_POINT: u8 = 0;
    pub(crate) const LOCATION: u8 = 1;
    pub(crate) const REPORTER: u8 = 2;
    pub(crate) const FROM_OWNER: u8 = 3;
    pub(crate) const FROM_HOLDER: u8 = 4;
    pub(crate) const FROM_PLACE: u8 = 5;
    pub(crate) const FROM_OTHER: u8 = 6;
    pub(crate) const TO_OWNER: u8 = 7;
    pub(crate) const TO_HOLDER: u8 = 8;
    pub(crate) const TO_PLACE: u8 = 9;
    pub(crate) const TO_OTHER: u8 = 10;
    pub(crate) const DEVICE: u8 = 11;
    /// The first of the roles of the pack, which follow in the order of their ids.
    pub(crate) const ROLES: u8 = 16;

    const WORDS: [&str; 12] = [
        "read_point",
        "biz_location",
        "reporter",
        "from_owner",
        "from_holder",
        "from_place",
        "from",
        "to_owner",
        "to_holder",
        "to_place",
        "to",
        "device",
    ];

    /// The word of one that is not a role of the pack.
    pub(crate) fn word(sort: u8) -> Option<&'static str> {
        WORDS.get(sort as usize).copied()
    }
}

/// A thing as a record names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) name: String,
    pub(super) sort: Sort,
}

/// A thing with its part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Linked {
    pub(super) thing: Named,
    pub(super) part: Part,
    pub(super) certainty: Certainty,
    /// Millionths, and the unit that they are of.
    pub(super) amount: Option<(i64, String)>,
}

/// That some things are of a class, as a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Membership {
    pub(super) class: Named,
    pub(super) members: Vec<Named>,
    pub(super) certainty: Certainty,
}

/// What a record says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) record: u64,
    pub(super) at: i64,
    pub(super) note: Note,
    /// Contexts first, then what children were put into, then the rest.
    pub(super) links: Vec<Linked>,
    pub(super) memberships: Vec<Membership>,
    /// Who reported the event, and its id: nobody declares wrong what others report.
    pub(super) event: Option<String>,
    /// Whether it declares that event wrong: then it says nothing else.
    pub(super) declares: bool,
    /// Where a place is that it links.
    pub(super) position: Option<(Named, Spot)>,
}

/// Reads records under a pack.
pub(super) struct Interpreter {
    kinds: Vec<record::TracedKind>,
}

impl Interpreter {
    pub(super) fn new(pack: &Pack) -> Self {
        let kinds = pack.kinds().enumerate();
        let kinds = kinds.filter_map(|(number, kind)| record::TracedKind::of(pack, number, kind));
        Self { kinds: kinds.collect() }
    }

    /// What a record says to the graph; none where it has nothing to say, or does not read.
    pub(super) fn read(&self, pack: &Pack, record: &Stored) -> Option<Said> {
        let kind = self.kinds.iter().find(|kind| kind.id == record.kind);
        let said = if record.kind == KIND {
            let number = pack.kinds().position(|kind| kind.id == KIND)?;
            event::read(record, u8::try_from(number).unwrap_or(u8::MAX))
        } else {
            kind?.read(pack, record)
        };
        if said.is_none() {
            tracing::debug!(position = record.position, kind = record.kind, "not in the graph");
        }
        said
    }
}

/// How certainly a name speaks of the thing itself.
pub(super) fn certainty_of(sort: Sort) -> Certainty {
    match sort {
        Sort::Lot => Certainty::Lot,
        Sort::Product => Certainty::Inferred,
        _ => Certainty::Serial,
    }
}
