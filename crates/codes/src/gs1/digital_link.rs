//! Digital Link: a GS1 key as a web address.

use super::CANONICAL_DOMAIN;
use super::element::{Element, Value, find};
use super::element_string::ElementString;
use super::epc::Epc;
use super::escape::{Syntax, decode};
use super::layout::{PrimaryKey, Scheme, Serial};
use crate::error::{Checked, Error, Mode, Notes};
use crate::text::excerpt;
use crate::words::{Name, Words};

const WHAT: Name = Name::new("GS1 Digital Link", "GS1 数字链接");
const EXAMPLE: &str = "https://id.gs1.org/01/09506000134352/10/ABC123";

/// A GS1 key with its qualifiers and attributes, as an address on any domain.
///
/// Source: GS1 Digital Link standard: URI syntax 1.x. Short names of version 1.1 (`/gtin/`,
/// `/ser/` ...) and GTINs of 8, 12 and 13 digits are understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigitalLink {
    key: Element,
    qualifiers: Vec<Element>,
    attributes: Vec<Element>,
    parameters: Vec<(String, String)>,
}

impl DigitalLink {
    /// Reads a web address.
    ///
    /// # Errors
    /// [`Error::Form`] where there is no key in the path or an unknown qualifier behind it. In
    /// [`Mode::Strict`] also every fault of the data, an unescaped character, and a numeric
    /// parameter that is no application identifier; in [`Mode::Lenient`] these are warnings, and
    /// a `?` that no `name=value` follows belongs to the data.
    ///
    /// ```
    /// use codes::{Mode, gs1::DigitalLink};
    /// let link = "https://shop.example/cn/01/09506000134352/10/ABC?17=261231&linkType=all";
    /// let link = DigitalLink::parse(link, Mode::Strict).unwrap().value;
    /// assert_eq!(link.key().value().text(), "09506000134352");
    /// assert_eq!(link.attributes()[0].ai().title(), "USE BY or EXPIRY");
    /// assert_eq!(link.to_uri(), "https://id.gs1.org/01/09506000134352/10/ABC?17=261231");
    /// ```
    pub fn parse(text: &str, mode: Mode) -> Result<Checked<Self>, Error> {
        let mut notes = Notes::new(mode);
        let link = read(text, &mut notes)?;
        Ok(notes.checked(link))
    }

    /// The link of elements: their key, its qualifiers, and the others as attributes.
    ///
    /// # Errors
    /// [`Error::NoNotation`] where no element can head a link.
    pub fn from_elements(elements: &[Element]) -> Result<Self, Error> {
        let head = elements.iter().find_map(|e| Some((e, PrimaryKey::find(e.ai().digits())?)));
        let (key, primary) = head.ok_or_else(|| Error::NoNotation {
            what: Words::new("this element string", "这个单元数据串"),
            notation: &WHAT,
            reason: Words::new(
                "none of its elements is an identification key",
                "其中没有一个单元是 GS1 标识代码",
            ),
        })?;
        let mut qualifiers: Vec<(usize, usize, &Element)> = Vec::new();
        let mut attributes = Vec::new();
        for element in elements.iter().filter(|e| *e != key) {
            match primary.qualifier(element.ai().digits()) {
                Some((_, sequence, place)) => qualifiers.push((sequence, place, element)),
                None => attributes.push(element.clone()),
            }
        }
        qualifiers.sort_by_key(|(sequence, place, _)| (*sequence, *place));
        // Only one sequence can stand in the path; what is left over is still said.
        let first = qualifiers.first().map_or(0, |(sequence, ..)| *sequence);
        let (path, rest): (Vec<_>, Vec<_>) =
            qualifiers.into_iter().partition(|(s, ..)| *s == first);
        attributes.extend(rest.into_iter().map(|(_, _, element)| element.clone()));
        Ok(Self {
            key: key.clone(),
            qualifiers: path.into_iter().map(|(_, _, element)| element.clone()).collect(),
            attributes,
            parameters: Vec::new(),
        })
    }

    /// The key.
    pub fn key(&self) -> &Element {
        &self.key
    }

    /// What follows the key in the path: variant, lot, serial number ...
    pub fn qualifiers(&self) -> &[Element] {
        &self.qualifiers
    }

    /// Elements in the query: dates, weights ...
    pub fn attributes(&self) -> &[Element] {
        &self.attributes
    }

    /// The other parameters of the query, such as `linkType`.
    pub fn parameters(&self) -> &[(String, String)] {
        &self.parameters
    }

