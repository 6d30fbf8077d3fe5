//! Figures of cases: steps taken at once, the workbench of an officer among many open cases, all duties
//! of all cases as of another time, a case page with many steps.
//!
//! `cases [--preload 1000000] [--calls 400] [--clients 32] [--seconds 20] [--database postgres]`
//!
//! `--preload` is the number of open cases, each of five steps, over all counties and sixty days. The
//! store is made as a demonstration is, since records come in at told times there. Pages are asked for
//! as an officer of a county who is logged in, without a connection between. The peers: for steps the
//! payload row alone, written durably in groups; for the workbench a plain table of due dates with an
//! index, in SQLite, which knows no term, no suspension and no law.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use app::case::NewStep;
use app::demonstration::{Making, NewPerson};
use app::people::account::NewAccount;
use app::reading::When;
use app::{Principal, Settings, System};
use axum::Extension;
use axum::body::Body;
use axum::http::Request;
use model::{Draft, PersonalPart, RecordId, Subject, Timestamp};
use pack::Pack;
use rusqlite::Connection;
use serde_json::{Map, Value, json};
use tower::ServiceExt as _;
use web::page::visitor::{Desk, Visitor};

use crate::report::{Measurement, say};
use crate::store::sample::Random;
use crate::store::{self, Fault, Home, Options, Surroundings, home, peer};

/// The first day, at nine in China.
const BEGINS: &str = "2026-07-01T09:00:00+08:00";
/// Days over which cases are opened.
const DAYS: u64 = 60;
const DAY: i64 = 86_400_000_000;
/// The steps of each case behind its opening.
const STEPS: u64 = 4;
/// Cases that only wait for a first step: those that are taken while it is measured.
const WAITING: u64 = 100_000;
/// Persons who complain.
const PERSONS: u64 = 50_000;
/// Steps of the case with many.
const MANY: u64 = 200;
/// The office of whose officer the workbench is.
const OFFICE: &str = "420102";

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    store::run(args, async |options| measure(&options).await)
}

/// What was put into the store.
struct Made {
    system: Arc<System>,
    officer: Principal,
    /// When every case had all its steps, and nothing else had come yet.
    then: When,
    waiting: Vec<RecordId>,
    many: RecordId,
}

