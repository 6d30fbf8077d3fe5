//! `GET /console/cases/{id}`: how a case stands, what was done, by when what has to be, and what the
//! reader can do.

use std::collections::HashMap;
use std::sync::Arc;

use app::Principal;
use app::case::CaseView;
use app::reading::{PersonalView, RecordView, When};
use app::registry::Called;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use clock::Date;
use pack::{Pack, Procedure};

use super::super::archive::end_of;
use super::super::record::{PersonShown, person, persons};
use crate::casework::course::{self, StateShown, StepShown, TermShown, say};
use crate::page::Page;
use crate::page::facts::{Fact, Facts, in_path};
use crate::page::timeline::subjects;
use crate::page::ui::{Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::{Query, id_in_path};
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/case/show.html")]
struct CasePage<'p> {
    p: &'p Page,
    case: &'p CaseView,
    title: String,
    icon: &'static str,
    about: String,
    tag: Tag,
    states: Vec<StateShown>,
    terms: Vec<TermShown>,
    yours: Vec<NextShown>,
    others: Vec<NextShown>,
    steps: Vec<StepShown>,
    roles: Vec<Fact>,
    facts: Vec<Fact>,
    persons: Vec<PersonShown>,
    /// What its steps say of persons, by their numbers.
    step_persons: HashMap<u64, Vec<PersonShown>>,
    office: String,
    under: Vec<LinkShown>,
    asked: Asked,
    known: u64,
    /// Whether it is shown as it was: nothing can be done then.
    past: bool,
    done: bool,
}

/// A step that can be taken, or why not.
struct NextShown {
    label: String,
    law: String,
    href: String,
    /// What is done with it, where that is to agree.
    approve: bool,
    propose: bool,
    why_not: Vec<String>,
    /// The term that it meets, pressing.
    due: bool,
}

/// Another case.
struct LinkShown {
    label: String,
    state: String,
    href: String,
}

/// As of when.
#[derive(Default)]
pub struct Asked {
    /// The last day that counts.
    pub on: String,
    /// How many records are known.
    pub known: String,
}

impl Asked {
    /// The two times of an address.
    pub fn read(query: &mut Query) -> Self {
        let asked = Self {
            on: query.text("on").unwrap_or_default(),
            known: query.text("known").unwrap_or_default(),
        };
        if !asked.on.is_empty() && asked.on.parse::<Date>().is_err() {
            query.wrong("on", ("a day such as 2026-11-23", "日期，如 2026-11-23"));
        }
        if !asked.known.is_empty() && asked.known.parse::<u64>().is_err() {
            query.wrong("known", ("a number of records", "记录数"));
        }
        asked
    }

    /// The two times.
    pub fn when(&self) -> When {
        let day: Option<Date> = self.on.parse().ok();
        When { valid: day.map(end_of), known: self.known.parse().ok() }
    }
}

/// The page.
///
/// # Errors
/// Nobody of the console is logged in, or may not read the case; no such case; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let id = id_in_path(&id)?;
    let mut query = Query::of(&uri);
    let asked = Asked::read(&mut query);
    let done = query.text("done").is_some();
    query.finish()?;
    let system = &site.system;
    let when = asked.when();
    let case = system.case(who, id, when).await.map_err(|e| Problem::from(e).of_query())?;
    let opening = system.record(who, id, when.known).await?;
    let pack = system.pack_known(when.known).await?;
    let Some(procedure) = pack.procedure(&case.procedure) else { return Err(gone()) };
    let known = match when.known {
        Some(known) => known,
        None => system.readings().watermark().get(),
    };
    let named = course::named(procedure, &subjects(&opening), &case);
    let called = system.called(named.iter().map(String::as_str)).await;
    let accounts = accounts(&site, &case).await?;
    let of_persons = system.step_persons(who, &case, when).await?;
    let context = Context { page: &page, pack: &pack, procedure, called, accounts };
    let past = !asked.on.is_empty() || !asked.known.is_empty();
    let (yours, others) = context.next(&case, past);
    let facts = Facts::new(&page, &pack, "/console/archive/");
    let on = opening.stored.valid_at.day_in_china();
    let kind = pack.kind(&opening.stored.kind);
    let mut said = kind.map(|kind| facts.of(kind, &opening.open, on)).unwrap_or_default();
    // It is for a program to compare, and says nothing to a reader.
    said.retain(|fact| fact.name != app::letter::CODE_DIGEST);
    let template = CasePage {
        title: title(&page, kind, &opening.open, &case),
        icon: facts.icon(&opening.stored.kind),
        about: context.about(&opening),
        tag: state_tag(&page, &case),
        states: course::states(&page, procedure, &case),
        terms: course::terms(&page, &case),
        yours,
        others,
        steps: context.steps(&facts, &case),
        roles: context.roles(&facts, &opening),
        facts: said,
        persons: persons(&page, &pack, &facts, &opening),
        step_persons: context.step_persons(&facts, &case, &of_persons),
        office: context.office(case.office.as_deref()),
        under: context.under(&case),
        case: &case,
        p: &page,
        asked,
        known,
        past,
        done,
    };
    page.show(&template)
}

