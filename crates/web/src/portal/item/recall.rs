//! Recalls that concern a thing, as its page says them.

use app::disclosure::Disclosed;
use app::item::{Concern, Item};
use clock::Date;
use pack::Pack;

use crate::page::Page;
use crate::page::facts::Facts;

/// A recall.
pub struct RecallShown {
    /// Whether the thing itself is recalled.
    pub is_of_this: bool,
    /// Whether it may be, by its lot.
    pub is_perhaps: bool,
    /// What it means for whoever holds the thing.
    pub title: String,
    /// What is wrong, what it can do.
    pub text: String,
    /// What is offered.
    pub remedies: String,
    /// Where to call.
    pub hotline: String,
    /// The number to dial.
    pub dial: String,
    /// Its number.
    pub number: String,
    /// Its page.
    pub href: String,
    /// Since when.
    pub since: Date,
    /// Lots that it names, where it is to be compared.
    pub lots: Vec<String>,
}

/// The recalls of a thing, those of itself first.
pub fn shown(page: &Page, pack: &Pack, facts: &Facts<'_>, item: &Item) -> Vec<RecallShown> {
    let words = &page.w.item;
    let one = |(concern, record): &(Concern, Disclosed)| {
        let kind = pack.kind(&record.kind)?;
        let on = record.valid_at.day_in_china();
        let line = |name: &str| facts.line(kind, &record.open, name, on);
        let mut text = vec![line("defect"), line("consequence")];
        text.retain(|part| !part.is_empty());
        for part in &mut text {
            *part = part.trim_end_matches(['。', '.']).to_owned();
        }
        let hotline = line("hotline");
        let since = record.open.get("published_on").and_then(|day| day.as_str()?.parse().ok());
        let lots = record.subjects.iter().filter(|(role, _)| role == "lot" || role == "item");
        let lots = lots.map(|(_, id)| id.rsplit('/').next().unwrap_or(id).to_owned());
        Some(RecallShown {
            is_of_this: *concern == Concern::This,
            is_perhaps: *concern == Concern::Perhaps,
            title: match concern {
                Concern::This => words.recalled,
                Concern::Perhaps => words.perhaps_recalled,
                Concern::Others => words.others_recalled,
            }
            .to_owned(),
            text: text.join(page.pick("；", "; ")),
            remedies: line("remedies"),
            dial: hotline.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect(),
            hotline,
            number: line("notice_no"),
            href: format!("/records/{}", record.id),
            since: since.unwrap_or(on),
            lots: if *concern == Concern::This { Vec::new() } else { lots.collect() },
        })
    };
    item.recalls.iter().filter_map(one).collect()
}
