//! What events are sorted by, and what they name.

use std::cmp::Ordering;

use epcis::{Event, Node, Query, canonical_id, canonical_number};

/// What an event is sorted by: numbers before texts, nothing last.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum SortKey {
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
    /// The event has no such field.
    Nothing,
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let rank = |key: &Self| match key {
            Self::Number(_) => 0,
            Self::Text(_) => 1,
            Self::Nothing => 2,
        };
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => rank(a).cmp(&rank(b)),
        }
    }
}

/// The value of the extension that a question orders by.
pub(super) fn sort_key(query: &Query, event: &Event) -> SortKey {
    let Some((prefix, local)) = query.order_by.as_deref().and_then(|name| name.rsplit_once(':'))
    else {
        return SortKey::Nothing;
    };
    let space = event.namespaces.space(prefix).unwrap_or(prefix);
    let is_wanted = |node: &&Node| node.name.local == local && node.name.space == space;
    let found = event.extensions.iter().chain(&event.ilmd).find(is_wanted);
    match found.map(|node| node.value.as_str()) {
        None => SortKey::Nothing,
        Some(value) => match canonical_number(value).and_then(|number| number.parse().ok()) {
            Some(number) => SortKey::Number(number),
            None => SortKey::Text(value.to_owned()),
        },
    }
}

/// The instances that an event names, each once, in its order.
pub(super) fn instances(event: &Event) -> Vec<String> {
    let lists = [&event.epcs, &event.children, &event.inputs, &event.outputs];
    let named = event.parent.iter().chain(lists.into_iter().flatten());
    let mut seen = std::collections::HashSet::new();
    named.map(|id| canonical_id(id)).filter(|id| seen.insert(id.clone())).collect()
}
