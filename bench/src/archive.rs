//! Figures of the registry over a store: making it ready, searching through it, an archive page of a
//! subject with many records, and the memory that all of it holds at rest.
//!
//! `archive [--preload 1000000] [--subjects 200000] [--calls 2000]`
//!
//! The store is made once and kept; what is measured runs in a process of its own, so that memory is
//! that of a server that was just started. Pages are asked for as an officer who is logged in, without
//! a connection between.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use app::reading::When;
use app::registry::Search;
use app::{Principal, Settings, System};
use axum::Extension;
use axum::body::Body;
use axum::http::Request;
use tower::ServiceExt as _;
use web::page::visitor::{Desk, Visitor};

use crate::report::say;
use crate::search::{divisions, subject};
use crate::store::sample::Random;
use crate::store::{Fault, Surroundings, home};

/// Records of each subject with many.
const MANY: u64 = 5_000;
/// Subjects with many.
const OFTEN: usize = 40;
/// Lines that are sent in one piece.
const PIECE: usize = 64 << 10;

pub(crate) struct Options {
    pub(crate) records: u64,
    pub(crate) subjects: u64,
    pub(crate) calls: u64,
    /// The store that is measured; none: it is made first.
    pub(crate) at: Option<PathBuf>,
}

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let ran = || {
        let options = read(args)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        match &options.at {
            Some(at) => runtime.block_on(measure(at, &options)),
            None => {
                let at = runtime.block_on(made(&options))?;
                drop(runtime);
                let number = |n: u64| n.to_string();
                let status = Command::new(std::env::current_exe()?)
                    .args(["archive", "--at"])
                    .arg(at)
                    .args(["--preload", &number(options.records)])
                    .args(["--subjects", &number(options.subjects)])
                    .args(["--calls", &number(options.calls)])
                    .status()?;
                if status.success() { Ok(()) } else { Err("it could not be measured".into()) }
            }
        }
    };
    ran().map_err(|fault: Fault| -> Box<dyn std::error::Error> { fault })
}

fn read(args: &[String]) -> Result<Options, Fault> {
    let mut options = Options { records: 1_000_000, subjects: 200_000, calls: 2_000, at: None };
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--preload" => options.records = value.parse()?,
            "--subjects" => options.subjects = value.parse()?,
            "--calls" => options.calls = value.parse()?,
            "--at" => options.at = Some(value.into()),
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    Ok(options)
}

/// The store, made where there is none yet.
pub(crate) async fn made(options: &Options) -> Result<PathBuf, Fault> {
    let pack = home::hubei()?;
    let digest = pack.digest().to_string();
    let digest = digest.rsplit(':').next().and_then(|hex| hex.get(..12)).unwrap_or_default();
    let name = format!("archive-{}-{}-{digest}", options.records, options.subjects);
    let folder = std::env::temp_dir().join("zhiheng-bench").join(name);
    if folder.join("complete").exists() {
        return Ok(folder);
    }
    say(&format!(
        "putting {} subjects and {} records into a store",
        options.subjects, options.records
    ));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let system = Arc::new(System::open(Settings::in_folder(&folder), pack).await?);
    let divisions = divisions()?;
    let mut random = Random(7);
    let mut ids = Vec::new();
    let mut lines = String::new();
    let mut stream = system.begin_stream(&sender(), app::intake::stream::Options::default())?;
    for _ in 0..options.subjects {
        let subject = subject(&mut random, &divisions)?;
        let (_, name) = &subject.names[0];
        lines.push_str(&format!(
            r#"{{"kind":"organization","region":"{}","valid_at":"2015-01-01T09:00:00+08:00","source":"register","subjects":[{{"role":"organization","id":"{}"}}],"open":{{"name":"{name}","organization_type":"enterprise","status":"active","address":"{}"}}}}"#,
            subject.region, subject.id, subject.address
        ));
        lines.push('\n');
        ids.push((subject.id, subject.region));
        if lines.len() > PIECE {
            stream.push(lines.as_bytes()).await?;
            lines.clear();
        }
    }
    stream.push(lines.as_bytes()).await?;
    stream.finish().await?;
    lines.clear();
    let mut stream = system.begin_stream(&sender(), app::intake::stream::Options::default())?;
    for number in 0..options.records {
        let is_often = number < MANY * OFTEN as u64;
        let at = if is_often {
            number as usize % OFTEN
        } else {
            random.below(ids.len() as u64) as usize
        };
        let (id, region) = &ids[at.min(ids.len() - 1)];
        let (year, month, day) =
            (2021 + random.below(5), 1 + random.below(12), 1 + random.below(28));
        let result = ["pass", "pass", "pass", "fail"][random.below(4) as usize];
        lines.push_str(&format!(
            r#"{{"kind":"inspection","region":"{region}","valid_at":"{year}-{month:02}-{day:02}T10:00:00+08:00","source":"inspection","subjects":[{{"role":"inspected","id":"{id}"}}],"open":{{"inspection_no":"J-{number}","inspected_on":"{year}-{month:02}-{day:02}","sort":"daily","result":"{result}","minor_count":{}}}}}"#,
            random.below(5)
        ));
        lines.push('\n');
        if lines.len() > PIECE {
            stream.push(lines.as_bytes()).await?;
            lines.clear();
        }
    }
    stream.push(lines.as_bytes()).await?;
    stream.finish().await?;
    home::settle(&system).await?;
    let often: Vec<&str> = ids.iter().take(OFTEN).map(|(id, _)| id.as_str()).collect();
    std::fs::write(folder.join("often"), often.join("\n"))?;
    let some: Vec<&str> = ids.iter().step_by(17).map(|(id, _)| id.as_str()).collect();
    std::fs::write(folder.join("some"), some.join("\n"))?;
    tokio::task::spawn_blocking(move || drop(system)).await?;
    std::fs::write(folder.join("complete"), b"")?;
    Ok(folder)
}

