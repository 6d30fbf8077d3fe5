//! `GET /console/records/{id}`: a record with who sent it, how it stands, its proof, and why the
//! reader may see it; `/console/records/{id}/proof` is its proof file.

use std::sync::Arc;

use app::Principal;
use app::people::role::Why;
use app::reading::{PersonalView, RecordView, Shown as ShownPersonal};
use askama::Template;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use model::{Envelope, RecordId};
use pack::Pack;
use serde_json::{Map, Value};

use super::attachments::Attached;
use crate::page::Page;
use crate::page::facts::{Fact, Facts};
use crate::page::form::Form;
use crate::page::timeline::subjects;
use crate::page::ui::{Banner, Tag, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::site::Site;

#[derive(Template)]
#[template(path = "console/record.html")]
struct RecordPage<'p> {
    p: &'p Page,
    view: &'p RecordView,
    kind: String,
    icon: &'static str,
    tag: Tag,
    warning: Option<Banner<'p>>,
    facts: Vec<Fact>,
    roles: Vec<Fact>,
    persons: Vec<PersonShown>,
    sent: Vec<(&'static str, String)>,
    links: Vec<(&'static str, String)>,
    why: Vec<String>,
    command: String,
    attached: Attached<'p>,
    /// The page of the case that it opened or belongs to.
    case: Option<String>,
}

/// What is shown of a person: the fields, or why not.
pub(super) struct PersonShown {
    pub(super) person: String,
    pub(super) facts: Vec<Fact>,
    pub(super) instead: &'static str,
}

/// The page of a record.
///
/// # Errors
/// Nobody of the console is logged in, or may not see it; no such record; a fault of the store.
pub async fn record(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let id: RecordId = id.parse().map_err(|_| Problem::bare(StatusCode::NOT_FOUND))?;
    shown(&site, &page, id, &Form::default(), StatusCode::OK).await
}

/// The page, with what was wrong with a form on it.
///
/// # Errors
/// As [`record`].
pub async fn shown(
    site: &Site,
    page: &Page,
    id: RecordId,
    form: &Form,
    status: StatusCode,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let view = site.system.record(who, id, None).await?;
    let attached = Attached::of(site, page, who, &view, form).await?;
    let pack = site.system.pack();
    let facts = Facts::new(page, &pack, "/console/archive/");
    let on = view.stored.valid_at.day_in_china();
    let kind = pack.kind(&view.stored.kind);
    let key = site.system.keys().signer(&view.log);
    let key = key.map_err(|error| store::Error::Damaged { what: error.to_string() })?.verifier();
    let words = &page.w.filed;
    let tag = match view.standing.counts {
        true => Tag::new(Tone::Ok, words.counts),
        false => Tag::new(Tone::Warn, words.not_counting),
    };
    let template = RecordPage {
        p: page,
        kind: facts.kind(&view.stored.kind).to_owned(),
        icon: facts.icon(&view.stored.kind),
        tag,
        warning: warning(page, &view),
        facts: kind.map(|kind| facts.of(kind, &view.open, on)).unwrap_or_default(),
        roles: facts.roles(&subjects(&view), ""),
        persons: persons(page, &pack, &facts, &view),
        sent: sent(page, &pack, &facts, &view),
        links: links(page, &view),
        why: why(site, page, &pack, who, &view),
        command: format!("zhiheng verify {id}.tlog-proof --key \"{key}\""),
        attached,
        case: case_of(&pack, &view),
        view: &view,
    };
    page.show_as(status, &template)
}

/// The page of the case that a record opened, or of which it is a step.
fn case_of(pack: &Pack, view: &RecordView) -> Option<String> {
    let opens = |one: &pack::Procedure| one.engine.definition().opens_with == view.stored.kind;
    if pack.procedures().any(opens) {
        let first = view.stored.corrects.unwrap_or(view.stored.id);
        return Some(format!("/console/cases/{first}"));
    }
    let (_, case) = subjects(view).into_iter().find(|(role, _)| role == "case")?;
    Some(format!("/console/cases/{}", case.strip_prefix("record:")?))
}

/// Why it counts no more, where it does not.
fn warning<'p>(page: &'p Page, view: &RecordView) -> Option<Banner<'p>> {
    let (words, standing) = (&page.w.filed, &view.standing);
    if standing.counts {
        return None;
    }
    let text = match (standing.corrected_by, standing.withdrawn_at) {
        (_, Some(at)) => words.withdrawn_at(at + 1),
        (Some(by), None) => format!("{} {}", words.corrected_by, by.id),
        (None, None) => words.open_batch.to_owned(),
    };
    Some(Banner::new(page, Tone::Warn, text))
}

/// What a record says of persons, or why that is not shown.
pub(super) fn persons(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    view: &RecordView,
) -> Vec<PersonShown> {
    let on = view.stored.valid_at.day_in_china();
    let kind = pack.kind(&view.stored.kind);
    let of_kind = |fields: &_| kind.map(|kind| facts.of(kind, fields, on)).unwrap_or_default();
    view.personal.iter().map(|part| person(page, part, of_kind)).collect()
}

