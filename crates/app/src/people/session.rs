//! Logging in and out.
//!
//! A session's token is 32 random bytes; the store has only its digest. A log-in goes through stages
//! (password, second factor, a password that has to be changed), and each stage has a token of its
//! own: what somebody planted or saw before is worth nothing after. Nothing about the network is
//! kept.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::Timestamp;
use sha2::{Digest as _, Sha256};
use store::account::AccountRow;
use store::session::{SessionRow, end, end_all, end_others, put, replace, see};

use super::account::{Account, Sort, no_account, normal};
use super::audit::{Entry, Went, nobody};
use super::held::Seat;
use super::password;
use super::rules::Rules;
use super::totp::{self, TotpSetUp};
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::keys::random;
use crate::system::System;
use crate::time::day;

/// What every session's token begins with, so that one that leaked into a file is found.
pub const PREFIX: &str = "zs_";

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// How far a log-in is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// The code of the second factor is missing.
    Code,
    /// The second factor has to be set up.
    SetUp,
    /// The password has to be changed.
    Change,
    /// The person is logged in.
    Full,
}

impl Stage {
    const ALL: [Self; 4] = [Self::Code, Self::SetUp, Self::Change, Self::Full];

    /// The word in the store and in answers.
    pub fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::SetUp => "set-up",
            Self::Change => "change",
            Self::Full => "full",
        }
    }
}

/// What came of a step of logging in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedIn {
    /// The token of the session from here on; the one before is worth nothing.
    pub token: String,
    /// What is to be done next.
    pub stage: Stage,
    /// When the session ends at the latest.
    pub expires_at: Timestamp,
}

/// A session that a request came with.
#[derive(Debug, Clone)]
pub struct Session {
    /// Whose it is.
    pub account: Account,
    /// How far the log-in is.
    pub stage: Stage,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// A secret that whoever has the token can work out, and nobody else, and that is not the token:
    /// what forms are bound to.
    pub binding: [u8; 32],
    digest: Vec<u8>,
    row: AccountRow,
}

/// A session of somebody, as they are shown it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionShown {
    /// Whether it is the one by which they ask.
    pub is_this: bool,
    /// When they logged in.
    pub created_at: Timestamp,
    /// When a request last came with it, to the minute.
    pub seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
}

fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// The secret that follows from a token. It is not stored: what is stored of the token is no way to it.
fn binding(token: &str) -> [u8; 32] {
    Sha256::digest([b"zhiheng form binding ", token.as_bytes()].concat()).into()
}

/// Login, password or code are wrong; or the account is locked: which of it, is not told.
fn wrong() -> Rejection {
    Rejection::Denied(Fault::new(
        "session.wrong",
        "the login, the password or the code is wrong, or the account is locked for a while after several failures; try again, or ask your security administrator",
        "登录名、口令或动态口令有误，或因多次失败账号暂时锁定；请重试，或联系安全管理员",
    ))
}

fn ended() -> Rejection {
    Rejection::Denied(Fault::new(
        "session.ended",
        "you are not logged in, or your session has ended; log in again",
        "您尚未登录或会话已结束；请重新登录",
    ))
}

fn not_now() -> Rejection {
    Rejection::Conflict(Fault::new(
        "session.stage",
        "that is not the next step of this log-in; log in again",
        "当前登录步骤不符；请重新登录",
    ))
}

impl System {
    fn rules(&self, now: Timestamp) -> Result<Rules, Rejection> {
        Rules::of(&self.pack(), day(now))
    }

