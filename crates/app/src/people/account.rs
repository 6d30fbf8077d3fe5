//! Accounts: made and closed by the system administrator, unlocked and recovered by the security
//! administrator. A record names a person by the account's pseudonym alone.

use model::{RecordId, Timestamp};
use store::account::{AccountRow, put};

use super::audit::{Entry, Went};
use super::link::Link;
use crate::Door;
use crate::door::{Principal, Target};
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;

/// The permission to make and close accounts.
pub const MANAGE: &str = "account.manage";
/// The permission to unlock and recover accounts.
pub const UNLOCK: &str = "account.unlock";

/// What sort of person an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// Somebody who works in an office.
    Officer,
    /// Somebody who acts for an enterprise.
    Enterprise,
    /// Somebody who acts for a laboratory, a hospital, a certification body.
    Laboratory,
    /// Somebody who runs, guards or audits the program.
    Administrator,
    /// Anybody.
    Citizen,
}

impl Sort {
    /// All sorts.
    pub const ALL: [Self; 5] =
        [Self::Officer, Self::Enterprise, Self::Laboratory, Self::Administrator, Self::Citizen];

    /// The code in the list `account-sort`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Officer => "officer",
            Self::Enterprise => "enterprise",
            Self::Laboratory => "laboratory",
            Self::Administrator => "administrator",
            Self::Citizen => "citizen",
        }
    }

    /// The sort with a code.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.word() == word)
    }

    /// Whether such an account has to have a second factor.
    pub fn needs_second_factor(self) -> bool {
        matches!(self, Self::Officer | Self::Administrator)
    }

    /// Whether such an account belongs to an organization.
    pub fn is_of_organization(self) -> bool {
        matches!(self, Self::Enterprise | Self::Laboratory)
    }

    /// What a role must be held in, that such an account may have.
    pub fn holds(self) -> pack::HeldIn {
        match self {
            Self::Officer => pack::HeldIn::Office,
            Self::Enterprise | Self::Laboratory => pack::HeldIn::Organization,
            Self::Administrator => pack::HeldIn::System,
            Self::Citizen => pack::HeldIn::Person,
        }
    }
}

/// An account, without what is secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The pseudonym.
    pub id: String,
    /// The login, in small letters.
    pub login: String,
    /// What others are shown.
    pub name: String,
    /// The sort.
    pub sort: Sort,
    /// The organization, as `scheme:value`.
    pub organization: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether a password is set.
    pub has_password: bool,
    /// Whether the second factor is set up.
    pub has_second_factor: bool,
    /// Failures to log in since the last success.
    pub failed: u64,
    /// Until when nobody can log in.
    pub locked_until: Option<Timestamp>,
}

impl Account {
    pub(super) fn of(row: &AccountRow) -> Result<Self, store::Error> {
        let sort = Sort::of(&row.sort).ok_or_else(|| store::Error::Damaged {
            what: format!("the sort {} of the account {}", row.sort, row.id),
        })?;
        Ok(Self {
            id: row.id.clone(),
            login: row.login.clone(),
            name: row.name.clone(),
            sort,
            organization: row.organization.clone(),
            created_at: row.created_at,
            closed_at: row.closed_at,
            has_password: row.password.is_some(),
            has_second_factor: row.totp_confirmed,
            failed: row.failed,
            locked_until: row.locked_until,
        })
    }
}

/// An account that is to be made.
#[derive(Debug, Clone, Default)]
pub struct NewAccount {
    /// The login: 3 to 60 letters, digits, `.`, `-`, `_`, `@`.
    pub login: String,
    /// What others are shown.
    pub name: String,
    /// The sort, a code of the list `account-sort`.
    pub sort: String,
    /// The organization, for the sorts that have one.
    pub organization: Option<String>,
}

/// The form under which a login is kept: without regard to case and to spaces around it.
pub fn normal(login: &str) -> String {
    login.trim().to_lowercase()
}

