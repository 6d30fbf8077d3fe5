//! Forms of steps that were broken off: kept for who filled them in, sealed under the master key, for
//! a week. They are no records: backups leave them out, and nobody else is shown them.

use model::Timestamp;
use store::form_draft::{FormDraft, forget, put, tidy};

use crate::door::Principal;
use crate::fault::Rejection;
use crate::keys::random;
use crate::system::System;

/// How long a form is kept, in µs.
const KEPT: i64 = 7 * 86_400 * 1_000_000;
/// Forms of one account that are kept.
const MOST: u64 = 50;

/// A form that was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptForm {
    /// The fields and what stood in them.
    pub fields: Vec<(String, String)>,
    /// When it was kept.
    pub saved_at: Timestamp,
}

fn about(account: &str, place: &str) -> Vec<u8> {
    format!("form draft\0{account}\0{place}").into_bytes()
}

impl System {
    /// The form that somebody has at a place, such as a step of a case; none where nothing is kept.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn kept_form(
        &self,
        who: &Principal,
        place: &str,
    ) -> Result<Option<KeptForm>, Rejection> {
        let found = self.reader().db().form_draft(&who.account, place).await?;
        let Some(draft) = found else { return Ok(None) };
        let oldest = self.clock().now().micros().saturating_sub(KEPT);
        if draft.saved_at.micros() < oldest {
            return Ok(None);
        }
        let plain = self.keys().master().open(&draft.sealed, &about(&who.account, place));
        let fields = plain.ok().and_then(|plain| serde_json::from_slice(&plain).ok());
        let fields = fields.ok_or_else(|| store::Error::Damaged {
            what: format!("the form that {} has at {place}", who.account),
        })?;
        Ok(Some(KeptForm { fields, saved_at: draft.saved_at }))
    }

    /// Keeps a form for somebody, in place of what was kept of it before.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn keep_form(
        &self,
        who: &Principal,
        place: &str,
        fields: &[(String, String)],
    ) -> Result<Timestamp, Rejection> {
        let plain = serde_json::to_vec(fields).unwrap_or_default();
        let now = self.clock().now();
        let sealed = self.keys().master().seal(random(), &plain, &about(&who.account, place));
        let draft = FormDraft { sealed, saved_at: now };
        let mut statements = vec![put(&who.account, place, &draft)];
        let oldest = Timestamp::from_micros(now.micros().saturating_sub(KEPT));
        statements.extend(tidy(&who.account, oldest, MOST));
        self.writer().write(statements).await?;
        Ok(now)
    }

    /// Forgets a form: it was sent off.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn forget_form(&self, who: &Principal, place: &str) -> Result<(), Rejection> {
        self.writer().write(vec![forget(&who.account, place)]).await?;
        Ok(())
    }
}
