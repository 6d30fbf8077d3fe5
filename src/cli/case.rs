//! `zhiheng case`: how a case stands, and the next step of it.

use std::io::Write;
use std::path::PathBuf;

use app::Principal;
use app::case::{CaseView, NewStep, Opens};
use app::duty::list::{MOST_ON_PAGE, Selection, View};
use app::reading::When;
use model::{Draft, RecordId, SubjectId, Timestamp};
use procedure::Act;
use serde_json::{Map, Value, json};

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// How a case stands: its steps, its terms, what has to be done and what can be
    Show(Show),
    /// Take a step of a case
    Step(Step),
    /// Draw up, seal, void and serve documents of a case
    Document(super::case_document::Args),
    /// What has to be done, those that are due first at the beginning
    Duties(Duties),
}

#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    installation: Installation,
    /// The record that opened the case
    case: RecordId,
    /// What had happened by then, as 2026-11-23T09:00:00+08:00
    #[arg(long, value_name = "TIME")]
    valid: Option<Timestamp>,
    /// What the first so many records say
    #[arg(long, value_name = "COUNT")]
    known: Option<u64>,
    /// Answer in JSON
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Duties {
    #[command(flatten)]
    installation: Installation,
    /// mine, pressing or all
    #[arg(long, value_name = "VIEW", default_value = "all", value_parser = view)]
    view: View,
    /// Of one procedure
    #[arg(long, value_name = "ID")]
    procedure: Option<String>,
    /// Of one office
    #[arg(long, value_name = "ID")]
    office: Option<String>,
    /// And of all offices below it
    #[arg(long, requires = "office")]
    below: bool,
    /// Of one person
    #[arg(long, value_name = "ACCOUNT")]
    account: Option<String>,
    /// Only what is overdue
    #[arg(long)]
    overdue: bool,
    /// How many at most
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    limit: usize,
    /// What had happened by then, as 2026-11-23T09:00:00+08:00
    #[arg(long, value_name = "TIME")]
    valid: Option<Timestamp>,
    /// What the first so many records say
    #[arg(long, value_name = "COUNT")]
    known: Option<u64>,
    /// Answer in JSON, one duty a line
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
struct Step {
    #[command(flatten)]
    installation: Installation,
    /// The record that opened the case
    case: RecordId,
    /// The step, as `case show` names it
    step: String,
    /// done, proposed, approved or returned
    #[arg(long, value_name = "ACT", default_value = "done", value_parser = act)]
    act: Act,
    /// When it was taken; now, if left out
    #[arg(long, value_name = "TIME")]
    at: Option<Timestamp>,
    /// The number of the last step that was seen: nothing is done where another was taken since
    #[arg(long, value_name = "NUMBER")]
    seen: Option<u64>,
    /// An officer who takes it too, as person:…; may be repeated
    #[arg(long = "officer", value_name = "PERSON")]
    officers: Vec<SubjectId>,
    /// What is filled in, as a file of JSON: {"form": {…}, "personal": {…}}
    #[arg(long, value_name = "FILE")]
    form: Option<PathBuf>,
    /// The record that is written with the step, as a file of JSON; else it is made of what the step
    /// and the case say
    #[arg(long, value_name = "FILE")]
    writes: Option<PathBuf>,
    /// The record with which the step opens a case under this one, as a file of JSON; else it is made
    /// of what the step and the case say
    #[arg(long, value_name = "FILE", conflicts_with = "opened")]
    opens: Option<PathBuf>,
    /// The record that opened that case already
    #[arg(long, value_name = "ID")]
    opened: Option<RecordId>,
    /// Why it is sent back
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,
}

fn act(word: &str) -> Result<Act, String> {
    Act::of_word(word).ok_or_else(|| "write done, proposed, approved or returned".to_owned())
}

fn view(word: &str) -> Result<View, String> {
    View::of_word(word).ok_or_else(|| "write mine, pressing or all".to_owned())
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    match args.what {
        What::Show(args) => show(args, out),
        What::Step(args) => step(args, out),
        What::Document(args) => super::case_document::run(args, out),
        What::Duties(args) => duties(args, out),
    }
}

fn show(args: Show, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let known = match args.known {
        Some(known) => known,
        None => runtime.block_on(system.reader().size())?,
    };
    let when = When { valid: args.valid, known: Some(known) };
    let who = Principal::operator();
    let case = system.case(&who, args.case, when);
    let case = runtime.block_on(case).map_err(|e| told(&e))?;
    if args.json {
        writeln!(out, "{:#}", serde_json::to_value(&case)?)?;
    } else {
        tell(&case, out)?;
    }
    Ok(Outcome::Good)
}

fn duties(args: Duties, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let known = runtime.block_on(system.reader().size())?;
    let who = Principal::operator();
    runtime.block_on(system.await_merged(known)).map_err(|e| told(&e))?;
    let when = When { valid: args.valid, known: args.known };
    let selection = Selection {
        view: args.view,
        procedure: args.procedure,
        office: args.office,
        below: args.below,
        account: args.account,
        overdue: args.overdue,
    };
    let (mut left, mut after) = (args.limit, None);
    while left > 0 {
        let page = left.min(MOST_ON_PAGE);
        let found = system.duties(&who, &selection, when, after, page);
        let found = runtime.block_on(found).map_err(|e| told(&e))?;
        for duty in &found.duties {
            if args.json {
                writeln!(out, "{}", serde_json::to_value(duty)?)?;
                continue;
            }
            let term = duty.term.as_ref();
            let due = term.and_then(|term| term.due.as_deref().or(term.unknown)).unwrap_or("-");
            let left = term.and_then(|term| term.left.as_ref());
            let left = left.map(|left| format!("{} {}", left.amount, left.unit));
            let what = term.map_or(duty.kind.as_str(), |term| term.label.zh.as_str());
            let steps: Vec<&str> = duty.steps.iter().map(|step| step.step.as_str()).collect();
            let (standing, left) = (duty.standing, left.unwrap_or_default());
            let office = duty.office.as_deref().unwrap_or(&duty.region);
            let who = duty.assignee.as_deref().unwrap_or("-");
            writeln!(
                out,
                "{due}  {standing} {left}  {} {what}  {office}  {who}  {}  {}",
                duty.procedure_label.zh,
                steps.join(","),
                duty.case
            )?;
        }
        left = left.saturating_sub(found.duties.len());
        after = found.next;
        if after.is_none() {
            break;
        }
    }
    Ok(Outcome::Good)
}

fn tell(case: &CaseView, out: &mut impl Write) -> Result<(), Fault> {
    writeln!(out, "{} {}  {}", case.label.zh, case.procedure, case.case)?;
    writeln!(out, "  {} {}", case.state_label.zh, case.state)?;
    for step in &case.steps {
        let by = &step.by;
        writeln!(
            out,
            "  {}. {}  {} {}  {}  {by}",
            step.number, step.at, step.label.zh, step.step, step.act
        )?;
    }
    for term in &case.terms {
        let due = term.due.as_deref().or(term.unknown).unwrap_or("-");
        write!(out, "  {} {}  {due}  {}", term.label.zh, term.term, term.standing)?;
        if let Some(left) = &term.left {
            write!(out, "  {} {}", left.amount, left.unit)?;
        }
        let law = [term.law.as_deref(), term.article.as_deref()];
        let law: Vec<&str> = law.into_iter().flatten().collect();
        writeln!(out, "  {}", law.join(" "))?;
    }
    for step in &case.next {
        let why: Vec<&str> = step.why_not.iter().map(|why| why.says.zh.as_str()).collect();
        let sign = if why.is_empty() { '+' } else { '-' };
        writeln!(
            out,
            "  {sign} {} {}  {}  {}",
            step.label.zh,
            step.step,
            step.act,
            why.join("；")
        )?;
    }
    Ok(())
}

fn step(args: Step, out: &mut impl Write) -> Result<Outcome, Fault> {
    let (form, personal) = match &args.form {
        Some(file) => filled_in(file)?,
        None => (Map::new(), Map::new()),
    };
    let writes = args.writes.as_ref().map(draft).transpose()?;
    let opens = match (&args.opens, args.opened) {
        (Some(file), _) => Opens::Written(Box::new(draft(file)?)),
        (None, Some(id)) => Opens::There(id),
        (None, None) => Opens::Made,
    };
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let new = NewStep {
        id: None,
        step: args.step,
        act: args.act,
        at: args.at,
        seen: args.seen,
        officers: args.officers,
        form,
        personal,
        reason: args.reason,
        writes,
        opens,
    };
    let size = runtime.block_on(system.reader().size())?;
    runtime.block_on(system.await_merged(size)).map_err(|e| told(&e))?;
    let who = Principal::operator();
    let taken = system.take_step(&who, args.case, new);
    let taken = runtime.block_on(taken).map_err(|e| told(&e))?;
    let (id, position) = (taken.receipt.id, taken.receipt.position);
    let answer = json!({ "record": id.to_string(), "number": taken.number, "position": position });
    writeln!(out, "{answer:#}")?;
    Ok(Outcome::Good)
}

fn draft(file: &PathBuf) -> Result<Draft, Fault> {
    let draft = Draft::parse(read(file)?.as_bytes());
    draft.map_err(|e| Fault::from(format!("{}: {e}", file.display())))
}

type Form = Map<String, Value>;

fn filled_in(file: &PathBuf) -> Result<(Form, Form), Fault> {
    let wrong = |what: &str| Fault::from(format!("{}: {what}", file.display()));
    let Value::Object(mut said) = serde_json::from_str(&read(file)?)? else {
        return Err(wrong("this is no object; write {\"form\": {…}, \"personal\": {…}}"));
    };
    let mut part = |name: &str| match said.remove(name) {
        None => Ok(Map::new()),
        Some(Value::Object(part)) => Ok(part),
        Some(_) => Err(wrong("form and personal are objects; write {\"field\": value, …}")),
    };
    let parts = (part("form")?, part("personal")?);
    match said.keys().next() {
        None => Ok(parts),
        Some(other) => {
            Err(wrong(&format!("{other} is not known; put fields into form or personal")))
        }
    }
}

fn read(file: &PathBuf) -> Result<String, Fault> {
    std::fs::read_to_string(file).map_err(|e| Fault::from(format!("{}: {e}", file.display())))
}
