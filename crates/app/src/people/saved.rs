//! Accounts in a backup. What is secret in them is there as it is in the store: hashed, or encrypted
//! under the master key, which is no part of a backup. Sessions and links are not there.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::Timestamp;
use serde::{Deserialize, Serialize};
use store::Db;
use store::account::{AccountRow, put, put_former};
use store::db::Statement;

/// An account as a line of a backup.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct AccountLine {
    id: String,
    login: String,
    name: String,
    sort: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    closed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    password_set_at: Option<i64>,
    must_change: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    totp: Option<String>,
    totp_confirmed: bool,
    totp_step: i64,
    failed: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    locked_until: Option<i64>,
    /// Former passwords and when each was set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    former: Vec<(i64, String)>,
}

/// The accounts of a store as lines.
pub(crate) async fn lines(db: &Db) -> Result<Vec<AccountLine>, store::Error> {
    let mut lines = Vec::new();
    for row in db.accounts().await? {
        let former = db.former_passwords(&row.id, u64::MAX >> 1).await?;
        lines.push(AccountLine {
            former: former.into_iter().map(|(set_at, hash)| (set_at.micros(), hash)).collect(),
            id: row.id,
            login: row.login,
            name: row.name,
            sort: row.sort,
            organization: row.organization,
            created_at: row.created_at.micros(),
            closed_at: row.closed_at.map(Timestamp::micros),
            password: row.password,
            password_set_at: row.password_set_at.map(Timestamp::micros),
            must_change: row.must_change,
            totp: row.totp.map(|sealed| STANDARD.encode(sealed)),
            totp_confirmed: row.totp_confirmed,
            totp_step: row.totp_step,
            failed: row.failed,
            locked_until: row.locked_until.map(Timestamp::micros),
        });
    }
    Ok(lines)
}

impl AccountLine {
    /// What puts the account into a store; none where the line does not read.
    pub(crate) fn statements(self) -> Option<Vec<Statement>> {
        let time = |micros: Option<i64>| micros.map(Timestamp::from_micros);
        let totp = match self.totp {
            Some(text) => Some(STANDARD.decode(text).ok()?),
            None => None,
        };
        let row = AccountRow {
            id: self.id,
            login: self.login,
            name: self.name,
            sort: self.sort,
            organization: self.organization,
            created_at: Timestamp::from_micros(self.created_at),
            closed_at: time(self.closed_at),
            password: self.password,
            password_set_at: time(self.password_set_at),
            must_change: self.must_change,
            totp,
            totp_confirmed: self.totp_confirmed,
            totp_step: self.totp_step,
            failed: self.failed,
            locked_until: time(self.locked_until),
        };
        let mut statements = vec![put(&row)];
        for (set_at, hash) in self.former {
            statements.push(put_former(&row.id, Timestamp::from_micros(set_at), &hash));
        }
        Some(statements)
    }
}