    /// The link on the canonical domain, with its attributes by number and without other
    /// parameters.
    pub fn to_uri(&self) -> String {
        let mut out = String::with_capacity(80);
        out.push_str(CANONICAL_DOMAIN);
        for element in std::iter::once(&self.key).chain(&self.qualifiers) {
            write_segment(element, &mut out, Value::write);
        }
        let mut attributes: Vec<&Element> = self.attributes.iter().collect();
        attributes.sort_by_key(|element| element.ai().digits());
        for (place, element) in attributes.iter().enumerate() {
            out.push(if place == 0 { '?' } else { '&' });
            out.push_str(element.ai().digits());
            out.push('=');
            element.value().write(Syntax::DigitalLink, &mut out);
        }
        out
    }

    /// All elements: key, qualifiers, attributes.
    pub fn to_element_string(&self) -> ElementString {
        let elements = std::iter::once(&self.key).chain(&self.qualifiers).chain(&self.attributes);
        ElementString::from_elements(elements.cloned().collect())
    }

    /// The link that names the same thing and nothing more, as events are compared by: the key
    /// and what tells its instances apart; neither consumer variant nor attributes.
    ///
    /// Source: CBV 2.0, section 8.9 (event hash), canonical identifiers.
    pub fn to_canonical(&self) -> String {
        const TELLING: &[&str] = &["21", "235", "10", "254", "8011", "8020"];
        let mut out = String::with_capacity(80);
        out.push_str(CANONICAL_DOMAIN);
        write_segment(&self.key, &mut out, Value::write_canonical);
        let telling = TELLING.iter().find_map(|ai| self.qualifier(ai));
        if let Some(element) = telling {
            write_segment(element, &mut out, Value::write_canonical);
        }
        out
    }

    fn qualifier(&self, ai: &str) -> Option<&Element> {
        self.qualifiers.iter().find(|element| element.ai().digits() == ai)
    }

    /// The EPC that the link names: the most telling scheme that it has the parts for.
    ///
    /// # Errors
    /// [`Error::NoNotation`] for a key that has no EPC. What the EPC leaves out is a warning,
    /// [`Error::Lost`].
    ///
    /// ```
    /// use codes::{Mode, gs1::DigitalLink};
    /// let link = "https://id.gs1.org/01/09506000134352/10/L1/21/S1";
    /// let link = DigitalLink::parse(link, Mode::Strict).unwrap().value;
    /// let epc = link.to_epc().unwrap();
    /// let urn = epc.value.to_urn(7, Mode::Strict).unwrap().value;
    /// assert_eq!(urn, "urn:epc:id:sgtin:9506000.013435.S1");
    /// assert_eq!(epc.warnings[0].to_string(), "(10) BATCH/LOT is not carried over into EPC URN");
    /// assert_eq!(link.to_canonical(), "https://id.gs1.org/01/09506000134352/21/S1");
    /// ```
    pub fn to_epc(&self) -> Result<Checked<Epc>, Error> {
        let ai = self.key.ai().digits();
        let none = |en: &str, zh: &str| {
            let what = format!("({ai}){}", excerpt(self.key.value().text()));
            Error::NoNotation {
                what: Words::new(what.clone(), what),
                notation: &super::urn::WHAT,
                reason: Words::new(en, zh),
            }
        };
        let has = |scheme: &Scheme| match scheme.layout().serial {
            Serial::Element(own) | Serial::Class(own) => self.qualifier(own).is_some(),
            Serial::None | Serial::Glued | Serial::OrZero(_) => true,
        };
        let candidates = || Scheme::of_key(ai);
        // Instance before class: sgtin and upui before lgtin, and the bare key last.
        let instance =
            candidates().find(|s| has(s) && !matches!(s.layout().serial, Serial::Class(_)));
        let scheme = instance.or_else(|| candidates().find(has)).or_else(|| candidates().next());
        let scheme = scheme.ok_or_else(|| {
            none(
                "the EPC Tag Data Standard has no scheme for this key",
                "EPC 标签数据标准没有为这种代码规定方案",
            )
        })?;
        let layout = scheme.layout();
        let (key, serial) = match layout.serial {
            Serial::Glued => {
                let (key, serial) = self
                    .key
                    .value()
                    .split(self.key.ai().first_length())
                    .ok_or_else(|| none("the key is too short", "代码过短"))?;
                (Value::plain(key), Some(serial).filter(|serial| !serial.text().is_empty()))
            }
            other => {
                let serial = other.element().and_then(|own| self.qualifier(own));
                (self.key.value().clone(), serial.map(|element| element.value().clone()))
            }
        };
        let carried = layout.serial.element();
        let lost = self.qualifiers.iter().filter(|e| Some(e.ai().digits()) != carried);
        let warnings = lost
            .chain(&self.attributes)
            .map(|element| Error::Lost {
                lost: Words::new(
                    format!("({}) {}", element.ai().digits(), element.ai().title()),
                    format!("({}) {}", element.ai().digits(), element.ai().name_zh()),
                ),
                notation: &super::urn::WHAT,
            })
            .collect();
        Ok(Checked { value: Epc { scheme, key, serial, prefix_length: None }, warnings })
    }
}

