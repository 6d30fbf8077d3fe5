//! The files of attachments, in a folder of the installation: each under the digest of its bytes, so
//! that no name from outside is ever a path, and what was changed is found.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use model::Digest;

use crate::keys::sync_folder;

/// A folder of files.
#[derive(Debug, Clone)]
pub struct Files(PathBuf);

impl Files {
    /// Those of the installation in a folder.
    pub fn of(data: &Path) -> Self {
        Self(data.join("files"))
    }

    /// Where the file with a digest is; none where that is not written as one.
    fn path(&self, digest: &str) -> Option<PathBuf> {
        let digits = digest.strip_prefix("sha256:")?;
        let is_digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let is_digest = digits.len() == 64 && digits.bytes().all(is_digit);
        is_digest.then(|| self.0.join(&digits[..2]).join(digits))
    }

    /// Keeps bytes, durably, and gives their digest. What is there already stays.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn put(&self, bytes: &[u8]) -> io::Result<Digest> {
        let digest = Digest::of(&[bytes]);
        let path = self.path(&digest.to_string());
        let path = path.ok_or_else(|| io::Error::other("a digest that is none"))?;
        if path.is_file() {
            // Who put it there may not have come to its end yet.
            sync_folder(&path)?;
            self.sync_folders(&path)?;
            return Ok(digest);
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        self.sync_folders(&path)?;
        // Under another name first: a file that is there is whole.
        let draft =
            path.with_extension(format!("{:016x}", u64::from_be_bytes(crate::keys::random())));
        let written = File::create_new(&draft).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&draft, &path)?;
            sync_folder(&path)
        });
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written.map(|()| digest)
    }

    /// Makes the folders durable in which a file lies: a new one is an entry of that above it.
    fn sync_folders(&self, path: &Path) -> io::Result<()> {
        if let Some(folder) = path.parent() {
            sync_folder(folder)?;
        }
        sync_folder(&self.0)
    }

    /// The bytes with a digest; none where there is no such file, or it holds others.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn get(&self, digest: &str) -> io::Result<Option<Vec<u8>>> {
        let Some(path) = self.path(digest) else { return Ok(None) };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok((Digest::of(&[&bytes]).to_string() == digest).then_some(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_by_its_digest_and_not_where_it_was_changed() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::of(folder.path());
        let digest = files.put(b"a picture").unwrap().to_string();
        assert_eq!(files.put(b"a picture").unwrap().to_string(), digest);
        assert_eq!(files.get(&digest).unwrap().as_deref(), Some(&b"a picture"[..]));
        fs::write(files.path(&digest).unwrap(), b"another").unwrap();
        assert_eq!(files.get(&digest).unwrap(), None);
        for no_digest in ["sha256:../../../etc/passwd", "sha256:", "", "/etc/passwd", "sha256:AB"] {
            assert_eq!(files.path(no_digest), None, "{no_digest}");
        }
    }
}
