//! Stores for the figures: made in the system's temporary folder, kept there for the next run where
//! many records had to be put into them first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use app::intake::stream;
use app::{Principal, Settings, System};
use pack::Pack;
use store::Address;
use store::db::Statement;
use testkit::postgres::Server;

use super::{Fault, Options, Samples};
use crate::report::say;

/// Streams by which a store is filled.
const BATCHES: u64 = 24;

/// The sender of the records: a system of laboratories, with no more than it needs.
pub fn sender() -> Principal {
    Principal {
        on_behalf_of: "bench".to_owned(),
        account: "lims-1".to_owned(),
        office: None,
        permissions: ["report.issue".to_owned()].into(),
        person: None,
    }
}

/// The pack of Hubei.
pub fn hubei() -> Result<Arc<Pack>, Fault> {
    let pack = Pack::load(testkit::hubei_pack());
    Ok(Arc::new(pack.map_err(|faults| format!("the pack has {} faults", faults.0.len()))?))
}

/// Which database, with what must live as long as it.
pub enum Database {
    /// SQLite in the folder of the installation.
    Sqlite,
    /// A server of this run's own, as durable as one in service.
    Postgres { database: testkit::postgres::Database, _server: Server },
}

/// The folder of an installation, removed at the end.
pub struct Home {
    folder: PathBuf,
    database: Database,
    pack: Arc<Pack>,
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Home {
    /// An empty installation.
    pub fn empty(options: &Options) -> Result<Self, Fault> {
        let folder = base()?.join(format!("run-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder)?;
        let database = if options.postgres {
            let server = Server::start(&[]);
            Database::Postgres { database: server.database("bench"), _server: server }
        } else {
            Database::Sqlite
        };
        Ok(Self { folder, database, pack: hubei()? })
    }

    /// An installation that holds records already.
    pub async fn preloaded(options: &Options) -> Result<Self, Fault> {
        let home = Self::empty(options)?;
        if options.preload == 0 {
            return Ok(home);
        }
        if options.postgres {
            home.load(options, options.preload).await?;
            return Ok(home);
        }
        let pack = home.pack.digest().to_string();
        let pack = pack.rsplit(':').next().and_then(|hex| hex.get(..12)).unwrap_or_default();
        let kept =
            base()?.join(format!("store-{}-{}-{BATCHES}-{pack}", options.preload, options.persons));
        if options.fresh || !kept.join("complete").exists() {
            let _ = std::fs::remove_dir_all(&kept);
            home.load(options, options.preload).await?;
            copy(&home.folder, &kept)?;
            std::fs::write(kept.join("complete"), b"")?;
        } else {
            copy(&kept, &home.folder)?;
        }
        // What was copied is not to be written back while something is measured.
        let synced = std::process::Command::new("sync").status()?;
        if !synced.success() {
            return Err("sync failed".into());
        }
        Ok(home)
    }

    /// Puts records in by a stream, and waits until they are read and signed.
    async fn load(&self, options: &Options, records: u64) -> Result<(), Fault> {
        say(&format!("putting {records} records into a store"));
        let system = Arc::new(self.open().await?);
        let mut samples = Samples::new(records, options.persons, 1)?;
        // Several batches: the records of one count from its end on.
        for batch in 0..BATCHES {
            let part = records * (batch + 1) / BATCHES - records * batch / BATCHES;
            stream(&system, &mut samples, part).await?;
        }
        settle(&system).await
    }

    /// Opens the installation.
    pub async fn open(&self) -> Result<System, Fault> {
        let mut settings = Settings::in_folder(&self.folder);
        settings.address = self.address();
        Ok(System::open(settings, Arc::clone(&self.pack)).await?)
    }

    /// Where the store is.
    pub fn address(&self) -> Address {
        match &self.database {
            Database::Sqlite => Address::Folder(self.folder.clone()),
            Database::Postgres { database, .. } => {
                Address::Postgres(database.parameters().to_owned())
            }
        }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Which database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Asks a writer, opened as the program opens it, whether a commit waits for the disk.
    pub async fn assert_durable(&self) -> Result<(), Fault> {
        let sql = match self.database {
            Database::Sqlite => {
                "UPDATE store_state SET size = size WHERE (SELECT synchronous FROM \
                 pragma_synchronous) = 2 AND (SELECT journal_mode FROM pragma_journal_mode) = 'wal'"
            }
            Database::Postgres { .. } => {
                "UPDATE store_state SET size = size WHERE current_setting('fsync') = 'on' \
                 AND current_setting('synchronous_commit') = 'on' \
                 AND current_setting('full_page_writes') = 'on'"
            }
        };
        let address = self.address();
        let writer = tokio::task::spawn_blocking(move || store::open_writer(&address)).await??;
        let found = writer.write(vec![Statement::new(sql, vec![])]).await?;
        tokio::task::spawn_blocking(move || drop(writer)).await?;
        if found == 1 { Ok(()) } else { Err("the store does not wait for the disk".into()) }
    }
}

/// Sends records as one stream.
pub async fn stream(
    system: &Arc<System>,
    samples: &mut Samples,
    records: u64,
) -> Result<stream::Report, Fault> {
    let mut stream = system.begin_stream(&sender(), stream::Options::default())?;
    let mut text = String::with_capacity(80 << 10);
    for _ in 0..records {
        samples.write(&mut text)?;
        text.push('\n');
        if text.len() > 64 << 10 {
            stream.push(text.as_bytes()).await?;
            text.clear();
        }
    }
    stream.push(text.as_bytes()).await?;
    Ok(stream.finish().await?)
}

/// Waits until all records are in the readings and signed.
pub async fn settle(system: &System) -> Result<(), Fault> {
    let patience = Duration::from_secs(600);
    let last = system.reader().size().await?.saturating_sub(1);
    let merged = system.readings().watermark();
    if !merged.wait_for(last, patience).await {
        return Err("the readings do not come after".into());
    }
    if system.evidence().wait_for(last, patience).await {
        Ok(())
    } else {
        Err("the log does not come after".into())
    }
}

/// Where the stores are.
pub fn base() -> Result<PathBuf, Fault> {
    let base = std::env::temp_dir().join("zhiheng-bench");
    std::fs::create_dir_all(&base)?;
    Ok(base)
}

fn copy(from: &Path, to: &Path) -> Result<(), Fault> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}
