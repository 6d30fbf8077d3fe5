//! A PostgreSQL server that the tests have for themselves: on a socket in a folder of its own,
//! gone when the test process is gone, however that ends.
//!
//! ```no_run
//! let database = testkit::postgres::Server::shared().database("filters");
//! // "host=/tmp/zhiheng-postgres-... user=zhiheng dbname=filters_1"
//! let parameters = database.parameters();
//! ```
//!
//! The databases compare text by the rules of Chinese (ICU `zh`), as an office's may: SQL that
//! means code points must say so.

mod cluster;
mod home;
mod programs;

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

pub use cluster::{Cluster, Database};
use home::Home;
use programs::Programs;

/// The database user, who may do everything.
const USER: &str = "zhiheng";

/// How long a server may take to start or stop.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a test does not need: that its data survive a power cut.
const FAST: &[(&str, &str)] =
    &[("fsync", "off"), ("full_page_writes", "off"), ("synchronous_commit", "off")];

/// Names the folder of a server for all tests of a run: see [`Server::lend`].
const LENT: &str = "ZHIHENG_TEST_POSTGRES";

/// A running server. It is stopped and its data are removed when it is dropped, and when the
/// process ends.
pub struct Server {
    cluster: Cluster,
    home: Home,
    /// Stops and starts the server as its input says, and stops it at the end of that: so it ends
    /// also when this process is killed.
    watcher: Child,
}

impl Server {
    /// The server that all tests share: the one that was lent to this process, else one that the
    /// first test of the process starts. It does not wait for the disk.
    ///
    /// # Panics
    /// PostgreSQL 15 or later is not installed, or does not start.
    pub fn shared() -> &'static Cluster {
        static LENT_BY: OnceLock<Option<Cluster>> = OnceLock::new();
        static OWN: OnceLock<Server> = OnceLock::new();
        let lent = LENT_BY.get_or_init(|| {
            let folder = std::env::var_os(LENT)?;
            Some(Cluster::new(found(), Path::new(&folder)))
        });
        lent.as_ref().unwrap_or_else(|| &OWN.get_or_init(|| Self::start(FAST)).cluster)
    }

    /// A server to [`lend`](Self::lend): like that of one process, with connections for more.
    ///
    /// # Errors
    /// PostgreSQL 15 or later is not installed.
    ///
    /// # Panics
    /// It does not start.
    pub fn to_lend() -> Result<Self, String> {
        Ok(Self::run(Programs::find()?, &[FAST, &[("max_connections", "400")]].concat()))
    }

    /// Lets the tests that a command runs share this server, while it is there. Where each test has
    /// a process of its own, each would start a server else.
    pub fn lend(&self, command: &mut Command) {
        command.env(LENT, self.home.path());
    }

    /// A server with settings of its own, such as `[("max_connections", "10")]`; without any it is
    /// as durable as one in service.
    ///
    /// # Panics
    /// PostgreSQL 15 or later is not installed, or does not start.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        Self::run(found(), settings)
    }

    fn run(programs: Programs, settings: &[(&str, &str)]) -> Self {
        let home = Home::make(&programs, USER);
        let mut watcher = Command::new("sh");
        watcher.args(["-c", WATCH, "watch"]).arg(programs.path("postgres")).arg(home.path());
        let folder = home.path().display();
        watcher.args(["-c", "listen_addresses=", "-c"]);
        watcher.arg(format!("unix_socket_directories={folder}"));
        for (name, value) in settings {
            watcher.arg("-c").arg(format!("{name}={value}"));
        }
        watcher.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        home.owner().take_on(&mut watcher);
        let watcher = watcher.spawn().unwrap_or_else(|e| panic!("cannot run sh: {e}"));
        let cluster = Cluster::new(programs, home.path());
        let server = Self { cluster, home, watcher };
        server.wait();
        server
    }

    /// A new empty database, whose name begins with `name`.
    ///
    /// # Panics
    /// The database cannot be created.
    pub fn database(&self, name: &str) -> Database {
        self.cluster.database(name)
    }

    /// Stops the server at once, as a crash would: it recovers when it is started again. Whoever is
    /// connected loses the connection.
    ///
    /// # Panics
    /// It does not stop.
    pub fn stop(&mut self) {
        self.order("stop");
        let start = Instant::now();
        while self.cluster.answers() || self.home.path().join("data/postmaster.pid").exists() {
            assert!(start.elapsed() < PATIENCE, "PostgreSQL does not stop");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Starts the server again after [`stop`](Self::stop), with the same data and socket.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart(&mut self) {
        self.order("start");
        self.wait();
    }

    fn order(&mut self, order: &str) {
        let told = self.watcher.stdin.as_mut().map(|input| writeln!(input, "{order}"));
        assert!(matches!(told, Some(Ok(()))), "the server's watcher is gone");
    }

    /// Waits until the server answers.
    fn wait(&self) {
        let start = Instant::now();
        loop {
            if self.cluster.answers() {
                return;
            }
            let log = self.home.log();
            let failed = log.contains("FATAL") && !log.contains("starting up");
            assert!(
                !failed && start.elapsed() < PATIENCE,
                "PostgreSQL does not start; it says:\n{log}"
            );
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input tells the watcher to stop the server.
        drop(self.watcher.stdin.take());
        let _ = self.watcher.wait();
    }
}

fn found() -> Programs {
    Programs::find().unwrap_or_else(|fault| panic!("{fault}"))
}

/// Runs a server, and stops and starts it by the lines of the watcher's input; at the end of that
/// stops it at once and removes its folder. What a person's Ctrl-C sends to all is left to the
/// input, too.
const WATCH: &str = r#"
trap '' INT TERM HUP
server=$1
home=$2
shift 2
running=
start() {
    "$server" -D "$home/data" "$@" >"$home/log" 2>&1 </dev/null &
    running=$!
}
stop() {
    kill -QUIT $running
    wait $running
}
start "$@"
while read -r order; do
    case $order in
    start) start "$@" ;;
    stop) stop ;;
    esac
