//! The keys of persons, each encrypted under the master key, and what records speak of a person.

use model::Timestamp;

use crate::db::{Bind, Db, Statement};
use crate::entry::WrappedKey;
use crate::error::Error;
use crate::standing::among;

/// A person's key as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// The person and the key.
    pub key: WrappedKey,
    /// Whether nobody is to be shown what it opens.
    pub restricted: bool,
}

impl Db {
    /// The keys of some persons; persons without one are left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn person_keys(&self, persons: &[&str]) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT person, wrapped, restricted FROM person_key WHERE person IN";
        let mut found = Vec::new();
        for part in persons.chunks(512) {
            let values = part.iter().map(|person| Bind::from(*person)).collect();
            let Statement { sql, binds } = among(SQL, values);
            for mut row in self.query(&sql, binds).await? {
                let key = WrappedKey { person: row.take(0)?, wrapped: row.take(1)? };
                found.push(StoredKey { key, restricted: row.take::<i64>(2)? != 0 });
            }
        }
        Ok(found)
    }

    /// The key of a person.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn person_key(&self, person: &str) -> Result<Option<StoredKey>, Error> {
        const SQL: &str = "SELECT wrapped, restricted FROM person_key WHERE person = $1";
        let Some(mut row) = self.first(SQL, vec![person.into()]).await? else { return Ok(None) };
        let key = WrappedKey { person: person.to_owned(), wrapped: row.take(0)? };
        Ok(Some(StoredKey { key, restricted: row.take::<i64>(1)? != 0 }))
    }

    /// Keys in the order of the persons, behind one of them.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn person_keys_after(
        &self,
        person: &str,
        limit: usize,
    ) -> Result<Vec<StoredKey>, Error> {
        const SQL: &str = "SELECT person, wrapped, restricted FROM person_key WHERE person > $1 \
             ORDER BY person LIMIT $2";
        let rows = self.query(SQL, vec![person.into(), (limit as u64).into()]).await?;
        rows.into_iter()
            .map(|mut row| {
                let key = WrappedKey { person: row.take(0)?, wrapped: row.take(1)? };
                Ok(StoredKey { key, restricted: row.take::<i64>(2)? != 0 })
            })
            .collect()
    }

    /// Kind and time of every record that has a part of a person. It looks at all records.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn records_of_person(&self, person: &str) -> Result<Vec<(String, Timestamp)>, Error> {
        const SQL: &str = "SELECT r.kind, r.valid_at FROM personal_part p \
             JOIN record r ON r.position = p.position WHERE p.person = $1";
        let rows = self.query(SQL, vec![person.into()]).await?;
        rows.into_iter().map(|mut row| Ok((row.take(0)?, row.take(1)?))).collect()
    }
}

/// Puts a key into the store.
pub fn put(stored: &StoredKey) -> Statement {
    Statement::new(
        "INSERT INTO person_key (person, wrapped, restricted) VALUES ($1, $2, $3)",
        vec![
            stored.key.person.as_str().into(),
            stored.key.wrapped.as_slice().into(),
            i64::from(stored.restricted).into(),
        ],
    )
}

/// Shows nobody what a person's key opens.
pub fn restrict(person: &str) -> Statement {
    const SQL: &str = "UPDATE person_key SET restricted = 1 WHERE person = $1";
    Statement::new(SQL, vec![person.into()])
}

/// Destroys the key of a person, whichever it is.
pub fn destroy(person: &str) -> Statement {
    Statement::new("DELETE FROM person_key WHERE person = $1", vec![person.into()])
}

/// Destroys exactly this key: the person may have a new one by now.
pub fn destroy_exactly(key: &WrappedKey) -> Statement {
    const SQL: &str = "DELETE FROM person_key WHERE person = $1 AND wrapped = $2";
    Statement::new(SQL, vec![key.person.as_str().into(), key.wrapped.as_slice().into()])
}
