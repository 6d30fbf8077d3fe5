//! `offices.csv`: one row for each office and each time of its life.

use std::collections::BTreeMap;

use codes::Label;

use super::{Extent, NO_REGION, Office, OfficePeriod};
use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::list::well_known;
use crate::source::{Form, Row, Rows, Source};

const COLUMNS: &[&str] = &[
    "id",
    "type",
    "zh",
    "en",
    "short",
    "parent",
    "regions",
    "industries",
    "kinds",
    "from",
    "to",
    "successor",
    "source",
];

pub(crate) fn read(source: &Source<'_>, cx: &mut Context) -> BTreeMap<String, Office> {
    let mut found: BTreeMap<String, Vec<(Place, OfficePeriod)>> = BTreeMap::new();
    let Some(rows) = Rows::read(source, COLUMNS, cx) else { return BTreeMap::new() };
    for row in rows.iter() {
        let id = row.required("id", cx);
        if id.is_empty() || !Form::Code.check(&id, row.place, cx) {
            continue;
        }
        let period = read_period(&row, &id, cx);
        let others = found.entry(id.clone()).or_default();
        if let Some((first, _)) = others.iter().find(|(_, p)| p.in_force.overlaps(&period.in_force))
        {
            let what =
                format!("office {id} stands twice on the same days: see line {}", first.line);
            let remedy = "let the older row end on the day before the newer begins";
            cx.fault(FaultCode::Overlap, row.place, what, remedy);
        }
        others.push((row.place.clone(), period));
    }
    check_no_circle(&found, cx);
    let office = |(id, periods): (String, Vec<(Place, OfficePeriod)>)| {
        let mut periods: Vec<OfficePeriod> = periods.into_iter().map(|(_, p)| p).collect();
        periods.sort_by_key(|period| period.in_force.from);
        (id.clone(), Office { id, periods })
    };
    found.into_iter().map(office).collect()
}

fn read_period(row: &Row<'_>, id: &str, cx: &mut Context) -> OfficePeriod {
    let by = format!("office {id}");
    let mut language = |column: &str| {
        let text = row.text(column);
        if text.is_empty() {
            let what = format!("office {id} has no name in the column {column}");
            cx.fault(FaultCode::Label, row.place, what, "fill it in");
        }
        text.to_owned()
    };
    let label = Label { zh: language("zh"), en: language("en") };
    let office_type = row.required("type", cx);
    if !office_type.is_empty() {
        let target = Target::Code { list: well_known::OFFICE_TYPES.to_owned() };
        cx.refer(row.place, &by, &office_type, target);
    }
    let optional =
        |column: &str| Some(row.text(column)).filter(|t| !t.is_empty()).map(str::to_owned);
    let parent = optional("parent");
    if let Some(parent) = &parent {
        cx.refer(row.place, &by, parent, Target::Office);
    }
    let in_force = row.in_force(cx);
    let successor = optional("successor");
    if let Some(successor) = &successor {
        cx.refer(row.place, &by, successor, Target::Office);
        if in_force.to.is_none() || successor == id {
            let what = format!("office {id} has a successor but no last day, or succeeds itself");
            let remedy = "give the last day in the column to, and another office as successor";
            cx.fault(FaultCode::Contradiction, row.place, what, remedy);
        }
    }
    let mut extent = |column: &str, target: &dyn Fn() -> Target| {
        let named = row.words(column);
        if named.is_empty() {
            let what = format!("office {id} has power over no {column}");
            let remedy = "name some, or write * for all";
            cx.fault(FaultCode::MissingKey, row.place, what, remedy);
        }
        if named.iter().any(|name| name == "*") {
            return Extent::All;
        }
        for name in named.iter().filter(|name| name.as_str() != NO_REGION || column != "regions") {
            cx.refer(row.place, &by, name, target());
        }
        Extent::These(named)
    };
    OfficePeriod {
        regions: extent("regions", &|| Target::Division(in_force)),
        industries: extent("industries", &|| Target::Industry(in_force)),
        kinds: extent("kinds", &|| Target::Kind),
        label,
        short: optional("short"),
        office_type,
        parent,
        in_force,
        successor,
        source: optional("source"),
    }
}

/// Walking up from any office ends at a top.
fn check_no_circle(found: &BTreeMap<String, Vec<(Place, OfficePeriod)>>, cx: &mut Context) {
    for (id, periods) in found {
        for (place, period) in periods {
            let mut above = period.parent.as_ref();
            let mut steps = 0;
            while let Some(parent) = above {
                steps += 1;
                if parent == id || steps > found.len() {
                    let what = format!("office {id} is above itself");
                    let remedy = "correct the column parent of one of the offices in the circle";
                    cx.fault(FaultCode::Contradiction, place, what, remedy);
                    break;
                }
                let next = found.get(parent).and_then(|periods| {
                    let together =
                        |p: &&(Place, OfficePeriod)| p.1.in_force.overlaps(&period.in_force);
                    periods.iter().find(together)
                });
                above = next.and_then(|(_, period)| period.parent.as_ref());
            }
        }
    }
}
