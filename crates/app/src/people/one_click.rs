//! Logging in to a demonstration: without a password, as one of the accounts that were made with it.
//!
//! Such an account has no password, so that nobody logs in with one, and its login begins with
//! [`LOGIN`]. In any other store there is no way to be logged in without a password: every function
//! here asks the store itself first.

use model::Timestamp;
use store::account::{AccountRow, put};

use super::account::{Account, NewAccount, Sort, login_taken, normal};
use super::rules::Rules;
use super::session::{LoggedIn, Stage};
use crate::fault::{Fault, Rejection};
use crate::system::System;
use crate::time::day;

/// What the logins of such accounts begin with.
pub const LOGIN: &str = "demo-";

/// An account that is entered by one click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OneClick {
    /// The account.
    pub account: Account,
    /// The role, as the pack names it.
    pub role: Option<String>,
    /// The office or organization in which it is held.
    pub held_in: Option<String>,
}

impl System {
    /// Makes such an account; gives its pseudonym.
    pub(crate) async fn make_one_click_account(
        &self,
        now: Timestamp,
        new: &NewAccount,
    ) -> Result<String, Rejection> {
        self.only_in_demonstration()?;
        let row = new.row(now)?;
        if !row.login.starts_with(LOGIN) {
            return Err(nothing());
        }
        if self.people().writer.write(vec![put(&row)]).await? == 0 {
            return Err(login_taken());
        }
        Ok(row.id)
    }

    /// The accounts that are entered by one click, in the order in which they were made; none in a
    /// store that is no demonstration.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn one_click_accounts(&self, now: Timestamp) -> Result<Vec<OneClick>, store::Error> {
        if !self.is_demonstration() {
            return Ok(Vec::new());
        }
        let (directory, today) = (self.people().directory(), day(now));
        let mut found = Vec::new();
        for row in self.people().db().accounts().await? {
            if !is_one_click(&row) {
                continue;
            }
            let grant = directory.grants_of(&row.id).find(|grant| grant.holds(today));
            found.push(OneClick {
                account: Account::of(&row)?,
                role: grant.map(|grant| grant.role.clone()),
                held_in: grant.and_then(|grant| grant.held_in.clone()),
            });
        }
        found.sort_by(|a, b| a.account.id.cmp(&b.account.id));
        Ok(found)
    }

    /// Logs in as one of them. It is noted as every log-in is.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] in a store that is no demonstration, and where there is no such
    /// account.
    pub async fn log_in_by_one_click(
        &self,
        now: Timestamp,
        login: &str,
    ) -> Result<LoggedIn, Rejection> {
        self.only_in_demonstration()?;
        let rules = Rules::of(&self.pack(), day(now))?;
        let row = self.people().db().account_of(&normal(login)).await?;
        let row = row.filter(is_one_click).ok_or_else(nothing)?;
        self.go_on(&rules, now, &row, Stage::Full, None).await
    }

    fn only_in_demonstration(&self) -> Result<(), Rejection> {
        self.is_demonstration().then_some(()).ok_or_else(nothing)
    }
}

fn is_one_click(row: &AccountRow) -> bool {
    row.login.starts_with(LOGIN) && row.closed_at.is_none() && Sort::of(&row.sort).is_some()
}

fn nothing() -> Rejection {
    Rejection::NotFound(Fault::new(
        "one_click.none",
        "nobody is logged in without a password here, only in a demonstration as an account of its own; log in with a password",
        "此处不能免口令登录，仅演示库的演示账号可以；请使用口令登录",
    ))
}