/// What is said of one person, or why that is not shown.
pub(super) fn person(
    page: &Page,
    part: &PersonalView,
    facts: impl Fn(&Map<String, Value>) -> Vec<Fact>,
) -> PersonShown {
    let words = &page.w.filed;
    let (facts, instead) = match &part.shown {
        ShownPersonal::Fields(fields) => (facts(fields), ""),
        ShownPersonal::Hidden => (Vec::new(), words.hidden),
        ShownPersonal::Restricted => (Vec::new(), words.restricted),
        ShownPersonal::Unnoted => (Vec::new(), words.unnoted),
        ShownPersonal::Erased => (Vec::new(), words.erased),
        ShownPersonal::Sealed => (Vec::new(), words.sealed),
    };
    PersonShown { person: part.person.clone(), facts, instead }
}

fn sent(
    page: &Page,
    pack: &Pack,
    facts: &Facts<'_>,
    view: &RecordView,
) -> Vec<(&'static str, String)> {
    let words = &page.w.filed;
    let Ok(envelope) = Envelope::read(&view.stored.envelope) else { return Vec::new() };
    let today = page.today();
    let office = |id: &str| {
        let period = pack.office(id).and_then(|office| office.on(today));
        period.map_or_else(|| id.to_owned(), |period| page.say(&period.label).to_owned())
    };
    let class = pack::Class::ALL.iter().find(|class| class.word() == envelope.class);
    let class = class.map_or_else(
        || envelope.class.clone().into_owned(),
        |class| page.pick(class.zh(), class.word()).to_owned(),
    );
    let mut sent = vec![
        (words.sender, office(&envelope.author.on_behalf_of)),
        (words.system, envelope.source.clone().into_owned()),
    ];
    sent.extend(envelope.office.as_ref().map(|id| (words.office, office(id))));
    sent.push((words.region, facts.region(&envelope.region, view.stored.valid_at.day_in_china())));
    sent.push((words.received, page.date_time(&view.stored.recorded_at)));
    sent.push((words.class, class));
    // Enough of the digest to tell one pack from another.
    let pack = envelope.pack.split_once(':').map_or(&*envelope.pack, |(_, digest)| digest);
    sent.push((words.pack, pack.chars().take(12).collect()));
    sent
}

/// The records that it has to do with.
fn links(page: &Page, view: &RecordView) -> Vec<(&'static str, String)> {
    let (words, stored) = (&page.w.filed, &view.stored);
    let mut links: Vec<(&'static str, String)> = Vec::new();
    links.extend(stored.corrects.map(|id| (words.corrects, id.to_string())));
    links.extend(stored.withdraws.map(|id| (words.withdraws, id.to_string())));
    links.extend(view.standing.corrected_by.map(|by| (words.corrected_by, by.id.to_string())));
    links
}

/// Why the reader may see it, sentence by sentence.
fn why(site: &Site, page: &Page, pack: &Pack, who: &Principal, view: &RecordView) -> Vec<String> {
    let words = &page.w.filed;
    let mut says = Vec::new();
    if view.stored.class == model::Class::Public.word() {
        says.push(words.why_public.to_owned());
    }
    let Ok(Why::By(reason)) = site.system.why_seen(who, view) else { return says };
    match &reason.role {
        Some(role) => {
            let office = pack.office(&reason.held_in).and_then(|office| office.on(page.today()));
            let office = office.map_or(&*reason.held_in, |period| page.say(&period.label));
            let permission = page.say(&reason.permission.label);
            says.push(words.why_role(office, permission, page.say(&role.label)));
        }
        None => says.push(words.why_program.to_owned()),
    }
    says.extend(reason.acting_for.as_ref().map(|who| words.why_acting(who)));
    says.extend(reason.scope.map(|scope| words.why_scope(page.pick(scope.zh(), scope.word()))));
    if !reason.articles.is_empty() {
        let articles: Vec<String> = reason.articles.iter().map(ToString::to_string).collect();
        says.push(words.why_articles(articles.join(page.pick("、", ", "))));
    }
    says.extend(reason.basis.as_ref().map(|law| words.why_law(law)));
    says
}

/// The proof file of a record that the reader may see.
///
/// # Errors
/// As [`record`]; not signed yet.
pub async fn proof(
    State(site): State<Arc<Site>>,
    Path(id): Path<String>,
    page: Page,
) -> Result<Response, Problem> {
    let who = page.at(Desk::Console)?;
    let id: RecordId = id.parse().map_err(|_| Problem::bare(StatusCode::NOT_FOUND))?;
    let stored = site.system.stored(who, id).await?;
    let proof = site.system.evidence().proof(site.system.reader(), &stored).await;
    let proof = proof.map_err(|error| store::Error::Damaged { what: error.to_string() })?;
    let Some(proof) = proof else {
        let fault = app::Fault::new(
            "proof.not_signed",
            "the record is not under a signed checkpoint yet; try again in a second",
            "此记录尚未并入已签名的检查点；请一秒后重试",
        );
        return Err(Problem::new(StatusCode::NOT_FOUND, fault).retry_after(1));
    };
    let mut response = Response::new(Body::from(proof.to_string()));
    let headers = response.headers_mut();
    let media = HeaderValue::from_static("text/plain; charset=utf-8");
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let name = format!("attachment; filename=\"{id}.tlog-proof\"");
    if let Ok(name) = HeaderValue::try_from(name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