/// What is told where the pack has lost the procedure of a case.
pub fn gone() -> Problem {
    let fault = app::Fault::new(
        "case.no_procedure",
        "the pack in force has no procedure for this case; tell the operator",
        "现行规则包没有此案适用的程序；请联系运维人员",
    );
    Problem::new(axum::http::StatusCode::NOT_FOUND, fault)
}

/// What those are called who took its steps.
pub async fn accounts(site: &Site, case: &CaseView) -> Result<HashMap<String, String>, Problem> {
    let ids = case.steps.iter().map(|step| step.by.as_str());
    let officers = case.steps.iter().flat_map(|step| &step.officers);
    let officers = officers.filter_map(|id| id.strip_prefix("person:"));
    Ok(site.system.account_names(ids.chain(officers)).await?)
}

/// What a case is called: its number, where it has one, else its procedure.
pub fn title(
    page: &Page,
    kind: Option<&pack::Kind>,
    open: &serde_json::Map<String, serde_json::Value>,
    case: &CaseView,
) -> String {
    let number = kind.and_then(|kind| {
        let text = |name: &String| open.get(name)?.as_str();
        let is_text = |name: &&String| kind.field(name).is_some();
        kind.unique.iter().filter(is_text).find_map(text)
    });
    match number {
        Some(number) => format!("{} {number}", say(page, &case.label)),
        None => say(page, &case.label).to_owned(),
    }
}

/// How a case stands, as a mark.
pub fn state_tag(page: &Page, case: &CaseView) -> Tag {
    let state = say(page, &case.state_label);
    match case.ended_at {
        Some(_) => Tag::new(Tone::Mute, state).icon("check"),
        None => Tag::new(Tone::Info, state).icon("play"),
    }
}

struct Context<'p> {
    page: &'p Page,
    pack: &'p Pack,
    procedure: &'p Procedure,
    called: HashMap<String, Called>,
    accounts: HashMap<String, String>,
}

