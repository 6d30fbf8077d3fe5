//! Where an audit gets the files from.

use std::collections::BTreeMap;

use crate::storage::StorageError;

/// The files of a log, by their paths with `/` between the parts.
/// [`DirReader`](crate::storage::DirReader) has those of a folder; a map has those of an archive or of
/// a test.
pub trait LogFiles: Sync {
    /// The paths of all files, in any order.
    ///
    /// # Errors
    /// They cannot be listed.
    fn list(&self) -> Result<Vec<String>, StorageError>;

    /// Replaces the content of `into` by that of a file. False where there is no such file.
    ///
    /// # Errors
    /// It cannot be read, or is larger than any file of its kind.
    fn read_file(&self, path: &str, into: &mut Vec<u8>) -> Result<bool, StorageError>;
}

impl LogFiles for BTreeMap<String, Vec<u8>> {
    fn list(&self) -> Result<Vec<String>, StorageError> {
        Ok(self.keys().cloned().collect())
    }

    fn read_file(&self, path: &str, into: &mut Vec<u8>) -> Result<bool, StorageError> {
        into.clear();
        let found = self.get(path);
        into.extend(found.into_iter().flatten());
        Ok(found.is_some())
    }
}
