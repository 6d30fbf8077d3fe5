//! Settings named in a call that is not quite R (`qcc(data,type='xbar',std.dev); set.seed(1)`).

use serde_json::Value;

use super::compare::{number, numbers};

/// The text of the setting `name=value` in `call`, without quotes around it.
pub fn written<'a>(call: &'a str, name: &str) -> Option<&'a str> {
    let part_of_a_name = |c: char| c.is_alphanumeric() || "._".contains(c);
    let start = call.match_indices(name).find_map(|(at, _)| {
        let alone = !call[..at].ends_with(part_of_a_name);
        let rest = call[at + name.len()..].trim_start().strip_prefix('=')?;
        alone.then_some(rest.trim_start())
    })?;
    let mut depth = 0;
    let end = start.find(|c| {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth < 0 || (depth == 0 && (c == ',' || c == ';'))
    });
    let value = start[..end.unwrap_or(start.len())].trim();
    Some(value.trim_matches(|c| c == '\'' || c == '"'))
}

/// A number: from the parameters under any of the names, else as it is written in the call.
pub fn amount(call: &str, parameters: &Value, names: &[&str]) -> Option<f64> {
    let given = names.iter().find_map(|name| parameters.get(name));
    match given {
        Some(value) => number(value).ok().filter(|x| !x.is_nan()),
        None => names.iter().find_map(|name| written(call, name)?.parse().ok()),
    }
}

/// Numbers: an array of the parameters, or `c(...)` in the call.
pub fn amounts(call: &str, parameters: &Value, names: &[&str]) -> Option<Vec<f64>> {
    let given = names.iter().find_map(|name| parameters.get(name));
    match given {
        Some(Value::Null) => None,
        Some(value) => numbers(value).ok(),
        None => names.iter().find_map(|name| {
            let text = written(call, name)?;
            let inner = text.strip_prefix("c(").and_then(|t| t.strip_suffix(')'));
            inner.unwrap_or(text).split(',').map(|x| x.trim().parse().ok()).collect()
        }),
    }
}

/// A word: from the parameters, else as it is written in the call.
pub fn word(call: &str, parameters: &Value, names: &[&str]) -> Option<String> {
    let given = names.iter().find_map(|name| parameters.get(name));
    match given {
        Some(value) => value.as_str().map(str::to_owned),
        None => names.iter().find_map(|name| written(call, name).map(str::to_owned)),
    }
}

#[test]
fn reads_settings() {
    let call = "f(g(x,type='T2'),n=c(1, 2),k.n=3, r=NULL); h(n.sim=999)";
    assert_eq!(written(call, "type"), Some("T2"));
    assert_eq!(written(call, "n"), Some("c(1, 2)"));
    assert_eq!(written(call, "r"), Some("NULL"));
    assert_eq!(written(call, "k"), None);
    assert_eq!(amount(call, &Value::Null, &["n.sim"]), Some(999.0));
    assert_eq!(amounts(call, &Value::Null, &["n"]), Some(vec![1.0, 2.0]));
}
