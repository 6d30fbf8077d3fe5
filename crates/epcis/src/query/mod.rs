//! The parameters of `SimpleEventQuery` (EPCIS 2.0, section 8.2.7.1) and what they mean.

mod index;
mod matcher;
mod parameter;

use std::collections::HashMap;

use crate::event::{Action, EventType};
use crate::fault::{Fault, Place, Rule};
use crate::node::{Name, Namespaces};
use crate::time::Time;

/// The most values of a question.
const MOST_VALUES: usize = 100_000;

/// A question about events: all conditions hold of an event that answers it.
///
/// ```
/// let spaces = epcis::Namespaces::default();
/// let query = epcis::Query::parse([("EQ_bizStep", "shipping|receiving"), ("perPage", "10")], &spaces);
/// assert_eq!(query.unwrap_err().code(), "epcis.parameter"); // perPage is of the REST binding
/// let query = epcis::Query::parse([("EQ_bizStep", "shipping|receiving")], &spaces).unwrap();
/// assert_eq!(query.conditions.len(), 1);
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Query {
    /// What must hold.
    pub conditions: Vec<Condition>,
    /// `orderBy`.
    pub order_by: Option<String>,
    /// `orderDirection` is `ASC`; unsaid it is `DESC`.
    pub ascending: bool,
    /// `eventCountLimit`: the first so many.
    pub limit: Option<u64>,
    /// `maxEventCount`: an error where there are more.
    pub most: Option<u64>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// The parameter as it was written.
    pub name: String,
    /// What it asks.
    pub test: Test,
}

/// How values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Op {
    /// One of the values.
    Eq,
    /// Above.
    Gt,
    /// Not below.
    Ge,
    /// Below.
    Lt,
    /// Not above.
    Le,
}

/// What a parameter asks of an event.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Test {
    /// `eventType`.
    Type(Vec<EventType>),
    /// `EQ_action`.
    Action(Vec<Action>),
    /// A field is one of these, in canonical form.
    Text(Field, Vec<String>),
    /// `WD_readPoint`, `WD_bizLocation`: the place is one of these, in canonical form, or a part of one
    /// that has a location number of its own. What else lies below them is master data:
    /// [`Query::with_below`].
    Within(Field, Vec<String>),
    /// `EQ_bizTransaction_…`, `EQ_source_…`, `EQ_destination_…`: the field, its type, identifiers.
    Typed(Field, String, Vec<String>),
    /// `MATCH_…`: identifiers in canonical form, or patterns.
    Match(Field, Vec<Pattern>),
    /// A time.
    Time(Field, Op, Time),
    /// A number, with a unit or in whatever unit was written.
    Number(Field, Op, String, Option<String>),
    /// `EQ_booleanValue`.
    Bool(bool),
    /// `EXISTS_errorDeclaration`, `EXISTS_sensorElementList`.
    Exists(Field, bool),
    /// An extension: where, at any depth below the first or not, its name, values.
    Extension(Scope, bool, Name, Op, Vec<String>),
    /// An extension is there.
    ExtensionExists(Scope, bool, Name, bool),
    /// `HASATTR_…`: the field, names of attributes.
    HasAttribute(String, Vec<String>),
    /// `EQATTR_…`: the field, the attribute, its values.
    Attribute(String, String, Vec<String>),
}

/// Fields of an event that parameters speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // named as the parameters are
pub enum Field {
    EventTime,
    RecordTime,
    EventId,
    BizStep,
    Disposition,
    PersistentSet,
    PersistentUnset,
    ReadPoint,
    BizLocation,
    Transformation,
    ErrorDeclaration,
    ErrorTime,
    ErrorReason,
    Corrective,
    BizTransaction,
    Source,
    Destination,
    Epc,
    Parent,
    Input,
    Output,
    Any,
    Class,
    InputClass,
    OutputClass,
    AnyClass,
    Quantity,
    Sensors,
    SensorTime,
    SensorStart,
    SensorEnd,
    SensorType,
    Device,
    Method,
    Microorganism,
    Substance,
    Rules,
    StringValue,
    BoolValue,
    HexValue,
    UriValue,
    Value,
    Min,
    Max,
    Mean,
    Deviation,
    PercentileRank,
    PercentileValue,
}

/// Where an extension stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // named as the parameters are
pub enum Scope {
    Event,
    Ilmd,
    ErrorDeclaration,
    ReadPoint,
    BizLocation,
    SensorElement,
    SensorMetadata,
    SensorReport,
}

