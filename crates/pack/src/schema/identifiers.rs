//! Identifiers in payloads that only the pack's tables can judge.

use clock::Date;
use rules::schema::{Fault, Label, Problem};
use serde_json::Value;

use super::shape::{LONGEST_CODE, LONGEST_REFERENCE, label};
use crate::identify::IdentifyError;
use crate::kind::{Field, FieldType, Kind};
use crate::list::well_known;
use crate::office::NO_REGION;
use crate::pack::Pack;

/// The most faults that are told of one payload, as schemas tell.
const MOST_FAULTS: usize = 1_000;

/// Where in a payload identifiers stand.
#[derive(Debug)]
pub(super) enum Watch {
    /// In some members of an object, each with its name and what people call it.
    Members(Vec<(String, Label, Watch)>),
    /// In every item of a list.
    Items(Box<Watch>),
    /// Here.
    Identifier(Sort),
}

/// What an identifier names.
#[derive(Debug)]
pub(super) enum Sort {
    Region,
    Industry,
    Reference(Vec<String>),
}

impl Watch {
    /// What is to be watched in a kind's payloads, if anything.
    pub(super) fn of(kind: &Kind) -> Option<Self> {
        let part = |name: &str, zh: &str, en: &str, personal: bool| {
            let fields = kind.fields.iter().filter(|field| field.personal == personal);
            Some((name.to_owned(), Label::new(zh, en), Self::fields(fields)?))
        };
        let open = part("open", "公开部分", "Open part", false);
        let personal = part("personal", "个人信息部分", "Personal part", true);
        let parts: Vec<_> = [open, personal].into_iter().flatten().collect();
        (!parts.is_empty()).then_some(Self::Members(parts))
    }

    fn fields<'f>(fields: impl Iterator<Item = &'f Field>) -> Option<Self> {
        let watched = |field: &'f Field| {
            Some((field.name.clone(), label(&field.label), Self::value(&field.field_type)?))
        };
        let found: Vec<_> = fields.filter_map(watched).collect();
        (!found.is_empty()).then_some(Self::Members(found))
    }

    fn value(of: &FieldType) -> Option<Self> {
        match of {
            FieldType::Region => Some(Self::Identifier(Sort::Region)),
            FieldType::Industry => Some(Self::Identifier(Sort::Industry)),
            FieldType::Reference { subjects } => {
                Some(Self::Identifier(Sort::Reference(subjects.clone())))
            }
            FieldType::List(of) => Some(Self::Items(Box::new(Self::value(of)?))),
            FieldType::Table { columns } => {
                Some(Self::Items(Box::new(Self::fields(columns.iter())?)))
            }
            _ => None,
        }
    }

    /// Adds what is wrong with the identifiers of a payload. What a schema finds wrong, another
    /// type or a text that is too long, is passed over.
    pub(super) fn faults(&self, pack: &Pack, on: Date, payload: &Value, faults: &mut Vec<Fault>) {
        let told = faults.len();
        self.walk(&At { pack, on, label: None }, payload, faults);
        if faults.len() > MOST_FAULTS && told <= MOST_FAULTS {
            faults.truncate(MOST_FAULTS + 1);
            if let Some(last) = faults.last_mut() {
                last.problem = Problem::More { told: MOST_FAULTS };
            }
        }
    }

    fn walk(&self, at: &At<'_>, value: &Value, faults: &mut Vec<Fault>) {
        match (self, value) {
            (Self::Members(members), Value::Object(given)) => {
                for (name, label, watch) in members {
                    if let Some(value) = given.get(name) {
                        let before = faults.len();
                        watch.walk(&At { label: Some(label), ..*at }, value, faults);
                        below(name, before, faults);
                    }
                }
            }
            (Self::Items(watch), Value::Array(items)) => {
                for (number, item) in items.iter().enumerate() {
                    if faults.len() > MOST_FAULTS {
                        return;
                    }
                    let before = faults.len();
                    watch.walk(at, item, faults);
                    if faults.len() > before {
                        below(&number.to_string(), before, faults);
                    }
                }
            }
            (Self::Identifier(sort), Value::String(text)) => {
                if let Some(problem) = sort.problem(at.pack, at.on, text) {
                    let label =
                        at.label.cloned().unwrap_or_else(|| Label::new("标识", "Identifier"));
                    faults.push(Fault { pointer: String::new(), label, problem });
                }
            }
            _ => {}
        }
    }
}

/// Where the walk is: of what, on which day, and what people call that.
#[derive(Clone, Copy)]
struct At<'a> {
    pack: &'a Pack,
    on: Date,
    label: Option<&'a Label>,
}

