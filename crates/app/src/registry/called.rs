//! What subjects are called, for those who have their ids already.

use std::collections::HashMap;

use crate::system::System;

/// What a subject is called, and where it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Called {
    /// Its name now; empty where none is registered.
    pub name: String,
    /// Its division, GB/T 2260; empty where it is not known.
    pub region: String,
}

impl System {
    /// What some subjects are called now, as far as the registry knows them. For offices: it asks nobody
    /// who may know a name, since whoever reads a record reads the ids in it.
    pub async fn called(&self, ids: impl IntoIterator<Item = &str>) -> HashMap<String, Called> {
        let known = self.readings().watermark().get();
        let guard = self.registry().where_made(known).await;
        let Some(state) = guard.as_ref() else { return HashMap::new() };
        let mut called = HashMap::new();
        for id in ids {
            if called.contains_key(id) {
                continue;
            }
            let stands = state.stands_for(id);
            let Some(entry) = state.index.subject(stands) else { continue };
            let name = state.index.name(stands).unwrap_or_default().to_owned();
            let found = Called { name, region: entry.region };
            called.insert(id.to_owned(), found);
        }
        called
    }
}