/// An identifier or a pattern of EPCs (EPC Tag Data Standard, section 8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// This one, in canonical form.
    One(String),
    /// All whose EPC URN begins like this: `urn:epc:id:sgtin:4012345.` of
    /// `urn:epc:idpat:sgtin:4012345.*.*`.
    Begins(String),
}

impl Query {
    /// Reads names and values, as they stand in an address: alternatives are divided by `|`.
    /// `spaces` explains the prefixes of extensions.
    ///
    /// # Errors
    /// A [`Fault`] for the first parameter that is unknown or has a wrong value.
    pub fn parse<N: AsRef<str>, V: AsRef<str>>(
        parameters: impl IntoIterator<Item = (N, V)>,
        spaces: &Namespaces,
    ) -> Result<Self, Box<Fault>> {
        let lists = parameters.into_iter().map(|(name, value)| {
            let values = value.as_ref().split('|').map(|v| v.trim().to_owned()).collect();
            (name.as_ref().to_owned(), values)
        });
        Self::of_lists(lists, spaces)
    }

    /// Reads names with their lists of values.
    ///
    /// # Errors
    /// As [`Query::parse`].
    pub fn of_lists(
        parameters: impl IntoIterator<Item = (String, Vec<String>)>,
        spaces: &Namespaces,
    ) -> Result<Self, Box<Fault>> {
        let mut query = Self::default();
        for (name, values) in parameters {
            parameter::read(&mut query, &name, values, spaces)
                .map_err(|rule| Fault::new(rule, Place::Parameter(name.clone())))?;
        }
        Ok(query)
    }

    /// The places below which it asks, each once.
    ///
    /// ```
    /// let spaces = epcis::Namespaces::default();
    /// let market = "https://id.gs1.org/414/4012345000054";
    /// let query = epcis::Query::parse([("WD_readPoint", market)], &spaces).unwrap();
    /// assert_eq!(query.places(), [market]);
    /// let stall = "https://id.gs1.org/414/4012345000061".to_owned();
    /// let wider = query.with_below(&[(market.to_owned(), vec![stall.clone()])].into());
    /// assert_eq!(wider.places(), [market, &stall]);
    /// ```
    pub fn places(&self) -> Vec<&str> {
        let mut found: Vec<&str> = Vec::new();
        for condition in &self.conditions {
            let Test::Within(_, places) = &condition.test else { continue };
            for place in places {
                if !found.contains(&place.as_str()) {
                    found.push(place);
                }
            }
        }
        found
    }

    /// The same question with the places that lie below those that it asks for, directly or not.
    #[must_use]
    pub fn with_below(&self, below: &HashMap<String, Vec<String>>) -> Self {
        let mut query = self.clone();
        for condition in &mut query.conditions {
            let Test::Within(_, places) = &mut condition.test else { continue };
            let more: Vec<String> =
                places.iter().filter_map(|place| below.get(place)).flatten().cloned().collect();
            for place in more {
                if !places.contains(&place) {
                    places.push(place);
                }
            }
        }
        query
    }

    /// Reads the JSON object of a query, with its own context.
    ///
    /// # Errors
    /// As [`Query::parse`], and for text that is no JSON object.
    pub fn parse_json(text: &[u8]) -> Result<Self, Box<Fault>> {
        use crate::json::{What, member_namespaces, parse};
        let json = parse(text, 16, &mut MOST_VALUES.clone()).map_err(|wrong| {
            let place = Place::Pointer(wrong.pointer());
            Fault::new(wrong.rule, place)
        })?;
        let mut spaces = Namespaces::default();
        let What::Object(members) = &json.what else {
            let rule = Rule::Form("query".to_owned(), crate::fault::Expected::Object);
            return Err(Fault::new(rule, Place::Pointer(String::new())));
        };
        if let Some(context) = json.member("@context") {
            member_namespaces(context, &mut spaces)
                .map_err(|rule| Fault::new(rule, Place::Pointer("/@context".to_owned())))?;
        }
        let one = |what: &What| match what {
            What::Text(text) => Some(text.clone()),
            What::Number(text) => Some(text.clone()),
            What::Bool(value) => Some(value.to_string()),
            _ => None,
        };
        let mut lists = Vec::new();
        for (name, value) in members.iter().filter(|(name, _)| name != "@context") {
            let values = match &value.what {
                What::List(items) => items.iter().map(|item| one(&item.what)).collect(),
                other => one(other).map(|value| vec![value]),
            };
            let form = || Rule::Form(name.clone(), crate::fault::Expected::Text);
            let place = || Place::Pointer(format!("/{}", crate::json::escape(name)));
            lists.push((name.clone(), values.ok_or_else(|| Fault::new(form(), place()))?));
        }
        Self::of_lists(lists, &spaces)
    }
}
