//! What a guard says is what an interpreter of CEL says.

use std::collections::{BTreeMap, HashMap};

use cel::{Context, Env, ExecutionError, Program};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use rules::guard::{Declarations, Guard, Type};
use rules::value::Value;

use super::facts::Known;

fn variables() -> [(&'static str, Type); 7] {
    [
        ("v.i", Type::Integer),
        ("v.j", Type::Integer),
        ("v.t", Type::Text),
        ("v.u", Type::Text),
        ("v.b", Type::Boolean),
        ("v.ints", Type::Integer.list()),
        ("v.texts", Type::Text.list()),
    ]
}

fn declarations() -> Declarations {
    let none = Declarations::new().function("twice", &[Type::Integer], Type::Integer).unwrap();
    variables().into_iter().fold(none, |all, (name, holds)| all.variable(name, holds).unwrap())
}

/// Expressions of each type, by their text.
#[derive(Clone)]
struct Texts {
    boolean: BoxedStrategy<String>,
    integer: BoxedStrategy<String>,
    text: BoxedStrategy<String>,
    ints: BoxedStrategy<String>,
    texts: BoxedStrategy<String>,
}

fn words(words: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(words).prop_map(str::to_owned).boxed()
}

impl Texts {
    fn leaves() -> Self {
        Self {
            boolean: words(&["true", "false", "v.b", "has(v.b)", "has(v.t)"]),
            integer: words(&[
                "0",
                "1",
                "2",
                "-1",
                "7",
                "v.i",
                "v.j",
                "9223372036854775807",
                "-9223372036854775808",
            ]),
            text: words(&[
                "''",
                "'a'",
                "\"ab\"",
                "'质'",
                "'\\u8d28衡'",
                "'it\\'s'",
                "'😀'",
                "v.t",
                "v.u",
            ]),
            ints: words(&["[1]", "[0, 1, -1]", "v.ints"]),
            texts: words(&["['a', 'ab']", "[\"质\"]", "v.texts"]),
        }
    }

    /// Expressions of these.
    fn composed(&self) -> Self {
        let Self { boolean, integer, text, ints, texts } = self.clone();
        let join = |a: &BoxedStrategy<String>, signs, b: &BoxedStrategy<String>| {
            (a.clone(), words(signs), b.clone())
                .prop_map(|(a, sign, b)| format!("{a} {sign} {b}"))
                .boxed()
        };
        let call = |of: &BoxedStrategy<String>,
                    method: &'static str,
                    on: &BoxedStrategy<String>| {
            (of.clone(), on.clone()).prop_map(move |(a, b)| format!("({a}).{method}({b})")).boxed()
        };
        let of = |of: &BoxedStrategy<String>, form: fn(String) -> String| {
            of.clone().prop_map(form).boxed()
        };
        let either = |of: &BoxedStrategy<String>| {
            (boolean.clone(), of.clone(), of.clone())
                .prop_map(|(c, a, b)| format!("({c} ? {a} : {b})"))
                .boxed()
        };
        const ORDER: &[&str] = &["==", "!=", "<", "<=", ">", ">="];
        const EQUAL: &[&str] = &["==", "!="];
        let conditions = vec![
            join(&boolean, &["&&", "||", "==", "!="], &boolean),
            join(&boolean, &["&&", "||"], &boolean),
            join(&integer, ORDER, &integer),
            join(&text, ORDER, &text),
            join(&ints, EQUAL, &ints),
            join(&integer, &["in"], &ints),
            join(&text, &["in"], &texts),
            call(&text, "contains", &text),
            call(&text, "startsWith", &text),
            call(&text, "endsWith", &text),
            of(&boolean, |a| format!("!({a})")),
            either(&boolean),
        ];
        let numbers = vec![
            join(&integer, &["+", "-", "*", "/", "%"], &integer),
            of(&integer, |a| format!("-({a})")),
            of(&integer, |a| format!("twice({a})")),
            of(&text, |a| format!("size({a})")),
            of(&texts, |a| format!("({a}).size()")),
            either(&integer),
        ];
        let list = |item: &BoxedStrategy<String>| {
            prop::collection::vec(item.clone(), 1..4)
                .prop_map(|items| format!("[{}]", items.join(", ")))
                .boxed()
        };
        let bracketed = |of: BoxedStrategy<String>| {
            (of, any::<bool>())
                .prop_map(|(a, bracket)| if bracket { format!("({a})") } else { a })
                .boxed()
        };
        let mixed = |leaf: &BoxedStrategy<String>, composed: Vec<BoxedStrategy<String>>| {
            let composed = bracketed(prop::strategy::Union::new(composed).boxed());
            prop_oneof![1 => leaf.clone(), 3 => composed].boxed()
        };
        Self {
            boolean: mixed(&boolean, conditions),
            integer: mixed(&integer, numbers),
            text: mixed(&text, vec![either(&text)]),
            ints: mixed(&ints, vec![list(&integer), either(&ints)]),
            texts: mixed(&texts, vec![list(&text)]),
        }
    }

    /// These with an item that `exists` or `all` looks at.
    fn with_item(&self, ints: bool) -> Self {
        let mut texts = self.clone();
        let of = if ints { &mut texts.integer } else { &mut texts.text };
        *of = prop_oneof![Just("x".to_owned()), of.clone()].boxed();
        texts
    }
}

fn expressions() -> BoxedStrategy<String> {
    let leaves = Texts::leaves();
    let once = leaves.composed();
    let looking = |of: &BoxedStrategy<String>, ints: bool| {
        let test = leaves.with_item(ints).composed().composed().boolean;
        (of.clone(), words(&["exists", "all"]), test)
            .prop_map(|(list, name, test)| format!("({list}).{name}(x, {test})"))
            .boxed()
    };
    let looking = prop_oneof![looking(&once.ints, true), looking(&once.texts, false)];
    let mut with_looking = once.clone();
    with_looking.boolean = prop_oneof![2 => once.boolean.clone(), 1 => looking].boxed();
    with_looking.composed().composed().boolean
}

fn values(holds: &Type) -> BoxedStrategy<Value> {
    let integer = || prop::sample::select(&[0, 1, 2, -1, 7, i64::MAX, i64::MIN][..]);
    let text = || prop::sample::select(&["", "a", "ab", "b", "质", "质衡", "😀", "\u{ffff}"][..]);
    let list = |item: BoxedStrategy<Value>| {
        prop::collection::vec(item, 0..4).prop_map(|items| items.into_iter().collect()).boxed()
    };
    match holds {
        Type::Boolean => any::<bool>().prop_map(Value::Boolean).boxed(),
        Type::Integer => integer().prop_map(Value::Integer).boxed(),
        Type::List(item) => list(values(item)),
        _ => text().prop_map(Value::from).boxed(),
    }
}

fn facts() -> impl Strategy<Value = Known> {
    let each: Vec<_> = variables()
        .iter()
        .map(|(name, holds)| {
            let some = values(holds).prop_map(Some);
            (Just(*name), prop_oneof![1 => Just(None), 5 => some])
        })
        .collect();
    each.prop_map(|each| {
        let known = each.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
        Known(known.collect::<BTreeMap<_, _>>())
    })
}

fn cel_value(value: &Value) -> cel::Value {
    match value {
        Value::Integer(number) => (*number).into(),
        Value::Text(text) => (&**text).into(),
        Value::Boolean(value) => (*value).into(),
        Value::List(items) => items.iter().map(cel_value).collect::<Vec<_>>().into(),
        other => panic!("not asked of CEL: {other}"),
    }
}

/// What the interpreter says; `None` where it gives an error.
fn in_cel(text: &str, facts: &Known) -> Option<bool> {
    let env = Env::stdlib();
    let program: Program = env.compile(text).unwrap_or_else(|e| panic!("no CEL: {text}: {e}"));
    let mut context = Context::with_env(std::sync::Arc::new(env));
    let fields: HashMap<String, cel::Value> = facts
        .0
        .iter()
        .map(|(name, value)| (name.trim_start_matches("v.").to_owned(), cel_value(value)))
        .collect();
    context.add_variable_from_value("v", fields);
    let twice = |n: i64| {
        n.checked_mul(2).ok_or_else(|| ExecutionError::function_error("twice", "too large"))
    };
    context.add_function("twice", twice).unwrap();
    match program.execute(&context) {
        Ok(cel::Value::Bool(value)) => Some(value),
        Ok(other) => panic!("{text} gives {other:?}"),
        Err(_) => None,
    }
}

#[test]
fn a_guard_says_what_cel_says() {
    // The interpreter's parser takes more than 128 KiB of stack for a bracket in a dev build.
    let roomy = std::thread::Builder::new().stack_size(256 << 20);
    roomy.spawn(compare).unwrap().join().unwrap();
}

fn compare() {
    let config = Config {
        cases: 3000,
        max_global_rejects: 30_000,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&(expressions(), facts()), |(text, facts)| {
        // Without brackets an expression may be read otherwise than it was put together, and then
        // not fit; or be too large.
        let Ok(guard) = Guard::parse(&text, &declarations()) else {
            return Err(TestCaseError::reject("not a guard"));
        };
        prop_assert_eq!(guard.holds(&facts).ok(), in_cel(&text, &facts), "{}", text);
        Ok(())
    });
    result.unwrap();
}
