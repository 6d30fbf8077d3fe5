//! The peer of the appends: the payload row alone, with the same grouping, checked by nobody.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Fault;
use super::home::{Database, Home};
use super::sample::{OPEN_BYTES, PERSONAL_BYTES, Random};

const GROUP: usize = 1024;

struct Row {
    payload: Vec<u8>,
    durable: oneshot::Sender<()>,
}

/// Something that stores a group of rows durably.
trait Table: Send {
    fn insert(&mut self, first: i64, payloads: &[&[u8]]) -> Result<(), Fault>;
}

/// Sends rows for a while; returns how many became durable, in what time, and the single times.
pub async fn run(
    home: &Home,
    clients: usize,
    time: Duration,
) -> Result<(u64, Duration, Vec<Duration>), Fault> {
    let (queue, rows) = sync_channel(4096);
    let mut table = table_of(home).await?;
    let writer = std::thread::spawn(move || {
        let written = serve(table.as_mut(), &rows);
        drop(table);
        written
    });
    let start = Instant::now();
    let mut sending = tokio::task::JoinSet::new();
    for client in 0..clients as u64 {
        sending.spawn(client_loop(queue.clone(), client, start + time));
    }
    drop(queue);
    let mut times = Vec::new();
    while let Some(sent) = sending.join_next().await {
        times.extend(sent?);
    }
    let took = start.elapsed();
    writer.join().map_err(|_| "the peer's writer broke down")??;
    Ok((times.len() as u64, took, times))
}

async fn table_of(home: &Home) -> Result<Box<dyn Table>, Fault> {
    Ok(match home.database() {
        Database::Sqlite => Box::new(File::open(home.folder())?),
        Database::Postgres { database, .. } => {
            let parameters = database.parameters().to_owned();
            tokio::task::spawn_blocking(move || Session::open(&parameters)).await??
        }
    })
}

/// Inserts payloads as they come, a group at a time; returns how many, and in what time.
pub async fn bulk(
    home: &Home,
    mut payloads: impl Iterator<Item = Vec<u8>> + Send + 'static,
) -> Result<(u64, Duration), Fault> {
    let mut table = table_of(home).await?;
    let start = Instant::now();
    let inserting = move || -> Result<u64, Fault> {
        let mut next = 0;
        loop {
            let group: Vec<Vec<u8>> = payloads.by_ref().take(GROUP).collect();
            if group.is_empty() {
                return Ok(next as u64);
            }
            let payloads: Vec<&[u8]> = group.iter().map(Vec::as_slice).collect();
            table.insert(next, &payloads)?;
            next += group.len() as i64;
        }
    };
    let rows = tokio::task::spawn_blocking(inserting).await??;
    Ok((rows, start.elapsed()))
}

async fn client_loop(queue: SyncSender<Row>, seed: u64, until: Instant) -> Vec<Duration> {
    let mut random = Random(seed);
    let mut times = Vec::new();
    while Instant::now() < until {
        let mut payload = vec![0_u8; OPEN_BYTES + PERSONAL_BYTES];
        for part in payload.chunks_mut(8) {
            part.copy_from_slice(&random.next().to_le_bytes()[..part.len()]);
        }
        let start = Instant::now();
        let (durable, done) = oneshot::channel();
        if queue.try_send(Row { payload, durable }).is_err() || done.await.is_err() {
            break;
        }
        times.push(start.elapsed());
    }
    times
}

fn serve(table: &mut dyn Table, rows: &Receiver<Row>) -> Result<(), Fault> {
    let mut next = 0;
    while let Ok(first) = rows.recv() {
        let mut group = vec![first];
        group.extend(rows.try_iter().take(GROUP - 1));
        let payloads: Vec<&[u8]> = group.iter().map(|row| row.payload.as_slice()).collect();
        table.insert(next, &payloads)?;
        next += group.len() as i64;
        for row in group {
            let _ = row.durable.send(());
        }
    }
    Ok(())
}

/// An SQLite file beside the store.
struct File(Connection);

impl File {
    fn open(folder: &Path) -> Result<Self, Fault> {
        let connection = Connection::open(folder.join("peer.sqlite"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; \
             PRAGMA wal_autocheckpoint = 4000; PRAGMA trusted_schema = OFF; \
             PRAGMA secure_delete = ON; DROP TABLE IF EXISTS payload; \
             CREATE TABLE payload (id INTEGER PRIMARY KEY, payload BLOB NOT NULL);",
        )?;
        let synchronous: i64 = connection.query_row("PRAGMA synchronous", [], |row| row.get(0))?;
        if synchronous == 2 { Ok(Self(connection)) } else { Err("the peer does not sync".into()) }
    }
}

impl Table for File {
    fn insert(&mut self, first: i64, payloads: &[&[u8]]) -> Result<(), Fault> {
        self.0.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut insert =
            self.0.prepare_cached("INSERT INTO payload (id, payload) VALUES (?1, ?2)")?;
        for (id, payload) in (first..).zip(payloads) {
            insert.execute(rusqlite::params![id, payload])?;
        }
        self.0.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

/// A connection to the server that has the store too.
struct Session {
    runtime: tokio::runtime::Runtime,
    client: tokio_postgres::Client,
    insert: tokio_postgres::Statement,
}

impl Session {
    fn open(parameters: &str) -> Result<Box<dyn Table>, Fault> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (client, insert) = runtime.block_on(async {
            let (client, connection) =
                tokio_postgres::connect(parameters, tokio_postgres::NoTls).await?;
            tokio::spawn(connection);
            client
                .batch_execute(
                    "SET synchronous_commit = on; DROP TABLE IF EXISTS payload; \
                     CREATE TABLE payload (id BIGINT PRIMARY KEY, payload BYTEA NOT NULL)",
                )
                .await?;
            let insert = client
                .prepare("INSERT INTO payload SELECT * FROM unnest($1::BIGINT[], $2::BYTEA[])")
                .await?;
            Ok::<_, tokio_postgres::Error>((client, insert))
        })?;
        Ok(Box::new(Self { runtime, client, insert }))
    }
}

impl Table for Session {
    fn insert(&mut self, first: i64, payloads: &[&[u8]]) -> Result<(), Fault> {
        let ids: Vec<i64> = (first..).take(payloads.len()).collect();
        self.runtime.block_on(self.client.execute(&self.insert, &[&ids, &payloads]))?;
        Ok(())
    }
}
