//! Giving and ending roles: by records, from one day to another.

use std::collections::BTreeSet;

use clock::Date;
use model::{RecordId, Timestamp, system_kind};
use pack::HeldIn;
use serde_json::Map;

use super::account::{Sort, own_account};
use super::audit::{Entry, Went, in_name_of};
use super::directory;
use super::held::{Held, Holding};
use crate::door::{Decision, Missing, Principal, Target, decide};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::system::System;
use crate::time::day;

/// The permission to give and end roles.
pub const ASSIGN: &str = "role.assign";

/// A role that is to be given.
#[derive(Debug, Clone, Default)]
pub struct NewGrant {
    /// To whom.
    pub account: String,
    /// The role.
    pub role: String,
    /// The office or organization; none for a role in the program or of a person.
    pub held_in: Option<String>,
    /// The first day; today, where none is given.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Why.
    pub reason: String,
}

/// An absence that is to be noted.
#[derive(Debug, Clone)]
pub struct NewAbsence {
    /// Who is away.
    pub account: String,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub until: Date,
    /// Who stands in.
    pub delegate: Option<String>,
    /// Why.
    pub reason: String,
}

/// Why somebody may do something, or what is missing.
#[derive(Debug, Clone)]
pub enum Why {
    /// By this grant.
    By(Box<Reason>),
    /// Nothing allows it; this is nearest.
    Not(Missing),
}

/// What allows something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The record that grants the role; none for a token.
    pub grant: Option<RecordId>,
    /// The role.
    pub role: Option<pack::Role>,
    /// The office, organization or account in which it is held.
    pub held_in: String,
    /// What sort of office that is, a code of the list `office-type`: `delegated` acts by delegation.
    pub office_type: Option<String>,
    /// Whom the person stands in for.
    pub acting_for: Option<String>,
    /// The permission.
    pub permission: pack::Permission,
    /// How far it reaches; none where it is about the program.
    pub scope: Option<pack::Scope>,
    /// The articles of the decision that the kind of record serves.
    pub articles: Vec<u16>,
    /// What else asks for such records, where it is not the decision.
    pub basis: Option<String>,
}

fn fault(code: &'static str, pointer: &str, en: &str, zh: &str) -> Fault {
    Fault::new(code, en, zh).at(pointer)
}

fn no_reason() -> Fault {
    let (en, zh) = ("say why; the reason is recorded", "请填写事由，事由将记录在案");
    fault("grant.reason", "/reason", en, zh)
}

fn wrong_days() -> Fault {
    let (en, zh) = ("the last day is before the first; correct one", "止日早于起日；请更正");
    fault("grant.days", "/until", en, zh)
}

impl System {
    /// Gives a role. The person's sessions end: they log in with the new rights.
    ///
    /// # Errors
    /// No permission, oneself, all that is wrong with it, a role that must be another person's.
    pub async fn grant_role(
        &self,
        now: Timestamp,
        who: &Principal,
        new: &NewGrant,
    ) -> Result<Receipt, Rejection> {
        self.admits(who, ASSIGN, now).await?;
        if who.account == new.account {
            return Err(own_account());
        }
        let account = self.account_row(&new.account).await?;
        let today = day(now);
        let from = new.from.unwrap_or(today);
        let change = self.people().change().await;
        self.check_grant(new, Sort::of(&account.sort), account.organization.as_deref(), from)?;
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("account", &new.account);
        say("role", &new.role);
        say("from", &from.to_string());
        say("reason", new.reason.trim());
        if let Some(place) = &new.held_in {
            say("held_in", place);
        }
        if let Some(until) = new.until {
            say("until", &until.to_string());
        }
        let receipt = self.say_of_people(who, today, system_kind::ROLE_GRANT, open).await?;
        self.people().writer.write(vec![store::session::end_all(&new.account)]).await?;
        drop(change);
        let detail = format!("{} {}", new.role, receipt.id);
        let entry = Entry {
            account: Some(&new.account),
            place: new.held_in.as_deref(),
            detail: Some(&detail),
            ..Entry::of("role-grant")
        };
        self.audit(who, Went::Done, entry).await?;
        Ok(receipt)
    }

