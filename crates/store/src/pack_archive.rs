//! The packs that were in force, whole: what the law was by which something was decided is never gone.

use model::Timestamp;

use crate::db::{Db, Statement};
use crate::error::Error;

/// A pack as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackRow {
    /// The digest of the pack.
    pub digest: String,
    /// When it was put here.
    pub stored_at: Timestamp,
    /// Its files, packed.
    pub files: Vec<u8>,
}

impl Db {
    /// The pack with a digest.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn archived_pack(&self, digest: &str) -> Result<Option<PackRow>, Error> {
        const SQL: &str = "SELECT digest, stored_at, files FROM pack_archive WHERE digest = $1";
        let row = self.first(SQL, vec![digest.into()]).await?;
        row.map(|mut row| {
            Ok(PackRow { digest: row.take(0)?, stored_at: row.take(1)?, files: row.take(2)? })
        })
        .transpose()
    }

    /// The digests of all packs that are kept, the newest first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn archived_packs(&self) -> Result<Vec<String>, Error> {
        const SQL: &str = "SELECT digest FROM pack_archive ORDER BY stored_at DESC, digest";
        self.query(SQL, vec![]).await?.into_iter().map(|mut row| row.take(0)).collect()
    }
}

/// Keeps a pack; one that is kept already stays as it is.
pub fn put(row: &PackRow) -> Statement {
    Statement::new(
        "INSERT INTO pack_archive (digest, stored_at, files) VALUES ($1, $2, $3) \
         ON CONFLICT (digest) DO NOTHING",
        vec![row.digest.as_str().into(), row.stored_at.into(), row.files.as_slice().into()],
    )
}
