//! Links that are good for one use. No account ever has a password that somebody else chose.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::{RecordId, Timestamp, system_kind};
use pack::{HeldIn, Pack};
use serde_json::Map;
use sha2::{Digest as _, Sha256};
use store::session::{LinkRow, put_link, use_link};
use store::{Db, Reader};

use super::account::{NewAccount, Sort, login_taken};
use super::audit::{Entry, Went, nobody};
use super::directory::Directory;
use super::password;
use super::rules::Rules;
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;
use crate::time::day;

/// What every link's text begins with.
pub const PREFIX: &str = "zl_";

const HOUR: i64 = 3_600_000_000;

/// A link that was just made; its text is shown this once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The secret part of the address.
    pub text: String,
    /// From when on it is no longer good.
    pub expires_at: Timestamp,
    /// The role that its user will have, where it makes an account.
    pub role: Option<String>,
}

/// What a link is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkFor {
    /// To set the password of the account with this login.
    Password(String),
    /// To make the account that has this role.
    Account(String),
}

fn digest(text: &str) -> Vec<u8> {
    Sha256::digest(text.as_bytes()).to_vec()
}

fn row(
    rules: &Rules,
    now: Timestamp,
    account: Option<&str>,
    role: Option<&str>,
) -> (Link, LinkRow) {
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()));
    let expires_at = Timestamp::from_micros(now.micros() + rules.link_hours * HOUR);
    let row = LinkRow {
        digest: digest(&text),
        account: account.map(str::to_owned),
        role: role.map(str::to_owned),
        created_at: now,
        expires_at,
        used_at: None,
    };
    (Link { text, expires_at, role: role.map(str::to_owned) }, row)
}

/// The roles of administrators that nobody has on a day or will have later.
async fn vacant<'p>(
    db: &Db,
    pack: &'p Pack,
    directory: &Directory,
    now: Timestamp,
) -> Result<Vec<&'p pack::Role>, store::Error> {
    let today = day(now);
    let accounts = db.accounts().await?;
    let is_open = |id: &str| accounts.iter().any(|a| a.id == id && a.closed_at.is_none());
    let is_held = |role: &pack::Role| {
        directory.grants().iter().any(|grant| {
            let is_over = grant.ended || grant.until.is_some_and(|until| until < today);
            grant.role == role.id && !is_over && is_open(&grant.account)
        })
    };
    Ok(pack.roles().filter(|role| role.held_in == HeldIn::System && !is_held(role)).collect())
}

/// Makes a link for each administrator's role that nobody has, or for one of them. Those made before
/// are good no longer. The server may run meanwhile.
///
/// # Errors
/// [`Rejection::Conflict`] where somebody has the role; a fault of the store.
pub async fn first_links(
    reader: &Reader,
    pack: &Pack,
    now: Timestamp,
    only: Option<&str>,
) -> Result<Vec<Link>, Rejection> {
    let rules = Rules::of(pack, day(now))?;
    let mut directory = Directory::default();
    directory.catch_up(reader).await?;
    let mut links = Vec::new();
    for role in vacant(reader.db(), pack, &directory, now).await? {
        if only.is_none_or(|only| only == role.id) {
            let (link, row) = row(&rules, now, None, Some(&role.id));
            reader.db().write(put_link(&row)).await?;
            links.push(link);
        }
    }
    match only {
        Some(role) if links.is_empty() => Err(Rejection::Conflict(Fault::new(
            "link.held",
            format!(
                "somebody has the role {role}, or there is no such administrator; the security administrator recovers accounts"
            ),
            format!("岗位 {role} 已有人担任，或不存在；账号恢复请由安全管理员办理"),
        ))),
        _ => Ok(links),
    }
}

impl System {
    /// Makes a link by which the password of an account is set.
    pub(super) async fn give_link(
        &self,
        now: Timestamp,
        who: &Principal,
        account: &str,
    ) -> Result<Link, Rejection> {
        let rules = Rules::of(&self.pack(), day(now))?;
        let (link, row) = row(&rules, now, Some(account), None);
        self.people().writer.write(put_link(&row)).await?;
        let entry = Entry { account: Some(account), ..Entry::of("link-make") };
        self.audit(who, Went::Done, entry).await?;
        Ok(link)
    }

    async fn good_link(&self, now: Timestamp, text: &str) -> Result<LinkRow, Rejection> {
        let row = match text.starts_with(PREFIX) {
            true => self.people().db().link(&digest(text)).await?,
            false => None,
        };
        let good = |row: &LinkRow| row.used_at.is_none() && row.expires_at > now;
        row.filter(good).ok_or_else(no_link)
    }

    /// What a link is for.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] where it is not known, was used, or its time is over.
    pub async fn link(&self, now: Timestamp, text: &str) -> Result<LinkFor, Rejection> {
        let row = self.good_link(now, text).await?;
        match (row.account, row.role) {
            (Some(account), _) => Ok(LinkFor::Password(self.account_row(&account).await?.login)),
            (None, Some(role)) => Ok(LinkFor::Account(role)),
            (None, None) => Err(no_link()),
        }
    }

