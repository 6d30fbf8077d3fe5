//! `/console/system/pack`: the pack in force, what it covers, and what each activation changed.

use std::sync::Arc;

use app::archived::Compared;
use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use pack::{Change, Coverage, Language};
use serde_json::Value;

use crate::page::Page;
use crate::page::export::{Column, Format, whole};
use crate::page::ui::{Banner, Tone};
use crate::page::visitor::Desk;
use crate::problem::Problem;
use crate::query::Query;
use crate::site::Site;

/// Changes that are shown on the page; a file has them all.
const SHOWN: usize = 500;
/// Digits of a digest by which people tell packs apart.
const DIGITS: usize = 12;

#[derive(Template)]
#[template(path = "console/system/pack.html")]
struct PackPage<'p> {
    p: &'p Page,
    pack: &'p pack::Pack,
    coverage: Coverage,
    activations: Vec<Activation>,
    /// Packs that can be compared: digest, words, whether chosen as the older, as the newer.
    kept: Vec<(String, String, bool, bool)>,
    compared: Option<Shown<'p>>,
}

struct Activation {
    time: String,
    version: String,
    digest: String,
    changes: Option<u64>,
    /// Where this and the one before are compared.
    compare: Option<String>,
    index: u64,
    signed: bool,
    id: String,
}

/// Two packs that were compared.
struct Shown<'p> {
    old: String,
    new: String,
    count: usize,
    /// By what they are about.
    areas: Vec<(String, Vec<String>)>,
    nothing: Option<Banner<'p>>,
    csv: String,
    jsonl: String,
}

/// `GET /console/system/pack`, also with two packs to compare: `?old=&new=`.
///
/// # Errors
/// A wrong parameter, a pack that is not kept; a fault of the store.
pub async fn show(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
) -> Result<Response, Problem> {
    page.at(Desk::Console)?;
    let mut query = Query::of(&uri);
    let chosen = |text: Option<String>| text.filter(|text| !text.is_empty());
    let (old, new) = (chosen(query.text("old")), chosen(query.text("new")));
    let format = Format::read(&mut query);
    query.finish()?;
    let pack = site.system.pack();
    let compared = match (&old, &new) {
        (Some(old), Some(new)) => Some(site.system.compare_packs(old, new).await?),
        _ => None,
    };
    if let (Some(format), Some(compared)) = (format, &compared) {
        return Ok(file(&site, &page, compared, format));
    }
    let kept = site.system.kept_packs().await?;
    let mut activations: Vec<Activation> = Vec::new();
    for record in site.system.activations().await? {
        let text = |name: &str| {
            let value = record.open.get(name).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let (digest, before) = (text("pack_digest"), text("previous_digest"));
        let are_kept = kept.contains(&digest) && kept.contains(&before);
        activations.push(Activation {
            time: page.date_time(&record.stored.recorded_at),
            version: text("version"),
            compare: are_kept.then(|| format!("{}?old={before}&new={digest}", page.path)),
            digest,
            changes: record.open.get("changes").and_then(Value::as_u64),
            index: record.index,
            signed: record.is_signed,
            id: record.stored.id.to_string(),
        });
    }
    let kept = kept.into_iter().map(|digest| {
        // The day on which it was last put into force tells people more than its digest.
        let last = activations.iter().find(|activation| activation.digest == digest);
        let (version, time) = last.map_or(("", ""), |last| (&last.version, &last.time));
        let words = format!("{version} · {time} · {}", short(&digest));
        let is = |chosen: &Option<String>| chosen.as_ref() == Some(&digest);
        let (is_old, is_new) = (is(&old), is(&new));
        (digest, words, is_old, is_new)
    });
    let (kept, coverage) = (kept.collect(), Coverage::of(&pack));
    let compared = compared.map(|compared| shown(&page, &compared));
    page.show(&PackPage { p: &page, pack: &pack, coverage, activations, kept, compared })
}

/// As much of a digest as people need.
fn short(digest: &str) -> &str {
    let digits = digest.strip_prefix("sha256:").unwrap_or(digest);
    digits.get(..DIGITS).unwrap_or(digits)
}

fn language(page: &Page) -> Language {
    if page.is_chinese() { Language::Zh } else { Language::En }
}

fn shown<'p>(page: &'p Page, compared: &Compared) -> Shown<'p> {
    let Compared { old, new, changes } = compared;
    let mut areas: Vec<(String, Vec<String>)> = Vec::new();
    let some = &changes[..changes.len().min(SHOWN)];
    for of_one in some.chunk_by(|a, b| a.area == b.area) {
        let Some(area) = of_one.first().map(|change| change.area) else { continue };
        let sentences = of_one.iter().map(|change| change.say(language(page))).collect();
        areas.push((page.pick(area.zh(), area.word()).to_owned(), sentences));
    }
    let side = |pack: &pack::Pack| {
        format!("{} ({})", pack.manifest().version, short(&pack.digest().to_string()))
    };
    let words = &page.w.packs;
    let nothing = changes.is_empty().then(|| {
        let is_same = old.digest() == new.digest();
        Banner::new(page, Tone::Info, if is_same { words.same } else { words.no_meaning })
    });
    Shown {
        old: side(old),
        new: side(new),
        count: changes.len(),
        areas,
        nothing,
        csv: page.with("as", "csv"),
        jsonl: page.with("as", "jsonl"),
    }
}

fn file(site: &Site, page: &Page, compared: &Compared, format: Format) -> Response {
    let words = &page.w.packs;
    let columns = vec![
        Column::new("area", words.area),
        Column::new("id", words.id),
        Column::new("since", words.since),
        Column::new("change", words.change),
    ];
    let row = |change: &Change| {
        vec![
            Value::from(page.pick(change.area.zh(), change.area.word())),
            Value::from(change.id.as_str()),
            Value::from(change.since.as_deref()),
            Value::from(change.say(language(page))),
        ]
    };
    let rows = compared.changes.iter().map(row).collect();
    let known = site.system.readings().watermark().get();
    whole(page, known, (format, "pack-changes"), columns, rows, None)
}
