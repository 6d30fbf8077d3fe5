//! PostgreSQL through tokio-postgres: one statement a table and group, with arrays.

use std::time::Duration;

use model::{Digest, RecordId};
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Statement};

use crate::db::sql_values;
use crate::dialect::Dialect;
use crate::error::Error;
use crate::schema;
use crate::sqlite::{holder, joined, place, split_keys};
use crate::writer::decide::Changes;
use crate::writer::{Engine, Known, Target, Wanted, sql};

const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) struct PostgresEngine {
    url: String,
    runtime: Runtime,
    session: Option<Session>,
    epoch: i64,
}

/// A connection with its statements.
struct Session {
    client: Client,
    state: Statement,
    by_id: Statement,
    by_key: Statement,
    closed: Statement,
    withdrawn: Statement,
    close: Statement,
    withdraw: Statement,
    new_key: Statement,
    record: Statement,
    record_id: Statement,
    personal: Statement,
    corrected: Statement,
    freed: Statement,
    held: Statement,
    size: Statement,
}

impl PostgresEngine {
    pub(crate) fn open(url: &str) -> Result<Self, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|e| Error::Unavailable { reason: e.to_string() })?;
        let (client, epoch) = runtime.block_on(async {
            let mut client = connect(url, &runtime).await?;
            let epoch = migrate(&mut client).await?;
            Ok::<_, Error>((client, epoch))
        })?;
        let session = runtime.block_on(Session::new(client))?;
        Ok(Self { url: url.to_owned(), runtime, session: Some(session), epoch })
    }
}

async fn connect(url: &str, runtime: &Runtime) -> Result<Client, Error> {
    let connecting = tokio::time::timeout(PATIENCE, tokio_postgres::connect(url, NoTls)).await;
    let (client, connection) = connecting
        .map_err(|_| Error::Unavailable { reason: "no answer within ten seconds".to_owned() })??;
    runtime.spawn(connection);
    // What is acknowledged is on the disk, whatever the server's default.
    client.batch_execute("SET synchronous_commit = on; SET lock_timeout = '10s'").await?;
    Ok(client)
}

/// Makes missing tables and takes over from any writer before.
async fn migrate(client: &mut Client) -> Result<i64, Error> {
    let transaction = client.transaction().await?;
    // Two programs that start at once make the tables one after the other.
    transaction.batch_execute("SELECT pg_advisory_xact_lock(7245021)").await?;
    let found = transaction.query_one("SELECT to_regclass('store_state') IS NOT NULL", &[]).await?;
    let version: i64 = if found.try_get(0)? {
        transaction.query_one("SELECT version FROM store_state", &[]).await?.try_get(0)?
    } else {
        0
    };
    if version > schema::VERSION {
        return Err(Error::Newer { found: version, known: schema::VERSION });
    }
    transaction.batch_execute(&schema::steps_from(version, Dialect::Postgres)).await?;
    let row = transaction
        .query_one(
            "UPDATE store_state SET version = $1, epoch = epoch + 1 RETURNING epoch",
            &[&schema::VERSION],
        )
        .await?;
    let epoch = row.try_get(0)?;
    transaction.commit().await?;
    Ok(epoch)
}

