//! `roles.toml`: permissions, the roles that grant them, and the roles that no person may have
//! together.

use codes::Label;

use crate::context::{Context, Place, Target};
use crate::fault::FaultCode;
use crate::source::{Form, Located, Table};
use crate::words::words;

/// Something that a person may be allowed to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permission {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Which of a role's scopes says where it counts.
    pub reach: Reach,
    /// Whether only a person who logged in can have it, never the token of a program.
    pub personal: bool,
}

words! {
    /// Which of a role's scopes says where a permission counts.
    Reach {
        /// That in which the role may write.
        Capture = "capture", "录入范围";
        /// That which the role may read in full.
        View = "view", "查看范围";
        /// That in which the role may look organizations up.
        Search = "search", "检索范围";
        /// None: it is about the program itself.
        System = "system", "系统";
    }
}

/// A role that a person has in an office or an organization, from one day to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Where it is held.
    pub held_in: HeldIn,
    /// The permissions it grants, there and nowhere else.
    pub grants: Vec<String>,
    /// Where its holder may write.
    pub capture: Scope,
    /// What its holder may read in full.
    pub view: Scope,
    /// Where its holder may look organizations up by name and code.
    pub search: Scope,
}

words! {
    /// What a role is held in.
    HeldIn {
        /// An office of the tree.
        Office = "office", "机关";
        /// An organization: an enterprise, a laboratory, an insurer.
        Organization = "organization", "组织";
        /// Nothing but oneself.
        Person = "person", "个人";
        /// The program itself: the roles of administrators, which no other role may go with.
        System = "system", "系统";
    }
}

words! {
    /// How far a role reaches from where it is held.
    Scope {
        /// Nowhere.
        None = "none", "无";
        /// The office, organization or person itself.
        Own = "own", "本机关";
        /// The office and all below it.
        OwnBelow = "own+below", "本机关及下级";
        /// All of the province.
        Province = "province", "全省";
    }
}

/// Roles that must be different people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The roles.
    pub roles: Vec<String>,
    /// Why.
    pub why: Label,
}

/// What stands in `roles.toml`.
#[derive(Default)]
pub(crate) struct RolesFile {
    pub(crate) permissions: Vec<(Place, Permission)>,
    pub(crate) roles: Vec<(Place, Role)>,
    pub(crate) exclusions: Vec<Exclusion>,
}

impl RolesFile {
    pub(crate) fn read(mut table: Table<'_>, cx: &mut Context) -> Self {
        let mut file = Self::default();
        for permission in table.tables("permission", "permission", cx) {
            file.permissions.extend(read_permission(permission, cx));
        }
        let mut granted: Vec<(String, Located<String>)> = Vec::new();
        for role in table.tables("role", "role", cx) {
            let Some((place, role, grants)) = read_role(role, cx) else { continue };
            granted.extend(grants.into_iter().map(|grant| (role.id.clone(), grant)));
            file.roles.push((place, role));
        }
        for exclusion in table.tables("exclusive", "exclusion of roles", cx) {
            file.exclusions.push(read_exclusion(exclusion, cx));
        }
        table.finish(cx);
        file.check_conflicts(&granted, cx);
        file
    }

    /// What two people must do apart, no permission may bring together again.
    fn check_conflicts(&self, granted: &[(String, Located<String>)], cx: &mut Context) {
        for (n, (role, grant)) in granted.iter().enumerate() {
            let excludes = |other: &String| {
                other != role
                    && self
                        .exclusions
                        .iter()
                        .any(|e| e.roles.contains(other) && e.roles.contains(role))
            };
            let before = granted.iter().take(n);
            for (other, _) in before.filter(|(other, g)| g.value == grant.value && excludes(other))
            {
                let what = format!(
                    "{role} grants {}, as {other} does, but the two must be different people",
                    grant.value
                );
                let remedy = "leave the permission to one of them, or make two of it";
                cx.fault(FaultCode::Conflict, &grant.place, what, remedy);
            }
        }
    }
}

fn read_permission(mut table: Table<'_>, cx: &mut Context) -> Option<(Place, Permission)> {
    let id = table.id("id", Form::Dotted, cx)?;
    let label = table.required("label", cx);
    let reach = table.optional("reach", cx).unwrap_or(Reach::Capture);
    let personal = table.optional("personal", cx).unwrap_or(false);
    table.finish(cx);
    Some((id.place, Permission { id: id.value, label, reach, personal }))
}

fn read_role(
    mut table: Table<'_>,
    cx: &mut Context,
) -> Option<(Place, Role, Vec<Located<String>>)> {
    let id = table.id("id", Form::Kebab, cx)?;
    let label = table.required("label", cx);
    let held_in = table.optional("held_in", cx).unwrap_or(HeldIn::Office);
    let grants: Vec<Located<String>> = table.required("grants", cx);
    let role = Role {
        id: id.value,
        label,
        held_in,
        grants: grants.iter().map(|grant| grant.value.clone()).collect(),
        capture: table.required("capture", cx),
        view: table.required("view", cx),
        search: table.required("search", cx),
    };
    for (n, grant) in grants.iter().enumerate() {
        cx.refer(&grant.place, &table.what, &grant.value, Target::Permission);
        if role.grants.iter().take(n).any(|other| *other == grant.value) {
            let what = format!("the {} grants {} twice", table.what, grant.value);
            cx.fault(FaultCode::Duplicate, &grant.place, what, "take one out");
        }
    }
    table.finish(cx);
    Some((id.place, role, grants))
}

fn read_exclusion(mut table: Table<'_>, cx: &mut Context) -> Exclusion {
    let place = table.place();
    let roles: Vec<Located<String>> = table.required("roles", cx);
    let why = table.required("why", cx);
    for (n, role) in roles.iter().enumerate() {
        cx.refer(&role.place, &table.what, &role.value, Target::Role);
        if roles.iter().take(n).any(|other| other.value == role.value) {
            let what = format!("{} cannot exclude itself", role.value);
            cx.fault(FaultCode::Conflict, &role.place, what, "name each role once");
        }
    }
    if roles.len() == 1 {
        let remedy = "name the roles that must be different people";
        cx.fault(FaultCode::Conflict, &place, "one role alone excludes nothing", remedy);
    }
    table.finish(cx);
    Exclusion { roles: roles.into_iter().map(|role| role.value).collect(), why }
}
