//! A case as whoever may read it sees it.

use codes::Label;
use model::{RecordId, Timestamp};
use pack::LawOn;
use procedure::{Act, Attempt, Case, Duty, NoEnding, Origin, Outcome, Standing, Step, WhyNot};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Records, Under};
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::{When, envelope};
use crate::system::System;

/// A case as of two times.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct CaseView {
    /// The record that opened it.
    #[schema(value_type = String)]
    pub case: RecordId,
    /// Its procedure.
    pub procedure: String,
    /// The name of the procedure.
    pub label: Words,
    /// The office that is competent.
    pub office: Option<String>,
    /// The division, GB/T 2260.
    pub region: String,
    /// When it was opened.
    #[schema(value_type = String)]
    pub opened_at: Timestamp,
    /// The state that it is in.
    pub state: String,
    /// The name of the state.
    pub state_label: Words,
    /// Since when it has ended; none while it is open.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Timestamp>,
    /// The number of its last step; 0 where there is only the opening.
    pub last: u64,
    /// Its steps, the first first.
    pub steps: Vec<EntryView>,
    /// The terms that run or ran.
    pub terms: Vec<TermView>,
    /// What has to be done.
    pub duties: Vec<DutyView>,
    /// What can be done next, and why something cannot.
    pub next: Vec<StepView>,
    /// The cases that its steps opened, as of the same times.
    pub under: Vec<UnderView>,
    /// The case of which a step opened it.
    #[schema(value_type = Option<String>)]
    pub over: Option<RecordId>,
}

/// A case that a step of another opened.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct UnderView {
    /// The record that opened it.
    #[schema(value_type = String)]
    pub case: RecordId,
    /// Its procedure.
    pub procedure: String,
    /// The name of the procedure.
    pub label: Words,
    /// The state that it is in.
    pub state: String,
    /// The name of the state.
    pub state_label: Words,
    /// Since when it has ended; none while it is open.
    #[schema(value_type = Option<String>)]
    pub ended_at: Option<Timestamp>,
}

/// A name in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Words {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Label> for Words {
    fn from(label: &Label) -> Self {
        Self { zh: label.zh.clone(), en: label.en.clone() }
    }
}

/// A step that was recorded.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EntryView {
    /// Its record.
    #[schema(value_type = String)]
    pub record: RecordId,
    /// Its number.
    pub number: u64,
    /// The step.
    pub step: String,
    /// The name of the step.
    pub label: Words,
    /// `done`, `proposed`, `approved` or `returned`.
    pub act: &'static str,
    /// When.
    #[schema(value_type = String)]
    pub at: Timestamp,
    /// Who, as a pseudonym.
    pub by: String,
    /// The officers who took it together, as persons in office.
    pub officers: Vec<String>,
    /// What was filled in.
    pub form: Map<String, Value>,
    #[serde(skip)]
    #[schema(ignore)]
    /// The position of its record, where that says something of persons beside.
    pub(super) of_persons: Option<u64>,
    /// Why it was sent back.
    pub reason: Option<String>,
    /// A record that was written with it.
    pub wrote: Option<String>,
    /// The record that opened a case under this one with it.
    #[schema(value_type = Option<String>)]
    pub opened: Option<RecordId>,
}

/// A term that runs or ran.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TermView {
    /// The term.
    pub term: String,
    /// Its name.
    pub label: Words,
    /// From when it runs: a day, or a point in time.
    pub from: String,
    /// Its last day, or the point in time at which it ends; none where that cannot be said.
    pub due: Option<String>,
    /// `running`, `pressing`, `suspended`, `overdue`, `met`, `met-late`, `over` or `ran-out`.
    pub standing: &'static str,
    /// How much is left or has passed.
    pub left: Option<LeftView>,
    /// The law.
    pub law: Option<String>,
    /// The article.
    pub article: Option<String>,
    /// Whether the value was compared with the text of the law.
    pub reviewed: bool,
    /// Whether the last day rests on a calendar that is not announced yet.
    pub provisional: bool,
    /// Why the last day cannot be said.
    pub unknown: Option<&'static str>,
}

/// How much is left of a term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LeftView {
    /// How much; where the term is overdue, how much has passed.
    pub amount: u64,
    /// `day`, `working_day` or `minute`.
    pub unit: &'static str,
}