async fn measure(options: &Options) -> Result<(), Fault> {
    let home = Home::empty(options)?;
    let surroundings = Surroundings::of(home.folder())?;
    let figure = |what: &str, n: u64| {
        let figure = surroundings.measurement("cases", what, n).with("engine", options.engine());
        figure.with("open_cases", options.preload)
    };
    say(&format!("putting {} cases into a store", options.preload));
    let start = Instant::now();
    let made = make(options, &home).await?;
    let records = made.system.reader().size().await?;
    figure("cases put in, read and signed", records).took(start.elapsed()).print();
    workbench(options, &home, &made, &figure).await?;
    recompute(options, &made, &figure).await?;
    page(options, &made, &figure).await?;
    steps(options, &home, &made, &figure).await?;
    let Made { system, .. } = made;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

async fn make(options: &Options, home: &Home) -> Result<Made, Fault> {
    let pack = home::hubei()?;
    let begins: Timestamp = BEGINS.parse()?;
    let settings = Settings { address: home.address(), ..Settings::in_folder(home.folder()) };
    let mut making = Making::begin(settings, Arc::clone(&pack), begins).await?;
    let person = NewPerson {
        account: NewAccount {
            login: "demo-officer".to_owned(),
            name: "周正".to_owned(),
            sort: "officer".to_owned(),
            organization: None,
        },
        role: "county-officer".to_owned(),
        held_in: Some(OFFICE.to_owned()),
    };
    making.person(begins, &person).await?;
    let offices = counties(&pack, begins);
    let mut cases = Cases { offices, random: Random(5), number: 0 };
    let mut days: Vec<Vec<Opened>> = Vec::new();
    // In the order of time: on each day cases are opened, and those of the days before go on.
    for day in 0..DAYS + STEPS {
        let at = |minutes: i64| {
            Timestamp::from_micros(begins.micros() + day as i64 * DAY + minutes * 60_000_000)
        };
        if day < DAYS {
            let many = options.preload * (day + 1) / DAYS - options.preload * day / DAYS;
            let mut opened = Vec::new();
            for _ in 0..many {
                let (case, draft) = cases.open(at(0));
                making.record(at(0), case.office.clone(), draft).await?;
                opened.push(case);
            }
            days.push(opened);
        }
        for number in 1..=STEPS {
            let Some(of) = day.checked_sub(number).and_then(|of| days.get(of as usize)) else {
                continue;
            };
            for case in of {
                let draft = cases.step(case, number, at(number as i64 * 30));
                making.record(at(number as i64 * 30), case.office.clone(), draft).await?;
            }
        }
    }
    let last = Timestamp::from_micros(begins.micros() + (DAYS + STEPS) as i64 * DAY);
    let mut waiting = Vec::new();
    for _ in 0..WAITING {
        let (case, draft) = cases.open(last);
        making.record(last, case.office.clone(), draft).await?;
        waiting.push(case.id);
    }
    let (many, draft) = cases.open(last);
    making.record(last, many.office.clone(), draft).await?;
    for number in 1..=MANY {
        let at = Timestamp::from_micros(last.micros() + number as i64 * 60_000_000);
        // Registered and accepted, then sent to a test and back over and over.
        let sort = match number {
            1 | 2 => number,
            number => 3 + number % 2,
        };
        let draft = Draft { open: filled(number, sort, at), ..cases.step(&many, 1, at) };
        making.record(at, many.office.clone(), draft).await?;
    }
    let system = making.finish().await?;
    let entered = system.one_click_accounts(system.clock().now()).await?;
    let account = entered.into_iter().next().ok_or("nobody can be entered as")?.account.id;
    let today = system.clock().now().day_in_china();
    let officer = Principal {
        on_behalf_of: OFFICE.to_owned(),
        office: Some(OFFICE.to_owned()),
        permissions: Default::default(),
        person: Some(system.people().person(&pack, &account, today)),
        account,
    };
    let behind = WAITING + 1 + MANY;
    let then = When {
        valid: Some(Timestamp::from_micros(last.micros() - 1)),
        known: Some(system.reader().size().await? - behind),
    };
    Ok(Made { system, officer, then, waiting, many: many.id })
}

/// The offices of counties on a day.
fn counties(pack: &Pack, at: Timestamp) -> Vec<String> {
    let day = at.day_in_china();
    let is_county = |office: &&pack::Office| {
        office.on(day).is_some_and(|period| period.office_type == "county")
    };
    pack.offices().filter(is_county).map(|office| office.id.clone()).collect()
}

/// Makes records of cases.
struct Cases {
    offices: Vec<String>,
    random: Random,
    number: u64,
}

struct Opened {
    id: RecordId,
    office: String,
}

impl Cases {
    fn draft(&mut self, kind: &str, office: &str, at: Timestamp) -> Draft {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.random.next().to_le_bytes());
        Draft {
            id: Some(RecordId::new(at, &random)),
            kind: kind.to_owned(),
            subjects: Vec::new(),
            office: Some(office.to_owned()),
            region: office.to_owned(),
            valid_at: at,
            source: "bench".to_owned(),
            open: Map::new(),
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        }
    }

    fn open(&mut self, at: Timestamp) -> (Opened, Draft) {
        self.number += 1;
        let office = self.offices[self.random.below(self.offices.len() as u64) as usize].clone();
        let mut draft = self.draft("complaint", &office, at);
        let open = json!({
            "number": format!("T-{}", self.number),
            "channel": "hotline-12315",
            "category": "quality",
        });
        if let Value::Object(open) = open {
            draft.open = open;
        }
        let fields = [("text", "水壶漏电"), ("complainant_name", "王小明")];
        draft.personal.push(PersonalPart {
            person: format!("p-{}", self.number % PERSONS),
            fields: fields.map(|(name, text)| (name.to_owned(), text.into())).into_iter().collect(),
        });
        let id = draft.id.unwrap_or_else(|| RecordId::new(at, &[0; 10]));
        (Opened { id, office }, draft)
    }

    fn step(&mut self, case: &Opened, number: u64, at: Timestamp) -> Draft {
        let mut draft = self.draft("case-step", &case.office, at);
        if let Ok(id) = format!("record:{}", case.id).parse() {
            draft.subjects.push(Subject { role: "case".to_owned(), id });
        }
        draft.open = filled(number, number, at);
        draft
    }
}

/// What the record of a step says; which step, the sort says.
fn filled(number: u64, sort: u64, at: Timestamp) -> Map<String, Value> {
    let (step, form) = form(sort, at);
    let open = json!({
        "procedure": "complaint",
        "number": number,
        "step": step,
        "act": "done",
        "form": form.to_string(),
    });
    match open {
        Value::Object(open) => open,
        _ => Map::new(),
    }
}

