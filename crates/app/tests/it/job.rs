//! Jobs: queued, carried out step by step, ended, gone on with.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use app::job::{Ask, Jobs, Order, Outcome, Progress, Said, Step, Work};
use app::{Fault, Principal, Rejection, System};
use codes::Label;
use model::RecordId;
use serde::{Deserialize, Serialize};
use store::job::{Job, JobState};

use crate::people::support::{Staff, WUCHANG};
use crate::support::*;

/// Counts to a number, and writes each number into a file.
struct Count {
    asked: Asked,
    at: u64,
}

#[derive(Clone, Serialize, Deserialize)]
struct Asked {
    /// Up to where.
    to: u64,
    /// At which number it does what.
    #[serde(default)]
    fails_at: Option<(u64, How)>,
    /// Milliseconds of a step.
    #[serde(default)]
    pause: u64,
    #[serde(default)]
    resource: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Serialize, Deserialize)]
enum How {
    Wrong,
    Panic,
    DiskFull,
}

/// How many counting jobs are in a step just now, and the most that were.
static AT_ONCE: AtomicU64 = AtomicU64::new(0);
static MOST_AT_ONCE: AtomicU64 = AtomicU64::new(0);
/// Faults of the disk are over after so many.
static DISK: AtomicU64 = AtomicU64::new(0);

impl Work for Count {
    const KIND: &'static str = "count";
    type Parameters = Asked;
    type Checkpoint = u64;

    fn label(asked: &Asked) -> Label {
        Label { zh: format!("数到 {}", asked.to), en: format!("Count to {}", asked.to) }
    }

    fn resource(asked: &Asked) -> Option<String> {
        asked.resource.clone()
    }

    async fn begin(order: &Order, asked: Asked, from: Option<u64>) -> Result<Self, Rejection> {
        let path = order.path("numbers.txt")?;
        // What was written behind the checkpoint is written again.
        let text = from.map(|_| std::fs::read_to_string(&path).unwrap()).unwrap_or_default();
        let kept = text.lines().take(from.unwrap_or(0) as usize);
        std::fs::write(path, kept.map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        Ok(Self { asked, at: from.unwrap_or(0) })
    }

    async fn step(&mut self, order: &Order) -> Result<Step<u64>, Rejection> {
        let now = AT_ONCE.fetch_add(1, Ordering::SeqCst) + 1;
        MOST_AT_ONCE.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(self.asked.pause)).await;
        AT_ONCE.fetch_sub(1, Ordering::SeqCst);
        if let Some((at, how)) = self.asked.fails_at
            && at == self.at
        {
            match how {
                How::Wrong => return Err(Fault::new("count.wrong", "no", "不行").into()),
                How::Panic => panic!("as the test wants it"),
                How::DiskFull if DISK.load(Ordering::SeqCst) > 0 => {
                    DISK.fetch_sub(1, Ordering::SeqCst);
                    let reason = "no space".to_owned();
                    return Err(store::Error::NotWritable { reason }.into());
                }
                How::DiskFull => {}
            }
        }
        use std::io::Write as _;
        let path = order.path("numbers.txt")?;
        let mut file = std::fs::OpenOptions::new().append(true).open(path).unwrap();
        self.at += 1;
        writeln!(file, "{}", self.at).unwrap();
        let progress = Progress { done: self.at, total: Some(self.asked.to), faults: 0 };
        if self.at < self.asked.to {
            return Ok(Step::More(progress, self.at));
        }
        let file = order.finished("numbers.txt", "text/plain", Some(self.at), false).await?;
        let said = vec![Said::new("数到", "Counted to", self.at)];
        Ok(Step::Done(progress, Outcome { said, files: vec![file], ..Outcome::default() }))
    }

    async fn undo(self, _: &Order) -> Result<Outcome, Rejection> {
        Ok(Outcome { said: vec![Said::new("止于", "Ended at", self.at)], ..Outcome::default() })
    }
}

fn to(to: u64) -> Asked {
    Asked { to, fails_at: None, pause: 0, resource: None }
}

fn open(home: &Home) -> Arc<System> {
    let system = home.open();
    system.jobs().add::<Count>();
    system
}

fn ask(home: &Home, system: &Arc<System>, who: &Principal, asked: &Asked) -> RecordId {
    let ask = Ask { permission: "import.run", ..Ask::default() };
    home.run(system.ask_job::<Count>(who, ask, asked)).unwrap()
}

fn ended(home: &Home, system: &Arc<System>, id: RecordId) -> Job {
    home.run(async {
        let waiting = system.job_ended(operator(), id);
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it ends").unwrap()
    })
}

fn numbers(home: &Home, system: &Arc<System>, id: RecordId) -> Vec<u64> {
    let (path, file) = home.run(system.job_file(operator(), id, "numbers.txt")).unwrap();
    let text = std::fs::read_to_string(path).unwrap();
    assert_eq!(file.bytes, text.len() as u64);
    assert_eq!(file.sha256.len(), 64);
    text.lines().map(|line| line.parse().unwrap()).collect()
}

