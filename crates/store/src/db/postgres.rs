//! Questions to PostgreSQL over a few shared connections.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use bytes::BytesMut;
use futures_util::future::try_join_all;
use tokio::sync::Mutex;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, NoTls};

use super::value::{Bind, Cell, Row, Statement};
use crate::dialect::Dialect;
use crate::error::Error;

/// Connections that share the questions; each answers many at once, in order.
const CONNECTIONS: usize = 4;
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements kept on a connection; more are filters that come once.
const PREPARED: usize = 500;

pub(crate) struct Pool {
    url: String,
    slots: [Mutex<Option<Arc<Connected>>>; CONNECTIONS],
    next: AtomicUsize,
}

/// A connection and the statements it has prepared.
pub(crate) struct Connected {
    pub(crate) client: Client,
    prepared: RwLock<HashMap<String, tokio_postgres::Statement>>,
}

impl Pool {
    pub(crate) fn new(url: &str) -> Self {
        let slots = std::array::from_fn(|_| Mutex::new(None));
        Self { url: url.to_owned(), slots, next: AtomicUsize::new(0) }
    }

    /// One of the connections, made anew where it is lost.
    pub(crate) async fn client(&self) -> Result<Arc<Connected>, Error> {
        let number = self.next.fetch_add(1, Ordering::Relaxed) % CONNECTIONS;
        let Some(slot) = self.slots.get(number) else {
            return Err(Error::Unavailable { reason: "no connection".to_owned() });
        };
        let mut slot = slot.lock().await;
        if let Some(connected) = slot.as_ref().filter(|c| !c.client.is_closed()) {
            return Ok(Arc::clone(connected));
        }
        let connected = Arc::new(Connected::new(connect(&self.url).await?));
        *slot = Some(Arc::clone(&connected));
        Ok(connected)
    }

    pub(crate) async fn query(&self, sql: &str, binds: &[Bind]) -> Result<Vec<Row>, Error> {
        self.client().await?.query(sql, binds).await
    }

    /// Asks several questions at once on one connection, which answers them in their order.
    pub(crate) async fn query_all(&self, questions: &[Statement]) -> Result<Vec<Vec<Row>>, Error> {
        let connected = self.client().await?;
        // First, so that a text that comes often is prepared once.
        for question in questions {
            connected.prepared(&question.sql).await?;
        }
        let asked = questions.iter().map(|one| connected.query(&one.sql, &one.binds));
        try_join_all(asked).await
    }

    /// Runs statements in one transaction, on a connection of its own.
    pub(crate) async fn write(&self, statements: &[Statement]) -> Result<u64, Error> {
        let mut client = connect(&self.url).await?;
        let transaction = client.transaction().await?;
        let mut changed = 0;
        for Statement { sql, binds } in statements {
            changed += transaction.execute(sql.as_ref(), &sql_values(binds)).await?;
        }
        transaction.commit().await?;
        Ok(changed)
    }
}

impl Connected {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, prepared: RwLock::default() }
    }

    /// The statement of a text, prepared once on this connection.
    pub(crate) async fn prepared(&self, sql: &str) -> Result<tokio_postgres::Statement, Error> {
        let known = self.prepared.read().unwrap_or_else(PoisonError::into_inner).get(sql).cloned();
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(&Dialect::Postgres.sql(sql)).await?;
        let mut prepared = self.prepared.write().unwrap_or_else(PoisonError::into_inner);
        if prepared.len() >= PREPARED {
            prepared.clear();
        }
        prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    pub(crate) async fn query(&self, sql: &str, binds: &[Bind]) -> Result<Vec<Row>, Error> {
        let statement = self.prepared(sql).await?;
        let rows = self.client.query(&statement, &sql_values(binds)).await?;
        rows.iter().map(row).collect()
    }
}

async fn connect(url: &str) -> Result<Client, Error> {
    let connecting = tokio::time::timeout(PATIENCE, tokio_postgres::connect(url, NoTls)).await;
    let (client, connection) = connecting
        .map_err(|_| Error::Unavailable { reason: "no answer within ten seconds".to_owned() })??;
    tokio::spawn(connection);
    Ok(client)
}

/// The values of a statement as the driver takes them.
pub(crate) fn sql_values(binds: &[Bind]) -> Vec<&(dyn ToSql + Sync)> {
    binds.iter().map(|bind| bind as &(dyn ToSql + Sync)).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, Error> {
    let mut cells = Vec::with_capacity(row.len());
    for (at, column) in row.columns().iter().enumerate() {
        let kind = column.type_();
        let cell: Cell = match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(at)?.into(),
            Type::INT4 => row.try_get::<_, Option<i32>>(at)?.map(i64::from).into(),
            Type::INT2 => row.try_get::<_, Option<i16>>(at)?.map(i64::from).into(),
            Type::BOOL => row.try_get::<_, Option<bool>>(at)?.map(i64::from).into(),
            Type::TEXT | Type::VARCHAR | Type::NAME => row.try_get::<_, Option<String>>(at)?.into(),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(at)?.into(),
            _ => return Err(Error::damaged(format!("a column of the type {kind}"))),
        };
        cells.push(cell);
    }
    Ok(Row(cells))
}

impl ToSql for Bind {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) => match *ty {
                Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
                Type::INT4 => i32::try_from(*number)?.to_sql(ty, out),
                _ => number.to_sql(ty, out),
            },
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
