//! Checking a payload.

use std::fmt::Write;

use serde_json::{Map, Number, Value};

use super::fault::{Fault, JsonType, Problem};
use super::kind::{Label, Member, Shape};
use super::number;
use crate::text::nearest;
use crate::value::{Date, Decimal, DecimalError, Instant};

/// The most faults that are told of one payload.
const MOST_FAULTS: usize = 1_000;

/// Where the checker is: a chain of steps on the stack, written out only where something is wrong.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    above: Option<&'a Place<'a>>,
    step: Step<'a>,
    label: &'a Label,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Payload,
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    pub fn payload(label: &'a Label) -> Self {
        Self { above: None, step: Step::Payload, label }
    }

    fn member(&'a self, name: &'a str, label: &'a Label) -> Self {
        Self { above: Some(self), step: Step::Member(name), label }
    }

    fn item(&'a self, number: usize) -> Self {
        Self { above: Some(self), step: Step::Item(number), label: self.label }
    }

    fn write(&self, pointer: &mut String) {
        if let Some(above) = self.above {
            above.write(pointer);
        }
        match self.step {
            Step::Payload => {}
            Step::Member(name) => {
                let _ =
                    write!(pointer, "/{}", shortly(&name.replace('~', "~0").replace('/', "~1")));
            }
            Step::Item(number) => {
                let _ = write!(pointer, "/{number}");
            }
        }
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
    fn fault(&mut self, place: &Place<'_>, problem: Problem) {
        let told = self.faults.len();
        if told > MOST_FAULTS {
            return;
        }
        let mut pointer = String::new();
        place.write(&mut pointer);
        let problem = if told == MOST_FAULTS { Problem::More { told } } else { problem };
        self.faults.push(Fault { pointer, label: place.label.clone(), problem });
    }

    fn wrong_type(&mut self, place: &Place<'_>, wanted: JsonType, found: &Value) {
        self.fault(place, Problem::Type { wanted, found: JsonType::of(found) });
    }

    /// An object of some members and no others.
    pub fn object(&mut self, place: &Place<'_>, members: &[Member], value: &Value) {
        let Value::Object(given) = value else {
            return self.wrong_type(place, JsonType::Object, value);
        };
        let mut found = 0;
        for member in members {
            let here = place.member(&member.name, &member.label);
            match given.get(&member.name) {
                Some(value) => {
                    found += 1;
                    self.shape(&here, &member.shape, value);
                }
                None if member.required => self.fault(&here, Problem::Missing),
                None => {}
            }
        }
        if found < given.len() {
            self.unknown(place, members, given);
        }
    }

    /// The members of an object that it must not have.
    fn unknown(&mut self, place: &Place<'_>, members: &[Member], given: &Map<String, Value>) {
        let known = || members.iter().map(|member| member.name.as_str());
        for name in given.keys() {
            if !known().any(|known| known == name) {
                let problem = Problem::Unknown { nearest: nearest(name, known()) };
                self.fault(&place.member(name, place.label), problem);
            }
        }
    }

    fn shape(&mut self, place: &Place<'_>, shape: &Shape, value: &Value) {
        match (shape, value) {
            (Shape::Text { most }, Value::String(text)) => self.text(place, *most, text),
            (Shape::Code(list), Value::String(code)) => {
                if !list.holds(code) {
                    let problem = Problem::Code {
                        list: list.name().to_owned(),
                        found: shortly(code),
                        nearest: nearest(code, list.codes()),
                    };
                    self.fault(place, problem);
                }
            }
            (Shape::Integer { least, most }, Value::Number(number)) => {
                self.number(place, number, 0, Decimal::from(*least), Decimal::from(*most));
            }
            (Shape::Decimal { places, least, most }, Value::Number(number)) => {
                self.number(place, number, *places, *least, *most);
            }
            (Shape::Boolean, Value::Bool(_)) => {}
            (Shape::Date, Value::String(text)) => {
                if let Err(error) = text.parse::<Date>() {
                    self.fault(place, Problem::Date(error));
                }
            }
            (Shape::Instant, Value::String(text)) => {
                if let Err(error) = text.parse::<Instant>() {
                    self.fault(place, Problem::Date(error));
                }
            }
            (Shape::Object(members), _) => self.object(place, members, value),
            (Shape::List { of, most }, Value::Array(items)) => {
                if items.is_empty() {
                    self.fault(place, Problem::Empty);
                }
                if items.len() > *most as usize {
                    self.fault(place, Problem::Long { most: *most, found: items.len() });
                    return;
                }
                for (number, item) in items.iter().enumerate() {
                    self.shape(&place.item(number), of, item);
                }
            }
            (Shape::Text { .. } | Shape::Code(_) | Shape::Date | Shape::Instant, _) => {
                self.wrong_type(place, JsonType::Text, value);
            }
            (Shape::Integer { .. } | Shape::Decimal { .. }, _) => {
                self.wrong_type(place, JsonType::Number, value);
            }
            (Shape::Boolean, _) => self.wrong_type(place, JsonType::Boolean, value),
            (Shape::List { .. }, _) => self.wrong_type(place, JsonType::List, value),
        }
    }

    fn text(&mut self, place: &Place<'_>, most: u32, text: &str) {
        // A text has at most as many characters as bytes, and mostly not nearly as many as it may.
        if text.len() > most as usize {
            let found = text.chars().count();
            if found > most as usize {
                self.fault(place, Problem::Long { most, found });
                return;
            }
        }
        if text.chars().all(is_blank) {
            self.fault(place, Problem::Empty);
        }
        // The bytes tell faster that there is none: those of C1 begin with C2, as few others do.
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f || byte == 0xc2) {
            let mut characters = text.chars().enumerate();
            let control = characters.find(|(_, c)| c.is_control() && !"\t\n\r".contains(*c));
            if let Some((at, found)) = control {
                self.fault(place, Problem::Control { found, at: at + 1 });
            }
        }
    }

    fn number(
        &mut self,
        place: &Place<'_>,
        number: &Number,
        places: u8,
        least: Decimal,
        most: Decimal,
    ) {
        match number::decimal(number, places) {
            Ok(number) if number < least || number > most => {
                self.fault(place, Problem::Range { least, most });
            }
            Ok(number) if number.places() > places => {
                self.fault(place, Problem::Places { most: places });
            }
            Ok(_) => {}
            Err(DecimalError::Size) => self.fault(place, Problem::Range { least, most }),
            Err(_) => self.fault(place, Problem::Places { most: places }),
        }
    }
}

/// Blanks of the keyboards that people use.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{3000}')
}

/// The beginning of a text of any length.
fn shortly(text: &str) -> String {
    let longest = 60;
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
