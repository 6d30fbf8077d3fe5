//! An installation of its own for one test.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock};

use app::{OpenError, Principal, Settings, System};
use pack::Pack;
use store::Address;
use store::db::{Bind, Db, Row, Statement};
use testkit::postgres::{Database, Server};

/// The pack of Hubei, read once.
pub fn pack() -> Arc<Pack> {
    static PACK: OnceLock<Arc<Pack>> = OnceLock::new();
    Arc::clone(PACK.get_or_init(|| Arc::new(Pack::load(testkit::hubei_pack()).unwrap())))
}

/// The same with one label changed: another version of it.
pub fn changed_pack() -> Arc<Pack> {
    let mut files = testkit::hubei_pack();
    let (_, kind) = files.iter_mut().find(|(path, _)| path == "kinds/inspection.toml").unwrap();
    let text = String::from_utf8(kind.clone()).unwrap();
    *kind = text.replacen("监督检查", "监督检查（新）", 1).into_bytes();
    Arc::new(Pack::load(files).unwrap())
}

/// A folder, a database, and a runtime.
pub struct Home {
    folder: tempfile::TempDir,
    /// Where it is PostgreSQL.
    postgres: Option<Mutex<Database>>,
    runtime: tokio::runtime::Runtime,
}

/// The database as it was at some time.
pub enum Copy {
    Files(tempfile::TempDir),
    Database(Database),
}

/// Runs a test on a new installation of each database.
pub fn on_both(test: impl Fn(&Home)) {
    on_each(&[false, true], test);
}

/// Runs a test on a new installation of some databases: SQLite, PostgreSQL where it says true.
pub fn on_each(postgres: &[bool], test: impl Fn(&Home)) {
    for is_postgres in postgres {
        let home = Home::new(*is_postgres);
        test(&home);
    }
}

impl Home {
    pub fn new(is_postgres: bool) -> Self {
        let database = || Mutex::new(Server::shared().database("app"));
        Self {
            folder: tempfile::tempdir().unwrap(),
            postgres: is_postgres.then(database),
            runtime: tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap(),
        }
    }

    pub fn is_postgres(&self) -> bool {
        self.postgres.is_some()
    }

    /// The folder of the installation.
    pub fn data(&self) -> &Path {
        self.folder.path()
    }

    pub fn checkpoint(&self) -> PathBuf {
        self.data().join("kept/checkpoint")
    }

    pub fn settings(&self) -> Settings {
        let settings = Settings::in_folder(self.data());
        match &self.postgres {
            Some(database) => {
                let parameters = database.lock().unwrap().parameters().to_owned();
                Settings { address: Address::Postgres(parameters), ..settings }
            }
            None => settings,
        }
    }

    /// The program, running.
    pub fn open(&self) -> Arc<System> {
        self.try_open(self.settings(), pack()).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn open_with(&self, pack: Arc<Pack>) -> Arc<System> {
        self.try_open(self.settings(), pack).unwrap_or_else(|e| panic!("{e}"))
    }

    /// The program, with leave to begin a new log.
    pub fn open_anew(&self) -> Arc<System> {
        let settings = Settings { new_log: true, ..self.settings() };
        self.try_open(settings, pack()).unwrap_or_else(|e| panic!("{e}"))
    }

    pub fn try_open(&self, settings: Settings, pack: Arc<Pack>) -> Result<Arc<System>, OpenError> {
        self.run(System::open(settings, pack)).map(Arc::new)
    }

    /// Ends the program, once nothing of it is under way any more.
    pub fn close(&self, mut system: Arc<System>) {
        for _ in 0..1000 {
            match Arc::try_unwrap(system) {
                Ok(system) => return drop(system),
                Err(shared) => system = shared,
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("something of it goes on");
    }

    /// Why the program does not start.
    pub fn refusal(&self) -> OpenError {
        match self.try_open(self.settings(), pack()) {
            Ok(_) => panic!("it starts"),
            Err(error) => error,
        }
    }

    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime.block_on(future)
    }

    /// Asks the database itself, while no program runs or beside it.
    pub fn ask(&self, sql: &str, binds: Vec<Bind>) -> Vec<Row> {
        self.run(async {
            let db = Db::open(&self.settings().address).await.unwrap();
            db.query(sql, binds).await.unwrap()
        })
    }

    /// Changes the database itself, behind the program's back.
    pub fn change(&self, sql: &'static str, binds: Vec<Bind>) -> u64 {
        self.run(async {
            let db = Db::open(&self.settings().address).await.unwrap();
            db.write(vec![Statement::new(sql, binds)]).await.unwrap()
        })
    }

    /// Copies the database; no program may run.
    pub fn copy(&self) -> Copy {
        match &self.postgres {
            None => {
                let copy = tempfile::tempdir().unwrap();
                for name in self.database_files() {
                    fs::copy(self.data().join(&name), copy.path().join(&name)).unwrap();
                }
                Copy::Files(copy)
            }
            Some(database) => Copy::Database(database.lock().unwrap().copy()),
        }
    }

    /// Puts a copy in the database's place; no program may run.
    pub fn put_back(&self, copy: &Copy) {
        match (copy, &self.postgres) {
            (Copy::Files(copy), _) => {
                for name in self.database_files() {
                    fs::remove_file(self.data().join(name)).unwrap();
                }
                for entry in fs::read_dir(copy.path()).unwrap() {
                    let entry = entry.unwrap();
                    fs::copy(entry.path(), self.data().join(entry.file_name())).unwrap();
                }
            }
            (Copy::Database(copy), Some(database)) => *database.lock().unwrap() = copy.copy(),
            (Copy::Database(_), None) => panic!("a copy of another database"),
        }
    }

    /// Takes the keys of another installation, as whoever restores its store does.
    pub fn take_keys(&self, other: &Self) {
        fs::create_dir_all(self.data().join("keys")).unwrap();
        for name in ["keys/master.key", "keys/vault.key", "keys/log.key"] {
            fs::copy(other.data().join(name), self.data().join(name)).unwrap();
        }
    }

    fn database_files(&self) -> Vec<String> {
        let names = fs::read_dir(self.data())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".sqlite")).collect()
    }
}

/// Somebody with some permissions.
pub fn somebody(permissions: &[&str]) -> Principal {
    Principal {
        permissions: permissions.iter().map(|p| (*p).to_owned()).collect::<BTreeSet<_>>(),
        ..Principal::operator()
    }
}