fn actions(home: &Home, system: &Arc<System>, staff: &Staff<'_>) -> Vec<(String, String)> {
    let filter = app::people::audit::AuditFilter::default();
    let trail = home.run(system.audit_trail(&staff.auditor, filter, None, 500)).unwrap();
    let mut found: Vec<_> = trail
        .entries
        .iter()
        .filter(|entry| entry.text("action").unwrap().starts_with("job-"))
        .map(|entry| (entry.text("action").unwrap().to_owned(), entry.account.clone()))
        .collect();
    found.reverse();
    found
}

#[test]
fn a_job_is_done_and_leaves_a_file_for_who_asked() {
    on_both(|home| {
        let system = open(home);
        let staff = Staff::start(home, &system);
        let (clerk, who) = staff.officer("clerk", "city-officer", WUCHANG);
        let (_, other) = staff.officer("other", "city-officer", WUCHANG);
        let id = ask(home, &system, &who, &to(40));
        let job = home.run(system.job_ended(&who, id)).unwrap();
        assert_eq!((job.state, job.done, job.total), (JobState::Done, 40, Some(40)));
        assert_eq!(system.jobs().label(&job).zh, "数到 40");
        let outcome = Jobs::outcome(&job);
        assert_eq!(outcome.said[0].value, "40");
        let (path, file) = home.run(system.job_file(&who, id, "numbers.txt")).unwrap();
        assert_eq!((file.rows, file.personal), (Some(40), false));
        assert_eq!(std::fs::read_to_string(path).unwrap().lines().count(), 40);
        // Others do not learn that there is one; who operates the system sees it, without the file.
        let code = |rejection: Rejection| rejection.faults()[0].code;
        assert_eq!(code(home.run(system.job(&other, id)).unwrap_err()), "job.not_found");
        assert!(home.run(system.job(&staff.keeper, id)).is_ok());
        let taken = home.run(system.job_file(&staff.keeper, id, "numbers.txt"));
        assert_eq!(code(taken.unwrap_err()), "job.not_found");
        let outside = home.run(system.job_file(&who, id, "../../keys/master.key"));
        assert_eq!(code(outside.unwrap_err()), "job.not_found");
        let own = |who| home.run(system.jobs_shown(who, 10)).unwrap().len();
        assert_eq!((own(&who), own(&other), own(&staff.keeper)), (1, 0, 1));
        let expected = ["job-ask", "job-end", "job-file"].map(|a| (a.to_owned(), clerk.id.clone()));
        assert_eq!(actions(home, &system, &staff), expected);
    });
}

#[test]
fn one_at_a_time_of_a_resource_and_in_order() {
    on_both(|home| {
        let system = open(home);
        MOST_AT_ONCE.store(0, Ordering::SeqCst);
        let one = Asked { resource: Some("sheet".to_owned()), pause: 5, ..to(10) };
        let ids: Vec<RecordId> = (0..4).map(|_| ask(home, &system, operator(), &one)).collect();
        let ended: Vec<Job> = ids.iter().map(|id| ended(home, &system, *id)).collect();
        assert!(ended.iter().all(|job| job.state == JobState::Done));
        assert!(ended.windows(2).all(|two| two[0].updated_at <= two[1].updated_at));
        // Other tests count too, but each in a process of its own under nextest.
        if std::env::var_os("NEXTEST").is_some() {
            assert_eq!(MOST_AT_ONCE.load(Ordering::SeqCst), 1);
        }
    });
}

#[test]
fn what_was_under_way_is_gone_on_with_from_its_checkpoint() {
    on_both(|home| {
        let system = open(home);
        let slow = Asked { pause: 4, ..to(400) };
        let id = ask(home, &system, operator(), &slow);
        // Until a checkpoint is noted.
        while home.run(system.job(operator(), id)).unwrap().done < 20 {
            std::thread::sleep(Duration::from_millis(5));
        }
        home.run(system.stop_jobs());
        let left = home.run(system.job(operator(), id)).unwrap();
        assert_eq!(left.state, JobState::Running);
        assert!(left.done < 400);
        home.close(system);
        let system = open(home);
        home.run(async { system.start_jobs() });
        let job = ended(home, &system, id);
        assert_eq!((job.state, job.done), (JobState::Done, 400));
        assert_eq!(numbers(home, &system, id), (1..=400).collect::<Vec<_>>());
    });
}

