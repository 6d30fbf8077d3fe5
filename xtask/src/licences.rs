//! The licences of all dependencies against what the project may ship.

use serde_json::Value;

use crate::process::{cargo, say};

const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Whether every dependency has a licence of the list; names those that have not.
pub fn are_allowed() -> bool {
    let output = cargo(&["metadata", "--format-version", "1", "--locked"]).output();
    let metadata: Option<Value> =
        output.ok().and_then(|output| serde_json::from_slice(&output.stdout).ok());
    let packages = metadata.as_ref().and_then(|m| m["packages"].as_array());
    let Some(packages) = packages.filter(|packages| !packages.is_empty()) else {
        say("cargo metadata gave no packages; is Cargo.lock up to date?");
        return false;
    };
    let mut allowed = true;
    for package in packages {
        let licence = package["license"].as_str().unwrap_or("none named");
        if !is_allowed(licence) {
            allowed = false;
            let (name, version) = (&package["name"], &package["version"]);
            say(&format!("licence not on the list: {name} {version}: {licence}"));
        }
    }
    say(&format!("licences of {} packages read", packages.len()));
    allowed
}

/// Whether an SPDX expression can be met with the list. `/` is an old way to write `OR`.
fn is_allowed(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = tokens.as_slice();
    either(&mut rest) && rest.is_empty()
}

fn either(tokens: &mut &[&str]) -> bool {
    let mut met = both(tokens);
    while let ["OR", rest @ ..] = *tokens {
        *tokens = rest;
        met |= both(tokens);
    }
    met
}

fn both(tokens: &mut &[&str]) -> bool {
    let mut met = one(tokens);
    while let ["AND", rest @ ..] = *tokens {
        *tokens = rest;
        met &= one(tokens);
    }
    met
}

fn one(tokens: &mut &[&str]) -> bool {
    match **tokens {
        ["(", ref rest @ ..] => {
            *tokens = rest;
            let met = either(tokens);
            if let [")", rest @ ..] = *tokens {
                *tokens = rest;
            }
            met
        }
        [licence, "WITH", exception, ref rest @ ..] => {
            *tokens = rest;
            ALLOWED.contains(&format!("{licence} WITH {exception}").as_str())
        }
        [licence, ref rest @ ..] => {
            *tokens = rest;
            ALLOWED.contains(&licence)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::is_allowed;

    #[test]
    fn expressions_are_read_as_spdx_says() {
        assert!(is_allowed("MIT"));
        assert!(is_allowed("GPL-3.0 OR MIT"));
        assert!(is_allowed("Unlicense/MIT"));
        assert!(is_allowed("(MIT OR Apache-2.0) AND Unicode-3.0"));
        assert!(is_allowed("Apache-2.0 WITH LLVM-exception OR Apache-2.0"));
        assert!(!is_allowed("GPL-3.0"));
        assert!(!is_allowed("MIT AND GPL-3.0"));
        assert!(!is_allowed("none named"));
        assert!(!is_allowed(""));
    }
}
