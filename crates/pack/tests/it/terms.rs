//! The table of terms that was counted without the program, `testdata/law/terms.csv`: when each ends,
//! by which article, since when it is pressing, and how it stands around its end.
//!
//! A row says which step starts a term, since when that counts, what does not count and what makes it
//! longer. Nothing in the table that is not known here is passed over, and no term of the pack is
//! without a row.

use std::collections::{BTreeMap, BTreeSet};

use clock::{Calendar, Date, Instant, Known, Moment, Region, WorkingDays};
use model::Timestamp;
use pack::{LawOn, Pack};
use procedure::{Act, By, Case, Ending, Entry, Limit, NoEnding, Outcome, Procedure, Run, Standing};
use rules::guard::Type;
use rules::value::Value;

const COLUMNS: [&str; 22] = [
    "id",
    "about",
    "procedure",
    "term",
    "shows",
    "level",
    "step",
    "step_at",
    "counts_from",
    "back",
    "still",
    "longer",
    "known",
    "region",
    "parameter",
    "law",
    "article",
    "due",
    "unrolled",
    "provisional",
    "pressing",
    "hand",
];

/// What a row can be about; each has to be shown by some.
const ABOUT: [&str; 17] = [
    "plain",
    "holiday",
    "make-up",
    "year-end",
    "month-end",
    "suspension",
    "extension",
    "minimum",
    "maximum",
    "level",
    "hours",
    "backward",
    "old-rule",
    "new-rule",
    "boundary",
    "provisional",
    "region",
];

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400;

type Row = BTreeMap<&'static str, String>;

fn rows() -> Vec<Row> {
    let path = testkit::testdata().join("law/terms.csv");
    let own = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/law/terms.csv");
    let path = if path.is_file() { path } else { own };
    let mut reader = csv::Reader::from_path(path).unwrap();
    assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), COLUMNS);
    let row = |record: Result<csv::StringRecord, csv::Error>| {
        let record = record.unwrap();
        COLUMNS.into_iter().zip(record.iter().map(str::to_owned)).collect()
    };
    reader.records().map(row).collect()
}

/// What the pack and its calendar say.
struct Ground {
    pack: Pack,
    calendar: Calendar,
    /// The working days, by region and by what was known.
    days: BTreeMap<(String, String), WorkingDays>,
}

impl Ground {
    fn new(rows: &[Row]) -> Self {
        let files = testkit::hubei_pack();
        let texts: Vec<(String, String)> = files
            .iter()
            .filter(|(path, _)| path.starts_with("calendar/"))
            .map(|(path, text)| (path.clone(), String::from_utf8(text.clone()).unwrap()))
            .collect();
        let texts = texts.iter().map(|(path, text)| (path.as_str(), text.as_str()));
        let calendar = Calendar::parse(texts).unwrap();
        let pack = Pack::load(files).unwrap_or_else(|faults| panic!("{faults}"));
        let mut ground = Self { pack, calendar, days: BTreeMap::new() };
        for row in rows {
            let key = (row["region"].clone(), row["known"].clone());
            let region = match key.0.as_str() {
                "" => Region::CHINA,
                code => code.parse().unwrap(),
            };
            let known = match key.1.as_str() {
                "" => Known::Latest,
                day => Known::On(day.parse().unwrap()),
            };
            let days = ground.calendar.working_days(region, known).unwrap();
            ground.days.entry(key).or_insert(days);
        }
        ground
    }
}

