//! What to look at first in a demonstration province.

use crate::province::Province;

/// A thing to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sight {
    /// What it is, in Chinese and in English.
    pub zh: String,
    /// The same in English.
    pub en: String,
    /// The subject, where it is one: `uscc:…`.
    pub subject: Option<String>,
    /// What it is called.
    pub name: String,
}

/// What to look at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Enterprises.
    pub enterprises: Vec<Sight>,
    /// Clusters in place and time.
    pub clusters: Vec<Sight>,
    /// Lots, items and instruments of the chains, as far as they are made: ask at the end.
    pub chains: Vec<Sight>,
    /// The case to begin with, by the id of the record that opened it: ask at the end.
    pub cases: Vec<Sight>,
}

pub(crate) fn at(province: &Province) -> Look {
    let story = &province.data.story;
    let enterprises = story.enterprise.iter().zip(&province.world.story).map(|(line, at)| {
        let organization = &province.world.organizations[*at];
        Sight {
            zh: line.zh.clone(),
            en: line.en.clone(),
            subject: Some(organization.id.clone()),
            name: organization.name.clone(),
        }
    });
    let clusters = story.cluster.iter().map(|line| Sight {
        zh: line.zh.clone(),
        en: line.en.clone(),
        subject: None,
        name: line.id.clone(),
    });
    Look {
        enterprises: enterprises.collect(),
        clusters: clusters.collect(),
        chains: province.chain_sights(),
        cases: province.case_sights(),
    }
}
