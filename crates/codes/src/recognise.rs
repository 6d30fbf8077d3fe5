//! Says what kinds of code a text can be, and what it would be in the other notations.

use clock::Date;

use crate::error::{Checked, Error, Mode};
use crate::gs1::{
    ApplicationIdentifier, CompanyPrefixes, DigitalLink, Element, ElementString, Epc, Gtin,
};
use crate::{
    Division, Divisions, InForce, Industries, Industry, IssuedCodes, Label, Name, OrganizationCode,
    Registrations, SchemeCode, Words, tidy,
};

/// The tables that reading a code in use needs.
#[derive(Debug, Clone)]
pub struct Tables {
    /// Social credit codes that were given out with a fault.
    pub issued: IssuedCodes,
    /// Registering departments and types of organization.
    pub registrations: Registrations,
    /// Administrative divisions.
    pub divisions: Divisions,
    /// Industries.
    pub industries: Industries,
    /// Lengths of GS1 company prefixes.
    pub prefixes: CompanyPrefixes,
}

/// How a text is to be understood.
#[derive(Debug, Clone, Copy, Default)]
pub struct Ask {
    /// The day whose divisions and industries are meant; without one, the newest rows hold.
    pub on: Option<Date>,
    /// Whether GS1 notations are read strictly.
    pub mode: Mode,
    /// The length of the GS1 company prefix, where it is known; else the table says it.
    pub prefix_length: Option<usize>,
}

/// One way of understanding a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// A stable name of the kind of code.
    pub kind: &'static str,
    /// The kind in words.
    pub label: Label,
    /// The text under which the thing is compared; empty where the code is wrong.
    pub canonical: String,
    /// Why it is wrong, if it is.
    pub fault: Option<Error>,
    /// What is odd about it.
    pub warnings: Vec<Error>,
    /// Its parts, in order.
    pub parts: Vec<Part>,
    /// The same in other notations: name of the notation and text.
    pub notations: Vec<(&'static str, String)>,
}

/// A part of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// A stable name.
    pub name: &'static str,
    /// The part as it stands in the code, or what the tables say of it.
    pub value: String,
    /// What it stands for, where a table says so.
    pub label: Option<Label>,
}

impl Reading {
    /// Whether the code is right under this reading.
    pub fn is_right(&self) -> bool {
        self.fault.is_none()
    }

    fn new(kind: &'static str, zh: &str, en: &str) -> Self {
        Self {
            kind,
            label: Label { zh: zh.to_owned(), en: en.to_owned() },
            canonical: String::new(),
            fault: None,
            warnings: Vec::new(),
            parts: Vec::new(),
            notations: Vec::new(),
        }
    }

    fn part(&mut self, name: &'static str, value: impl Into<String>, label: Option<&Label>) {
        self.parts.push(Part { name, value: value.into(), label: label.cloned() });
    }

    fn wrong(mut self, fault: Error) -> Self {
        self.fault = Some(fault);
        self
    }
}

/// Every way in which `text` can be understood, right readings first. Where none is right, those are given that its form suggests,
/// each with its fault; never nothing.
///
/// ```
/// # use codes::*;
/// # let tables = Tables {
/// #     issued: IssuedCodes::default(), registrations: Registrations::default(),
/// #     divisions: Divisions::default(), industries: Industries::default(),
/// #     prefixes: gs1::CompanyPrefixes::constant(7),
/// # };
/// let readings = recognise("6901234567892", &tables, Ask::default());
/// let kinds: Vec<_> = readings.iter().map(|r| r.kind).collect();
/// assert_eq!(kinds, ["gtin", "gln", "party-gln"]); // thirteen digits do not tell which
/// assert!(readings[0].notations.contains(&("digital_link", "https://id.gs1.org/01/06901234567892".to_owned())));
/// ```
pub fn recognise(text: &str, tables: &Tables, ask: Ask) -> Vec<Reading> {
    if text.is_empty() {
        return vec![
            Reading::new("unknown", "未知", "unknown")
                .wrong(Error::Empty { what: Name::new("code", "编码") }),
        ];
    }
    if text.starts_with("urn:epc:") {
        return vec![urn(text, tables, ask)];
    }
    if ["http://", "https://"]
        .iter()
        .any(|s| text.get(..s.len()).is_some_and(|t| t.eq_ignore_ascii_case(s)))
    {
        return vec![link(text, tables, ask)];
    }
    if text.starts_with('(') || text.starts_with(']') || text.contains('\u{1D}') {
        return vec![element_string(text, tables, ask)];
    }
    let mut readings = plain(text, tables, ask);
    if !readings.iter().any(Reading::is_right) {
        // Without a mark of its notation, only a text that begins with a key passes for a scan.
        let scanned = element_string(text, tables, ask);
        if scanned.is_right() && scanned.canonical.starts_with("https:") {
            readings.insert(0, scanned);
        } else if let Ok(code) = SchemeCode::parse(text) {
            return vec![scheme_code(&code)];
        }
    }
    let any_right = readings.iter().any(Reading::is_right);
    readings.retain(|reading| !any_right || reading.is_right());
    if readings.is_empty() {
        let fault = match text.contains(':').then(|| SchemeCode::parse(text)) {
            Some(Err(fault)) => fault,
            _ => Error::Unknown { text: crate::text::excerpt(text) },
        };
        readings.push(Reading::new("unknown", "未知", "unknown").wrong(fault));
    }
    readings
}

