//! Whether a text can name the subject that a role asks for.

use clock::Date;
use codes::{Ask, Reading, SchemeCode, recognise};

use crate::pack::Pack;
use crate::subject::ANY_SCHEME;

/// A subject, as a text names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The sort of subject.
    pub subject: String,
    /// The scheme of the identifier.
    pub scheme: String,
    /// The text under which subjects are compared.
    pub canonical: String,
    /// What is odd about it, though not enough to refuse it.
    pub warnings: Vec<codes::Error>,
}

/// Why a text does not name a subject that a role asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifyError {
    /// The pack has no such role.
    #[error("the pack has no role of subjects named {role}; name a role of the kind's subjects")]
    Role {
        /// The role asked for.
        role: String,
    },
    /// The code is wrong.
    #[error("{role}: {fault}")]
    Code {
        /// The role.
        role: String,
        /// What is wrong with it.
        fault: Box<codes::Error>,
    },
    /// The code is right, but of a scheme that the role does not accept.
    #[error("{role}: {text} is {found}, which names none of {subjects}; give a code of {schemes}")]
    Scheme {
        /// The role.
        role: String,
        /// The text.
        text: String,
        /// The scheme it is of.
        found: String,
        /// The sorts of subject that can have the role.
        subjects: String,
        /// The schemes that they accept.
        schemes: String,
    },
}

impl IdentifyError {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Role { .. } => "pack.identify_role",
            Self::Code { fault, .. } => fault.code(),
            Self::Scheme { .. } => "pack.identify_scheme",
        }
    }

    /// What is wrong and what to do, in Chinese; roles, sorts and schemes stand by their ids.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let fault = pack.identify("maker", "06901234567892", None).unwrap_err();
    /// assert!(fault.zh().starts_with("maker：06901234567892 属于 gtin，不是"), "{}", fault.zh());
    /// ```
    pub fn zh(&self) -> String {
        match self {
            Self::Role { role } => {
                format!("机构包中没有主体角色 {role}；请填写该类记录的主体角色")
            }
            Self::Code { role, fault } => format!("{role}：{}", fault.zh()),
            Self::Scheme { role, text, found, subjects, schemes } => format!(
                "{role}：{text} 属于 {found}，不是 {subjects} 的标识；请填写以下一种编码：{schemes}"
            ),
        }
    }
}

impl Pack {
    /// Reads an identifier for a role, on a day (without one: by the newest tables): the first
    /// reading that one of the role's subjects accepts.
    ///
    /// # Errors
    /// [`IdentifyError`]: no such role, a wrong code, or a code of a scheme that names something
    /// else.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let maker = pack.identify("maker", "chicago-license:1334073", None).unwrap();
    /// assert_eq!((maker.subject.as_str(), maker.scheme.as_str()), ("organization", "chicago-license"));
    /// let product = pack.identify("product", "6901234567892", None).unwrap();
    /// assert_eq!(product.canonical, "https://id.gs1.org/01/06901234567892");
    /// assert_eq!(pack.identify("product", "6901234567893", None).unwrap_err().code(), "codes.check_digit");
    /// ```
    pub fn identify(
        &self,
        role: &str,
        text: &str,
        on: Option<Date>,
    ) -> Result<Identified, IdentifyError> {
        let Some(found) = self.subject_role(role) else {
            return Err(IdentifyError::Role { role: role.to_owned() });
        };
        self.identify_as(role, &found.is, text, on)
    }

    /// Reads an identifier of one of some sorts of subject, as [`Pack::identify`] does for a role.
    ///
    /// # Errors
    /// [`IdentifyError`]: a wrong code, or a code of a scheme that names something else. Where it
    /// speaks of a role, it says the sorts.
    ///
    /// ```
    /// # let pack = pack::Pack::load(testkit::hubei_pack()).unwrap();
    /// let sorts = ["standard".to_owned()];
    /// let standard = pack.identify_sort(&sorts, "standard:GB/T 19001-2016", None).unwrap();
    /// assert_eq!((standard.subject.as_str(), standard.scheme.as_str()), ("standard", "standard"));
    /// assert!(pack.identify_sort(&sorts, "GB/T 19001-2016", None).is_err());
    /// ```
    pub fn identify_sort(
        &self,
        sorts: &[String],
        text: &str,
        on: Option<Date>,
    ) -> Result<Identified, IdentifyError> {
        self.identify_as(&sorts.join(", "), sorts, text, on)
    }

    /// Whether a text names one of some sorts of subject by a scheme of its own, `scheme:value`.
    /// That is known at once; what is not so may still be an identifier.
    pub(crate) fn is_named(&self, sorts: &[String], text: &str) -> bool {
        // What begins with a letter and has a colon is neither a bare number nor a scan.
        let Ok(code) = SchemeCode::parse(text) else { return false };
        let schemes = sorts.iter().filter_map(|sort| self.subject(sort)).flat_map(|s| &s.schemes);
        schemes.into_iter().any(|scheme| scheme == ANY_SCHEME || scheme == code.scheme())
    }

    fn identify_as(
        &self,
        role: &str,
        sorts: &[String],
        text: &str,
        on: Option<Date>,
    ) -> Result<Identified, IdentifyError> {
        let readings = recognise(text, &self.tables, Ask { on, ..Ask::default() });
        let subjects: Vec<_> = sorts.iter().filter_map(|id| self.subject(id)).collect();
        for reading in readings.iter().filter(|reading| reading.is_right()) {
            let (scheme, is_named) = scheme_of(reading);
            for subject in &subjects {
                let accepts = |s: &String| *s == scheme || (is_named && s == ANY_SCHEME);
                if subject.schemes.iter().any(accepts) {
                    return Ok(Identified {
                        subject: subject.id.clone(),
                        scheme,
                        canonical: reading.canonical.clone(),
                        warnings: reading.warnings.clone(),
                    });
                }
            }
        }
        let role = role.to_owned();
        match readings.into_iter().next() {
            Some(Reading { fault: Some(fault), .. }) => {
                Err(IdentifyError::Code { role, fault: Box::new(fault) })
            }
            reading => {
                let mut schemes: Vec<&str> =
                    subjects.iter().flat_map(|s| &s.schemes).map(String::as_str).collect();
                schemes.dedup();
                Err(IdentifyError::Scheme {
                    role,
                    text: text.to_owned(),
                    found: reading.map_or_else(String::new, |r| scheme_of(&r).0),
                    subjects: sorts.join(", "),
                    schemes: schemes.join(", "),
                })
            }
        }
    }
}

/// The scheme of a right reading, and whether it is one that names itself (`scheme:value`).
///
/// A GS1 key with a serial number or a lot beside it names an item or a lot, not the class: its
/// scheme is `gtin-serial` or `gtin-lot`.
fn scheme_of(reading: &Reading) -> (String, bool) {
    let part = |name: &str| reading.parts.iter().find(|part| part.name == name);
    match reading.kind {
        "scheme-code" => (part("scheme").map_or_else(String::new, |p| p.value.clone()), true),
        "epc-urn" | "digital-link" | "element-string" => {
            let key = reading.parts.first().map_or("", |part| part.name);
            let level = match (part("SERIAL"), part("BATCH/LOT")) {
                (Some(_), _) => "-serial",
                (None, Some(_)) => "-lot",
                (None, None) => "",
            };
            (format!("{key}{level}"), false)
        }
        kind => (kind.to_owned(), false),
    }
}
