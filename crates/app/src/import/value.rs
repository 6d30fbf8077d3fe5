//! What a cell means as a value of a field.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

use clock::Date;
use pack::{Column, DayOrder, FieldType, Pack};
use serde_json::{Number, Value, json};
use sheet::value::number::Decimal;
use sheet::value::words::{clean, entries, key, yes_or_no};
use sheet::value::{Unread, code, date, number};
use sheet::{Cell, Sort};

/// Digits after the point that a record keeps.
const MOST_PLACES: u32 = 9;
const MONEY_PLACES: u32 = 2;
/// What stands between the entries of a cell, where a mapping does not say it.
const SEPARATORS: &str = ",，、;；";

/// Reads cells by one type of the pack, and remembers which words have which codes.
pub(crate) struct Reader<'p> {
    pack: &'p Pack,
    of: &'p FieldType,
    column: &'p Column,
    /// Words of the mapping, as words are compared.
    words: HashMap<String, &'p str>,
    known: RefCell<HashMap<String, Known<'p>>>,
}

#[derive(Clone, Copy)]
struct Known<'p> {
    code: &'p str,
    days: codes::InForce,
}

impl<'p> Reader<'p> {
    pub(crate) fn new(
        pack: &'p Pack,
        of: &'p FieldType,
        column: &'p Column,
        words: &'p BTreeMap<String, String>,
    ) -> Self {
        let words = words.iter().map(|(word, code)| (key(word), code.as_str())).collect();
        Self { pack, of, column, words, known: RefCell::default() }
    }

    /// The value of a cell with something in it; none where it has no entries. `unit` is what stands
    /// in the column of units.
    pub(crate) fn read(&self, cell: &Cell, unit: &str, on: Date) -> Result<Option<Value>, Unread> {
        if cell.sort == Sort::Error {
            return Err(Unread::new(
                "cell.formula_error",
                ("a formula gives an error here", "correct the formula, or write the value"),
                ("此处公式结果为错误值", "请改正公式，或直接填写数值"),
            ));
        }
        let FieldType::List(of) = self.of else {
            return self.one(self.of, cell, unit, on).map(Some);
        };
        let separators = self.column.split.as_deref().unwrap_or(SEPARATORS);
        let mut values: Vec<Value> = Vec::new();
        for entry in entries(&cell.text, separators) {
            let value = self.one(of, &Cell::text(entry), unit, on)?;
            // The same code can come twice, where a name with a comma in it is one country.
            if !values.contains(&value) {
                values.push(value);
            }
        }
        Ok((!values.is_empty()).then_some(Value::Array(values)))
    }

    fn one(&self, of: &FieldType, cell: &Cell, unit: &str, on: Date) -> Result<Value, Unread> {
        match of {
            FieldType::Text { max } => text(cell, *max as usize, &self.column.lengths),
            FieldType::Code { list } => self.code(list, cell, on).map(Value::from),
            FieldType::Boolean => {
                let word = key(&cell.text);
                let known = self.words.get(&word).map(|word| *word == "true");
                let read = match cell.sort {
                    Sort::Bool(yes) => Some(yes),
                    _ => known.or_else(|| yes_or_no(&cell.text)),
                };
                read.map(Value::Bool).ok_or_else(|| {
                    Unread::new(
                        "cell.yes_or_no",
                        ("this is neither yes nor no", "write 是 or 否"),
                        ("既不是“是”也不是“否”", "请填写“是”或“否”"),
                    )
                })
            }
            FieldType::Date => Ok(date::day(cell, self.order())?.to_string().into()),
            FieldType::Instant => {
                let moment = date::moment(cell, self.order())?;
                let second = moment.second.unwrap_or_default();
                let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
                Ok(format!("{}T{hour:02}:{minute:02}:{second:02}+08:00", moment.day).into())
            }
            FieldType::Integer => {
                let number = self.number(cell)?;
                let whole = number.whole().ok_or_else(|| {
                    Unread::new(
                        "cell.whole_number",
                        ("this is no whole number", "write digits without a point"),
                        ("不是整数", "请填写整数"),
                    )
                })?;
                Ok(whole.into())
            }
            FieldType::Decimal => Ok(json_number(self.number(cell)?.rounded(MOST_PLACES).0)),
            FieldType::Money => {
                let (number, is_rounded) = self.money(cell)?.rounded(MONEY_PLACES);
                if is_rounded {
                    return Err(Unread::new(
                        "cell.fen",
                        (
                            "the amount has more digits than a fen",
                            "write yuan with two digits after the point",
                        ),
                        ("金额精确到分以下", "请保留两位小数（元）"),
                    ));
                }
                Ok(json_number(number))
            }
            FieldType::Quantity { units } => self.quantity(units, cell, unit, on),
            FieldType::Region => {
                let text = clean(&cell.text);
                let found = region(self.pack, &text, on);
                found.map(Value::from).ok_or_else(|| no_region(&text, on))
            }
            FieldType::Industry => Ok(code::code(cell, &[])?.to_uppercase().into()),
            FieldType::Reference { .. } => Ok(clean(&cell.text).into()),
            FieldType::Table { .. } | FieldType::List(_) => Err(Unread::new(
                "cell.no_value",
                ("no cell holds what this field is", "change the mapping in the pack"),
                ("此字段不能由单元格填写", "请修改规则包中的映射"),
            )),
        }
    }