/// Codes without a mark of their notation: their length and characters tell.
fn plain(text: &str, tables: &Tables, ask: Ask) -> Vec<Reading> {
    // The form is judged by what was most likely meant, the code itself as it stands.
    let meant = tidy(text);
    let compact: String = meant.chars().filter(|c| *c != '-').collect();
    let length = compact.chars().count();
    let digits = compact.bytes().all(|b| b.is_ascii_digit());
    let letters_and_digits = compact.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut readings = Vec::new();
    if letters_and_digits && (15..=20).contains(&length) && !(digits && length != 18) {
        readings.push(uscc(text, tables, ask.on));
    }
    if digits {
        for (ai, lengths) in NUMERIC_KEYS {
            if lengths.contains(&length) {
                readings.push(numeric_key(ai, text, tables, ask));
            }
        }
        if length == 6 {
            readings.push(division(text, tables, ask.on));
        }
    }
    if letters_and_digits && length == 9 {
        readings.push(organization_code(text));
    }
    if length <= 3 && letters_and_digits {
        readings.push(industry(text, tables, ask.on));
    }
    // A social credit code before the keys that eighteen digits could also be.
    readings.sort_by_key(|reading| !reading.is_right());
    readings
}

/// GS1 keys that are written as bare digits, and how many those are.
const NUMERIC_KEYS: &[(&str, &[usize])] = &[
    ("01", &[8, 12, 13, 14]),
    ("414", &[13]),
    ("417", &[13]),
    ("402", &[17]),
    ("00", &[18]),
    ("8018", &[18]),
    ("8017", &[18]),
    ("8006", &[18]),
];

/// Kind and names of a GS1 key.
fn key_names(ai: &str) -> (&'static str, &'static str, &'static str) {
    match ai {
        "00" => ("sscc", "系列货运包装箱代码", "serial shipping container code (SSCC)"),
        "01" => ("gtin", "全球贸易项目代码", "global trade item number (GTIN)"),
        "253" => ("gdti", "全球文件类型代码", "global document type identifier (GDTI)"),
        "255" => ("gcn", "全球优惠券代码", "global coupon number (GCN)"),
        "401" => {
            ("ginc", "全球托运标识代码", "global identification number for consignment (GINC)")
        }
        "402" => ("gsin", "全球装运标识代码", "global shipment identification number (GSIN)"),
        "414" => ("gln", "全球位置码", "global location number (GLN)"),
        "415" => {
            ("pay-to-gln", "收款方全球位置码", "global location number of the invoicing party")
        }
        "417" => ("party-gln", "参与方全球位置码", "party global location number (PGLN)"),
        "8003" => ("grai", "全球可回收资产代码", "global returnable asset identifier (GRAI)"),
        "8004" => ("giai", "全球单个资产代码", "global individual asset identifier (GIAI)"),
        "8006" => ("itip", "贸易项目组件代码", "individual trade item piece (ITIP)"),
        "8010" => ("cpid", "组件/部件代码", "component or part identifier (CPID)"),
        "8013" => ("gmn", "全球型号代码", "global model number (GMN)"),
        "8017" => {
            ("gsrnp", "服务提供方服务关系代码", "global service relation number, provider (GSRN)")
        }
        "8018" => {
            ("gsrn", "服务接受方服务关系代码", "global service relation number, recipient (GSRN)")
        }
        _ => ("element", "GS1单元", "GS1 element"),
    }
}