#[test]
fn terms_end_as_they_were_counted_without_the_program() {
    let rows = rows();
    let ground = Ground::new(&rows);
    let mut faults: Vec<String> = rows
        .iter()
        .filter_map(|row| check(&ground, row).err().map(|fault| format!("{}: {fault}", row["id"])))
        .collect();

    let ids: BTreeSet<&str> = rows.iter().map(|row| row["id"].as_str()).collect();
    assert_eq!(ids.len(), rows.len(), "an id stands twice");
    assert!(rows.len() >= 120, "{} rows", rows.len());
    let counted = rows.iter().filter(|row| !row["hand"].is_empty()).count();
    assert!(counted >= 20, "{counted} rows are counted by hand");
    for about in ABOUT {
        let is_shown = rows.iter().any(|row| match about {
            "region" => !row["region"].is_empty(),
            about => row["about"] == about,
        });
        if !is_shown {
            faults.push(format!("no row is about {about}"));
        }
    }
    for procedure in ground.pack.procedures() {
        for term in &procedure.engine.definition().terms {
            let is_of = |row: &Row| row["procedure"] == procedure.id() && row["term"] == term.id;
            if !rows.iter().any(is_of) {
                faults.push(format!("no row of the term {} of {}", term.id, procedure.id()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    has_the_earlier_and_the_later_of_two(&ground, &rows);
}

fn check(ground: &Ground, row: &Row) -> Result<(), String> {
    if !ABOUT.contains(&row["about"].as_str()) || row["about"] == "region" {
        return Err(format!("nothing is known about {}", row["about"]));
    }
    if row["shows"].is_empty() {
        return Err("it does not say what it shows".to_owned());
    }
    let procedure = ground.pack.procedure(&row["procedure"]);
    let procedure = procedure.ok_or_else(|| format!("no procedure {}", row["procedure"]))?;
    let days = &ground.days[&(row["region"].clone(), row["known"].clone())];
    let told = Told::read(&procedure.engine, row)?;
    let law = LawOn { pack: &ground.pack, days };
    told.ends_as_counted(&law, row)?;
    told.stands_as_counted(&law, row)
}

/// A row as the engine takes it.
struct Told<'p> {
    engine: &'p Procedure,
    /// The number of the term.
    term: u16,
    /// The records, the one that starts the term among them.
    entries: Vec<Entry>,
    /// The number of the record that starts it.
    starts: usize,
}

impl<'p> Told<'p> {
    fn read(engine: &'p Procedure, row: &Row) -> Result<Self, String> {
        let terms = &engine.definition().terms;
        let term = terms.iter().position(|term| term.id == row["term"]);
        let term = term.ok_or_else(|| format!("no term {}", row["term"]))?;
        let rule = &terms[term];
        if !rule.starts.contains(&row["step"]) {
            return Err(format!("{} does not start it", row["step"]));
        }
        let at = Timestamp::from_rfc3339(&row["step_at"]).map_err(|e| format!("{e:?}"))?;
        let mut values = Vec::new();
        if !row["level"].is_empty() {
            let level = engine.definition().level.as_deref();
            let level = level.and_then(|name| engine.field(name)).ok_or("it has no levels")?;
            values.push((level, row["level"].as_str().into()));
        }
        let mut entries = Vec::new();
        let opened = engine.step(procedure::OPENED).ok_or("nothing opens it")?;
        if row["step"] != procedure::OPENED {
            let values = std::mem::take(&mut values);
            entries.push(Entry { step: opened, act: Act::Done, at, by: "clerk".into(), values });
        }
        if !row["counts_from"].is_empty() {
            let name = rule.start_on.as_deref().ok_or("the term counts from no field")?;
            values.push(day_or_time(engine, name, &row["counts_from"])?);
        }
        let starts = entries.len();
        let step = engine.step(&row["step"]).ok_or("no such step")?;
        entries.push(Entry { step, act: Act::Done, at, by: "officer-1".into(), values });
        let mut told = Self { engine, term: u16::try_from(term).unwrap(), entries, starts };
        let mut later = told.still(&row["still"])?;
        later.extend(told.longer(&row["longer"])?);
        later.sort_by_key(|entry| entry.at);
        told.entries.extend(later);
        Ok(told)
    }

    fn rule(&self) -> &'p procedure::TermRule {
        &self.engine.definition().terms[usize::from(self.term)]
    }

    fn entry(&self, step: &str, at: Timestamp) -> Result<Entry, String> {
        let step = self.engine.step(step).ok_or_else(|| format!("no step {step}"))?;
        Ok(Entry { step, act: Act::Done, at, by: "officer-1".into(), values: Vec::new() })
    }

    /// `EVENT FROM..TO; …`: the days of the steps between which the term stands still.
    fn still(&self, text: &str) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for one in text.split("; ").filter(|one| !one.is_empty()) {
            let (event, span) = one.split_once(' ').ok_or("a stretch is EVENT FROM..TO")?;
            let (from, to) = span.split_once("..").ok_or("a stretch is EVENT FROM..TO")?;
            let suspended = self.rule().suspended.iter().find(|other| other.event == event);
            let suspended = suspended.ok_or_else(|| format!("{event} does not suspend it"))?;
            entries.push(self.entry(&suspended.from[0], on(from, "10:00:00")?)?);
            if !to.is_empty() {
                entries.push(self.entry(&suspended.to[0], on(to, "16:00:00")?)?);
            }
        }
        Ok(entries)
    }

    /// `STEP DAY` or `STEP DAY until DAY`, `; …`.
    fn longer(&self, text: &str) -> Result<Vec<Entry>, String> {
        let mut entries = Vec::new();
        for one in text.split("; ").filter(|one| !one.is_empty()) {
            let (step, rest) = one.split_once(' ').ok_or("an extension is STEP DAY")?;
            let (day, until) = match rest.split_once(" until ") {
                Some((day, until)) => (day, Some(until)),
                None => (rest, None),
            };
            let extended = self.rule().extended.iter().find(|other| other.step == step);
            let extended = extended.ok_or_else(|| format!("{step} does not extend it"))?;
            let mut entry = self.entry(step, on(day, "12:00:00")?)?;
            match (&extended.by, until) {
                (By::Limit(_), None) => {}
                (By::Until(field), Some(until)) => {
                    entry.values.push(day_or_time(self.engine, field, until)?);
                }
                (by, _) => return Err(format!("{step} extends by {by:?}")),
            }
            // What takes consent goes the whole way, as it does in a case.
            let step = &self.engine.step_at(entry.step).ok_or("no such step")?.approvals;
            if !step.is_empty() {
                entry.act = Act::Proposed;
            }
            let approvals = (0..step.len()).map(|n| Entry {
                act: Act::Approved,
                by: format!("approver-{n}").into(),
                values: Vec::new(),
                ..entry.clone()
            });
            let approvals: Vec<Entry> = approvals.collect();
            entries.push(entry);
            entries.extend(approvals);
        }
        Ok(entries)
    }

    /// The run that the row is about.
    fn run<'c>(&self, case: &'c Case<'_, LawOn<'_>>) -> Result<&'c Run, String> {
        let is_it = |run: &&Run| {
            let started = &case.course.effects[run.started_by];
            run.term == self.term && started.entry == self.starts
        };
        case.runs.iter().find(is_it).ok_or_else(|| "the term does not run".to_owned())
    }

    fn ends_as_counted(&self, law: &LawOn<'_>, row: &Row) -> Result<(), String> {
        let case = Case::of(self.engine, &self.entries, law);
        let run = self.run(&case)?;
        let ending = case.ending(run);
        let ending = match (&ending, row["due"].as_str()) {
            (Err(NoEnding::StandsStill(_)), "stands-still") => return Ok(()),
            (Err(NoEnding::NotInForce), "not-in-force") => return Ok(()),
            (Err(other), due) => return Err(format!("{other:?}, not {due}")),
            (Ok(ending), _) => ending,
        };
        let is_back = is_backward(self.rule(), ending)?;
        let is_said = |said: &str| if said.is_empty() { "" } else { "yes" };
        let yes = |is_so: bool| if is_so { "yes" } else { "" };
        for (key, found) in [
            ("due", ending.due.end.to_string()),
            ("unrolled", ending.due.unrolled.to_string()),
            ("provisional", yes(ending.due.provisional).to_owned()),
            ("back", yes(is_back).to_owned()),
            ("law", ending.version.law.to_owned()),
            ("article", ending.version.article.unwrap_or_default().to_owned()),
            ("parameter", ending.version.parameter.to_owned()),
        ] {
            let wanted = match key {
                "due" | "unrolled" => same_time(&row[key])?,
                "back" | "provisional" => is_said(&row[key]).to_owned(),
                _ => row[key].clone(),
            };
            if wanted != found {
                return Err(format!("{key} is {found}, not {wanted}"));
            }
        }
        Ok(())
    }

    /// How it stands a day before its end, on the day and a day after; of hours, a second.
    fn stands_as_counted(&self, law: &LawOn<'_>, row: &Row) -> Result<(), String> {
        let due = match row["due"].as_str() {
            "stands-still" => {
                let later = on("2028-01-03", "12:00:00")?;
                return self.stands(law, None, later, Standing::Suspended, "for good");
            }
            "not-in-force" => {
                let later = on("2028-01-03", "12:00:00")?;
                let running = Standing::Running { is_pressing: false };
                return self.stands(law, None, later, running, "without an end");
            }
            due => due,
        };
        // The last moments before and in the term, and the first after it.
        let (before, last, after) = if due.contains('T') {
            let end = Timestamp::from_rfc3339(due).map_err(|e| format!("{e:?}"))?;
            (moved(end, -1), end, moved(end, 1))
        } else {
            let start = on(due, "00:00:00")?;
            (moved(start, -1), moved(start, DAY - 1), moved(start, DAY))
        };
        let rule = self.rule();
        if rule.met_by.is_empty() {
            self.stands(law, None, last, Standing::Running { is_pressing: false }, "on its day")?;
            return self.stands(law, None, after, Standing::RanOut, "after its end");
        }
        for (at, wanted) in
            [(before, Standing::Met), (last, Standing::Met), (after, Standing::MetLate)]
        {
            self.stands(law, Some(at), at, wanted, "when it is met")?;
        }
        if rule.met_by.contains(&row["step"]) && rule.backward {
            return Ok(()); // The step that sets the day is the one that must come in time.
        }
        self.stands(law, None, after, Standing::Overdue, "after its end")?;
        if row["pressing"].is_empty() {
            let running = Standing::Running { is_pressing: false };
            return self.stands(law, None, last, running, "on its day");
        }
        let pressing = Standing::Running { is_pressing: true };
        let since = match row["pressing"].contains('T') {
            true => Timestamp::from_rfc3339(&row["pressing"]).map_err(|e| format!("{e:?}"))?,
            false => on(&row["pressing"], "00:00:00")?,
        };
        self.stands(law, None, last, pressing, "on its day")?;
        self.stands(law, None, since, self.or_suspended(row, since, pressing)?, "pressing")?;
        let calm = Standing::Running { is_pressing: false };
        let before = moved(since, -1);
        self.stands(law, None, before, self.or_suspended(row, before, calm)?, "not pressing yet")
    }

    /// On a day that does not count it stands still, whatever is left.
    fn or_suspended(&self, row: &Row, at: Timestamp, other: Standing) -> Result<Standing, String> {
        let day = at.day_in_china();
        for one in row["still"].split("; ").filter(|one| !one.is_empty()) {
            let span = one.split_once(' ').map_or("", |(_, span)| span);
            let (from, to) = span.split_once("..").ok_or("a stretch is EVENT FROM..TO")?;
            let date = |text: &str| text.parse::<Date>().map_err(|e| format!("{e:?}"));
            if day > date(from)? && day <= date(to)? {
                return Ok(Standing::Suspended);
            }
        }
        Ok(other)
    }

    /// Checks how the term stands at a moment, met at some other or not.
    fn stands(
        &self,
        law: &LawOn<'_>,
        met: Option<Timestamp>,
        now: Timestamp,
        wanted: Standing,
        when: &str,
    ) -> Result<(), String> {
        let mut entries = self.entries.clone();
        if let Some(met) = met {
            let starting = &mut entries[self.starts];
            let is_own = self.rule().backward
                && self.rule().met_by.iter().any(|s| self.engine.step(s) == Some(starting.step));
            if is_own {
                starting.at = met;
            } else {
                entries.push(self.entry(&self.rule().met_by[0], met)?);
            }
        }
        let case = Case::of(self.engine, &entries, law);
        let run = self.run(&case)?;
        if met.is_none() && run.outcome != Outcome::Open && !self.rule().backward {
            return Err(format!("{when}: it is over: {:?}", run.outcome));
        }
        let found = case.standing(run, now);
        match found == wanted {
            true => Ok(()),
            false => Err(format!("{when}, at {now:?}: {found:?}, not {wanted:?}")),
        }
    }
}

