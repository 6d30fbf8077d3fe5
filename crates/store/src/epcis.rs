//! Named questions about events, those who are told of what answers them, and what records bring.

use model::{RecordId, Timestamp};

use crate::db::{Db, Row, Statement};
use crate::error::Error;
use crate::job::Asker;
use crate::reader::Reader;

/// A named question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRow {
    /// Whose it is.
    pub on_behalf_of: String,
    /// Its name, one of its owner's.
    pub name: String,
    /// What it asks, as JSON.
    pub definition: String,
    /// The account that made it.
    pub account: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubscriptionRow {
    /// Its id.
    pub id: RecordId,
    /// The question, of whom it is for.
    pub query: String,
    /// Who asked, by what right.
    pub asker: Asker,
    /// Where to and when, as JSON.
    pub definition: String,
    /// What deliveries are signed with, encrypted.
    pub secret: Vec<u8>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// All that the first so many records say was told.
    pub known: u64,
    /// Of what the next record brings, what lies before this position.
    pub position: u64,
    /// When something was last told.
    pub notified_at: Option<Timestamp>,
}

const QUERY: &str = "SELECT on_behalf_of, name, definition, account, created_at FROM epcis_query";
const SUBSCRIPTION: &str = "SELECT id, query, account, on_behalf_of, office, role_grant, \
     definition, secret, created_at, known, position, notified_at FROM epcis_subscription";

/// Names a question; changes no row where the name is taken.
pub fn put_query(query: &QueryRow) -> Statement {
    Statement::new(
        "INSERT INTO epcis_query (on_behalf_of, name, definition, account, created_at) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING",
        vec![
            query.on_behalf_of.as_str().into(),
            query.name.as_str().into(),
            query.definition.as_str().into(),
            query.account.as_str().into(),
            query.created_at.into(),
        ],
    )
}

/// Forgets a question with its subscriptions.
pub fn drop_query(on_behalf_of: &str, name: &str) -> Vec<Statement> {
    let binds = || vec![on_behalf_of.into(), name.into()];
    vec![
        Statement::new(
            "DELETE FROM epcis_subscription WHERE on_behalf_of = $1 AND query = $2",
            binds(),
        ),
        Statement::new("DELETE FROM epcis_query WHERE on_behalf_of = $1 AND name = $2", binds()),
    ]
}

/// Adds a subscription.
pub fn put_subscription(row: &SubscriptionRow) -> Statement {
    let [account, on_behalf_of, office, grant] = row.asker.binds();
    Statement::new(
        "INSERT INTO epcis_subscription (id, query, account, on_behalf_of, office, role_grant, \
         definition, secret, created_at, known, position, notified_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        vec![
            row.id.into(),
            row.query.as_str().into(),
            account,
            on_behalf_of,
            office,
            grant,
            row.definition.as_str().into(),
            row.secret.as_slice().into(),
            row.created_at.into(),
            row.known.into(),
            row.position.into(),
            row.notified_at.into(),
        ],
    )
}

/// Ends a subscription.
pub fn drop_subscription(on_behalf_of: &str, id: RecordId) -> Statement {
    const SQL: &str = "DELETE FROM epcis_subscription WHERE on_behalf_of = $1 AND id = $2";
    Statement::new(SQL, vec![on_behalf_of.into(), id.into()])
}

/// Notes how far somebody was told; with a time, that something was told then.
pub fn told(id: RecordId, known: u64, position: u64, at: Option<Timestamp>) -> Statement {
    const SQL: &str = "UPDATE epcis_subscription SET known = $1, position = $2, \
         notified_at = COALESCE($3, notified_at) WHERE id = $4";
    let at = at.map(Timestamp::micros);
    Statement::new(SQL, vec![known.into(), position.into(), at.into(), id.into()])
}

