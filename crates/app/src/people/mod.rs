//! People: their accounts, how they log in, which roles they have, what they did.
//!
//! | module | what |
//! |---|---|
//! | [`account`] | accounts, made and closed |
//! | [`session`] | logging in and out |
//! | `password`, [`totp`] | the two factors |
//! | [`link`] | links that are good for one use |
//! | [`one_click`] | logging in to a demonstration |
//! | [`role`] | giving and ending roles, absences |
//! | [`grant`], `directory` | what the records say of who has which role |
//! | `territory`, `held` | the same, ready for the door |
//! | [`rules`] | the numbers of the pack for all of it |
//! | [`audit`] | the audit trail |
//! | [`vault`] | who informers are |
//! | [`picture`] | pictures without what they tell of who took them |
//!
//! An account stands in a table and changes; who has which role is said by records, and the
//! directory is a reading of them. Every function is told the time, so that a test can drive it.

pub mod account;
pub mod audit;
mod directory;
pub mod grant;
mod held;
pub mod link;
mod names;
pub mod one_click;
mod password;
pub mod picture;
pub mod role;
pub mod rules;
pub(crate) mod saved;
pub mod session;
mod territory;
pub mod totp;
pub mod vault;

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use clock::Date;
use pack::Pack;
use store::{Reader, Writer};
use tokio::sync::{OwnedRwLockReadGuard, OwnedRwLockWriteGuard};

pub use directory::Directory;
pub use held::{Held, Holding, Person, SYSTEM, Seat};
pub use territory::Territory;

use crate::keys::Secret;
use held::Cell;
use password::Hashing;

/// What a running program knows of people.
pub struct People {
    reader: Reader,
    writer: Arc<Writer>,
    master: Secret,
    directory: RwLock<Arc<Directory>>,
    cells: RwLock<HashMap<Arc<str>, Arc<Cell>>>,
    territory: RwLock<Option<(pack::Digest, Arc<Territory>)>>,
    /// Held for reading while something is done by a right, for writing while rights change.
    gate: Arc<tokio::sync::RwLock<()>>,
    hashing: Hashing,
}

impl People {
    /// Reads who has which role from the records of a store.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn open(
        reader: Reader,
        writer: Arc<Writer>,
        master: Secret,
    ) -> Result<Self, store::Error> {
        let mut directory = Directory::default();
        directory.catch_up(&reader).await?;
        Ok(Self {
            reader,
            writer,
            master,
            directory: RwLock::new(Arc::new(directory)),
            cells: RwLock::default(),
            territory: RwLock::default(),
            gate: Arc::default(),
            hashing: Hashing::default(),
        })
    }

    /// Who has which role, as it is now.
    pub fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The offices of a pack on a day.
    pub fn territory(&self, pack: &Pack, day: Date) -> Arc<Territory> {
        let fits = |known: &&(pack::Digest, Arc<Territory>)| {
            known.0 == *pack.digest() && known.1.day() == day
        };
        let known = self.territory.read().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, known)) = known.as_ref().filter(fits) {
            return Arc::clone(known);
        }
        drop(known);
        let made = Arc::new(Territory::of(pack, day));
        let mut known = self.territory.write().unwrap_or_else(PoisonError::into_inner);
        *known = Some((pack.digest().clone(), Arc::clone(&made)));
        made
    }

    /// A person, with what counts for them on a day and with every change from here on.
    pub fn person(&self, pack: &Pack, account: &str, day: Date) -> Person {
        let territory = self.territory(pack, day);
        let known = self.cells.read().unwrap_or_else(PoisonError::into_inner).get(account).cloned();
        let held = || Held::of(pack, &self.directory(), account, &territory);
        let cell = match known {
            Some(cell) => {
                // Another day or another pack.
                if !std::ptr::eq(cell.get().territory(), &*territory) {
                    cell.set(held());
                }
                cell
            }
            None => {
                let mut cells = self.cells.write().unwrap_or_else(PoisonError::into_inner);
                let made = || Arc::new(Cell::new(held()));
                Arc::clone(cells.entry(account.into()).or_insert_with(made))
            }
        };
        Person { account: account.into(), cell }
    }

    /// Reads what was said of roles since, and lets everybody's rights be as it says.
    ///
    /// # Errors
    /// A fault of the store.
    pub(crate) async fn catch_up(&self, pack: &Pack, day: Date) -> Result<(), store::Error> {
        let mut directory = (*self.directory()).clone();
        directory.catch_up(&self.reader).await?;
        let directory = Arc::new(directory);
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&directory);
        let territory = self.territory(pack, day);
        let cells = self.cells.read().unwrap_or_else(PoisonError::into_inner);
        for (account, cell) in cells.iter() {
            cell.set(Held::of(pack, &directory, account, &territory));
        }
        Ok(())
    }

    /// While this is kept, no right changes.
    pub(crate) async fn hold(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.gate).read_owned().await
    }

    /// Waits until nothing is under way by the rights of before; while it is kept, nothing begins.
    pub(crate) async fn change(&self) -> OwnedRwLockWriteGuard<()> {
        Arc::clone(&self.gate).write_owned().await
    }

    fn db(&self) -> &store::Db {
        self.reader.db()
    }
}