/// The canonical Digital Link of an EPC URN or a Digital Link, however it was spelled.
///
/// # Errors
/// As [`Epc::from_urn`] and [`DigitalLink::parse`], both lenient.
///
/// Source: CBV 2.0, section 8.9.
///
/// ```
/// use codes::gs1::canonical_digital_link;
/// let same = "https://id.gs1.org/01/80614141123458/21/6789";
/// assert_eq!(canonical_digital_link("urn:epc:id:sgtin:0614141.812345.6789").unwrap(), same);
/// let shop = "https://shop.example/gtin/80614141123458/cpv/2/ser/6789?17=261231";
/// assert_eq!(canonical_digital_link(shop).unwrap(), same);
/// ```
pub fn canonical_digital_link(text: &str) -> Result<String, Error> {
    if text.starts_with("urn:") {
        Ok(Epc::from_urn(text, Mode::Lenient)?.value.to_canonical_link())
    } else {
        Ok(DigitalLink::parse(text, Mode::Lenient)?.value.to_canonical())
    }
}

fn write_segment(element: &Element, out: &mut String, write: fn(&Value, Syntax, &mut String)) {
    out.push('/');
    out.push_str(element.ai().digits());
    out.push('/');
    write(element.value(), Syntax::DigitalLink, out);
}

fn fault(en: impl Into<String>, zh: impl Into<String>) -> Error {
    Error::Form { what: WHAT, reason: Words::new(en, zh), example: EXAMPLE }
}

fn read(text: &str, notes: &mut Notes) -> Result<DigitalLink, Error> {
    let after_scheme = ["https://", "http://"].iter().find_map(|scheme| {
        text.get(..scheme.len())
            .filter(|t| t.eq_ignore_ascii_case(scheme))
            .map(|_| &text[scheme.len()..])
    });
    let rest = after_scheme
        .ok_or_else(|| fault("it does not begin with https://", "没有以 https:// 开头"))?;
    let path_at = rest
        .find('/')
        .ok_or_else(|| fault("there is no path after the domain", "域名后没有路径"))?;
    let (path, query) = split_query(&rest[path_at..], notes.mode());
    let (key, qualifiers) = read_path(path, notes)?;
    let mut link = DigitalLink { key, qualifiers, attributes: Vec::new(), parameters: Vec::new() };
    for parameter in query.split(['&', ';']).filter(|p| !p.is_empty()) {
        read_parameter(parameter, &mut link, notes)?;
    }
    Ok(link)
}

/// The path, and the query without its fragment.
fn split_query(text: &str, mode: Mode) -> (&str, &str) {
    let text = text.split_once('#').map_or(text, |(before, _)| before);
    match text.split_once('?') {
        Some((path, query)) if mode == Mode::Strict || looks_like_query(query) => (path, query),
        Some(_) => (text, ""),
        None => (text, ""),
    }
}

fn looks_like_query(text: &str) -> bool {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    text.split('&').all(|parameter| {
        parameter
            .split_once('=')
            .is_some_and(|(name, _)| !name.is_empty() && name.chars().all(is_name))
    })
}

/// The first key in the path behind which everything is understood; other segments may stand
/// before it.
fn read_path(path: &str, notes: &mut Notes) -> Result<(Element, Vec<Element>), Error> {
    let mut first_fault = None;
    for (at, _) in path.match_indices('/') {
        let rest = &path[at + 1..];
        let Some((segment, data)) = rest.split_once('/') else { break };
        let Some(primary) = PrimaryKey::find(segment) else { continue };
        let mut own = Notes::new(notes.mode());
        match read_key(primary, data, &mut own) {
            Ok(found) => {
                for warning in own.checked(()).warnings {
                    notes.warn(warning);
                }
                return Ok(found);
            }
            Err(error) => {
                first_fault.get_or_insert(error);
            }
        }
    }
    Err(first_fault.unwrap_or_else(|| {
        let path = excerpt(path);
        fault(format!("there is no GS1 key in {path:?}"), format!("“{path}”中没有 GS1 标识代码"))
    }))
}

