//! What a guard may speak of.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Type;
use crate::DeclarationError;
use crate::text::is_name;

/// The variables and functions that a guard may speak of.
///
/// ```
/// use rules::guard::{Declarations, Type};
/// let declarations = Declarations::new()
///     .variable("case.known_on", Type::Date)?
///     .variable("valid", Type::Date)?
///     .function("years", &[Type::Date, Type::Date], Type::Decimal)?
///     .lookup("law", "parameter of law", [("complaint.claim_age", Type::Integer)])?;
/// # Ok::<(), rules::DeclarationError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Declarations {
    pub(super) variables: BTreeMap<Arc<str>, Type>,
    pub(super) functions: BTreeMap<Arc<str>, Function>,
}

/// A function that [`super::Facts`] answers.
#[derive(Debug, Clone)]
pub(super) enum Function {
    /// Of values.
    Plain { parameters: Vec<Type>, result: Type },
    /// Of one name, which the guard writes in quotes and which must be one of these.
    Lookup { what: String, names: BTreeMap<String, Type> },
}

/// Names that CEL keeps for itself, and those of its functions and macros that guards have.
const RESERVED: &[&str] = &[
    "all",
    "as",
    "break",
    "const",
    "contains",
    "continue",
    "date",
    "else",
    "endsWith",
    "exists",
    "false",
    "for",
    "function",
    "has",
    "if",
    "import",
    "in",
    "let",
    "loop",
    "namespace",
    "null",
    "package",
    "return",
    "size",
    "startsWith",
    "timestamp",
    "true",
    "var",
    "void",
    "while",
];

impl Declarations {
    /// Nothing declared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Declares a variable; dots are part of its name. It may be missing when a guard is
    /// evaluated: that is an error there, unless the guard asks `has(name)` first.
    ///
    /// # Errors
    /// The name is of another form, a word of CEL, or declared already; or one name is the
    /// beginning of the other, as `case` and `case.office`.
    pub fn variable(mut self, name: &str, holds: Type) -> Result<Self, DeclarationError> {
        let what = "the variable";
        check(what, name, true)?;
        let begins = |long: &str, short: &str| {
            long.strip_prefix(short).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        for other in self.variables.keys() {
            if **other == *name {
                return Err(DeclarationError::Twice { what, name: name.to_owned() });
            }
            if begins(other, name) || begins(name, other) {
                return Err(DeclarationError::Unsound {
                    what,
                    name: name.to_owned(),
                    reason: format!("{other} is declared, and one name begins with the other"),
                    remedy: "rename one of them",
                });
            }
        }
        self.variables.insert(name.into(), holds);
        Ok(self)
    }

    /// Declares a function of values.
    ///
    /// # Errors
    /// The name is of another form, a word of CEL, or declared already.
    pub fn function(
        self,
        name: &str,
        parameters: &[Type],
        result: Type,
    ) -> Result<Self, DeclarationError> {
        self.declare(name, Function::Plain { parameters: parameters.to_vec(), result })
    }

    /// Declares a function of one name, such as `law('complaint.claim_age')`: a guard that looks up
    /// another name than these is refused when it is read. `what` says what is looked up.
    ///
    /// # Errors
    /// The name of the function is of another form, a word of CEL, or declared already; or a name
    /// to look up comes twice.
    pub fn lookup<'a>(
        self,
        name: &str,
        what: &str,
        names: impl IntoIterator<Item = (&'a str, Type)>,
    ) -> Result<Self, DeclarationError> {
        let mut known = BTreeMap::new();
        for (id, holds) in names {
            if known.insert(id.to_owned(), holds).is_some() {
                let name = format!("{name}('{id}')");
                return Err(DeclarationError::Twice { what: "the name in a lookup", name });
            }
        }
        self.declare(name, Function::Lookup { what: what.to_owned(), names: known })
    }

    fn declare(mut self, name: &str, function: Function) -> Result<Self, DeclarationError> {
        let what = "the function";
        check(what, name, false)?;
        if self.functions.insert(name.into(), function).is_some() {
            return Err(DeclarationError::Twice { what, name: name.to_owned() });
        }
        Ok(self)
    }
}

fn check(what: &'static str, name: &str, dots: bool) -> Result<(), DeclarationError> {
    let name = name.to_owned();
    if !is_name(&name) || (!dots && name.contains('.')) {
        return Err(DeclarationError::Name { what, name, dots });
    }
    if name.split('.').any(|word| RESERVED.contains(&word)) {
        return Err(DeclarationError::Reserved { what, name });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_declarations_are_refused() {
        let some = || {
            let some = Declarations::new().variable("case.office", Type::Text).unwrap();
            some.function("years", &[], Type::Integer).unwrap()
        };
        let variable =
            |name| some().variable(name, Type::Text).map_or_else(|e| e.code(), |_| "none");
        assert_eq!(variable("case.officer"), "none");
        assert_eq!(variable("case.office"), "rules.declared_twice");
        assert_eq!(variable("case"), "rules.declared_unsound");
        assert_eq!(variable("case.office.id"), "rules.declared_unsound");
        assert_eq!(variable("case.in"), "rules.declared_reserved");
        assert_eq!(variable("Case"), "rules.declared_name");
        let function =
            |name| some().function(name, &[], Type::Text).map_or_else(|e| e.code(), |_| "none");
        assert_eq!(function("days"), "none");
        assert_eq!(function("years"), "rules.declared_twice");
        assert_eq!(function("size"), "rules.declared_reserved");
        assert_eq!(function("a.b"), "rules.declared_name");
        let twice = some().lookup("law", "parameter", [("a", Type::Text), ("a", Type::Text)]);
        assert_eq!(twice.map_or_else(|e| e.code(), |_| "none"), "rules.declared_twice");
    }
}
