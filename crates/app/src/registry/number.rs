//! Finding records by the numbers that people call them by: of a decision, a report, a recall.
//!
//! Which fields those are the pack says: texts that are unique among records of a kind. The same number
//! is written in several ways: with round, square or tortoise-shell brackets, with and without 号.

use model::{RecordId, Timestamp};
use serde_json::{Map, Value};
use store::Stored;
use store::readings::AsOf;

use crate::disclosure::Audience;
use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::When;
use crate::system::System;

/// The most records that are told of one number.
pub const MOST_NUMBERED: usize = 20;
/// The most characters of a number.
const LONGEST: usize = 80;

/// A record that bears a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Numbered {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: String,
    /// The number, as the record has it.
    pub number: String,
    /// When it happened.
    pub valid_at: Timestamp,
}

/// How a number can stand in a record that somebody types so; none for what is no number.
fn spellings(text: &str) -> Vec<String> {
    let text = text.trim();
    let is_number = text.chars().count() <= LONGEST && text.chars().any(|c| c.is_ascii_digit());
    if !is_number {
        return Vec::new();
    }
    let with = |open: char, close: char| -> String {
        let change = |c: char| match c {
            '(' | '（' | '[' | '【' | '〔' | '［' | '﹝' => open,
            ')' | '）' | ']' | '】' | '〕' | '］' | '﹞' => close,
            other => other,
        };
        text.chars().map(change).collect()
    };
    let mut found: Vec<String> = Vec::new();
    for text in
        [text.to_owned(), with('〔', '〕'), with('（', '）'), with('(', ')'), with('[', ']')]
    {
        let bare = text.strip_suffix('号').map_or_else(|| format!("{text}号"), str::to_owned);
        for text in [text.to_ascii_uppercase(), bare, text] {
            if !found.contains(&text) {
                found.push(text);
            }
        }
    }
    found
}

/// The spelling that stands in a record.
fn bears(open: &Map<String, Value>, spellings: &[String]) -> Option<String> {
    let texts = open.values().filter_map(Value::as_str);
    let mut borne = texts.filter(|text| spellings.iter().any(|spelling| spelling == text));
    borne.next().map(str::to_owned)
}

impl System {
    /// The records that somebody may see and that bear a number, newest first; for nobody in
    /// particular those that are public, by numbers that are.
    ///
    /// # Errors
    /// No permission to read anything; a fault of the store.
    pub async fn numbered(
        &self,
        who: Option<&Principal>,
        text: &str,
    ) -> Result<Vec<Numbered>, Rejection> {
        let spellings = spellings(text);
        if spellings.is_empty() {
            return Ok(Vec::new());
        }
        if let Some(who) = who {
            self.may_read(who)?;
        }
        let as_of: AsOf = self.as_of(When::default()).await?;
        let found = self.readings().numbered(&spellings, as_of, MOST_NUMBERED).await?;
        let positions: Vec<u64> = found.iter().map(|(_, head)| head.position).collect();
        let mut stored = self.reader().at(&positions).await?;
        stored.sort_by_key(|record| std::cmp::Reverse((record.valid_at, record.position)));
        let mut seen = Vec::new();
        for record in stored {
            let open = match who {
                Some(who) if self.sees(who, &record)? => read(&record)?,
                Some(_) => continue,
                None => match self.disclose(Audience::Public, &self.pack(), &record)? {
                    Some(disclosed) => disclosed.open,
                    None => continue,
                },
            };
            let Some(number) = bears(&open, &spellings) else { continue };
            let Stored { id, kind, valid_at, .. } = record;
            seen.push(Numbered { id, kind, number, valid_at });
        }
        Ok(seen)
    }
}

fn read(record: &Stored) -> Result<Map<String, Value>, store::Error> {
    serde_json::from_slice(&record.open).map_err(|_| store::Error::Damaged {
        what: format!("the open part of the record at position {}", record.position),
    })
}

#[cfg(test)]
mod tests {
    use super::spellings;

    #[test]
    fn a_number_is_found_however_it_is_typed() {
        let stored = "鄂市监处罚〔2026〕312号";
        for typed in [
            stored,
            "鄂市监处罚[2026]312号",
            "鄂市监处罚（2026）312",
            " 鄂市监处罚〔2026〕312 ",
            "鄂市监处罚(2026)312号",
        ] {
            assert!(spellings(typed).iter().any(|spelling| spelling == stored), "{typed}");
        }
        assert!(spellings("hb-t-2026-1").contains(&"HB-T-2026-1".to_owned()));
        assert!(spellings("武汉钢铁").is_empty() && spellings(&"1".repeat(81)).is_empty());
    }
}
