//! The folder of a server: its data, its socket, its log.

use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use super::programs::{Programs, run};

/// A folder with an initialised database cluster.
pub struct Home {
    path: PathBuf,
    owner: Owner,
}

/// Who owns the folder and runs the server: PostgreSQL refuses to be run by root.
#[derive(Clone, Copy)]
pub struct Owner(Option<(u32, u32)>);

impl Home {
    /// Makes the folder. A cluster is initialised once for a build folder and copied from then
    /// on, which takes a tenth of the time.
    pub fn make(programs: &Programs, user: &str) -> Self {
        let owner = Owner::find();
        let home = Self { path: fresh(&std::env::temp_dir(), "zhiheng-postgres"), owner };
        folder(&home.path);
        owner.take_over(&home.path);
        let data = home.path.join("data");
        let template = template(programs);
        if template.is_dir() {
            copy(&template, &data);
        } else {
            let mut initdb = Command::new(programs.path("initdb"));
            initdb.arg("--pgdata").arg(&data).args(["--username", user, "--auth", "trust"]);
            initdb.args(["--encoding", "UTF8", "--locale", "C"]);
            initdb.args(["--locale-provider", "icu", "--icu-locale", "zh", "--no-sync"]);
            owner.take_on(&mut initdb);
            run(initdb.current_dir(&home.path));
            keep(&data, &template);
        }
        let mut chown = Command::new("chown");
        if let Owner(Some((user, group))) = owner {
            run(chown.arg("-R").arg(format!("{user}:{group}")).arg(&data));
        }
        home
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Who owns it.
    pub fn owner(&self) -> Owner {
        self.owner
    }

    /// What the server has said.
    pub fn log(&self) -> String {
        let log = std::fs::read(self.path.join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}

impl Owner {
    /// For root the user `postgres`, whom the package makes, else `nobody`; for others themselves.
    fn find() -> Self {
        let is_root = std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
        if !is_root {
            return Self(None);
        }
        let users = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
        let ids = |name: &str| {
            users.lines().find_map(|line| {
                let mut parts = line.split(':');
                (parts.next() == Some(name)).then_some(())?;
                Some((parts.nth(1)?.parse().ok()?, parts.next()?.parse().ok()?))
            })
        };
        let found = ids("postgres").or_else(|| ids("nobody"));
        assert!(found.is_some(), "PostgreSQL is not run by root: make a user called postgres");
        Self(found)
    }

    fn take_over(self, path: &Path) {
        if let Self(Some((user, group))) = self {
            chown(path, Some(user), Some(group))
                .unwrap_or_else(|e| panic!("cannot give {} away: {e}", path.display()));
        }
    }

    /// Lets a command run as the owner, away from the terminal's signals.
    pub fn take_on(self, command: &mut Command) {
        if let Self(Some((user, group))) = self {
            command.uid(user).gid(group);
        }
        command.process_group(0);
    }
}

/// Where a cluster is kept for copying: in the build folder, so that `cargo clean` removes it.
fn template(programs: &Programs) -> PathBuf {
    let program = std::env::current_exe().unwrap_or_else(|e| panic!("where is this program? {e}"));
    let build = program.ancestors().nth(2).unwrap_or(Path::new("."));
    build.join(format!("postgres-{}-zh-template", programs.version()))
}

/// Keeps a copy of a cluster. Of several at once the first is kept.
fn keep(data: &Path, template: &Path) {
    let copied = fresh(template.parent().unwrap_or(Path::new(".")), "postgres-template");
    copy(data, &copied);
    if std::fs::rename(&copied, template).is_err() {
        let _ = std::fs::remove_dir_all(&copied);
    }
}

fn copy(from: &Path, to: &Path) {
    run(Command::new("cp").arg("-a").arg(from).arg(to));
}

/// Only its owner may enter it.
fn folder(path: &Path) {
    let made = std::fs::DirBuilder::new().mode(0o700).create(path);
    made.unwrap_or_else(|e| panic!("cannot make the folder {}: {e}", path.display()));
}

/// A path that nothing has.
fn fresh(parent: &Path, name: &str) -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    parent.join(format!("{name}-{}-{number}", std::process::id()))
}
