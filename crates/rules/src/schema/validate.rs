//! Checking a payload.

use model::json::{Place, shortly};
use serde_json::{Map, Number, Value};

use super::fault::{Fault, JsonType, Problem};
use super::kind::{Label, Member, Shape};
use super::number;
use crate::text::nearest;
use crate::value::{Decimal, DecimalError, date, instant};

/// The most faults that are told of one payload.
const MOST_FAULTS: usize = 1_000;

/// Where the checker is, and what people call that.
#[derive(Clone, Copy)]
pub(super) struct Here<'a> {
    place: Place<'a>,
    label: &'a Label,
}

impl<'a> Here<'a> {
    pub fn payload(label: &'a Label) -> Self {
        Self { place: Place::WHOLE, label }
    }

    fn member(&'a self, name: &'a str, label: &'a Label) -> Self {
        Self { place: self.place.member(name), label }
    }

    fn item(&'a self, number: usize) -> Self {
        Self { place: self.place.item(number), label: self.label }
    }
}

/// Collects what is wrong.
pub(super) struct Checker {
    pub faults: Vec<Fault>,
}

impl Checker {
    pub fn new() -> Self {
        Self { faults: Vec::new() }
    }

    /// Notes a fault; of too many, that there are more.
    fn fault(&mut self, here: &Here<'_>, problem: Problem) {
        let told = self.faults.len();
        if told > MOST_FAULTS {
            return;
        }
        let problem = if told == MOST_FAULTS { Problem::More { told } } else { problem };
        let (pointer, label) = (here.place.pointer(), here.label.clone());
        self.faults.push(Fault { pointer, label, problem });
    }

    fn wrong_type(&mut self, here: &Here<'_>, wanted: JsonType, found: &Value) {
        self.fault(here, Problem::Type { wanted, found: JsonType::of(found) });
    }

    /// An object of some members and no others.
    pub fn object(&mut self, here: &Here<'_>, members: &[Member], value: &Value) {
        let Value::Object(given) = value else {
            return self.wrong_type(here, JsonType::Object, value);
        };
        let mut found = 0;
        for member in members {
            let member_here = here.member(&member.name, &member.label);
            match given.get(&member.name) {
                Some(value) => {
                    found += 1;
                    self.shape(&member_here, &member.shape, value);
                }
                None if member.required => self.fault(&member_here, Problem::Missing),
                None => {}
            }
        }
        if found < given.len() {
            self.unknown(here, members, given);
        }
    }

    /// The members of an object that it must not have.
    fn unknown(&mut self, here: &Here<'_>, members: &[Member], given: &Map<String, Value>) {
        let known = || members.iter().map(|member| member.name.as_str());
        for name in given.keys() {
            if !known().any(|known| known == name) {
                let problem = Problem::Unknown { nearest: nearest(name, known()) };
                self.fault(&here.member(name, here.label), problem);
            }
        }
    }

    fn shape(&mut self, here: &Here<'_>, shape: &Shape, value: &Value) {
        match (shape, value) {
            (Shape::Text { most }, Value::String(text)) => self.text(here, *most, text),
            (Shape::Code(list), Value::String(code)) => {
                if !list.holds(code) {
                    let problem = Problem::Code {
                        list: list.name().to_owned(),
                        found: shortly(code),
                        nearest: nearest(code, list.codes()),
                    };
                    self.fault(here, problem);
                }
            }
            (Shape::Integer { least, most }, Value::Number(number)) => {
                self.number(here, number, 0, Decimal::from(*least), Decimal::from(*most));
            }
            (Shape::Decimal { places, least, most }, Value::Number(number)) => {
                self.number(here, number, *places, *least, *most);
            }
            (Shape::Boolean, Value::Bool(_)) => {}
            (Shape::Date, Value::String(text)) => {
                if let Err(error) = date(text) {
                    self.fault(here, Problem::Date(error));
                }
            }
            (Shape::Instant, Value::String(text)) => {
                if let Err(error) = instant(text) {
                    self.fault(here, Problem::Date(error));
                }
            }
            (Shape::Object(members), _) => self.object(here, members, value),
            (Shape::List { of, least, most }, Value::Array(items)) => {
                if items.is_empty() {
                    self.fault(here, Problem::Empty);
                } else if items.len() < *least as usize {
                    self.fault(here, Problem::Few { least: *least, found: items.len() });
                }
                if items.len() > *most as usize {
                    self.fault(here, Problem::Long { most: *most, found: items.len() });
                    return;
                }
                for (number, item) in items.iter().enumerate() {
                    self.shape(&here.item(number), of, item);
                }
            }
            (Shape::Text { .. } | Shape::Code(_) | Shape::Date | Shape::Instant, _) => {
                self.wrong_type(here, JsonType::Text, value);
            }
            (Shape::Integer { .. } | Shape::Decimal { .. }, _) => {
                self.wrong_type(here, JsonType::Number, value);
            }
            (Shape::Boolean, _) => self.wrong_type(here, JsonType::Boolean, value),
            (Shape::List { .. }, _) => self.wrong_type(here, JsonType::List, value),
        }
    }

    fn text(&mut self, here: &Here<'_>, most: u32, text: &str) {
        // A text has at most as many characters as bytes, and mostly not nearly as many as it may.
        if text.len() > most as usize {
            let found = text.chars().count();
            if found > most as usize {
                self.fault(here, Problem::Long { most, found });
                return;
            }
        }
        if text.chars().all(is_blank) {
            self.fault(here, Problem::Empty);
        }
        // The bytes tell faster that there is none: those of C1 begin with C2, as few others do.
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f || byte == 0xc2) {
            let mut characters = text.chars().enumerate();
            let control = characters.find(|(_, c)| c.is_control() && !"\t\n\r".contains(*c));
            if let Some((at, found)) = control {
                self.fault(here, Problem::Control { found, at: at + 1 });
            }
        }
    }

    fn number(
        &mut self,
        here: &Here<'_>,
        number: &Number,
        places: u8,
        least: Decimal,
        most: Decimal,
    ) {
        match number::decimal(number, places) {
            Ok(number) if number < least || number > most => {
                self.fault(here, Problem::Range { least, most });
            }
            Ok(number) if number.places() > places => {
                self.fault(here, Problem::Places { most: places });
            }
            Ok(_) => {}
            Err(DecimalError::Size) => self.fault(here, Problem::Range { least, most }),
            Err(_) => self.fault(here, Problem::Places { most: places }),
        }
    }
}

/// Blanks of the keyboards that people use.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{3000}')
}