fn sender() -> Principal {
    let permissions = ["registry.record", "inspection.record"].map(str::to_owned).into();
    Principal { permissions, ..home::sender() }
}

async fn measure(folder: &Path, options: &Options) -> Result<(), Fault> {
    let surroundings = Surroundings::of(folder)?;
    let figure = |what: &str, n: u64| {
        let figure = surroundings.measurement("archive", what, n).with("engine", "sqlite");
        figure.with("preloaded", options.records).with("subjects", options.subjects)
    };
    let system = System::open(Settings::in_folder(folder), home::hubei()?).await?;
    let system = Arc::new(system);
    let start = Instant::now();
    system.registry().start();
    while system.registry().known().is_none() {
        if let Some(fault) = system.registry().fault() {
            return Err(fault.into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    figure("make the registry ready", options.subjects).took(start.elapsed()).print();
    tokio::time::sleep(Duration::from_secs(1)).await;
    figure("memory at rest", 1).with("memory_mb", memory()?).print();
    let who = Principal::operator();
    let ids = |name: &str| -> Result<Vec<String>, Fault> {
        Ok(std::fs::read_to_string(folder.join(name))?.lines().map(str::to_owned).collect())
    };
    let (often, some) = (ids("often")?, ids("some")?);
    let mut random = Random(11);
    let mut times = Vec::new();
    for _ in 0..options.calls {
        let id = &some[random.below(some.len() as u64) as usize];
        let name = system.search(Some(&who), &search(&id[5..])).await?;
        let name = name.hits.into_iter().next().map(|hit| hit.name).unwrap_or_default();
        let from = random.below(4) as usize;
        let typed: String = name.chars().skip(from).take(2 + random.below(5) as usize).collect();
        let start = Instant::now();
        system.search(Some(&who), &search(&typed)).await?;
        times.push(start.elapsed());
    }
    figure("search by a part of a name", options.calls).percentiles(&mut times).print();
    let mut times = Vec::new();
    for _ in 0..options.calls {
        let id = often[random.below(often.len() as u64) as usize].parse()?;
        let start = Instant::now();
        system.archive(&who, &id, None, When::default(), None, 200).await?;
        times.push(start.elapsed());
    }
    figure("archive without its page", options.calls).percentiles(&mut times).print();
    let router = web::router(Arc::clone(&system)).layer(Extension(visitor(who)));
    for (what, ids) in
        [("archive page, 200 of 5,000", &often), ("archive page, few records", &some)]
    {
        let (mut times, mut bytes) = (Vec::new(), 0);
        for call in 0..options.calls + 20 {
            let id = &ids[random.below(ids.len() as u64) as usize];
            let request = Request::get(format!("/console/archive/{id}"))
                .header("accept", "text/html")
                .body(Body::empty())?;
            let start = Instant::now();
            let response = router.clone().oneshot(request).await?;
            let status = response.status();
            let body = axum::body::to_bytes(response.into_body(), usize::MAX).await?;
            if call >= 20 {
                times.push(start.elapsed());
            }
            bytes += body.len();
            if status != 200 {
                return Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into());
            }
        }
        figure(what, options.calls)
            .with("html_bytes", bytes as u64 / (options.calls + 20))
            .percentiles(&mut times)
            .print();
    }
    figure("memory after that", 1).with("memory_mb", memory()?).print();
    drop(router);
    tokio::task::spawn_blocking(move || drop(system)).await?;
    Ok(())
}

fn search(text: &str) -> Search<'_> {
    Search { text, limit: 20, when: When::default(), ..Search::default() }
}

fn visitor(who: Principal) -> Arc<Visitor> {
    let label = codes::Label { zh: "省局".to_owned(), en: "Provincial office".to_owned() };
    Arc::new(Visitor {
        name: "bench".to_owned(),
        place: label,
        desk: Desk::Console,
        permissions: who.permissions.clone(),
        principal: Arc::new(who),
        binding: [1; 32],
    })
}

/// Memory of this process's own, in MB: what it maps of the store's files is not counted.
fn memory() -> Result<f64, Fault> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).ok_or("no RssAnon")?;
    let kib: f64 = line.split_whitespace().nth(1).ok_or("no number")?.parse()?;
    Ok((kib / 1024.0 * 10.0).round() / 10.0)
}
