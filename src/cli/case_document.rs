//! `zhiheng case document`: documents of a case, drawn up, sealed, void, served.

use std::io::Write;
use std::path::PathBuf;

use app::Principal;
use app::document::{Drawn, NewDocument, NewService, standalone};
use app::reading::When;
use clock::Date;
use model::{RecordId, SubjectId};
use serde_json::json;

use super::installation::{Installation, runtime, told};
use super::{Fault, Outcome};

#[derive(clap::Args)]
pub struct Args {
    #[command(flatten)]
    installation: Installation,
    /// The record that opened the case
    case: RecordId,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(clap::Subcommand)]
enum What {
    /// Draw up the document of a step
    Draw {
        /// The number of the step in the case
        step: u64,
    },
    /// Show what stands on a document
    Show {
        /// The document
        document: RecordId,
        /// Write it as a file of HTML, to be printed, instead
        #[arg(long, value_name = "FILE")]
        html: Option<PathBuf>,
    },
    /// Seal a draft: it takes its number and day
    Seal {
        /// The document
        document: RecordId,
    },
    /// Declare a document void: it keeps its number
    Void {
        /// The document
        document: RecordId,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Record that a document was served, or could not be
    Serve {
        /// The document
        document: RecordId,
        /// How, a code of the list service-way
        #[arg(long, value_name = "WAY")]
        way: String,
        /// When it was handed over, sent, posted up or announced
        #[arg(long, value_name = "DAY")]
        tried_on: Date,
        /// The day of service by law
        #[arg(long, value_name = "DAY")]
        served_on: Option<Date>,
        /// Where, or in what it was announced
        #[arg(long, value_name = "TEXT", default_value = "")]
        place: String,
        /// When the addressee agreed to be served electronically
        #[arg(long, value_name = "DAY")]
        consent_on: Option<Date>,
        /// Why it failed
        #[arg(long, value_name = "TEXT", default_value = "")]
        failure: String,
        /// Who signed or witnessed
        #[arg(long, value_name = "TEXT", default_value = "")]
        recipient: String,
        /// An officer who served it, as person:…; may be repeated
        #[arg(long = "officer", value_name = "PERSON")]
        officers: Vec<SubjectId>,
    },
}

pub fn run(args: Args, out: &mut impl Write) -> Result<Outcome, Fault> {
    let runtime = runtime()?;
    let system = args.installation.open_existing(&runtime)?;
    let (who, case) = (Principal::operator(), args.case);
    let size = runtime.block_on(system.reader().size())?;
    let drawn = match args.what {
        None => {
            let when = When { valid: None, known: Some(size) };
            let found = runtime.block_on(system.documents(&who, case, when));
            let found = found.map_err(|e| told(&e))?;
            for document in &found.documents {
                let number = document.number.as_deref().unwrap_or("-");
                let (id, state) = (document.document, document.state);
                writeln!(out, "{id}  {state}  {number}  {}", document.label.zh)?;
            }
            for one in &found.to_make {
                writeln!(out, "+ {}  {}  {}", one.step, one.template, one.label.zh)?;
            }
            return Ok(Outcome::Good);
        }
        Some(What::Show { document, html }) => {
            let found = runtime.block_on(system.document(&who, case, document, Some(size)));
            let found = found.map_err(|e| told(&e))?;
            match html {
                Some(file) => {
                    std::fs::write(&file, standalone(&found.paper, found.number.as_deref()))
                        .map_err(|e| Fault::from(format!("{}: {e}", file.display())))?;
                }
                None => writeln!(out, "{:#}", serde_json::to_value(&found)?)?,
            }
            return Ok(Outcome::Good);
        }
        Some(What::Serve {
            document,
            way,
            tried_on,
            served_on,
            place,
            consent_on,
            failure,
            recipient,
            officers,
        }) => {
            let new = NewService {
                way,
                tried_on,
                served_on,
                place,
                consent_on,
                failure,
                recipient,
                officers,
            };
            let served = runtime.block_on(system.serve_document(&who, case, document, new));
            let (receipt, service) = served.map_err(|e| told(&e))?;
            let answer = json!({ "service": service.to_string(), "position": receipt.position });
            writeln!(out, "{answer:#}")?;
            return Ok(Outcome::Good);
        }
        Some(What::Draw { step }) => {
            runtime.block_on(system.draw_up(&who, case, NewDocument { id: None, step }))
        }
        Some(What::Seal { document }) => {
            runtime.block_on(system.seal_document(&who, case, document, None))
        }
        Some(What::Void { document, reason }) => {
            runtime.block_on(system.void_document(&who, case, document, None, &reason))
        }
    };
    tell(&drawn.map_err(|e| told(&e))?, out)?;
    Ok(Outcome::Good)
}

fn tell(drawn: &Drawn, out: &mut impl Write) -> Result<(), Fault> {
    let answer = json!({
        "document": drawn.document.to_string(),
        "version": drawn.version,
        "number": drawn.number,
        "missing": drawn.missing,
        "position": drawn.receipt.position,
    });
    writeln!(out, "{answer:#}")?;
    Ok(())
}
