//! What is asked on which page, for each kind of letter. The fields and their names are the pack's.

use app::letter::Said;
use pack::{Field, FieldType, Kind, Pack};
use serde_json::{Map, Value};

use crate::casework::fields::Fields;
use crate::page::Page;
use crate::page::form::Form;
use crate::page::words::Words;

/// The field with the division in which it happened.
pub const REGION: &str = "region";
/// The field with the code of whom it is about.
pub const RESPONDENT: &str = "respondent";
/// The field that asks for the other track.
pub const ALSO: &str = "also";
/// The field with the category of the other track.
pub const ALSO_CATEGORY: &str = "also_category";
/// The field that says that no name is given.
const NAMED: &str = "named";

/// A kind of letter at the portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Letter {
    /// Something that was bought is to be put right.
    Complaint,
    /// A breach is reported.
    TipOff,
}

impl Letter {
    /// The kind of its record.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Complaint => "complaint",
            Self::TipOff => "tip-off",
        }
    }

    /// The other kind.
    pub fn other(self) -> Self {
        match self {
            Self::Complaint => Self::TipOff,
            Self::TipOff => Self::Complaint,
        }
    }

    /// Where its pages are.
    pub fn path(self) -> &'static str {
        match self {
            Self::Complaint => "/complaints/new",
            Self::TipOff => "/tip-offs/new",
        }
    }

    /// The fields of each page.
    fn pages(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Complaint => &[
                &["category", ALSO, ALSO_CATEGORY],
                &["respondent_as_named", REGION, RESPONDENT],
                &[
                    "text",
                    "claims",
                    "amount",
                    "bought_on",
                    "infringement_known_on",
                    "order_no",
                    "injured",
                ],
                &[
                    "complainant_name",
                    "complainant_phone",
                    "complainant_address",
                    "identity_secret",
                ],
            ],
            Self::TipOff => &[
                &["category"],
                &["respondent_as_named", REGION, RESPONDENT],
                &["text", "evidence", "insider"],
                &[NAMED, "informer_name", "informer_phone", "reward_asked"],
            ],
        }
    }

    /// How many pages ask something.
    pub fn count(self) -> usize {
        self.pages().len()
    }

    /// What each page asks.
    pub fn questions(self, w: &'static Words) -> [&'static str; 4] {
        let words = &w.letters;
        match self {
            Self::Complaint => [words.what, words.who, words.story, words.you],
            Self::TipOff => [words.breach, words.breach_who, words.breach_story, words.breach_you],
        }
    }
}

/// The fields of a page, as a form has them.
pub fn fields(page: &Page, pack: &Pack, letter: Letter, number: usize) -> Vec<Field> {
    let Some(kind) = pack.kind(letter.kind()) else { return Vec::new() };
    let names = letter.pages().get(number).copied().unwrap_or_default();
    names.iter().filter_map(|name| field(page, pack, letter, kind, name)).collect()
}

fn field(page: &Page, pack: &Pack, letter: Letter, kind: &Kind, name: &str) -> Option<Field> {
    let words = &page.w.letters;
    let own = |label: &str, field_type: FieldType, required: bool| Field {
        name: name.to_owned(),
        label: codes::Label { zh: label.to_owned(), en: label.to_owned() },
        field_type,
        required,
        typed: false,
        personal: false,
        least: None,
        most: None,
    };
    Some(match name {
        REGION => own(words.region, FieldType::Region, true),
        RESPONDENT => own(
            words.respondent,
            FieldType::Reference { subjects: vec!["organization".to_owned()] },
            false,
        ),
        ALSO => own(words.also, FieldType::Boolean, false),
        ALSO_CATEGORY => {
            let other = pack.kind(letter.other().kind())?.field("category")?;
            own(words.also_category, other.field_type.clone(), false)
        }
        name => {
            let mut field = kind.field(name)?.clone();
            // What the office may do without, a citizen is asked for: whom it is about.
            field.required |= name == "respondent_as_named";
            let says = match name {
                "respondent_as_named" => Some(words.respondent_named),
                "text" => Some(words.text),
                NAMED => Some(words.named),
                "informer_name" => Some(words.your_name),
                "identity_secret" => Some(words.secret),
                "infringement_known_on" => Some(words.known_on),
                "injured" => Some(words.injured),
                "insider" => Some(words.insider),
                "claims" => Some(words.claims),
                _ => None,
            };
            if let Some(says) = says {
                field.label = codes::Label { zh: says.to_owned(), en: says.to_owned() };
            }
            field
        }
    })
}

