//! What the graph knows of an act without reading its record, in 32 bits.

/// What an act is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum What {
    /// A record says something of a subject: a licence, a register, a declaration.
    Statement = 0,
    /// An object event.
    Object = 1,
    /// An aggregation event.
    Aggregation = 2,
    /// A transaction event.
    Transaction = 3,
    /// A transformation event.
    Transformation = 4,
    /// An association event.
    Association = 5,
    /// A line of a purchase or a sale.
    Trade = 6,
    /// A sample was taken.
    Sampling = 7,
    /// A test report.
    Test = 8,
    /// An instrument was calibrated.
    Calibration = 9,
    /// A recall.
    Recall = 10,
    /// A thing is of a class.
    Membership = 11,
}

impl What {
    const ALL: [Self; 12] = [
        Self::Statement,
        Self::Object,
        Self::Aggregation,
        Self::Transaction,
        Self::Transformation,
        Self::Association,
        Self::Trade,
        Self::Sampling,
        Self::Test,
        Self::Calibration,
        Self::Recall,
        Self::Membership,
    ];

    /// Its word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Statement => "statement",
            Self::Object => "object",
            Self::Aggregation => "aggregation",
            Self::Transaction => "transaction",
            Self::Transformation => "transformation",
            Self::Association => "association",
            Self::Trade => "trade",
            Self::Sampling => "sampling",
            Self::Test => "test",
            Self::Calibration => "calibration",
            Self::Recall => "recall",
            Self::Membership => "membership",
        }
    }

    /// Whether it is an event of EPCIS.
    pub fn is_event(self) -> bool {
        (Self::Object as u8..=Self::Association as u8).contains(&(self as u8))
    }
}

/// What an act means for the life of its goods, by the business step, the disposition and the action
/// of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Life {
    /// They were seen.
    Seen = 0,
    /// They begin.
    Begin = 1,
    /// They were sent off.
    Sent = 2,
    /// They arrived.
    Arrived = 3,
    /// They are carried.
    Carried = 4,
    /// They lie somewhere.
    Kept = 5,
    /// They were sold to who uses them.
    Sold = 6,
    /// They came back.
    Returned = 7,
    /// They are held back for a recall.
    Recalled = 8,
    /// They are no more.
    Ended = 9,
}

impl Life {
    const ALL: [Self; 10] = [
        Self::Seen,
        Self::Begin,
        Self::Sent,
        Self::Arrived,
        Self::Carried,
        Self::Kept,
        Self::Sold,
        Self::Returned,
        Self::Recalled,
        Self::Ended,
    ];

    /// Of words of the Core Business Vocabulary (CBV 2.0, sections 7.1 and 7.2).
    pub(super) fn of_words(step: Option<&str>, disposition: Option<&str>) -> Self {
        match disposition {
            Some("retail_sold" | "dispensed") => return Self::Sold,
            Some("destroyed" | "disposed") => return Self::Ended,
            Some("recalled") => return Self::Recalled,
            Some("returned") => return Self::Returned,
            _ => {}
        }
        match step {
            Some("commissioning" | "creating_class_instance") => Self::Begin,
            Some("shipping" | "departing" | "dispatching") => Self::Sent,
            Some("receiving" | "accepting" | "arriving" | "void_shipping") => Self::Arrived,
            Some("transporting" | "loading" | "unloading") => Self::Carried,
            Some("storing" | "stocking" | "holding" | "staging_outbound") => Self::Kept,
            Some("retail_selling" | "dispensing") => Self::Sold,
            Some("returning") => Self::Returned,
            Some("destroying" | "decommissioning" | "consuming") => Self::Ended,
            _ => match disposition {
                Some("in_transit") => Self::Sent,
                _ => Self::Seen,
            },
        }
    }
}

/// What is known of an act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) what: What,
    pub(super) life: Life,
    /// Of the kinds of the pack, in their order.
    pub(super) kind: u8,
    /// Casts doubt on what was done before with its subject.
    pub(super) doubt: bool,
    /// Goods went the other way.
    pub(super) reversed: bool,
    /// Its record counts as bad: a test that was failed.
    pub(super) bad: bool,
    /// Something was packed into, or taken out of, what is not named.
    pub(super) orphan: bool,
}

impl Note {
    pub(super) fn of(what: What) -> Self {
        let life = Life::Seen;
        Self { what, life, kind: 0, doubt: false, reversed: false, bad: false, orphan: false }
    }

    pub(super) fn to_bits(self) -> u32 {
        u32::from(self.what as u8)
            | u32::from(self.life as u8) << 4
            | u32::from(self.kind) << 8
            | u32::from(self.doubt) << 16
            | u32::from(self.reversed) << 17
            | u32::from(self.bad) << 18
            | u32::from(self.orphan) << 19
    }

    pub(super) fn from_bits(bits: u32) -> Self {
        let what = What::ALL.get(bits as usize & 15).copied().unwrap_or(What::Statement);
        let life = Life::ALL.get(bits as usize >> 4 & 15).copied().unwrap_or(Life::Seen);
        let flag = |bit: u32| bits >> bit & 1 == 1;
        Self {
            what,
            life,
            kind: (bits >> 8) as u8,
            doubt: flag(16),
            reversed: flag(17),
            bad: flag(18),
            orphan: flag(19),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_as_it_was_made() {
        for what in What::ALL {
            for life in Life::ALL {
                for flags in 0..16_u32 {
                    let flag = |bit: u32| flags >> bit & 1 == 1;
                    let (doubt, reversed, bad, orphan) = (flag(0), flag(1), flag(2), flag(3));
                    let note = Note { what, life, kind: 200, doubt, reversed, bad, orphan };
                    assert_eq!(Note::from_bits(note.to_bits()), note);
                }
            }
        }
    }
}
