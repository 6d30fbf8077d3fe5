//! How a batch stands.

use model::RecordId;

use crate::db::Db;
use crate::error::Error;

/// What is known of a batch, or of a single record that was taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchRow {
    /// Records of the batch.
    pub records: u64,
    /// The position of its closing record.
    pub closed_at: Option<u64>,
    /// The position of the record that took it back.
    pub withdrawn_at: Option<u64>,
}

impl Db {
    /// What is known of a batch; nothing but zeros where there is none.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn batch(&self, batch: RecordId) -> Result<BatchRow, Error> {
        const SQL: &str = "SELECT (SELECT COUNT(*) FROM record WHERE batch = $1), \
             (SELECT position FROM batch_closed WHERE batch = $1), \
             (SELECT position FROM withdrawn WHERE target = $1)";
        let Some(mut row) = self.first(SQL, vec![batch.into()]).await? else {
            return Ok(BatchRow::default());
        };
        Ok(BatchRow { records: row.take(0)?, closed_at: row.take(1)?, withdrawn_at: row.take(2)? })
    }
}
