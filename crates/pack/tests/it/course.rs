//! Courses of cases, written down by hand with their due days: every file under `testdata/courses`.
//!
//! A file names a procedure, the record that opens the case, and what is done or tried one after the
//! other. What holds after a step stands beside it; nothing in a file that is not known here is passed
//! over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clock::{Calendar, Known, Region};
use model::Timestamp;
use pack::{LawOn, Pack};
use procedure::{Act, Attempt, Case, Entry, MINUTES, Outcome, Standing, WhyNot};
use rules::guard::Type;
use rules::value::Value;
use toml::Table;

fn pack() -> (Pack, Calendar) {
    let files = testkit::hubei_pack();
    let texts: Vec<(String, String)> = files
        .iter()
        .filter(|(path, _)| path.starts_with("calendar/"))
        .map(|(path, text)| (path.clone(), String::from_utf8(text.clone()).unwrap()))
        .collect();
    let calendar = Calendar::parse(texts.iter().map(|(p, t)| (p.as_str(), t.as_str()))).unwrap();
    (Pack::load(files).unwrap_or_else(|faults| panic!("{faults}")), calendar)
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

#[test]
fn courses_go_as_they_were_counted_by_hand() {
    let (pack, calendar) = pack();
    let days = calendar.working_days(Region::CHINA, Known::Latest).unwrap();
    let law = LawOn { pack: &pack, days: &days };
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for file in files() {
        let text = std::fs::read_to_string(&file).unwrap();
        let table: Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                faults.push(format!("{}: {error}", file.display()));
                continue;
            }
        };
        match walk(&pack, &law, table) {
            Ok(procedure) => *seen.entry(procedure).or_default() += 1,
            Err(fault) => faults.push(format!("{}: {fault}", file.display())),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    for procedure in pack.procedures() {
        assert!(seen.contains_key(procedure.id()), "no course of {}", procedure.id());
    }
}

/// Everything that a text table says, taken out key by key.
struct Keys<'t>(Table, &'t str);

impl Keys<'_> {
    fn text(&mut self, key: &str) -> Result<String, String> {
        self.maybe(key)?.ok_or_else(|| format!("{} has no {key}", self.1))
    }

    fn maybe(&mut self, key: &str) -> Result<Option<String>, String> {
        match self.0.remove(key) {
            None => Ok(None),
            Some(toml::Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(format!("{key} of {} is {other:?}, no text", self.1)),
        }
    }

    fn time(&mut self) -> Result<Timestamp, String> {
        let text = self.text("at")?;
        Timestamp::from_rfc3339(&text).map_err(|error| format!("{text}: {error:?}"))
    }

    fn table(&mut self, key: &str) -> Result<Table, String> {
        match self.0.remove(key) {
            None => Ok(Table::new()),
            Some(toml::Value::Table(table)) => Ok(table),
            Some(other) => Err(format!("{key} of {} is {other:?}, no table", self.1)),
        }
    }

    fn names(&mut self, key: &str) -> Result<Option<BTreeSet<String>>, String> {
        let Some(found) = self.0.remove(key) else { return Ok(None) };
        let items = found.as_array().ok_or_else(|| format!("{key} of {} is no list", self.1))?;
        let text = |item: &toml::Value| item.as_str().map(str::to_owned);
        items
            .iter()
            .map(text)
            .collect::<Option<_>>()
            .map(Some)
            .ok_or_else(|| format!("{key} of {} holds something else than texts", self.1))
    }

    fn finish(self) -> Result<(), String> {
        let left: Vec<&str> = self.0.keys().map(String::as_str).collect();
        match left.is_empty() {
            true => Ok(()),
            false => Err(format!("{} has {}, which is not known", self.1, left.join(", "))),
        }
    }
}

fn walk(pack: &Pack, law: &LawOn<'_>, table: Table) -> Result<String, String> {
    let mut file = Keys(table, "the file");
    let id = file.text("procedure")?;
    file.text("title")?;
    let procedure = pack.procedure(&id).ok_or_else(|| format!("there is no procedure {id}"))?;
    let engine = &*procedure.engine;
    let mut opening = Keys(file.table("opening")?, "the opening");
    let mut entries = vec![Entry {
        step: 0,
        act: Act::Done,
        at: opening.time()?,
        by: opening.maybe("by")?.unwrap_or_else(|| "clerk".to_owned()).into(),
        values: values(engine, opening.table("fields")?)?,
    }];
    opening.finish()?;
    let done = match file.0.remove("do") {
        Some(toml::Value::Array(done)) if !done.is_empty() => done,
        _ => return Err("nothing is done: add [[do]]".to_owned()),
    };
    file.finish()?;
    for (number, done) in done.into_iter().enumerate() {
        let toml::Value::Table(done) = done else { return Err("do is no table".to_owned()) };
        go(engine, law, &mut entries, done)
            .map_err(|fault| format!("do {}: {fault}", number + 1))?;
    }
    Ok(id)
}

