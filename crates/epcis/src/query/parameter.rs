//! From a parameter to its test.

use super::{Condition, Field, Op, Pattern, Query, Scope, Test};
use crate::event::{Action, EventType};
use crate::fault::{Expected, Rule};
use crate::hash::canonical_id;
use crate::node::{Name, Namespaces};
use crate::number::canonical_number;
use crate::time::Time;
use crate::units::quantity_of;
use crate::words::List;

type Read<T> = Result<T, Rule>;

pub(super) fn read(
    query: &mut Query,
    name: &str,
    values: Vec<String>,
    spaces: &Namespaces,
) -> Read<()> {
    let form = |expected| Rule::Form(name.to_owned(), expected);
    let single = || match &values[..] {
        [value] => Ok(value.as_str()),
        _ => Err(form(Expected::Text)),
    };
    let count = || single()?.parse().ok().filter(|n| *n > 0).ok_or_else(|| form(Expected::Count));
    match name {
        "orderBy" => {
            let field = single()?;
            if field != "eventTime" && field != "recordTime" && !field.contains(':') {
                return Err(form(Expected::Field));
            }
            query.order_by = Some(field.to_owned());
        }
        "orderDirection" => {
            query.ascending = match single()? {
                "ASC" => true,
                "DESC" => false,
                _ => return Err(form(Expected::Direction)),
            };
        }
        "eventCountLimit" => query.limit = Some(count()?),
        "maxEventCount" => query.most = Some(count()?),
        _ => {
            let test = test(name, &values, spaces)?;
            query.conditions.push(Condition { name: name.to_owned(), test });
        }
    }
    Ok(())
}