/// Something that has to be done.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct DutyView {
    /// The term by which, where one runs.
    pub term: Option<String>,
    /// The last day, where it can be said.
    pub due: Option<String>,
    /// The steps of which one does it.
    pub steps: Vec<String>,
    /// The permission of who must agree, where a step waits for that.
    pub approval: Option<String>,
}

/// A step of the procedure that somebody could take.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct StepView {
    /// The step.
    pub step: String,
    /// Its name.
    pub label: Words,
    /// `done`, `proposed` or `approved`.
    pub act: &'static str,
    /// What asks for it or allows it.
    pub law: Option<String>,
    /// Whether it is the reader's to take, where nothing else keeps it from being taken.
    pub yours: bool,
    /// Why it cannot be taken; empty where it can.
    pub why_not: Vec<WhyNotView>,
}

/// Why a step cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct WhyNotView {
    /// A stable name.
    pub code: &'static str,
    /// In words.
    pub says: Words,
}

impl System {
    /// A case, for whoever may read the record that opened it. As of an earlier number of known records
    /// it stands under the pack that was in force then: what was decided was decided by that.
    ///
    /// # Errors
    /// No such case or none of the reader's; a pack of then that this program reads no more; a fault of
    /// the store.
    pub async fn case(
        &self,
        who: &Principal,
        id: RecordId,
        when: When,
    ) -> Result<CaseView, Rejection> {
        self.stored(who, id).await?;
        let as_of = self.as_of(when).await?;
        let cases = self.cases_known(when.known).await?;
        let records = self.case_records_by(&cases, id, as_of).await?;
        // Of another case is told to who may read that.
        let mut told = Vec::new();
        for other in records.under.iter().map(|under| under.case).chain(records.over) {
            match self.stored(who, other).await {
                Ok(_) => told.push(other),
                Err(Rejection::Denied(_) | Rejection::NotFound(_)) => {}
                Err(fault) => return Err(fault),
            }
        }
        let now = self.clock().now().min(as_of.valid);
        let days = self.working_days(&records.pack)?;
        let law = LawOn { pack: &records.pack, days: &days };
        let entries = records.entries()?;
        let case = Case::of(&records.procedure.engine, &entries, &law);
        let own = self.own_ids(who, as_of).await;
        let yours = |step: &str, act| self.may_step(who, &own, &records, step, act).is_ok();
        view(&records, &case, who, now, &told, &yours)
    }
}

