//! `zhiheng trace`: where a thing came from and went, who answers for it, what it touched.

use std::io::Write;

use app::reading::When;
use app::trace::answer::{Finding, Traced, Way};
use app::trace::answerable::Answerable;
use app::trace::{MOST_THINGS, Touch};
use app::{Principal, System};
use clock::Date;
use model::Timestamp;
use serde_json::json;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// What is traced: a Digital Link, an EPC URN, scheme:value, or what a scanner reads
    id: String,
    /// To what it came from; so also where nothing else is asked
    #[arg(long, group = "question")]
    back: bool,
    /// To what came of it
    #[arg(long, group = "question")]
    forward: bool,
    /// Who answers for it
    #[arg(long, group = "question")]
    answerable: bool,
    /// What it touched and where that is
    #[arg(long, group = "question")]
    scope: bool,
    /// What a party, place or instrument touched from then on, with --scope
    #[arg(long, value_name = "TIME", requires = "scope")]
    from: Option<Timestamp>,
    /// And up to then
    #[arg(long, value_name = "TIME", requires = "scope")]
    until: Option<Timestamp>,
    /// What had happened by the end of that day, or by that instant
    #[arg(long, value_name = "DATE", value_parser = end_of)]
    valid: Option<Timestamp>,
    /// What the first so many records say
    #[arg(long, value_name = "N")]
    known: Option<u64>,
    /// Answer in JSON; a scope as lines of it
    #[arg(long)]
    json: bool,
}

/// The last instant of a day in China, or an instant as it is.
fn end_of(text: &str) -> Result<Timestamp, String> {
    let instant = match text.parse::<Date>() {
        Ok(day) => format!("{day}T23:59:59.999999+08:00"),
        Err(_) => text.to_owned(),
    };
    instant.parse().map_err(|_| {
        "give a day as 2026-11-23 or an instant as 2026-11-23T09:00:00+08:00".to_owned()
    })
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let who = Principal::operator();
    let known = match args.known {
        Some(known) => known,
        None => runtime.block_on(system.reader().size())?,
    };
    let when = When { valid: args.valid, known: Some(known) };
    // The graph is made of all records where no snapshot is there yet.
    runtime.block_on(system.await_merged(known)).map_err(|e| told(&e))?;
    runtime.block_on(system.chain().wait_for(known, LONG))?;
    if args.scope {
        let touch = Touch { id: args.id, from: args.from, until: args.until };
        return runtime.block_on(scope(&system, &who, &touch, when, args.json, out));
    }
    if args.answerable {
        let found = runtime.block_on(system.answerable(&who, &args.id, when));
        let found = found.map_err(|e| told(&e))?;
        if args.json {
            let answer = json!({
                "asked": found.asked, "known": known, "first": found.first,
                "recourse": found.recourse, "parties": found.parties, "tests": found.tests,
                "findings": found.findings, "withheld": found.withheld, "whole": found.is_whole,
            });
            writeln!(out, "{answer:#}")?;
        } else {
            tell_answerable(&found, out)?;
        }
        return Ok(Outcome::Good);
    }
    let way = if args.forward { Way::Forward } else { Way::Back };
    let found = runtime.block_on(system.trace(&who, &args.id, way, when, MOST_THINGS));
    let found = found.map_err(|e| told(&e))?;
    if args.json {
        let answer = json!({
            "asked": found.asked, "known": known, "direction": found.way, "things": found.things,
            "acts": found.acts, "findings": found.findings, "withheld": found.withheld,
            "whole": found.is_whole,
        });
        writeln!(out, "{answer:#}")?;
    } else {
        tell(&found, out)?;
    }
    Ok(Outcome::Good)
}

/// How long a graph of many records may take to be made.
const LONG: std::time::Duration = std::time::Duration::from_secs(3600);

/// The word of an answer, as it serializes.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().map(str::to_owned).unwrap_or_default()
}