    /// Uses a link: sets the password, and makes the account where the link is for one.
    ///
    /// # Errors
    /// A link that is not good; all that is wrong with login, name and password.
    pub async fn use_link(
        &self,
        now: Timestamp,
        text: &str,
        login: &str,
        name: &str,
        password: &str,
    ) -> Result<(), Rejection> {
        let link = self.good_link(now, text).await?;
        match (&link.account, &link.role) {
            (Some(account), _) => {
                let account = self.account_row(account).await?;
                let hash = self.new_hash(now, &account.id, &account.login, password).await?;
                self.spend(now, &link).await?;
                let mut statements = store::account::set_password(&account.id, &hash, now, false);
                statements.push(store::account::clear_failures(&account.id));
                statements.push(store::session::end_all(&account.id));
                self.people().writer.write(statements).await?;
                let mut by = nobody();
                by.account.clone_from(&account.id);
                by.on_behalf_of.clone_from(&account.id);
                let entry = Entry { account: Some(&account.id), ..Entry::of("link-use") };
                self.audit(&by, Went::Done, entry).await
            }
            (None, Some(role)) => self.first_account(now, &link, role, login, name, password).await,
            (None, None) => Err(no_link()),
        }
    }

    async fn spend(&self, now: Timestamp, link: &LinkRow) -> Result<(), Rejection> {
        let used = self.people().writer.write(vec![use_link(&link.digest, now)]).await?;
        (used > 0).then_some(()).ok_or_else(no_link)
    }

    async fn first_account(
        &self,
        now: Timestamp,
        link: &LinkRow,
        role: &str,
        login: &str,
        name: &str,
        password: &str,
    ) -> Result<(), Rejection> {
        let pack = self.pack();
        let sort = Sort::Administrator.word().to_owned();
        let new =
            NewAccount { login: login.to_owned(), name: name.to_owned(), sort, organization: None };
        let mut account = new.row(now)?;
        let rules = Rules::of(&pack, day(now))?;
        password::check(&rules, &pack, password, &account.login)?;
        if self.people().db().account_of(&account.login).await?.is_some() {
            return Err(login_taken());
        }
        account.password = Some(self.people().hashing.hash(&rules, password).await?);
        account.password_set_at = Some(now);
        let _change = self.people().change().await;
        let directory = self.people().directory();
        let vacant = vacant(self.people().db(), &pack, &directory, now).await?;
        if !vacant.iter().any(|vacant| vacant.id == role) {
            return Err(no_link());
        }
        self.spend(now, link).await?;
        if self.people().writer.write(vec![store::account::put(&account)]).await? == 0 {
            return Err(login_taken());
        }
        let mut open = Map::new();
        let mut say = |name: &str, value: &str| open.insert(name.to_owned(), value.into());
        say("account", &account.id);
        say("role", role);
        say("from", &day(now).to_string());
        say("reason", "首次启动 first start");
        let mut draft = self.own_draft(system_kind::ROLE_GRANT, open);
        draft.id = Some(RecordId::new(self.clock().now(), &random()));
        self.append_own(&Principal::program(), vec![draft], None).await?;
        self.people().catch_up(&pack, day(now)).await?;
        let mut by = nobody();
        by.account.clone_from(&account.id);
        by.on_behalf_of.clone_from(&account.id);
        let entry =
            Entry { account: Some(&account.id), detail: Some(role), ..Entry::of("link-use") };
        self.audit(&by, Went::Done, entry).await
    }

    /// The hash of a new password, which must be right and none of the last ones.
    pub(super) async fn new_hash(
        &self,
        now: Timestamp,
        account: &str,
        login: &str,
        new: &str,
    ) -> Result<String, Rejection> {
        let pack = self.pack();
        let rules = Rules::of(&pack, day(now))?;
        password::check(&rules, &pack, new, login)?;
        let people = self.people();
        let former = people.db().former_passwords(account, rules.password_history).await?;
        let row = self.account_row(account).await?;
        let hashes = row.password.into_iter().chain(former.into_iter().map(|(_, hash)| hash));
        for hash in hashes.take(usize::try_from(rules.password_history).unwrap_or(usize::MAX)) {
            if people.hashing.is_right(&rules, new, Some(&hash)).await? {
                let last = rules.password_history;
                return Err(Fault::new(
                    "password.former",
                    format!("it is one of the last {last} passwords; take another"),
                    format!("与最近 {last} 次口令之一相同；请重新设置"),
                )
                .at("/password")
                .into());
            }
        }
        Ok(people.hashing.hash(&rules, new).await?)
    }
}

fn no_link() -> Rejection {
    Rejection::NotFound(Fault::new(
        "link.not_good",
        "the link is not known, was used, or its time is over; ask for another",
        "链接无效、已使用或已过期；请重新申请",
    ))
}