/// One thing that is done or tried.
fn go(
    engine: &procedure::Procedure,
    law: &LawOn<'_>,
    entries: &mut Vec<Entry>,
    done: Table,
) -> Result<(), String> {
    let mut done = Keys(done, "it");
    let (step, is_tried) = match (done.maybe("step")?, done.maybe("try")?) {
        (Some(step), None) => (step, false),
        (None, Some(step)) => (step, true),
        _ => return Err("it says step or try, one of them".to_owned()),
    };
    let act = done.maybe("act")?.unwrap_or_else(|| "done".to_owned());
    let act = Act::of_word(&act).ok_or_else(|| format!("there is no act {act}"))?;
    let at = done.time()?;
    let by = done.maybe("by")?.unwrap_or_else(|| "officer-1".to_owned());
    let officers = done.0.remove("officers").map_or(Some(1), |n| n.as_integer());
    let mut fields = done.table("fields")?;
    let subs = subs(done.0.remove("under"))?;
    let refused = done.maybe("refused")?;
    let expected = done.table("expect")?;
    done.finish()?;
    let has_minutes = fields.contains_key(MINUTES);
    if engine.field(MINUTES).is_none() {
        fields.remove(MINUTES);
    }
    let number = engine.step(&step).ok_or_else(|| format!("there is no step {step}"))?;
    let given = values(engine, fields.clone())?;
    let case = Case::of(engine, entries, law);
    let why_not = case.why_not(
        &Attempt {
            step: number,
            act,
            at,
            by: &by,
            officers: officers.ok_or("officers is no number")?,
            values: &given,
            has_minutes,
        },
        &subs,
    );
    let words: BTreeSet<&str> = why_not.iter().map(word).collect();
    if is_tried {
        let refused = refused.ok_or("it does not say how it is refused")?;
        return match words.contains(refused.as_str()) {
            true => Ok(()),
            false => {
                Err(format!("{step} is refused for {words:?}, not for {refused}: {why_not:?}"))
            }
        };
    }
    if !why_not.is_empty() {
        return Err(format!("{step} cannot be taken: {why_not:?}"));
    }
    check_form(engine, number, act, &fields)?;
    entries.push(Entry { step: number, act, at, by: by.into(), values: given });
    expect(engine, &Case::of(engine, entries, law), at, expected)
        .map_err(|fault| format!("after {step}: {fault}"))
}

/// That a form is filled in with its own fields, and those that it must have.
fn check_form(
    engine: &procedure::Procedure,
    step: u16,
    act: Act,
    fields: &Table,
) -> Result<(), String> {
    let Some(step) = engine.step_at(step) else { return Ok(()) };
    if matches!(act, Act::Approved | Act::Returned) {
        return Ok(());
    }
    let own = |name: &str| step.fields.iter().any(|field| field.name == name);
    if let Some(other) = fields.keys().find(|name| !own(name)) {
        return Err(format!("{} has no field {other}", step.id));
    }
    // A text that nothing depends on need not be invented for each course.
    let missing = step.fields.iter().find(|field| {
        let is_decisive = !matches!(field.holds, Some(Type::Text | Type::List(_)) | None);
        field.required && is_decisive && !fields.contains_key(&field.name)
    });
    missing.map_or(Ok(()), |field| Err(format!("{} lacks {}", step.id, field.name)))
}

