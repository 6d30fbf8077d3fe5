//! Tokens of programs.
//!
//! A token is `zh_` and 32 random bytes in base64url. Whoever has it may do what it names, so the
//! store keeps only its SHA-256: a copy of the store lets nobody in. A digest that quick is enough,
//! for nobody guesses 256 random bits.
//!
//! What was looked up is remembered for some seconds. A revocation is seen all the same by the next
//! request of every program that has the same folder, whichever process revoked: it makes a file grow
//! there, and what was remembered before counts no more. A server on another machine over the same
//! PostgreSQL sees it when it looks the token up again, after three seconds at most.

use std::collections::{BTreeSet, HashMap};
use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use pack::Pack;
use sha2::{Digest as _, Sha256};
use store::Db;
use store::token::{TokenRow, put};

use crate::door::{ALL, Principal};
use crate::fault::{Fault, Rejection};
use crate::keys::random;

/// What every token begins with, so that one that leaked into a file is found.
pub const PREFIX: &str = "zh_";

/// The most days that a token lives.
pub const MOST_DAYS: u32 = 3660;

/// How long an answer is remembered: a revocation on another machine takes effect within this time.
const REMEMBERED: Duration = Duration::from_secs(3);

/// Tokens that are remembered at once.
const MOST_REMEMBERED: usize = 10_000;

const DAY: i64 = 86_400_000_000;

/// A token that is to be made.
#[derive(Debug, Clone, Default)]
pub struct NewToken {
    /// What it is for, in words; it is revoked under this name.
    pub name: String,
    /// The office or organization that is the author of what is sent with it.
    pub on_behalf_of: String,
    /// The office in which its permissions count.
    pub office: Option<String>,
    /// Permissions of the pack, or `*`.
    pub permissions: Vec<String>,
    /// How many days it lives.
    pub days: u32,
}

/// A token as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is for.
    pub name: String,
    /// Who may do what with it.
    pub principal: Principal,
    /// When it was made.
    pub created_at: Timestamp,
    /// From when on it is no longer taken.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// Makes a token and returns its text, which is shown this once, and what is kept of it.
///
/// # Errors
/// [`Rejection::Invalid`] with all that is wrong with it; [`Rejection::Conflict`] where a token of
/// the name is in use; a fault of the store.
pub async fn create(
    db: &Db,
    pack: &Pack,
    now: Timestamp,
    new: NewToken,
) -> Result<(String, Token), Rejection> {
    let faults = faults(pack, now, &new);
    if !faults.is_empty() {
        return Err(Rejection::Invalid(faults));
    }
    let in_use = |token: &Token| token.revoked_at.is_none() && token.expires_at > now;
    if list(db).await?.iter().any(|token| token.name == new.name && in_use(token)) {
        let name = &new.name;
        return Err(Rejection::Conflict(Fault::new(
            "token.name",
            format!("there is a token {name}; revoke it, or take another name"),
            format!("已有名为 {name} 的令牌；请先吊销，或另取名称"),
        )));
    }
    let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()));
    let account: [u8; 6] = random();
    let account: String = account.iter().map(|byte| format!("{byte:02x}")).collect();
    let token = Token {
        name: new.name,
        principal: Principal {
            on_behalf_of: new.on_behalf_of,
            account: format!("token-{account}"),
            office: new.office,
            permissions: new.permissions.into_iter().collect(),
            person: None,
        },
        created_at: now,
        expires_at: Timestamp::from_micros(now.micros() + i64::from(new.days) * DAY),
        revoked_at: None,
    };
    let who = &token.principal;
    let permissions: Vec<&str> = who.permissions.iter().map(String::as_str).collect();
    let row = TokenRow {
        digest: digest(&text).to_vec(),
        name: token.name.clone(),
        on_behalf_of: who.on_behalf_of.clone(),
        account: who.account.clone(),
        office: who.office.clone(),
        permissions: permissions.join(" "),
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: None,
    };
    db.write(vec![put(&row)]).await?;
    Ok((text, token))
}

/// All that is wrong with a token that is to be made.
fn faults(pack: &Pack, now: Timestamp, new: &NewToken) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut add = |pointer: &str, en: String, zh: String| {
        faults.push(Fault::new("token.field", en, zh).at(pointer));
    };
    let is_name = |text: &str, most: usize| {
        let length = text.chars().count();
        (1..=most).contains(&length) && text.trim() == text && !text.chars().any(char::is_control)
    };
    if !is_name(&new.name, 100) {
        add(
            "/name",
            "a name is 1 to 100 visible characters".to_owned(),
            "名称为 1 至 100 个可见字符".to_owned(),
        );
    }
    // What stands before the first slash of a person's name is the sender.
    if !is_name(&new.on_behalf_of, 200) || new.on_behalf_of.contains('/') {
        add(
            "/on_behalf_of",
            "give the office or organization that sends, 1 to 200 characters without a slash"
                .to_owned(),
            "请填写发送机关或组织，1 至 200 个字符，不含斜线".to_owned(),
        );
    }
    let today = crate::time::day(now);
    if let Some(office) = &new.office
        && pack.office(office).is_none_or(|office| office.on(today).is_none())
    {
        add(
            "/office",
            format!("there is no office {office} on {today}; take an id of the list of offices"),
            format!("{today} 没有机关 {office}；请从机关表中选取"),
        );
    }
    if new.permissions.is_empty() {
        let en = format!("give at least one permission of the pack, or {ALL} for all");
        add("/permissions", en, format!("请至少填写一项权限，或用 {ALL} 表示全部"));
    }
    for (at, permission) in new.permissions.iter().enumerate() {
        if pack.permissions().any(|known| known.id == *permission && known.personal) {
            add(
                &format!("/permissions/{at}"),
                format!("{permission} is for persons who log in, not for programs; take it out"),
                format!("权限 {permission} 仅限登录人员，不得授予程序；请删除"),
            );
        } else if permission != ALL && !pack.permissions().any(|known| known.id == *permission) {
            add(
                &format!("/permissions/{at}"),
                format!(
                    "the pack has no permission {permission}; its permissions stand in roles.toml"
                ),
                format!("没有权限 {permission}；权限见 roles.toml"),
            );
        }
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        let days = new.days;
        add(
            "/days",
            format!("a token lives 1 to {MOST_DAYS} days, not {days}"),
            format!("令牌有效期为 1 至 {MOST_DAYS} 天，现为 {days} 天"),
        );
    }
    faults
}