impl Db {
    /// A named question of somebody.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn epcis_query(&self, of: &str, name: &str) -> Result<Option<QueryRow>, Error> {
        let sql = format!("{QUERY} WHERE on_behalf_of = $1 AND name = $2");
        self.first(&sql, vec![of.into(), name.into()]).await?.map(query).transpose()
    }

    /// The named questions of somebody, in the order of their names, behind one.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn epcis_queries(
        &self,
        of: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<QueryRow>, Error> {
        let sql = format!("{QUERY} WHERE on_behalf_of = $1 AND name > $2 ORDER BY name LIMIT $3");
        let binds = vec![of.into(), after.into(), (limit as u64).into()];
        self.query(&sql, binds).await?.into_iter().map(query).collect()
    }

    /// A subscription of somebody.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn epcis_subscription(
        &self,
        of: &str,
        id: RecordId,
    ) -> Result<Option<SubscriptionRow>, Error> {
        let sql = format!("{SUBSCRIPTION} WHERE on_behalf_of = $1 AND id = $2");
        self.first(&sql, vec![of.into(), id.into()]).await?.map(subscription).transpose()
    }

    /// The subscriptions to a question of somebody, in the order of their ids, behind one.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn epcis_subscriptions(
        &self,
        of: &str,
        query: &str,
        after: &str,
        limit: usize,
    ) -> Result<Vec<SubscriptionRow>, Error> {
        let sql = format!(
            "{SUBSCRIPTION} WHERE on_behalf_of = $1 AND query = $2 AND id > $3 ORDER BY id LIMIT $4"
        );
        let binds = vec![of.into(), query.into(), after.into(), (limit as u64).into()];
        self.query(&sql, binds).await?.into_iter().map(subscription).collect()
    }

    /// All subscriptions with the definitions of their questions.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn all_epcis_subscriptions(&self) -> Result<Vec<(SubscriptionRow, String)>, Error> {
        let sql = "SELECT s.id, s.query, s.account, s.on_behalf_of, s.office, s.role_grant, \
             s.definition, s.secret, s.created_at, s.known, s.position, s.notified_at, \
             q.definition FROM epcis_subscription s JOIN epcis_query q \
             ON q.on_behalf_of = s.on_behalf_of AND q.name = s.query ORDER BY s.id";
        let rows = self.query(sql, vec![]).await?;
        rows.into_iter()
            .map(|mut row| {
                let definition = row.take(12)?;
                Ok((subscription(row)?, definition))
            })
            .collect()
    }
}

/// What a record brings to who follows events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Brings {
    /// An event that counts from its own record on.
    Event,
    /// All events of a batch begin to count.
    Batch(RecordId),
}

impl Reader {
    /// Which of the records from a position on bring events of a kind, and the position behind the last
    /// that was looked at.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn brings(
        &self,
        kind: &str,
        from: u64,
        limit: usize,
    ) -> Result<(Vec<(u64, Brings)>, u64), Error> {
        let sql = "SELECT position, kind, batch, closes FROM record WHERE position >= $1 \
             ORDER BY position LIMIT $2";
        let rows = self.db().query(sql, vec![from.into(), (limit as u64).into()]).await?;
        let (mut found, mut behind) = (Vec::new(), from);
        for mut row in rows {
            let position: u64 = row.take(0)?;
            behind = position + 1;
            let (of, batch): (String, Option<RecordId>) = (row.take(1)?, row.take(2)?);
            if let Some(closed) = row.take::<Option<RecordId>>(3)? {
                found.push((position, Brings::Batch(closed)));
            } else if of == kind && batch.is_none() {
                found.push((position, Brings::Event));
            }
        }
        Ok((found, behind))
    }
}

fn query(mut row: Row) -> Result<QueryRow, Error> {
    Ok(QueryRow {
        on_behalf_of: row.take(0)?,
        name: row.take(1)?,
        definition: row.take(2)?,
        account: row.take(3)?,
        created_at: row.take(4)?,
    })
}

fn subscription(mut row: Row) -> Result<SubscriptionRow, Error> {
    Ok(SubscriptionRow {
        id: row.take(0)?,
        query: row.take(1)?,
        asker: Asker::of(&mut row, 2)?,
        definition: row.take(6)?,
        secret: row.take(7)?,
        created_at: row.take(8)?,
        known: row.take(9)?,
        position: row.take(10)?,
        notified_at: row.take(11)?,
    })
}
