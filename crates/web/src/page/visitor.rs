//! Who is logged in, as far as pages show it.

use std::collections::BTreeSet;
use std::sync::Arc;

use app::Principal;
use app::door::ALL;
use model::SubjectId;

/// Where somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Desk {
    /// An office: the console.
    Console,
    /// An enterprise: its desk.
    Enterprise,
}

impl Desk {
    /// Where its pages begin.
    pub fn home(self) -> &'static str {
        match self {
            Self::Console => "/console",
            Self::Enterprise => "/enterprise",
        }
    }
}

/// Who is logged in. What finds out puts an `Arc<Visitor>` into the request's extensions; a request
/// without one is from nobody in particular.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// The name that is shown.
    pub name: String,
    /// The office or enterprise, in Chinese and English.
    pub place: codes::Label,
    /// Where they work.
    pub desk: Desk,
    /// Who they are to the door, which pages hand to the program with each question.
    pub principal: Arc<Principal>,
    /// The permissions that they hold somewhere: what the menu shows. The door decides for itself.
    pub permissions: BTreeSet<String>,
    /// A secret of this session alone, which forms are bound to. It is not the cookie itself.
    pub binding: [u8; 32],
}

impl Visitor {
    /// The organization at whose desk they are.
    pub fn organization(&self) -> Option<SubjectId> {
        let is_there = self.desk == Desk::Enterprise;
        is_there.then(|| self.principal.on_behalf_of.parse().ok()).flatten()
    }

    /// Where they begin: at their desk, or, of no office and no organization, where everybody does.
    pub fn home(&self) -> &'static str {
        match self.desk == Desk::Enterprise && self.organization().is_none() {
            true => "/",
            false => self.desk.home(),
        }
    }

    /// Whether a permission is held somewhere.
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.contains(permission) || self.permissions.contains(ALL)
    }
}
