//! The courses under `testdata/courses` through the whole program: the record that opens a case comes
//! in as every record, each step is taken by somebody who may, and what is seen of the case after it
//! is what was counted by hand. What is tried and refused is refused here too, with its code.
//!
//! The courses say what decides; what a form must have beside that is filled in here. Where a course
//! says how a case under it stands, that case is opened with its step and walked too. What a course
//! supposes against what has happened, to show one guard after the other, is left to the engine's test.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::case::{CaseView, NewStep, Opens, TermView};
use app::reading::When;
use app::{Principal, Rejection, Settings, System};
use clock::Date;
use model::{Draft, RecordId, Subject, SubjectId, Timestamp};
use pack::{Field, FieldType, Kind, Number, Pack, Procedure};
use procedure::{Act, MINUTES, Who};
use serde_json::{Map, Value, json};
use toml::Table;

use crate::support::*;

/// The open and the personal part of a form.
type Parts = (Map<String, Value>, Map<String, Value>);

/// The office in which all of it happens.
const OFFICE: &str = "420102";
/// Later than everything that the courses say.
const LATER: &str = "2035-01-01T00:00:00+08:00";

#[test]
fn courses_go_through_the_whole_program_as_they_were_counted_by_hand() {
    on_both(|home| {
        let later = Some(Timestamp::from_rfc3339(LATER).unwrap());
        let settings = Settings { demonstration: later, ..home.settings() };
        let system = home.try_open(settings, pack()).unwrap_or_else(|error| panic!("{error}"));
        let faults = home.run(walk_all(&system));
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        // What the readings hold of all these cases is what the cases say.
        home.run(system.await_merged(home.size(&system))).unwrap();
        let cases = crate::duty::every_case(home, &system);
        let agreed = crate::duty::agrees(home, &system, &cases, When::default());
        assert!(agreed.is_ok(), "{agreed:?}");
        home.close(system);
    });
}

/// All of them at once: each is a case of its own.
async fn walk_all(system: &Arc<System>) -> Vec<String> {
    let mut walks = tokio::task::JoinSet::new();
    for (number, path) in files().into_iter().enumerate() {
        let system = Arc::clone(system);
        walks.spawn(async move {
            let text = std::fs::read_to_string(&path).unwrap();
            let table: Table = text.parse().unwrap();
            let walk = Walk::begin(&system, number.to_string(), table).await;
            let walked = match walk {
                Ok(walk) => walk.go().await,
                Err(fault) => Err(fault),
            };
            walked.map_err(|fault| format!("{}: {fault}", path.display()))
        });
    }
    let (mut faults, mut steps) = (Vec::new(), 0);
    while let Some(walked) = walks.join_next().await {
        match walked.unwrap() {
            Ok(taken) => steps += taken,
            Err(fault) => faults.push(fault),
        }
    }
    faults.sort();
    assert!(steps > 0 || !faults.is_empty(), "no step was taken");
    faults
}

/// The project's own courses, and those that lie with the reference data.
fn files() -> Vec<PathBuf> {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/courses");
    let mut files = testkit::files_under(&own);
    let other = testkit::testdata().join("courses");
    if other.is_dir() && other.canonicalize().unwrap() != own.canonicalize().unwrap() {
        files.extend(testkit::files_under(&other));
    }
    files
}

/// A case on its way.
struct Walk {
    system: Arc<System>,
    pack: Arc<Pack>,
    procedure: Procedure,
    /// Of the file, so that no two say the same number.
    number: String,
    case: RecordId,
    /// What is still to be done, the first last.
    left: Vec<Table>,
    /// Who has which role in the record that opened it.
    parties: BTreeMap<String, String>,
    /// What the forms named since.
    named: BTreeMap<String, String>,
    steps: usize,
    /// The cases under it, by procedure, where the course says how they end.
    subs: BTreeMap<String, Sub>,
}

/// A case under another.
struct Sub {
    /// The state in which it ends.
    ends: String,
    /// The case, once it is opened and until it has ended.
    walk: Option<Box<Walk>>,
    is_over: bool,
}

