//! Whose a case is: taking it, handing it over, stepping back from it.

use std::collections::HashMap;

use model::{Draft, RecordId, Subject, system_kind};
use procedure::Who;
use serde_json::Map;
use store::readings::Packed;

use super::derive::ALWAYS;
use super::hands::{Assigned, Hands};
use crate::Door;
use crate::door::{Principal, Target, decide};
use crate::fault::{Fault, Rejection};
use crate::intake::Receipt;
use crate::people::audit::in_name_of;
use crate::reading::{When, envelope, target};
use crate::system::System;
use crate::time::day;

/// The permission to say whose others' cases are and who steps back from them.
pub const ASSIGN: &str = "case.assign";

/// What is to be said of whose a case is.
#[derive(Debug, Clone)]
pub struct NewAssignment {
    /// What is done.
    pub act: Assigned,
    /// To whom it is handed, or who is told to step back; else it is who says it.
    pub account: Option<String>,
    /// The permission of those who agree, where it is about one of them; else about who handles it.
    pub permission: Option<String>,
    /// Why.
    pub reason: String,
}

impl System {
    /// In whose hands a case is, for whoever may read the record that opened it.
    ///
    /// # Errors
    /// No such case or none of the reader's; a fault of the store.
    pub async fn hands(&self, who: &Principal, case: RecordId) -> Result<Hands, Rejection> {
        let opening = self.stored(who, case).await?;
        self.hands_of(self.case_id(&opening).await?).await
    }

    /// In whose hands a case is.
    pub(crate) async fn hands_of(&self, case: RecordId) -> Result<Hands, Rejection> {
        let Some(position) = self.reader().position(case).await? else {
            return Ok(Hands::default());
        };
        let Some(entries) = self.readings().case_entries(position).await? else {
            return Ok(Hands::default());
        };
        let cases = self.cases()?;
        let read = cases.read(Packed::new(&entries), ALWAYS);
        Ok(read.map(|read| read.hands(None)).unwrap_or_default())
    }

    /// Refuses whoever has stepped back from a case, or was told to.
    ///
    /// # Errors
    /// [`Rejection::Denied`]; a fault of the store.
    pub(crate) async fn not_recused(
        &self,
        who: &Principal,
        case: RecordId,
    ) -> Result<(), Rejection> {
        if who.person.is_none() || !self.hands_of(case).await?.is_recused(&who.account) {
            return Ok(());
        }
        Err(Rejection::Denied(Fault::new(
            "case.recused",
            "you have stepped back from this case or were told to (Law on Administrative Penalties, \
             Art. 43); another officer takes its steps",
            "您已回避本案（行政处罚法第四十三条），不得参与办理；请由其他人员办理",
        )))
    }

    /// Says whose a case is. Who says it sees it in what they ask next.
    ///
    /// # Errors
    /// No such case; no permission; somebody who may not do it; no reason; a fault of the store.
    pub async fn assign(
        &self,
        who: &Principal,
        case: RecordId,
        new: &NewAssignment,
    ) -> Result<Receipt, Rejection> {
        let _rights = match &who.person {
            Some(_) => Some(self.people().hold().await),
            None => None,
        };
        self.stored(who, case).await?;
        let as_of = self.as_of(When::default()).await?;
        let records = self.case_records(case, as_of).await?;
        let hands = self.hands_of(records.id).await?;
        let frame = envelope(&records.opening)?;
        let target = target(&records.opening, &frame);
        let definition = records.procedure.engine.definition();
        let approvals = definition.steps.iter().flat_map(|step| &step.approvals);
        let needs: Vec<String> = match &new.permission {
            Some(permission) => {
                if !approvals.clone().any(|id| id == permission) {
                    return Err(no_approval(permission));
                }
                vec![permission.clone()]
            }
            None => {
                let who = definition.steps.iter().flat_map(|step| &step.who);
                let ids = who.filter_map(|who| match who {
                    Who::Permission(id) => Some(id.clone()),
                    _ => None,
                });
                ids.collect()
            }
        };
        let account = self.assignable(who, new, &hands, &needs, target)?;
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("act", new.act.word());
        say("account", &account);
        if let Some(permission) = &new.permission {
            say("permission", permission);
        }
        if !new.reason.trim().is_empty() {
            say("reason", new.reason.trim());
        }
        let draft = Draft {
            id: None,
            kind: system_kind::CASE_ASSIGNMENT.to_owned(),
            subjects: vec![Subject {
                role: "case".to_owned(),
                id: crate::case::subject(records.id)?,
            }],
            office: records.office_on(day(self.clock().now()))?,
            region: frame.region.clone().into_owned(),
            valid_at: self.clock().now(),
            source: "zhiheng".to_owned(),
            open,
            personal: Vec::new(),
            corrects: None,
            withdraws: None,
        };
        let mut receipts = self.append_own(&in_name_of(who), vec![draft], None).await?;
        let receipt = receipts
            .pop()
            .ok_or_else(|| store::Error::Unavailable { reason: "no answer".into() })?;
        self.await_merged(receipt.position + 1).await?;
        Ok(receipt)
    }

