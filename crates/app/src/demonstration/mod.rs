//! A demonstration: a store to look at, whose records are invented.
//!
//! It is made by the same intake as every other, at a time that is told, so that what its records say
//! of when they were known is as it would be. That a store is a demonstration is said while there is
//! nothing in it, in the store and in the name of its log; nothing sets it later or takes it away, and a
//! store in which the two do not fit is not opened. Its pages say what it is, it is served on this
//! machine alone, and its accounts are entered without a password ([`crate::people::one_click`]).

mod making;

use std::sync::Arc;

use model::Timestamp;
use store::state::{Demonstration, begin_demonstration};
use store::{Reader, Writer};

pub use making::{Making, NewPerson};

/// What the names of the logs of demonstrations begin with, and of no others.
pub const ORIGIN: &str = "zhiheng-demonstration-";

/// Why a store is not opened as a demonstration, or as none.
#[derive(Debug, thiserror::Error)]
pub enum DemonstrationError {
    /// A demonstration is to be made in a store that is in use.
    #[error(
        "there is something in the store already, and a store of real work never becomes a demonstration; name an empty folder"
    )]
    NotEmpty,
    /// The making of a demonstration did not come to its end.
    #[error(
        "the making of this demonstration was broken off; remove its folder and make it again with `zhiheng demo`"
    )]
    BrokenOff,
    /// The name of a log says something else than the store.
    #[error(
        "the store says that it is {}, the name of its log ({origin}) says otherwise; what a store is never changes: use the right store or a backup",
        if *.is_demonstration { "a demonstration" } else { "of real work" }
    )]
    Origin {
        /// The name.
        origin: String,
        /// What the store says.
        is_demonstration: bool,
    },
    /// A fault of the store.
    #[error("{0}")]
    Store(#[from] store::Error),
}

/// Whether a store that is being opened is a demonstration; made one, where that is wanted.
pub(crate) async fn check(
    reader: &Reader,
    writer: &Arc<Writer>,
    make: Option<Timestamp>,
    origin: Option<&str>,
) -> Result<bool, DemonstrationError> {
    if make.is_some() && writer.write(vec![begin_demonstration()]).await? == 0 {
        return Err(DemonstrationError::NotEmpty);
    }
    let is_demonstration = match reader.db().demonstration().await? {
        Demonstration::BeingMade if make.is_none() => return Err(DemonstrationError::BrokenOff),
        Demonstration::No => false,
        Demonstration::BeingMade | Demonstration::Made => true,
    };
    let logs = reader.db().logs().await?;
    let wanted = origin.filter(|_| logs.is_empty()).map(str::to_owned);
    let mut origins = logs.into_iter().map(|log| log.origin).chain(wanted);
    match origins.find(|origin| origin.starts_with(ORIGIN) != is_demonstration) {
        Some(origin) => Err(DemonstrationError::Origin { origin, is_demonstration }),
        None => Ok(is_demonstration),
    }
}