#[test]
fn a_job_ends_when_somebody_says_so() {
    on_both(|home| {
        let system = open(home);
        let slow = Asked { pause: 5, resource: Some("one".to_owned()), ..to(100_000) };
        let running = ask(home, &system, operator(), &slow);
        let waiting = ask(home, &system, operator(), &slow);
        while home.run(system.job(operator(), running)).unwrap().done == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        // It had not begun: nothing is to be taken back.
        home.run(system.cancel_job(operator(), waiting)).unwrap();
        let job = ended(home, &system, waiting);
        assert_eq!((job.state, job.done), (JobState::Cancelled, 0));
        home.run(system.cancel_job(operator(), running)).unwrap();
        let job = ended(home, &system, running);
        assert_eq!(job.state, JobState::Cancelled);
        assert_eq!(Jobs::outcome(&job).said[0].en, "Ended at");
        assert!(!home.data().join("jobs").join(running.to_string()).exists());
        let again = home.run(system.cancel_job(operator(), running));
        // Asked for twice it is the same; only what is over for another reason is refused.
        assert!(again.is_ok());
        let done = ask(home, &system, operator(), &to(1));
        ended(home, &system, done);
        let late = home.run(system.cancel_job(operator(), done)).unwrap_err();
        assert_eq!(late.faults()[0].code, "job.over");
    });
}

#[test]
fn what_is_wrong_is_told_what_passes_is_waited_for_and_a_panic_ends_one_job_alone() {
    on_both(|home| {
        let system = open(home);
        let fails = |how| Asked { fails_at: Some((3, how)), ..to(6) };
        let wrong = ask(home, &system, operator(), &fails(How::Wrong));
        let panics = ask(home, &system, operator(), &fails(How::Panic));
        DISK.store(1, Ordering::SeqCst);
        let full = ask(home, &system, operator(), &fails(How::DiskFull));
        let job = ended(home, &system, wrong);
        assert_eq!(job.state, JobState::Refused);
        let fault = Jobs::outcome(&job).faults.remove(0);
        assert_eq!((fault.code.as_str(), fault.zh.as_str()), ("count.wrong", "不行"));
        assert_eq!(ended(home, &system, panics).state, JobState::Failed);
        let job = ended(home, &system, full);
        assert_eq!((job.state, job.trouble), (JobState::Done, None));
        assert_eq!(numbers(home, &system, full), [1, 2, 3, 4, 5, 6]);
    });
}

#[test]
fn a_job_ends_with_the_right_by_which_it_was_asked_for() {
    on_both(|home| {
        let system = open(home);
        let staff = Staff::start(home, &system);
        let somebody = staff.make("leaving", "officer", None);
        let grant = staff.grant(&somebody, "city-officer", WUCHANG).unwrap();
        let secret = crate::people::support::first_log_in(home, &system, staff.now, "leaving");
        let later = crate::people::support::later(staff.now, 2);
        let session = crate::people::support::log_in(home, &system, later, &secret);
        let who = staff.principal(&session);
        let slow = Asked { pause: 5, ..to(100_000) };
        let id = ask(home, &system, &who, &slow);
        while home.run(system.job(&who, id)).unwrap().done == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        home.run(system.end_grant(staff.now, &staff.guard, grant.id, None, "调离")).unwrap();
        let job = ended(home, &system, id);
        assert_eq!(job.state, JobState::Refused);
        assert_eq!(Jobs::outcome(&job).faults[0].code, "job.right_ended");
        // Who has no right to begin with gets no job.
        let (_, station) = staff.officer("station", "station-officer", "420106-01");
        let ask = Ask { permission: "import.run", ..Ask::default() };
        let refused = home.run(system.ask_job::<Count>(&station, ask, &to(1))).unwrap_err();
        assert_eq!(refused.faults()[0].code, "door.permission");
    });
}

#[test]
fn an_account_has_so_many_jobs_at_a_time() {
    on_each(&[false], |home| {
        let system = open(home);
        let slow = Asked { pause: 20, resource: Some("one".to_owned()), ..to(100_000) };
        let ids: Vec<RecordId> = (0..20).map(|_| ask(home, &system, operator(), &slow)).collect();
        let wanted = Ask { permission: "import.run", ..Ask::default() };
        let refused = home.run(system.ask_job::<Count>(operator(), wanted, &slow)).unwrap_err();
        assert_eq!(refused.faults()[0].code, "job.too_many");
        for id in ids {
            home.run(system.cancel_job(operator(), id)).unwrap();
        }
        home.run(system.stop_jobs());
    });
}

#[test]
fn folders_of_which_no_job_knows_are_removed_at_the_start() {
    on_each(&[false], |home| {
        let system = open(home);
        let kept = ask(home, &system, operator(), &to(3));
        ended(home, &system, kept);
        home.run(system.stop_jobs());
        home.close(system);
        let jobs = home.data().join("jobs");
        let left_over = jobs.join(new_id().to_string());
        std::fs::create_dir_all(&left_over).unwrap();
        std::fs::write(left_over.join("complaint.csv"), "王小明").unwrap();
        let system = open(home);
        home.run(async { system.start_jobs() });
        for _ in 0..400 {
            if !left_over.exists() {
                break;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        assert!(!left_over.exists());
        assert_eq!(numbers(home, &system, kept), [1, 2, 3]);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(jobs.join(kept.to_string())).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
    });
}