fn token(row: TokenRow) -> Token {
    Token {
        name: row.name,
        principal: Principal {
            on_behalf_of: row.on_behalf_of,
            account: row.account,
            office: row.office,
            permissions: row.permissions.split(' ').map(str::to_owned).collect::<BTreeSet<_>>(),
            person: None,
        },
        created_at: row.created_at,
        expires_at: row.expires_at,
        revoked_at: row.revoked_at,
    }
}

/// All tokens, the newest first.
///
/// # Errors
/// A fault of the store.
pub async fn list(db: &Db) -> Result<Vec<Token>, store::Error> {
    Ok(db.tokens().await?.into_iter().map(token).collect())
}

/// Takes the token of a name back; `data` is the folder of the installation.
///
/// # Errors
/// [`Rejection::NotFound`] where no such token is in use; a fault of the store.
pub async fn revoke(db: &Db, data: &Path, now: Timestamp, name: &str) -> Result<(), Rejection> {
    if db.write(vec![store::token::revoke(name, now)]).await? > 0 {
        note_revocation(data);
        return Ok(());
    }
    Err(Rejection::NotFound(Fault::new(
        "token.nothing",
        format!("there is no token {name} in use; look at the list of tokens"),
        format!("没有使用中的令牌 {name}；请查看令牌列表"),
    )))
}

/// The file that a revocation makes longer by a byte.
fn revocations(data: &Path) -> PathBuf {
    data.join("revocations")
}

fn note_revocation(data: &Path) {
    let noted = OpenOptions::new().create(true).append(true).open(revocations(data));
    match noted.and_then(|mut file| file.write_all(b".")) {
        Ok(()) => {}
        // No server runs in a folder that is not there.
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => tracing::warn!(%error, "a revocation takes effect within seconds only"),
    }
}

fn digest(text: &str) -> [u8; 32] {
    Sha256::digest(text.as_bytes()).into()
}

struct Known {
    principal: Arc<Principal>,
    expires_at: Timestamp,
    asked: Instant,
    /// How many revocations there had been.
    revocations: u64,
}

/// Looks tokens up, and remembers for some seconds what it found.
pub struct Tokens {
    db: Db,
    revocations: PathBuf,
    known: RwLock<HashMap<[u8; 32], Known>>,
}

impl Tokens {
    /// The tokens of a store; `data` is the folder of the installation.
    pub fn new(db: Db, data: &Path) -> Self {
        Self { db, revocations: revocations(data), known: RwLock::default() }
    }

    /// Who has a token.
    ///
    /// # Errors
    /// [`Rejection::Denied`] with the codes `token.unknown`, `token.expired` and `token.revoked`;
    /// a fault of the store.
    pub async fn principal(&self, now: Timestamp, text: &str) -> Result<Arc<Principal>, Rejection> {
        if !text.starts_with(PREFIX) || text.len() != PREFIX.len() + 43 {
            return Err(unknown());
        }
        let digest = digest(text);
        // Before the store is asked: what is revoked behind that makes this answer count no more.
        let revocations = fs::metadata(&self.revocations).map_or(0, |file| file.len());
        {
            let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
            let counts = |known: &&Known| {
                known.revocations == revocations && known.asked.elapsed() < REMEMBERED
            };
            if let Some(found) = known.get(&digest).filter(counts) {
                return match found.expires_at > now {
                    true => Ok(Arc::clone(&found.principal)),
                    false => Err(expired(found.expires_at)),
                };
            }
        }
        let asked = Instant::now();
        let row = self.db.token(&digest).await?;
        let found = token(row.ok_or_else(unknown)?);
        if let Some(revoked_at) = found.revoked_at {
            return Err(Rejection::Denied(Fault::new(
                "token.revoked",
                format!(
                    "the token was revoked at {revoked_at}; ask your administrator for another"
                ),
                format!("令牌已于 {revoked_at} 吊销；请向管理员申请新的令牌"),
            )));
        }
        if found.expires_at <= now {
            return Err(expired(found.expires_at));
        }
        let principal = Arc::new(found.principal);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_REMEMBERED {
            known.clear();
        }
        let expires_at = found.expires_at;
        let remembered =
            Known { principal: Arc::clone(&principal), expires_at, asked, revocations };
        known.insert(digest, remembered);
        Ok(principal)
    }
}

fn unknown() -> Rejection {
    Rejection::Denied(Fault::new(
        "token.unknown",
        "the token is not known here; look whether it was copied as a whole",
        "令牌无效；请核对是否完整复制",
    ))
}

fn expired(at: Timestamp) -> Rejection {
    Rejection::Denied(Fault::new(
        "token.expired",
        format!("the token expired at {at}; ask your administrator for another"),
        format!("令牌已于 {at} 过期；请向管理员申请新的令牌"),
    ))
}
