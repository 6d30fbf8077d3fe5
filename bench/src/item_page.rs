//! Figures of the public page of a thing, as a citizen asks for it who scanned its code: over
//! connections on loopback, each page of another thing, none of them kept.
//!
//! `item-page [--connections 64] [--seconds 20] [--program target/release/zhiheng]`
//!
//! The things are those of a small province of the demonstration, which is made once by the program
//! beside and kept. For server, clients and peer see `portal`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app::{Principal, Settings, System};
use epcis::Query;

use crate::portal::{Load, measure};
use crate::report::say;
use crate::store::{Fault, home};

/// Things that are asked for.
const THINGS: usize = 10_000;

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let ran = || {
        let beside = std::env::current_exe()?.with_file_name("zhiheng");
        let (mut load, mut program) = (Load::default(), beside);
        let mut args = args.iter();
        while let Some(name) = args.next() {
            let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--connections" => load.connections = value.parse()?,
                "--seconds" => load.time = Duration::from_secs(value.parse()?),
                "--program" => program = value.into(),
                _ => return Err(format!("{name} is no option").into()),
            }
        }
        let folder = made(&program)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(ask(&folder, &load))
    };
    ran().map_err(|fault: Fault| -> Box<dyn std::error::Error> { fault })
}

/// The province, made where there is none yet.
fn made(program: &Path) -> Result<PathBuf, Fault> {
    let pack = home::hubei()?.digest().to_string();
    let pack = pack.rsplit(':').next().and_then(|hex| hex.get(..12)).unwrap_or_default();
    let folder = home::base()?.join(format!("province-{pack}"));
    if !folder.join("complete").exists() {
        say("making a province");
        let _ = std::fs::remove_dir_all(&folder);
        let done = Command::new(program)
            .args(["demo", "--no-serve", "--dir"])
            .arg(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()?;
        if !done.success() {
            return Err("the province could not be made".into());
        }
        std::fs::write(folder.join("complete"), b"")?;
    }
    Ok(folder)
}

async fn ask(folder: &Path, load: &Load) -> Result<(), Fault> {
    let system = System::open(Settings::in_folder(folder), home::hubei()?).await?;
    let system = Arc::new(system);
    // Made by another version of the program, its readings are made anew first.
    home::settle(&system).await?;
    system.chain().start();
    while system.chain().known().is_none() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let things = things(&system).await?;
    if things.len() < THINGS {
        return Err(format!("the province has {} things, and not {THINGS}", things.len()).into());
    }
    // Spread over all sorts of things.
    let spread = (0..THINGS).filter_map(|at| things.get(at * things.len() / THINGS));
    let paths = spread.map(|thing| {
        let serial = thing.rsplit('/').next().unwrap_or(thing);
        (format!("/item{thing}"), serial.to_owned())
    });
    let paths = paths.collect();
    measure("item-page", "page of a thing over HTTP on loopback", system, folder, paths, load).await
}

/// The paths of all things with a serial number that were made of others.
async fn things(system: &System) -> Result<Vec<String>, Fault> {
    let spaces = epcis::Namespaces::default();
    let query = Query::parse([("eventType", "TransformationEvent")], &spaces)?;
    let (mut found, mut after) = (BTreeSet::new(), None);
    loop {
        let page = system.events(&Principal::operator(), &query, after, 1_000).await?;
        for view in &page.events {
            let things = view.event.outputs.iter().map(|epc| epcis::canonical_id(epc));
            let paths =
                things.filter_map(|id| Some(id.split_once("//")?.1.split_once('/')?.1.to_owned()));
            found.extend(paths.filter(|path| path.contains("/21/")).map(|path| format!("/{path}")));
        }
        after = page.next;
        if after.is_none() {
            return Ok(found.into_iter().collect());
        }
    }
}
