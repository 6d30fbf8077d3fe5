//! An event, complete and typed.

mod from_node;
mod to_node;

use crate::node::{Namespaces, Node};
use crate::time::{Time, Zone};

/// The five types of event (EPCIS 2.0, section 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// What happened to objects 对象事件.
    Object,
    /// Containment 聚合事件.
    Aggregation,
    /// Objects and business transactions 交易事件.
    Transaction,
    /// Inputs consumed, outputs made 转换事件.
    Transformation,
    /// Lasting association of things 关联事件.
    Association,
}

impl EventType {
    /// All five.
    pub const ALL: [Self; 5] = [
        Self::Object,
        Self::Aggregation,
        Self::Transaction,
        Self::Transformation,
        Self::Association,
    ];

    /// As EPCIS writes it, such as `ObjectEvent`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Object => "ObjectEvent",
            Self::Aggregation => "AggregationEvent",
            Self::Transaction => "TransactionEvent",
            Self::Transformation => "TransformationEvent",
            Self::Association => "AssociationEvent",
        }
    }

    /// Of its name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What an event says of the life of its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Action {
    /// They begin, or are added.
    Add,
    /// They are seen.
    Observe,
    /// They end, or are taken away.
    Delete,
}

impl Action {
    /// As EPCIS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Observe => "OBSERVE",
            Self::Delete => "DELETE",
        }
    }

    /// Of its name.
    pub fn of_name(name: &str) -> Option<Self> {
        [Self::Add, Self::Observe, Self::Delete].into_iter().find(|action| action.name() == name)
    }
}

/// An event.
///
/// Identifiers are as they were written ([`crate::canonical_id`] gives their key), words of the
/// vocabulary in their one form ([`crate::List::canonical`]), numbers in canonical text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Which of the five.
    pub kind: EventType,
    /// `eventID`.
    pub id: Option<String>,
    /// `eventTime`.
    pub time: Time,
    /// `eventTimeZoneOffset`: the zone where it happened.
    pub offset: Zone,
    /// `recordTime`.
    pub recorded: Option<Time>,
    /// `errorDeclaration`: the event is declared wrong.
    pub error: Option<ErrorDeclaration>,
    /// `certificationInfo`.
    pub certifications: Vec<String>,
    /// `action`; a transformation has none.
    pub action: Option<Action>,
    /// `epcList` of object and transaction events.
    pub epcs: Vec<String>,
    /// `quantityList` of object and transaction events.
    pub quantities: Vec<Quantity>,
    /// `parentID`.
    pub parent: Option<String>,
    /// `childEPCs`.
    pub children: Vec<String>,
    /// `childQuantityList`.
    pub child_quantities: Vec<Quantity>,
    /// `inputEPCList`.
    pub inputs: Vec<String>,
    /// `inputQuantityList`.
    pub input_quantities: Vec<Quantity>,
    /// `outputEPCList`.
    pub outputs: Vec<String>,
    /// `outputQuantityList`.
    pub output_quantities: Vec<Quantity>,
    /// `transformationID`: one transformation told in several events.
    pub transformation: Option<String>,
    /// `bizStep`.
    pub step: Option<String>,
    /// `disposition`.
    pub disposition: Option<String>,
    /// `persistentDisposition/set`.
    pub set: Vec<String>,
    /// `persistentDisposition/unset`.
    pub unset: Vec<String>,
    /// `readPoint`.
    pub read_point: Option<Place>,
    /// `bizLocation`.
    pub location: Option<Place>,
    /// `bizTransactionList`.
    pub transactions: Vec<BizTransaction>,
    /// `sourceList`.
    pub sources: Vec<SourceDestination>,
    /// `destinationList`.
    pub destinations: Vec<SourceDestination>,
    /// `sensorElementList`.
    pub sensors: Vec<SensorElement>,
    /// `ilmd`: instance and lot master data.
    pub ilmd: Vec<Node>,
    /// Extensions of the event itself.
    pub extensions: Vec<Node>,
    /// Prefixes in force where it stood, and one for every namespace in it.
    pub namespaces: Namespaces,
}

/// A place and what extends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Its identifier.
    pub id: String,
    /// Extensions.
    pub extensions: Vec<Node>,
}

/// A quantity of a class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quantity {
    /// `epcClass`.
    pub class: String,
    /// `quantity`, canonical; some of it where missing.
    pub amount: Option<String>,
    /// `uom`, UN/ECE Rec 20; a count where missing.
    pub unit: Option<String>,
}

/// A business transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BizTransaction {
    /// Its type.
    pub kind: Option<String>,
    /// Its identifier.
    pub id: String,
}

/// A source or a destination.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceDestination {
    /// Its type.
    pub kind: String,
    /// Its identifier.
    pub id: String,
}

/// That an event is wrong, and which events say it right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorDeclaration {
    /// `declarationTime`.
    pub time: Time,
    /// `reason`.
    pub reason: Option<String>,
    /// `correctiveEventIDs`.
    pub corrective: Vec<String>,
    /// Extensions.
    pub extensions: Vec<Node>,
}

/// What sensors reported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SensorElement {
    /// `sensorMetadata`.
    pub metadata: Option<SensorMetadata>,
    /// `sensorReport`.
    pub reports: Vec<SensorReport>,
    /// Extensions.
    pub extensions: Vec<Node>,
}

/// What holds for all reports of an element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SensorMetadata {
    /// `time`.
    pub time: Option<Time>,
    /// `startTime`.
    pub start: Option<Time>,
    /// `endTime`.
    pub end: Option<Time>,
    /// `deviceID`.
    pub device: Option<String>,
    /// `deviceMetadata`.
    pub device_metadata: Option<String>,
    /// `rawData`.
    pub raw_data: Option<String>,
    /// `dataProcessingMethod`.
    pub method: Option<String>,
    /// `bizRules`.
    pub rules: Option<String>,
    /// Extensions.
    pub extensions: Vec<Node>,
}

/// One report; numbers are canonical texts in the unit `uom`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SensorReport {
    /// `type`: what is measured.
    pub kind: Option<String>,
    /// `exception`.
    pub exception: Option<String>,
    /// `deviceID`.
    pub device: Option<String>,
    /// `deviceMetadata`.
    pub device_metadata: Option<String>,
    /// `rawData`.
    pub raw_data: Option<String>,
    /// `dataProcessingMethod`.
    pub method: Option<String>,
    /// `bizRules`: not in the standard's report, but written by some.
    pub rules: Option<String>,
    /// `time`.
    pub time: Option<Time>,
    /// `microorganism`.
    pub microorganism: Option<String>,
    /// `chemicalSubstance`.
    pub substance: Option<String>,
    /// `value`.
    pub value: Option<String>,
    /// `component`.
    pub component: Option<String>,
    /// `stringValue`.
    pub string_value: Option<String>,
    /// `booleanValue`.
    pub boolean_value: Option<bool>,
    /// `hexBinaryValue`.
    pub hex_value: Option<String>,
    /// `uriValue`.
    pub uri_value: Option<String>,
    /// `minValue`.
    pub min: Option<String>,
    /// `maxValue`.
    pub max: Option<String>,
    /// `meanValue`.
    pub mean: Option<String>,
    /// `sDev`.
    pub deviation: Option<String>,
    /// `percRank`.
    pub percentile_rank: Option<String>,
    /// `percValue`.
    pub percentile_value: Option<String>,
    /// `uom`, UN/ECE Rec 20.
    pub unit: Option<String>,
    /// `coordinateReferenceSystem`.
    pub reference_system: Option<String>,
    /// Extensions.
    pub extensions: Vec<Node>,
}