    /// Everything that speaks against it; whom it is about.
    fn assignable(
        &self,
        who: &Principal,
        new: &NewAssignment,
        hands: &Hands,
        needs: &[String],
        target: Target<'_>,
    ) -> Result<String, Rejection> {
        let pack = self.pack();
        let today = day(self.clock().now());
        let door = Door::new(&pack, today);
        let may = |permission: &str| door.authorize(who, permission, target);
        let may_any = || {
            let mut denied = None;
            for permission in needs {
                match may(permission) {
                    Ok(()) => return Ok(()),
                    Err(error) => denied = Some(error),
                }
            }
            Err(denied.unwrap_or_else(nobody_does))
        };
        let holder = hands.of(new.permission.as_deref());
        let is_own = holder.is_some_and(|holder| {
            let directory = self.people().directory();
            let mut absences = directory.absences().iter();
            holder == who.account
                || absences.any(|absence| {
                    absence.account == holder
                        && absence.delegate.as_deref() == Some(&*who.account)
                        && absence.holds(today)
                })
        });
        let account = new.account.as_deref().unwrap_or(&who.account).trim().to_owned();
        if new.act != Assigned::Take && new.reason.trim().is_empty() {
            let fault = Fault::new(
                "assignment.reason",
                "say why; the reason is recorded",
                "请填写理由，理由将记录在案",
            );
            return Err(fault.at("/reason").into());
        }
        match new.act {
            Assigned::Take => {
                may_any()?;
                if let Some(holder) = holder.filter(|holder| *holder != who.account) {
                    return Err(taken(holder));
                }
                Ok(who.account.clone())
            }
            Assigned::Release => {
                if !is_own {
                    may(ASSIGN)?;
                }
                let holder = holder.ok_or_else(nobody_has)?;
                return Ok(holder.to_owned());
            }
            Assigned::HandOver => {
                if !is_own {
                    may(ASSIGN)?;
                }
                self.can_do(&account, needs, target)?;
                Ok(account)
            }
            Assigned::Recuse => {
                if !is_own {
                    may_any()?;
                }
                return Ok(who.account.clone());
            }
            Assigned::RecusalOrdered => {
                may(ASSIGN)?;
                self.known_person(&account)?;
                return Ok(account);
            }
        }
        .and_then(|account| match hands.is_recused(&account) {
            true => Err(stepped_back()),
            false => Ok(account),
        })
    }

    fn known_person(&self, account: &str) -> Result<(), Rejection> {
        match self.people().directory().grants_of(account).next() {
            Some(_) => Ok(()),
            None => Err(nobody_of_that_name(account)),
        }
    }

    /// Whether somebody may do what a case asks for, in one of the offices in which they hold a role.
    fn can_do(&self, account: &str, needs: &[String], target: Target<'_>) -> Result<(), Rejection> {
        self.known_person(account)?;
        let pack = self.pack();
        let person = self.people().person(&pack, account, day(self.clock().now()));
        let held = person.held();
        let places = held.holdings().iter().map(|holding| &*holding.held_in);
        let can = places.flat_map(|place| needs.iter().map(move |need| (place, need)));
        let mut can = can.map(|(place, need)| decide(&held, place, need, &target));
        match can.any(crate::door::Decision::is_allowed) {
            true => Ok(()),
            false => Err(cannot(account)),
        }
    }
}

