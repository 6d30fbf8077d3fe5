//! What `zhiheng pack check` prints: faults, then what is covered.

use std::io::Write;

use pack::{Check, Coverage, Need, Pack, PartRead};

/// The whole report.
pub fn write_check(out: &mut impl Write, check: &Check) -> std::io::Result<()> {
    let manifest = check.pack.manifest();
    writeln!(out, "{} {}  {}", manifest.title.zh, manifest.title.en, manifest.version)?;
    writeln!(out, "{}  {} files", check.pack.digest(), check.pack.files().len())?;
    let counts: Vec<String> = counts(&check.pack)
        .iter()
        .map(|(what, n)| format!("{n} {}", what.replace('_', " ")))
        .collect();
    writeln!(out, "{}", counts.join(", "))?;
    writeln!(out)?;
    writeln!(out, "{}", counted(check.faults.len(), "fault"))?;
    for fault in &check.faults {
        writeln!(out, "  {}:{}: {}", fault.file, fault.line, fault.what)?;
        writeln!(out, "      {} [{}]", fault.remedy, fault.code.code())?;
    }
    write_coverage(out, &check.coverage, &check.pack)
}

fn write_coverage(out: &mut impl Write, coverage: &Coverage, pack: &Pack) -> std::io::Result<()> {
    let decision = &pack.manifest().decision.title;
    writeln!(out, "\nCoverage of the articles: {} {}", decision.zh, decision.en)?;
    writeln!(out, "{}", summary(coverage))?;
    for article in &coverage.articles {
        writeln!(out, "{:>3}  {} {}", article.number, article.title.zh, article.title.en)?;
        if let Some(note) = &article.note {
            writeln!(out, "       {} {}", note.zh, note.en)?;
        }
        for (system, institution) in &article.institutions {
            let label = &institution.label;
            let now = institution.now.as_ref();
            let now = now.map_or_else(String::new, |n| format!("  -> {} {}", n.zh, n.en));
            writeln!(out, "       asks    {system:<4} {} {}{now}", label.zh, label.en)?;
        }
        let law: Vec<String> =
            article.law.iter().map(|(group, n)| format!("{group} ({n})")).collect();
        write_line(out, "systems", &article.systems)?;
        write_line(out, "kinds", &article.kinds)?;
        write_line(out, "law", &law)?;
        let missing: Vec<String> =
            article.missing.iter().map(|(system, need)| format!("{system} {need}")).collect();
        write_line(out, "missing", &missing)?;
        if article.systems.is_empty() && article.note.is_none() {
            writeln!(out, "       nothing serves this article")?;
        }
    }
    writeln!(out, "\nSystems: what each needs of the pack, there / needed")?;
    writeln!(out, "(a full count is the pack's part only; the program's is in its README)")?;
    for system in &coverage.systems {
        let (held, all) = (system.held.len(), system.held.len() + system.missing.len());
        let parts = format!("{held}/{all}");
        let label = format!("{} {}", system.label.zh, system.label.en);
        writeln!(out, "  {:<4} {parts:>6}  {label}", system.id)?;
        write_line(out, "missing", &names(&system.missing))?;
    }
    writeln!(out, "\nParts of the pack")?;
    for part in &coverage.parts {
        let state = match (part.read, part.files) {
            (PartRead::NotYet, 0) => "not there yet".to_owned(),
            (PartRead::NotYet, n) => {
                format!("{}; this version does not read them yet", counted(n, "file"))
            }
            (PartRead::Elsewhere, n) => {
                format!("{}, read by `zhiheng clock`, not checked here", counted(n, "file"))
            }
            (PartRead::Here, n) => counted(n, "file"),
        };
        writeln!(out, "  {:<11} {state}", part.folder)?;
    }
    if !coverage.unclaimed.is_empty() {
        writeln!(out, "\nAsked for by no system: {}", names(&coverage.unclaimed).join(", "))?;
    }
    writeln!(out, "\nNot reviewed against the text of the law: {}", coverage.not_reviewed.len())?;
    for version in &coverage.not_reviewed {
        let from = version.from.map_or_else(String::new, |day| format!(" from {day}"));
        writeln!(out, "  {}{from}  {}", version.id, version.law)?;
    }
    Ok(())
}

/// `no faults`, `1 fault`, `2 faults`.
fn counted(n: usize, what: &str) -> String {
    match n {
        0 => format!("no {what}s"),
        1 => format!("1 {what}"),
        n => format!("{n} {what}s"),
    }
}

/// How many articles have all that their systems need of the pack, have gaps, ask for none.
fn summary(coverage: &Coverage) -> String {
    let asking = |gaps: bool| {
        let with = coverage.articles.iter().filter(|a| !a.systems.is_empty());
        with.filter(|article| article.missing.is_empty() != gaps).count()
    };
    let none = coverage.articles.iter().filter(|article| article.systems.is_empty()).count();
    format!(
        "{} articles: for {} the pack holds all that their systems need, for {} something is \
         missing, {none} ask for no system",
        coverage.articles.len(),
        asking(false),
        asking(true),
    )
}

fn names(needs: &[Need]) -> Vec<String> {
    needs.iter().map(Need::to_string).collect()
}

/// A named list, broken into lines of a width that a terminal has.
fn write_line(out: &mut impl Write, name: &str, items: &[String]) -> std::io::Result<()> {
    const WIDTH: usize = 96;
    let mut line = String::new();
    let mut name = name;
    for item in items {
        if !line.is_empty() && line.len() + item.len() + 2 > WIDTH {
            writeln!(out, "       {name:<7} {line},")?;
            name = "";
            line.clear();
        }
        if !line.is_empty() {
            line.push_str(", ");
        }
        line.push_str(item);
    }
    if !line.is_empty() {
        writeln!(out, "       {name:<7} {line}")?;
    }
    Ok(())
}

/// How much of everything there is.
pub fn counts(pack: &Pack) -> [(&'static str, usize); 9] {
    [
        ("kinds", pack.kinds().count()),
        ("code_lists", pack.lists().count()),
        ("parameters", pack.parameters().count()),
        ("versions_of_parameters", pack.parameters().map(|p| p.versions.len()).sum()),
        ("roles", pack.roles().count()),
        ("permissions", pack.permissions().count()),
        ("offices", pack.offices().count()),
        ("divisions", pack.tables().divisions.all().count()),
        ("systems", pack.systems().len()),
    ]
}
