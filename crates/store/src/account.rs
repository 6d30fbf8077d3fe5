//! People who log in: their accounts, and the passwords that they had.

use model::Timestamp;

use crate::db::{Db, Row, Statement};
use crate::error::Error;

/// An account as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountRow {
    /// The pseudonym under which records name the person.
    pub id: String,
    /// What the person types to log in, in small letters.
    pub login: String,
    /// What others are shown.
    pub name: String,
    /// What sort of account it is, a code of the list `account-sort`.
    pub sort: String,
    /// The organization that it belongs to, where it belongs to one.
    pub organization: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// The password as a PHC string; none until one is set.
    pub password: Option<String>,
    /// When that was set.
    pub password_set_at: Option<Timestamp>,
    /// Whether it has to be changed at the next log-in.
    pub must_change: bool,
    /// The secret of the second factor, encrypted under the master key.
    pub totp: Option<Vec<u8>>,
    /// Whether the person has shown to have that secret.
    pub totp_confirmed: bool,
    /// The last time step whose code was used.
    pub totp_step: i64,
    /// Failures to log in since the last success.
    pub failed: u64,
    /// Until when nobody can log in.
    pub locked_until: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT id, login, name, sort, organization, created_at, closed_at, password, \
     password_set_at, must_change, totp, totp_confirmed, totp_step, failed, locked_until FROM account";

impl Db {
    /// The account with a pseudonym.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn account(&self, id: &str) -> Result<Option<AccountRow>, Error> {
        let row = self.first(&format!("{COLUMNS} WHERE id = $1"), vec![id.into()]).await?;
        row.map(account).transpose()
    }

    /// The account with a login.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn account_of(&self, login: &str) -> Result<Option<AccountRow>, Error> {
        let row = self.first(&format!("{COLUMNS} WHERE login = $1"), vec![login.into()]).await?;
        row.map(account).transpose()
    }

    /// All accounts, in the order of their logins.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn accounts(&self) -> Result<Vec<AccountRow>, Error> {
        let rows = self.query(&format!("{COLUMNS} ORDER BY login"), vec![]).await?;
        rows.into_iter().map(account).collect()
    }

    /// The last passwords that an account had, the newest first, as PHC strings.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn former_passwords(
        &self,
        account: &str,
        limit: u64,
    ) -> Result<Vec<(Timestamp, String)>, Error> {
        const SQL: &str = "SELECT set_at, password FROM former_password WHERE account = $1 \
             ORDER BY set_at DESC LIMIT $2";
        let rows = self.query(SQL, vec![account.into(), limit.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.take(0)?, row.take(1)?))).collect()
    }
}

/// Reads an account from the first fifteen columns of a row.
pub(crate) fn account(mut row: Row) -> Result<AccountRow, Error> {
    Ok(AccountRow {
        id: row.take(0)?,
        login: row.take(1)?,
        name: row.take(2)?,
        sort: row.take(3)?,
        organization: row.take(4)?,
        created_at: row.take(5)?,
        closed_at: row.take(6)?,
        password: row.take(7)?,
        password_set_at: row.take(8)?,
        must_change: row.take::<i64>(9)? != 0,
        totp: row.take(10)?,
        totp_confirmed: row.take::<i64>(11)? != 0,
        totp_step: row.take(12)?,
        failed: row.take(13)?,
        locked_until: row.take(14)?,
    })
}

/// Puts an account into the store; nothing where the login is taken.
pub fn put(row: &AccountRow) -> Statement {
    Statement::new(
        "INSERT INTO account (id, login, name, sort, organization, created_at, closed_at, password, \
         password_set_at, must_change, totp, totp_confirmed, totp_step, failed, locked_until) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
         ON CONFLICT DO NOTHING",
        vec![
            row.id.as_str().into(),
            row.login.as_str().into(),
            row.name.as_str().into(),
            row.sort.as_str().into(),
            row.organization.as_deref().into(),
            row.created_at.into(),
            row.closed_at.into(),
            row.password.as_deref().into(),
            row.password_set_at.into(),
            i64::from(row.must_change).into(),
            row.totp.as_deref().into(),
            i64::from(row.totp_confirmed).into(),
            row.totp_step.into(),
            row.failed.into(),
            row.locked_until.into(),
        ],
    )
}