impl NewAccount {
    /// The row that it makes.
    pub(super) fn row(&self, now: Timestamp) -> Result<AccountRow, Rejection> {
        let login = normal(&self.login);
        let mut faults = Vec::new();
        let letters = |c: char| c.is_alphanumeric() || ".-_@".contains(c);
        if !(3..=60).contains(&login.chars().count()) || !login.chars().all(letters) {
            faults.push(
                Fault::new(
                    "account.login",
                    "a login is 3 to 60 letters, digits, dots, hyphens, underscores or @; take another",
                    "登录名为 3 至 60 个字母、数字、点、连字符、下划线或 @；请重新填写",
                )
                .at("/login"),
            );
        }
        let name = self.name.trim();
        if !(1..=60).contains(&name.chars().count()) || name.chars().any(char::is_control) {
            faults.push(
                Fault::new(
                    "account.name",
                    "a name is 1 to 60 visible characters; fill it in",
                    "姓名为 1 至 60 个可见字符；请填写",
                )
                .at("/name"),
            );
        }
        let sort = Sort::of(&self.sort);
        if sort.is_none() {
            let words: Vec<&str> = Sort::ALL.iter().map(|sort| sort.word()).collect();
            faults.push(
                Fault::new(
                    "account.sort",
                    format!("there is no such sort of account; the sorts are {}", words.join(", ")),
                    format!("没有此账号类型；可选 {}", words.join("、")),
                )
                .at("/sort"),
            );
        }
        let organization = self.organization.as_deref().map(str::trim).filter(|o| !o.is_empty());
        let named = organization.is_some_and(|o| {
            o.parse::<model::SubjectId>().is_ok_and(|id| id.as_str().len() <= 200)
                && !o.contains('/')
        });
        let wanted = sort.is_some_and(Sort::is_of_organization);
        if sort.is_some() && (wanted != organization.is_some() || wanted && !named) {
            faults.push(
                Fault::new(
                    "account.organization",
                    "enterprises and laboratories name their organization as uscc:…, others none; correct it",
                    "企业和技术机构账号应填写所属组织（如 uscc:…），其他账号不填；请更正",
                )
                .at("/organization"),
            );
        }
        if !faults.is_empty() {
            return Err(Rejection::Invalid(faults));
        }
        Ok(AccountRow {
            id: RecordId::new(now, &random()).to_string(),
            login,
            name: name.to_owned(),
            sort: self.sort.clone(),
            organization: organization.map(str::to_owned),
            created_at: now,
            closed_at: None,
            password: None,
            password_set_at: None,
            must_change: false,
            totp: None,
            totp_confirmed: false,
            totp_step: 0,
            failed: 0,
            locked_until: None,
        })
    }
}

pub(super) fn login_taken() -> Rejection {
    Rejection::Conflict(
        Fault::new(
            "account.login_taken",
            "there is an account with this login; take another",
            "登录名已被使用；请另选",
        )
        .at("/login"),
    )
}

pub(super) fn no_account() -> Rejection {
    Rejection::NotFound(Fault::new(
        "account.not_found",
        "there is no such account; look at the list of accounts",
        "没有此账号；请查看账号列表",
    ))
}

impl System {
    pub(crate) fn door_on(
        &self,
        who: &Principal,
        permission: &str,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let pack = self.pack();
        Door::new(&pack, crate::time::day(now)).authorize(who, permission, Target::default())
    }

    /// As `door_on`, and a refusal is noted.
    pub(crate) async fn admits(
        &self,
        who: &Principal,
        permission: &str,
        now: Timestamp,
    ) -> Result<(), Rejection> {
        let refused = self.door_on(who, permission, now);
        if let Err(Rejection::Denied(fault)) = &refused {
            self.audit_refusal(who, Some(permission), fault).await?;
        }
        refused
    }

    pub(super) async fn account_row(&self, id: &str) -> Result<AccountRow, Rejection> {
        let row = self.people().db().account(id).await?;
        row.filter(|row| row.closed_at.is_none()).ok_or_else(no_account)
    }