done
stop
rm -rf "$home"
"#;

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_server_answers_and_leaves_nothing_behind() {
        let server = Server::start(FAST);
        let folder = server.home.path().to_owned();
        let database = server.database("some");
        let name = database.parameters().rsplit('=').next().unwrap_or_default().to_owned();
        let mut ask = server.cluster.client("psql");
        ask.args(["--dbname", &name, "--tuples-only", "--no-align", "--command"]);
        ask.arg("SELECT 'B' < 'a', current_setting('fsync')").stdout(Stdio::piped());
        let mut answer = String::new();
        let mut child = ask.spawn().unwrap();
        child.stdout.take().unwrap().read_to_string(&mut answer).unwrap();
        assert!(child.wait().unwrap().success());
        // Not the order of code points: B comes after a.
        assert_eq!(answer.trim(), "f|off");
        assert_eq!(
            database.parameters(),
            format!("host={} user=zhiheng dbname={name}", folder.display())
        );
        drop(server);
        assert!(!folder.exists());
    }

    #[test]
    fn a_server_stops_and_starts_again_with_its_data() {
        let mut server = Server::start(&[]);
        let folder = server.home.path().to_owned();
        let database = server.database("some");
        let name = database.parameters().rsplit('=').next().unwrap_or_default().to_owned();
        let tell = |server: &Server, text: &str| {
            let mut tell = server.cluster.client("psql");
            tell.args(["--dbname", &name, "--quiet", "--command", text]);
            tell.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().success()
        };
        assert!(tell(&server, "CREATE TABLE t AS SELECT 1 AS a"));
        for _ in 0..2 {
            server.stop();
            assert!(!tell(&server, "SELECT 1"));
            server.restart();
            assert!(tell(&server, "SELECT 1 / (SELECT COUNT(*) FROM t)"));
        }
        server.stop();
        drop(server);
        assert!(!folder.exists());
    }
}
