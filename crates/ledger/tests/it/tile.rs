//! Tiles, bundles and paths.

use ledger::Hash;
use ledger::tile::{self, Entries, LONGEST_ENTRY, TileId, TileKind};
use proptest::prelude::*;

fn bundle(entries: &[Vec<u8>]) -> Vec<u8> {
    let mut bundle = Vec::new();
    for entry in entries {
        tile::push_entry(&mut bundle, entry).unwrap();
    }
    bundle
}

fn read(bundle: &[u8], width: u16) -> Result<Vec<Vec<u8>>, tile::TileError> {
    Entries::new(bundle, width).map(|e| e.map(<[u8]>::to_vec)).collect()
}

#[test]
fn an_entry_fills_its_length_field() {
    let mut longest = Vec::new();
    tile::push_entry(&mut longest, &vec![1; LONGEST_ENTRY]).unwrap();
    assert_eq!(longest.len(), 2 + LONGEST_ENTRY);
    assert_eq!(longest[..2], [0xff, 0xff]);
    let before = longest.clone();
    let error = tile::push_entry(&mut longest, &vec![1; LONGEST_ENTRY + 1]).unwrap_err();
    assert_eq!(error.code(), "ledger.entry_too_long");
    assert_eq!(longest, before);
}

proptest! {
    #[test]
    fn path_and_tile_are_the_same(level in 0u8..8, index in 0u64..1 << 56, entries: bool, part in 0u64..256) {
        let kind = if entries { TileKind::Entries } else { TileKind::Hashes { level } };
        // The tile at `index` of a log that ends there.
        let full: TileId = match entries {
            true => path("entries", index),
            false => path(&level.to_string(), index),
        }
        .parse()
        .unwrap();
        prop_assert_eq!((full.kind(), full.index(), full.width()), (kind, index, 256));
        let text = if part == 0 { full.to_string() } else { format!("{full}.p/{part}") };
        let tile: TileId = text.parse().unwrap();
        prop_assert_eq!(tile.to_string(), text);
        prop_assert_eq!(tile.full(), full);
    }

    #[test]
    fn reading_a_path_never_panics(text in "\\PC*", tail in "[x0-9./p]{0,40}") {
        let _ = text.parse::<TileId>();
        let _ = format!("tile/0/{tail}").parse::<TileId>();
    }

    #[test]
    fn bundle_and_entries_are_the_same(entries in prop::collection::vec(any::<Vec<u8>>(), 0..256)) {
        let bytes = bundle(&entries);
        prop_assert_eq!(read(&bytes, entries.len() as u16).unwrap(), entries);
    }

    #[test]
    fn a_cut_or_longer_bundle_is_refused(
        entries in prop::collection::vec(any::<Vec<u8>>(), 1..20),
        cut in any::<prop::sample::Index>(),
        more in prop::collection::vec(any::<u8>(), 1..9),
    ) {
        let bytes = bundle(&entries);
        let width = entries.len() as u16;
        let shorter = &bytes[..cut.index(bytes.len())];
        prop_assert_eq!(read(shorter, width).unwrap_err().code(), "ledger.entry_cut");
        let longer = [&bytes[..], &more].concat();
        prop_assert_eq!(read(&longer, width).unwrap_err().code(), "ledger.bundle_trailing_bytes");
    }

    #[test]
    fn tile_and_hashes_are_the_same(hashes in prop::collection::vec(any::<[u8; 32]>(), 1..=256), off in 1usize..40) {
        let hashes: Vec<Hash> = hashes.into_iter().map(Hash::from_bytes).collect();
        let width = hashes.len() as u16;
        let mut bytes = tile::hashes_to_bytes(&hashes);
        prop_assert_eq!(&tile::parse_hashes(&bytes, width).unwrap(), &hashes);
        prop_assert!(tile::parse_hashes(&bytes[..bytes.len().saturating_sub(off)], width).is_err());
        bytes.resize(bytes.len() + off, 0);
        prop_assert!(tile::parse_hashes(&bytes, width).is_err());
    }
}

/// The path of a full tile, spelled out here once more.
fn path(kind: &str, index: u64) -> String {
    let digits = format!("{index}");
    let digits = format!("{}{digits}", "0".repeat((3 - digits.len() % 3) % 3));
    let groups: Vec<&str> = (0..digits.len() / 3).map(|i| &digits[3 * i..3 * i + 3]).collect();
    let (last, before) = groups.split_last().unwrap();
    let before: String = before.iter().map(|group| format!("x{group}/")).collect();
    format!("tile/{kind}/{before}{last}")
}
