//! Reading the canonical text of a record back.

use std::borrow::Cow;

use serde::Deserialize;

/// What the canonical text of a record says, borrowed from it where it can be. What it says of ids,
/// times and digests is text still: who needs it reads on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope<'a> {
    /// Who sent it.
    #[serde(borrow)]
    pub author: EnvelopeAuthor<'a>,
    /// The batch that it belongs to.
    #[serde(default, borrow)]
    pub batch: Option<Cow<'a, str>>,
    /// Who may see it.
    #[serde(borrow)]
    pub class: Cow<'a, str>,
    /// The batch that it completes.
    #[serde(default, borrow)]
    pub closes: Option<Cow<'a, str>>,
    /// The record whose place it takes.
    #[serde(default, borrow)]
    pub corrects: Option<Cow<'a, str>>,
    /// The id.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The kind.
    #[serde(borrow)]
    pub kind: Cow<'a, str>,
    /// The office.
    #[serde(default, borrow)]
    pub office: Option<Cow<'a, str>>,
    /// The digest of the open part.
    #[serde(borrow)]
    pub open: Cow<'a, str>,
    /// The pack that it was checked against.
    #[serde(borrow)]
    pub pack: Cow<'a, str>,
    /// The personal parts.
    #[serde(default, borrow)]
    pub personal: Vec<EnvelopePersonal<'a>>,
    /// When it was taken in, µs.
    pub recorded_at: i64,
    /// The region.
    #[serde(borrow)]
    pub region: Cow<'a, str>,
    /// Where it came from.
    #[serde(borrow)]
    pub source: Cow<'a, str>,
    /// What it is about.
    #[serde(borrow)]
    pub subjects: Vec<EnvelopeSubject<'a>>,
    /// The version of the text.
    pub v: u32,
    /// When it happened, µs.
    pub valid_at: i64,
    /// What it takes back.
    #[serde(default, borrow)]
    pub withdraws: Option<Cow<'a, str>>,
}

/// Who sent a record.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeAuthor<'a> {
    /// The account.
    #[serde(borrow)]
    pub account: Cow<'a, str>,
    /// The office or organization.
    #[serde(borrow)]
    pub on_behalf_of: Cow<'a, str>,
}

/// A personal part, by its digests.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopePersonal<'a> {
    /// Of salt and canonical text.
    #[serde(borrow)]
    pub digest: Cow<'a, str>,
    /// The person.
    #[serde(borrow)]
    pub person: Cow<'a, str>,
    /// Of what is stored.
    #[serde(borrow)]
    pub sealed: Cow<'a, str>,
}

/// A subject in its role.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnvelopeSubject<'a> {
    /// The subject.
    #[serde(borrow)]
    pub id: Cow<'a, str>,
    /// The role.
    #[serde(borrow)]
    pub role: Cow<'a, str>,
}

impl<'a> Envelope<'a> {
    /// Reads a canonical text.
    ///
    /// # Errors
    /// What is wrong with it, in words; a stored text that does not read is damage.
    pub fn read(text: &'a [u8]) -> Result<Self, String> {
        serde_json::from_slice(text).map_err(|e| e.to_string())
    }
}
