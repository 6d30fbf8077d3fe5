//! The API of a running server against its own description: what schemathesis thinks of, and
//! every GET operation with what is in the store.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::process::{Stream, build_program, each_line, say, succeeds};

/// What is sent in the name of whom.
const SENDER: &str = "uscc:91350200776049653A";

/// What an answer must be; the rest of schemathesis' checks are opinions.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_schema_conformance";

/// As [`CHECKS`]; the description of EPCIS does not name every status that it lets be.
const EPCIS_CHECKS: &str = "not_a_server_error,response_schema_conformance";

/// Examples of an operation in each phase; about half an hour in all on two cores, most of it for the
/// many parameters of EPCIS.
const EXAMPLES: &str = "100";

/// What ends a run that does not end by itself; it is asked to, so that it tells what it found.
const MOST_SECONDS: &str = "3600";

/// Runs it, and tells each check by its name.
pub fn run(check: &mut dyn FnMut(&str, bool)) {
    let place = match Place::new() {
        Ok(place) => place,
        Err(error) => {
            say(&format!("schemathesis has no folder to work in: {error}"));
            return check("schemathesis", false);
        }
    };
    if !place.has_schemathesis() {
        return check("schemathesis is installed", false);
    }
    let built = succeeds(&mut build_program());
    let server = built.then(|| place.seeded()).flatten();
    let Some((server, token)) = server else {
        return check("schemathesis: a seeded server", false);
    };
    let base = server.base.clone();
    let is_seeded = succeeds(place.script("seed.py").args([&base, &token]).arg(place.seed()));
    check("schemathesis: records, a batch, a correction, a withdrawal, an erasure", is_seeded);
    if is_seeded {
        place.each_get(&base, &token, check);
        check("schemathesis", succeeds(&mut place.schemathesis(&base, &token)));
        // What was sent by chance must not have broken what was there.
        place.each_get(&base, &token, check);
        place.epcis(&base, &token, check);
    }
    check("schemathesis: the server stops when asked", server.stops());
    if let Err(error) = fs::remove_dir_all(&place.work) {
        say(&format!("{} is left over: {error}", place.work.display()));
    }
}

/// The folders it works in.
struct Place {
    /// Of the workspace.
    root: PathBuf,
    /// Where cargo builds.
    target: PathBuf,
    /// Of this run, taken away at its end.
    work: PathBuf,
}

/// A server that runs.
struct Server {
    process: Child,
    base: String,
}

