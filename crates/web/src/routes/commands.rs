//! Bodies of small commands: one object, each member a text.

use app::Fault;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use model::json::{Limits, parse};
use serde_json::{Map, Value};

use crate::body;
use crate::problem::{Item, Problem};
use crate::site::Site;

/// The members of a command that are not read yet, and what was wrong with those that are.
pub struct Command {
    object: Map<String, Value>,
    faults: Vec<Fault>,
}

impl Command {
    /// Reads a body.
    ///
    /// # Errors
    /// It is not one JSON object.
    pub async fn read(site: &Site, headers: &HeaderMap, body: Body) -> Result<Self, Problem> {
        let body = body::json(headers, body, &site.bodies).await?;
        let value = parse(&body.bytes, Limits::default());
        match value.map_err(|e| app::Rejection::from(Fault::from(e)))? {
            Value::Object(object) => Ok(Self { object, faults: Vec::new() }),
            _ => Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                Fault::new(
                    "command.form",
                    "the body must be one JSON object",
                    "内容应为一个 JSON 对象",
                ),
            )),
        }
    }

    fn fault(&mut self, name: &str, en: &str, zh: &str) {
        self.faults.push(Fault::new("command.field", en, zh).at(format!("/{name}")));
    }

    /// A text that may be left out.
    pub fn optional(&mut self, name: &str) -> Option<String> {
        match self.object.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => {
                let fits = !text.trim().is_empty() && text.chars().count() <= 2000;
                if fits && !text.chars().any(|c| c.is_control() && c != '\n') {
                    return Some(text);
                }
                let en = "it must have 1 to 2000 characters and no control characters";
                self.fault(name, en, "应为 1 至 2000 个字符，不含控制字符");
                None
            }
            Some(_) => {
                self.fault(name, "it must be a text", "应为文本");
                None
            }
        }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str) -> String {
        let (is_there, before) = (self.object.contains_key(name), self.faults.len());
        match self.optional(name) {
            Some(text) => text,
            None => {
                if !is_there || self.faults.len() == before {
                    self.fault(name, "it is missing; give it", "缺少此项；请填写");
                }
                String::new()
            }
        }
    }

    /// Says that a member must look otherwise.
    pub fn wrong(&mut self, name: &str, (en, zh): (&str, &str)) {
        let (en, zh) = (format!("it must be {en}"), format!("应为{zh}"));
        self.fault(name, &en, &zh);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// All that is wrong, with what nobody asked for.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in std::mem::take(&mut self.object).keys().take(20) {
            self.fault(name, "there is no such member here; take it out", "没有此项；请删除");
        }
        if self.faults.is_empty() {
            return Ok(());
        }
        let items = self.faults.into_iter().map(Item::from).collect();
        Err(Problem::of(StatusCode::UNPROCESSABLE_ENTITY, items))
    }
}
