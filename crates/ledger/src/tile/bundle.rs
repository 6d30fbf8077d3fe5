//! Bundles of entries: each entry behind its length in 16 bits, the high byte first.

use super::{LONGEST_ENTRY, TileError};

/// The entries of a bundle, one after the other, each checked to be complete, and at the end that
/// nothing follows.
///
/// ```
/// use ledger::tile::{self, Entries};
///
/// let mut bundle = Vec::new();
/// tile::push_entry(&mut bundle, b"one").unwrap();
/// tile::push_entry(&mut bundle, b"").unwrap();
/// assert_eq!(bundle, [0, 3, b'o', b'n', b'e', 0, 0]);
///
/// let entries: Vec<&[u8]> = Entries::new(&bundle, 2).collect::<Result<_, _>>().unwrap();
/// assert_eq!(entries, [&b"one"[..], b""]);
/// let error = Entries::new(&bundle, 1).last().unwrap().unwrap_err();
/// assert_eq!(error.code(), "ledger.bundle_trailing_bytes");
/// ```
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    rest: &'a [u8],
    width: u16,
    next: u16,
    done: bool,
}

impl<'a> Entries<'a> {
    /// The entries of a bundle that should have `width` of them.
    pub fn new(bundle: &'a [u8], width: u16) -> Self {
        Self { rest: bundle, width, next: 0, done: false }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<&'a [u8], TileError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.done {
            return None;
        }
        if self.next == self.width {
            self.done = true;
            return (!self.rest.is_empty()).then_some(Err(TileError::TrailingBytes {
                width: self.width,
                found: self.rest.len(),
            }));
        }
        let entry = self
            .rest
            .split_first_chunk()
            .and_then(|(len, rest)| rest.split_at_checked(usize::from(u16::from_be_bytes(*len))));
        let Some((entry, rest)) = entry else {
            self.done = true;
            return Some(Err(TileError::EntryCut { entry: self.next, width: self.width }));
        };
        self.rest = rest;
        self.next += 1;
        Some(Ok(entry))
    }
}

/// Adds an entry to a bundle.
///
/// # Errors
/// [`TileError::EntryTooLong`] from 65,536 bytes on; the bundle is then as it was.
pub fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) -> Result<(), TileError> {
    let too_long = |_| TileError::EntryTooLong { found: entry.len() };
    let len = u16::try_from(entry.len()).map_err(too_long)?;
    debug_assert!(entry.len() <= LONGEST_ENTRY);
    bundle.extend_from_slice(&len.to_be_bytes());
    bundle.extend_from_slice(entry);
    Ok(())
}
