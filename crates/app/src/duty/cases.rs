//! Cases as the readings hold them: packed from records, and read again for any two times.

use std::collections::HashMap;
use std::sync::Arc;

use clock::WorkingDays;
use model::{Envelope, RecordId, Timestamp, system_kind};
use pack::{Extent, LawOn, Pack, Procedure};
use procedure::{Act, Entry};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::{AsOf, CasePart, Packed};

use super::body::Body;
use super::hands::{Assigned, Hands};

/// What a pack says of cases, ready for many of them.
pub(crate) struct Cases {
    pub(crate) pack: Arc<Pack>,
    days: Arc<WorkingDays>,
    procedures: Vec<Arc<Procedure>>,
    /// The procedure that a kind of record opens.
    by_kind: HashMap<String, u16>,
    /// The office of a division, for what no office is named in.
    competent: HashMap<String, String>,
}

/// A case as its records say it, as of two times.
#[derive(Debug, Clone)]
pub(crate) struct ReadCase<'c, 'b> {
    pub(crate) procedure: &'c Procedure,
    pub(crate) office: Option<&'c str>,
    pub(crate) region: &'b str,
    /// Its steps, the opening first. Who took them stands in `by`.
    pub(crate) entries: Vec<Entry>,
    pub(crate) by: Vec<&'b str>,
    /// The assignments by their times, each with whose it was from then on.
    pub(crate) assignments: Vec<(Timestamp, Assigned, &'b str, Option<&'b str>)>,
}

impl ReadCase<'_, '_> {
    /// In whose hands it was by some time.
    pub(crate) fn hands(&self, by: Option<Timestamp>) -> Hands {
        let mut hands = Hands::default();
        for (at, act, account, permission) in &self.assignments {
            if by.is_none_or(|by| *at <= by) {
                hands.take(*act, account, *permission);
            }
        }
        hands
    }
}

impl Cases {
    pub(crate) fn new(pack: Arc<Pack>, days: Arc<WorkingDays>) -> Self {
        let procedures: Vec<Arc<Procedure>> = pack.procedures().cloned().map(Arc::new).collect();
        let mut by_kind = HashMap::new();
        for (number, procedure) in procedures.iter().enumerate() {
            let kind = procedure.engine.definition().opens_with.clone();
            // The first of them, as everywhere.
            by_kind.entry(kind).or_insert(number as u16);
        }
        let mut competent = HashMap::new();
        for office in pack.offices() {
            for period in &office.periods {
                let is_general = period.industries == Extent::All && period.kinds == Extent::All;
                if let (true, Extent::These(regions)) = (is_general, &period.regions) {
                    for region in regions {
                        competent.entry(region.clone()).or_insert_with(|| office.id.clone());
                    }
                }
            }
        }
        Self { pack, days, procedures, by_kind, competent }
    }

