//! The readings in a PostgreSQL schema of their own.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::fmt::Write;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use tokio_postgres::binary_copy::BinaryCopyInWriter;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, NoTls, Transaction};

use super::case::{self, CaseChange, Derive};
use super::plan::{FORMAT, Holds, Plan};
use super::rows::{Rows, Scalar, event_values, rows};
use super::target::{BEGIN_EMPTY, Chunk, MOVE, STATE, State};
use crate::dialect::Dialect;
use crate::error::Error;

const PATIENCE: Duration = Duration::from_secs(10);
/// Fewer records than this are asked for quickly in any way.
const FEW: i64 = 1024;
/// What makes every name mean a table of the readings.
const INSIDE: &str = "-c search_path=readings";

/// The address of the readings in the database at an address.
pub(super) fn inside(url: &str) -> Result<String, Error> {
    let config: Config = url.parse().map_err(|e: tokio_postgres::Error| Error::Address {
        address: "the PostgreSQL address".to_owned(),
        reason: e.to_string(),
    })?;
    let options = match config.get_options() {
        Some(own) => format!("{own} {INSIDE}"),
        None => INSIDE.to_owned(),
    };
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        let escaped = options.replace('\\', "\\\\").replace('\'', "\\'");
        return Ok(format!("{url} options='{escaped}'"));
    }
    let mut inside = url.to_owned();
    inside.push_str(if url.contains('?') { "&options=" } else { "?options=" });
    for byte in options.bytes() {
        if byte.is_ascii_alphanumeric() {
            inside.push(byte.into());
        } else {
            let _ = write!(inside, "%{byte:02X}");
        }
    }
    Ok(inside)
}

pub(super) struct PostgresTarget {
    url: String,
    plan: Arc<Plan>,
    client: Client,
}

impl PostgresTarget {
    pub(super) async fn open(url: &str, plan: &Arc<Plan>) -> Result<Self, Error> {
        let url = inside(url)?;
        let client = connect(&url).await?;
        let mut target = Self { url, plan: Arc::clone(plan), client };
        target.make(false).await?;
        Ok(target)
    }

    pub(super) async fn reconnect(&mut self) -> Result<(), Error> {
        self.client = connect(&self.url).await?;
        Ok(())
    }

    async fn client(&mut self) -> Result<&mut Client, Error> {
        if self.client.is_closed() {
            self.client = connect(&self.url).await?;
        }
        Ok(&mut self.client)
    }

    pub(super) async fn state(&mut self) -> Result<State, Error> {
        let row = self.client().await?.query_one(STATE, &[]).await?;
        let merged: i64 = row.try_get(2)?;
        Ok(State {
            format: row.try_get(0)?,
            plan: row.try_get(1)?,
            merged: merged.unsigned_abs(),
            last_id: row.try_get(3)?,
        })
    }

    pub(super) async fn reset(&mut self) -> Result<(), Error> {
        self.make(true).await
    }

    /// Makes the tables where they are missing or of another plan, or anew in any case.
    async fn make(&mut self, is_anew: bool) -> Result<(), Error> {
        let plan = Arc::clone(&self.plan);
        let transaction = self.client().await?.transaction().await?;
        // Two programs that start at once make the tables one after the other.
        transaction.batch_execute("SELECT pg_advisory_xact_lock(7245022)").await?;
        let is_there = "SELECT to_regclass('readings.watermark') IS NOT NULL";
        if !is_anew && transaction.query_one(is_there, &[]).await?.try_get(0)? {
            // Every format has these two columns.
            let of = transaction.query_opt("SELECT format, plan FROM watermark", &[]).await?;
            let of =
                of.map(|row| Ok::<_, Error>((row.try_get(0)?, row.try_get(1)?))).transpose()?;
            if of.is_some_and(|of: (i64, String)| of == (FORMAT, plan.digest().to_owned())) {
                return Ok(());
            }
        }
        transaction
            .batch_execute("DROP SCHEMA IF EXISTS readings CASCADE; CREATE SCHEMA readings")
            .await?;
        transaction.batch_execute(&plan.tables(Dialect::Postgres)).await?;
        transaction.execute(BEGIN_EMPTY, &[&FORMAT, &plan.digest()]).await?;
        transaction.commit().await?;
        Ok(())
    }