impl Walk {
    async fn begin(system: &Arc<System>, number: String, mut table: Table) -> Result<Self, String> {
        let pack = system.pack();
        let id = text(&table, "procedure")?.ok_or("no procedure")?;
        let procedure = pack.procedure(&id).ok_or_else(|| format!("no procedure {id}"))?.clone();
        let opening = match table.remove("opening") {
            Some(toml::Value::Table(opening)) => opening,
            _ => return Err("nothing opens it".to_owned()),
        };
        let at = time(&opening)?;
        let kind = &procedure.engine.definition().opens_with;
        let kind = pack.kind(kind).ok_or_else(|| format!("no kind {kind}"))?;
        let steps = &procedure.engine.definition().steps;
        let roles = steps.iter().flat_map(|step| &step.who).filter_map(|who| match who {
            Who::Party(role) => Some(role.as_str()),
            Who::Permission(_) | Who::Program => None,
        });
        let roles: BTreeSet<&str> = roles.collect();
        let made = Made { pack: &pack, number: format!("{number}-0"), on: at.day_in_china() };
        let draft = made.record(kind, at, fields(&opening)?, &roles)?;
        let parties = draft.subjects.iter().map(|s| (s.role.clone(), s.id.to_string())).collect();
        let clerk = somebody_at(OFFICE, "clerk", &[&kind.author]);
        let receipts = system.append(&clerk, vec![draft], None).await.map_err(told)?;
        let opened = receipts.first().ok_or("no receipt")?;
        system.await_merged(opened.position + 1).await.map_err(told)?;
        let mut left = match table.remove("do") {
            Some(toml::Value::Array(done)) => done
                .into_iter()
                .map(|one| match one {
                    toml::Value::Table(one) => Ok(one),
                    other => Err(format!("do is {other:?}")),
                })
                .collect::<Result<Vec<_>, _>>()?,
            _ => return Err("nothing is done".to_owned()),
        };
        let mut subs = BTreeMap::new();
        for (procedure, outcome) in left.iter().flat_map(under) {
            if let Some(ends) = outcome {
                subs.insert(procedure, Sub { ends, walk: None, is_over: false });
            }
        }
        left.reverse();
        Ok(Self {
            case: opened.id,
            system: Arc::clone(system),
            pack,
            procedure,
            number,
            left,
            parties,
            named: BTreeMap::new(),
            steps: 0,
            subs,
        })
    }

    async fn go(mut self) -> Result<usize, String> {
        let count = self.left.len();
        while let Some(one) = self.left.pop() {
            if self.can_be_so(&one).await? {
                let at = count - self.left.len();
                self.take(&one).await.map_err(|fault| format!("do {at}: {fault}"))?;
            }
        }
        Ok(self.steps)
    }

    /// Ends the cases under it that must have ended; whether those then stand as a course supposes.
    async fn can_be_so(&mut self, one: &Table) -> Result<bool, String> {
        let mut is_so = true;
        for (procedure, outcome) in under(one) {
            let Some(sub) = self.subs.get_mut(&procedure) else {
                is_so = false; // It supposes a case that nothing has opened.
                continue;
            };
            match (outcome, sub.walk.take()) {
                (Some(outcome), Some(walk)) if outcome == sub.ends => {
                    Box::pin(walk.end(&outcome)).await?;
                    sub.is_over = true;
                }
                (Some(outcome), None) => is_so &= sub.is_over && outcome == sub.ends,
                (Some(_), walk) => (sub.walk, is_so) = (walk, false),
                (None, walk) => (is_so, sub.walk) = (is_so && walk.is_some(), walk),
            }
        }
        match is_so || one.contains_key("try") {
            true => Ok(is_so),
            // What is done has happened, however the case under it stands meanwhile.
            false => Ok(true),
        }
    }

    /// Goes on until the case ends in a state.
    async fn end(mut self, state: &str) -> Result<(), String> {
        while let Some(one) = self.left.pop() {
            if one.contains_key("try") {
                continue;
            }
            self.take(&one).await.map_err(|fault| format!("under it: {fault}"))?;
            let when = When { valid: None, known: None };
            let view = self.system.case(operator(), self.case, when).await.map_err(told)?;
            if view.state == state {
                return Ok(());
            }
        }
        Err(format!("the case under it does not come to {state}"))
    }

    /// A case under this one, which a step opens; made of the step itself where nothing hangs on how
    /// it ends.
    async fn opens(&mut self, step: &str) -> Result<Opens, String> {
        let steps = &self.procedure.engine.definition().steps;
        let opens = steps.iter().find(|other| other.id == step).and_then(|s| s.opens.clone());
        let Some(procedure) = opens else { return Ok(Opens::Made) };
        let Some(sub) = self.subs.get_mut(&procedure) else { return Ok(Opens::Made) };
        let table = course_that_ends(&sub.ends)?;
        let number = format!("{}-under-{}", self.number, self.steps);
        let walk = Box::pin(Self::begin(&self.system, number, table)).await?;
        let opened = walk.case;
        sub.walk = Some(Box::new(walk));
        Ok(Opens::There(opened))
    }

