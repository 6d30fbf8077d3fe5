//! Duties: who has to do what by when, at the size of a province; whose a case is; what the program
//! does at the end of a term; who was late.
//!
//! | module | what |
//! |---|---|
//! | [`list`] | duties by person and office, in the order in which they are due |
//! | [`assign`] | taking a case, handing it over, stepping back from it |
//! | [`program`] | the steps that the program takes |
//! | [`late`] | supervision of how terms are kept |
//! | [`scan`] | all cases of the province for any two times |
//! | [`hands`] | in whose hands a case is |
//! | `cases`, `body`, `derive` | cases as the readings hold them, and what has to be done in them |
//!
//! The readings hold of each case what its records say, packed, and of each duty the moments at which
//! its standing changes. How much is left is counted when somebody looks, for what is on the page.
//! Another pack, and with it another calendar, has other readings: they are made anew.

pub mod assign;
mod body;
pub(crate) mod cases;
mod derive;
pub mod hands;
pub mod late;
pub mod list;
pub mod program;
pub mod scan;

use std::sync::{Arc, Mutex, PoisonError};

use pack::Pack;

pub(crate) use cases::Cases;
pub(crate) use derive::derive;

use crate::fault::Rejection;
use crate::system::System;

/// What a running program knows of cases: what its pack says of them, and how often one may go
/// through all of them at once.
pub(crate) struct Duties {
    cases: Mutex<Option<(pack::Digest, Arc<Cases>)>>,
    /// Of the pack that was in force before and was last asked about.
    before: Mutex<Option<(String, Arc<Cases>)>>,
    scans: tokio::sync::Semaphore,
    pub(crate) program: program::Program,
}

impl Default for Duties {
    fn default() -> Self {
        Self {
            cases: Mutex::default(),
            before: Mutex::default(),
            scans: tokio::sync::Semaphore::new(1),
            program: program::Program::default(),
        }
    }
}

/// What a pack says of cases.
///
/// # Errors
/// A calendar that does not read.
pub(crate) fn cases_of(pack: &Arc<Pack>) -> Result<Cases, store::Error> {
    let days = crate::days::of_pack(pack)?;
    Ok(Cases::new(Arc::clone(pack), Arc::new(days)))
}

impl System {
    /// What the pack in force says of cases.
    pub(crate) fn cases(&self) -> Result<Arc<Cases>, Rejection> {
        let pack = self.pack();
        let mut known = self.duty().cases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, cases)) = known.as_ref().filter(|(digest, _)| digest == pack.digest()) {
            return Ok(Arc::clone(cases));
        }
        let cases = Arc::new(cases_of(&pack)?);
        *known = Some((pack.digest().clone(), Arc::clone(&cases)));
        Ok(cases)
    }

    /// What the pack says of cases that was in force when so many records were known; none given: the
    /// one in force.
    ///
    /// # Errors
    /// A pack that is not kept or that this program reads no more; a fault of the store.
    pub(crate) async fn cases_known(&self, known: Option<u64>) -> Result<Arc<Cases>, Rejection> {
        let now = self.cases()?;
        let Some(known) = known else { return Ok(now) };
        let Some(digest) = self.pack_digest_known(known).await? else { return Ok(now) };
        if digest == now.pack.digest().to_string() {
            return Ok(now);
        }
        let kept = self.duty().before.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, cases)) = kept.filter(|(of, _)| *of == digest) {
            return Ok(cases);
        }
        let pack = Arc::new(self.kept_pack(&digest).await?);
        let cases = Arc::new(cases_of(&pack)?);
        let mut before = self.duty().before.lock().unwrap_or_else(PoisonError::into_inner);
        *before = Some((digest, Arc::clone(&cases)));
        Ok(cases)
    }
}
