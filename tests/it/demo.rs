//! `zhiheng demo` as a newcomer meets it: made once, served again, entered by one click, on this
//! machine alone; broken off, nothing of it is left.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::command::{Run, zhiheng};

/// Enough for every trade.
const FEW: &str = "150";

fn demo(dir: &Path, more: &[&str]) -> Run {
    let dir = dir.display().to_string();
    let args = [&["demo", "--organizations", FEW, "--dir", &dir], more].concat();
    zhiheng(&args)
}

/// A small one that is made.
fn made() -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("province");
    let run = demo(&dir, &["--no-serve"]);
    assert_eq!(run.status, 0, "{} {}", run.stdout, run.stderr);
    (folder, dir, run.stdout)
}

/// A server that is ended with the test.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhiheng"));
        let mut child = command.args(args).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let lines = lines.map_while(Result::ok);
        let found = lines.filter_map(|l| l.strip_prefix("listening on http://").map(str::to_owned));
        let address = { found }.next();
        Self { child, address: address.expect("it listens") }
    }

    /// Sends a request and gives the whole answer.
    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn get(&self, path: &str) -> String {
        let host = &self.address;
        self.ask(&format!(
            "GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: text/html\r\nconnection: close\r\n\r\n"
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_is_made_once_and_says_what_to_look_at() {
    let (folder, dir, said) = made();
    for words in ["made ", "武汉云麓乳业有限公司（演示）", "/archive/uscc:91420106DEM", "/login"]
    {
        assert!(said.contains(words), "{words} in {said}");
    }
    // The second time it is there.
    let again = demo(&dir, &["--no-serve", "--seed", "9"]);
    assert_eq!(again.status, 0, "{}", again.stderr);
    let is_made = again.stdout.lines().any(|line| line.starts_with("made "));
    assert!(!is_made && again.stdout.contains("seed 1"), "{}", again.stdout);
    // Nothing else stands beside it, and what is there is whole.
    let beside: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
    assert_eq!(beside.len(), 1, "{beside:?}");
    let store = dir.display().to_string();
    let key = std::fs::read_to_string(dir.join("keys/log.vkey")).unwrap();
    let verified = zhiheng(&["verify", &store, "--key", key.trim()]);
    assert_eq!(verified.status, 0, "{} {}", verified.stdout, verified.stderr);
    assert!(key.starts_with("zhiheng-demonstration-"), "{key}");
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("letter.txt"), "mine").unwrap();
    let run = demo(folder.path(), &["--no-serve"]);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("--dir"), "{}", run.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn it_is_served_on_this_machine_alone_by_either_command() {
    let (_folder, dir, _) = made();
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let refused = demo(&dir, &["--listen", listen]);
        assert_eq!(refused.status, 2, "{}", refused.stdout);
        assert!(refused.stderr.contains("127.0.0.1:8420"), "{}", refused.stderr);
        let data = dir.display().to_string();
        let refused = zhiheng(&["serve", "--data", &data, "--listen", listen]);
        assert_eq!(refused.status, 2, "{}", refused.stdout);
        assert!(refused.stderr.contains("127.0.0.1:8420"), "{}", refused.stderr);
        assert!(!refused.stdout.contains("listening"), "{}", refused.stdout);
    }
    let store = dir.display().to_string();
    let server = Server::start(&["demo", "--dir", &store, "--listen", "127.0.0.1:0"]);
    let page = server.get("/login");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("演示数据"), "{page}");
    assert!(page.contains("demo-province") && !page.contains("/link/"), "{page}");
    let elsewhere = server.ask("GET / HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n");
    assert!(elsewhere.starts_with("HTTP/1.1 421"), "{elsewhere}");
}

#[test]
fn a_copy_of_it_is_one_too() {
    let (folder, dir, _) = made();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (from, file, copy) = (dir.display().to_string(), path("copy.backup"), path("copy"));
    let run = zhiheng(&["backup", "--data", &from, &file]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    std::fs::create_dir_all(Path::new(&copy).join("keys")).unwrap();
    for name in ["keys/master.key", "keys/vault.key", "keys/log.key"] {
        std::fs::copy(dir.join(name), Path::new(&copy).join(name)).unwrap();
    }
    let run = zhiheng(&["restore", "--data", &copy, &file]);
    assert_eq!(run.status, 0, "{} {}", run.stdout, run.stderr);
    let refused = zhiheng(&["serve", "--data", &copy, "--listen", "0.0.0.0:0"]);
    assert_eq!(refused.status, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("127.0.0.1:8420"), "{}", refused.stderr);
    // A copy from which the mark was taken is none.
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(r#""demonstration":true,"#));
    std::fs::write(&file, text.replacen(r#""demonstration":true,"#, "", 1)).unwrap();
    let checked = zhiheng(&["restore", "--data", &path("other"), "--check", &file]);
    assert_eq!(checked.status, 1, "{}", checked.stdout);
}

#[test]
fn broken_off_nothing_of_it_is_left() {
    for signal in ["INT", "TERM"] {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("province");
        let args = ["demo", "--no-serve", "--organizations", "4000", "--dir"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_zhiheng"));
        command.args(args).arg(&dir).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let begun = folder.path().join("province.being-made").join("zhiheng.sqlite");
        for _ in 0..600 {
            if begun.is_file() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        assert!(begun.is_file(), "it did not begin");
        std::thread::sleep(Duration::from_millis(300));
        let id = child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert!(sent.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(2), "{signal}");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert!(left.is_empty(), "{signal}: {left:?}");
    }
}

#[test]
fn one_that_was_killed_is_made_again_and_never_served_half_made() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("province");
    let draft = folder.path().join("province.being-made");
    let mut command = Command::new(env!("CARGO_BIN_EXE_zhiheng"));
    command.args(["demo", "--no-serve", "--organizations", "4000", "--dir"]).arg(&dir);
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    while !draft.join("kept").is_dir() {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!dir.exists() && draft.is_dir());
    let half = draft.display().to_string();
    let refused = zhiheng(&["serve", "--data", &half, "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.status, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("zhiheng demo"), "{}", refused.stderr);
    let run = demo(&dir, &["--no-serve"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(dir.join("demonstration.txt").is_file() && !draft.exists());
}
