//! Reading the checkpoints of a log.

use super::files::LogFiles;
use super::listing::Listing;
use super::problem::{Finding, Stop};
use super::report::{AuditReport, CheckpointReport};
use crate::hash::shown;
use crate::note::{NoteSignature, Verifier};
use crate::storage::StorageError;
use crate::{Checkpoint, CheckpointError, SignedCheckpoint};

/// The file of the newest checkpoint.
pub(super) const CURRENT: &str = "checkpoint";

/// What is in that file; nothing where there is none, and no bytes but the most allowed where it is
/// too long.
pub(super) type Current<'a> = Option<Result<&'a [u8], usize>>;

/// Reads the newest checkpoint.
pub(super) fn read_current<'a>(
    files: &impl LogFiles,
    into: &'a mut Vec<u8>,
) -> Result<Current<'a>, StorageError> {
    match files.read_file(CURRENT, into) {
        Ok(true) => Ok(Some(Ok(into))),
        Ok(false) => Ok(None),
        Err(StorageError::TooLarge { most, .. }) => Ok(Some(Err(most))),
        Err(error) => Err(error),
    }
}

/// Checks that the log reaches at least as far as a checkpoint that is known from elsewhere.
pub(super) fn check_not_older(report: &AuditReport, known: &Checkpoint) -> Result<(), Stop> {
    let wrong = |finding: Finding| Err(finding.in_file(CURRENT));
    let origin = report.origin.as_deref().unwrap_or_default();
    if origin != known.origin {
        return wrong(Finding::Checkpoint(CheckpointError::OtherOrigin {
            expected: shown(&known.origin),
            found: shown(origin),
        }));
    }
    let stored = report.largest().map_or(0, |c| c.size);
    if stored < known.size {
        let known = known.size;
        return wrong(Finding::OlderThanKnown { stored, known });
    }
    Ok(())
}

/// Reads a file that was listed.
///
/// One that vanished since, or is too long, is a finding and not a failure to read.
pub(super) fn read(
    files: &impl LogFiles,
    path: &str,
    size: u64,
    into: &mut Vec<u8>,
) -> Result<(), Stop> {
    match files.read_file(path, into) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Finding::Missing { size }.in_file(path)),
        Err(StorageError::TooLarge { most, .. }) => Err(Finding::TooLarge { most }.in_file(path)),
        Err(error) => Err(error.into()),
    }
}

/// Reads all checkpoints into the report, and checks that they are of one log and signed.
pub(super) fn check(
    files: &impl LogFiles,
    current: Current<'_>,
    listing: &Listing,
    keys: &[&dyn Verifier],
    report: &mut AuditReport,
) -> Result<(), Stop> {
    let mut bytes = Vec::new();
    let numbered = listing.checkpoints.iter().map(String::as_str);
    for file in current.map(|_| CURRENT).into_iter().chain(numbered) {
        let bytes = match current.filter(|_| file == CURRENT) {
            Some(current) => current.map_err(|most| Finding::TooLarge { most }.in_file(file))?,
            None => {
                read(files, file, 0, &mut bytes)?;
                &bytes
            }
        };
        let wrong = |error: CheckpointError| Finding::Checkpoint(error).in_file(file);
        let signed = SignedCheckpoint::parse(bytes).map_err(wrong)?;
        let signed_by = match keys {
            [] => Vec::new(),
            _ => signed.verify(keys).map_err(|e| wrong(e.into()))?,
        };
        let checkpoint = signed.checkpoint();
        let origin = report.origin.get_or_insert_with(|| checkpoint.origin.clone());
        if *origin != checkpoint.origin {
            return Err(wrong(CheckpointError::OtherOrigin {
                expected: shown(origin),
                found: shown(&checkpoint.origin),
            }));
        }
        let not_checked = signed.note().not_among(&signed_by);
        let not_checked = not_checked.map(NoteSignature::signer).collect();
        report.checkpoints.push(CheckpointReport {
            file: file.to_owned(),
            size: checkpoint.size,
            root: checkpoint.root,
            signed_by,
            not_checked,
        });
    }
    if report.checkpoints.is_empty() {
        return Err(Finding::NotALog.in_file(CURRENT));
    }
    Ok(())
}