    /// The first step: login and password.
    ///
    /// # Errors
    /// [`Rejection::Denied`] with `session.wrong`, whatever of it is wrong.
    pub async fn log_in(
        &self,
        now: Timestamp,
        login: &str,
        password: &str,
    ) -> Result<LoggedIn, Rejection> {
        let rules = self.rules(now)?;
        let people = self.people();
        let row = people.db().account_of(&normal(login)).await?;
        let row = row.filter(|row| row.closed_at.is_none() && row.password.is_some());
        let Some(row) = row else {
            people.hashing.is_right(&rules, password, None).await?;
            // What was typed is not noted: people type passwords there.
            self.audit(&nobody(), Went::Failed, Entry::of("log-in")).await?;
            return Err(wrong());
        };
        if !self.begin_try(&rules, now, &row).await? {
            people.hashing.is_right(&rules, password, None).await?;
            return Err(wrong());
        }
        if !people.hashing.is_right(&rules, password, row.password.as_deref()).await? {
            self.failed(&rules, &row).await?;
            return Err(wrong());
        }
        if row.password.as_deref().is_some_and(|hash| password::is_outdated(&rules, hash)) {
            // The same password hashed by today's parameters: it is as old as it was.
            let hash = people.hashing.hash(&rules, password).await?;
            let set_at = row.password_set_at.unwrap_or(now);
            let mut statements =
                store::account::set_password(&row.id, &hash, set_at, row.must_change);
            people.writer.write(statements.split_off(1)).await?;
        }
        let stage = if row.totp_confirmed {
            Stage::Code
        } else if Sort::of(&row.sort).is_none_or(Sort::needs_second_factor) {
            Stage::SetUp
        } else {
            after_factors(&rules, now, &row)
        };
        self.go_on(&rules, now, &row, stage, None).await
    }

    /// Counts a try; false where the account is locked.
    async fn begin_try(
        &self,
        rules: &Rules,
        now: Timestamp,
        row: &AccountRow,
    ) -> Result<bool, Rejection> {
        let minutes = rules.lock(row.failed + 1);
        let until = Timestamp::from_micros(now.micros() + minutes * MINUTE);
        let statement = store::account::begin_try(&row.id, now, rules.lock_attempts, until);
        if self.people().writer.write(vec![statement]).await? > 0 {
            return Ok(true);
        }
        let by = named(row);
        let entry = Entry { account: Some(&row.id), ..Entry::of("log-in") };
        self.audit(&by, Went::Refused, entry).await?;
        Ok(false)
    }

    async fn failed(&self, rules: &Rules, row: &AccountRow) -> Result<(), Rejection> {
        let is_locked = row.failed + 1 >= rules.lock_attempts;
        let action = if is_locked { "lock-out" } else { "log-in" };
        let entry = Entry { account: Some(&row.id), ..Entry::of(action) };
        self.audit(&named(row), Went::Failed, entry).await
    }

