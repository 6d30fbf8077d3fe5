//! `zhiheng rebuild`: the readings made anew.

use std::io::Write;

use super::installation::{Installation, runtime};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let began = std::time::Instant::now();
    let records = runtime.block_on(system.rebuild())?;
    let seconds = began.elapsed().as_secs_f64();
    writeln!(out, "made anew from {records} records in {seconds:.1} s")?;
    Ok(Outcome::Good)
}
