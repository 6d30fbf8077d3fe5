//! Forms that were not sent off yet: what somebody had filled in, sealed, so that it is there again.

use model::Timestamp;

use crate::db::{Bind, Db, Statement};
use crate::error::Error;

/// A form that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormDraft {
    /// What was filled in, sealed.
    pub sealed: Vec<u8>,
    /// When it was kept.
    pub saved_at: Timestamp,
}

impl Db {
    /// The form that an account has at a place.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn form_draft(&self, account: &str, place: &str) -> Result<Option<FormDraft>, Error> {
        const SQL: &str =
            "SELECT sealed, saved_at FROM form_draft WHERE account = $1 AND place = $2";
        let row = self.first(SQL, vec![account.into(), place.into()]).await?;
        let Some(mut row) = row else { return Ok(None) };
        Ok(Some(FormDraft { sealed: row.take(0)?, saved_at: row.take(1)? }))
    }
}

/// Keeps a form, in place of what was kept of it before.
pub fn put(account: &str, place: &str, draft: &FormDraft) -> Statement {
    const SQL: &str = "INSERT INTO form_draft (account, place, sealed, saved_at) \
         VALUES ($1, $2, $3, $4) ON CONFLICT (account, place) \
         DO UPDATE SET sealed = excluded.sealed, saved_at = excluded.saved_at";
    let binds: Vec<Bind> =
        vec![account.into(), place.into(), draft.sealed.as_slice().into(), draft.saved_at.into()];
    Statement::new(SQL, binds)
}

/// Forgets a form.
pub fn forget(account: &str, place: &str) -> Statement {
    const SQL: &str = "DELETE FROM form_draft WHERE account = $1 AND place = $2";
    Statement::new(SQL, vec![account.into(), place.into()])
}

/// Forgets what was kept before a time, and of an account all but the newest so many.
pub fn tidy(account: &str, before: Timestamp, most: u64) -> Vec<Statement> {
    const OLD: &str = "DELETE FROM form_draft WHERE saved_at < $1";
    const MANY: &str = "DELETE FROM form_draft WHERE account = $1 AND place NOT IN \
         (SELECT place FROM form_draft WHERE account = $1 ORDER BY saved_at DESC, place LIMIT $2)";
    vec![
        Statement::new(OLD, vec![before.into()]),
        Statement::new(MANY, vec![account.into(), most.into()]),
    ]
}