    /// One thing that is done, or tried and refused.
    async fn take(&mut self, one: &Table) -> Result<(), String> {
        let (step, is_tried) = match (text(one, "step")?, text(one, "try")?) {
            (Some(step), None) => (step, false),
            (None, Some(step)) => (step, true),
            _ => return Err("it says step or try, one of them".to_owned()),
        };
        let act = text(one, "act")?.unwrap_or_else(|| "done".to_owned());
        let act = Act::of_word(&act).ok_or_else(|| format!("no act {act}"))?;
        let by = text(one, "by")?.unwrap_or_else(|| "officer-1".to_owned());
        let at = time(one)?;
        let mut new = self.form(&step, act, at, one)?;
        if !is_tried && act == Act::Done {
            new.opens = self.opens(&step).await?;
        }
        let form = new.form.clone();
        let mut who = self.who(&step, act, &by).await?;
        if matches!(new.opens, Opens::There(_)) {
            who.permissions.insert("archive.view".to_owned());
        }
        let taken = self.system.take_step(&who, self.case, new).await;
        if is_tried {
            let refused = text(one, "refused")?.ok_or("it does not say how it is refused")?;
            return self.is_refused(taken, &step, &refused);
        }
        let taken = taken.map_err(|rejection| format!("{step}: {}", told(rejection)))?;
        self.steps += 1;
        for (name, value) in &form {
            if let Some(value) = value.as_str() {
                self.named.insert(name.clone(), value.to_owned());
            }
        }
        let when = When { valid: Some(at), known: Some(taken.receipt.position + 1) };
        let view = self.system.case(operator(), self.case, when).await.map_err(told)?;
        if view.steps.len() != self.steps || view.last != self.steps as u64 {
            return Err(format!("{step}: {} steps are seen, not {}", view.steps.len(), self.steps));
        }
        let Some(toml::Value::Table(expected)) = one.get("expect") else { return Ok(()) };
        expect(&view, expected).map_err(|fault| format!("after {step}: {fault}"))
    }

    fn is_refused(
        &self,
        taken: Result<app::case::Stepped, Rejection>,
        step: &str,
        wanted: &str,
    ) -> Result<(), String> {
        let faults = match taken {
            Ok(_) => return Err(format!("{step} is taken, and not refused for {wanted}")),
            Err(Rejection::Invalid(faults)) => faults,
            Err(other) => return Err(format!("{step}: {}", told(other))),
        };
        let code = format!("case.{}", wanted.replace('-', "_"));
        let codes: BTreeSet<&str> = faults.iter().map(|fault| fault.code).collect();
        let is_of_form = |fault: &app::Fault| fault.pointer.ends_with(MINUTES);
        let mut others = faults.iter().filter(|fault| !is_of_form(fault));
        match codes.contains(code.as_str()) && others.all(|fault| fault.code.starts_with("case.")) {
            true => Ok(()),
            false => Err(format!("{step} is refused for {codes:?}, not for {code}: {faults:?}")),
        }
    }

    /// What is sent: the fields of the course, and beside them what the form must have.
    fn form(&self, step: &str, act: Act, at: Timestamp, one: &Table) -> Result<NewStep, String> {
        let made = Made {
            pack: &self.pack,
            number: format!("{}-{}", self.number, self.steps + 1),
            on: at.day_in_china(),
        };
        let officers = one.get("officers").map_or(Some(1), toml::Value::as_integer);
        let officers = officers.ok_or("officers is no number")?;
        let officer = |n: i64| format!("person:officer-{n}").parse::<SubjectId>();
        let officers = match officers {
            1 => Vec::new(),
            several => (1..=several).map(officer).collect::<Result<_, _>>().unwrap(),
        };
        let mut new = NewStep { act, at: Some(at), officers, ..NewStep::done(step, Map::new()) };
        let mut given = fields(one)?;
        match act {
            Act::Approved => return Ok(new),
            Act::Returned => {
                new.reason = "事实不清，退回补充".to_owned();
                return Ok(new);
            }
            Act::Done | Act::Proposed => {}
        }
        let form = self.procedure.form(step).ok_or_else(|| format!("no step {step}"))?;
        // Where no meeting is asked for, there is no field for its minutes; the course may name them
        // to show that they do not help.
        if !form.fields.iter().any(|field| field.name == MINUTES) {
            given.remove(MINUTES);
        }
        let beside = self.made_with(step);
        let has_minutes = given.contains_key(MINUTES);
        (new.form, new.personal) = made.filled(&form.fields, given, &beside)?;
        // To show that there must be minutes, they are left out.
        if !has_minutes && text(one, "refused")?.as_deref() == Some("minutes") {
            new.form.remove(MINUTES);
        }
        Ok(new)
    }