    /// Gives the token of the next stage, in the place of that of the stage before.
    pub(super) async fn go_on(
        &self,
        rules: &Rules,
        now: Timestamp,
        account: &AccountRow,
        stage: Stage,
        before: Option<&[u8]>,
    ) -> Result<LoggedIn, Rejection> {
        let token = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random::<32>()));
        let minutes = match stage {
            Stage::Full => rules.session_hours * 60,
            _ => rules.idle_minutes,
        };
        let expires_at = Timestamp::from_micros(now.micros() + minutes * MINUTE);
        let row = SessionRow {
            digest: digest(&token),
            account: account.id.clone(),
            stage: stage.word().to_owned(),
            created_at: now,
            seen_at: now,
            expires_at,
        };
        let mut statements = vec![match before {
            Some(before) => replace(before, &row),
            None => put(&row),
        }];
        if stage == Stage::Full {
            statements.push(store::account::clear_failures(&account.id));
        }
        let written = self.people().writer.write(statements).await?;
        // A session that was ended meanwhile does not come back to life.
        if written < if stage == Stage::Full { 2 } else { 1 } {
            return Err(ended());
        }
        if stage == Stage::Full {
            let entry = Entry { account: Some(&account.id), ..Entry::of("log-in") };
            self.audit(&named(account), Went::Done, entry).await?;
        }
        Ok(LoggedIn { token, stage, expires_at })
    }

    /// The session with a token.
    ///
    /// # Errors
    /// [`Rejection::Denied`] with `session.ended`.
    pub async fn session(&self, now: Timestamp, token: &str) -> Result<Session, Rejection> {
        if !token.starts_with(PREFIX) || token.len() != PREFIX.len() + 43 {
            return Err(ended());
        }
        let rules = self.rules(now)?;
        let people = self.people();
        let row = people.db().session(&digest(token)).await?.ok_or_else(ended)?;
        let idle = now.micros() - row.seen_at.micros();
        if row.expires_at <= now || idle >= rules.idle_minutes * MINUTE {
            people.writer.write(vec![end(&row.digest)]).await?;
            return Err(ended());
        }
        let account = people.db().account(&row.account).await?;
        let account = account.filter(|account| account.closed_at.is_none()).ok_or_else(ended)?;
        if idle >= MINUTE {
            people.writer.write(vec![see(&row.digest, now)]).await?;
        }
        let stage = Stage::ALL.into_iter().find(|stage| stage.word() == row.stage);
        Ok(Session {
            account: Account::of(&account)?,
            stage: stage.ok_or_else(ended)?,
            expires_at: row.expires_at,
            binding: binding(token),
            digest: row.digest,
            row: account,
        })
    }

    /// Who is logged in with a session, acting in a place where they hold a role: the one that is
    /// named, or the first.
    ///
    /// # Errors
    /// A log-in that is not at its end.
    pub fn principal(
        &self,
        now: Timestamp,
        session: &Session,
        acting_in: Option<&str>,
    ) -> Result<Principal, Rejection> {
        if session.stage != Stage::Full {
            return Err(ended());
        }
        let id = &session.account.id;
        let person = self.people().person(&self.pack(), id, day(now));
        let held = person.held();
        let mut holdings = held.holdings().iter();
        let chosen = acting_in.and_then(|place| holdings.clone().find(|h| &*h.held_in == place));
        let chosen = chosen.or_else(|| holdings.next());
        let office = chosen.filter(|holding| matches!(holding.seat, Seat::Office(_)));
        Ok(Principal {
            on_behalf_of: chosen.map_or(id.as_str(), |holding| &holding.held_in).to_owned(),
            account: id.clone(),
            office: office.map(|holding| (*holding.held_in).to_owned()),
            permissions: std::collections::BTreeSet::new(),
            person: Some(person),
        })
    }

    /// The second step: the code of the second factor.
    ///
    /// # Errors
    /// A wrong code, one that was used, a locked account: `session.wrong`.
    pub async fn second_factor(
        &self,
        now: Timestamp,
        session: &Session,
        code: &str,
    ) -> Result<LoggedIn, Rejection> {
        if session.stage != Stage::Code {
            return Err(not_now());
        }
        let rules = self.rules(now)?;
        self.take_code(&rules, now, session, code).await?;
        let stage = after_factors(&rules, now, &session.row);
        self.go_on(&rules, now, &session.row, stage, Some(&session.digest)).await
    }

    async fn take_code(
        &self,
        rules: &Rules,
        now: Timestamp,
        session: &Session,
        code: &str,
    ) -> Result<(), Rejection> {
        // Other tries may have come since the session was looked up.
        let row = self.people().db().account(&session.row.id).await?.ok_or_else(ended)?;
        if !self.begin_try(rules, now, &row).await? {
            return Err(wrong());
        }
        let secret = self.secret_of(&row)?;
        if let Some(step) = totp::step_of(&secret, now, code) {
            let use_it = store::account::use_totp_step(&row.id, step);
            if self.people().writer.write(vec![use_it]).await? > 0 {
                return Ok(());
            }
        }
        self.failed(rules, &row).await?;
        Err(wrong())
    }

    fn secret_of(&self, row: &AccountRow) -> Result<Vec<u8>, Rejection> {
        let sealed = row.totp.as_deref().ok_or_else(not_now)?;
        let secret = self.people().master.open(sealed, about(&row.id).as_bytes());
        Ok(secret.map_err(|e| store::Error::Damaged {
            what: format!("the second factor of the account {}: {e}", row.id),
        })?)
    }

    /// A secret to set the second factor up with; each call makes another. It counts once a code of
    /// it was given.
    ///
    /// # Errors
    /// A log-in that is at another step.
    pub async fn propose_second_factor(&self, session: &Session) -> Result<TotpSetUp, Rejection> {
        if session.stage != Stage::SetUp {
            return Err(not_now());
        }
        let secret: [u8; totp::SECRET] = random();
        let id = &session.row.id;
        let sealed = self.people().master.seal(random(), &secret, about(id).as_bytes());
        let proposed = store::account::propose_totp(id, &sealed);
        if self.people().writer.write(vec![proposed]).await? == 0 {
            return Err(not_now());
        }
        let pack = self.pack();
        let issuer = &pack.manifest().title.zh;
        Ok(totp::set_up(&secret, issuer, &session.account.login))
    }

    /// The secret that was proposed last, to be shown again.
    ///
    /// # Errors
    /// A log-in that is at another step, or nothing proposed.
    pub async fn proposed_second_factor(&self, session: &Session) -> Result<TotpSetUp, Rejection> {
        if session.stage != Stage::SetUp {
            return Err(not_now());
        }
        let row = self.people().db().account(&session.row.id).await?.ok_or_else(ended)?;
        let secret = self.secret_of(&row)?;
        let pack = self.pack();
        Ok(totp::set_up(&secret, &pack.manifest().title.zh, &row.login))
    }

    /// Sets the second factor up, by a code of the secret that was proposed last.
    ///
    /// # Errors
    /// As [`second_factor`](Self::second_factor).
    pub async fn confirm_second_factor(
        &self,
        now: Timestamp,
        session: &Session,
        code: &str,
    ) -> Result<LoggedIn, Rejection> {
        if session.stage != Stage::SetUp {
            return Err(not_now());
        }
        let rules = self.rules(now)?;
        self.take_code(&rules, now, session, code).await?;
        let entry = Entry { account: Some(&session.row.id), ..Entry::of("totp-set-up") };
        self.audit(&named(&session.row), Went::Done, entry).await?;
        let stage = after_factors(&rules, now, &session.row);
        self.go_on(&rules, now, &session.row, stage, Some(&session.digest)).await
    }

    /// Changes the password, at log-in or later. All other sessions end, and this one has another
    /// token.
    ///
    /// # Errors
    /// A wrong old password, a locked account; all that is wrong with the new one.
    pub async fn change_password(
        &self,
        now: Timestamp,
        session: &Session,
        old: &str,
        new: &str,
    ) -> Result<LoggedIn, Rejection> {
        if !matches!(session.stage, Stage::Change | Stage::Full) {
            return Err(not_now());
        }
        let rules = self.rules(now)?;
        let people = self.people();
        let row = people.db().account(&session.row.id).await?.ok_or_else(no_account)?;
        if !self.begin_try(&rules, now, &row).await? {
            people.hashing.is_right(&rules, old, None).await?;
            return Err(wrong());
        }
        if !people.hashing.is_right(&rules, old, row.password.as_deref()).await? {
            self.failed(&rules, &row).await?;
            return Err(wrong());
        }
        people.writer.write(vec![store::account::clear_failures(&row.id)]).await?;
        let hash = self.new_hash(now, &row.id, &row.login, new).await?;
        let mut statements = store::account::set_password(&row.id, &hash, now, false);
        statements.push(end_others(&row.id, &session.digest));
        people.writer.write(statements).await?;
        let entry = Entry { account: Some(&row.id), ..Entry::of("password-change") };
        self.audit(&named(&row), Went::Done, entry).await?;
        self.go_on(&rules, now, &row, Stage::Full, Some(&session.digest)).await
    }

    /// The sessions of the person, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn sessions(&self, session: &Session) -> Result<Vec<SessionShown>, store::Error> {
        let rows = self.people().db().sessions_of(&session.row.id).await?.into_iter();
        let shown = rows.map(|row| SessionShown {
            is_this: row.digest == session.digest,
            created_at: row.created_at,
            seen_at: row.seen_at,
            expires_at: row.expires_at,
        });
        Ok(shown.collect())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn log_out(&self, session: &Session) -> Result<(), Rejection> {
        self.people().writer.write(vec![end(&session.digest)]).await?;
        let entry = Entry { account: Some(&session.row.id), ..Entry::of("log-out") };
        self.audit(&named(&session.row), Went::Done, entry).await
    }

    /// Ends all sessions of the person.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn log_out_everywhere(&self, session: &Session) -> Result<(), Rejection> {
        self.people().writer.write(vec![end_all(&session.row.id)]).await?;
        let entry = Entry { account: Some(&session.row.id), ..Entry::of("session-end") };
        self.audit(&named(&session.row), Went::Done, entry).await
    }
}

/// What the second factor's secret belongs to: it cannot be moved to another account unseen.
fn about(account: &str) -> String {
    format!("totp {account}")
}

/// The person of an account, before it is known what they hold.
fn named(row: &AccountRow) -> Principal {
    Principal { account: row.id.clone(), on_behalf_of: row.id.clone(), ..nobody() }
}

fn after_factors(rules: &Rules, now: Timestamp, row: &AccountRow) -> Stage {
    let age = row.password_set_at.map_or(i64::MAX, |set| now.micros() - set.micros());
    match row.must_change || age >= rules.password_days * DAY {
        true => Stage::Change,
        false => Stage::Full,
    }
}