    /// In which order day, month and year stand.
    pub(crate) fn order(&self) -> date::Order {
        order(self.column)
    }

    /// The code of a word in a list: by the mapping's words, or by the list's own.
    pub(crate) fn code(&self, list: &str, cell: &Cell, on: Date) -> Result<&'p str, Unread> {
        let word = key(&cell.text);
        if let Some(known) = self.known.borrow().get(&word)
            && known.days.holds(on)
        {
            return Ok(known.code);
        }
        let codes = self.pack.list(list);
        let meant = self.words.get(&word).copied();
        let found = codes.and_then(|codes| match meant {
            Some(code) => codes.get(code, on),
            None => codes.find(&clean(&cell.text), on).or_else(|| {
                let alike = |name: &String| key(name) == word;
                codes.entries().iter().filter(|entry| entry.in_force.holds(on)).find(|entry| {
                    alike(&entry.label.zh)
                        || alike(&entry.label.en)
                        || alike(&entry.code)
                        || entry.aliases.iter().any(alike)
                })
            }),
        });
        let Some(found) = found else {
            let words = |word: fn(&codes::Label) -> &String| {
                let held = codes.map(pack::CodeList::entries).unwrap_or_default().iter();
                let held = held.filter(|entry| entry.in_force.holds(on)).take(12);
                held.map(|entry| word(&entry.label).as_str()).collect::<Vec<_>>()
            };
            return Err(Unread::new(
                "cell.code",
                (
                    format!("the list {list} has no code for it on {on}"),
                    format!("write one of {}", words(|label| &label.en).join(", ")),
                ),
                (
                    format!("代码表 {list} 在 {on} 没有此项"),
                    format!("请填写：{}", words(|label| &label.zh).join("、")),
                ),
            ));
        };
        self.known.borrow_mut().insert(word, Known { code: &found.code, days: found.in_force });
        Ok(&found.code)
    }

    fn number(&self, cell: &Cell) -> Result<Decimal, Unread> {
        let (number, rest) = number::decimal(cell)?;
        let times = match rest.as_str() {
            "" => 1,
            "万" => 10_000,
            _ => return Err(behind_number(&rest)),
        };
        self.times(number, times)
    }

    fn money(&self, cell: &Cell) -> Result<Decimal, Unread> {
        let (number, rest) = number::decimal(cell)?;
        // A unit that stands with the number says more than the header.
        match rest.as_str() {
            "" => self.times(number, 1),
            "元" | "元整" => number.times(1).ok_or_else(too_large),
            "万元" | "万" => number.times(10_000).ok_or_else(too_large),
            "亿元" | "亿" => number.times(100_000_000).ok_or_else(too_large),
            _ => Err(behind_number(&rest)),
        }
    }

    fn times(&self, number: Decimal, times: i64) -> Result<Decimal, Unread> {
        number.times(self.column.times).and_then(|n| n.times(times)).ok_or_else(too_large)
    }

    fn quantity(&self, units: &str, cell: &Cell, unit: &str, on: Date) -> Result<Value, Unread> {
        let (number, rest) = number::decimal(cell)?;
        let number = self.times(number, 1)?.rounded(6).0;
        let named = [rest.as_str(), unit.trim(), self.column.unit.as_deref().unwrap_or_default()];
        let named = named.into_iter().find(|unit| !unit.is_empty());
        let named = named.ok_or_else(|| {
            Unread::new(
                "cell.unit",
                ("the number has no unit", "write the unit behind it, such as 5 kg"),
                ("数量没有单位", "请在数字后写明单位，例如 5 kg"),
            )
        })?;
        let code = match common_unit(named) {
            Some(code) => code,
            None => self.code(units, &Cell::text(named), on)?,
        };
        Ok(json!({ "value": json_number(number), "unit": code }))
    }
}