fn test(name: &str, values: &[String], spaces: &Namespaces) -> Read<Test> {
    let form = |expected| Rule::Form(name.to_owned(), expected);
    let all = |read: &dyn Fn(&str) -> Option<String>, expected| {
        values.iter().map(|v| read(v).ok_or_else(|| form(expected))).collect::<Read<Vec<_>>>()
    };
    let words = |list: List| {
        let word = |v: &String| list.canonical(v).ok_or_else(|| Rule::Word(list.name(), v.clone()));
        values.iter().map(word).collect::<Read<Vec<_>>>()
    };
    let ids = || all(&|v| Some(canonical_id(v)), Expected::Uri);
    let texts = || values.to_vec();
    if values.is_empty() {
        return Err(form(Expected::Text));
    }
    if name == "eventType" {
        let kinds = values.iter().map(|v| EventType::of_name(v));
        let kinds = kinds.collect::<Option<Vec<_>>>().ok_or_else(|| form(Expected::EventType))?;
        return Ok(Test::Type(kinds));
    }
    if let Some(rest) = name.strip_prefix("MATCH_") {
        let field = match rest {
            "epc" => Field::Epc,
            "parentID" => Field::Parent,
            "inputEPC" => Field::Input,
            "outputEPC" => Field::Output,
            "anyEPC" => Field::Any,
            "epcClass" => Field::Class,
            "inputEPCClass" => Field::InputClass,
            "outputEPCClass" => Field::OutputClass,
            "anyEPCClass" => Field::AnyClass,
            _ => return Err(Rule::Parameter),
        };
        return Ok(Test::Match(field, values.iter().map(|v| pattern(v)).collect()));
    }
    if let Some(rest) = name.strip_prefix("EXISTS_") {
        let wanted = match values {
            [value] if value == "true" || value.is_empty() => true,
            [value] if value == "false" => false,
            _ => return Err(form(Expected::Bool)),
        };
        return match rest {
            "errorDeclaration" => Ok(Test::Exists(Field::ErrorDeclaration, wanted)),
            "sensorElementList" => Ok(Test::Exists(Field::Sensors, wanted)),
            _ => {
                let (scope, inner, name) = extension(rest, spaces)?;
                Ok(Test::ExtensionExists(scope, inner, name, wanted))
            }
        };
    }
    if let Some(rest) = name.strip_prefix("HASATTR_") {
        return Ok(Test::HasAttribute(rest.to_owned(), texts()));
    }
    if let Some(rest) = name.strip_prefix("EQATTR_").or_else(|| name.strip_prefix("EQ_ATTR_")) {
        let (field, attribute) = rest.rsplit_once('_').ok_or(Rule::Parameter)?;
        return Ok(Test::Attribute(field.to_owned(), attribute.to_owned(), texts()));
    }
    if let Some(rest) = name.strip_prefix("WD_") {
        let field = match rest {
            "readPoint" => Field::ReadPoint,
            "bizLocation" => Field::BizLocation,
            _ => return Err(Rule::Parameter),
        };
        return Ok(Test::Within(field, ids()?));
    }
    let (op, rest) = name.split_once('_').ok_or(Rule::Parameter)?;
    let op = match op {
        "EQ" => Op::Eq,
        "GT" => Op::Gt,
        "GE" => Op::Ge,
        "LT" => Op::Lt,
        "LE" => Op::Le,
        _ => return Err(Rule::Parameter),
    };
    let time = match rest {
        "eventTime" => Some(Field::EventTime),
        "recordTime" => Some(Field::RecordTime),
        "errorDeclarationTime" | "errorDeclaration_Time" => Some(Field::ErrorTime),
        "time" => Some(Field::SensorTime),
        "startTime" => Some(Field::SensorStart),
        "endTime" => Some(Field::SensorEnd),
        _ => None,
    };
    if let Some(field) = time {
        if !matches!(op, Op::Ge | Op::Lt) {
            return Err(Rule::Parameter);
        }
        let time = values.first().filter(|_| values.len() == 1).and_then(|v| Time::parse(v));
        return Ok(Test::Time(field, op, time.ok_or_else(|| form(Expected::Time))?));
    }
    let (measured, unit) = rest.split_once('_').unwrap_or((rest, ""));
    let number = match measured {
        "quantity" => Some(Field::Quantity),
        "value" => Some(Field::Value),
        "minValue" => Some(Field::Min),
        "maxValue" => Some(Field::Max),
        "meanValue" => Some(Field::Mean),
        "sDev" => Some(Field::Deviation),
        "percValue" => Some(Field::PercentileValue),
        "percRank" if unit.is_empty() => Some(Field::PercentileRank),
        _ => None,
    };
    if let Some(field) = number {
        let bare = matches!(field, Field::Quantity | Field::PercentileRank);
        if unit.is_empty() && !bare {
            return Err(Rule::Parameter);
        }
        let well_formed = (2..=4).contains(&unit.len())
            && unit.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        if !unit.is_empty() && !well_formed && quantity_of(unit).is_none() {
            return Err(Rule::Unit(unit.to_owned()));
        }
        let value = values.first().filter(|_| values.len() == 1).and_then(|v| canonical_number(v));
        let value = value.ok_or_else(|| form(Expected::Number))?;
        let unit = (!unit.is_empty()).then(|| unit.to_owned());
        return Ok(Test::Number(field, op, value, unit));
    }
    if op == Op::Eq {
        let plain = match rest {
            "action" => {
                let actions = values.iter().map(|v| Action::of_name(v));
                let actions = actions.collect::<Option<Vec<_>>>();
                return Ok(Test::Action(actions.ok_or_else(|| form(Expected::Action))?));
            }
            "booleanValue" => {
                return match values {
                    [value] if value == "true" => Ok(Test::Bool(true)),
                    [value] if value == "false" => Ok(Test::Bool(false)),
                    _ => Err(form(Expected::Bool)),
                };
            }
            "bizStep" => Some((Field::BizStep, words(List::BizStep)?)),
            "disposition" => Some((Field::Disposition, words(List::Disposition)?)),
            "persistentDisposition_set" => Some((Field::PersistentSet, words(List::Disposition)?)),
            "persistentDisposition_unset" => {
                Some((Field::PersistentUnset, words(List::Disposition)?))
            }
            "errorReason" => Some((Field::ErrorReason, words(List::ErrorReason)?)),
            "type" => Some((Field::SensorType, words(List::Measurement)?)),
            "readPoint" => Some((Field::ReadPoint, ids()?)),
            "bizLocation" => Some((Field::BizLocation, ids()?)),
            "transformationID" => Some((Field::Transformation, ids()?)),
            "eventID" => Some((Field::EventId, texts())),
            "correctiveEventID" => Some((Field::Corrective, texts())),
            "deviceID" => Some((Field::Device, ids()?)),
            "dataProcessingMethod" => Some((Field::Method, ids()?)),
            "bizRules" => Some((Field::Rules, ids()?)),
            "microorganism" => Some((Field::Microorganism, texts())),
            "chemicalSubstance" => Some((Field::Substance, texts())),
            "stringValue" => Some((Field::StringValue, texts())),
            "hexBinaryValue" => {
                Some((Field::HexValue, values.iter().map(|v| v.to_ascii_lowercase()).collect()))
            }
            "uriValue" => Some((Field::UriValue, ids()?)),
            _ => None,
        };
        if let Some((field, values)) = plain {
            return Ok(Test::Text(field, values));
        }
        let typed = [
            ("bizTransaction_", Field::BizTransaction, List::BizTransaction),
            ("source_", Field::Source, List::SourceDestination),
            ("destination_", Field::Destination, List::SourceDestination),
        ];
        for (prefix, field, list) in typed {
            if let Some(kind) = rest.strip_prefix(prefix) {
                let canonical = list.canonical(kind);
                let kind = canonical.ok_or_else(|| Rule::Word(list.name(), kind.to_owned()))?;
                return Ok(Test::Typed(field, kind, ids()?));
            }
        }
    }
    let (scope, inner, name) = extension(rest, spaces)?;
    Ok(Test::Extension(scope, inner, name, op, texts()))
}

