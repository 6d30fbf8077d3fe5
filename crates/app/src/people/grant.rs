//! What records say of who has which role: grants, their ends, absences, leaves to read.

use clock::Date;
use model::{Envelope, RecordId, system_kind};
use serde_json::{Map, Value};
use store::Stored;

/// A person has a role in a place, from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The record that says so.
    pub id: RecordId,
    /// The person's account.
    pub account: String,
    /// The role.
    pub role: String,
    /// The office or organization; for a role in the program or of a person, none.
    pub held_in: Option<String>,
    /// The first day.
    pub from: Date,
    /// The last day, where it has one.
    pub until: Option<Date>,
    /// Whether it was ended at once.
    pub ended: bool,
    /// Why.
    pub reason: String,
    /// The account of who gave it.
    pub given_by: String,
}

/// A person is away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// The record that says so.
    pub id: RecordId,
    /// Who is away.
    pub account: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Whether it was ended at once.
    pub ended: bool,
    /// Who stands in.
    pub delegate: Option<String>,
    /// Why.
    pub reason: String,
}

/// Somebody may read who the informer of a record is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leave {
    /// The record that says so.
    pub id: RecordId,
    /// Who may read.
    pub account: String,
    /// Of which record.
    pub record: RecordId,
    /// The last day.
    pub until: Date,
    /// Whether it was ended at once.
    pub ended: bool,
    /// Why.
    pub reason: String,
    /// The account of who gave it.
    pub given_by: String,
}

impl Grant {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Date) -> bool {
        !self.ended && self.from <= day && self.until.is_none_or(|until| day <= until)
    }
}

impl Absence {
    /// Whether the person is away on a day.
    pub fn holds(&self, day: Date) -> bool {
        !self.ended && (self.from..=self.until).contains(&day)
    }
}

impl Leave {
    /// Whether it holds on a day.
    pub fn holds(&self, day: Date) -> bool {
        !self.ended && day <= self.until
    }
}

/// What one record says.
pub(super) enum Fact {
    Grant(Grant),
    Absence(Absence),
    Leave(Leave),
    /// What ends, and on which last day; none: at once.
    End(RecordId, Option<Date>),
}

/// Reads a record of one of the kinds; none where it does not read, which is damage.
pub(super) fn read(stored: &Stored) -> Option<Fact> {
    let open: Map<String, Value> = serde_json::from_slice(&stored.open).ok()?;
    let text = |name: &str| open.get(name).and_then(Value::as_str).map(str::to_owned);
    let day = |name: &str| open.get(name).and_then(Value::as_str)?.parse::<Date>().ok();
    let given_by = || Some(Envelope::read(&stored.envelope).ok()?.author.account.into_owned());
    let id = stored.id;
    Some(match stored.kind.as_str() {
        system_kind::ROLE_GRANT => Fact::Grant(Grant {
            id,
            account: text("account")?,
            role: text("role")?,
            held_in: text("held_in"),
            from: day("from")?,
            until: day("until"),
            ended: false,
            reason: text("reason")?,
            given_by: given_by()?,
        }),
        system_kind::ABSENCE => Fact::Absence(Absence {
            id,
            account: text("account")?,
            from: day("from")?,
            until: day("until")?,
            ended: false,
            delegate: text("delegate"),
            reason: text("reason")?,
        }),
        system_kind::INFORMER_GRANT => Fact::Leave(Leave {
            id,
            account: text("account")?,
            record: text("record")?.parse().ok()?,
            until: day("until")?,
            ended: false,
            reason: text("reason")?,
            given_by: given_by()?,
        }),
        system_kind::ROLE_END => Fact::End(text("ends")?.parse().ok()?, day("until")),
        _ => return None,
    })
}
