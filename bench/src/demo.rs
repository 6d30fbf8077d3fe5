//! How long a newcomer waits for a province: `zhiheng demo --no-serve`, as a process of its own.
//!
//! `demo [--scale small] [--runs 3] [--program target/release/zhiheng]`

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::report::Measurement;
use crate::store::Fault;

struct Options {
    scale: String,
    runs: usize,
    program: PathBuf,
}

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let ran = || -> Result<(), Fault> {
        let options = read(args)?;
        let mut times = Vec::with_capacity(options.runs);
        let mut records = 0;
        for _ in 0..options.runs {
            let (time, made) = once(&options)?;
            times.push(time);
            records = made;
        }
        times.sort_unstable();
        let middle = times.get(times.len() / 2).copied().unwrap_or_default();
        Measurement::new(
            "demo",
            "zhiheng demo --no-serve, to a store that is read and signed",
            records,
        )
        .with("scale", options.scale)
        .with("runs", options.runs as u64)
        .took(middle)
        .print();
        Ok(())
    };
    ran().map_err(|fault: Fault| -> Box<dyn std::error::Error> { fault })
}

fn read(args: &[String]) -> Result<Options, Fault> {
    // The program stands beside this one.
    let beside = std::env::current_exe()?.with_file_name("zhiheng");
    let mut options = Options { scale: "small".to_owned(), runs: 3, program: beside };
    let mut args = args.iter();
    while let Some(name) = args.next() {
        let value = args.next().ok_or_else(|| format!("{name} needs a value"))?;
        match name.as_str() {
            "--scale" => options.scale.clone_from(value),
            "--runs" => options.runs = value.parse::<usize>()?.max(1),
            "--program" => options.program = value.into(),
            _ => return Err(format!("{name} is no option").into()),
        }
    }
    if !options.program.is_file() {
        let program = options.program.display();
        return Err(format!("there is no {program}; build it first: cargo build --release").into());
    }
    Ok(options)
}

/// One province: how long it took, and how many records it has.
fn once(options: &Options) -> Result<(Duration, u64), Fault> {
    let folder = std::env::temp_dir().join(format!("zhiheng-bench-demo-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&folder);
    let started = Instant::now();
    let done = Command::new(&options.program)
        .args(["demo", "--no-serve", "--scale", &options.scale, "--dir"])
        .arg(&folder)
        .stdin(Stdio::null())
        .output()?;
    let time = started.elapsed();
    let _ = std::fs::remove_dir_all(&folder);
    if !done.status.success() {
        return Err(String::from_utf8_lossy(&done.stderr).into_owned().into());
    }
    let said = String::from_utf8_lossy(&done.stdout);
    let made = said.lines().find_map(|line| line.strip_prefix("made "));
    let made = made.and_then(|rest| rest.split(' ').next()).and_then(|count| count.parse().ok());
    Ok((time, made.ok_or("it did not say how many records it made")?))
}