/// `[INNER_][PLACE_]prefix:name`, or the name with its whole namespace and `#`.
fn extension(text: &str, spaces: &Namespaces) -> Read<(Scope, bool, Name)> {
    let (inner, text) = match text.strip_prefix("INNER_") {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let scopes = [
        ("ILMD_", Scope::Ilmd),
        ("ERROR_DECLARATION_", Scope::ErrorDeclaration),
        ("errorDeclaration_", Scope::ErrorDeclaration),
        ("readPoint_", Scope::ReadPoint),
        ("bizLocation_", Scope::BizLocation),
        ("SENSORELEMENT_", Scope::SensorElement),
        ("SENSORMETADATA_", Scope::SensorMetadata),
        ("SENSORREPORT_", Scope::SensorReport),
    ];
    let found = scopes.iter().find_map(|(p, scope)| Some((*scope, text.strip_prefix(p)?)));
    let (scope, text) = found.unwrap_or((Scope::Event, text));
    // The XML binding of 1.x writes the namespace itself, `#` before the name.
    if let Some((space, local)) = text.split_once('#').filter(|(space, _)| space.contains(':')) {
        let name = Name { space: space.to_owned(), local: local.to_owned() };
        return Ok((scope, inner, name));
    }
    let (prefix, local) = text.split_once(':').ok_or(Rule::Parameter)?;
    if prefix.is_empty() || local.is_empty() {
        return Err(Rule::Parameter);
    }
    let space = spaces.space(prefix).ok_or_else(|| Rule::Prefix(prefix.to_owned()))?;
    Ok((scope, inner, Name { space: space.to_owned(), local: local.to_owned() }))
}

fn pattern(text: &str) -> Pattern {
    let wild = text.strip_prefix("urn:epc:idpat:").filter(|rest| rest.ends_with(".*"));
    let Some(rest) = wild else { return Pattern::One(canonical_id(text)) };
    match rest.find('*') {
        // Of one class: `canonical_id` gives the class itself, instances begin with their URN.
        Some(at) => Pattern::Begins(format!("urn:epc:id:{}", &rest[..at])),
        None => Pattern::One(canonical_id(text)),
    }
}
