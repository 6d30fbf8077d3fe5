//! Names that one part of a pack uses and another has to have, looked up when all is read.

use std::collections::BTreeSet;

use codes::InForce;

use crate::centre::CENTRES;
use crate::context::{Context, Reference, Target};
use crate::fault::FaultCode;
use crate::kind::keeping_term;
use crate::law::Version;
use crate::list::well_known;
use crate::pack::Pack;
use crate::source::nearest;

/// Notes a fault for each name that nothing has, and for each permission that nobody grants.
pub(crate) fn check(pack: &Pack, cx: &mut Context) {
    // Where a file could not be read at all, what it holds is not known: better silent than wrong.
    let unread: BTreeSet<String> = cx
        .faults
        .iter()
        .filter(|fault| {
            matches!(
                fault.code,
                FaultCode::Syntax
                    | FaultCode::NotUtf8
                    | FaultCode::FileMissing
                    | FaultCode::CodeTable
            )
        })
        .map(|fault| stands_in(&fault.file).to_owned())
        .collect();
    let references = std::mem::take(&mut cx.references);
    check_own_lists(pack, &references, &unread, cx);
    for reference in references.iter().filter(|r| !unread.contains(home(&r.target))) {
        check_one(pack, reference, cx);
    }
}

/// The lists that the language itself looks into: each that is missing is told once.
fn check_own_lists(
    pack: &Pack,
    references: &[Reference],
    unread: &BTreeSet<String>,
    cx: &mut Context,
) {
    for own in well_known::ALL.iter().filter(|own| pack.list(own).is_none()) {
        let uses = |r: &&Reference| matches!(&r.target, Target::Code { list } if list == own);
        if let Some(first) = references.iter().find(uses)
            && !unread.contains(home(&first.target))
        {
            let what = format!("the {} names a code, but there is no list {own}", first.by);
            let remedy = format!("add the code list {own} to lists");
            cx.fault(FaultCode::UnknownName, &first.place, what, remedy);
        }
    }
}

/// The folder of a file, or the file itself where it stands in none.
fn stands_in(path: &str) -> &str {
    match path.split_once('/') {
        Some(("codes", _)) | None => path,
        Some((folder, _)) => folder,
    }
}

/// Where the names of a sort stand.
fn home(target: &Target) -> &'static str {
    match target {
        Target::Kind | Target::Field { .. } | Target::RegisterField { .. } => "kinds",
        Target::List | Target::Code { .. } => "lists",
        Target::Permission | Target::Role => "roles.toml",
        Target::Subject | Target::SubjectRole => "subjects.toml",
        Target::Office => "offices.csv",
        Target::KeepingTerm | Target::Amount { .. } => "law",
        Target::Centres => CENTRES,
        Target::Article => "pack.toml",
        Target::Division(_) => "regions.csv",
        Target::Industry(_) => "codes/industries.csv",
    }
}

fn check_one(pack: &Pack, reference: &Reference, cx: &mut Context) {
    let name = reference.name.as_str();
    let home = home(&reference.target);
    let mut unknown = |what: &str, known: &mut dyn Iterator<Item = &str>| {
        let what =
            format!("the {} names {what} {name}, which the pack does not have", reference.by);
        let remedy = match nearest(name, known) {
            Some(meant) => format!("write {meant}, if that is meant, or add {name} to {home}"),
            None => format!("add {name} to {home}, or name one that is there"),
        };
        cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
    };
    macro_rules! look_up {
        ($what:literal, $map:expr) => {
            if !$map.contains_key(name) {
                unknown($what, &mut $map.keys().map(String::as_str));
            }
        };
    }
    match &reference.target {
        Target::Kind => look_up!("the kind", pack.kinds),
        Target::List => look_up!("the code list", pack.lists),
        Target::Subject => look_up!("the subject", pack.subjects),
        Target::SubjectRole => look_up!("the role of a subject", pack.subject_roles),
        Target::Office => look_up!("the office", pack.offices),
        Target::Role => look_up!("the role", pack.roles),
        Target::KeepingTerm => {
            look_up!("the parameter of law", pack.parameters);
            check_keeping_term(pack, reference, cx);
        }
        Target::Amount { unit } => {
            look_up!("the parameter of law", pack.parameters);
            check_amount(pack, reference, unit, cx);
        }
        Target::Centres => {
            if pack.centres.is_empty() {
                let what = format!("the {} lets centres of divisions stand in", reference.by);
                let what = format!("{what}, and the pack has none");
                let remedy = format!("add {CENTRES}, or take division out: then nothing stands in");
                cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
            }
        }
        Target::Permission => {
            look_up!("the permission", pack.permissions);
            check_granted(pack, reference, cx);
        }
        Target::Code { list } => match pack.list(list) {
            None => {} // the list itself is at fault
            Some(codes) if codes.history(name).next().is_none() => {
                let what = format!("the code of {list}");
                unknown(&what, &mut codes.entries().iter().map(|entry| entry.code.as_str()));
            }
            Some(_) => {}
        },
        Target::Article => {
            let articles = &pack.manifest.decision.articles;
            if !articles.iter().any(|article| article.number.to_string() == name) {
                let what = format!("the {} names article {name}", reference.by);
                let remedy = format!("name one of the {} of the decision", articles.len());
                cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
            }
        }
        Target::Division(days) => {
            let rows = pack.tables.divisions.history(name).iter().map(|row| row.in_force);
            check_days(reference, "division", rows, days, cx);
        }
        Target::Industry(days) => {
            let rows = pack.tables.industries.history(name).map(|row| row.in_force);
            check_days(reference, "industry", rows, days, cx);
        }
        Target::Field { kind } => {
            // Where the kind is not there, that is the fault.
            if let Some(kind) = pack.kind(kind).filter(|kind| kind.field(name).is_none()) {
                let what = format!("the field of {}:", kind.id);
                unknown(&what, &mut kind.fields.iter().map(|field| field.name.as_str()));
            }
        }
        Target::RegisterField { role } => {
            let subjects = pack.subject_role(role).into_iter().flat_map(|role| &role.is);
            let registers: Vec<&str> =
                subjects.filter_map(|subject| pack.subject(subject)?.register.as_deref()).collect();
            if registers.iter().any(|kind| pack.kind(kind).is_none()) {
                return; // the register itself is at fault
            }
            let registers: Vec<_> = registers.iter().filter_map(|kind| pack.kind(kind)).collect();
            if !registers.iter().any(|kind| kind.field(name).is_some_and(|field| field.typed)) {
                let what = format!("the typed field of the register of {role}:");
                let fields = registers.iter().flat_map(|kind| &kind.fields).filter(|f| f.typed);
                unknown(&what, &mut fields.map(|field| field.name.as_str()));
            }
        }
    }
}