impl Place {
    fn new() -> std::io::Result<Self> {
        let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).canonicalize()?;
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| root.join("target"), |dir| root.join(dir));
        let name = format!("zhiheng-schemathesis-{}", std::process::id());
        let work = std::env::temp_dir().join(name);
        fs::create_dir_all(&work)?;
        Ok(Self { root, target, work })
    }

    fn venv(&self) -> PathBuf {
        self.target.join("schemathesis")
    }

    fn scripts(&self) -> PathBuf {
        self.root.join("xtask/schemathesis")
    }

    fn seed(&self) -> PathBuf {
        self.work.join("seed.json")
    }

    /// A virtual environment with the pinned version, made where it is not there yet.
    fn has_schemathesis(&self) -> bool {
        let (venv, wanted) = (self.venv(), self.scripts().join("requirements.txt"));
        let note = venv.join("installed.txt");
        let installed = || fs::read(&wanted).is_ok_and(|w| fs::read(&note).is_ok_and(|n| n == w));
        if installed() {
            return true;
        }
        let made = succeeds(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
        if !made {
            say("python3 with its module venv is needed: apt-get install python3-venv");
            return false;
        }
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"]);
        succeeds(pip.arg(&wanted)) && fs::copy(&wanted, &note).is_ok()
    }

    /// A server over a new store with real records, and a token that may do everything.
    fn seeded(&self) -> Option<(Server, String)> {
        self.append("chicago", "testdata/inspections/chicago-canvass.csv", false)?;
        // Some of these alerts were published twice, and the second ones are refused.
        self.append("rasff", "testdata/alerts/rasff.csv", true)?;
        let add = ["token", "add", "schemathesis", "--permission", "*", "--on-behalf-of", SENDER];
        let made = self.zhiheng(&add).output().ok().filter(|made| made.status.success())?;
        let token = String::from_utf8(made.stdout).ok()?.lines().next()?.to_owned();
        let server = Server::start(&mut self.zhiheng(&["serve", "--listen", "127.0.0.1:0"]))?;
        Some((server, token))
    }

    /// Appends a published table; where rows may be refused, the others are stored.
    fn append(&self, table: &str, file: &str, may_refuse: bool) -> Option<()> {
        let records = self.work.join(table).with_extension("ndjson");
        let mut convert = Command::new(std::env::current_exe().ok()?);
        convert.args(["convert", table]).arg(self.root.join(file));
        if !succeeds(convert.stdout(File::create(&records).ok()?)) {
            return None;
        }
        let mut append = self.zhiheng(&["append"]);
        if may_refuse {
            append.arg("--proceed");
        }
        let appended = append.arg(&records).output().ok()?;
        let is_good =
            appended.status.success() || (may_refuse && appended.status.code() == Some(1));
        if !is_good {
            say(&String::from_utf8_lossy(&appended.stderr));
        }
        is_good.then_some(())
    }

    fn zhiheng(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.target.join("debug/zhiheng"));
        command.args(args).env("ZHIHENG_DATA", self.work.join("data"));
        command.env_remove("ZHIHENG_DATABASE").current_dir(&self.work);
        command
    }

    fn python(&self, program: &str) -> Command {
        let mut command = Command::new(self.venv().join("bin").join(program));
        command.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(&self.work);
        command
    }

    fn script(&self, name: &str) -> Command {
        let mut command = self.python("python");
        command.arg(self.scripts().join(name));
        command
    }

    /// Every GET operation answers 2xx, and what it answers fits its schema.
    fn each_get(&self, base: &str, token: &str, check: &mut dyn FnMut(&str, bool)) {
        let mut seen = 0_usize;
        let mut gets = self.script("gets.py");
        gets.args([base, token]).arg(self.seed());
        let good = each_line(&mut gets, Stream::Out, |line| {
            seen += 1;
            check(line, line.ends_with(": good"));
        });
        if seen == 0 {
            check("schemathesis: GET operations", good && seen > 0);
        }
    }

    /// EPCIS against the description that GS1 published, where the reference data are.
    fn epcis(&self, base: &str, token: &str, check: &mut dyn FnMut(&str, bool)) {
        let data = std::env::var_os("ZHIHENG_TESTDATA").map(PathBuf::from);
        let Some(folder) = data.map(|data| data.join("trace/epcis-spec")) else {
            return say("EPCIS is held against its description where ZHIHENG_TESTDATA is set");
        };
        let out = self.work.join("epcis.json");
        let mut seen = 0_usize;
        let mut walk = self.script("epcis.py");
        walk.args([base, token]).arg(folder).arg(&out);
        let good = each_line(&mut walk, Stream::Out, |line| {
            seen += 1;
            check(line, line.ends_with(": good"));
        });
        if seen == 0 {
            return check("schemathesis: EPCIS", good && seen > 0);
        }
        let mut run = self.thinking(&out.to_string_lossy(), EPCIS_CHECKS, token);
        run.args(["--url", &format!("{base}/epcis")]);
        check("schemathesis: EPCIS", succeeds(&mut run));
    }

    fn schemathesis(&self, base: &str, token: &str) -> Command {
        let mut command = self.thinking(&format!("{base}/api/v1/openapi.json"), CHECKS, token);
        command.env("SCHEMATHESIS_HOOKS", "hooks").env("PYTHONPATH", self.scripts());
        command
    }

    /// A run over a description.
    fn thinking(&self, description: &str, checks: &str, token: &str) -> Command {
        let mut command = Command::new("timeout");
        command.args(["--signal", "INT", "--kill-after", "60", MOST_SECONDS]);
        command.arg(self.venv().join("bin/schemathesis"));
        command.args(["run", description, "--checks", checks]);
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
        command.args(["--seed", "1", "--max-examples", EXAMPLES, "--workers", "1"]);
        command.args(["--request-timeout", "60", "--generation-database", "none"]);
        command.args(["--continue-on-failure", "--no-color"]);
        command.env("ZHIHENG_SEED", self.seed()).env("PYTHONDONTWRITEBYTECODE", "1");
        command.current_dir(&self.work);
        command
    }
}

impl Server {
    /// Starts it, and waits until it says where it listens.
    fn start(command: &mut Command) -> Option<Self> {
        let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
        let mut line = String::new();
        let told = process.stdout.take().map(|out| BufReader::new(out).read_line(&mut line));
        let base = line.trim().strip_prefix("listening on ").map(str::to_owned);
        match (told, base) {
            (Some(Ok(_)), Some(base)) => Some(Self { process, base }),
            _ => {
                say(&format!("the server does not say where it listens: {line}"));
                let _ = process.kill().and_then(|()| process.wait());
                None
            }
        }
    }

    /// Asks it to stop, and sees that it does.
    fn stops(mut self) -> bool {
        let id = self.process.id().to_string();
        let asked = succeeds(Command::new("kill").args(["-TERM", &id]));
        if !asked {
            let _ = self.process.kill();
        }
        self.process.wait().is_ok_and(|status| status.success())
    }
}
