//! From the typed event to the tree, in the order of the schemas.

use super::{
    Action, Event, EventType, Place, Quantity, SensorElement, SensorMetadata, SensorReport,
    SourceDestination,
};
use crate::node::{Kind, Node};
use crate::time::Time;

impl Event {
    /// The tree of the event, words in their one form.
    pub(crate) fn to_node(&self) -> Node {
        let mut out = Out::default();
        out.time("eventTime", Some(self.time));
        out.push("eventTimeZoneOffset", &self.offset.to_string());
        out.time("recordTime", self.recorded);
        out.text("eventID", self.id.as_deref());
        if let Some(error) = &self.error {
            let mut inner = Out::default();
            inner.time("declarationTime", Some(error.time));
            inner.text("reason", error.reason.as_deref());
            inner.list("correctiveEventIDs", "correctiveEventID", &error.corrective);
            inner.nodes.extend(error.extensions.iter().cloned());
            out.nodes.push(Node::with("errorDeclaration", inner.nodes));
        }
        for certification in &self.certifications {
            out.push("certificationInfo", certification);
        }
        self.what(&mut out);
        out.text("bizStep", self.step.as_deref());
        out.text("disposition", self.disposition.as_deref());
        out.place("readPoint", self.read_point.as_ref());
        out.place("bizLocation", self.location.as_ref());
        if self.kind != EventType::Transaction {
            self.transactions(&mut out);
        }
        out.sources("sourceList", "source", &self.sources);
        out.sources("destinationList", "destination", &self.destinations);
        if !self.sensors.is_empty() {
            let sensors = self.sensors.iter().map(sensor).collect();
            out.nodes.push(Node::with("sensorElementList", sensors));
        }
        if !self.set.is_empty() || !self.unset.is_empty() {
            let words = |name: &'static str, words: &[String]| {
                words.iter().map(|word| Node::text(name, word)).collect::<Vec<_>>()
            };
            let mut inner = words("unset", &self.unset);
            inner.extend(words("set", &self.set));
            out.nodes.push(Node::with("persistentDisposition", inner));
        }
        if !self.ilmd.is_empty() {
            out.nodes.push(Node::with("ilmd", self.ilmd.clone()));
        }
        out.nodes.extend(self.extensions.iter().cloned());
        Node::with(self.kind.name(), out.nodes)
    }

    fn transactions(&self, out: &mut Out) {
        if self.transactions.is_empty() {
            return;
        }
        let items = self.transactions.iter().map(|item| {
            let mut node = Node::text("bizTransaction", &item.id);
            if let Some(kind) = &item.kind {
                node.children.push(attribute("type", kind));
            }
            node
        });
        out.nodes.push(Node::with("bizTransactionList", items.collect()));
    }

    /// What it happened to. A list that must be there is written although it is empty.
    fn what(&self, out: &mut Out) {
        let action = self.action.map(Action::name);
        let whole = self.action != Some(Action::Delete);
        match self.kind {
            EventType::Object => {
                let none = self.quantities.is_empty()
                    && (self.sensors.is_empty() || self.read_point.is_none());
                out.epcs("epcList", &self.epcs, none);
                out.text("action", action);
                out.quantities("quantityList", &self.quantities);
            }
            EventType::Transaction => {
                self.transactions(out);
                out.text("parentID", self.parent.as_deref());
                let none = whole && self.quantities.is_empty();
                out.epcs("epcList", &self.epcs, none);
                out.text("action", action);
                out.quantities("quantityList", &self.quantities);
            }
            EventType::Aggregation | EventType::Association => {
                out.text("parentID", self.parent.as_deref());
                out.epcs("childEPCs", &self.children, whole && self.child_quantities.is_empty());
                out.text("action", action);
                out.quantities("childQuantityList", &self.child_quantities);
            }
            EventType::Transformation => {
                let part = self.transformation.is_some();
                let none = self.outputs.is_empty() && self.output_quantities.is_empty();
                let needed = self.input_quantities.is_empty() && (!part || none);
                out.epcs("inputEPCList", &self.inputs, needed);
                out.quantities("inputQuantityList", &self.input_quantities);
                out.epcs(
                    "outputEPCList",
                    &self.outputs,
                    !part && self.output_quantities.is_empty(),
                );
                out.quantities("outputQuantityList", &self.output_quantities);
                out.text("transformationID", self.transformation.as_deref());
            }
        }
    }
}

fn attribute(name: &str, value: &str) -> Node {
    Node { attribute: true, ..Node::text(name, value) }
}

fn sensor(element: &SensorElement) -> Node {
    let mut nodes = Vec::new();
    if let Some(metadata) = &element.metadata {
        nodes.push(self::metadata(metadata));
    }
    nodes.extend(element.reports.iter().map(report));
    nodes.extend(element.extensions.iter().cloned());
    Node::with("sensorElement", nodes)
}

