//! What accounts are called, for those who have their pseudonyms already.

use std::collections::HashMap;

use crate::system::System;

/// Accounts that are looked up at once.
const MOST: usize = 500;

impl System {
    /// The names of some accounts, by their pseudonyms; whom there is no account of is left out. It
    /// asks nobody who may know a name: whoever reads a record reads the pseudonym in it, and these
    /// names are shown to all of an office.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn account_names<'i>(
        &self,
        ids: impl Iterator<Item = &'i str>,
    ) -> Result<HashMap<String, String>, store::Error> {
        let mut names = HashMap::new();
        let mut asked: Vec<&str> = ids.collect();
        asked.sort_unstable();
        asked.dedup();
        for id in asked.into_iter().take(MOST) {
            if let Some(account) = self.reader().db().account(id).await? {
                names.insert(account.id, account.name);
            }
        }
        Ok(names)
    }
}