impl Context<'_> {
    /// Who or what it is about.
    fn about(&self, opening: &RecordView) -> String {
        let names = subjects(opening).into_iter().filter_map(|(_, id)| {
            let called = self.called.get(&id)?;
            (!called.name.is_empty()).then(|| called.name.clone())
        });
        let mut names: Vec<String> = names.collect();
        names.dedup();
        names.truncate(3);
        names.join(self.page.pick("、", ", "))
    }

    fn office(&self, id: Option<&str>) -> String {
        let Some(id) = id else { return String::new() };
        let period = self.pack.office(id).and_then(|office| office.on(self.page.today()));
        period.map_or_else(|| id.to_owned(), |period| self.page.say(&period.label).to_owned())
    }

    fn roles(&self, facts: &Facts<'_>, opening: &RecordView) -> Vec<Fact> {
        let mut roles = facts.roles(&subjects(opening), "");
        roles.iter_mut().for_each(|fact| course::name(fact, &self.called));
        roles
    }

    /// What can be done by the reader, and what cannot.
    fn next(&self, case: &CaseView, past: bool) -> (Vec<NextShown>, Vec<NextShown>) {
        let (mut yours, mut others) = (Vec::new(), Vec::new());
        let duties: Vec<&String> = case.duties.iter().flat_map(|duty| &duty.steps).collect();
        for step in &case.next {
            // What only the program does is no choice of anybody.
            if !step.yours && step.why_not.is_empty() {
                continue;
            }
            let why_not: Vec<String> =
                step.why_not.iter().map(|why| say(self.page, &why.says).to_owned()).collect();
            let shown = NextShown {
                label: say(self.page, &step.label).to_owned(),
                law: step.law.clone().unwrap_or_default(),
                href: format!("/console/cases/{}/steps/{}", case.case, in_path(&step.step)),
                approve: step.act == "approved",
                propose: step.act == "proposed",
                due: duties.contains(&&step.step),
                why_not,
            };
            match shown.why_not.is_empty() && !past {
                true => yours.push(shown),
                false if step.yours => others.push(shown),
                false => {}
            }
        }
        yours.sort_by_key(|shown| !shown.due);
        (yours, others)
    }

    /// What was done, the newest first.
    fn steps(&self, facts: &Facts<'_>, case: &CaseView) -> Vec<StepShown> {
        let steps = case.steps.iter().rev().map(|entry| StepShown {
            number: entry.number,
            label: say(self.page, &entry.label).to_owned(),
            tag: course::act_tag(self.page, entry.act),
            at: self.page.date_time(&entry.at),
            by: self.person(&entry.by),
            officers: {
                let names = entry.officers.iter().map(|id| self.officer(id));
                names.collect::<Vec<_>>().join(self.page.pick("、", ", "))
            },
            facts: course::facts(facts, self.procedure, entry, &self.called),
            reason: entry.reason.clone().unwrap_or_default(),
            record: format!("/console/records/{}", entry.record),
            wrote: entry.wrote.as_ref().map(|id| format!("/console/records/{id}")),
            opened: entry.opened.map(|id| format!("/console/cases/{id}")),
        });
        steps.collect()
    }

    /// What the steps say of persons, or why that is not shown.
    fn step_persons(
        &self,
        facts: &Facts<'_>,
        case: &CaseView,
        said: &HashMap<u64, Vec<PersonalView>>,
    ) -> HashMap<u64, Vec<PersonShown>> {
        let mut shown = HashMap::new();
        for entry in &case.steps {
            let Some(parts) = said.get(&entry.number) else { continue };
            let form = self.procedure.form(&entry.step);
            let fields = form.map(|form| form.fields.as_slice()).unwrap_or_default();
            let on = entry.at.day_in_china();
            let parts = parts
                .iter()
                .map(|part| person(self.page, part, |said| facts.of_fields(fields, said, on)));
            shown.insert(entry.number, parts.collect());
        }
        shown
    }

    /// What somebody is called by whom a step was taken.
    fn person(&self, account: &str) -> String {
        if account == Principal::program().account {
            return self.page.w.casework.by_program.to_owned();
        }
        self.accounts.get(account).cloned().unwrap_or_else(|| account.to_owned())
    }

    fn officer(&self, id: &str) -> String {
        let account = id.strip_prefix("person:").unwrap_or(id);
        let registered = self.called.get(id).map(|called| called.name.clone());
        let known = self.accounts.get(account).cloned().or(registered);
        known.filter(|name| !name.is_empty()).unwrap_or_else(|| account.to_owned())
    }

    fn under(&self, case: &CaseView) -> Vec<LinkShown> {
        let words = &self.page.w.casework;
        let over = case.over.map(|id| LinkShown {
            label: words.over_case.to_owned(),
            state: String::new(),
            href: format!("/console/cases/{id}"),
        });
        let under = case.under.iter().map(|under| LinkShown {
            label: say(self.page, &under.label).to_owned(),
            state: say(self.page, &under.state_label).to_owned(),
            href: format!("/console/cases/{}", under.case),
        });
        over.into_iter().chain(under).collect()
    }
}
