//! Filters as the tests make them: a tree of their own with its text and its plain meaning.

use proptest::prelude::*;
use rules::filter::{Field, Fields, Type};
use rules::value::{CodeList, Comparison, Decimal, Value};

/// What a filter says, independent of the crate's own tree.
#[derive(Debug, Clone)]
pub enum Tree {
    All(Vec<Tree>),
    Any(Vec<Tree>),
    Not(Box<Tree>),
    Missing { field: usize, not: bool },
    Is(usize),
    Compare { field: usize, comparison: Comparison, value: Value, turned: bool },
    Fields { field: usize, comparison: Comparison, other: usize },
    In { field: usize, values: Vec<Value> },
    StartsWith { field: usize, prefix: String },
}

/// Fields, rows with values of their types, and filters over them.
#[derive(Debug, Clone)]
pub struct Case {
    pub fields: Vec<(String, Type)>,
    pub rows: Vec<Vec<Option<Value>>>,
    pub filters: Vec<Tree>,
}

impl Case {
    pub fn fields(&self) -> Fields {
        Fields::new(self.fields.iter().map(|(name, holds)| Field::new(name, holds.clone())))
            .unwrap()
    }
}

/// A word of SQL names a column as well as another.
const NAMES: &[&str] =
    &["order", "select", "result", "group", "value", "null_", "product.category"];

pub fn cases() -> impl Strategy<Value = Case> {
    prop::collection::vec(types(), 1..=NAMES.len()).prop_flat_map(|types| {
        let row: Vec<_> = types
            .iter()
            .map(|holds| prop_oneof![1 => Just(None), 3 => values(holds).prop_map(Some)])
            .collect();
        let rows = prop::collection::vec(row, 1..30);
        let filters = prop::collection::vec(trees(&types), 12);
        let names = NAMES.iter().map(|name| (*name).to_owned());
        let fields: Vec<_> = names.zip(types).collect();
        (Just(fields), rows, filters).prop_map(|(fields, rows, filters)| Case {
            fields,
            rows,
            filters,
        })
    })
}

fn types() -> impl Strategy<Value = Type> {
    prop_oneof![
        3 => Just(Type::Text),
        1 => Just(Type::Code(None)),
        1 => Just(Type::Code(Some(CodeList::new("results", CODES.iter().copied())))),
        1 => Just(Type::Integer),
        2 => (0..=4u8).prop_map(|places| Type::Decimal { places }),
        1 => Just(Type::Boolean),
        1 => Just(Type::Date),
        1 => Just(Type::Instant),
    ]
}

const CODES: &[&str] = &["pass", "fail", "not-judged", "B", "a"];

/// Few values, so that rows and filters meet; and those that databases treat differently: letter
/// case, accents composed or not, characters beyond the first plane, signs of LIKE and of quoting.
const TEXTS: &[&str] = &[
    "",
    " ",
    "a",
    "A",
    "b",
    "B",
    "aa",
    "ab",
    "a\u{10ffff}",
    "a\u{10ffff}b",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "质",
    "质衡",
    "智",
    "\u{d7ff}",
    "\u{e000}",
    "\u{ffff}",
    "\u{1f600}",
    "\u{10ffff}",
    "%",
    "_",
    "a%",
    "'",
    "\"",
    "\\",
    "$1",
    "?1",
    "\n",
    "\t",
    "\u{7f}",
    "null",
    "1",
    "01",
    "1.0",
];

fn values(holds: &Type) -> BoxedStrategy<Value> {
    let integers = prop_oneof![4 => -3..=3i64, 1 => Just(i64::MIN), 1 => Just(i64::MAX)];
    match holds {
        Type::Text | Type::Code(None) => prop::sample::select(TEXTS).prop_map(Value::from).boxed(),
        Type::Code(Some(_)) => prop::sample::select(CODES).prop_map(Value::from).boxed(),
        Type::Integer => integers.prop_map(Value::Integer).boxed(),
        Type::Decimal { places } => {
            let places = *places;
            let units = prop_oneof![3 => -3..=3i64, 2 => 90..=110i64, 1 => integers];
            units.prop_map(move |units| Decimal::new(units, places).unwrap().into()).boxed()
        }
        Type::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Type::Date => {
            let days = prop::sample::select(
                &["1900-01-01", "1969-12-31", "1970-01-01", "2026-04-15", "2100-12-31"][..],
            );
            days.prop_map(|day| Value::Date(day.parse().unwrap())).boxed()
        }
        Type::Instant => {
            let times = prop::sample::select(
                &[
                    "1900-01-01T00:00:00Z",
                    "1969-12-31T23:59:59.999999Z",
                    "1970-01-01T00:00:00Z",
                    "2026-04-15T09:30:00+08:00",
                ][..],
            );
            times.prop_map(|time| Value::Instant(time.parse().unwrap())).boxed()
        }
    }
}

