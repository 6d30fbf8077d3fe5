//! The answers of `zhiheng pack` as JSON.

use pack::{Change, Check, Coverage, Language, Need, PartRead, What};
use serde_json::{Value, json};

use super::text::counts;

/// The report of a check.
pub fn check_json(check: &Check) -> Value {
    let manifest = check.pack.manifest();
    let faults: Vec<Value> = check
        .faults
        .iter()
        .map(|fault| {
            json!({
                "code": fault.code.code(),
                "file": fault.file,
                "line": fault.line,
                "what": fault.what,
                "remedy": fault.remedy,
            })
        })
        .collect();
    let counts: serde_json::Map<String, Value> =
        counts(&check.pack).iter().map(|(what, n)| ((*what).to_owned(), json!(n))).collect();
    json!({
        "pack": {
            "title": label_json(&manifest.title),
            "version": manifest.version,
            "province": manifest.province,
            "digest": check.pack.digest().to_string(),
            "files": check.pack.files().len(),
        },
        "counts": counts,
        "faults": faults,
        "coverage": coverage_json(&check.coverage),
    })
}

fn coverage_json(coverage: &Coverage) -> Value {
    let need = |need: &Need| json!({ "part": need.part.word(), "name": need.name });
    let articles: Vec<Value> = coverage
        .articles
        .iter()
        .map(|article| {
            let institutions: Vec<Value> = article
                .institutions
                .iter()
                .map(|(system, institution)| {
                    json!({
                        "system": system,
                        "label": label_json(&institution.label),
                        "now": institution.now.as_ref().map(label_json),
                    })
                })
                .collect();
            let law: Vec<Value> = article
                .law
                .iter()
                .map(|(group, n)| json!({ "group": group, "parameters": n }))
                .collect();
            let missing: Vec<Value> = article
                .missing
                .iter()
                .map(|(system, need)| {
                    json!({ "system": system, "part": need.part.word(), "name": need.name })
                })
                .collect();
            json!({
                "article": article.number,
                "title": label_json(&article.title),
                "note": article.note.as_ref().map(label_json),
                "institutions": institutions,
                "systems": article.systems,
                "kinds": article.kinds,
                "law": law,
                "missing": missing,
            })
        })
        .collect();
    let systems: Vec<Value> = coverage
        .systems
        .iter()
        .map(|system| {
            json!({
                "id": system.id,
                "label": label_json(&system.label),
                "wing": system.wing,
                "articles": system.articles,
                "held": system.held.iter().map(need).collect::<Vec<_>>(),
                "missing": system.missing.iter().map(need).collect::<Vec<_>>(),
            })
        })
        .collect();
    let parts: Vec<Value> = coverage
        .parts
        .iter()
        .map(|part| {
            let read = match part.read {
                PartRead::Here => "here",
                PartRead::Elsewhere => "elsewhere",
                PartRead::NotYet => "not_yet",
            };
            json!({ "folder": part.folder, "files": part.files, "read": read })
        })
        .collect();
    let not_reviewed: Vec<Value> = coverage
        .not_reviewed
        .iter()
        .map(|version| {
            json!({
                "id": version.id,
                "from": version.from.map(|day| day.to_string()),
                "law": version.law,
            })
        })
        .collect();
    json!({
        "articles": articles,
        "systems": systems,
        "parts": parts,
        "unclaimed": coverage.unclaimed.iter().map(need).collect::<Vec<_>>(),
        "not_reviewed": not_reviewed,
    })
}

fn label_json(label: &codes::Label) -> Value {
    json!({ "zh": label.zh, "en": label.en })
}

/// One change, in both languages.
pub fn change_json(change: &Change) -> Value {
    let what = match &change.what {
        What::Added(_) => "added",
        What::Removed => "removed",
        What::Changed { .. } | What::Moved { .. } => "changed",
    };
    let facet = match &change.what {
        What::Changed { facet, .. } | What::Moved { facet, .. } => Some(facet.word()),
        _ => None,
    };
    json!({
        "area": change.area.word(),
        "id": change.id,
        "since": change.since,
        "change": what,
        "facet": facet,
        "zh": change.say(Language::Zh),
        "en": change.say(Language::En),
    })
}