/// The key's data, then qualifiers in their order.
fn read_key(
    primary: &PrimaryKey,
    data: &str,
    notes: &mut Notes,
) -> Result<(Element, Vec<Element>), Error> {
    let mut cuts: Vec<(&'static str, &str)> = Vec::with_capacity(3);
    let (mut ai, mut rest, mut reached) = (primary.ai, data, None);
    while let Some((value, next, after, sequence, place)) = next_qualifier(primary, rest, reached) {
        cuts.push((ai, value));
        (ai, rest, reached) = (next, after, Some((sequence, place)));
    }
    cuts.push((ai, rest));
    let mut elements = Vec::with_capacity(cuts.len());
    for (ai, raw) in cuts {
        let known = find(ai)?;
        if known.predefined_length().is_some() && raw.contains('/') {
            let after = excerpt(raw.split_once('/').map_or("", |(_, after)| after));
            return Err(fault(
                format!("{after:?} behind ({ai}) begins no qualifier of it"),
                format!("({ai}) 后的“{after}”不是它的限定符"),
            ));
        }
        if let Some(found) = raw.chars().find(|c| !is_plain_in_path(*c)) {
            let raw = excerpt(raw);
            notes.fault(fault(
                format!("{found:?} in {raw:?} is not escaped"),
                format!("“{raw}”中的 {found:?} 没有转义"),
            ))?;
        }
        let value = Value::from_escaped(raw, notes)?;
        let value = if ai == "01" { padded(value) } else { value };
        shape_fits(ai, &value)?;
        elements.push(Element::new(known, value, notes)?);
    }
    let key = elements.remove(0);
    Ok((key, elements))
}

/// The first place in `rest` where a qualifier begins that may still come: the data before it,
/// its application identifier, what follows, and its sequence and place.
fn next_qualifier<'t>(
    primary: &PrimaryKey,
    rest: &'t str,
    reached: Option<(usize, usize)>,
) -> Option<(&'t str, &'static str, &'t str, usize, usize)> {
    rest.match_indices('/').filter(|(at, _)| *at > 0).find_map(|(at, _)| {
        let (segment, after) = rest[at + 1..].split_once('/')?;
        let (ai, sequence, place) = primary.qualifier(segment)?;
        let may_come = reached.is_none_or(|(s, p)| s == sequence && p < place);
        (may_come && !after.is_empty()).then_some((&rest[..at], ai, after, sequence, place))
    })
}

/// A key of digits must begin with its digits, or a word in some path would pass for one.
fn shape_fits(ai: &str, value: &Value) -> Result<(), Error> {
    let known = find(ai)?;
    let digits = match ai {
        "00" | "01" | "253" | "255" | "402" | "414" | "415" | "417" | "8003" | "8017" | "8018" => {
            known.first_length()
        }
        "8006" => 18,
        _ => {
            return if value.text().is_empty() {
                Err(fault(format!("nothing stands behind ({ai})"), format!("({ai}) 后没有数据")))
            } else {
                Ok(())
            };
        }
    };
    let text = value.text().as_bytes();
    let begins = text.len() >= digits && text[..digits].iter().all(u8::is_ascii_digit);
    if begins {
        Ok(())
    } else {
        Err(fault(
            format!("({ai}) is not followed by {digits} digits"),
            format!("({ai}) 后不是 {digits} 位数字"),
        ))
    }
}

/// A GTIN of 8, 12 or 13 digits, filled up to 14.
fn padded(value: Value) -> Value {
    match value.text().len() {
        8 | 12 | 13 if value.text().bytes().all(|b| b.is_ascii_digit()) => {
            Value::plain(format!("{:0>14}", value.text()))
        }
        _ => value,
    }
}

fn is_plain_in_path(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:@%".contains(c)
}

fn read_parameter(text: &str, link: &mut DigitalLink, notes: &mut Notes) -> Result<(), Error> {
    let (name, raw) = text.split_once('=').unwrap_or((text, ""));
    let is_number = !name.is_empty() && name.bytes().all(|b| b.is_ascii_digit());
    if is_number {
        match find(name) {
            Ok(ai) => {
                let value = Value::from_escaped(raw, notes)?;
                link.attributes.push(Element::new(ai, value, notes)?);
                return Ok(());
            }
            Err(error) => notes.fault(error)?,
        }
    }
    link.parameters.push((decode(name).0.into_owned(), decode(raw).0.into_owned()));
    Ok(())
}