    /// Everything that speaks against a grant.
    fn check_grant(
        &self,
        new: &NewGrant,
        sort: Option<Sort>,
        organization: Option<&str>,
        from: Date,
    ) -> Result<(), Rejection> {
        let pack = self.pack();
        let mut faults = Vec::new();
        if new.reason.trim().is_empty() {
            faults.push(no_reason());
        }
        if new.until.is_some_and(|until| until < from) {
            faults.push(wrong_days());
        }
        let Some(role) = pack.role(&new.role) else {
            faults.push(fault(
                "grant.role",
                "/role",
                "the pack has no such role; take one of roles.toml",
                "规则包没有此岗位；请从 roles.toml 中选取",
            ));
            return Err(Rejection::Invalid(faults));
        };
        if sort.is_none_or(|sort| sort.holds() != role.held_in) {
            faults.push(fault(
                "grant.sort",
                "/role",
                "an account of this sort cannot have this role; take another role or account",
                "该类账号不能担任此岗位；请更换岗位或账号",
            ));
        }
        let place = new.held_in.as_deref();
        let is_right = match role.held_in {
            HeldIn::Office => place.is_some_and(|office| {
                let on = |day| pack.office(office).is_some_and(|o| o.on(day).is_some());
                on(from)
            }),
            HeldIn::Organization => place.is_some() && place == organization,
            HeldIn::Person | HeldIn::System => place.is_none(),
        };
        if !is_right {
            faults.push(fault(
                "grant.place",
                "/held_in",
                "the role cannot be held there on its first day; name an office in force, the account's own organization, or nothing for an administrator",
                "该岗位在起日不能在此担任；请填写有效机关、账号所属组织，管理员不填",
            ));
        }
        let directory = self.people().directory();
        let overlaps = |grant: &&super::grant::Grant| {
            !grant.ended
                && new.until.is_none_or(|until| grant.from <= until)
                && grant.until.is_none_or(|until| from <= until)
        };
        for other in directory.grants_of(&new.account).filter(overlaps) {
            if other.role == new.role && other.held_in == new.held_in {
                faults.push(fault(
                    "grant.twice",
                    "/role",
                    "the person has this role there on some of these days already; end that first",
                    "该人员在部分日期已有此岗位；请先终止原授权",
                ));
            }
            if let Some(exclusion) = pack.exclusion(&other.role, &new.role) {
                faults.push(
                    Fault::new(
                        "grant.exclusive",
                        format!(
                            "it must be another person's than {}: {}; take another account",
                            other.role, exclusion.why.en
                        ),
                        format!(
                            "不得与 {} 由同一人担任：{}；请更换账号",
                            other.role, exclusion.why.zh
                        ),
                    )
                    .at("/role"),
                );
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(Rejection::Invalid(faults)) }
    }

    /// Ends a grant, an absence or a leave to read: after a last day, or at once.
    ///
    /// # Errors
    /// No permission, nothing of the sort, one's own.
    pub async fn end_grant(
        &self,
        now: Timestamp,
        who: &Principal,
        id: RecordId,
        last_day: Option<Date>,
        reason: &str,
    ) -> Result<Receipt, Rejection> {
        self.admits(who, ASSIGN, now).await?;
        if reason.trim().is_empty() {
            return Err(no_reason().into());
        }
        let directory = self.people().directory();
        let Some((account, sort)) = directory.account_of(id) else {
            return Err(Rejection::NotFound(Fault::new(
                "grant.not_found",
                format!("{id} grants nothing that could end; look at the list of grants"),
                format!("{id} 不是授权记录；请查看授权列表"),
            )));
        };
        if account == who.account {
            return Err(own_account());
        }
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("ends", &id.to_string());
        say("account", account);
        say("reason", reason.trim());
        if let Some(day) = last_day {
            say("until", &day.to_string());
        }
        let today = day(now);
        // What is under way by the grant comes to its end before, and nothing begins by it after.
        let change = self.people().change().await;
        let receipt = self.say_of_people(who, today, system_kind::ROLE_END, open).await?;
        if sort == directory::Sort::Role {
            self.people().writer.write(vec![store::session::end_all(account)]).await?;
        }
        drop(change);
        let detail = id.to_string();
        let entry =
            Entry { account: Some(account), detail: Some(&detail), ..Entry::of("role-end") };
        self.audit(who, Went::Done, entry).await?;
        Ok(receipt)
    }

    /// Notes that somebody is away, and who stands in.
    ///
    /// # Errors
    /// No permission, no such account, days that are none.
    pub async fn note_absence(
        &self,
        now: Timestamp,
        who: &Principal,
        new: &NewAbsence,
    ) -> Result<Receipt, Rejection> {
        self.admits(who, ASSIGN, now).await?;
        let away = self.account_row(&new.account).await?;
        let mut faults = Vec::new();
        if new.until < new.from {
            faults.push(wrong_days());
        }
        if new.reason.trim().is_empty() {
            faults.push(no_reason());
        }
        if let Some(delegate) = &new.delegate {
            let row = self.account_row(delegate).await?;
            if row.id == away.id || row.sort != away.sort || row.organization != away.organization {
                faults.push(fault(
                    "absence.delegate",
                    "/delegate",
                    "only somebody else of the same sort and organization can stand in; name another",
                    "代理人应为同类、同组织的其他人员；请更换",
                ));
            }
        }
        if !faults.is_empty() {
            return Err(Rejection::Invalid(faults));
        }
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("account", &new.account);
        say("from", &new.from.to_string());
        say("until", &new.until.to_string());
        say("reason", new.reason.trim());
        if let Some(delegate) = &new.delegate {
            say("delegate", delegate);
        }
        let change = self.people().change().await;
        let receipt = self.say_of_people(who, day(now), system_kind::ABSENCE, open).await?;
        drop(change);
        let entry = Entry {
            account: Some(&new.account),
            detail: new.delegate.as_deref(),
            ..Entry::of("absence")
        };
        self.audit(who, Went::Done, entry).await?;
        Ok(receipt)
    }

    /// Stores a record about people in the name of who says it, and lets it hold at once.
    pub(super) async fn say_of_people(
        &self,
        who: &Principal,
        today: Date,
        kind: &str,
        open: Map<String, serde_json::Value>,
    ) -> Result<Receipt, Rejection> {
        let draft = self.own_draft(kind, open);
        let mut receipts = self.append_own(&in_name_of(who), vec![draft], None).await?;
        self.people().catch_up(&self.pack(), today).await?;
        let lost = || store::Error::Unavailable { reason: "no answer".into() };
        receipts.pop().ok_or_else(|| lost().into())
    }

    /// Why somebody may do something to something, or what is missing.
    pub fn why(&self, who: &Principal, permission: &str, target: &Target<'_>) -> Why {
        let pack = self.pack();
        let Some(found) = pack.permissions().find(|p| p.id == permission) else {
            return Why::Not(Missing::Permission);
        };
        let kind = target.kind.and_then(|kind| pack.kind(kind));
        let mut reason = Reason {
            grant: None,
            role: None,
            held_in: who.on_behalf_of.clone(),
            office_type: None,
            acting_for: None,
            permission: found.clone(),
            scope: None,
            articles: kind.map(|kind| kind.articles.clone()).unwrap_or_default(),
            basis: kind.and_then(|kind| match &kind.basis {
                pack::Basis::Decision => None,
                pack::Basis::Law(law) => Some(law.clone()),
            }),
        };
        let today = day(self.clock().now());
        let Some(person) = &who.person else {
            let door = crate::Door::new(&pack, today);
            return match door.authorize(who, permission, *target) {
                Ok(()) => Why::By(Box::new(reason)),
                Err(_) => Why::Not(Missing::Permission),
            };
        };
        let held = person.held();
        match decide(&held, &who.on_behalf_of, permission, target) {
            Decision::Denied(missing) => Why::Not(missing),
            Decision::Allowed(at) => {
                if let Some(holding) = held.holdings().get(at) {
                    reason.grant = Some(holding.grant);
                    reason.role = pack.role(&holding.role).cloned();
                    reason.held_in = (*holding.held_in).to_owned();
                    reason.acting_for = holding.acting_for.as_deref().map(str::to_owned);
                    reason.scope = scope(holding, found.reach);
                    let office = pack.office(&holding.held_in).and_then(|o| o.on(today));
                    reason.office_type = office.map(|period| period.office_type.clone());
                }
                Why::By(Box::new(reason))
            }
        }
    }

    /// Why somebody may do some things to a record that they may see, or what is missing: its kind,
    /// and an answer for each.
    ///
    /// # Errors
    /// A record that is not theirs to see; a fault of the store.
    pub async fn why_record(
        &self,
        who: &Principal,
        record: RecordId,
        permissions: &[&str],
    ) -> Result<(String, Vec<Why>), Rejection> {
        let stored = self.stored(who, record).await?;
        let envelope = crate::reading::envelope(&stored)?;
        let target = crate::reading::target(&stored, &envelope);
        let answers = permissions.iter().map(|permission| {
            let public = target.public && *permission == crate::reading::READ;
            self.why(who, permission, &Target { public, ..target })
        });
        Ok((stored.kind.clone(), answers.collect()))
    }

    /// Those who have a role in the same office as somebody: account and name, in the order of the
    /// names, without themselves.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn colleagues(
        &self,
        now: Timestamp,
        who: &Principal,
    ) -> Result<Vec<(String, String)>, store::Error> {
        let Some(office) = who.office.as_deref() else { return Ok(Vec::new()) };
        let (directory, today) = (self.people().directory(), day(now));
        let here = |account: &str| {
            let mut grants = directory.grants_of(account);
            grants.any(|grant| grant.held_in.as_deref() == Some(office) && grant.holds(today))
        };
        let accounts = self.people().db().accounts().await?.into_iter();
        let mut found: Vec<(String, String)> = accounts
            .filter(|a| a.closed_at.is_none() && a.id != who.account && here(&a.id))
            .map(|account| (account.id, account.name))
            .collect();
        found.sort_by(|a, b| a.1.cmp(&b.1));
        Ok(found)
    }

    /// Who can do what where, on a day: every grant that counts, with its permissions, for one
    /// account or all.
    ///
    /// # Errors
    /// No permission to give roles, to make accounts or to audit; a fault of the store.
    pub async fn who_can_what(
        &self,
        now: Timestamp,
        who: &Principal,
        on: Date,
    ) -> Result<Vec<(String, Vec<Holding>)>, Rejection> {
        let accounts = self.accounts(now, who).await?;
        let (pack, directory) = (self.pack(), self.people().directory());
        let territory = std::sync::Arc::new(super::Territory::of(&pack, on));
        let of = |account: String| {
            let held = Held::of(&pack, &directory, &account, &territory);
            (account, held.holdings().to_vec())
        };
        let ids: BTreeSet<String> = accounts.into_iter().map(|account| account.id).collect();
        Ok(ids.into_iter().map(of).collect())
    }
}

fn scope(holding: &Holding, reach: pack::Reach) -> Option<pack::Scope> {
    match reach {
        pack::Reach::Capture => Some(holding.capture),
        pack::Reach::View => Some(holding.view),
        pack::Reach::Search => Some(holding.search),
        pack::Reach::System => None,
    }
}