    /// What the records need that are made with a step: the form has to say it.
    fn made_with(&self, step: &str) -> BTreeSet<String> {
        let steps = &self.procedure.engine.definition().steps;
        let opens = steps.iter().find(|other| other.id == step).and_then(|s| s.opens.as_deref());
        let opens = opens.and_then(|id| self.pack.procedure(id));
        let opens = opens.map(|other| other.engine.definition().opens_with.as_str());
        let writes = self.procedure.form(step).and_then(|form| form.writes.as_deref());
        let kinds = opens.into_iter().chain(writes).filter_map(|kind| self.pack.kind(kind));
        kinds.flat_map(needed).collect()
    }

    /// Somebody who may: an officer with this permission alone, a party, or the program.
    async fn who(&self, step: &str, act: Act, by: &str) -> Result<Principal, String> {
        let steps = &self.procedure.engine.definition().steps;
        let Some(step) = steps.iter().find(|other| other.id == step) else {
            return Ok(somebody_at(OFFICE, by, &[]));
        };
        if matches!(act, Act::Approved | Act::Returned) {
            // Whoever is next; where nobody is, the course says so.
            let when = When { valid: None, known: None };
            let view = self.system.case(operator(), self.case, when).await.map_err(told)?;
            let waits = view
                .duties
                .iter()
                .find(|duty| duty.approval.is_some() && duty.steps.contains(&step.id));
            let permission = waits.and_then(|duty| duty.approval.as_deref());
            return Ok(somebody_at(OFFICE, by, permission.as_slice()));
        }
        let party = |role: &str| self.parties.get(role).or_else(|| self.named.get(role));
        let is_party = ["maker-1", "enterprise", "delegate"].contains(&by);
        let mut found = None;
        for who in &step.who {
            match who {
                Who::Permission(permission) if !is_party => {
                    return Ok(somebody_at(OFFICE, by, &[permission.as_str()]));
                }
                Who::Permission(permission) => {
                    let officer = somebody_at(OFFICE, by, &[permission.as_str()]);
                    found = found.or(Some(officer));
                }
                Who::Party(role) => {
                    if let Some(id) = party(role) {
                        let who = Principal { office: None, ..somebody_at(id, by, &[]) };
                        match is_party {
                            true => return Ok(who),
                            false => found = found.or(Some(who)),
                        }
                    }
                }
                Who::Program => found = found.or(Some(Principal::program())),
            }
        }
        found.ok_or_else(|| format!("nobody can take {}", step.id))
    }
}

/// An officer of an office, or an organization.
fn somebody_at(place: &str, account: &str, permissions: &[&str]) -> Principal {
    Principal {
        on_behalf_of: place.to_owned(),
        account: account.to_owned(),
        office: Some(place.to_owned()),
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect(),
        person: None,
    }
}

/// What is expected after a step.
fn expect(view: &CaseView, expected: &Table) -> Result<(), String> {
    let mut known = BTreeSet::from(["state", "due", "met", "late", "overdue"]);
    if let Some(state) = text(expected, "state")?
        && state != view.state
    {
        return Err(format!("the state is {}, not {state}", view.state));
    }
    known.retain(|key| expected.contains_key(*key));
    if known.len() != expected.len() {
        return Err(format!("of {expected:?} only {known:?} is known"));
    }
    if let Some(due) = expected.get("due") {
        let due = due.as_table().ok_or("due is no table")?;
        for (id, wanted) in due {
            is_due(view, id, wanted.as_str().ok_or("due is no text")?)?;
        }
    }
    for (key, standing) in [("met", "met"), ("late", "met-late"), ("overdue", "overdue")] {
        let Some(names) = expected.get(key).and_then(toml::Value::as_array) else { continue };
        for name in names {
            let name = name.as_str().ok_or("a term is no text")?;
            if !view.terms.iter().any(|term| term.term == name && term.standing == standing) {
                return Err(format!("{name} is not {standing}"));
            }
        }
    }
    Ok(())
}

