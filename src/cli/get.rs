//! `zhiheng get`: a record by its id, or its proof.

use std::io::Write;
use std::path::PathBuf;

use app::{Principal, Rejection};
use model::RecordId;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The id of the record
    id: RecordId,
    /// As of the first so many records
    #[arg(long, value_name = "COUNT")]
    known: Option<u64>,
    /// Write the proof that it is in the evidence log, a .tlog-proof file, instead of the record
    #[arg(long, value_name = "FILE")]
    proof: Option<PathBuf>,
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let who = Principal::operator();
    let Some(file) = &args.proof else {
        return match runtime.block_on(system.record(&who, args.id, args.known)) {
            Ok(record) => {
                writeln!(out, "{:#}", record.to_json()?)?;
                Ok(Outcome::Good)
            }
            Err(Rejection::NotFound(fault)) => {
                writeln!(out, "{fault}")?;
                Ok(Outcome::Wrong)
            }
            Err(rejection) => Err(told(&rejection)),
        };
    };
    let proof = runtime.block_on(async {
        let stored = system.stored(&who, args.id).await.map_err(|e| told(&e))?;
        system.evidence().wait_for(stored.position, app::System::PATIENCE).await;
        Ok::<_, Fault>(system.evidence().proof(system.reader(), &stored).await?)
    });
    let Some(proof) = proof? else {
        return Err("the record is not under a signed checkpoint yet; ask again in a moment".into());
    };
    std::fs::write(file, proof.to_string())
        .map_err(|e| format!("cannot write {}: {e}", file.display()))?;
    writeln!(out, "written to {}; check it with `zhiheng verify`", file.display())?;
    Ok(Outcome::Good)
}
