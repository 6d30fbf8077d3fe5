//! Who may do what: the one place that decides.
//!
//! Until people and offices come in, a sender is a program with a token. The token names whom it
//! sends for, in which office, and the permissions of the pack that it has.

use std::collections::BTreeSet;

use clock::Date;
use pack::Pack;

use crate::fault::{Fault, Rejection};

/// Everything: for the operator at the machine and for tests.
pub const ALL: &str = "*";

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The office or organization.
    pub on_behalf_of: String,
    /// The account, as a pseudonym.
    pub account: String,
    /// The office in which the permissions count, where they are held in one.
    pub office: Option<String>,
    /// Permissions of the pack, or [`ALL`].
    pub permissions: BTreeSet<String>,
}

impl Principal {
    /// The operator at the machine itself, who can reach the files anyway.
    pub fn operator() -> Self {
        Self {
            on_behalf_of: "operator".to_owned(),
            account: "operator".to_owned(),
            office: None,
            permissions: BTreeSet::from([ALL.to_owned()]),
        }
    }

    /// The program itself.
    pub fn program() -> Self {
        Self {
            account: "zhiheng".to_owned(),
            on_behalf_of: "zhiheng".to_owned(),
            ..Self::operator()
        }
    }

    /// Whether a permission was given.
    pub fn has(&self, permission: &str) -> bool {
        self.permissions.contains(permission) || self.permissions.contains(ALL)
    }
}

/// What something is to be done to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target<'a> {
    /// The kind of record.
    pub kind: Option<&'a str>,
    /// The office that it belongs to.
    pub office: Option<&'a str>,
}

/// The door.
#[derive(Debug, Clone, Copy)]
pub struct Door<'p> {
    pack: &'p Pack,
    on: Date,
}

impl<'p> Door<'p> {
    /// The door under a pack, on a day.
    pub fn new(pack: &'p Pack, on: Date) -> Self {
        Self { pack, on }
    }

    /// Whether somebody may do something to something.
    ///
    /// # Errors
    /// [`Rejection::Denied`], which says what is missing.
    pub fn authorize(
        &self,
        who: &Principal,
        permission: &str,
        target: Target<'_>,
    ) -> Result<(), Rejection> {
        if !who.has(permission) {
            let label = self.pack.permissions().find(|p| p.id == permission);
            let (zh, en) = label.map_or((permission, permission), |p| (&p.label.zh, &p.label.en));
            return Err(Rejection::Denied(Fault::new(
                "door.permission",
                format!(
                    "this needs the permission {permission} ({en}); ask your administrator for it"
                ),
                format!("此操作需要“{zh}”权限（{permission}）；请向管理员申请"),
            )));
        }
        let own = who.office.as_deref();
        match (own, target.office) {
            (Some(own), Some(office)) if !self.pack.is_below(office, own, self.on) => {
                Err(Rejection::Denied(
                    Fault::new(
                        "door.office",
                        format!(
                            "office {office} is neither {own} nor below it; name an office of yours"
                        ),
                        format!("机关 {office} 不是 {own} 或其下级；请填写本机关或下级机关"),
                    )
                    .at("/office"),
                ))
            }
            _ => Ok(()),
        }
    }
}