fn trees(types: &[Type]) -> BoxedStrategy<Tree> {
    let types = types.to_vec();
    let leaf = (0..types.len()).prop_flat_map(move |field| leaves(field, &types));
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::All),
            prop::collection::vec(inner.clone(), 2..4).prop_map(Tree::Any),
            inner.prop_map(|tree| Tree::Not(Box::new(tree))),
        ]
    })
    .boxed()
}

fn leaves(field: usize, types: &[Type]) -> BoxedStrategy<Tree> {
    let holds = types[field].clone();
    let ordered = !matches!(holds, Type::Code(_) | Type::Boolean);
    let comparisons = move || {
        use Comparison::*;
        let all = [Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual];
        prop::sample::select(if ordered { all.to_vec() } else { all[..2].to_vec() })
    };
    let compare = (comparisons(), values(&holds), any::<bool>()).prop_map(
        move |(comparison, value, turned)| Tree::Compare { field, comparison, value, turned },
    );
    let missing = any::<bool>().prop_map(move |not| Tree::Missing { field, not });
    let list = prop::collection::vec(values(&holds), 1..5)
        .prop_map(move |values| Tree::In { field, values });
    let same = |other: &usize| {
        let text = |holds: &Type| matches!(holds, Type::Text | Type::Code(_));
        types[*other] == types[field] || (text(&types[*other]) && text(&types[field]))
    };
    let others: Vec<usize> = (0..types.len()).filter(same).collect();
    let fields = (comparisons(), prop::sample::select(others))
        .prop_map(move |(comparison, other)| Tree::Fields { field, comparison, other });
    let mut leaves =
        vec![(4, compare.boxed()), (1, missing.boxed()), (2, list.boxed()), (1, fields.boxed())];
    match holds {
        Type::Text | Type::Code(_) => {
            let prefix = prop::sample::select(TEXTS)
                .prop_map(move |prefix| Tree::StartsWith { field, prefix: prefix.to_owned() });
            leaves.push((3, prefix.boxed()));
        }
        Type::Boolean => leaves.push((1, Just(Tree::Is(field)).boxed())),
        _ => {}
    }
    prop::strategy::Union::new_weighted(leaves).boxed()
}

impl Tree {
    /// The filter's text, with more brackets than it needs.
    pub fn text(&self, fields: &[(String, Type)]) -> String {
        let name = |field: &usize| fields[*field].0.clone();
        let joined = |parts: &[Self], word: &str| {
            let parts: Vec<String> =
                parts.iter().map(|part| format!("({})", part.text(fields))).collect();
            parts.join(word)
        };
        match self {
            Self::All(parts) => joined(parts, " and "),
            Self::Any(parts) => joined(parts, "or"),
            Self::Not(part) => format!("not({})", part.text(fields)),
            Self::Missing { field, not } => {
                format!("{} is {}missing", name(field), if *not { "not " } else { "" })
            }
            Self::Is(field) => name(field),
            Self::Compare { field, comparison, value, turned } => match (turned, comparison.sign())
            {
                (false, sign) => format!("{}{sign}{value}", name(field)),
                (true, "<") => format!("{value}>{}", name(field)),
                (true, "<=") => format!("{value}>={}", name(field)),
                (true, ">") => format!("{value}<{}", name(field)),
                (true, ">=") => format!("{value}<={}", name(field)),
                (true, sign) => format!("{value}{sign}{}", name(field)),
            },
            Self::Fields { field, comparison, other } => {
                format!("{} {} {}", name(field), comparison.sign(), name(other))
            }
            Self::In { field, values } => {
                let values: Vec<String> = values.iter().map(Value::to_string).collect();
                format!("{} in[{}]", name(field), values.join(","))
            }
            Self::StartsWith { field, prefix } => {
                format!("{} starts_with {}", name(field), Value::from(prefix.as_str()))
            }
        }
    }

    /// What the filter says of a row, as its documentation has it.
    pub fn holds(&self, row: &[Option<Value>]) -> bool {
        let compared = |a: &Option<Value>, comparison: Comparison, b: &Option<Value>| {
            let (Some(a), Some(b)) = (a, b) else { return false };
            match comparison.sign() {
                "==" => a == b,
                "!=" => a != b,
                "<" => a < b,
                "<=" => a <= b,
                ">" => a > b,
                _ => a >= b,
            }
        };
        match self {
            Self::All(parts) => parts.iter().all(|part| part.holds(row)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(row)),
            Self::Not(part) => !part.holds(row),
            Self::Missing { field, not } => row[*field].is_none() != *not,
            Self::Is(field) => row[*field] == Some(Value::Boolean(true)),
            Self::Compare { field, comparison, value, .. } => {
                compared(&row[*field], *comparison, &Some(value.clone()))
            }
            Self::Fields { field, comparison, other } => {
                compared(&row[*field], *comparison, &row[*other])
            }
            Self::In { field, values } => {
                row[*field].as_ref().is_some_and(|value| values.contains(value))
            }
            Self::StartsWith { field, prefix } => match &row[*field] {
                Some(Value::Text(text)) => text.as_bytes().starts_with(prefix.as_bytes()),
                _ => false,
            },
        }
    }
}