    /// Makes an account, and a link by which its password is set.
    ///
    /// # Errors
    /// No permission; all that is wrong with it; a login that is taken.
    pub async fn make_account(
        &self,
        now: Timestamp,
        who: &Principal,
        new: &NewAccount,
    ) -> Result<(Account, Link), Rejection> {
        self.admits(who, MANAGE, now).await?;
        let row = new.row(now)?;
        if self.people().writer.write(vec![put(&row)]).await? == 0 {
            return Err(login_taken());
        }
        let entry =
            Entry { account: Some(&row.id), detail: Some(&row.sort), ..Entry::of("account-make") };
        self.audit(who, Went::Done, entry).await?;
        let link = self.give_link(now, who, &row.id).await?;
        Ok((Account::of(&row)?, link))
    }

    /// Closes an account for good: its sessions end, its roles count no more, and its login and name
    /// are forgotten. What it did stays under its pseudonym.
    ///
    /// # Errors
    /// No permission, no such account, one's own.
    pub async fn close_account(
        &self,
        now: Timestamp,
        who: &Principal,
        id: &str,
    ) -> Result<(), Rejection> {
        self.admits(who, MANAGE, now).await?;
        if who.account == id {
            return Err(own_account());
        }
        self.account_row(id).await?;
        let statements = vec![store::account::close(id, now), store::session::end_all(id)];
        self.people().writer.write(statements).await?;
        self.audit(who, Went::Done, Entry { account: Some(id), ..Entry::of("account-close") })
            .await?;
        Ok(())
    }

    /// Opens an account that was locked.
    ///
    /// # Errors
    /// No permission, no such account.
    pub async fn unlock_account(
        &self,
        now: Timestamp,
        who: &Principal,
        id: &str,
    ) -> Result<(), Rejection> {
        self.admits(who, UNLOCK, now).await?;
        self.account_row(id).await?;
        self.people().writer.write(vec![store::account::clear_failures(id)]).await?;
        self.audit(who, Went::Done, Entry { account: Some(id), ..Entry::of("unlock") }).await?;
        Ok(())
    }

    /// Takes the second factor of an account back: another is set up at the next log-in. Its
    /// sessions end.
    ///
    /// # Errors
    /// No permission, no such account, one's own.
    pub async fn reset_second_factor(
        &self,
        now: Timestamp,
        who: &Principal,
        id: &str,
    ) -> Result<(), Rejection> {
        self.admits(who, UNLOCK, now).await?;
        if who.account == id {
            return Err(own_account());
        }
        self.account_row(id).await?;
        let statements = vec![store::account::forget_totp(id), store::session::end_all(id)];
        self.people().writer.write(statements).await?;
        self.audit(who, Went::Done, Entry { account: Some(id), ..Entry::of("totp-reset") }).await?;
        Ok(())
    }

    /// A new link by which the password of an account is set; its sessions end.
    ///
    /// # Errors
    /// No permission, no such account.
    pub async fn recover_account(
        &self,
        now: Timestamp,
        who: &Principal,
        id: &str,
    ) -> Result<Link, Rejection> {
        self.admits(who, UNLOCK, now).await?;
        self.account_row(id).await?;
        self.people().writer.write(vec![store::session::end_all(id)]).await?;
        self.give_link(now, who, id).await
    }

    /// All accounts that are open.
    ///
    /// # Errors
    /// No permission to make, unlock or give roles to accounts, nor to audit.
    pub async fn accounts(
        &self,
        now: Timestamp,
        who: &Principal,
    ) -> Result<Vec<Account>, Rejection> {
        let any = [MANAGE, UNLOCK, super::role::ASSIGN, super::audit::READ];
        let may = any.iter().any(|permission| self.door_on(who, permission, now).is_ok());
        if !may {
            self.admits(who, MANAGE, now).await?;
        }
        let rows = self.people().db().accounts().await?;
        let open = rows.iter().filter(|row| row.closed_at.is_none());
        Ok(open.map(Account::of).collect::<Result<_, _>>()?)
    }
}

pub(super) fn own_account() -> Rejection {
    Rejection::Conflict(Fault::new(
        "account.own",
        "this cannot be done to one's own account; ask another administrator",
        "不能对本人账号进行此操作；请由其他管理员办理",
    ))
}