/// Whether a term counts back; the rule and the version of the law must agree on it.
fn is_backward(rule: &procedure::TermRule, ending: &Ending<'_>) -> Result<bool, String> {
    let by_law = ending.version.direction == clock::Direction::Backward;
    match by_law == rule.backward {
        true => Ok(by_law),
        false => Err("the rule and the law do not run the same way".to_owned()),
    }
}

/// The value of a field that holds a day or a point in time.
fn day_or_time(engine: &Procedure, name: &str, text: &str) -> Result<(u16, Value), String> {
    let number = engine.field(name).ok_or_else(|| format!("no field {name}"))?;
    let holds = engine.fields().nth(usize::from(number)).and_then(|(_, holds)| holds.cloned());
    let value = match holds {
        Some(Type::Date) => Value::Date(text.parse().map_err(|e| format!("{text}: {e:?}"))?),
        Some(Type::Instant) => {
            Value::Instant(Timestamp::from_rfc3339(text).map_err(|e| format!("{text}: {e:?}"))?)
        }
        other => return Err(format!("{name} holds {other:?}")),
    };
    Ok((number, value))
}

/// A time of a day in China.
fn on(day: &str, time: &str) -> Result<Timestamp, String> {
    let text = format!("{day}T{time}+08:00");
    Timestamp::from_rfc3339(&text).map_err(|error| format!("{text}: {error:?}"))
}

