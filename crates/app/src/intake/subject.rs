//! The one form of a subject under which it is found.

use clock::Date;
use codes::Mode;
use codes::gs1::{DigitalLink, Element, Gtin};
use model::SubjectId;
use pack::{ANY_SCHEME, Pack, SubjectRole};

use crate::fault::Fault;

/// Codes that a scheme's name says to be of a standard, and are checked as such.
const STANDARD: &[&str] = &[
    "uscc",
    "organization-code",
    "gtin",
    "gln",
    "party-gln",
    "sscc",
    "grai",
    "giai",
    "gsrn",
    "gsrnp",
    "gdti",
    "gcn",
    "ginc",
    "gsin",
    "itip",
    "cpid",
    "gmn",
];

/// Whether a scheme's name says that its codes are of a standard.
pub(crate) fn standard_scheme(scheme: &str) -> bool {
    STANDARD.contains(&scheme)
}

/// Reads what a sender calls a subject in a role: checks the code, and gives the one form under
/// which the subject is kept, so that a GTIN, its Digital Link and its EPC URN meet.
pub(super) fn canonical(
    pack: &Pack,
    role: &SubjectRole,
    id: &SubjectId,
    on: Date,
) -> Result<SubjectId, Fault> {
    let scheme = id.scheme();
    let is_standard = STANDARD.contains(&scheme);
    if scheme == "uscc" && accepts(pack, role, scheme) {
        // The most frequent by far, and quick.
        let code = pack.tables().issued.parse(id.value());
        let code =
            code.map_err(|fault| code_fault(fault.code(), &fault.to_string(), &fault.zh(), id))?;
        return form(id, scheme, &code.value.to_string());
    }
    if scheme == "gtin"
        && accepts(pack, role, scheme)
        && let Some(link) = gtin(id.value())
    {
        return form(id, "", &link);
    }
    let is_own = !is_standard && !matches!(scheme, "urn" | "http" | "https");
    if is_own && (accepts(pack, role, scheme) || accepts(pack, role, ANY_SCHEME)) {
        let code = codes::SchemeCode::parse(id.as_str());
        let code =
            code.map_err(|fault| code_fault(fault.code(), &fault.to_string(), &fault.zh(), id))?;
        return form(id, scheme, code.value());
    }
    let text = if is_standard { id.value() } else { id.as_str() };
    let found = pack
        .identify(&role.id, text, Some(on))
        .map_err(|fault| code_fault(fault.code(), &fault.to_string(), &fault.zh(), id))?;
    let is_link = found.canonical.contains("://");
    let base = found.scheme.split('-').next().unwrap_or_default();
    if is_standard && found.scheme != scheme && base != scheme {
        let en = format!("{text} is not of the scheme {scheme}, but of {}", found.scheme);
        let zh = format!("{text} 不属于方案 {scheme}，而属于 {}；请改正方案或编码", found.scheme);
        return Err(code_fault("subject.scheme", &en, &zh, id));
    }
    match (is_link, found.canonical.split_once(':')) {
        // A link, or a code that begins with its scheme already.
        (true, _) => form(id, "", &found.canonical),
        (false, Some((head, value))) if head == found.scheme => form(id, head, value),
        (false, _) => form(id, &found.scheme, &found.canonical),
    }
}

/// The Digital Link of a right GTIN. What it is else, and what is wrong with another text, is found
/// the long way.
fn gtin(text: &str) -> Option<String> {
    let gtin = Gtin::parse(text, Mode::Strict).ok()?;
    let element = Element::parse("01", gtin.value.gtin14(), Mode::Strict).ok()?;
    Some(DigitalLink::from_elements(&[element.value]).ok()?.to_canonical())
}

fn accepts(pack: &Pack, role: &SubjectRole, scheme: &str) -> bool {
    role.is
        .iter()
        .filter_map(|sort| pack.subject(sort))
        .any(|subject| subject.schemes.iter().any(|s| s == scheme))
}

fn form(id: &SubjectId, scheme: &str, value: &str) -> Result<SubjectId, Fault> {
    if id.scheme() == scheme && id.value() == value {
        return Ok(id.clone());
    }
    let text = if scheme.is_empty() { value.to_owned() } else { format!("{scheme}:{value}") };
    text.parse().map_err(|fault: model::Error| Fault::from(fault))
}

fn code_fault(code: &'static str, en: &str, zh: &str, id: &SubjectId) -> Fault {
    Fault::new(code, en, format!("主体编码 {id} 不对：{zh}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_way_to_a_gtin_is_the_long_way() {
        let pack = Pack::load(testkit::hubei_pack()).expect("the pack is right");
        let texts =
            ["6901234567892", "06901234567892", "96385074", "012345678905", "10012345678902"];
        for text in texts {
            let found = pack.identify("product", text, None).expect(text);
            assert_eq!(gtin(text), Some(found.canonical), "{text}");
        }
        for wrong in ["6901234567893", "690123456789", "", "69012345-67892", "chicago:1"] {
            assert_eq!(gtin(wrong), None, "{wrong}");
        }
    }
}