impl Session {
    async fn new(client: Client) -> Result<Self, Error> {
        let prepare = |text: &'static str| client.prepare(text);
        Ok(Self {
            state: prepare("SELECT epoch, size FROM store_state FOR UPDATE").await?,
            by_id: prepare(
                "SELECT r.id, r.position, r.kind, r.batch, r.content, r.unique_keys, \
                 c.corrected_by, n.id, n.batch \
                 FROM record_id i JOIN record r ON r.position = i.position \
                 LEFT JOIN corrected c ON c.position = r.position \
                 LEFT JOIN record n ON n.position = c.corrected_by WHERE i.id = ANY($1)",
            )
            .await?,
            by_key: prepare(
                "SELECT k.unique_key, k.position, r.id, r.batch FROM unique_key k \
                 JOIN record r ON r.position = k.position WHERE k.unique_key = ANY($1)",
            )
            .await?,
            closed: prepare("SELECT batch FROM batch_closed WHERE batch = ANY($1)").await?,
            withdrawn: prepare("SELECT target FROM withdrawn WHERE target = ANY($1)").await?,
            close: prepare(sql::CLOSE).await?,
            withdraw: prepare(sql::WITHDRAW).await?,
            new_key: prepare(
                "INSERT INTO person_key (person, wrapped) \
                 SELECT * FROM unnest($1::TEXT[], $2::BYTEA[]) ON CONFLICT (person) DO NOTHING",
            )
            .await?,
            record: prepare(
                "INSERT INTO record (position, id, kind, valid_at, recorded_at, class, batch, \
                 corrects, withdraws, closes, content, unique_keys, envelope, open_part, nonce, \
                 leaf) SELECT * FROM unnest($1::BIGINT[], $2::TEXT[], $3::TEXT[], $4::BIGINT[], \
                 $5::BIGINT[], $6::TEXT[], $7::TEXT[], $8::TEXT[], $9::TEXT[], $10::TEXT[], \
                 $11::BYTEA[], $12::BYTEA[], $13::BYTEA[], $14::BYTEA[], $15::BYTEA[], $16::BYTEA[])",
            )
            .await?,
            record_id: prepare(
                "INSERT INTO record_id (id, position) SELECT * FROM unnest($1::TEXT[], $2::BIGINT[])",
            )
            .await?,
            personal: prepare(
                "INSERT INTO personal_part (position, place, person, sealed) \
                 SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[], $3::TEXT[], $4::BYTEA[])",
            )
            .await?,
            corrected: prepare(
                "INSERT INTO corrected (position, corrected_by) \
                 SELECT * FROM unnest($1::BIGINT[], $2::BIGINT[])",
            )
            .await?,
            freed: prepare("DELETE FROM unique_key WHERE unique_key = ANY($1)").await?,
            held: prepare(
                "INSERT INTO unique_key (unique_key, position) \
                 SELECT * FROM unnest($1::BYTEA[], $2::BIGINT[]) \
                 ON CONFLICT (unique_key) DO UPDATE SET position = excluded.position",
            )
            .await?,
            size: prepare("UPDATE store_state SET size = size + $1").await?,
            client,
        })
    }

    async fn look_up(&self, wanted: &Wanted) -> Result<Known, Error> {
        let mut known = Known::default();
        let ids: Vec<String> = wanted.ids.iter().map(ToString::to_string).collect();
        let keys: Vec<&[u8]> = wanted.keys.iter().map(|key| &key.as_bytes()[..]).collect();
        // Both questions go out at once.
        let by_id_parameters: [&(dyn ToSql + Sync); 1] = [&ids];
        let by_key_parameters: [&(dyn ToSql + Sync); 1] = [&keys];
        let (by_id, by_key) = tokio::try_join!(
            self.client.query(&self.by_id, &by_id_parameters),
            self.client.query(&self.by_key, &by_key_parameters)
        )?;
        for row in by_id {
            let id: &str = row.try_get(0)?;
            let position: i64 = row.try_get(1)?;
            let id = place(position, id)?.id;
            let by = row.try_get::<_, Option<i64>>(6)?.zip(row.try_get::<_, Option<String>>(7)?);
            let by = by.map(|(at, id)| Ok::<_, Error>((at, id, row.try_get(8)?))).transpose()?;
            let content = digest(row.try_get(4)?)?;
            let (kind, batch) = (row.try_get(2)?, row.try_get(3)?);
            known.add_record(id, position, kind, batch, content, row.try_get(5)?, by)?;
        }
        add_keys(by_key, &mut known)?;
        for target in &wanted.targets {
            let (found, keys) = self.target(*target).await?;
            known.targets.insert(*target, found);
            let keys: Vec<&[u8]> = keys.iter().map(|key| &key.as_bytes()[..]).collect();
            add_keys(self.client.query(&self.by_key, &[&keys]).await?, &mut known)?;
        }
        let batches: Vec<String> = wanted
            .batches
            .iter()
            .copied()
            .chain(known.batches())
            .map(|id| id.to_string())
            .collect();
        let targets: Vec<String> =
            known.may_be_withdrawn(wanted).iter().map(ToString::to_string).collect();
        if !batches.is_empty() {
            for row in self.client.query(&self.closed, &[&batches]).await? {
                known.closed.insert(id(row.try_get(0)?)?);
            }
        }
        if !targets.is_empty() {
            for row in self.client.query(&self.withdrawn, &[&targets]).await? {
                known.withdrawn.insert(id(row.try_get(0)?)?);
            }
        }
        Ok(known)
    }

