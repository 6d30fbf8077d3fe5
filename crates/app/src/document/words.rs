//! What is filled in, in the Chinese of a document.

use clock::Date;
use model::Timestamp;
use pack::{Field, FieldType, Pack};
use serde_json::Value;

/// A day as documents write it: 2026年1月2日.
pub(crate) fn day(day: Date) -> String {
    let text = day.to_string();
    let mut parts = text.split('-').map(|part| part.trim_start_matches('0'));
    match (parts.next(), parts.next(), parts.next()) {
        (Some(year), Some(month), Some(day)) => format!("{year}年{month}月{day}日"),
        _ => text,
    }
}

/// A day that is written as one, else as it is.
pub(crate) fn day_of(text: &str) -> String {
    text.parse::<Date>().map_or_else(|_| text.to_owned(), day)
}

/// The hour and minute in China of a moment, behind its day.
fn instant(text: &str) -> String {
    let Ok(time) = Timestamp::from_rfc3339(text) else { return text.to_owned() };
    let (hour, minute) = time.hour_and_minute_in_china();
    format!("{}{hour}时{minute:02}分", day(time.day_in_china()))
}

/// What is in the part of a subject's id behind its scheme; of a GS1 Digital Link the code of the thing
/// itself, which stands last.
pub(crate) fn bare(id: &str) -> &str {
    if id.contains("://") {
        return id.rsplit('/').next().unwrap_or(id);
    }
    id.split_once(':').map_or(id, |(_, value)| value)
}

/// The value of a field; none where it is empty.
pub(crate) fn value(pack: &Pack, of: &FieldType, value: &Value, on: Date) -> Option<String> {
    let text = match (of, value) {
        (_, Value::Null) => return None,
        (FieldType::Code { list }, Value::String(code)) => {
            let list = pack.list(list);
            let found =
                list.and_then(|list| list.get(code, on).or_else(|| list.history(code).last()));
            found.map_or_else(|| code.clone(), |found| found.label.zh.clone())
        }
        (FieldType::Date, Value::String(text)) => day_of(text),
        (FieldType::Instant, Value::String(text)) => instant(text),
        (FieldType::Money, Value::Number(number)) => format!("{number}元"),
        (FieldType::Boolean, Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        (FieldType::Region, Value::String(code)) => {
            let found = pack.tables().divisions.get(code, on);
            found.map_or_else(|| code.clone(), |division| division.name.clone())
        }
        (FieldType::Reference { .. }, Value::String(id)) => bare(id).to_owned(),
        (FieldType::Quantity { units }, Value::Object(parts)) => {
            let amount = parts.get("value").map(plain_number)?;
            let unit = parts.get("unit").and_then(Value::as_str).unwrap_or_default();
            let label = pack.list(units).and_then(|list| list.get(unit, on));
            format!("{amount}{}", label.map_or(unit, |unit| unit.label.zh.as_str()))
        }
        (FieldType::List(of), Value::Array(items)) => {
            let items = items.iter().filter_map(|item| self::value(pack, of, item, on));
            items.collect::<Vec<_>>().join("、")
        }
        (FieldType::Table { columns }, Value::Array(rows)) => {
            let rows = rows.iter().filter_map(|row| table_row(pack, columns, row, on));
            rows.collect::<Vec<_>>().join("\n")
        }
        (_, Value::String(text)) => text.clone(),
        (_, Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        (_, other) => plain_number(other),
    };
    (!text.trim().is_empty()).then_some(text)
}

fn plain_number(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn table_row(pack: &Pack, columns: &[Field], row: &Value, on: Date) -> Option<String> {
    let cells = columns.iter().filter_map(|column| {
        let text = value(pack, &column.field_type, row.get(&column.name)?, on)?;
        Some(format!("{}：{text}", column.label.zh))
    });
    let cells: Vec<String> = cells.collect();
    (!cells.is_empty()).then(|| cells.join("；"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_moments_are_written_out() {
        assert_eq!(day_of("2026-01-02"), "2026年1月2日");
        assert_eq!(day_of("2026-10-20"), "2026年10月20日");
        assert_eq!(instant("2026-01-01T17:05:00Z"), "2026年1月2日1时05分");
        assert_eq!(instant("gestern"), "gestern");
        assert_eq!(bare("uscc:91420100MA4K3X7A1B"), "91420100MA4K3X7A1B");
        assert_eq!(bare("https://id.gs1.org/01/06914209801136"), "06914209801136");
        assert_eq!(bare("https://id.gs1.org/01/06914209801136/10/XJT261001"), "XJT261001");
    }
}
