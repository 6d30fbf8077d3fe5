//! The packs that were in force, kept whole at their activation: so that each can be shown, compared
//! with another and put into force again.
//!
//! A pack is kept as its files one behind the other (the length of the path, the path, the length of
//! the content, the content; lengths in four bytes, the least first), packed by gzip (RFC 1952). Its
//! name is its digest, which follows from the files: what is kept is checked whenever it is read.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use pack::{Change, Pack};
use store::pack_archive::{PackRow, put};

use crate::fault::{Fault, Rejection};
use crate::system::System;

/// The most bytes of all files of a pack.
const MOST_BYTES: u64 = 256 << 20;

/// The files of a pack, by path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The files of a pack as they are kept.
pub(crate) fn packed(files: &Files) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    for (path, content) in files {
        for part in [path.as_bytes(), content] {
            let length = u32::try_from(part.len()).map_err(io::Error::other)?;
            packer.write_all(&length.to_le_bytes())?;
            packer.write_all(part)?;
        }
    }
    packer.finish()
}

/// The files of a pack that was kept; none where they are not those of its digest.
pub(crate) fn unpacked(row: &PackRow) -> Option<Files> {
    let mut bytes = Vec::new();
    GzDecoder::new(&*row.files).take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
    let (mut files, mut rest) = (Files::new(), &*bytes);
    while !rest.is_empty() {
        let path = String::from_utf8(part(&mut rest)?.to_vec()).ok()?;
        files.insert(path, part(&mut rest)?.to_vec());
    }
    (pack::Digest::of_pack(&files).to_string() == row.digest).then_some(files)
}

fn part<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let (length, behind) = rest.split_first_chunk()?;
    let (part, behind) = behind.split_at_checked(u32::from_le_bytes(*length) as usize)?;
    *rest = behind;
    Some(part)
}

/// The files of the pack with a digest that a store keeps; `digest` may be cut off behind its eighth
/// digit, and the name of the algorithm left out.
///
/// # Errors
/// [`Rejection::NotFound`] where there is none or more than one; a fault of the store.
pub async fn files(db: &store::Db, digest: &str) -> Result<Files, Rejection> {
    let wanted = digest.trim().to_ascii_lowercase();
    let wanted = wanted.strip_prefix("sha256:").unwrap_or(&wanted);
    let fits = |kept: &&String| kept.strip_prefix("sha256:").is_some_and(|d| d.starts_with(wanted));
    let kept = db.archived_packs().await?;
    let mut found = kept.iter().filter(fits);
    let only = match (found.next(), found.next()) {
        (Some(only), None) if wanted.len() >= 8 => only,
        _ => return Err(none(digest)),
    };
    let row = db.archived_pack(only).await?.ok_or_else(|| none(digest))?;
    unpacked(&row).ok_or_else(|| store::Error::Damaged { what: format!("the pack {only}") }.into())
}

fn none(digest: &str) -> Rejection {
    Rejection::NotFound(Fault::new(
        "pack.not_kept",
        format!(
            "no pack with the digest {digest} is kept here; give at least eight digits of one of the list of activations"
        ),
        format!("没有保存摘要值为 {digest} 的规则包；请填写启用记录中摘要值的至少前八位"),
    ))
}

/// Two packs, and in what the newer differs.
#[derive(Debug, Clone)]
pub struct Compared {
    /// The older one.
    pub old: Pack,
    /// The newer one.
    pub new: Pack,
    /// In the order of what they are about.
    pub changes: Vec<Change>,
}

impl System {
    /// Keeps the pack in force, where it is not kept yet.
    pub(crate) async fn keep_pack(&self) -> Result<(), Rejection> {
        let pack = self.pack();
        let digest = pack.digest().to_string();
        if self.reader().db().archived_pack(&digest).await?.is_some() {
            return Ok(());
        }
        let files = packed(pack.contents())
            .map_err(|e| store::Error::NotWritable { reason: format!("the pack: {e}") })?;
        let row = PackRow { digest, stored_at: self.clock().now(), files };
        self.writer().write(vec![put(&row)]).await?;
        Ok(())
    }

    /// The digests of the packs that are kept, the newest first.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn kept_packs(&self) -> Result<Vec<String>, Rejection> {
        Ok(self.reader().db().archived_packs().await?)
    }

    /// A pack that was in force, by its digest.
    ///
    /// # Errors
    /// As [`files`]; [`Rejection::Invalid`] where this program does not read it any more.
    pub async fn kept_pack(&self, digest: &str) -> Result<Pack, Rejection> {
        let files = files(self.reader().db(), digest).await?;
        Pack::load(files).map_err(|faults| {
            let first = faults.0.first().map(ToString::to_string).unwrap_or_default();
            Fault::new(
                "pack.not_read",
                format!("this program does not read the pack {digest} any more ({first}); compare it with a program of its time"),
                format!("当前程序已不能读取规则包 {digest}（{first}）；请使用当时版本的程序比较"),
            )
            .into()
        })
    }

    /// Two packs that were in force, and in what the newer differs from the older.
    ///
    /// # Errors
    /// As [`kept_pack`](Self::kept_pack).
    pub async fn compare_packs(&self, old: &str, new: &str) -> Result<Compared, Rejection> {
        let (old, new) = (self.kept_pack(old).await?, self.kept_pack(new).await?);
        let changes = pack::diff(&old, &new);
        Ok(Compared { old, new, changes })
    }
}

#[cfg(test)]
mod tests {
    use model::Timestamp;

    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_what_was_changed_does_not() {
        let files: Files = testkit::hubei_pack()
            .into_iter()
            .map(|(path, content)| (path.to_string(), content.to_vec()))
            .collect();
        let digest = pack::Digest::of_pack(&files).to_string();
        let stored_at = Timestamp::from_micros(0);
        let mut row = PackRow { digest, stored_at, files: packed(&files).unwrap() };
        assert_eq!(unpacked(&row), Some(files.clone()));
        assert!(row.files.len() * 3 < files.values().map(Vec::len).sum(), "{}", row.files.len());
        let whole = row.files.clone();
        row.files.truncate(whole.len() - 20);
        assert_eq!(unpacked(&row), None);
        let mut other = files;
        other.insert("note.md".to_owned(), Vec::new());
        row.files = packed(&other).unwrap();
        assert_eq!(unpacked(&row), None, "another pack under this digest");
    }
}
