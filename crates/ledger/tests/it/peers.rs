//! The public crates `tlog_tiles` and `signed_note` verify what is written here, and the other way
//! round.

use std::path::Path;

use ledger::note::{SignedNote, SignerKey, Verifier as _, VerifierKey};
use ledger::storage::DirStorage;
use ledger::{Hash, tree};
use signed_note::{Note, StandardSigner, StandardVerifier, VerifierList};
use tlog_tiles::{
    HashReader, Tile, TileHashReader, TileReader, check_record, check_tree, prove_record,
    prove_tree, tree_hash,
};

use crate::support::{TempFolder, create, entry, grow, key};

/// The tiles in a folder, as the peer reads them.
struct Folder<'a>(&'a Path);

impl TileReader for Folder<'_> {
    fn height(&self) -> u8 {
        8
    }

    fn read_tiles(&self, tiles: &[Tile]) -> Result<Vec<Vec<u8>>, tlog_tiles::Error> {
        let read = |tile: &Tile| {
            // The peer puts the height of tiles into their path.
            let path = tile.path().replacen("tile/8/", "tile/", 1);
            std::fs::read(self.0.join(&path)).unwrap_or_else(|e| panic!("{path}: {e}"))
        };
        Ok(tiles.iter().map(read).collect())
    }

    fn save_tiles(&self, _: &[Tile], _: &[Vec<u8>]) {}
}

fn theirs(hash: Hash) -> tlog_tiles::Hash {
    tlog_tiles::Hash(*hash.as_bytes())
}

fn ours(hashes: Vec<tlog_tiles::Hash>) -> Vec<Hash> {
    hashes.into_iter().map(|hash| Hash::from_bytes(hash.0)).collect()
}

#[test]
fn tlog_tiles_verifies_our_tiles_and_checkpoint() {
    let folder = TempFolder::new();
    let mut log = create(DirStorage::open(folder.path()).unwrap());
    let tiles = Folder(folder.path());
    for size in [1, 2, 255, 256, 257, 700, 66_000] {
        grow(&mut log, size);
        let bytes = std::fs::read(folder.path().join("checkpoint")).unwrap();
        let text = Note::from_bytes(&bytes).unwrap();
        let checkpoint = tlog_tiles::Checkpoint::from_bytes(text.text()).unwrap();
        assert_eq!((checkpoint.origin(), checkpoint.size()), ("quality.example/log", size));
        let root = *checkpoint.hash();

        // The reader checks every tile that it reads against the root.
        let hashes = TileHashReader::new(size, root, &tiles);
        assert_eq!(tree_hash(size, &hashes).unwrap(), root);
        for index in [0, size / 2, size - 1] {
            let leaf = tlog_tiles::record_hash(&entry(index));
            let proof = log.reader().prove_inclusion(index, size).unwrap();
            let peer_proof = prove_record(size, index, &hashes).unwrap();
            let our_proof: Vec<_> = proof.iter().copied().map(theirs).collect();
            assert_eq!(our_proof, peer_proof);
            check_record(&our_proof, size, root, index, leaf).unwrap();

            let old = index + 1;
            let old_root = theirs(log.reader().root(old).unwrap());
            let proof = prove_tree(size, old, &hashes).unwrap();
            check_tree(&proof, size, root, old, old_root).unwrap();
            let own = log.reader().prove_consistency(old, size).unwrap();
            assert_eq!(own, ours(proof));
            let (old_root, root) = (Hash::from_bytes(old_root.0), Hash::from_bytes(root.0));
            tree::verify_consistency(old, size, &own, &old_root, &root).unwrap();
        }
        // A bundle of entries is what the peer's data tiles are.
        let width = if size < 256 { size as u32 } else { 256 };
        let bundle =
            Tile::new(8, 0, 0, width, true).path().replacen("tile/8/data", "tile/entries", 1);
        assert!(folder.path().join(bundle).is_file());
        assert_eq!(hashes.read_hashes(&[0]).unwrap(), [tlog_tiles::record_hash(&entry(0))]);
    }
}

#[test]
fn signed_note_verifies_our_notes() {
    let log = create(ledger::storage::MemoryStorage::default());
    let bytes = log.published().to_string();
    let verifier = StandardVerifier::new(&key().verifier().to_string()).unwrap();
    let note = Note::from_bytes(bytes.as_bytes()).unwrap();
    let (verified, unverified) = note.verify(&VerifierList::new(vec![Box::new(verifier)])).unwrap();
    assert_eq!((verified.len(), unverified.len()), (1, 0));
    assert_eq!(verified[0].name(), "quality.example/log");
    assert_eq!(note.to_bytes(), bytes.as_bytes());
}

#[test]
fn we_verify_the_notes_of_signed_note() {
    let key = SignerKey::from_seed("peer.example/log", &[3; 32]).unwrap();
    let signer = StandardSigner::new(&key.to_secret_text()).unwrap();
    let mut note = Note::new("two\nlines\n".as_bytes(), &[]).unwrap();
    note.add_sigs(&[&signer]).unwrap();
    let bytes = note.to_bytes();
    let read = SignedNote::parse(&bytes).unwrap();
    assert_eq!(read.verify(&[&key.verifier()]).unwrap().len(), 1);
    assert_eq!(read, SignedNote::sign("two\nlines\n", &[&key]).unwrap());
    let known: VerifierKey = key.verifier().to_string().parse().unwrap();
    assert_eq!(known.name().as_str(), "peer.example/log");
}