fn moved(at: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(at.micros() + seconds * MICROS)
}

/// A day or a point in time as the clock writes it.
fn same_time(text: &str) -> Result<String, String> {
    if !text.contains('T') {
        return Ok(text.to_owned());
    }
    let at = Timestamp::from_rfc3339(text).map_err(|error| format!("{text}: {error:?}"))?;
    let instant = Instant::from_unix(at.micros() / MICROS).map_err(|error| error.to_string())?;
    Ok(Moment::Instant(instant).to_string())
}

/// A limit of several is counted as what it says, the earlier or the later.
fn has_the_earlier_and_the_later_of_two(ground: &Ground, rows: &[Row]) {
    let limit_of = |row: &Row| {
        let procedure = ground.pack.procedure(&row["procedure"]).unwrap();
        let terms = &procedure.engine.definition().terms;
        terms.iter().find(|term| term.id == row["term"]).unwrap().limit.clone()
    };
    let of = |about: &str| -> Vec<(Limit, String)> {
        let those = rows.iter().filter(|row| row["about"] == about);
        those.map(|row| (limit_of(row), row["parameter"].clone())).collect()
    };
    let earlier = of("minimum");
    assert!(earlier.iter().all(|(limit, _)| matches!(limit, Limit::Earlier(_))), "{earlier:?}");
    let later = of("maximum");
    assert!(later.iter().all(|(limit, _)| matches!(limit, Limit::Later(_))), "{later:?}");
    // Of both, each parameter decides somewhere.
    let deciding: BTreeSet<&str> = rows
        .iter()
        .filter(|row| row["term"] == "mediate")
        .map(|row| row["parameter"].as_str())
        .filter(|parameter| !parameter.is_empty())
        .collect();
    assert_eq!(deciding.len(), 2, "{deciding:?}");
}
