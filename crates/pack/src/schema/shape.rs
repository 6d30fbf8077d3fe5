//! The shapes of fields.

use clock::Date;
use codes::Label;
use rules::schema::{self, Member, Shape};
use rules::value::{CodeList, Decimal};

use crate::kind::{Field, FieldType};

/// Digits of a number in JSON that every reader gives back.
const DIGITS: u32 = 15;
/// Digits after the point, where the bounds leave so many.
const DECIMAL_PLACES: u8 = 9;
const QUANTITY_PLACES: u8 = 6;
/// The fen.
const MONEY_PLACES: u8 = 2;
/// Items of a list and rows of a table that say nothing of it.
const MOST_ITEMS: u32 = 1_000;
/// A division is six digits or a word of four letters, an industry a letter and four digits.
pub(super) const LONGEST_CODE: u32 = 12;
/// Beyond the longest `scheme:value` and the Digital Links in use.
pub(super) const LONGEST_REFERENCE: u32 = 300;

pub(super) fn label(label: &Label) -> schema::Label {
    schema::Label::new(&label.zh, &label.en)
}

/// The code lists that a type names.
pub(super) fn lists_of<'f>(of: &'f FieldType, found: &mut Vec<&'f str>) {
    match of {
        FieldType::Code { list } | FieldType::Quantity { units: list } => found.push(list),
        FieldType::List(of) => lists_of(of, found),
        FieldType::Table { columns } => {
            columns.iter().for_each(|column| lists_of(&column.field_type, found));
        }
        _ => {}
    }
}

/// A field as a member; `list` gives a code list for the day in question.
pub(super) fn member(field: &Field, list: &mut impl FnMut(&str) -> CodeList) -> Member {
    Member {
        name: field.name.clone(),
        label: label(&field.label),
        shape: shape(&field.field_type, (field.least, field.most), list),
        required: field.required,
        typed: field.typed,
    }
}

type Bounds = (Option<i64>, Option<i64>);

fn shape(of: &FieldType, bounds: Bounds, list: &mut impl FnMut(&str) -> CodeList) -> Shape {
    match of {
        FieldType::Text { max } => Shape::Text { most: *max },
        FieldType::Integer => Shape::Integer {
            least: bounds.0.unwrap_or(-Shape::LARGEST),
            most: bounds.1.unwrap_or(Shape::LARGEST),
        },
        FieldType::Decimal => decimal(DECIMAL_PLACES, bounds),
        FieldType::Money => decimal(MONEY_PLACES, bounds),
        FieldType::Quantity { units } => quantity(bounds, list(units)),
        FieldType::Boolean => Shape::Boolean,
        FieldType::Date => Shape::Date,
        FieldType::Instant => Shape::Instant,
        FieldType::Code { list: name } => Shape::Code(list(name)),
        FieldType::Region | FieldType::Industry => Shape::Text { most: LONGEST_CODE },
        FieldType::Reference { .. } => Shape::Text { most: LONGEST_REFERENCE },
        FieldType::Table { columns } => {
            let columns = columns.iter().map(|column| member(column, list)).collect();
            items(Shape::Object(columns), bounds)
        }
        FieldType::List(of) => items(shape(of, (None, None), list), bounds),
    }
}

/// A list may be left out, but not be empty: at least 0 means at least 1.
fn items(of: Shape, (least, most): Bounds) -> Shape {
    let number = |bound: Option<i64>, open: u32| {
        bound.map_or(open, |bound| u32::try_from(bound.max(0)).unwrap_or(u32::MAX))
    };
    let least = number(least, 1).max(1);
    Shape::List { of: Box::new(of), least, most: number(most, MOST_ITEMS.max(least)) }
}

/// Where a bound is far from the point, fewer digits are left behind it.
fn decimal(places: u8, (least, most): Bounds) -> Shape {
    let digits = |bound: Option<i64>| bound.map_or(0, |b| b.unsigned_abs().to_string().len());
    let whole = u32::try_from(digits(least).max(digits(most))).unwrap_or(u32::MAX);
    let left = u8::try_from(DIGITS.saturating_sub(whole)).unwrap_or(0);
    let Shape::Decimal { places, least: lowest, most: highest } = Shape::decimal(places.min(left))
    else {
        return Shape::decimal(places);
    };
    Shape::Decimal {
        places,
        least: least.map_or(lowest, Decimal::from),
        most: most.map_or(highest, Decimal::from),
    }
}

fn quantity(bounds: Bounds, units: CodeList) -> Shape {
    let mut shape = Shape::quantity(QUANTITY_PLACES, units);
    if let Shape::Object(members) = &mut shape
        && let Some(value) = members.iter_mut().find(|member| member.name == "value")
    {
        value.shape = decimal(QUANTITY_PLACES, bounds);
    }
    shape
}

/// The codes of a list that hold; on no day: all that ever did.
pub(super) fn code_list(list: &crate::list::CodeList, on: Option<Date>) -> CodeList {
    let entries = list.entries().iter();
    let held = entries.filter(|entry| on.is_none_or(|day| entry.in_force.holds(day)));
    CodeList::new(&list.id, held.map(|entry| entry.code.as_str()))
}