/// Closes an account: nobody logs in with it again, and what told who it was is gone.
pub fn close(id: &str, now: Timestamp) -> Statement {
    const SQL: &str = "UPDATE account SET closed_at = $1, login = id, name = id, password = NULL, \
         totp = NULL, totp_confirmed = 0 WHERE id = $2 AND closed_at IS NULL";
    Statement::new(SQL, vec![now.into(), id.into()])
}

/// Begins a try to log in: counts it as failed until it went well, and locks the account with the
/// try that reaches `most`. It changes no row where the account is locked: then nothing is to be
/// tried. Counting comes before trying, so that many tries at once are no more than one after the
/// other.
pub fn begin_try(id: &str, now: Timestamp, most: u64, locked_until: Timestamp) -> Statement {
    const SQL: &str = "UPDATE account SET failed = failed + 1, \
         locked_until = CASE WHEN failed + 1 >= $1 THEN CAST($2 AS BIGINT) ELSE NULL END \
         WHERE id = $3 AND closed_at IS NULL AND (locked_until IS NULL OR locked_until <= $4)";
    Statement::new(SQL, vec![most.into(), locked_until.into(), id.into(), now.into()])
}

/// Forgets the failures of an account and opens it.
pub fn clear_failures(id: &str) -> Statement {
    const SQL: &str = "UPDATE account SET failed = 0, locked_until = NULL WHERE id = $1";
    Statement::new(SQL, vec![id.into()])
}

/// Sets a password; the one before is remembered as a former one.
pub fn set_password(id: &str, password: &str, now: Timestamp, must_change: bool) -> Vec<Statement> {
    const KEEP: &str = "INSERT INTO former_password (account, set_at, password) \
         SELECT id, password_set_at, password FROM account WHERE id = $1 AND password IS NOT NULL \
         ON CONFLICT DO NOTHING";
    const SET: &str = "UPDATE account SET password = $1, password_set_at = $2, must_change = $3 \
         WHERE id = $4 AND closed_at IS NULL";
    let binds = vec![password.into(), now.into(), i64::from(must_change).into(), id.into()];
    vec![Statement::new(KEEP, vec![id.into()]), Statement::new(SET, binds)]
}

/// Puts a former password into the store.
pub fn put_former(id: &str, set_at: Timestamp, password: &str) -> Statement {
    const SQL: &str = "INSERT INTO former_password (account, set_at, password) VALUES ($1, $2, $3)";
    Statement::new(SQL, vec![id.into(), set_at.into(), password.into()])
}

/// Forgets the former passwords of an account that were set before a time.
pub fn forget_passwords(id: &str, before: Timestamp) -> Statement {
    const SQL: &str = "DELETE FROM former_password WHERE account = $1 AND set_at < $2";
    Statement::new(SQL, vec![id.into(), before.into()])
}

/// Puts a secret of the second factor in the place of the one before; it counts once confirmed.
/// It changes no row where one is confirmed already.
pub fn propose_totp(id: &str, sealed: &[u8]) -> Statement {
    const SQL: &str = "UPDATE account SET totp = $1, totp_step = 0 \
         WHERE id = $2 AND totp_confirmed = 0 AND closed_at IS NULL";
    Statement::new(SQL, vec![sealed.into(), id.into()])
}

/// Takes a code of the second factor: its time step must be later than the last one used. It
/// changes no row where it is not.
pub fn use_totp_step(id: &str, step: i64) -> Statement {
    const SQL: &str = "UPDATE account SET totp_step = $1, totp_confirmed = 1 \
         WHERE id = $2 AND totp_step < $1 AND totp IS NOT NULL";
    Statement::new(SQL, vec![step.into(), id.into()])
}

/// Takes the second factor of an account back: another is set up at the next log-in.
pub fn forget_totp(id: &str) -> Statement {
    const SQL: &str = "UPDATE account SET totp = NULL, totp_confirmed = 0 WHERE id = $1";
    Statement::new(SQL, vec![id.into()])
}