fn is_due(view: &CaseView, id: &str, wanted: &str) -> Result<(), String> {
    let is_open = |term: &&TermView| {
        let open = ["running", "pressing", "suspended", "overdue", "ran-out"];
        term.term == id && open.contains(&term.standing)
    };
    let term = view.terms.iter().find(is_open);
    let term = term.ok_or_else(|| format!("the term {id} does not run"))?;
    let found = match (&term.due, term.unknown) {
        (Some(due), _) => due.as_str(),
        (None, Some("stands-still")) => "suspended",
        (None, Some("not-in-force")) => "NotInForce",
        (None, other) => return Err(format!("{id} ends {other:?}")),
    };
    match found == wanted {
        true => Ok(()),
        false => Err(format!("{id} ends {found}, not {wanted}")),
    }
}

/// Makes what a record or a form must have.
struct Made<'p> {
    pack: &'p Pack,
    /// For what must be the only one of its number.
    number: String,
    on: Date,
}

impl Made<'_> {
    /// A record of a kind that is right, with everything that it must have.
    fn record(
        &self,
        kind: &Kind,
        at: Timestamp,
        given: Table,
        roles: &BTreeSet<&str>,
    ) -> Result<Draft, String> {
        let (open, personal) = self.filled(&kind.fields, given, &BTreeSet::new())?;
        let wanted = kind.subjects.iter().filter(|subject| {
            subject.number == Number::One
                || kind.unique.contains(&subject.role)
                || roles.contains(subject.role.as_str())
        });
        let subject = |role: &str| {
            let id = self.subject(role).parse().map_err(|error| format!("{error:?}"))?;
            Ok::<_, String>(Subject { role: role.to_owned(), id })
        };
        let subjects = wanted.map(|wanted| subject(&wanted.role)).collect::<Result<_, _>>()?;
        let personal = if personal.is_empty() {
            Vec::new()
        } else {
            let person = format!("p-{}", self.number);
            vec![model::PersonalPart { person, fields: personal }]
        };
        Ok(Draft {
            id: Some(new_id()),
            kind: kind.id.clone(),
            subjects,
            office: Some(OFFICE.to_owned()),
            region: OFFICE.to_owned(),
            valid_at: at,
            source: "test".to_owned(),
            open,
            personal,
            corrects: None,
            withdraws: None,
        })
    }

    /// Who or what takes part in a role.
    fn subject(&self, role: &str) -> String {
        match role {
            "product" => GTIN.to_owned(),
            "lot" => format!("lot:L{}", self.number),
            "sample" => format!("sample:S{}", self.number),
            "place" => "place:P1".to_owned(),
            "seller" | "inspected" | "laboratory" | "delegated_to" => OTHER.to_owned(),
            "person" => "person:officer-1".to_owned(),
            "officer" | "approver" => "person:officer-1".to_owned(),
            _ => MAKER.to_owned(),
        }
    }

    /// The open and the personal part of a form: what is given, and what it must have beside that.
    fn filled(
        &self,
        fields: &[Field],
        mut given: Table,
        beside: &BTreeSet<String>,
    ) -> Result<Parts, String> {
        let (mut open, mut personal) = (Map::new(), Map::new());
        for field in fields {
            let value = match given.remove(&field.name) {
                Some(value) => of_type(&field.field_type, &value).ok_or_else(|| {
                    format!("{} of {:?} is {value:?}", field.name, field.field_type)
                }),
                None if field.required || beside.contains(&field.name) => self.some(field),
                None => continue,
            };
            let part = if field.personal { &mut personal } else { &mut open };
            part.insert(field.name.clone(), value?);
        }
        match given.keys().next() {
            None => Ok((open, personal)),
            Some(other) => Err(format!("there is no field {other}")),
        }
    }

    /// Something that a field may hold.
    fn some(&self, field: &Field) -> Result<Value, String> {
        let one = self.some_of(&field.name, &field.field_type, field.least)?;
        let list = matches!(field.field_type, FieldType::List(_) | FieldType::Table { .. });
        Ok(if list { json!([one]) } else { one })
    }

    /// The same of a type; of a table a row, of a list an entry.
    fn some_of(&self, name: &str, of: &FieldType, least: Option<i64>) -> Result<Value, String> {
        Ok(match of {
            FieldType::Text { max } => {
                let text = format!("课-{}", self.number);
                text.chars().take(*max as usize).collect::<String>().into()
            }
            FieldType::Integer | FieldType::Decimal | FieldType::Money => {
                json!(least.unwrap_or(1).max(1))
            }
            FieldType::Quantity { units } => json!({ "value": 1, "unit": self.code(units)? }),
            FieldType::Boolean => json!(false),
            FieldType::Date => json!(self.on.to_string()),
            FieldType::Instant => json!(format!("{}T00:00:00+08:00", self.on)),
            FieldType::Code { list } => json!(self.code(list)?),
            FieldType::Region => json!(OFFICE),
            FieldType::Industry => json!("C1411"),
            FieldType::Reference { subjects } => match subjects.first().map(String::as_str) {
                Some("record") => json!(format!("record:{}", new_id())),
                Some("organization") | None => json!(self.subject(name)),
                Some(sort) => json!(self.subject(sort)),
            },
            FieldType::List(of) => self.some_of(name, of, None)?,
            FieldType::Table { columns } => {
                Value::Object(self.filled(columns, Table::new(), &BTreeSet::new())?.0)
            }
        })
    }

    fn code(&self, list: &str) -> Result<String, String> {
        let codes = self.pack.list(list).ok_or_else(|| format!("no list {list}"))?;
        let on = self.on;
        let first = codes.entries().iter().find(|entry| entry.in_force.holds(on));
        first.map(|entry| entry.code.clone()).ok_or_else(|| format!("{list} is empty on {on}"))
    }
}

