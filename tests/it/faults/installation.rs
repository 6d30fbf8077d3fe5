//! The program as it runs: a child that ends with the test, whatever becomes of that.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use store::Address;
use tempfile::TempDir;
use testkit::postgres::Database;

use super::client::Client;
use crate::command::{Run, zhiheng};

/// How long the program may take to start or end, on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// An installation with a token that may do everything.
pub struct Installation {
    pub folder: TempDir,
    pub data: PathBuf,
    pub database: Option<Database>,
    pub token: String,
}

impl Installation {
    pub fn new(database: Option<Database>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let program = Command::new(env!("CARGO_BIN_EXE_zhiheng"));
        Self::made_by(program, folder, data, database)
    }

    /// In a folder that stands in another one.
    pub fn made_by(
        mut program: Command,
        folder: TempDir,
        data: PathBuf,
        database: Option<Database>,
    ) -> Self {
        let mut made = Self { folder, data, database, token: String::new() };
        program.args(["token", "add", "all", "--on-behalf-of", "hubei-lab", "--permission", "*"]);
        let run = program.args(made.options()).output().unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        let said = String::from_utf8(run.stdout).unwrap();
        made.token = said.lines().next().unwrap().to_owned();
        made
    }

    pub fn options(&self) -> Vec<String> {
        options(&self.data, self.database.as_ref())
    }

    pub fn address(&self) -> Address {
        match &self.database {
            Some(database) => Address::Postgres(database.parameters().to_owned()),
            None => Address::Folder(self.data.clone()),
        }
    }

    /// Starts the program and waits until it listens.
    pub fn serve(&self) -> Server {
        self.serve_by(Command::new(env!("CARGO_BIN_EXE_zhiheng")))
    }

    pub fn serve_by(&self, command: Command) -> Server {
        Server::start(command, &self.options(), self.folder.path())
    }

    pub fn client(&self, server: &Server) -> Client {
        Client::new(server.address, &self.token)
    }

    /// The public key of its log.
    pub fn key(&self) -> String {
        let key = std::fs::read_to_string(self.data.join("keys/log.vkey")).unwrap();
        key.trim().to_owned()
    }

    /// What `zhiheng verify` says, with the key.
    pub fn verify(&self, more: &[&str]) -> Run {
        let store = match &self.database {
            Some(database) => database.parameters().to_owned(),
            None => self.data.display().to_string(),
        };
        zhiheng(&[&["verify", &store, "--key", &self.key()], more].concat())
    }

    #[track_caller]
    pub fn verify_good(&self, more: &[&str]) {
        let run = self.verify(more);
        assert_eq!(run.status, 0, "{}{}", run.stdout, run.stderr);
        assert!(run.stdout.starts_with("good: "), "{}", run.stdout);
    }
}

fn options(data: &Path, database: Option<&Database>) -> Vec<String> {
    let mut options = vec!["--data".to_owned(), data.display().to_string()];
    if let Some(database) = database {
        options.extend(["--database".to_owned(), database.parameters().to_owned()]);
    }
    options
}

/// A program that starts, listens, or has ended.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Starts the program with these options, waits until it listens.
    pub fn start(command: Command, options: &[String], logs: &Path) -> Self {
        Self::try_start(command, options, logs).unwrap_or_else(|said| panic!("it ended: {said}"))
    }

    /// As [`start`](Self::start), or what it said when it ended instead.
    pub fn try_start(command: Command, options: &[String], logs: &Path) -> Result<Self, String> {
        let mut server = Self::begin(command, options, logs);
        let (tell, told) = channel();
        let output = server.child.stdout.take().unwrap();
        std::thread::spawn(move || {
            let mut output = BufReader::new(output);
            let mut line = String::new();
            let _ = output.read_line(&mut line);
            let _ = tell.send(line);
            // Nobody asks for more, but the pipe must not fill.
            let _ = output.read_to_end(&mut Vec::new());
        });
        let line = told.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            panic!("it neither listens nor ends: {}", server.said());
        });
        match line.trim().strip_prefix("listening on http://") {
            Some(address) => server.address = address.parse().unwrap(),
            None => {
                let status = server.wait();
                return Err(format!("{status} {line}{}", server.said()));
            }
        }
        Ok(server)
    }

    /// Starts the program and does not wait.
    pub fn begin(mut command: Command, options: &[String], logs: &Path) -> Self {
        let log = logs.join("said");
        let said = File::options().create(true).append(true).open(&log).unwrap();
        command.arg("serve").args(options).args(["--listen", "127.0.0.1:0", "--log-level", "warn"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(said);
        let child = command.spawn().unwrap();
        Self { child, address: SocketAddr::from(([127, 0, 0, 1], 0)), log }
    }

    /// The end of what it has written to standard error, and what servers before it wrote there.
    pub fn said(&self) -> String {
        let said = std::fs::read(&self.log).unwrap_or_default();
        String::from_utf8_lossy(&said[said.len().saturating_sub(4000)..]).into_owned()
    }

    /// Ends it at once.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end.
    pub fn stop(mut self) {
        let pid = self.child.id().to_string();
        let asked = Command::new("kill").args(["-TERM", &pid]).status().unwrap();
        assert!(asked.success());
        let status = self.wait();
        assert!(status.success(), "{status}: {}", self.said());
    }

    fn wait(&mut self) -> ExitStatus {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(start.elapsed() < PATIENCE, "it does not end: {}", self.said());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            eprintln!("the program said:\n{}", self.said());
        }
    }
}
