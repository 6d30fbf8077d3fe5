//! The secrets of an installation.

use std::fs;

use app::OpenError;
use app::keys::KeyFileError;

use crate::support::*;

#[test]
fn a_missing_key_is_not_made_anew() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &complaint("T-1", "p-1")).unwrap();
        drop(system);
        for name in ["master.key", "vault.key", "log.key"] {
            let path = home.data().join("keys").join(name);
            let key = fs::read(&path).unwrap();
            fs::remove_file(&path).unwrap();
            match home.refusal() {
                OpenError::Keys(error @ KeyFileError::Missing { .. }) => {
                    let said = error.to_string();
                    assert!(said.contains(name) && said.contains("safe copy"), "{said}");
                }
                other => panic!("{other}"),
            }
            assert!(!path.exists());
            for wrong in [&b""[..], b"xyz", &key[..63], &[0xFF; 64], "é".repeat(32).as_bytes()] {
                fs::write(&path, wrong).unwrap();
                match home.refusal() {
                    OpenError::Keys(error) => {
                        let said = error.to_string();
                        assert!(said.contains(name), "{said}");
                    }
                    other => panic!("{other}"),
                }
            }
            fs::write(&path, key).unwrap();
        }
        home.open();
    });
}

#[test]
fn secrets_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    on_each(&[false], |home| {
        drop(home.open());
        for name in ["keys/master.key", "keys/vault.key", "keys/log.key"] {
            let mode = fs::metadata(home.data().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
        let mode = fs::metadata(home.data().join("keys")).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    });
}

#[test]
fn a_wrong_key_is_said() {
    on_both(|home| {
        let system = home.open();
        let record = complaint("T-1", "p-1");
        home.send(&system, &record).unwrap();
        drop(system);
        let path = home.data().join("keys/master.key");
        let right = fs::read(&path).unwrap();
        fs::write(&path, "0".repeat(64)).unwrap();
        // What is not personal can be read; what is says what is wrong, to readers and senders.
        let system = home.open();
        home.send(&system, &inspection(1)).unwrap();
        let read = home.run(system.record(operator(), id_of(&record), None)).unwrap_err();
        let fault = check(read.faults()).remove(0);
        assert_eq!(fault.code, "store.damaged");
        assert!(fault.en.contains("master key"), "{fault:?}");
        let sent = home.send(&system, &complaint("T-2", "p-1")).unwrap_err();
        assert_eq!(sent.faults()[0].code, "store.damaged");
        drop(system);
        fs::write(&path, right).unwrap();
        let view = home.record(&home.open(), id_of(&record)).to_json().unwrap();
        assert_eq!(view["personal"][0]["fields"]["complainant_name"], "王小明");

        // Another key cannot go on with the log.
        let path = home.data().join("keys/log.key");
        fs::write(&path, "0".repeat(64)).unwrap();
        match home.refusal() {
            OpenError::Evidence(error) => assert!(!error.to_string().is_empty()),
            other => panic!("{other}"),
        }
        fs::remove_file(home.checkpoint()).unwrap();
        assert!(matches!(home.refusal(), OpenError::Evidence(_)));
    });
}