pub(super) fn view(
    records: &Records,
    case: &Case<'_, LawOn<'_>>,
    who: &Principal,
    now: Timestamp,
    told: &[RecordId],
    yours: &dyn Fn(&str, Act) -> bool,
) -> Result<CaseView, Rejection> {
    let engine = &*records.procedure.engine;
    let definition = engine.definition();
    let frame = envelope(&records.opening)?;
    let state = definition.states.get(usize::from(case.course.state));
    let label = |step: &str| {
        let of = definition.steps.iter().find(|other| other.id == step);
        of.map_or_else(|| Words { zh: step.to_owned(), en: step.to_owned() }, |s| (&s.label).into())
    };
    let mut steps = Vec::with_capacity(records.steps.len());
    for step in &records.steps {
        let frame = envelope(&step.stored)?;
        let officers = frame.subjects.iter().filter(|subject| subject.role == "officer");
        let officers = officers.map(|subject| subject.id.clone().into_owned()).collect();
        steps.push(EntryView {
            record: step.stored.id,
            number: step.number,
            step: step.step.clone(),
            label: label(&step.step),
            act: step.act.word(),
            at: step.stored.valid_at,
            by: frame.author.account.into_owned(),
            officers,
            form: step.form.clone(),
            of_persons: (!step.stored.personal.is_empty()).then_some(step.stored.position),
            reason: step.reason.clone(),
            wrote: step.record.clone(),
            opened: step.opened,
        });
    }
    let terms: Vec<TermView> = case.runs.iter().map(|run| term(case, engine, run, now)).collect();
    let ids = |steps: &[u16]| steps.iter().map(|at| engine.step_id(*at).to_owned()).collect();
    let of_run = |run: Option<usize>| {
        let term = run.and_then(|run| terms.get(run));
        (term.map(|term| term.term.clone()), term.and_then(|term| term.due.clone()))
    };
    let duties = case.duties().into_iter().map(|duty| match duty {
        Duty::Term { run, steps } => {
            let (term, due) = of_run(Some(run));
            DutyView { term, due, steps: ids(&steps), approval: None }
        }
        Duty::Approval { step, permission, run } => {
            let (term, due) = of_run(run);
            DutyView { term, due, steps: ids(&[step]), approval: Some(permission) }
        }
        Duty::Next { steps } => {
            DutyView { term: None, due: None, steps: ids(&steps), approval: None }
        }
    });
    let duties = duties.collect();
    let subs = records.sub_cases();
    let next = case.in_state().filter_map(|number| {
        let step = engine.step_at(number)?;
        let is_pending = case.course.pending.iter().any(|pending| pending.step == number);
        let act = match (is_pending, step.approvals.is_empty()) {
            (true, _) => Act::Approved,
            (false, false) => Act::Proposed,
            (false, true) => Act::Done,
        };
        // What a form does not say yet is no reason; how many take part, it will say.
        let attempt = Attempt {
            step: number,
            act,
            at: now,
            by: &who.account,
            officers: i64::MAX,
            values: &[],
            has_minutes: true,
        };
        let why_not = case.why_not(&attempt, &subs);
        let why_not = why_not.iter().filter(|why| !matches!(why, WhyNot::Unsaid(_)));
        Some(StepView {
            step: step.id.clone(),
            label: (&step.label).into(),
            act: act.word(),
            yours: yours(&step.id, act),
            law: records.procedure.form(&step.id).and_then(|form| form.law.clone()),
            why_not: why_not.map(|why| why_not_view(engine, Some(step), why)).collect(),
        })
    });
    let under = records.under.iter().filter(|under| told.contains(&under.case));
    Ok(CaseView {
        case: records.id,
        procedure: definition.id.clone(),
        label: (&definition.label).into(),
        office: frame.office.map(|office| office.into_owned()),
        region: frame.region.into_owned(),
        opened_at: records.opening.valid_at,
        state: state.map(|state| state.id.clone()).unwrap_or_default(),
        state_label: state.map_or_else(
            || Words { zh: String::new(), en: String::new() },
            |state| (&state.label).into(),
        ),
        ended_at: case.course.ended_at,
        last: records.steps.last().map_or(0, |step| step.number),
        next: next.collect(),
        steps,
        terms,
        duties,
        under: under.map(UnderView::from).collect(),
        over: records.over.filter(|over| told.contains(over)),
    })
}

impl From<&Under> for UnderView {
    fn from(under: &Under) -> Self {
        Self {
            case: under.case,
            procedure: under.procedure.clone(),
            label: (&under.label).into(),
            state: under.state.clone(),
            state_label: (&under.state_label).into(),
            ended_at: under.ended_at,
        }
    }
}

pub(crate) fn term(
    case: &Case<'_, LawOn<'_>>,
    engine: &procedure::Procedure,
    run: &procedure::Run,
    now: Timestamp,
) -> TermView {
    let rule = engine.term_at(run.term);
    let standing = match case.standing(run, now) {
        Standing::Running { is_pressing: false } => "running",
        Standing::Running { is_pressing: true } => "pressing",
        Standing::Suspended => "suspended",
        Standing::Overdue => "overdue",
        Standing::Met => "met",
        Standing::MetLate => "met-late",
        Standing::Over => "over",
        Standing::RanOut => "ran-out",
    };
    let is_open = run.outcome == Outcome::Open;
    let left = case.remaining(run, now).ok().filter(|_| is_open);
    let ending = case.ending(run);
    let unknown = match &ending {
        Ok(_) => None,
        Err(NoEnding::NotInForce) => Some("not-in-force"),
        Err(NoEnding::NoLevel) => Some("no-level"),
        Err(NoEnding::NoTime) => Some("no-time"),
        Err(NoEnding::StandsStill(_)) => Some("stands-still"),
        Err(NoEnding::Uncounted(_)) => Some("no-calendar"),
    };
    let ending = ending.ok();
    let version = ending.as_ref().map(|ending| ending.version);
    TermView {
        term: rule.map(|rule| rule.id.clone()).unwrap_or_default(),
        label: rule.map_or_else(
            || Words { zh: String::new(), en: String::new() },
            |rule| (&rule.label).into(),
        ),
        from: run.start.to_string(),
        due: ending.as_ref().map(|ending| ending.due.end.to_string()),
        standing,
        left: left.map(|left| LeftView { amount: left.amount, unit: left.unit.word() }),
        law: version.map(|version| version.law.to_owned()),
        article: version.and_then(|version| version.article.map(str::to_owned)),
        reviewed: version.is_some_and(|version| version.is_reviewed),
        provisional: ending.as_ref().is_some_and(|ending| ending.due.provisional),
        unknown,
    }
}