fn uscc(text: &str, tables: &Tables, on: Option<Date>) -> Reading {
    let mut reading =
        Reading::new("uscc", "统一社会信用代码", "unified social credit code (GB 32100-2015)");
    let Checked { value: code, warnings } = match tables.issued.parse(text) {
        Ok(checked) => checked,
        Err(fault) => return reading.wrong(fault),
    };
    reading.warnings = warnings;
    reading.canonical = code.to_string();
    reading.part("department", code.department(), tables.registrations.department(&code));
    reading.part("type", code.organization_type(), tables.registrations.organization_type(&code));
    let place = newest(tables.divisions.history(code.division()).iter(), on, |d| d.in_force);
    let name = place.map(|d| Label { zh: d.name.clone(), en: d.name.clone() });
    reading.part("division", code.division(), name.as_ref());
    reading.part("body", code.body(), None);
    reading.part("check", code.check(), None);
    if let Ok(old) = code.organization_code() {
        reading.notations.push(("organization_code", old.to_string()));
    }
    reading
}

fn organization_code(text: &str) -> Reading {
    let mut reading =
        Reading::new("organization-code", "组织机构代码", "organization code (GB 11714-1997)");
    match OrganizationCode::parse(text) {
        Ok(code) => {
            reading.canonical = code.as_str().to_owned();
            reading.part("body", code.body(), None);
            reading.part("check", code.check(), None);
            reading.notations.push(("printed", code.to_string()));
            reading
        }
        Err(fault) => reading.wrong(fault),
    }
}

fn numeric_key(ai: &'static str, text: &str, tables: &Tables, ask: Ask) -> Reading {
    let (kind, zh, en) = key_names(ai);
    let reading = Reading::new(kind, zh, en);
    let element = match ai {
        "01" => Gtin::parse(text, ask.mode)
            .and_then(|gtin| Element::parse(ai, gtin.value.gtin14(), ask.mode)),
        _ => Element::parse(ai, text, ask.mode),
    };
    let read = element
        .and_then(|element| Ok((DigitalLink::from_elements(&[element.value])?, element.warnings)));
    match read {
        Ok((link, warnings)) => describe(reading, &link, warnings, tables, ask),
        Err(fault) => reading.wrong(fault),
    }
}

fn urn(text: &str, tables: &Tables, ask: Ask) -> Reading {
    let reading = Reading::new("epc-urn", "EPC URN", "EPC URN");
    let read = Epc::from_urn(text, ask.mode).and_then(|epc| {
        let link = DigitalLink::parse(&epc.value.to_digital_link(), ask.mode)?;
        Ok((epc, link.value))
    });
    match read {
        Ok((epc, link)) => {
            // The URN itself says how long the company prefix is.
            let ask = Ask { prefix_length: epc.value.prefix_length(), ..ask };
            let mut reading = describe(reading, &link, epc.warnings, tables, ask);
            for (name, notation) in &mut reading.notations {
                match *name {
                    "epc_urn" => text.clone_into(notation),
                    "digital_link" => *notation = epc.value.to_digital_link(),
                    _ => {}
                }
            }
            reading
        }
        Err(fault) => reading.wrong(fault),
    }
}

fn link(text: &str, tables: &Tables, ask: Ask) -> Reading {
    let reading = Reading::new("digital-link", "GS1数字链接", "GS1 Digital Link");
    match DigitalLink::parse(text, ask.mode) {
        Ok(link) => describe(reading, &link.value, link.warnings, tables, ask),
        Err(fault) => reading.wrong(fault),
    }
}

fn element_string(text: &str, tables: &Tables, ask: Ask) -> Reading {
    let mut reading = Reading::new("element-string", "GS1单元数据串", "GS1 element string");
    let Checked { value: elements, warnings } = match ElementString::parse(text, ask.mode) {
        Ok(elements) => elements,
        Err(fault) => return reading.wrong(fault),
    };
    match elements.to_digital_link() {
        Ok(link) => describe(reading, &link, warnings, tables, ask),
        Err(no_key) => {
            for element in elements.elements() {
                reading.part(element.ai().title(), element.value().text(), None);
            }
            reading.canonical = elements.to_string();
            reading.warnings = warnings;
            reading.warnings.push(no_key);
            reading
        }
    }
}

