//! `law/*.toml`: one group of parameters a file, one `[[parameter]]` a version.

use std::collections::BTreeMap;

use clock::Date;

use super::{
    AppliesBasis, AppliesBy, Counts, Direction, LawGroup, Parameter, Value, Version, Wording,
};
use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::list::well_known;
use crate::manifest::read_articles;
use crate::source::{Form, Located, Read, Table};

/// What stands in one file.
pub(crate) struct LawFile {
    pub(crate) place: Place,
    pub(crate) group: LawGroup,
    pub(crate) versions: Vec<(Place, String, Version)>,
}

/// What holds for every parameter of a file that does not say otherwise.
#[derive(Clone)]
struct Applies {
    by: AppliesBy,
    basis: AppliesBasis,
}

impl Applies {
    const OPEN: Self = Self { by: AppliesBy::TermStart, basis: AppliesBasis::OfficeChoice };
}

impl LawFile {
    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Option<Self> {
        let id = table.id("group", Form::Snake, cx)?;
        let group = LawGroup {
            id: id.value,
            label: table.required("label", cx),
            articles: read_articles(&mut table, cx),
        };
        let place = table.place();
        let applies = match read_applies(&mut table, cx) {
            Some(applies) => applies,
            None => {
                let what =
                    format!("the {} does not say by which day its versions hold", table.what);
                let remedy = "add applies_by = \"term_start\" and applies_basis = \"office\"";
                cx.fault(FaultCode::MissingKey, &place, what, remedy);
                Applies::OPEN
            }
        };
        let versions = table
            .tables("parameter", "parameter", cx)
            .into_iter()
            .filter_map(|table| read_version(table, &group.id, &applies, cx))
            .collect();
        table.finish(cx);
        Some(Self { place: id.place, group, versions })
    }
}

fn read_applies(table: &mut Table<'_>, cx: &mut Context) -> Option<Applies> {
    let by: Option<Located<AppliesBy>> = table.optional("applies_by", cx);
    let basis: Option<Located<String>> = table.optional("applies_basis", cx);
    match (by, basis) {
        (Some(by), Some(basis)) => {
            let basis = match basis.value.as_str() {
                "office" => AppliesBasis::OfficeChoice,
                _ => AppliesBasis::Article(basis.value),
            };
            Some(Applies { by: by.value, basis })
        }
        (None, None) => None,
        (by, basis) => {
            let place = by.map(|by| by.place).or_else(|| basis.map(|basis| basis.place));
            let what = "applies_by and applies_basis stand only together";
            let remedy = "add the other; a basis is \"office\" (its own choice), or the article \
                          that says so";
            cx.fault(FaultCode::MissingKey, &place.unwrap_or_else(|| table.place()), what, remedy);
            Some(Applies::OPEN)
        }
    }
}

fn read_version(
    mut table: Table<'_>,
    group: &str,
    applies: &Applies,
    cx: &mut Context,
) -> Option<(Place, String, Version)> {
    let place = table.place();
    let id = table.id("id", Form::Dotted, cx)?;
    if id.value.split_once('.').is_none_or(|(prefix, _)| prefix != group) {
        let what = format!("{} does not begin with the group of its file, {group}", id.value);
        let remedy = format!("write {group}.…, or move it to the file of its group");
        cx.fault(FaultCode::BadValue, &id.place, what, remedy);
    }
    let label = table.required("label", cx);
    let value = Value::read(&mut table, cx);
    let code_of = |list: &str| Target::Code { list: list.to_owned() };
    let unit: Located<String> = table.required("unit", cx);
    if !unit.value.is_empty() {
        cx.refer(&unit.place, &table.what, &unit.value, code_of(well_known::LAW_UNITS));
    }
    let starts: Option<Located<String>> = table.optional("starts", cx);
    if let Some(starts) = &starts {
        let target = code_of(well_known::STARTING_EVENTS);
        cx.refer(&starts.place, &table.what, &starts.value, target);
    }
    let counts = match table.table("counts", "counting", cx) {
        Some(counts) => read_counts(counts, cx),
        None => Counts::default(),
    };
    let law = table.required("law", cx);
    let article = table.optional("article", cx);
    let in_force = table.in_force_from(cx);
    let applies = read_applies(&mut table, cx).unwrap_or_else(|| applies.clone());
    let reviewed: Option<Option<Date>> = table.optional("reviewed", cx);
    let wording = match table.table("wording", "wording", cx) {
        Some(mut wording) => {
            let found = Wording {
                starts: wording.optional("starts", cx),
                note: wording.optional("note", cx),
            };
            wording.finish(cx);
            found
        }
        None => Wording::default(),
    };
    table.finish(cx);
    let version = Version {
        label,
        value,
        unit: unit.value,
        starts: starts.map(|starts| starts.value),
        counts,
        law,
        article,
        in_force,
        applies_by: applies.by,
        applies_basis: applies.basis,
        reviewed: reviewed.flatten(),
        wording,
    };
    Some((place, id.value, version))
}

fn read_counts(mut table: Table<'_>, cx: &mut Context) -> Counts {
    let direction = table.optional("direction", cx).unwrap_or_else(Direction::blank);
    let roll = table.optional("roll", cx);
    let suspended: Vec<Located<String>> = table.optional("suspended_by", cx).unwrap_or_default();
    for event in &suspended {
        let target = Target::Code { list: well_known::SUSPENDING_EVENTS.to_owned() };
        cx.refer(&event.place, &table.what, &event.value, target);
    }
    table.finish(cx);
    let suspended_by = suspended.into_iter().map(|event| event.value).collect();
    Counts { direction, roll, suspended_by }
}

/// Gathers the versions of each parameter; two in force on one day are a fault of the later.
pub(crate) fn gather(
    versions: Vec<(Place, String, Version)>,
    cx: &mut Context,
) -> BTreeMap<String, Parameter> {
    let mut places: BTreeMap<String, Vec<(Place, Version)>> = BTreeMap::new();
    for (place, id, version) in versions {
        let others = places.entry(id.clone()).or_default();
        // Without its first day, which is a fault by itself, a version would overlap everything.
        let known = |v: &Version| v.in_force.from.is_some();
        let overlapping = others.iter().find(|(_, other)| {
            known(other) && known(&version) && other.in_force.overlaps(&version.in_force)
        });
        if let Some((first, other)) = overlapping {
            let what = format!(
                "{id} is in force {} here and {} in {} line {}",
                version.in_force, other.in_force, first.file, first.line
            );
            let remedy = "let the older end with to on the day before the newer begins";
            cx.fault(FaultCode::Overlap, &place, what, remedy);
        }
        others.push((place, version));
    }
    let parameter = |(id, versions): (String, Vec<(Place, Version)>)| {
        let mut versions: Vec<Version> = versions.into_iter().map(|(_, v)| v).collect();
        versions.sort_by_key(|version| version.in_force.from);
        (id.clone(), Parameter { id, versions })
    };
    places.into_iter().map(parameter).collect()
}
