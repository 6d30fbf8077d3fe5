//! Reading, writing, signing and verifying notes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{KeyId, KeyName, NoteError, Signer, Verifier};
use crate::hash::shown;

/// The most bytes of a note that are read.
const MOST_BYTES: usize = 1_000_000;

/// The most signatures of a note that are read; the format asks for at least 16.
const MOST_SIGNATURES: usize = 100;

const DASH: &str = "\u{2014} ";

/// Text with its signatures, those of unknown keys included (C2SP signed-note).
///
/// [`Display`](fmt::Display) writes the note as it was read, to the byte.
///
/// ```
/// use ledger::note::{SignedNote, SignerKey};
///
/// let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let note = SignedNote::sign("two\nlines\n", &[&key]).unwrap().to_string();
/// assert!(note.starts_with("two\nlines\n\n— quality.example/log "));
///
/// let read = SignedNote::parse(note.as_bytes()).unwrap();
/// assert_eq!(read.text(), "two\nlines\n");
/// assert_eq!(read.to_string(), note);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedNote {
    text: String,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
///
/// ```
/// # use ledger::note::{SignedNote, SignerKey};
/// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
/// let note = SignedNote::sign("text\n", &[&key]).unwrap();
/// let line = &note.signatures()[0];
/// assert_eq!((line.name().as_str(), line.bytes().len()), ("quality.example/log", 64));
/// assert_eq!(line.signer(), "quality.example/log+cc32346a");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: KeyName,
    key_id: KeyId,
    bytes: Vec<u8>,
}

/// A known key whose signature holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The key's name.
    pub name: KeyName,
    /// The key's ID.
    pub key_id: KeyId,
    /// The time that the signature carries, in seconds since 1970 UTC, where its algorithm has one.
    pub signed_at: Option<u64>,
}

impl NoteSignature {
    /// The name of the key that is said to have signed.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// The ID of that key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature proper, in the form of its algorithm.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The key that is said to have signed, as `name+ID`, to be shown.
    pub fn signer(&self) -> String {
        format!("{}+{}", shown(self.name.as_str()), self.key_id)
    }

    fn parse(line: &str) -> Result<Self, &'static str> {
        let line =
            line.strip_prefix(DASH).ok_or("it does not start with an em dash and a space")?;
        let (name, signature) =
            line.split_once(' ').ok_or("it has no space between the key name and the signature")?;
        let signature =
            STANDARD.decode(signature).map_err(|_| "the signature is not standard base64")?;
        match signature.split_first_chunk() {
            Some((id, bytes)) if !bytes.is_empty() => Ok(Self {
                name: KeyName::new(name).map_err(|_| "the key name has a space or a plus sign")?,
                key_id: KeyId(u32::from_be_bytes(*id)),
                bytes: bytes.to_vec(),
            }),
            _ => Err("the signature is too short"),
        }
    }
}