/// Signs by which units are written, beside the codes and names of the list.
fn common_unit(text: &str) -> Option<&'static str> {
    Some(match key(text).as_str() {
        "个" | "只" | "件" | "台" | "双" | "支" | "条" | "把" | "pcs" => "piece",
        "箱" | "盒" => "box",
        "公斤" | "kgs" => "kg",
        "μg/kg" | "µg/kg" => "ug/kg",
        "μg/l" | "µg/l" => "ug/L",
        "℃" => "Cel",
        "㎡" | "m²" => "m2",
        "m³" => "m3",
        "μm" | "µm" => "um",
        "ω" => "ohm",
        _ => return None,
    })
}

/// In which order day, month and year stand in a column.
pub(crate) fn order(column: &Column) -> date::Order {
    match column.order {
        None => date::Order::YearFirst,
        Some(DayOrder::MonthFirst) => date::Order::MonthFirst,
        Some(DayOrder::DayFirst) => date::Order::DayFirst,
    }
}

fn text(cell: &Cell, most: usize, lengths: &[usize]) -> Result<Value, Unread> {
    let text = match (lengths.is_empty(), cell.sort) {
        (false, _) => code::code(cell, lengths)?,
        // A long number in a column of texts was a code.
        (true, Sort::Number(number)) if number.abs() >= 1e15 => code::code(cell, lengths)?,
        _ => {
            let visible = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
            let invisible = |c: &char| matches!(c, '\u{FEFF}' | '\u{200B}');
            cell.text
                .replace("\r\n", "\n")
                .chars()
                .filter(|c| visible(c) && !invisible(c))
                .collect()
        }
    };
    let text = text.trim();
    let length = text.chars().count();
    if length > most {
        return Err(Unread::new(
            "cell.long",
            (format!("it has {length} characters, at most {most} are kept"), "shorten it"),
            (format!("有 {length} 个字，最多 {most} 个"), "请缩短"),
        ));
    }
    Ok(text.into())
}

fn json_number(number: Decimal) -> Value {
    match number.whole() {
        Some(whole) => whole.into(),
        None => Number::from_f64(number.to_f64()).map_or(Value::Null, Value::Number),
    }
}

fn behind_number(rest: &str) -> Unread {
    Unread::new(
        "cell.number_rest",
        (format!("{rest:?} stands behind the number"), "write the number alone"),
        (format!("数字后面还有“{rest}”"), "请只填写数字"),
    )
}

fn too_large() -> Unread {
    Unread::new(
        "cell.number_long",
        ("the number has more than 15 digits, which no number keeps", "shorten it"),
        ("数字超过 15 位有效数字，无法准确保存", "请缩短"),
    )
}

/// The division of a code or a name on a day; of the names that two have, none.
pub(crate) fn region<'p>(pack: &'p Pack, text: &str, on: Date) -> Option<&'p str> {
    let divisions = &pack.tables().divisions;
    if text.bytes().all(|b| b.is_ascii_digit()) {
        return divisions.get(text, on).map(|division| division.code.as_str());
    }
    let held = || divisions.all().filter(|division| division.in_force.holds(on));
    // 湖北省武汉市武昌区 names the last of the three; a name alone must be one division's.
    let mut named = held().filter(|division| division.name == text);
    if let Some(found) = named.next() {
        return named.next().is_none().then_some(found.code.as_str());
    }
    let ends: Vec<_> = held().filter(|division| text.ends_with(&division.name)).collect();
    let longest = ends.iter().map(|division| division.name.len()).max()?;
    let mut ends = ends.into_iter().filter(|division| division.name.len() == longest);
    let found = ends.next()?;
    let is_within = |division: &codes::Division| {
        let above = division.parent.as_deref().and_then(|parent| divisions.get(parent, on));
        above.is_none_or(|above| text.contains(&above.name))
    };
    let is_one = ends.all(|other| !is_within(other));
    (is_one || is_within(found)).then_some(found.code.as_str())
}

pub(crate) fn no_region(text: &str, on: Date) -> Unread {
    Unread::new(
        "cell.region",
        (
            format!("{text:?} is no division on {on}"),
            "write the six digits of GB/T 2260, or the whole name",
        ),
        (format!("“{text}”在 {on} 不是行政区划"), "请填写六位行政区划代码或完整名称"),
    )
}
