//! A small procedure that has everything, and a law for it.

use clock::{Calendar, Direction, Known, Region, Roll, Term, Unit, WorkingDays};
use codes::Label;
use model::Timestamp;
use procedure::{
    Act, AtEnd, By, Collective, Deciding, Definition, Entry, Extension, Guarded, Law, NoLimit,
    Origin, Parameter, Procedure, State, Step, StepField, Surroundings, Suspension, TermRule, To,
    Version, Who,
};
use rules::guard::Type;
use rules::value::Value;

fn label(text: &str) -> Label {
    Label { zh: text.to_owned(), en: text.to_owned() }
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub fn state(id: &str, end: bool) -> State {
    State { id: id.to_owned(), label: label(id), end, public: false }
}

pub fn step(id: &str, from: &[&str], to: To, who: &str) -> Step {
    Step {
        id: id.to_owned(),
        label: label(id),
        from: Origin::States(words(from)),
        to,
        who: vec![who.parse().unwrap()],
        guard: None,
        approvals: Vec::new(),
        officers: None,
        collective: Collective::Never,
        at_most: None,
        opens: None,
        fields: Vec::new(),
    }
}

pub fn to(state: &str) -> To {
    To::State(state.to_owned())
}

pub fn field(name: &str, holds: Type) -> StepField {
    StepField { name: name.to_owned(), holds: Some(holds), required: false }
}

pub fn term(id: &str, starts: &str, limit: &str, met_by: &[&str]) -> TermRule {
    TermRule {
        id: id.to_owned(),
        label: label(id),
        starts: words(&[starts]),
        start_on: None,
        backward: false,
        limit: limit.parse().unwrap(),
        met_by: words(met_by),
        suspended: Vec::new(),
        extended: Vec::new(),
        lifted_by: Vec::new(),
        warn: None,
        at_end: AtEnd::Remind,
    }
}

/// received -> open <-> still -> decided -> published (an end) -> gone (an end).
pub fn definition() -> Definition {
    let mut decide = step("decide", &["open"], to("decided"), "case.handle");
    decide.approvals = words(&["case.review", "case.approve"]);
    decide.officers = Some("law.officers".to_owned());
    decide.fields = vec![
        field("fine", Type::Decimal),
        field("outside_band", Type::Boolean),
        StepField { name: "minutes".to_owned(), holds: None, required: false },
    ];
    decide.collective = Collective::When("has(now.outside_band) && now.outside_band".to_owned());
    let mut accept = step("accept", &["received"], to("open"), "case.handle");
    accept.guard = Some(Guarded {
        when: "!has(case.known_on) || years(case.known_on, today) <= law('law.age')".to_owned(),
        says: label("too old"),
    });
    let mut extend = step("extend", &["open"], To::Stay, "case.approve");
    extend.at_most = Some(1);
    let mut hear = step("call", &["open"], To::Stay, "case.handle");
    hear.fields = vec![field("hearing_on", Type::Date)];
    let mut reopen = step("split", &["open"], To::Stay, "case.handle");
    reopen.opens = Some("small".to_owned());
    let mut publish = step("publish", &["decided"], to("published"), "case.handle");
    publish.guard = Some(Guarded {
        when: "!open('small') && !overdue('close')".to_owned(),
        says: label("another case is open, or late"),
    });
    let steps = vec![
        accept,
        step("refuse", &["received"], to("refused"), "case.handle"),
        step("send", &["open"], To::Stay, "case.handle"),
        step("come-back", &["open"], To::Stay, "party:laboratory"),
        extend,
        hear,
        reopen,
        step("stop", &["open"], to("still"), "case.handle"),
        step("go-on", &["still"], To::Back, "case.handle"),
        decide,
        publish,
        step("run-out", &["published"], to("gone"), "program"),
    ];
    let mut close = term("close", "accept", "law.close", &["decide"]);
    close.suspended = vec![
        Suspension { event: "test".to_owned(), from: words(&["send"]), to: words(&["come-back"]) },
        Suspension { event: "stop".to_owned(), from: words(&["stop"]), to: words(&["go-on"]) },
    ];
    let by = By::Limit("law.more".parse().unwrap());
    close.extended = vec![Extension { step: "extend".to_owned(), by }];
    close.warn = Some(Term { amount: 3, unit: Unit::WorkingDay });
    let mut call = term("call", "call", "law.call", &["call"]);
    (call.start_on, call.backward) = (Some("hearing_on".to_owned()), true);
    let mut publication = term("publication", "publish", "law.public", &[]);
    publication.at_end = AtEnd::Take("run-out".to_owned());
    Definition {
        id: "small".to_owned(),
        label: label("small"),
        articles: vec![1],
        opens_with: "letter".to_owned(),
        level: Some("level".to_owned()),
        act_on: None,
        states: vec![
            state("received", false),
            state("open", false),
            state("still", false),
            state("decided", false),
            state("published", true),
            state("gone", true),
            state("refused", true),
        ],
        steps,
        terms: vec![
            term("accept", "opened", "law.accept", &["accept", "refuse"]),
            close,
            call,
            publication,
        ],
    }
}

pub fn around() -> Surroundings {
    let parameter = |id: &str, is_time, by_level, is_backward| Parameter {
        id: id.to_owned(),
        holds: Some(Type::Integer),
        is_time,
        by_level,
        is_backward,
    };
    Surroundings {
        opening: vec![field("known_on", Type::Date), field("level", Type::Text)],
        parties: words(&["laboratory"]),
        parameters: vec![
            parameter("law.accept", true, false, false),
            parameter("law.close", true, true, false),
            parameter("law.cap", true, false, false),
            parameter("law.more", true, false, false),
            parameter("law.call", true, false, true),
            parameter("law.public", true, false, false),
            parameter("law.age", false, false, false),
            parameter("law.officers", false, false, false),
        ],
        procedures: words(&["small"]),
    }
}

pub fn procedure() -> Procedure {
    Procedure::new(definition(), &around()).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// The law: acceptance 7 working days, closing 10 days (20 at the level high, and 5 for cases from
/// March on), 5 more by extension, a hearing called 3 working days before, 1 month public.
pub struct SmallLaw {
    days: WorkingDays,
    suspended_by: Vec<String>,
}

impl SmallLaw {
    pub fn new() -> Self {
        let text = "[[notice]]\npublishes = 2026\nsource = 'n'\n[[notice.holiday]]\n\
                    label = { zh = '春节', en = 'Spring Festival' }\n\
                    off = ['2026-02-15..2026-02-23']\nwork = ['2026-02-14', '2026-02-28']\n";
        let calendar = Calendar::parse([("2026.toml", text)]).unwrap();
        let days = calendar.working_days(Region::CHINA, Known::Latest).unwrap();
        Self { days, suspended_by: words(&["test", "stop"]) }
    }
}

impl Law for SmallLaw {
    fn limit(
        &self,
        parameter: &str,
        deciding: &Deciding,
        level: Option<&str>,
    ) -> Result<Option<Version<'_>>, NoLimit> {
        let march = "2026-03-01".parse().unwrap();
        let (amount, unit, parameter) = match (parameter, level) {
            ("law.accept", _) => (7, Unit::WorkingDay, "law.accept"),
            ("law.close", _) if deciding.case_start >= march => (5, Unit::Day, "law.close"),
            ("law.close", Some("high")) => (20, Unit::Day, "law.close"),
            ("law.close", Some("low")) => (10, Unit::Day, "law.close"),
            ("law.close", _) => return Err(NoLimit::Level),
            ("law.cap", _) if deciding.case_start < march => (6, Unit::WorkingDay, "law.cap"),
            ("law.more", _) => (5, Unit::Day, "law.more"),
            ("law.call", _) => (3, Unit::WorkingDay, "law.call"),
            ("law.public", _) => (1, Unit::Month, "law.public"),
            _ => return Ok(None),
        };
        let backward = parameter == "law.call";
        Ok(Some(Version {
            term: Term { amount, unit },
            direction: if backward { Direction::Backward } else { Direction::Forward },
            roll: if parameter == "law.public" { Roll::None } else { Roll::usual(unit) },
            // What an extension stands still for, the term that it extends says.
            suspended_by: if parameter == "law.more" { &[] } else { &self.suspended_by },
            parameter,
            law: "a law",
            article: None,
            is_reviewed: true,
        }))
    }

    fn number(&self, parameter: &str, _: &Deciding, _: Option<&str>) -> Option<Value> {
        match parameter {
            "law.age" => Some(Value::Integer(3)),
            "law.officers" => Some(Value::Integer(2)),
            _ => None,
        }
    }

    fn days(&self) -> &WorkingDays {
        &self.days
    }
}

/// Noon of a day.
pub fn noon(day: &str) -> Timestamp {
    Timestamp::from_rfc3339(&format!("{day}T12:00:00+08:00")).unwrap()
}

/// A case from steps written as `STEP DAY`, with `?`, `+` or `-` before what is proposed, approved or
/// returned; the opening says the level low.
pub fn entries(procedure: &Procedure, opened: &str, steps: &[&str]) -> Vec<Entry> {
    let level = procedure.field("level").unwrap();
    let mut entries = vec![Entry {
        step: 0,
        act: Act::Done,
        at: noon(opened),
        by: "clerk".into(),
        values: vec![(level, "low".into())],
    }];
    for (number, text) in steps.iter().enumerate() {
        let (id, day) = text.split_once(' ').unwrap();
        let (act, id) = match id.split_at(1) {
            ("?", id) => (Act::Proposed, id),
            ("+", id) => (Act::Approved, id),
            ("-", id) => (Act::Returned, id),
            _ => (Act::Done, id),
        };
        let (id, value) = id.split_once('=').map_or((id, None), |(id, value)| (id, Some(value)));
        let hearing = || procedure.field("hearing_on").unwrap();
        let value = value.map(|day| (hearing(), Value::Date(day.parse().unwrap())));
        entries.push(Entry {
            step: procedure.step(id).unwrap(),
            act,
            at: noon(day),
            by: format!("officer-{number}").into(),
            values: value.into_iter().collect(),
        });
    }
    entries
}

pub fn who(text: &str) -> Who {
    text.parse().unwrap()
}