fn expect(
    engine: &procedure::Procedure,
    case: &Case<'_, LawOn<'_>>,
    at: Timestamp,
    expected: Table,
) -> Result<(), String> {
    let mut expected = Keys(expected, "expect");
    let state = &engine.definition().states[usize::from(case.course.state)].id;
    if let Some(wanted) = expected.maybe("state")?
        && wanted != *state
    {
        return Err(format!("the state is {state}, not {wanted}"));
    }
    let term = |number: u16| engine.term_at(number).unwrap().id.as_str();
    for (id, wanted) in expected.table("due")? {
        let mut runs = case.runs.iter().filter(|run| run.outcome == Outcome::Open);
        let run = runs.find(|run| term(run.term) == id);
        let run = run.ok_or_else(|| format!("the term {id} does not run"))?;
        let found = match case.ending(run) {
            Ok(ending) => ending.due.end.to_string(),
            Err(procedure::NoEnding::StandsStill(_)) => "suspended".to_owned(),
            Err(other) => format!("{other:?}"),
        };
        let wanted = wanted.as_str().ok_or_else(|| format!("due of {id} is no text"))?;
        if found != wanted {
            return Err(format!("{id} ends {found}, not {wanted}"));
        }
    }
    let standing = |wanted: Standing| -> BTreeSet<&str> {
        let those = case.runs.iter().filter(|run| case.standing(run, at) == wanted);
        those.map(|run| term(run.term)).collect()
    };
    let parts =
        [("met", Standing::Met), ("late", Standing::MetLate), ("overdue", Standing::Overdue)];
    for (key, wanted) in parts {
        let Some(names) = expected.names(key)? else { continue };
        let found = standing(wanted);
        if let Some(missing) = names.iter().find(|name| !found.contains(name.as_str())) {
            return Err(format!("{missing} is not {key}; {key} are {found:?}"));
        }
    }
    expected.finish()
}

/// The cases under this one: `[{ procedure = "…", outcome = "…" }]`.
fn subs(under: Option<toml::Value>) -> Result<Vec<procedure::SubCase>, String> {
    let Some(under) = under else { return Ok(Vec::new()) };
    let items = under.as_array().ok_or("under is no list")?.clone();
    let mut subs = Vec::new();
    for item in items {
        let toml::Value::Table(item) = item else { return Err("under holds no table".to_owned()) };
        let mut item = Keys(item, "under");
        let (procedure, outcome) = (item.text("procedure")?, item.maybe("outcome")?);
        item.finish()?;
        subs.push(procedure::SubCase { procedure, outcome });
    }
    Ok(subs)
}

fn word(why: &WhyNot) -> &'static str {
    match why {
        WhyNot::NoStep => "no-step",
        WhyNot::State { .. } => "state",
        WhyNot::TakenAlready { .. } => "taken-already",
        WhyNot::Pending => "pending",
        WhyNot::NothingPending => "nothing-pending",
        WhyNot::NeedsApproval => "needs-approval",
        WhyNot::NeedsNoApproval => "needs-no-approval",
        WhyNot::SamePerson => "same-person",
        WhyNot::Before { .. } => "before",
        WhyNot::Guard(_) => "guard",
        WhyNot::Unsaid(_) => "unsaid",
        WhyNot::Officers { .. } => "officers",
        WhyNot::Minutes => "minutes",
    }
}

fn values(engine: &procedure::Procedure, fields: Table) -> Result<Vec<(u16, Value)>, String> {
    let mut found = Vec::new();
    for (name, value) in fields {
        let number = engine.field(&name).ok_or_else(|| format!("there is no field {name}"))?;
        let holds = engine.fields().nth(usize::from(number)).and_then(|(_, holds)| holds.cloned());
        let Some(holds) = holds else { continue };
        found.push((number, read(&holds, &value).ok_or_else(|| format!("{name} is no {holds}"))?));
    }
    Ok(found)
}

fn read(holds: &Type, value: &toml::Value) -> Option<Value> {
    Some(match (holds, value) {
        (Type::Boolean, toml::Value::Boolean(value)) => (*value).into(),
        (Type::Integer, toml::Value::Integer(value)) => (*value).into(),
        (Type::Decimal, toml::Value::Integer(value)) => (*value).into(),
        (Type::Decimal, toml::Value::String(text)) => Value::Decimal(text.parse().ok()?),
        (Type::Text, toml::Value::String(text)) => text.as_str().into(),
        (Type::Date, toml::Value::String(text)) => Value::Date(text.parse().ok()?),
        (Type::Instant, toml::Value::String(text)) => {
            Value::Instant(Timestamp::from_rfc3339(text).ok()?)
        }
        (Type::List(item), toml::Value::Array(values)) => {
            values.iter().map(|value| read(item, value)).collect::<Option<Value>>()?
        }
        _ => return None,
    })
}