fn metadata(metadata: &SensorMetadata) -> Node {
    let mut out = Out::default();
    out.time("time", metadata.time);
    out.time("startTime", metadata.start);
    out.time("endTime", metadata.end);
    out.text("deviceID", metadata.device.as_deref());
    out.text("deviceMetadata", metadata.device_metadata.as_deref());
    out.text("rawData", metadata.raw_data.as_deref());
    out.text("dataProcessingMethod", metadata.method.as_deref());
    out.text("bizRules", metadata.rules.as_deref());
    out.attributes("sensorMetadata", &metadata.extensions)
}

fn report(report: &SensorReport) -> Node {
    let mut out = Out::default();
    out.text("type", report.kind.as_deref());
    out.text("exception", report.exception.as_deref());
    out.text("deviceID", report.device.as_deref());
    out.text("deviceMetadata", report.device_metadata.as_deref());
    out.text("rawData", report.raw_data.as_deref());
    out.text("dataProcessingMethod", report.method.as_deref());
    out.text("bizRules", report.rules.as_deref());
    out.time("time", report.time);
    out.text("microorganism", report.microorganism.as_deref());
    out.text("chemicalSubstance", report.substance.as_deref());
    out.number("value", report.value.as_deref());
    out.text("component", report.component.as_deref());
    out.text("stringValue", report.string_value.as_deref());
    if let Some(value) = report.boolean_value {
        let node = Node::text("booleanValue", value.to_string());
        out.nodes.push(Node { kind: Kind::Bool, ..node });
    }
    out.text("hexBinaryValue", report.hex_value.as_deref());
    out.text("uriValue", report.uri_value.as_deref());
    out.number("minValue", report.min.as_deref());
    out.number("maxValue", report.max.as_deref());
    out.number("meanValue", report.mean.as_deref());
    out.number("sDev", report.deviation.as_deref());
    out.number("percRank", report.percentile_rank.as_deref());
    out.number("percValue", report.percentile_value.as_deref());
    out.text("uom", report.unit.as_deref());
    out.text("coordinateReferenceSystem", report.reference_system.as_deref());
    out.attributes("sensorReport", &report.extensions)
}

#[derive(Default)]
struct Out {
    nodes: Vec<Node>,
}

impl Out {
    fn push(&mut self, name: &str, value: &str) {
        self.nodes.push(Node::text(name, value));
    }

    fn text(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.push(name, value);
        }
    }

    fn time(&mut self, name: &str, value: Option<Time>) {
        if let Some(value) = value {
            self.push(name, &value.to_string());
        }
    }

    fn number(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.nodes.push(Node { kind: Kind::Number, ..Node::text(name, value) });
        }
    }

    fn list(&mut self, name: &str, item: &str, values: &[String]) {
        if !values.is_empty() {
            let items = values.iter().map(|value| Node::text(item, value)).collect();
            self.nodes.push(Node::with(name, items));
        }
    }

    fn epcs(&mut self, name: &str, values: &[String], needed: bool) {
        self.list(name, "epc", values);
        if values.is_empty() && needed {
            self.nodes.push(Node::own(name));
        }
    }

    fn quantities(&mut self, name: &str, values: &[Quantity]) {
        let items = values.iter().map(|quantity| {
            let mut inner = Self::default();
            inner.push("epcClass", &quantity.class);
            inner.number("quantity", quantity.amount.as_deref());
            inner.text("uom", quantity.unit.as_deref());
            Node::with("quantityElement", inner.nodes)
        });
        let items: Vec<Node> = items.collect();
        if !items.is_empty() {
            self.nodes.push(Node::with(name, items));
        }
    }

    fn place(&mut self, name: &str, place: Option<&Place>) {
        if let Some(place) = place {
            let mut nodes = vec![Node::text("id", &place.id)];
            nodes.extend(place.extensions.iter().cloned());
            self.nodes.push(Node::with(name, nodes));
        }
    }

    fn sources(&mut self, name: &str, item: &str, values: &[SourceDestination]) {
        let items: Vec<Node> = values
            .iter()
            .map(|value| Node {
                children: vec![attribute("type", &value.kind)],
                ..Node::text(item, &value.id)
            })
            .collect();
        if !items.is_empty() {
            self.nodes.push(Node::with(name, items));
        }
    }

    /// An element whose members XML writes as attributes, extensions of one value too.
    fn attributes(mut self, name: &str, extensions: &[Node]) -> Node {
        self.nodes.extend(extensions.iter().cloned());
        for node in &mut self.nodes {
            node.attribute = node.children.is_empty();
        }
        Node::with(name, self.nodes)
    }
}