/// What a record of a kind must say, in fields and roles.
fn needed(kind: &Kind) -> impl Iterator<Item = String> {
    let fields = kind.fields.iter().filter(|field| field.required).map(|field| field.name.clone());
    let roles = kind.subjects.iter().filter(|subject| subject.number == Number::One);
    fields.chain(roles.map(|subject| subject.role.clone()))
}

/// How the cases under one stand, as a course supposes: their procedures and outcomes.
fn under(one: &Table) -> Vec<(String, Option<String>)> {
    let items = one.get("under").and_then(toml::Value::as_array).into_iter().flatten();
    let text = |item: &toml::Value, key| Some(item.get(key)?.as_str()?.to_owned());
    items.filter_map(|item| Some((text(item, "procedure")?, text(item, "outcome")))).collect()
}

/// A course that comes to a state in which it ends.
fn course_that_ends(state: &str) -> Result<Table, String> {
    let mut tables = files().into_iter().map(|path| {
        let text = std::fs::read_to_string(path).unwrap();
        text.parse::<Table>().unwrap()
    });
    let comes_to = |table: &Table| {
        let done = table.get("do").and_then(toml::Value::as_array).into_iter().flatten();
        let mut states = done.filter_map(|one| one.get("expect")?.get("state")?.as_str());
        states.any(|found| found == state)
    };
    let found = tables.find(comes_to);
    found.ok_or_else(|| format!("no course comes to {state}"))
}

/// A value of a course as a form holds it: decimals are written as texts there.
fn of_type(of: &FieldType, value: &toml::Value) -> Option<Value> {
    Some(match (of, value) {
        (FieldType::Decimal | FieldType::Money, toml::Value::String(text)) => {
            serde_json::from_str::<serde_json::Number>(text).ok()?.into()
        }
        (FieldType::List(of), toml::Value::Array(items)) => {
            Value::Array(items.iter().map(|item| of_type(of, item)).collect::<Option<_>>()?)
        }
        (_, toml::Value::Boolean(value)) => json!(value),
        (_, toml::Value::Integer(value)) => json!(value),
        (_, toml::Value::String(text)) => json!(text),
        _ => return None,
    })
}

fn text(table: &Table, key: &str) -> Result<Option<String>, String> {
    match table.get(key) {
        None => Ok(None),
        Some(toml::Value::String(text)) => Ok(Some(text.clone())),
        Some(other) => Err(format!("{key} is {other:?}")),
    }
}

fn time(table: &Table) -> Result<Timestamp, String> {
    let text = text(table, "at")?.ok_or("it does not say when")?;
    Timestamp::from_rfc3339(&text).map_err(|error| format!("{text}: {error:?}"))
}

fn fields(table: &Table) -> Result<Table, String> {
    match table.get("fields") {
        None => Ok(Table::new()),
        Some(toml::Value::Table(fields)) => Ok(fields.clone()),
        Some(other) => Err(format!("fields is {other:?}")),
    }
}

fn told(rejection: Rejection) -> String {
    format!("{:?}", rejection.faults())
}