/// A step and what is filled in.
fn form(sort: u64, at: Timestamp) -> (&'static str, Value) {
    let day = at.day_in_china().to_string();
    match sort {
        1 => ("register", json!({ "registered_on": day, "handling_unit": "投诉科" })),
        2 => ("accept", json!({ "accepted_on": day, "mediator": "周正" })),
        3 => (
            "send-to-test",
            json!({
                "laboratory": "uscc:914201001777000029",
                "test_items": "全项",
                "cost_agreement": "双方平摊",
            }),
        ),
        _ => ("test-result", json!({ "test_report_no": "J-1", "test_verdict": "fail" })),
    }
}

/// The page of an officer: what is their own, what is due soon.
async fn workbench(
    options: &Options,
    home: &Home,
    made: &Made,
    figure: &impl Fn(&str, u64) -> Measurement,
) -> Result<(), Fault> {
    let router = web::router(Arc::clone(&made.system));
    let router = router.layer(Extension(visitor(&made.system, made.officer.clone())));
    let mut peer_times = peer_table(options, home)?;
    let peer = || {
        let figures = Measurement::new("cases", "peer", options.calls);
        figures.with("rows", options.preload)
    };
    let peer = peer().percentiles(&mut peer_times);
    let mut peer = Some(peer);
    for (what, path) in [
        ("workbench, own duties", "/console/work"),
        ("workbench, due soon", "/console/work?view=pressing"),
        ("workbench, all of the office", "/console/work?view=all"),
        ("home", "/console"),
    ] {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for call in 0..options.calls + 20 {
            let request = Request::get(path)
                .header("accept", "text/html")
                .header("host", "localhost")
                .body(Body::empty())?;
            let start = Instant::now();
            let response = router.clone().oneshot(request).await?;
            let status = response.status();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
            if call >= 20 {
                times.push(start.elapsed());
            }
            bytes += body.len() as u64;
            if status != 200 {
                return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
            }
        }
        let mut measured = figure(what, options.calls)
            .with("html_bytes", bytes / (options.calls + 20))
            .percentiles(&mut times);
        if let Some(peer) = peer.take() {
            measured = measured.peer("a plain table of due dates with an index (SQLite)", peer);
        }
        measured.print();
    }
    Ok(())
}