/// A term for keeping is a number of years, months or days in each of its versions.
fn check_keeping_term(pack: &Pack, reference: &Reference, cx: &mut Context) {
    let name = reference.name.as_str();
    let versions = pack.parameter(name).into_iter().flat_map(|parameter| &parameter.versions);
    let Some(wrong) = versions.into_iter().find(|version| keeping_term(version).is_none()) else {
        return;
    };
    let by = &reference.by;
    let what = format!(
        "the {by} is kept by {name}, which is {} {} {}: no term for keeping",
        wrong.value, wrong.unit, wrong.in_force
    );
    let remedy = "name a parameter whose value is a number and whose unit is year, month or day, \
                  counted forward";
    cx.fault(FaultCode::Contradiction, &reference.place, what, remedy);
}

/// An amount is a whole number above 0 of its unit in each of its versions.
fn check_amount(pack: &Pack, reference: &Reference, unit: &str, cx: &mut Context) {
    let name = reference.name.as_str();
    let versions = pack.parameter(name).into_iter().flat_map(|parameter| &parameter.versions);
    let fits = |version: &&Version| {
        version.unit == unit && version.amount().is_some_and(|amount| amount > 0)
    };
    let Some(wrong) = versions.into_iter().find(|version| !fits(version)) else { return };
    let by = &reference.by;
    let what = format!(
        "the {by} names {name}, which is {} {} {}",
        wrong.value, wrong.unit, wrong.in_force
    );
    let remedy =
        format!("name a parameter whose value is a whole number above 0 of the unit {unit}");
    cx.fault(FaultCode::Contradiction, &reference.place, what, remedy);
}

/// A permission that a kind asks for and no role grants shuts the kind.
fn check_granted(pack: &Pack, reference: &Reference, cx: &mut Context) {
    let name = reference.name.as_str();
    let granted = pack.roles.values().any(|role| role.grants.iter().any(|grant| grant == name));
    if pack.permissions.contains_key(name) && !granted {
        let what = format!("no role grants {name}, which the {} asks for", reference.by);
        let remedy = "add it to the grants of a role in roles.toml";
        cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
    }
}

/// A code of a dated table has to be in force on some of the days on which it is used.
fn check_days(
    reference: &Reference,
    what: &str,
    rows: impl Iterator<Item = InForce>,
    days: &InForce,
    cx: &mut Context,
) {
    let rows: Vec<InForce> = rows.collect();
    let (name, by) = (&reference.name, &reference.by);
    let home = home(&reference.target);
    if rows.is_empty() {
        let what = format!("the {by} names the {what} {name}, which the pack does not have");
        let remedy = format!("add {name} to {home}, or name one that is there");
        cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
    } else if !rows.iter().any(|row| row.overlaps(days)) {
        let what = format!("the {by} names the {what} {name}, which was not in force {days}");
        let remedy = format!("name what took its place; {home} says when each was in force");
        cx.fault(FaultCode::UnknownName, &reference.place, what, remedy);
    }
}