    pub(super) async fn merge(&mut self, chunk: Chunk, derive: Arc<Derive>) -> Result<bool, Error> {
        let plan = Arc::clone(&self.plan);
        let transaction = self.client().await?.transaction().await?;
        let (from, to) = (chunk.from as i64, chunk.to as i64);
        let state: [&(dyn ToSql + Sync); 5] = [&to, &chunk.last_id, &from, &plan.digest(), &FORMAT];
        if transaction.execute(MOVE, &state).await? == 0 {
            return Ok(false);
        }
        let anew: Vec<i64> = chunk.effects.anew.iter().map(|position| *position as i64).collect();
        if !anew.is_empty() {
            let gone = "DELETE FROM effect WHERE position = ANY($1)";
            transaction.execute(gone, &[&anew]).await?;
        }
        let into =
            "COPY effect (position, from_position, until_position) FROM STDIN (FORMAT binary)";
        let sink = transaction.copy_in(into).await?;
        let mut copy = pin!(BinaryCopyInWriter::new(sink, &[Type::INT8, Type::INT8, Type::INT8]));
        for interval in &chunk.effects.intervals {
            copy.as_mut().write_raw(interval.iter()).await?;
        }
        copy.finish().await?;
        let (fields, values): (Vec<&str>, Vec<&str>) =
            event_values(&chunk.records).into_iter().unzip();
        if !fields.is_empty() {
            let sql = "INSERT INTO event_value (field, value) \
                 SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT DO NOTHING";
            transaction.execute(sql, &[&fields, &values]).await?;
        }
        for rows in rows(&plan, &chunk.records) {
            insert(&transaction, &rows).await?;
        }
        merge_cases(&transaction, chunk.cases, derive).await?;
        // Without statistics the server reads whole tables for a page; its own round may come late.
        if to >= FEW && from.max(1).ilog2() != to.ilog2() {
            for (table, _) in plan.all_tables() {
                transaction.batch_execute(&format!("ANALYZE \"{table}\"")).await?;
            }
        }
        transaction.commit().await?;
        Ok(true)
    }
}

/// Puts the rows of cases of which something changed in the place of those that were there.
async fn merge_cases(
    transaction: &Transaction<'_>,
    changes: Vec<CaseChange>,
    derive: Arc<Derive>,
) -> Result<(), Error> {
    if changes.is_empty() {
        return Ok(());
    }
    let mut cases: Vec<i64> = changes.iter().map(|change| change.case as i64).collect();
    cases.dedup();
    let mut old = HashMap::new();
    for row in transaction.query(&format!("{} = ANY($1)", case::OLD), &[&cases]).await? {
        let position: i64 = row.try_get(0)?;
        old.insert(position.unsigned_abs(), (row.try_get(1)?, row.try_get(2)?));
    }
    if !old.is_empty() {
        for (table, column) in case::TABLES {
            let gone = format!("DELETE FROM {table} WHERE {column} = ANY($1)");
            transaction.execute(&gone, &[&cases]).await?;
        }
    }
    let deriving = tokio::task::spawn_blocking(move || case::merged(&changes, &old, &*derive));
    let rows = deriving.await.map_err(|e| Error::Unavailable { reason: e.to_string() })?;
    for rows in rows {
        insert(transaction, &rows).await?;
    }
    Ok(())
}

async fn connect(url: &str) -> Result<Client, Error> {
    let connecting = tokio::time::timeout(PATIENCE, tokio_postgres::connect(url, NoTls)).await;
    let (client, connection) = connecting
        .map_err(|_| Error::Unavailable { reason: "no answer within ten seconds".to_owned() })??;
    tokio::spawn(connection);
    // What a power cut takes is merged again.
    client.batch_execute("SET synchronous_commit = off; SET lock_timeout = '10s'").await?;
    Ok(client)
}

async fn insert(transaction: &Transaction<'_>, rows: &Rows<'_>) -> Result<(), Error> {
    if rows.cells.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = rows.columns.iter().map(|c| format!("\"{}\"", c.name)).collect();
    let types: Vec<Type> = rows
        .columns
        .iter()
        .map(|column| match column.holds {
            Holds::Integer => Type::INT8,
            Holds::Flag => Type::INT2,
            Holds::Text => Type::TEXT,
            Holds::Bytes => Type::BYTEA,
        })
        .collect();
    let into = format!("COPY \"{}\" ({}) FROM STDIN (FORMAT binary)", rows.table, names.join(", "));
    let mut copy = pin!(BinaryCopyInWriter::new(transaction.copy_in(&into).await?, &types));
    for row in rows.cells.chunks(names.len()) {
        copy.as_mut().write_raw(row.iter()).await?;
    }
    copy.finish().await?;
    Ok(())
}

impl ToSql for Scalar<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn StdError + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(number) if *ty == Type::INT2 => i16::try_from(*number)?.to_sql(ty, out),
            Self::Integer(number) => number.to_sql(ty, out),
            Self::Text(text) => text.to_sql(ty, out),
            Self::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

#[cfg(test)]
mod tests {
    use tokio_postgres::Config;

    use super::inside;

    #[test]
    fn every_form_of_address_leads_inside() {
        for (url, options) in [
            ("postgres://u@h/d", "-c search_path=readings"),
            ("postgresql://u@h:5432/d?connect_timeout=5", "-c search_path=readings"),
            ("host=/run/x dbname=d", "-c search_path=readings"),
            ("postgres://u@h/d?options=-c%20a%3Db", "-c a=b -c search_path=readings"),
            ("host=h options='-c a=\\'b'", "-c a='b -c search_path=readings"),
        ] {
            let config: Config = inside(url).unwrap().parse().unwrap();
            assert_eq!(config.get_options(), Some(options), "{url}");
            assert_eq!(config.get_dbname(), url.parse::<Config>().unwrap().get_dbname());
        }
        assert!(inside("postgres://u@h:x/d").is_err());
    }
}
