//! What was imported before: which record counts for which key.

use std::collections::HashMap;

use model::{Digest, Draft, RecordId, json};
use pack::Mapping;
use serde_json::{Map, Value};
use store::Stored;
use store::readings::{Regions, Scope};

use crate::door::Principal;
use crate::fault::Rejection;
use crate::reading::{When, envelope};
use crate::system::System;

/// What two rows of one thing have alike.
pub(crate) type Key = [u8; 16];

/// A record that counts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub(crate) id: RecordId,
    pub(crate) corrects: Option<RecordId>,
    pub(crate) content: Digest,
}

/// The records of a source that count, by key.
#[derive(Default)]
pub(crate) struct Known {
    pub(crate) heads: HashMap<Key, Head>,
}

/// How often the readings are waited for, ten seconds each.
const PATIENCE: u32 = 60;
/// Records in one question.
const PAGE: usize = 1_024;

/// The key of a draft; none where one of its parts that must be there is not.
pub(crate) fn key_of(mapping: &Mapping, draft: &Draft) -> Key {
    let subjects = |role: &str| {
        let mut ids: Vec<&str> = draft
            .subjects
            .iter()
            .filter(|subject| subject.role == role)
            .map(|subject| subject.id.as_str())
            .collect();
        ids.sort_unstable();
        ids.into()
    };
    key(mapping, &draft.open, &draft.region, draft.valid_at.micros(), subjects)
}

fn key(
    mapping: &Mapping,
    open: &Map<String, Value>,
    region: &str,
    valid_at: i64,
    subjects: impl Fn(&str) -> Value,
) -> Key {
    let parts: Vec<Value> = mapping
        .key
        .iter()
        .map(|name| match name.as_str() {
            "region" => region.into(),
            "valid_at" => valid_at.into(),
            name => open.get(name).cloned().unwrap_or_else(|| subjects(name)),
        })
        .collect();
    let digest = Digest::of(&[&json::canonical(&Value::Array(parts))]);
    let mut key = [0; 16];
    key.iter_mut().zip(digest.as_bytes()).for_each(|(to, from)| *to = *from);
    key
}

impl System {
    /// What counts of a mapping's source and kind that the office, or who acts for it, sent.
    pub(crate) async fn known_of(
        &self,
        who: &Principal,
        mapping: &Mapping,
    ) -> Result<Known, Rejection> {
        let size = self.reader().size().await?;
        let mut patience = PATIENCE;
        let as_of = loop {
            let asked = self.as_of(When { known: Some(size), ..When::default() }).await;
            match asked {
                // Behind a large import the readings may take a while.
                Err(Rejection::Store(store::Error::Unavailable { .. })) if patience > 0 => {
                    patience -= 1;
                }
                other => break other?,
            }
        };
        let scope = [Scope { authors: vec![who.on_behalf_of.clone()], ..Scope::default() }];
        let mut known = Known::default();
        let mut after = None;
        loop {
            let heads = self
                .readings()
                .kind_page_within(
                    &mapping.kind,
                    None,
                    Regions::Any,
                    Some(&scope),
                    as_of,
                    after,
                    PAGE,
                )
                .await?;
            let positions: Vec<u64> = heads.iter().map(|head| head.position).collect();
            for stored in self.reader().at(&positions).await? {
                if let Some((key, head)) = read(mapping, &stored) {
                    known.heads.insert(key, head);
                }
            }
            after = heads.last().copied();
            if heads.len() < PAGE {
                return Ok(known);
            }
        }
    }
}

/// The key of a record, if it is of the mapping's source.
fn read(mapping: &Mapping, stored: &Stored) -> Option<(Key, Head)> {
    let envelope = envelope(stored).ok()?;
    if *envelope.source != *mapping.source {
        return None;
    }
    let open: Map<String, Value> = serde_json::from_slice(&stored.open).ok()?;
    let subjects = |role: &str| {
        let with_role = envelope.subjects.iter().filter(|subject| subject.role == role);
        let mut ids: Vec<&str> = with_role.map(|subject| &*subject.id).collect();
        ids.sort_unstable();
        ids.into()
    };
    let key = key(mapping, &open, &envelope.region, stored.valid_at.micros(), subjects);
    Some((key, Head { id: stored.id, corrects: stored.corrects, content: stored.content }))
}
