//! Reading a guard: calls of functions, of CEL's own and of declared ones.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use super::Type;
use super::declarations::Function;
use super::node::Node;
use super::parse::{Parser, Part};
use crate::text::{Fault, Problem, Words, unknown};
use crate::value::{Value, date, instant};

impl Parser<'_> {
    /// A call of a function, whose name stands at the cursor with a bracket after it.
    pub fn call(&mut self, name: &str) -> Result<Part, Fault> {
        let span = self.cursor.now().span.clone();
        self.cursor.step();
        self.cursor.step();
        if name == "has" {
            return self.has(span.start);
        }
        let arguments = self.arguments(")")?;
        let whole = span.start..self.cursor.end();
        match name {
            "size" => {
                let [of] = self.exactly(name, &whole, arguments)?;
                self.size(of, whole)
            }
            "date" | "timestamp" => {
                let [of] = self.exactly(name, &whole, arguments)?;
                self.moment(name, of, whole)
            }
            _ => match self.declarations.functions.get_key_value(name) {
                Some((name, function)) => self.declared(name, function, arguments, whole),
                None => {
                    let own = ["has", "size", "date", "timestamp"].into_iter();
                    let known = self.declarations.functions.keys().map(|known| &**known);
                    Err(self.cursor.fault(span, unknown("function", name, known.chain(own))))
                }
            },
        }
    }

    fn declared(
        &mut self,
        name: &Arc<str>,
        function: &Function,
        arguments: Vec<Part>,
        span: Range<usize>,
    ) -> Result<Part, Fault> {
        let (parameters, result) = match function {
            Function::Plain { parameters, result } => {
                if arguments.len() != parameters.len() {
                    return Err(self.number_of(name, parameters.len(), &arguments, &span));
                }
                for (at, (argument, wanted)) in arguments.iter().zip(parameters).enumerate() {
                    let what = format!("value {} of {name}", at + 1);
                    self.wants(argument, wanted, &what)?;
                }
                (parameters.as_slice(), result)
            }
            Function::Lookup { what, names } => {
                let [id] = &*arguments else {
                    return Err(self.number_of(name, 1, &arguments, &span));
                };
                (&[Type::Text][..], self.looked_up(name, what, names, id)?)
            }
        };
        let nodes = arguments.into_iter().map(|argument| argument.node);
        let node = Node::Call {
            function: Arc::clone(name),
            arguments: nodes.zip(parameters.iter().cloned()).collect(),
            result: result.clone(),
            position: self.cursor.position(span.start),
        };
        self.part(node, result.clone(), span)
    }

    /// The type of what is looked up by a name.
    fn looked_up<'b>(
        &self,
        function: &str,
        what: &str,
        names: &'b BTreeMap<String, Type>,
        id: &Part,
    ) -> Result<&'b Type, Fault> {
        let Node::Constant(Value::Text(text)) = &id.node else {
            let what = format!("{function} looks up a name that is written out");
            let remedy = format!("write it in quotes, such as {function}('...')");
            return Err(self.cursor.fault(
                id.span.clone(),
                Problem::Type { what: what.into(), remedy: remedy.into() },
            ));
        };
        names.get(&**text).ok_or_else(|| {
            let known = names.keys().map(String::as_str);
            self.cursor.fault(id.span.clone(), unknown(what, text, known))
        })
    }

    /// `has(name.of.variable)`
    fn has(&mut self, start: usize) -> Result<Part, Fault> {
        let (name, span) = self.dotted();
        // In CEL, too, it asks for a field of something.
        if !name.contains('.') {
            let problem = Problem::Expected {
                expected: "a variable with a dot in its name".into(),
                found: if name.is_empty() {
                    self.cursor.now().lexeme.words()
                } else {
                    Words::same(name)
                },
                remedy: "write has(case.known_on)".into(),
            };
            return Err(self.cursor.fault(span.start..self.cursor.end().max(span.start), problem));
        }
        let (name, _) = self.variable(&name, &span)?;
        self.closes(")", ")")?;
        self.part(Node::Has(name), Type::Boolean, start..self.cursor.end())
    }

    pub fn size(&mut self, of: Part, span: Range<usize>) -> Result<Part, Fault> {
        if !matches!(of.holds, Type::Text | Type::List(_)) {
            let what = format!("{} has no size", of.holds);
            let remedy = "texts and lists have one".to_owned();
            return Err(self
                .cursor
                .fault(of.span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        }
        self.part(Node::Size(Box::new(of.node)), Type::Integer, span)
    }

    /// `date('2026-04-15')`, `timestamp('2026-04-15T09:30:00+08:00')`
    fn moment(&mut self, name: &str, of: Part, span: Range<usize>) -> Result<Part, Fault> {
        let Node::Constant(Value::Text(text)) = &of.node else {
            let what = format!("{name} takes a text that is written out");
            let remedy = format!("write {name}('...')");
            return Err(self
                .cursor
                .fault(of.span, Problem::Type { what: what.into(), remedy: remedy.into() }));
        };
        let (value, holds) = if name == "date" {
            (date(text).map(Value::Date), Type::Date)
        } else {
            (instant(text).map(Value::Instant), Type::Instant)
        };
        let value = value.map_err(|e| {
            let problem =
                Problem::Literal { found: format!("'{text}'"), remedy: e.to_string().into() };
            self.cursor.fault(of.span.clone(), problem)
        })?;
        self.part(Node::Constant(value), holds, span)
    }

    pub fn exactly<const N: usize>(
        &self,
        name: &str,
        span: &Range<usize>,
        arguments: Vec<Part>,
    ) -> Result<[Part; N], Fault> {
        arguments
            .try_into()
            .map_err(|arguments: Vec<Part>| self.number_of(name, N, &arguments, span))
    }

    fn number_of(&self, name: &str, wanted: usize, found: &[Part], span: &Range<usize>) -> Fault {
        let what = format!("{name} takes {wanted} values, not {}", found.len());
        let remedy = "write so many between the brackets".to_owned();
        self.cursor.fault(span.clone(), Problem::Type { what: what.into(), remedy: remedy.into() })
    }
}
