//! Who may do what: the one place that decides.
//!
//! A decision is over triples (role, permission, office): a grant of a role counts in the office it
//! is held in and nowhere else, and what two roles grant is never put together. A program with a
//! token has the permissions that the token names, in one office. What is not granted is denied.

use std::collections::BTreeSet;

use clock::Date;
use pack::{Pack, Reach, Scope};

use crate::fault::{Fault, Rejection};
use crate::people::{Held, Holding, Person, Territory};

/// Everything that a program may have: for the operator at the machine and for tests. What only
/// persons may have is not in it.
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
    /// Permissions of the pack, or [`ALL`]: those of a program. A person has none here.
    pub permissions: BTreeSet<String>,
    /// The person who is logged in; then only their grants count.
    pub person: Option<Person>,
}

impl Principal {
    /// The operator at the machine itself, who can reach the files anyway.
    pub fn operator() -> Self {
        Self {
            on_behalf_of: "operator".to_owned(),
            account: "operator".to_owned(),
            office: None,
            permissions: BTreeSet::from([ALL.to_owned()]),
            person: None,
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

    /// Whether a permission was given to the program that asks.
    fn is_given(&self, permission: &str, pack: &Pack) -> bool {
        if self.permissions.contains(permission) {
            return true;
        }
        let for_persons = || pack.permissions().any(|p| p.id == permission && p.personal);
        self.permissions.contains(ALL) && !for_persons()
    }
}

/// What something is to be done to, as far as the question needs it. Nothing given: whether it may
/// be done to anything at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target<'a> {
    /// The kind of record.
    pub kind: Option<&'a str>,
    /// The office that it belongs to.
    pub office: Option<&'a str>,
    /// The division in which it lies, GB/T 2260, or `none`.
    pub region: Option<&'a str>,
    /// The trade, GB/T 4754.
    pub trade: Option<&'a str>,
    /// The organization that sent it, as `scheme:value`.
    pub organization: Option<&'a str>,
    /// The account of the person whose own it is.
    pub person: Option<&'a str>,
    /// Whether everybody may see it.
    pub public: bool,
}

impl Target<'_> {
    /// Whether nothing in particular is asked about.
    fn is_any(&self) -> bool {
        self.office.is_none()
            && self.region.is_none()
            && self.organization.is_none()
            && self.person.is_none()
            && !self.public
    }
}

/// Why somebody may not do something; the later ones are nearer to being allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Missing {
    /// No role grants the permission.
    Permission,
    /// The permission has a scope, and the role's is none.
    Scope,
    /// The person acts for another office just now.
    Acting,
    /// It is another organization's, or another person's.
    Own,
    /// It is another office's.
    Office,
    /// It lies in a region where the office has no power.
    Region,
    /// It is of a trade over which the office has no power.
    Trade,
    /// It is of a kind that is not the office's matter.
    Kind,
}

/// What the door says of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It may be done: by the grant at this place of the person's holdings.
    Allowed(usize),
    /// It may not.
    Denied(Missing),
}

impl Decision {
    /// Whether it may be done.
    pub fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed(_))
    }
}

/// Decides for a person: whether one of the grants, by itself, allows it. It allocates nothing.
pub fn decide(held: &Held, acting_for: &str, permission: &str, target: &Target<'_>) -> Decision {
    let territory = held.territory();
    let Some((number, reach)) = territory.permission(permission) else {
        return Decision::Denied(Missing::Permission);
    };
    let mut missing = Missing::Permission;
    for (at, holding) in held.holdings().iter().enumerate() {
        if !holding.permissions.has(number) {
            continue;
        }
        match allows(holding, territory, acting_for, reach, target) {
            Ok(()) => return Decision::Allowed(at),
            Err(found) => missing = missing.max(found),
        }
    }
    Decision::Denied(missing)
}

fn allows(
    holding: &Holding,
    territory: &Territory,
    acting_for: &str,
    reach: Reach,
    target: &Target<'_>,
) -> Result<(), Missing> {
    use crate::people::Seat;
    let scope = match reach {
        Reach::Capture => holding.capture,
        Reach::View => holding.view,
        Reach::Search => holding.search,
        Reach::System => return Ok(()),
    };
    if scope == Scope::None {
        return Err(Missing::Scope);
    }
    // Who writes says for whom: the author of a record is the office whose grant let it in.
    if reach == Reach::Capture && &*holding.held_in != acting_for {
        return Err(Missing::Acting);
    }
    match holding.seat {
        Seat::Office(office) => {
            if target.is_any() || target.public && reach == Reach::View {
                return Ok(());
            }
            in_office(office, scope, territory, reach, target)
        }
        Seat::Organization | Seat::Person => {
            let own = match holding.seat {
                Seat::Organization => target.organization,
                _ => target.person,
            };
            let is_own = own == Some(&*holding.held_in);
            (target.is_any() || is_own).then_some(()).ok_or(Missing::Own)
        }
        Seat::System => Err(Missing::Scope),
    }
}