    pub(crate) fn law(&self) -> LawOn<'_> {
        LawOn { pack: &self.pack, days: &self.days }
    }

    /// The office of a division, where one is named for it in general.
    pub(crate) fn competent(&self, region: &str) -> Option<&str> {
        self.competent.get(region).map(String::as_str)
    }

    /// The procedure that a kind of record opens.
    pub(crate) fn opened_by(&self, kind: &str) -> Option<&Arc<Procedure>> {
        self.procedures.get(usize::from(*self.by_kind.get(kind)?))
    }

    /// The number of a procedure.
    fn number(&self, id: &str) -> Option<u16> {
        let at = self.procedures.iter().position(|procedure| procedure.id() == id)?;
        u16::try_from(at).ok()
    }

    /// What a record says of a case; none where it says nothing of one.
    pub(crate) fn part(&self, record: &Stored, envelope: &Envelope<'_>) -> Option<CasePart> {
        let open = || serde_json::from_slice::<Map<String, Value>>(&record.open).ok();
        let text = |open: &Map<String, Value>, name: &str| {
            open.get(name).and_then(Value::as_str).map(str::to_owned)
        };
        let of = || {
            let case = envelope.subjects.iter().find(|subject| subject.role == "case")?;
            case.id.strip_prefix("record:")?.parse::<RecordId>().ok()
        };
        match record.kind.as_str() {
            system_kind::CASE_STEP => {
                let open = open()?;
                let number = self.number(&text(&open, "procedure")?)?;
                let procedure = self.procedures.get(usize::from(number))?;
                let step = text(&open, "step")?;
                let form = match text(&open, "form") {
                    Some(form) => serde_json::from_str(&form).ok()?,
                    None => Map::new(),
                };
                let body = Body::Step {
                    procedure: number,
                    number: open.get("number").and_then(Value::as_u64)?,
                    step: procedure.engine.step(&step)?,
                    act: Act::of_word(&text(&open, "act")?)?,
                    by: &envelope.author.account,
                    values: counted(procedure, procedure.step_values(&step, &form)),
                };
                Some(CasePart { of: Some(of()?), body: body.packed() })
            }
            system_kind::CASE_ASSIGNMENT => {
                let open = open()?;
                let permission = text(&open, "permission");
                let body = Body::Assignment {
                    act: Assigned::of_word(&text(&open, "act")?)?.number(),
                    account: &text(&open, "account")?,
                    permission: permission.as_deref(),
                };
                Some(CasePart { of: Some(of()?), body: body.packed() })
            }
            kind => {
                let number = *self.by_kind.get(kind)?;
                let procedure = self.procedures.get(usize::from(number))?;
                let values = procedure.opening_values(self.pack.kind(kind)?, &open()?);
                let body = Body::Opening {
                    procedure: number,
                    office: envelope.office.as_deref(),
                    region: &envelope.region,
                    by: &envelope.author.account,
                    values: counted(procedure, values),
                };
                // What takes the place of a record that opened a case is of that case.
                Some(CasePart { of: record.corrects, body: body.packed() })
            }
        }
    }

    /// A case as of two times; none where it was not opened by then.
    pub(crate) fn read<'c, 'b: 'c>(
        &'c self,
        packed: Packed<'b>,
        as_of: AsOf,
    ) -> Option<ReadCase<'c, 'b>> {
        // Of this case alone: threads that count on one number wait for one another.
        let nobody: Arc<str> = Arc::from("");
        let mut opening = None;
        let mut steps: Vec<(u64, u16, Entry, &str)> = Vec::new();
        let mut assignments = Vec::new();
        for part in packed.parts() {
            let at = Timestamp::from_micros(part.valid_at);
            if at > as_of.valid || !part.counts(as_of.known) {
                continue;
            }
            let entry =
                |step, act, values| Entry { step, act, at, by: Arc::clone(&nobody), values };
            match Body::read(part.body)? {
                Body::Opening { procedure, office, region, by, values } => {
                    opening = Some((procedure, office, region, by, entry(0, Act::Done, values)));
                }
                Body::Step { procedure, number, step, act, by, values } => {
                    steps.push((number, procedure, entry(step, act, values), by));
                }
                Body::Assignment { act, account, permission } => {
                    if let Some(act) = Assigned::of_number(act) {
                        assignments.push((at, act, account, permission));
                    }
                }
            }
        }
        let (number, office, region, by, opening) = opening?;
        let procedure = self.procedures.get(usize::from(number))?;
        steps.sort_by_key(|(number, ..)| *number);
        let office = office.or_else(|| self.competent.get(region).map(String::as_str));
        let mut read = ReadCase {
            procedure,
            office,
            region,
            entries: Vec::with_capacity(steps.len() + 1),
            by: Vec::with_capacity(steps.len() + 1),
            assignments,
        };
        read.entries.push(opening);
        read.by.push(by);
        for (_, of, entry, by) in steps {
            // A step of another procedure is none of this one.
            if of == number {
                read.entries.push(entry);
                read.by.push(by);
            }
        }
        Some(read)
    }
}

/// The values that terms follow from.
fn counted(
    procedure: &Procedure,
    values: Vec<(u16, rules::value::Value)>,
) -> Vec<(u16, rules::value::Value)> {
    values.into_iter().filter(|(field, _)| procedure.engine.is_counted_by(*field)).collect()
}
