//! Where an installation is, for the commands that work on one.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use app::{Settings, System};
use pack::Pack;
use store::Address;
use tokio::runtime::Runtime;

use super::Fault;
use crate::pack_files::PackFiles;

/// The options that name an installation.
#[derive(Debug, Clone, clap::Args)]
pub struct Installation {
    /// The folder of the installation: keys, staged streams, and the store itself if that is SQLite
    #[arg(long, value_name = "DIR", default_value = "zhiheng-data", env = "ZHIHENG_DATA")]
    pub data: PathBuf,
    /// The store, if it is PostgreSQL: postgres://user@host/database
    #[arg(long, value_name = "URL", env = "ZHIHENG_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// The folder of the institution pack (default: the built-in pack of Hubei)
    #[arg(long, value_name = "DIR")]
    pub pack: Option<PathBuf>,
    /// The name of the evidence log of a new store, best a URL without its scheme
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// Let a store that was set back to an earlier state begin a new log
    #[arg(long)]
    pub new_log: bool,
}

impl Installation {
    /// Where the store is.
    pub fn address(&self) -> Result<Address, Fault> {
        address(self.database.as_deref(), &self.data)
    }

    fn settings(&self) -> Result<Settings, Fault> {
        Ok(Settings {
            data: self.data.clone(),
            address: self.address()?,
            origin: self.origin.clone(),
            new_log: self.new_log,
            follow: true,
            demonstration: None,
        })
    }

    /// The pack, without faults.
    pub fn load_pack(&self) -> Result<Arc<Pack>, Fault> {
        load_pack(self.pack.clone())
    }

    /// Opens it, made anew where there is none.
    pub fn open(&self, runtime: &Runtime) -> Result<Arc<System>, Fault> {
        let (settings, pack) = (self.settings()?, self.load_pack()?);
        Ok(Arc::new(runtime.block_on(System::open(settings, pack))?))
    }

    /// Opens it where there is one; a question makes no store.
    pub fn open_existing(&self, runtime: &Runtime) -> Result<Arc<System>, Fault> {
        if self.database.is_none() && !self.data.join("zhiheng.sqlite").is_file() {
            let data = self.data.display();
            return Err(format!("there is no store in {data}; name its folder with --data").into());
        }
        self.open(runtime)
    }
}

/// The store of `--database`, or of the folder of `--data` where there is none.
pub fn address(database: Option<&str>, data: &Path) -> Result<Address, Fault> {
    match database {
        // The form of libpq has no scheme; whoever says --database means PostgreSQL.
        Some(url) if url.contains("host=") => Ok(Address::Postgres(url.to_owned())),
        Some(url) => Ok(url.parse()?),
        None => Ok(Address::Folder(data.to_owned())),
    }
}

/// The pack in a folder, or the built-in one, without faults.
pub fn load_pack(folder: Option<PathBuf>) -> Result<Arc<Pack>, Fault> {
    let pack = Pack::load(PackFiles::open(folder).all()?);
    let pack = pack.map_err(|faults| {
        let count = faults.0.len();
        let first = faults.0.first().map(ToString::to_string).unwrap_or_default();
        format!("the pack has {count} faults, the first: {first}; see `zhiheng pack check`")
    });
    Ok(Arc::new(pack?))
}

/// What runs the asynchronous parts.
pub fn runtime() -> Result<Runtime, Fault> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

/// One line for each fault, with its place.
pub fn told(rejection: &app::Rejection) -> Fault {
    rejection.to_string().into()
}