/// Why a step cannot be taken, in words.
pub(super) fn why_not_view(
    engine: &procedure::Procedure,
    step: Option<&Step>,
    why: &WhyNot,
) -> WhyNotView {
    let say = |code, en: String, zh: String| WhyNotView { code, says: Words { zh, en } };
    match why {
        WhyNot::NoStep => say(
            "case.no_step",
            "the procedure has no such step; name one that it has".into(),
            "程序中没有此步骤；请选择已有步骤".into(),
        ),
        WhyNot::State { state } => other_state(engine, step, *state),
        WhyNot::TakenAlready { at_most } => say(
            "case.taken_already",
            format!("it was done {at_most} times and may be no more; take another step"),
            format!("此步骤在一案中最多办理 {at_most} 次，已经办理；请选择其他步骤"),
        ),
        WhyNot::Pending => say(
            "case.pending",
            "it waits for approval already; wait, or have it sent back".into(),
            "此步骤已提交，正在审批；请等待，或退回后重新提交".into(),
        ),
        WhyNot::NothingPending => say(
            "case.nothing_pending",
            "nothing of it waits for approval; look at the case again".into(),
            "没有待审批的内容；请刷新后查看".into(),
        ),
        WhyNot::NeedsApproval => say(
            "case.needs_approval",
            "it takes effect when others agree: propose it".into(),
            "此步骤须经审批；请提交审批".into(),
        ),
        WhyNot::NeedsNoApproval => say(
            "case.needs_no_approval",
            "it takes no approval: do it".into(),
            "此步骤无须审批；请直接办理".into(),
        ),
        WhyNot::SamePerson => say(
            "case.same_person",
            "who drew it up or has agreed already cannot agree; let another person do it".into(),
            "拟办人或已审批的人员不得再次审批；请由他人审批".into(),
        ),
        WhyNot::Before { last } => say(
            "case.before",
            format!("it lies before what was done last, at {}; give a later time", in_china(*last)),
            format!("办理时间早于上一步骤（{}）；请填写较晚的时间", in_china(*last)),
        ),
        WhyNot::Guard(says) => say("case.guard", says.en.clone(), says.zh.clone()),
        WhyNot::Unsaid(what) => say(
            "case.unsaid",
            format!("whether it may be done cannot be said: {what}"),
            format!("缺少判断所需的内容：{what}"),
        ),
        WhyNot::Officers { needed } => say(
            "case.officers",
            format!("it takes {needed} officers together; name them"),
            format!("须由 {needed} 名执法人员共同办理；请填写"),
        ),
        WhyNot::Minutes => say(
            "case.minutes",
            "it takes a decision of several in a meeting; fill in its minutes".into(),
            "须经集体讨论决定；请填写会议记录".into(),
        ),
    }
}

/// That a case is in a state in which a step cannot be taken, and in which it can.
fn other_state(engine: &procedure::Procedure, step: Option<&Step>, state: u16) -> WhyNotView {
    let states = &engine.definition().states;
    let now = states.get(usize::from(state)).map(|state| Words::from(&state.label));
    let Words { zh, en } = now.unwrap_or_else(|| Words { zh: String::new(), en: String::new() });
    let from = step.map(|step| match &step.from {
        Origin::States(ids) => {
            let from = states.iter().filter(|state| ids.contains(&state.id));
            let (zh, en): (Vec<String>, Vec<String>) =
                from.map(|s| (format!("“{}”", s.label.zh), format!("\"{}\"", s.label.en))).unzip();
            (zh.join("、"), en.join(", "))
        }
        Origin::Open => ("未办结的案件".to_owned(), "a case that has not ended".to_owned()),
    });
    let (from_zh, from_en) = from.unwrap_or_default();
    let en = format!(
        "the case is in the state \"{en}\", and this is for {from_en}; take a step that can be \
         taken now"
    );
    let zh = format!("案件目前为“{zh}”，此步骤适用于{from_zh}；请选择当前可办理的步骤");
    WhyNotView { code: "case.state", says: Words { zh, en } }
}

/// A moment as it is told to people: the day and the time of day in China.
fn in_china(at: Timestamp) -> String {
    let (hour, minute) = at.hour_and_minute_in_china();
    format!("{} {hour:02}:{minute:02}", at.day_in_china())
}
