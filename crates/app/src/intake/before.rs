//! What a record does to others that were stored before it: it takes their place, or takes them back.
//!
//! Whether its sender may is asked here, of the door; whether it can (the other is a head, the batch is
//! not gone already) the writer decides. What is not stored yet is left to the writer, which knows of
//! no record behind the one that names it.

use model::{Draft, RecordId};
use store::Stored;

use super::closing_id;
use crate::Door;
use crate::door::Principal;
use crate::fault::{Fault, Rejection};
use crate::reading::{envelope, target};
use crate::system::System;
use crate::time::day;

/// The permission to put a record in the place of another office's.
pub const CORRECT: &str = "record.correct";
/// The permission to take back what another office sent.
pub const WITHDRAW: &str = "record.withdraw";

impl System {
    /// Whether somebody may do to others' records what a draft does to them.
    ///
    /// # Errors
    /// [`Rejection::Denied`], which says what is missing; a fault of the store.
    pub(crate) async fn may_change(&self, who: &Principal, draft: &Draft) -> Result<(), Rejection> {
        if let Some(corrected) = draft.corrects
            && let Some(stored) = self.reader().record(corrected).await?
        {
            self.may_change_stored(who, CORRECT, &stored).map_err(|e| at(e, "/corrects"))?;
        }
        if let Some(taken_back) = draft.withdraws
            && let Some(stored) = self.sent_as(taken_back).await?
        {
            self.may_change_stored(who, WITHDRAW, &stored).map_err(|e| at(e, "/withdraws"))?;
        }
        Ok(())
    }

    fn may_change_stored(
        &self,
        who: &Principal,
        permission: &str,
        stored: &Stored,
    ) -> Result<(), Rejection> {
        let (pack, envelope) = (self.pack(), envelope(stored)?);
        let door = Door::new(&pack, day(self.clock().now()));
        door.authorize_change(who, permission, target(stored, &envelope))
    }

    /// A record, or one that says by whom a batch was sent: that which completes it, or its first.
    async fn sent_as(&self, id: RecordId) -> Result<Option<Stored>, store::Error> {
        for id in [closing_id(id), id] {
            if let Some(stored) = self.reader().record(id).await? {
                return Ok(Some(stored));
            }
        }
        let first = self.reader().batch_positions(id, None, 1).await?;
        Ok(self.reader().at(&first).await?.pop())
    }
}

fn at(rejection: Rejection, pointer: &str) -> Rejection {
    match rejection {
        Rejection::Denied(fault) => Rejection::Denied(Fault::at(fault, pointer)),
        other => other,
    }
}