impl SignedNote {
    /// The note in `bytes`. Its signatures are not checked: see [`verify`](Self::verify).
    ///
    /// # Errors
    /// All of [`NoteError`] but those about keys.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        let note = check_characters(bytes)?;
        let (text, lines) = note.rsplit_once("\n\n").ok_or(NoteError::NoSignatures)?;
        let lines = lines.strip_suffix('\n').ok_or(NoteError::NoSignatures)?;
        let mut signatures = Vec::new();
        for (i, line) in lines.split('\n').enumerate() {
            if i == MOST_SIGNATURES {
                return Err(NoteError::TooManySignatures { most: MOST_SIGNATURES });
            }
            let signature = NoteSignature::parse(line)
                .map_err(|reason| NoteError::BadSignatureLine { line: i + 1, reason })?;
            signatures.push(signature);
        }
        Ok(Self { text: format!("{text}\n"), signatures })
    }

    /// Signs `text`, which must end with a line end, with every signer, in their order.
    ///
    /// # Errors
    /// [`NoteError::TextNotEnded`], [`NoteError::ControlCharacter`], [`NoteError::TooLarge`],
    /// [`NoteError::NoSignatures`] without a signer, or a key that does not sign.
    pub fn sign(text: &str, signers: &[&dyn Signer]) -> Result<Self, NoteError> {
        check_characters(text.as_bytes())?;
        if !text.ends_with('\n') {
            return Err(NoteError::TextNotEnded);
        }
        if signers.is_empty() {
            return Err(NoteError::NoSignatures);
        }
        let mut note = Self { text: text.to_owned(), signatures: Vec::new() };
        for signer in signers {
            note.add(*signer)?;
        }
        Ok(note)
    }

    /// Adds the signature of a further key, or replaces the one it gave before.
    ///
    /// # Errors
    /// The key does not sign.
    ///
    /// ```
    /// # use ledger::note::{SignedNote, SignerKey};
    /// let old = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// let new = SignerKey::from_seed("quality.example/log", &[8; 32]).unwrap();
    /// let mut note = SignedNote::sign("text\n", &[&old]).unwrap();
    /// note.add(&new).unwrap();
    /// assert_eq!(note.verify(&[&old.verifier(), &new.verifier()]).unwrap().len(), 2);
    /// ```
    pub fn add(&mut self, signer: &dyn Signer) -> Result<(), NoteError> {
        let (name, key_id) = (signer.name().clone(), signer.key_id());
        let bytes = signer.sign(&self.text)?;
        self.signatures.retain(|s| (&s.name, s.key_id) != (&name, key_id));
        self.signatures.push(NoteSignature { name, key_id, bytes });
        Ok(())
    }

    /// The text that is signed, its last line end included. Not to be believed before
    /// [`verify`](Self::verify).
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signatures, as they stand in the note.
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }

    /// Checks the signatures of the keys in `known`, and gives those that hold. Signatures of other
    /// keys are passed over, as the format demands, so that keys can change and witnesses can join.
    ///
    /// # Errors
    /// [`NoteError::BadSignature`] as soon as one of a known key does not hold;
    /// [`NoteError::NoKnownSignature`] where there is none.
    ///
    /// ```
    /// # use ledger::note::{SignedNote, SignerKey};
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let other = SignerKey::from_seed("quality.example/log", &[8; 32]).unwrap();
    /// let note = SignedNote::sign("text\n", &[&key]).unwrap();
    /// assert_eq!(note.verify(&[&key.verifier()]).unwrap()[0].name.as_str(), "quality.example/log");
    /// let error = note.verify(&[&other.verifier()]).unwrap_err();
    /// assert_eq!(error.code(), "ledger.no_known_signature");
    /// ```
    pub fn verify(&self, known: &[&dyn Verifier]) -> Result<Vec<Verified>, NoteError> {
        let mut verified: Vec<Verified> = Vec::new();
        for signature in &self.signatures {
            let same = |key: &&&dyn Verifier| {
                key.name() == &signature.name && key.key_id() == signature.key_id
            };
            let Some(key) = known.iter().find(same) else {
                continue;
            };
            if !key.verify(&self.text, &signature.bytes) {
                return Err(NoteError::BadSignature {
                    name: shown(signature.name.as_str()),
                    key_id: signature.key_id.to_string(),
                });
            }
            let seen = |v: &Verified| v.name == signature.name && v.key_id == signature.key_id;
            if !verified.iter().any(seen) {
                verified.push(Verified {
                    name: signature.name.clone(),
                    key_id: signature.key_id,
                    signed_at: key.signed_at(&signature.bytes),
                });
            }
        }
        if verified.is_empty() {
            let found: Vec<String> = self.signatures.iter().map(NoteSignature::signer).collect();
            return Err(NoteError::NoKnownSignature { found: found.join(", ") });
        }
        Ok(verified)
    }
}

impl SignedNote {
    /// The signatures that are not among those verified: nobody checked them.
    ///
    /// ```
    /// # use ledger::note::{SignedNote, SignerKey};
    /// # let key = SignerKey::from_seed("quality.example/log", &[7; 32]).unwrap();
    /// # let other = SignerKey::from_seed("other.example", &[8; 32]).unwrap();
    /// let note = SignedNote::sign("text\n", &[&key, &other]).unwrap();
    /// let verified = note.verify(&[&key.verifier()]).unwrap();
    /// let left: Vec<&str> = note.not_among(&verified).map(|s| s.name().as_str()).collect();
    /// assert_eq!(left, ["other.example"]);
    /// ```
    pub fn not_among<'a>(
        &'a self,
        verified: &'a [Verified],
    ) -> impl Iterator<Item = &'a NoteSignature> {
        self.signatures.iter().filter(|s| {
            let same = |v: &Verified| v.name == s.name && v.key_id == s.key_id;
            !verified.iter().any(same)
        })
    }
}

impl fmt::Display for SignedNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        for s in &self.signatures {
            let signature = [&s.key_id.0.to_be_bytes()[..], &s.bytes].concat();
            writeln!(f, "{DASH}{} {}", s.name, STANDARD.encode(signature))?;
        }
        Ok(())
    }
}

/// The text, when it has only characters that a note may have.
fn check_characters(bytes: &[u8]) -> Result<&str, NoteError> {
    if bytes.len() > MOST_BYTES {
        return Err(NoteError::TooLarge { found: bytes.len(), most: MOST_BYTES });
    }
    let text =
        std::str::from_utf8(bytes).map_err(|e| NoteError::NotUtf8 { at: e.valid_up_to() })?;
    match text.char_indices().find(|(_, c)| *c < ' ' && *c != '\n') {
        None => Ok(text),
        Some((at, c)) => Err(NoteError::ControlCharacter { character: c.into(), at }),
    }
}
