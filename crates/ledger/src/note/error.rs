//! What can be wrong with a key or a note.

/// Why text is not a key, or a key cannot sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// A name that a note cannot carry.
    #[error(
        "{name:?} cannot name a key: a name is not empty and has no space and no plus sign, such as \"example.com/log\""
    )]
    BadName {
        /// The name found.
        name: String,
    },
    /// Not the three parts of a verifier key.
    #[error(
        "{text:?} is not a verifier key: it has the form name+hash+key, such as \"example.com/log+33d7b496+AeHT...\"; copy the whole line"
    )]
    NotAVerifierKey {
        /// The text found.
        text: String,
    },
    /// Not the five parts of a signer key. The text is a secret and is not repeated.
    #[error(
        "this is not a signer key: it has the form PRIVATE+KEY+name+hash+key; copy the whole line"
    )]
    NotASignerKey,
    /// The short hash in the key is not the hash of the rest.
    #[error(
        "the key of {name} says its hash is {found}, but it is {expected}; a character was changed, copy the key again"
    )]
    WrongKeyId {
        /// The name in the key.
        name: String,
        /// The hash of the key's name, algorithm and material.
        expected: String,
        /// The hash that the key states.
        found: String,
    },
    /// An algorithm that this program does not know.
    #[error(
        "the key of {name} is for the signature algorithm {identifier}, which this program does not know (it knows 0x01 Ed25519 and 0x04 Ed25519 cosignature)"
    )]
    UnknownAlgorithm {
        /// The name in the key.
        name: String,
        /// The identifier found, in hexadecimal.
        identifier: String,
    },
    /// Key material that is no key of its algorithm.
    #[error("the key of {name} is not a usable {algorithm} key: {reason}")]
    BadMaterial {
        /// The name in the key.
        name: String,
        /// The algorithm it is for.
        algorithm: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The device or service that holds a key did not sign.
    #[error("the key {name} did not sign: {reason}")]
    NotSigned {
        /// The key's name.
        name: String,
        /// What the holder of the key says.
        reason: String,
    },
}

impl KeyError {
    /// The stable code of the error.
    ///
    /// ```
    /// use ledger::note::KeyName;
    /// assert_eq!(KeyName::new("two words").unwrap_err().code(), "ledger.bad_key_name");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadName { .. } => "ledger.bad_key_name",
            Self::NotAVerifierKey { .. } => "ledger.bad_verifier_key",
            Self::NotASignerKey => "ledger.bad_signer_key",
            Self::WrongKeyId { .. } => "ledger.wrong_key_id",
            Self::UnknownAlgorithm { .. } => "ledger.unknown_algorithm",
            Self::BadMaterial { .. } => "ledger.bad_key_material",
            Self::NotSigned { .. } => "ledger.not_signed",
        }
    }
}

/// Why bytes are not a signed note, or its signatures do not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// More than a note may have.
    #[error("the note has {found} bytes, more than the {most} that this program reads")]
    TooLarge {
        /// Bytes found.
        found: usize,
        /// The most that is read.
        most: usize,
    },
    /// Not UTF-8.
    #[error("the note is not UTF-8 from byte {at} on; it was damaged or is not a note")]
    NotUtf8 {
        /// The first byte that is wrong, from 0.
        at: usize,
    },
    /// A control character other than the line end.
    #[error(
        "the note has the control character U+{character:04X} at byte {at}; only line ends (U+000A) may stand in a note, so look for carriage returns, tabs or NUL bytes"
    )]
    ControlCharacter {
        /// The character's number.
        character: u32,
        /// Its place in bytes, from 0.
        at: usize,
    },
    /// The text to sign does not end a line.
    #[error("the text of a note must end with a line end")]
    TextNotEnded,
    /// No blank line followed by signatures.
    #[error(
        "the note has no signatures: after the text comes a blank line and then at least one line \"— name signature\", each ended; it may have been cut"
    )]
    NoSignatures,
    /// A line after the blank line that is no signature.
    #[error("signature line {line} of the note is malformed: {reason}")]
    BadSignatureLine {
        /// The line among the signatures, from 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// More signatures than are read.
    #[error("the note has more than the {most} signatures that this program reads")]
    TooManySignatures {
        /// The most that are read.
        most: usize,
    },
    /// A signature by a known key that does not hold.
    #[error(
        "the signature by {name} ({key_id}) does not fit the text; the text or the signature was changed after signing"
    )]
    BadSignature {
        /// The key's name.
        name: String,
        /// The key's ID.
        key_id: String,
    },
    /// No signature by a key that the reader trusts.
    #[error(
        "none of the given keys signed this note; it is signed by {found}; give the verifier key of one of these if you trust it"
    )]
    NoKnownSignature {
        /// Names and IDs of the keys that did sign.
        found: String,
    },
    /// A key that could not sign.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl NoteError {
    /// The stable code of the error.
    ///
    /// ```
    /// use ledger::note::SignedNote;
    /// assert_eq!(SignedNote::parse(b"no signature\n").unwrap_err().code(), "ledger.note_unsigned");
    /// ```
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "ledger.note_too_large",
            Self::NotUtf8 { .. } => "ledger.note_not_utf8",
            Self::ControlCharacter { .. } => "ledger.note_control_character",
            Self::TextNotEnded => "ledger.note_text_not_ended",
            Self::NoSignatures => "ledger.note_unsigned",
            Self::BadSignatureLine { .. } => "ledger.bad_signature_line",
            Self::TooManySignatures { .. } => "ledger.too_many_signatures",
            Self::BadSignature { .. } => "ledger.bad_signature",
            Self::NoKnownSignature { .. } => "ledger.no_known_signature",
            Self::Key(error) => error.code(),
        }
    }
}