fn tell(found: &Traced, out: &mut impl Write) -> Result<(), Fault> {
    let (things, acts) = (found.things.len(), found.acts.len());
    writeln!(
        out,
        "{}: {things} things, {acts} acts, as of {} known",
        found.asked, found.as_of.known
    )?;
    for thing in &found.things {
        let indent = "  ".repeat(thing.layer as usize + 1);
        write!(out, "{indent}{} {} ({})", thing.sort, thing.id, word(&thing.certainty))?;
        if let Some(act) = thing.through.and_then(|act| found.acts.get(act)) {
            write!(out, "  {} {}", act.at, act.step.as_deref().unwrap_or(act.what))?;
        }
        if let Some(now) = &thing.now {
            write!(out, "  {}", word(&now.state))?;
            for of in [&now.party, &now.place].into_iter().flatten() {
                write!(out, " {of}")?;
            }
        }
        writeln!(out)?;
    }
    tell_findings(&found.findings, out)?;
    tell_left(found.withheld.records, found.is_whole, out)
}

fn tell_findings(findings: &[Finding], out: &mut impl Write) -> Result<(), Fault> {
    for finding in findings {
        let (zh, en) = finding.sort.words();
        let detail = finding.detail.as_deref().unwrap_or_default();
        writeln!(out, "! {zh} {en}: {} {detail}", finding.thing)?;
    }
    Ok(())
}

fn tell_left(withheld: usize, is_whole: bool, out: &mut impl Write) -> Result<(), Fault> {
    if withheld > 0 {
        writeln!(out, "{withheld} records are withheld")?;
    }
    if !is_whole {
        writeln!(out, "there is more than is shown")?;
    }
    Ok(())
}

fn tell_answerable(found: &Answerable, out: &mut impl Write) -> Result<(), Fault> {
    writeln!(out, "{}, as of {} known", found.asked, found.as_of.known)?;
    let first = found.first.as_deref().unwrap_or("not sold yet 尚未售出");
    writeln!(out, "  answers first 首负责任: {first}")?;
    for party in &found.recourse {
        writeln!(out, "  recourse 追偿: {party}")?;
    }
    for party in &found.parties {
        writeln!(out, "  {}", party.id)?;
        for role in &party.roles {
            writeln!(
                out,
                "    {} of {} (layer {}), {}",
                role.role, role.thing, role.layer, role.at
            )?;
            for held in &role.holdings {
                let state = if held.in_force { "in force" } else { "not in force" };
                writeln!(out, "      {} {}: {state}", held.kind, held.record)?;
            }
        }
    }
    for test in &found.tests {
        let result = if test.is_bad { "failed" } else { "not failed" };
        let laboratory = test.laboratory.as_deref().unwrap_or_default();
        writeln!(
            out,
            "  test {} of {}, {}: {result}, {laboratory}",
            test.record, test.thing, test.at
        )?;
        for step in &test.calibrations {
            let indent = "  ".repeat(step.level as usize + 2);
            let state = if step.in_force { "in force" } else { "not calibrated then" };
            let doubt =
                if step.doubted_by.is_some() { ", found out of tolerance later" } else { "" };
            writeln!(out, "{indent}{}: {state}{doubt}", step.instrument)?;
        }
    }
    tell_findings(&found.findings, out)?;
    tell_left(found.withheld.records, found.is_whole, out)
}

async fn scope(
    system: &System,
    who: &Principal,
    touch: &Touch,
    when: When,
    in_json: bool,
    out: &mut impl Write,
) -> Result<Outcome, Fault> {
    let mut scope = system.scope(who, touch, when).await.map_err(|e| told(&e))?;
    while let Some(lines) = scope.next().await.map_err(|e| told(&e))? {
        for line in lines {
            if in_json {
                writeln!(out, "{}", json!({ "line": line }))?;
                continue;
            }
            let quantity = line.quantity.as_ref();
            let quantity =
                quantity.map(|of| format!("{} {}", of.value, of.unit)).unwrap_or_default();
            let region = line.region.as_deref().unwrap_or("-");
            let party = line.party.as_deref().unwrap_or("-");
            let (state, certainty) = (word(&line.state), word(&line.certainty));
            writeln!(out, "{state}\t{certainty}\t{region}\t{party}\t{quantity}\t{}", line.id)?;
        }
    }
    let summary = scope.summary();
    if in_json {
        writeln!(out, "{}", json!({ "summary": summary }))?;
    } else {
        writeln!(
            out,
            "{}: {} lines, {} items, {} of them can be stopped, {} sold; digest {}",
            summary.asked,
            summary.lines,
            summary.items,
            summary.items_to_stop,
            summary.items_sold,
            summary.digest
        )?;
    }
    Ok(Outcome::Good)
}
