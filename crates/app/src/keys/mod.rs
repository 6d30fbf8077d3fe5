//! The secrets of an installation, in files of its own beside the store, and the keys of persons.
//!
//! | file | what |
//! |---|---|
//! | `keys/master.key` | encrypts the keys of persons; without it nothing personal can be read |
//! | `keys/vault.key` | encrypts the keys of informers; kept by somebody else than the master key |
//! | `keys/log.key` | the seed of the keys that sign the evidence log |
//! | `keys/log.vkey` | the public key, to be published elsewhere too |
//!
//! The algorithm is named in the first byte of what is encrypted, so that another (SM4) or a key in
//! hardware can be added behind this door without a new format.

mod person;
mod sealed;

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use ledger::note::SignerKey;

pub use person::{Found, PersonKey, PersonKeys, Resolved};
pub use sealed::{SealError, Secret};

/// Why the secrets cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file cannot be read or made.
    #[error("cannot {action} {path}: {source}; check its owner and rights")]
    Io {
        /// What was tried.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file does not hold a key.
    #[error(
        "{path} does not hold a key of 32 bytes in hexadecimal; put back the right file from your safe copy"
    )]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The store has records, but the key is gone.
    #[error(
        "{path} is missing, but the store has records; put it back from your safe copy: a new one could not read them"
    )]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The name of the log cannot be that of a key.
    #[error("{0}")]
    Name(#[from] ledger::note::KeyError),
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Linux gives random bytes as long as it runs; without them nothing here is safe.
    if let Err(error) = getrandom::fill(&mut bytes) {
        panic!("the operating system gives no random bytes: {error}");
    }
    bytes
}

/// The secrets of an installation.
pub struct Keys {
    folder: PathBuf,
    master: Secret,
    vault: Secret,
    seed: [u8; 32],
}

impl Keys {
    /// Reads the keys in `data/keys`, or makes them where the store is new.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn open(data: &Path, store_is_new: bool) -> Result<Self, KeyFileError> {
        let folder = data.join("keys");
        make_folder(&folder)?;
        let master = key_file(&folder.join("master.key"), store_is_new)?;
        let vault = key_file(&folder.join("vault.key"), store_is_new)?;
        let seed = key_file(&folder.join("log.key"), store_is_new)?;
        Ok(Self { folder, master: Secret::new(master), vault: Secret::new(vault), seed })
    }

    /// What encrypts the keys of persons.
    pub fn master(&self) -> &Secret {
        &self.master
    }

    /// What encrypts the keys of informers.
    pub fn vault(&self) -> &Secret {
        &self.vault
    }

    /// What signs the log of this name.
    ///
    /// # Errors
    /// [`KeyFileError::Name`].
    pub fn signer(&self, origin: &str) -> Result<SignerKey, KeyFileError> {
        Ok(SignerKey::from_seed(origin, &self.seed)?)
    }

    /// Writes the public keys of logs beside the secret one, where they can be copied from.
    ///
    /// # Errors
    /// [`KeyFileError::Io`].
    pub fn publish(&self, origins: &[String]) -> Result<(), KeyFileError> {
        let mut text = String::new();
        for origin in origins {
            text.push_str(&format!("{}\n", self.signer(origin)?.verifier()));
        }
        let path = self.folder.join("log.vkey");
        fs::write(&path, text).map_err(|source| KeyFileError::Io { action: "write", path, source })
    }
}

fn make_folder(folder: &Path) -> Result<(), KeyFileError> {
    use std::os::unix::fs::DirBuilderExt as _;
    let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(folder);
    let path = folder.to_owned();
    made.map_err(|source| KeyFileError::Io { action: "make", path, source })
}

fn key_file(path: &Path, may_make: bool) -> Result<[u8; 32], KeyFileError> {
    let fault = |action| {
        let path = path.to_owned();
        move |source| KeyFileError::Io { action, path, source }
    };
    match fs::read_to_string(path) {
        Ok(text) => {
            from_hex(text.trim()).ok_or_else(|| KeyFileError::NoKey { path: path.to_owned() })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => {
            let key: [u8; 32] = random();
            let text: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
            // Under another name first: a key that is there is whole.
            let draft = path.with_extension("new");
            let mut options = fs::OpenOptions::new();
            let mut file = options
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&draft)
                .map_err(fault("make"))?;
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(fault("write"))?;
            fs::rename(&draft, path).map_err(fault("make"))?;
            sync_folder(path).map_err(fault("sync the folder of"))?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Err(KeyFileError::Missing { path: path.to_owned() })
        }
        Err(error) => Err(fault("read")(error)),
    }
}

/// Makes the entry of a file durable.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}