    /// What taking something back would do, and the unique keys that would come back.
    async fn target(&self, target: RecordId) -> Result<(Target, Vec<Digest>), Error> {
        let text = target.to_string();
        let size = self.client.query_one(sql::TARGET_SIZE, &[&text]).await?;
        let outside = self.client.query_opt(sql::TARGET_CORRECTED, &[&text]).await?;
        let outside = outside.map(|row| {
            let record = place(row.try_get(0)?, row.try_get(1)?)?;
            Ok::<_, Error>((record, place(row.try_get(2)?, row.try_get(3)?)?))
        });
        let mut found = Target {
            records: size.try_get::<_, i64>(0)?.unsigned_abs(),
            kind: size.try_get(1)?,
            corrected_outside: outside.transpose()?,
            restored: Vec::new(),
        };
        let mut all = Vec::new();
        for row in self.client.query(sql::TARGET_RESTORED, &[&text]).await? {
            let position: i64 = row.try_get(0)?;
            let keys = split_keys(position, row.try_get(2)?)?;
            all.extend_from_slice(&keys);
            found.restored.push((place(position, row.try_get(1)?)?, keys));
        }
        Ok((found, all))
    }

    async fn write(&self, changes: &Changes) -> Result<(), Error> {
        let rows = &changes.records;
        let column = |get: &dyn Fn(&crate::NewRecord) -> String| -> Vec<String> {
            rows.iter().map(|(_, new)| get(new)).collect()
        };
        let indexes: Vec<i64> = rows.iter().map(|(at, _)| *at as i64).collect();
        let ids = column(&|new| new.id.to_string());
        let kinds = column(&|new| new.kind.clone());
        let classes = column(&|new| new.class.word().to_owned());
        let valid: Vec<i64> = rows.iter().map(|(_, new)| new.valid_at.micros()).collect();
        let recorded: Vec<i64> = rows.iter().map(|(_, new)| new.recorded_at.micros()).collect();
        let batches: Vec<Option<String>> =
            rows.iter().map(|(_, new)| new.batch.map(|id| id.to_string())).collect();
        let corrects: Vec<Option<String>> =
            rows.iter().map(|(_, new)| new.corrects.map(|id| id.to_string())).collect();
        let withdraws: Vec<Option<String>> =
            rows.iter().map(|(_, new)| new.withdraws.map(|id| id.to_string())).collect();
        let closes: Vec<Option<String>> =
            rows.iter().map(|(_, new)| new.closes.map(|id| id.to_string())).collect();
        let contents: Vec<&[u8]> =
            rows.iter().map(|(_, new)| &new.content.as_bytes()[..]).collect();
        let unique: Vec<Vec<u8>> = rows.iter().map(|(_, new)| joined(&new.unique_keys)).collect();
        let envelopes: Vec<&[u8]> = rows.iter().map(|(_, new)| &new.envelope[..]).collect();
        let opens: Vec<&[u8]> = rows.iter().map(|(_, new)| &new.open[..]).collect();
        let nonces: Vec<&[u8]> = rows.iter().map(|(_, new)| &new.nonce[..]).collect();
        let leaves: Vec<&[u8]> = rows.iter().map(|(_, new)| &new.leaf[..]).collect();
        let parts = || {
            rows.iter().flat_map(|(at, new)| {
                new.personal.iter().enumerate().map(move |(p, part)| (*at as i64, p as i64, part))
            })
        };
        let part_index: Vec<i64> = parts().map(|(at, ..)| at).collect();
        let part_place: Vec<i64> = parts().map(|(_, p, _)| p).collect();
        let part_person: Vec<&str> = parts().map(|(.., part)| part.person.as_str()).collect();
        let part_sealed: Vec<&[u8]> = parts().map(|(.., part)| &part.sealed[..]).collect();
        let old: Vec<i64> = changes.corrected.iter().map(|(old, _)| *old as i64).collect();
        let new: Vec<i64> = changes.corrected.iter().map(|(_, new)| *new as i64).collect();
        let freed: Vec<&[u8]> = changes.freed.iter().map(|key| &key.as_bytes()[..]).collect();
        let held: Vec<&[u8]> = changes.held.iter().map(|(key, _)| &key.as_bytes()[..]).collect();
        let holders: Vec<i64> = changes.held.iter().map(|(_, at)| *at as i64).collect();
        let new_keys = || rows.iter().flat_map(|(_, new)| &new.new_keys);
        let key_person: Vec<&str> = new_keys().map(|key| key.person.as_str()).collect();
        let key_wrapped: Vec<&[u8]> = new_keys().map(|key| &key.wrapped[..]).collect();
        let more = rows.len() as i64;
        let record: [&(dyn ToSql + Sync); 16] = [
            &indexes, &ids, &kinds, &valid, &recorded, &classes, &batches, &corrects, &withdraws,
            &closes, &contents, &unique, &envelopes, &opens, &nonces, &leaves,
        ];
        let record_id: [&(dyn ToSql + Sync); 2] = [&ids, &indexes];
        let personal: [&(dyn ToSql + Sync); 4] =
            [&part_index, &part_place, &part_person, &part_sealed];
        let corrected: [&(dyn ToSql + Sync); 2] = [&old, &new];
        let freed_keys: [&(dyn ToSql + Sync); 1] = [&freed];
        let held_keys: [&(dyn ToSql + Sync); 2] = [&held, &holders];
        let size: [&(dyn ToSql + Sync); 1] = [&more];
        let client = &self.client;
        // Sent without waiting in between; the server does them in order.
        tokio::try_join!(
            client.execute(&self.record, &record),
            client.execute(&self.record_id, &record_id),
            client.execute(&self.personal, &personal),
            client.execute(&self.corrected, &corrected),
            client.execute(&self.freed, &freed_keys),
            client.execute(&self.held, &held_keys),
            client.execute(&self.size, &size),
        )?;
        // Few groups have any of these.
        if !key_person.is_empty() {
            client.execute(&self.new_key, &[&key_person, &key_wrapped]).await?;
        }
        for (statement, ended) in
            [(&self.close, &changes.closed), (&self.withdraw, &changes.withdrawn)]
        {
            for (id, position) in ended {
                client.execute(statement, &[&id.to_string(), &(*position as i64)]).await?;
            }
        }
        client.batch_execute("COMMIT").await?;
        Ok(())
    }

