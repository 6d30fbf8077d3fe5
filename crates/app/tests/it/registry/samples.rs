//! Organizations to register, and ways to ask for them.

use app::System;
use app::reading::When;
use app::registry::{Archive, Search, SubjectsFound};
use app::{Principal, Rejection};
use serde_json::{Value, json};

use crate::support::{Home, day, new_id, operator};

pub const STEEL: &str = "uscc:914201001777000029";
/// The old code in it.
pub const OLD_STEEL: &str = "organization-code:177700002";
pub const OTHER: &str = "uscc:91420100758123450T";

/// An organization as it was registered in a minute.
pub fn organization(id: &str, name: &str, minute: u64) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "organization",
        "region": "420107",
        "valid_at": day(minute),
        "source": "test",
        "subjects": [{ "role": "organization", "id": id }],
        "open": {
            "name": name, "organization_type": "enterprise", "status": "active",
            "address": "武汉市青山区厂前街道",
        },
    })
}

pub fn place(name: &str) -> Value {
    json!({
        "id": new_id().to_string(),
        "kind": "place",
        "region": "420107",
        "valid_at": day(1),
        "source": "test",
        "subjects": [{ "role": "place", "id": "place:p-1" }],
        "open": { "name": name, "place_type": "warehouse", "address": "青山区工人村" },
    })
}

/// An inspection of an organization.
pub fn visit(number: u64, of: &str) -> Value {
    let mut record = crate::support::inspection(number);
    record["subjects"][0]["id"] = of.into();
    record
}

impl Home {
    pub fn now(&self, system: &System) -> When {
        When { valid: None, known: Some(self.size(system)) }
    }

    pub fn search_as(
        &self,
        system: &System,
        who: Option<&Principal>,
        text: &str,
    ) -> Result<SubjectsFound, Rejection> {
        let search = Search { text, limit: 20, when: self.now(system), ..Search::default() };
        self.run(system.search(who, &search))
    }

    /// Ids of what the operator finds, after all that was sent.
    pub fn found(&self, system: &System, text: &str) -> Vec<String> {
        let found = self.search_as(system, Some(operator()), text).unwrap();
        assert_eq!(found.count, found.hits.len());
        found.hits.into_iter().map(|hit| hit.id).collect()
    }

    pub fn archive_when(&self, system: &System, id: &str, when: When) -> Archive {
        let id = id.parse().unwrap();
        self.run(system.archive(operator(), &id, None, when, None, 100)).unwrap()
    }

    pub fn archive(&self, system: &System, id: &str) -> Archive {
        self.archive_when(system, id, self.now(system))
    }
}

/// The ids that an archive is of.
pub fn ids(archive: &Archive) -> Vec<&str> {
    archive.members.iter().map(|member| member.id.as_str()).collect()
}

/// The name that holds.
pub fn name(archive: &Archive) -> &str {
    archive.registrations.first().map_or("", |view| view.open["name"].as_str().unwrap())
}
