//! `zhiheng clock`.

use std::io::Write;

use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {}

pub fn run(_args: Args, _out: &mut impl Write) -> Result<Outcome, Fault> {
    Err("not built yet".into())
}