/// The faults from `before` on stand below a name. Names of fields need no escape.
fn below(name: &str, before: usize, faults: &mut [Fault]) {
    for fault in faults.iter_mut().skip(before) {
        fault.pointer = format!("/{name}{}", fault.pointer);
    }
}

impl Sort {
    fn problem(&self, pack: &Pack, on: Date, text: &str) -> Option<Problem> {
        let longest = if let Self::Reference(_) = self { LONGEST_REFERENCE } else { LONGEST_CODE };
        let is_judged = || {
            text.chars().nth(longest as usize).is_none() && !text.chars().all(char::is_whitespace)
        };
        match self {
            Self::Region => {
                let divisions = &pack.tables.divisions;
                let known = text == NO_REGION || divisions.get(text, on).is_some();
                (!known && is_judged()).then(|| region(pack, on, text))
            }
            Self::Industry => {
                let known = pack.tables.industries.get(text, on).is_some();
                (!known && is_judged()).then(|| industry(pack, on, text))
            }
            Self::Reference(sorts) => {
                if pack.is_named(sorts, text) || !is_judged() {
                    return None;
                }
                let error = pack.identify_sort(sorts, text, Some(on)).err()?;
                let subjects = sorts.iter().filter_map(|sort| pack.subject(sort));
                let names: Vec<&str> =
                    subjects.clone().map(|subject| subject.label.zh.as_str()).collect();
                let mut schemes: Vec<String> = subjects
                    .flat_map(|s| &s.schemes)
                    .map(|scheme| scheme_zh(pack, scheme))
                    .collect();
                schemes.dedup();
                let (names, schemes) = (names.join("、"), schemes.join("、"));
                let zh = match &error {
                    IdentifyError::Code { fault, .. }
                        if !matches!(**fault, codes::Error::Unknown { .. }) =>
                    {
                        format!("“{text}”不是{names}的标识：{}", fault.zh())
                    }
                    _ => format!("“{text}”不是{names}的标识；请填写以下一种：{schemes}"),
                };
                Some(Problem::Identifier { code: "pack.reference", zh, en: error.to_string() })
            }
        }
    }
}

/// A scheme as people call it.
fn scheme_zh(pack: &Pack, scheme: &str) -> String {
    if scheme == crate::subject::ANY_SCHEME {
        return "其他“方案:代码”".to_owned();
    }
    let entry = pack.list(well_known::SCHEMES).and_then(|list| list.history(scheme).last());
    entry.map_or_else(|| scheme.to_owned(), |entry| format!("{}（{scheme}）", entry.label.zh))
}

fn region(pack: &Pack, on: Date, text: &str) -> Problem {
    let history = pack.tables.divisions.history(text);
    // What took its place by that day; where that is not over already.
    let became = history.iter().filter(|d| d.in_force.to.is_some_and(|to| to < on));
    let became: Vec<&str> = became.flat_map(|d| &d.became).map(String::as_str).collect();
    let (zh, en) = match (history, became.as_slice()) {
        ([], _) => (
            format!("没有行政区划 {text}；请填写六位行政区划代码，境外填 {NO_REGION}"),
            format!(
                "there is no division {text}; give its code of six digits, or {NO_REGION} for what \
                 lies abroad"
            ),
        ),
        (_, []) => (
            format!("{on} 行政区划 {text} 不在有效期内；请填写当日有效的代码"),
            format!("the division {text} is not in force on {on}; give the one that is"),
        ),
        (_, codes) => (
            format!("{on} 行政区划 {text} 已撤销；请改填 {}", codes.join("、")),
            format!("the division {text} is over on {on}; give {}", codes.join(" or ")),
        ),
    };
    Problem::Identifier { code: "pack.region", zh, en }
}

fn industry(pack: &Pack, on: Date, text: &str) -> Problem {
    let (zh, en) = if pack.tables.industries.history(text).next().is_none() {
        (
            format!("没有行业 {text}；请按 GB/T 4754 填写门类或大类，如 C 或 C14"),
            format!(
                "there is no industry {text}; give a section or division of GB/T 4754, such as C or C14"
            ),
        )
    } else {
        (
            format!("{on} 行业 {text} 不在有效期内；请按当日有效版本的 GB/T 4754 填写"),
            format!(
                "the industry {text} is not in force on {on}; give one of the edition of GB/T 4754 \
                 that is"
            ),
        )
    };
    Problem::Identifier { code: "pack.industry", zh, en }
}
