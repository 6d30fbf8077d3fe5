//! Kinds of record: from a typed description to a JSON Schema, to all that is wrong with a payload,
//! and to the fields that filters speak of.
//!
//! ```
//! use rules::schema::{Kind, Label, Member, Schema, Shape};
//! use rules::value::CodeList;
//! use serde_json::json;
//!
//! let result = CodeList::new("test-result", ["pass", "fail", "not-judged"]);
//! let kind = Kind {
//!     name: "test-report".to_owned(),
//!     label: Label::new("检验报告", "Test report"),
//!     open: vec![
//!         Member::new("result", Label::new("结论", "Result"), Shape::Code(result)).required().typed(),
//!         Member::new("issued_on", Label::new("签发日期", "Issued on"), Shape::Date).typed(),
//!     ],
//!     personal: vec![],
//! };
//! let schema = Schema::new(kind)?;
//!
//! assert!(schema.faults(&json!({ "open": { "result": "pass" } })).is_empty());
//!
//! let faults = schema.faults(&json!({ "open": { "result": "fial", "issued_on": "2026-02-30" } }));
//! assert_eq!(faults.len(), 2);
//! assert_eq!(
//!     faults[0].to_string(),
//!     "Result (/open/result): the code list test-result has no fial; was fail meant?"
//! );
//! assert_eq!(faults[1].zh(), "签发日期（/open/issued_on）：没有这一日期或时刻；请核对");
//! # Ok::<(), rules::DeclarationError>(())
//! ```

mod check;
mod fault;
mod json_schema;
mod kind;
mod number;
mod typed;
mod validate;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use fault::{Fault, JsonType, Problem};
pub use kind::{Kind, Label, Member, Shape};

use crate::DeclarationError;
use crate::filter::Fields;
use crate::value::{CodeList, Value};

/// A kind of record whose payloads can be checked.
#[derive(Debug, Clone)]
pub struct Schema {
    name: String,
    label: Label,
    parts: Vec<Member>,
    lists: BTreeMap<String, CodeList>,
    fields: Arc<Fields>,
}

impl Schema {
    /// The schema of a kind.
    ///
    /// # Errors
    /// A name, label, bound, length or nesting that a kind cannot have; a field for filters that
    /// is not a single value of the open part.
    pub fn new(kind: Kind) -> Result<Self, DeclarationError> {
        let lists = check::check(&kind)?;
        let fields = Arc::new(typed::fields(&kind.open)?);
        let Kind { name, label, open, personal } = kind;
        let has_personal = !personal.is_empty();
        let needs_personal = personal.iter().any(|member| member.required);
        let open = Member::new("open", Label::new("公开部分", "Open part"), Shape::Object(open));
        let mut parts = vec![open.required()];
        if has_personal {
            let label = Label::new("个人信息部分", "Personal part");
            let personal = Member::new("personal", label, Shape::Object(personal));
            parts.push(if needs_personal { personal.required() } else { personal });
        }
        Ok(Self { name, label, parts, lists, fields })
    }

    /// The name of the kind.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What people call the kind.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The parts of a payload, `open` and, where the kind has one, `personal`, each an object.
    pub fn parts(&self) -> &[Member] {
        &self.parts
    }

    /// All that is wrong with a payload, in the order of the kind's members; nothing where it is
    /// right. Of more than 1,000 faults the last says that there are more.
    ///
    /// A payload is an object with the parts `open` and `personal`; the personal part may be left
    /// out where nothing in it is required.
    pub fn faults(&self, payload: &serde_json::Value) -> Vec<Fault> {
        let mut checker = validate::Checker::new();
        checker.object(&validate::Here::payload(&self.label), &self.parts, payload);
        checker.faults
    }

    /// The kind's payload as JSON Schema 2020-12. It accepts what [`Schema::faults`] finds right,
    /// where `format` is checked.
    ///
    /// ```
    /// use rules::schema::{Kind, Label, Member, Schema, Shape};
    /// let label = || Label::new("说明", "Note");
    /// let note = Member::new("note", label(), Shape::Text { most: 200 });
    /// let kind = Kind { name: "note".into(), label: label(), open: vec![note], personal: vec![] };
    /// let schema = Schema::new(kind)?.json_schema();
    /// assert_eq!(schema.pointer("/properties/open/properties/note/maxLength"), Some(&200.into()));
    /// # Ok::<(), rules::DeclarationError>(())
    /// ```
    pub fn json_schema(&self) -> serde_json::Value {
        json_schema::schema(&self.label, &self.parts, &self.lists)
    }

    /// The fields that filters speak of: the typed members of the open part, in their order.
    pub fn fields(&self) -> &Arc<Fields> {
        &self.fields
    }

    /// The values of [`Schema::fields`] in a payload that was found right; a row for
    /// [`crate::filter::Filter::holds`], and what a database's columns hold.
    ///
    /// ```
    /// use rules::filter::Filter;
    /// use rules::schema::{Kind, Label, Member, Schema, Shape};
    /// let label = || Label::new("数量", "Amount");
    /// let amount = Member::new("amount", label(), Shape::decimal(2)).typed();
    /// let kind = Kind { name: "sale".into(), label: label(), open: vec![amount], personal: vec![] };
    /// let schema = Schema::new(kind)?;
    /// let row = schema.row(&serde_json::json!({ "open": { "amount": 0.3 } }));
    /// assert!(Filter::parse("amount == 0.3", schema.fields())?.holds(row.as_slice()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn row(&self, payload: &serde_json::Value) -> Vec<Option<Value>> {
        let members = self.parts.first().map(|open| &open.shape);
        match members {
            Some(Shape::Object(members)) => typed::row(members, payload.get("open")),
            _ => Vec::new(),
        }
    }
}
