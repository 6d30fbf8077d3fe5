//! The databases of a server that runs, whoever started it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, id};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::USER;
use super::programs::{Programs, run};

/// A server that runs.
pub struct Cluster(Arc<Place>);

/// A database of one test, gone when it is dropped.
pub struct Database {
    place: Arc<Place>,
    name: String,
    parameters: String,
}

/// How to reach a server.
struct Place {
    programs: Programs,
    folder: PathBuf,
}

impl Cluster {
    /// The server with its socket in `folder`.
    pub(super) fn new(programs: Programs, folder: &Path) -> Self {
        Self(Arc::new(Place { programs, folder: folder.to_owned() }))
    }

    /// A new empty database, whose name begins with `name`.
    ///
    /// # Panics
    /// The database cannot be created.
    pub fn database(&self, name: &str) -> Database {
        Database::create(&self.0, name, "template1")
    }

    /// Whether it takes connections.
    pub(super) fn answers(&self) -> bool {
        let mut ask = self.client("pg_isready");
        ask.stdout(Stdio::null()).stderr(Stdio::null());
        ask.status().is_ok_and(|status| status.success())
    }

    /// A program of PostgreSQL that asks it.
    pub(super) fn client(&self, program: &str) -> Command {
        self.0.client(program)
    }
}

impl Place {
    fn client(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.path(program));
        command.arg("--host").arg(&self.folder).args(["--username", USER]);
        command
    }
}

impl Database {
    /// Other processes may ask the same server: the number of this one is part of the name.
    fn create(place: &Arc<Place>, name: &str, template: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
        let name = format!("{name}_{}_{number}", id());
        let mut create = place.client("createdb");
        run(create.args(["--maintenance-db", "postgres", "--template", template, &name]));
        let folder = place.folder.display();
        let parameters = format!("host={folder} user={USER} dbname={name}");
        Self { place: Arc::clone(place), name, parameters }
    }

    /// How to connect: `host=... user=... dbname=...`, as libpq and tokio-postgres read it.
    pub fn parameters(&self) -> &str {
        &self.parameters
    }

    /// Another database with the same in it. Whoever is connected still loses the connection:
    /// those of a program that was stopped take a moment to go.
    ///
    /// # Panics
    /// It cannot be copied.
    pub fn copy(&self) -> Self {
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'",
            self.name
        );
        run(self.place.client("psql").args(["--dbname", "postgres", "--command", &end]));
        Self::create(&self.place, "copy", &self.name)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // The server may be gone already.
        let mut drop = self.place.client("dropdb");
        drop.args(["--maintenance-db", "postgres", "--force", &self.name]);
        let _ = drop.stdout(Stdio::null()).stderr(Stdio::null()).status();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::Server;

    fn told(database: &Database, question: &str) -> String {
        let mut ask = database.place.client("psql");
        ask.args(["--dbname", &database.name, "--tuples-only", "--no-align", "--command"]);
        let answer = ask.arg(question).output().unwrap();
        assert!(answer.status.success(), "{}", String::from_utf8_lossy(&answer.stderr));
        String::from_utf8(answer.stdout).unwrap().trim().to_owned()
    }

    #[test]
    fn a_lent_server_has_databases_that_are_copied_and_go() {
        let server = Server::to_lend().unwrap();
        let mut print = Command::new("env");
        server.lend(&mut print);
        let said = String::from_utf8(print.output().unwrap().stdout).unwrap();
        let folder = said.lines().find_map(|line| line.strip_prefix("ZHIHENG_TEST_POSTGRES="));
        let cluster = Cluster::new(Programs::find().unwrap(), Path::new(folder.unwrap()));
        let (of_owner, first) = (server.database("some"), cluster.database("some"));
        assert_ne!(of_owner.name, first.name);
        assert_eq!(told(&first, "CREATE TABLE t AS SELECT 7 AS a"), "SELECT 1");
        let copy = first.copy();
        assert_eq!(told(&first, "DELETE FROM t"), "DELETE 1");
        assert_eq!(told(&copy, "SELECT a FROM t"), "7");
        let count = "SELECT COUNT(*) FROM pg_database WHERE datname ~ '^(some|copy)_'";
        assert_eq!(told(&of_owner, count), "3");
        drop((first, copy));
        assert_eq!(told(&of_owner, count), "1");
    }
}