/// What a form says, over all pages up to one.
#[derive(Default)]
pub struct Read {
    /// The division.
    pub region: String,
    /// The code of whom it is about.
    pub respondent: String,
    /// What is said, by kind.
    pub said: Vec<Said>,
}

/// Reads the pages of a form up to one; what is wrong is told at its field.
pub fn read(page: &Page, pack: &Pack, letter: Letter, upto: usize, form: &mut Form) -> Read {
    let reader = Fields { p: page, pack, on: page.today(), subjects: &[], marks: false };
    let (mut open, mut personal) = (Map::new(), Map::new());
    for number in 0..=upto.min(letter.count().saturating_sub(1)) {
        let fields = fields(page, pack, letter, number);
        let (some, of_persons) = reader.read(&fields, form);
        open.extend(some);
        personal.extend(of_persons);
    }
    let words = &page.w.letters;
    let mut text = |name: &str| match open.remove(name) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    };
    let (region, respondent) = (text(REGION), text(RESPONDENT));
    let also_category = text(ALSO_CATEGORY);
    let also = open.remove(ALSO) == Some(Value::Bool(true));
    if also && also_category.is_empty() {
        form.fault(crate::casework::fields::name_of(ALSO_CATEGORY), words.also_what);
    }
    let is_named = open.get(NAMED).and_then(Value::as_bool);
    if is_named == Some(true) && !personal.contains_key("informer_name") {
        form.fault(crate::casework::fields::name_of("informer_name"), words.name_needed);
    }
    if is_named == Some(false) {
        // Whoever gives no name leaves none by mistake.
        personal.remove("informer_name");
        personal.remove("informer_phone");
    }
    let mut said = Vec::new();
    if also {
        said.push(other_track(pack, letter, &also_category, &open, &personal));
    }
    // A letter that came here.
    open.insert("channel".to_owned(), "online".into());
    said.insert(0, Said { kind: letter.kind().to_owned(), open, personal });
    Read { region, respondent, said }
}

/// What the same letter says as a tip-off: the same, under the names that the other kind has for it.
fn other_track(
    pack: &Pack,
    letter: Letter,
    category: &str,
    open: &Map<String, Value>,
    personal: &Map<String, Value>,
) -> Said {
    let kind = letter.other().kind();
    let takes = |name: &str| pack.kind(kind).is_some_and(|kind| kind.field(name).is_some());
    let mut other = Said { kind: kind.to_owned(), ..Said::default() };
    other.open.insert("category".to_owned(), category.into());
    other.open.insert("channel".to_owned(), "online".into());
    for (name, value) in open.iter().filter(|(name, _)| name.as_str() == "respondent_as_named") {
        other.open.insert(name.clone(), value.clone());
    }
    if let Some(text) = personal.get("text") {
        other.personal.insert("text".to_owned(), text.clone());
    }
    for (of, to) in [("complainant_name", "informer_name"), ("complainant_phone", "informer_phone")]
    {
        if let Some(value) = personal.get(of).filter(|_| takes(to)) {
            other.personal.insert(to.to_owned(), value.clone());
        }
    }
    if takes(NAMED) {
        let is_named = other.personal.contains_key("informer_name");
        other.open.insert(NAMED.to_owned(), is_named.into());
    }
    other
}