/// Parts and notations of a GS1 key with what stands beside it.
fn describe(
    mut reading: Reading,
    link: &DigitalLink,
    warnings: Vec<Error>,
    tables: &Tables,
    ask: Ask,
) -> Reading {
    let (kind, zh, en) = key_names(link.key().ai().digits());
    let label = Label { zh: zh.to_owned(), en: en.to_owned() };
    reading.canonical = link.to_canonical();
    reading.warnings = warnings;
    reading.part(kind, link.key().value().text(), Some(&label));
    for element in link.qualifiers().iter().chain(link.attributes()) {
        let title: &'static str = ApplicationIdentifier::title(element.ai());
        reading.part(title, element.value().text(), None);
    }
    reading.notations.push(("digital_link", link.to_uri()));
    reading.notations.push(("element_string", link.to_element_string().to_string()));
    match link.to_epc() {
        Ok(Checked { value: epc, warnings }) => {
            let (length, known) = match ask.prefix_length {
                Some(length) => (length, true),
                None => tables.prefixes.length_of(epc.prefix_digits()),
            };
            let prefix = epc.prefix_digits().get(..length).unwrap_or("").to_owned();
            let name = if known { "company_prefix" } else { "company_prefix_assumed" };
            reading.part(name, prefix, None);
            reading.warnings.extend(warnings);
            match epc.to_urn(length, ask.mode) {
                Ok(urn) => {
                    reading.notations.push(("epc_urn", urn.value));
                    reading.warnings.extend(urn.warnings);
                }
                Err(warning) => reading.warnings.push(warning),
            }
        }
        Err(warning) => reading.warnings.push(warning),
    }
    reading
}

fn division(text: &str, tables: &Tables, on: Option<Date>) -> Reading {
    let mut reading =
        Reading::new("division", "行政区划代码", "administrative division (GB/T 2260)");
    let history = tables.divisions.history(text);
    let Some(found) = newest(history.iter(), on, |d| d.in_force) else {
        let fault = match history {
            [] => Error::Unknown { text: crate::text::excerpt(text) },
            _ => not_in_force(text, history.iter().map(|d| (d.name.as_str(), d.in_force)), on),
        };
        return reading.wrong(fault);
    };
    reading.canonical = found.code.clone();
    reading.part("name", found.name.clone(), None);
    let above = found.parent.as_deref().map_or(&[][..], |p| tables.divisions.history(p));
    if let Some(above) = newest(above.iter(), on, |d| d.in_force) {
        let name = Label { zh: above.name.clone(), en: above.name.clone() };
        reading.part("parent", above.code.clone(), Some(&name));
    }
    in_force_parts(&mut reading, found);
    reading
}

fn in_force_parts(reading: &mut Reading, division: &Division) {
    if let Some(from) = division.in_force.from {
        reading.part("from", from.to_string(), None);
    }
    if let Some(to) = division.in_force.to {
        reading.part("to", to.to_string(), None);
    }
    for code in &division.became {
        reading.part("became", code.clone(), None);
    }
    if !division.source.is_empty() {
        reading.part("source", division.source.clone(), None);
    }
}

fn industry(text: &str, tables: &Tables, on: Option<Date>) -> Reading {
    let mut reading =
        Reading::new("industry", "国民经济行业分类", "industrial classification (GB/T 4754)");
    let Some(found) = newest(tables.industries.history(text), on, |i: &Industry| i.in_force) else {
        let known = tables.industries.history(text).map(|i| (i.label.zh.as_str(), i.in_force));
        let fault = not_in_force(text, known, on);
        return reading.wrong(fault);
    };
    reading.canonical = match found.code.len() {
        1 => found.code.clone(),
        _ => format!("{}{}", found.section, found.code),
    };
    reading.part("industry", reading.canonical.clone(), Some(&found.label));
    reading.part("edition", found.edition.clone(), None);
    reading
}

fn scheme_code(code: &SchemeCode) -> Reading {
    let mut reading = Reading::new("scheme-code", "其他编码", "code of another scheme");
    reading.canonical = code.as_str().to_owned();
    reading.part("scheme", code.scheme(), None);
    reading.part("value", code.value(), None);
    reading
}

/// A code that stands in its table, but not on the day asked for.
fn not_in_force<'t>(
    code: &str,
    known: impl Iterator<Item = (&'t str, InForce)>,
    on: Option<Date>,
) -> Error {
    let known: Vec<(String, String)> = known
        .map(|(name, days)| (format!("{name} {days}"), format!("{name}（{}）", days.zh())))
        .collect();
    match (on, known.is_empty()) {
        (Some(on), false) => {
            let (en, zh): (Vec<_>, Vec<_>) = known.into_iter().unzip();
            let known = Words::new(en.join(", "), zh.join("、"));
            Error::NotInForce { code: code.to_owned(), on: on.to_string(), known }
        }
        _ => Error::Unknown { text: crate::text::excerpt(code) },
    }
}

/// The row in force on a day; without a day, the one that began last.
fn newest<'t, T>(
    rows: impl Iterator<Item = &'t T>,
    on: Option<Date>,
    in_force: impl Fn(&T) -> InForce,
) -> Option<&'t T> {
    match on {
        Some(day) => rows.into_iter().find(|row| in_force(row).holds(day)),
        None => rows.max_by_key(|row| in_force(row).from),
    }
}
