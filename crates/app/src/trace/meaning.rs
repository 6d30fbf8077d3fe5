//! What the kinds of the pack mean, by the words of their links.

use pack::Pack;

use super::interpret::role_context;
use super::journeys::Bounds;
use super::sort::Sort;

/// What a kind means.
#[derive(Debug, Clone)]
pub(super) struct Meaning {
    /// Its links: contexts of the roles, and the word between them.
    links: Vec<(u8, String, u8)>,
    /// Contexts of its roles that are places.
    places: Vec<u8>,
    /// Contexts of its roles, with their ids and sorts.
    pub(super) roles: Vec<(u8, String, Sort)>,
}

impl Meaning {
    /// The context of the role to which a link of a word leads.
    pub(super) fn to(&self, word: &str) -> Option<u8> {
        self.links.iter().find(|(_, link, _)| link == word).map(|(.., to)| *to)
    }

    /// The context of the role from which a link of a word goes out.
    pub(super) fn from(&self, word: &str) -> Option<u8> {
        self.links.iter().find(|(_, link, _)| link == word).map(|(from, ..)| *from)
    }

    pub(super) fn is_place(&self, context: u8) -> bool {
        self.places.contains(&context)
    }
}

/// What all kinds mean, by their numbers in the pack.
#[derive(Debug, Clone, Default)]
pub(super) struct Meanings {
    of_kinds: Vec<Meaning>,
    /// What can be travelled in a time.
    pub(super) bounds: Bounds,
}

impl Meanings {
    pub(super) fn of(pack: &Pack) -> Self {
        let sort_of = |role: &str| {
            let sort = pack.subject_role(role).and_then(|role| role.is.first());
            sort.map_or(Sort::Other, |sort| Sort::of_subject(sort))
        };
        let kinds = pack.kinds().map(|kind| {
            let roles: Vec<(u8, String, Sort)> = kind
                .subjects
                .iter()
                .map(|s| (role_context(pack, &s.role), s.role.clone(), sort_of(&s.role)))
                .collect();
            let links = kind.links.iter().map(|link| {
                let [from, to] = [&link.from, &link.to].map(|role| role_context(pack, role));
                (from, link.link.clone(), to)
            });
            let places = roles.iter().filter(|(.., sort)| *sort == Sort::Place);
            Meaning {
                links: links.collect(),
                places: places.map(|(context, ..)| *context).collect(),
                roles,
            }
        });
        Self { of_kinds: kinds.collect(), bounds: Bounds::of(pack) }
    }

    /// What a kind means, by its number.
    pub(super) fn get(&self, kind: u8) -> Option<&Meaning> {
        self.of_kinds.get(kind as usize)
    }

    /// The word of a context, as answers have it.
    pub(super) fn word(&self, kind: u8, context: u8) -> String {
        if let Some(word) = super::interpret::context::word(context) {
            return word.to_owned();
        }
        let roles = self.get(kind).into_iter().flat_map(|meaning| &meaning.roles);
        let found = roles.into_iter().find(|(number, ..)| *number == context);
        found.map(|(_, role, _)| role.clone()).unwrap_or_default()
    }
}