impl System {
    /// What officers are called, for those who work with them.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn officer_names(
        &self,
        accounts: &[String],
    ) -> Result<HashMap<String, String>, store::Error> {
        let mut names = HashMap::new();
        for account in accounts {
            if !names.contains_key(account)
                && let Some(row) = self.reader().db().account(account).await?
            {
                names.insert(account.clone(), row.name);
            }
        }
        Ok(names)
    }

    /// The officers of the office to which a case belongs, with their names: to whom it could be given.
    ///
    /// # Errors
    /// No such case or none of the asker's; a fault of the store.
    pub async fn officers_for(
        &self,
        who: &Principal,
        case: RecordId,
    ) -> Result<Vec<(String, String)>, Rejection> {
        /// More are not listed.
        const MOST: usize = 300;
        let stored = self.stored(who, case).await?;
        let frame = envelope(&stored)?;
        let pack = self.pack();
        let today = day(self.clock().now());
        let territory = self.people().territory(&pack, today);
        let cases = self.cases()?;
        let office = frame.office.as_deref().or_else(|| cases.competent(&frame.region));
        let Some(owner) = office.and_then(|office| territory.heir_of(office)) else {
            return Ok(Vec::new());
        };
        let directory = self.people().directory();
        let is_here = |held_in: &str| territory.heir_of(held_in) == Some(owner);
        let grants = directory
            .grants()
            .iter()
            .filter(|grant| grant.holds(today) && grant.held_in.as_deref().is_some_and(is_here));
        let mut accounts: Vec<String> = grants.map(|grant| grant.account.clone()).collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts.truncate(MOST);
        let names = self.officer_names(&accounts).await?;
        let mut found: Vec<(String, String)> = names.into_iter().collect();
        found.sort_by(|a, b| (&a.1, &a.0).cmp(&(&b.1, &b.0)));
        Ok(found)
    }
}

fn nobody_does() -> Rejection {
    Rejection::Denied(Fault::new(
        "assignment.nobody",
        "no officer takes a step of this case; leave it to the parties",
        "本案没有由执法人员办理的步骤；由当事人办理",
    ))
}

fn no_approval(permission: &str) -> Rejection {
    let fault = Fault::new(
        "assignment.permission",
        format!("no step of this case is agreed to by {permission}; name one by which, or none"),
        format!("本案没有以 {permission} 审批的步骤；请选择审批环节，或留空"),
    );
    fault.at("/permission").into()
}

fn taken(holder: &str) -> Rejection {
    Rejection::Conflict(Fault::new(
        "assignment.taken",
        format!("{holder} has this case; have it handed over"),
        format!("本案已由 {holder} 承办；请通过移交办理"),
    ))
}

fn nobody_has() -> Rejection {
    Rejection::Conflict(Fault::new(
        "assignment.none",
        "nobody has this case; nothing is to be given back",
        "本案尚无承办人，无须退回",
    ))
}

fn stepped_back() -> Rejection {
    Rejection::Conflict(Fault::new(
        "assignment.recused",
        "this person may take no part in the case (Law on Administrative Penalties, Art. 43); name \
         another",
        "该人员应当回避本案（行政处罚法第四十三条）；请选择其他人员",
    ))
}

fn nobody_of_that_name(account: &str) -> Rejection {
    let fault = Fault::new(
        "assignment.account",
        format!("{account} is nobody with a role; name an officer"),
        format!("{account} 没有岗位；请选择执法人员"),
    );
    fault.at("/account").into()
}

fn cannot(account: &str) -> Rejection {
    let fault = Fault::new(
        "assignment.cannot",
        format!("{account} may take no step of this case where it lies; name somebody who may"),
        format!("{account} 无权办理本案；请选择有权办理的人员"),
    );
    fault.at("/account").into()
}