/// The times of asking a plain table for the next that are due in an office.
fn peer_table(options: &Options, home: &Home) -> Result<Vec<Duration>, Fault> {
    let path = home.folder().join("peer-due.sqlite");
    let mut connection = Connection::open(&path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; CREATE TABLE due (position INTEGER PRIMARY KEY, \
         office TEXT NOT NULL, due INTEGER NOT NULL); \
         CREATE INDEX due_office ON due (office, due, position)",
    )?;
    let pack = home::hubei()?;
    let offices = counties(&pack, BEGINS.parse()?);
    let mut random = Random(5);
    let transaction = connection.transaction()?;
    {
        let mut insert =
            transaction.prepare("INSERT INTO due (position, office, due) VALUES (?1, ?2, ?3)")?;
        for position in 0..options.preload {
            let office = &offices[random.below(offices.len() as u64) as usize];
            insert.execute((position as i64, office, random.below(100_000) as i64))?;
        }
    }
    transaction.commit()?;
    let mut ask = connection.prepare(
        "SELECT position, due FROM due WHERE office = ?1 ORDER BY due, position LIMIT 21",
    )?;
    let mut times = Vec::new();
    for _ in 0..options.calls {
        let start = Instant::now();
        let rows = ask.query_map([OFFICE], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let rows: Vec<(i64, i64)> = rows.collect::<Result<_, _>>()?;
        times.push(start.elapsed());
        if rows.is_empty() && options.preload > 1_000 {
            return Err("the peer found nothing".into());
        }
    }
    Ok(times)
}

/// All duties of all cases for another time, from what the readings hold.
async fn recompute(
    options: &Options,
    made: &Made,
    figure: &impl Fn(&str, u64) -> Measurement,
) -> Result<(), Fault> {
    let all = options.preload + WAITING + 1;
    for round in 0..3 {
        for (what, when, cases) in [
            ("all duties as of now", When::default(), all),
            ("all duties as of another valid and known", made.then, options.preload),
        ] {
            let start = Instant::now();
            let tally = made.system.duty_tally(when).await?;
            let took = start.elapsed();
            if (tally.cases, tally.open) != (cases, cases) {
                return Err(format!("{tally:?} of {cases} cases").into());
            }
            // The first warms what a process that serves has warm.
            if round > 0 {
                figure(what, tally.cases)
                    .with("duties", tally.duties)
                    .with("overdue", tally.overdue)
                    .took(took)
                    .print();
            }
        }
    }
    Ok(())
}

/// A case with many steps, as its page asks for it.
async fn page(
    options: &Options,
    made: &Made,
    figure: &impl Fn(&str, u64) -> Measurement,
) -> Result<(), Fault> {
    let (mut times, mut bytes) = (Vec::new(), 0);
    for call in 0..options.calls + 20 {
        let start = Instant::now();
        let case = made.system.case(&made.officer_of_all(), made.many, When::default()).await?;
        let text = serde_json::to_vec(&case)?;
        if call >= 20 {
            times.push(start.elapsed());
        }
        bytes = text.len();
        if case.steps.len() as u64 != MANY {
            return Err(format!("the case has {} steps", case.steps.len()).into());
        }
    }
    figure("a case with 200 steps, as JSON", options.calls)
        .with("json_bytes", bytes)
        .percentiles(&mut times)
        .print();
    let router = web::router(Arc::clone(&made.system));
    let router = router.layer(Extension(visitor(&made.system, made.officer_of_all())));
    let path = format!("/console/cases/{}", made.many);
    let mut times = Vec::new();
    for call in 0..options.calls + 20 {
        let request = Request::get(&path)
            .header("accept", "text/html")
            .header("host", "localhost")
            .body(Body::empty())?;
        let start = Instant::now();
        let response = router.clone().oneshot(request).await?;
        let status = response.status();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
        if call >= 20 {
            times.push(start.elapsed());
        }
        if status != 200 {
            return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
        }
        bytes = body.len();
    }
    figure("case page, 200 steps", options.calls)
        .with("html_bytes", bytes)
        .percentiles(&mut times)
        .print();
    Ok(())
}

impl Made {
    /// Who may read the case, wherever it lies.
    fn officer_of_all(&self) -> Principal {
        Principal::operator()
    }
}

/// Steps that are taken at once, each on a case of its own, each durable before it is answered.
async fn steps(
    options: &Options,
    home: &Home,
    made: &Made,
    figure: &impl Fn(&str, u64) -> Measurement,
) -> Result<(), Fault> {
    let next = Arc::new(AtomicUsize::new(0));
    let waiting = Arc::new(made.waiting.clone());
    let until = Instant::now() + options.time;
    let mut clients = tokio::task::JoinSet::new();
    let start = Instant::now();
    for _ in 0..options.clients {
        let (system, next) = (Arc::clone(&made.system), Arc::clone(&next));
        let waiting = Arc::clone(&waiting);
        clients.spawn(async move {
            let (who, mut times) = (Principal::operator(), Vec::new());
            while Instant::now() < until {
                let Some(case) = waiting.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                let start = Instant::now();
                system.take_step(&who, *case, first_step(&system)).await?;
                times.push(start.elapsed());
            }
            Ok::<_, Fault>(times)
        });
    }
    let mut times: Vec<Duration> = Vec::new();
    while let Some(client) = clients.join_next().await {
        times.extend(client??);
    }
    let took = start.elapsed();
    let (rows, peer_took, mut peer_times) =
        peer::run(home, options.clients, options.time.min(Duration::from_secs(10))).await?;
    let peer = Measurement::new("cases", "peer", rows).took(peer_took).percentiles(&mut peer_times);
    figure("steps on cases, durable", times.len() as u64)
        .with("clients", options.clients as u64)
        .took(took)
        .percentiles(&mut times)
        .peer("the payload row alone, written in groups", peer)
        .print();
    if next.load(Ordering::Relaxed) >= made.waiting.len() {
        say("all waiting cases were taken before the time was over");
    }
    Ok(())
}

fn first_step(system: &System) -> NewStep {
    let (step, form) = form(1, system.clock().now());
    match form {
        Value::Object(form) => NewStep::done(step, form),
        _ => NewStep::done(step, Map::new()),
    }
}

fn visitor(system: &System, who: Principal) -> Arc<Visitor> {
    let label = codes::Label { zh: "区局".to_owned(), en: "District office".to_owned() };
    let pack = system.pack();
    let permissions = match &who.person {
        Some(_) => pack.role("county-officer").map(|role| role.grants.iter().cloned().collect()),
        None => Some(who.permissions.clone()),
    };
    Arc::new(Visitor {
        name: "bench".to_owned(),
        place: label,
        desk: Desk::Console,
        permissions: permissions.unwrap_or_default(),
        principal: Arc::new(who),
        binding: [1; 32],
    })
}
