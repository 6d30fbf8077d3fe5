//! The digest by which a pack and each of its files is known.

use std::collections::BTreeMap;
use std::fmt;

use sha2::{Digest as _, Sha256};

/// A SHA-256, written with the name of its algorithm: `sha256:` and 64 digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

impl Digest {
    pub(crate) fn of_file(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// Over files in the order given: the length of each path as eight bytes (most significant
    /// first), the path, and the digest of the content, so that no two packs read alike.
    pub(crate) fn of_files<'f>(files: impl Iterator<Item = (&'f str, &'f Self)>) -> Self {
        let mut hash = Sha256::new();
        for (path, content) in files {
            hash.update((path.len() as u64).to_be_bytes());
            hash.update(path);
            hash.update(content.0);
        }
        Self(hash.finalize().into())
    }

    /// That of a pack with these files, by path, also of one that does not read as a pack.
    pub fn of_pack(contents: &BTreeMap<String, Vec<u8>>) -> Self {
        let files: Vec<(&str, Self)> = contents
            .iter()
            .map(|(path, content)| (path.as_str(), Self::of_file(content)))
            .collect();
        Self::of_files(files.iter().map(|(path, digest)| (*path, digest)))
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sha256:")?;
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moving_a_letter_from_path_to_content_changes_it() {
        let of = |path: &str, content: &str| {
            Digest::of_files(std::iter::once((path, &Digest::of_file(content.as_bytes()))))
        };
        assert_ne!(of("ab", "c"), of("a", "bc"));
        let empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Digest::of_file(b"").to_string(), empty); // FIPS 180-4: SHA-256 of nothing
        assert_eq!(Digest::of_files(std::iter::empty()).to_string(), empty);
    }
}
