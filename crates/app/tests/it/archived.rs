//! The packs that were in force are kept whole.

use app::verify::{Options, Problem, verify};
use store::db::Bind;

use crate::support::*;

#[test]
fn a_pack_that_was_in_force_is_shown_and_compared_later() {
    on_both(|home| {
        let system = home.open();
        let first = pack().digest().to_string();
        assert_eq!(home.run(system.kept_packs()).unwrap(), std::slice::from_ref(&first));
        drop(system);
        let other = changed_pack();
        let second = other.digest().to_string();
        let system = home.open_with(other);
        let mut kept = home.run(system.kept_packs()).unwrap();
        kept.sort();
        let mut both = [first.clone(), second.clone()];
        both.sort();
        assert_eq!(kept, both);
        assert_eq!(home.run(system.kept_pack(&first)).unwrap().digest(), pack().digest());
        // By as much of the digest as people type.
        let compared = home.run(system.compare_packs(&first[7..19], &second)).unwrap();
        assert_eq!(compared.changes.len(), 1);
        let words = compared.changes[0].say(pack::Language::Zh);
        assert!(words.contains("监督检查（新）"), "{words}");
        for wrong in ["", "sha256:", "abc", &first[7..12], &"0".repeat(64)] {
            assert_eq!(only(home.run(system.kept_pack(wrong))).code, "pack.not_kept", "{wrong}");
        }
        // The record of the activation says how much it changed.
        let activations = home.run(system.activations()).unwrap();
        assert_eq!(activations[0].open["changes"], 1);
        // It is in a backup, and what was changed of it is found.
        let mut saved = Vec::new();
        home.run(app::backup::write(system.reader(), &system.files(), &mut saved)).unwrap();
        let restored = Home::new(home.is_postgres());
        let files = app::attachment::Files::of(&restored.settings().data);
        restored.run(app::backup::restore(&restored.settings().address, &files, &*saved)).unwrap();
        restored.take_keys(home);
        let again = restored.open_anew();
        assert!(restored.run(again.kept_pack(&first)).is_ok());
        let sound = home.run(verify(system.reader(), &Options::default())).unwrap();
        assert_eq!(sound.problems, []);
        let sql = "UPDATE pack_archive SET files = $1 WHERE digest = $2";
        home.change(sql, vec![Bind::Bytes(vec![1, 2, 3]), Bind::Text(first.clone())]);
        let report = home.run(verify(system.reader(), &Options::default())).unwrap();
        assert_eq!(report.problems, [Problem::Pack { digest: first.clone() }]);
        assert!(home.run(system.kept_pack(&first)).is_err());
    });
}