    async fn run(&self, statements: &[crate::db::Statement]) -> Result<u64, Error> {
        let mut changed = 0;
        for crate::db::Statement { sql, binds } in statements {
            changed += self.client.execute(sql.as_ref(), &sql_values(binds)).await?;
        }
        self.client.batch_execute("COMMIT").await?;
        Ok(changed)
    }
}

fn add_keys(rows: Vec<tokio_postgres::Row>, known: &mut Known) -> Result<(), Error> {
    for row in rows {
        let key = digest(row.try_get(0)?)?;
        let found = holder(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?)?;
        known.keys.insert(key.into(), found);
    }
    Ok(())
}

fn id(text: &str) -> Result<RecordId, Error> {
    text.parse().map_err(|_| Error::damaged(format!("{text} is no record id")))
}

fn digest(bytes: &[u8]) -> Result<[u8; 32], Error> {
    bytes.try_into().map_err(|_| Error::damaged("a digest that has not 32 bytes"))
}

fn lost() -> Error {
    Error::Unavailable { reason: "the connection is lost".to_owned() }
}

impl Engine for PostgresEngine {
    fn begin(&mut self) -> Result<u64, Error> {
        if self.session.as_ref().is_none_or(|session| session.client.is_closed()) {
            self.session = None;
            let client = self.runtime.block_on(connect(&self.url, &self.runtime))?;
            self.session = Some(self.runtime.block_on(Session::new(client))?);
        }
        let session = self.session.as_ref().ok_or_else(lost)?;
        let row = self.runtime.block_on(async {
            session.client.batch_execute("BEGIN").await?;
            session.client.query_one(&session.state, &[]).await
        })?;
        let (epoch, size): (i64, i64) = (row.try_get(0)?, row.try_get(1)?);
        if epoch != self.epoch {
            return Err(Error::Fenced);
        }
        u64::try_from(size).map_err(|_| Error::damaged("the size of the log is negative"))
    }

    fn look_up(&mut self, wanted: &Wanted) -> Result<Known, Error> {
        let session = self.session.as_ref().ok_or_else(lost)?;
        self.runtime.block_on(session.look_up(wanted))
    }

    fn commit(&mut self, changes: &Changes) -> Result<(), Error> {
        let session = self.session.as_ref().ok_or_else(lost)?;
        self.runtime.block_on(session.write(changes))
    }

    fn write(&mut self, statements: &[crate::db::Statement]) -> Result<u64, Error> {
        let session = self.session.as_ref().ok_or_else(lost)?;
        self.runtime.block_on(session.run(statements))
    }

    fn scrub(&mut self) -> Result<(), Error> {
        // Written anew, without the rows that were deleted. What the write-ahead log of the server
        // still holds goes when the server recycles it.
        let session = self.session.as_ref().ok_or_else(lost)?;
        self.runtime.block_on(session.client.batch_execute("VACUUM FULL person_key"))?;
        Ok(())
    }

    fn abandon(&mut self) {
        if let Some(session) = &self.session {
            let rolled_back = self.runtime.block_on(session.client.batch_execute("ROLLBACK"));
            if rolled_back.is_err() {
                // The next group begins on a new connection; the server drops what this one held.
                self.session = None;
            }
        }
    }
}