fn in_office(
    office: u16,
    scope: Scope,
    territory: &Territory,
    reach: Reach,
    target: &Target<'_>,
) -> Result<(), Missing> {
    if scope == Scope::Province {
        return Ok(());
    }
    let is_owned = match target.office {
        None => false,
        Some(id) => {
            let owner = territory.heir_of(id).ok_or(Missing::Office)?;
            let is_own =
                owner == office || scope == Scope::OwnBelow && territory.is_below(owner, office);
            is_own.then_some(true).ok_or(Missing::Office)?
        }
    };
    // What an office has taken in is its own to read, whatever its power is today.
    if is_owned && reach != Reach::Capture {
        return Ok(());
    }
    match target.region {
        Some(region) if !territory.has_region(office, region) => return Err(Missing::Region),
        None if !is_owned => return Err(Missing::Region),
        _ => {}
    }
    if target.trade.is_some_and(|trade| !territory.has_trade(office, trade)) {
        return Err(Missing::Trade);
    }
    if target.kind.is_some_and(|kind| !territory.has_kind(office, kind)) {
        return Err(Missing::Kind);
    }
    Ok(())
}

/// The door.
#[derive(Debug, Clone, Copy)]
pub struct Door<'p> {
    pack: &'p Pack,
    on: Date,
}

impl<'p> Door<'p> {
    /// The door under a pack, on a day. For a person it is the day on which they ask that counts,
    /// not this one.
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
        if let Some(person) = &who.person {
            let held = person.held();
            return match decide(&held, &who.on_behalf_of, permission, &target) {
                Decision::Allowed(_) => Ok(()),
                Decision::Denied(missing) => {
                    Err(Rejection::Denied(self.denied(missing, permission, &target)))
                }
            };
        }
        if !who.is_given(permission, self.pack) {
            return Err(Rejection::Denied(self.denied(Missing::Permission, permission, &target)));
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

    /// Whether somebody may do something to what was sent before: to take its place, or take it back.
    /// To what the same office or organization sent, whoever may send such a thing at all may; to what
    /// others sent, only who holds this permission over it. A program that holds it in no office holds
    /// it over nobody else.
    ///
    /// # Errors
    /// As [`authorize`](Self::authorize).
    pub fn authorize_change(
        &self,
        who: &Principal,
        permission: &str,
        target: Target<'_>,
    ) -> Result<(), Rejection> {
        if target.organization == Some(&*who.on_behalf_of) {
            return Ok(());
        }
        // That everybody may see it opens nothing.
        let target = Target { public: false, ..target };
        let is_bound = who.person.is_some() || who.permissions.contains(ALL);
        if !is_bound && (who.office.is_none() || target.office.is_none()) {
            return Err(Rejection::Denied(self.denied(Missing::Own, permission, &target)));
        }
        self.authorize(who, permission, target)
    }

    /// What is missing, in words.
    fn denied(&self, missing: Missing, permission: &str, target: &Target<'_>) -> Fault {
        let label = self.pack.permissions().find(|p| p.id == permission);
        let (zh, en) = label.map_or((permission, permission), |p| (&p.label.zh, &p.label.en));
        let given = |what: Option<&str>| what.unwrap_or("-").to_owned();
        match missing {
            Missing::Permission => Fault::new(
                "door.permission",
                format!(
                    "this needs the permission {permission} ({en}); ask your administrator for it"
                ),
                format!("此操作需要“{zh}”权限（{permission}）；请向管理员申请"),
            ),
            Missing::Scope => Fault::new(
                "door.scope",
                format!(
                    "your role may not do this anywhere ({permission}, {en}); ask somebody whose role may"
                ),
                format!("您的岗位没有“{zh}”的适用范围（{permission}）；请由有此范围的岗位办理"),
            ),
            Missing::Acting => Fault::new(
                "door.acting",
                format!(
                    "you act for another office just now; choose the office in which you hold {permission} ({en})"
                ),
                format!("您当前以其他机关身份操作；请切换到具有“{zh}”权限（{permission}）的机关"),
            ),
            Missing::Own => Fault::new(
                "door.own",
                format!("it is not yours; {permission} ({en}) reaches no further than your own"),
                format!("不属于本单位或本人；“{zh}”权限（{permission}）仅限本单位、本人"),
            ),
            Missing::Office => {
                let office = given(target.office);
                Fault::new(
                    "door.office",
                    format!("it is office {office}'s, which is not within your scope; ask that office, or the one above both"),
                    format!("属于机关 {office}，不在您的范围内；请联系该机关或共同上级"),
                )
                .at("/office")
            }
            Missing::Region => {
                let region = given(target.region);
                Fault::new(
                    "door.region",
                    format!("it lies in {region}, where your office has no power; hand it to the office that has"),
                    format!("地域 {region} 不在本机关管辖范围内；请移交有管辖权的机关"),
                )
                .at("/region")
            }
            Missing::Trade => {
                let trade = given(target.trade);
                Fault::new(
                    "door.trade",
                    format!(
                        "your office has no power over the trade {trade}; hand it to the office that has"
                    ),
                    format!("行业 {trade} 不在本机关管辖范围内；请移交有管辖权的机关"),
                )
            }
            Missing::Kind => {
                let kind = given(target.kind);
                Fault::new(
                    "door.kind",
                    format!("records of the kind {kind} are not your office's matter; hand it to the office whose it is"),
                    format!("{kind} 类事项不属于本机关职责；请移交有职责的机关"),
                )
                .at("/kind")
            }
        }
    }
}
