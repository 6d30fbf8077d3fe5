//! Language files become Rust, so that a word that is missing, empty or misspelt does not compile.
//!
//! Each language is a folder of TOML files; what counts are their sections and keys. A value is a
//! text, or a text for one and a text for several:
//!
//! ```toml
//! [search]
//! title = "Search"
//! found = { one = "{n} result", other = "{n} results" }
//! ```
//!
//! `{name}` is filled in when the page is made. `{n}`, and every name that begins with `n_`, is a
//! whole number and written in groups of three; the others are anything that can be shown.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The folders, with the name of the language in Rust. The first is the one that all others follow.
pub const LANGUAGES: [(&str, &str); 2] = [("zh-CN", "Zh"), ("en", "En")];

/// What a key says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// For one, where that is said otherwise.
    pub one: Option<String>,
    /// For all else.
    pub other: String,
}

/// Texts by section and key.
pub type Texts = BTreeMap<(String, String), Text>;

/// Reads both languages and writes the module of words.
pub fn generate(folder: &Path) -> Result<String, Vec<String>> {
    let mut faults = Vec::new();
    let mut languages = Vec::new();
    for (name, _) in LANGUAGES {
        let mut texts = Texts::new();
        for (file, content) in files(&folder.join(name), &mut faults) {
            read(&format!("lang/{name}/{file}"), &content, &mut texts, &mut faults);
        }
        languages.push(texts);
    }
    check(&languages, &mut faults);
    if faults.is_empty() { Ok(rust(&languages)) } else { Err(faults) }
}

fn files(folder: &Path, faults: &mut Vec<String>) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(format!("cannot read {}: {error}", folder.display()));
            return found;
        }
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        if path.extension().is_some_and(|extension| extension == "toml") {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            match fs::read_to_string(&path) {
                Ok(content) => found.push((name, content)),
                Err(error) => faults.push(format!("cannot read {}: {error}", path.display())),
            }
        }
    }
    found.sort();
    found
}

/// Reads a file of one language into its texts.
pub fn read(file: &str, content: &str, texts: &mut Texts, faults: &mut Vec<String>) {
    let table: toml::Table = match content.parse() {
        Ok(table) => table,
        Err(error) => return faults.push(format!("{file}: {error}")),
    };
    for (section, keys) in table {
        let Some(keys) = keys.as_table() else {
            faults.push(format!("{file}: {section} stands in no section; put it under [section]"));
            continue;
        };
        for (key, value) in keys {
            let place = format!("{file}: {section}.{key}");
            let Some(text) = text(value) else {
                faults.push(format!("{place} must be a text, or {{ one = \"…\", other = \"…\" }}"));
                continue;
            };
            let name = (section.clone(), key.clone());
            if !is_name(&section) || !is_name(key) {
                faults.push(format!("{place}: names are of a-z, 0-9 and _"));
            } else if texts.insert(name, text).is_some() {
                faults.push(format!("{place} is said twice"));
            }
        }
    }
}

fn text(value: &toml::Value) -> Option<Text> {
    if let Some(text) = value.as_str() {
        return Some(Text { one: None, other: text.to_owned() });
    }
    let table = value.as_table()?;
    let part = |name: &str| table.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    let text = Text { one: Some(part("one")?), other: part("other")? };
    (table.len() == 2).then_some(text)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Holds the languages against each other.
pub fn check(languages: &[Texts], faults: &mut Vec<String>) {
    let Some(first) = languages.first() else { return };
    for ((name, _), texts) in LANGUAGES.iter().zip(languages) {
        for key in first.keys().filter(|key| !texts.contains_key(*key)) {
            faults.push(format!("lang/{name} has no {}.{}", key.0, key.1));
        }
        for (key, text) in texts {
            let place = format!("lang/{name}: {}.{}", key.0, key.1);
            let Some(same) = first.get(key) else {
                faults.push(format!("{place} is not in lang/{}", LANGUAGES[0].0));
                continue;
            };
            let parts = [text.one.as_deref(), Some(text.other.as_str())];
            for part in parts.into_iter().flatten() {
                if part.trim().is_empty() {
                    faults.push(format!("{place} is empty"));
                }
                if *name == "en" && part.chars().any(is_chinese) {
                    faults.push(format!("{place} has Chinese in it: {part}"));
                }
                match names(part) {
                    Ok(names) if names.is_subset(&all_names(same)) => {}
                    Ok(_) => faults.push(format!("{place} fills in other names than {same:?}")),
                    Err(what) => faults.push(format!("{place}: {what}")),
                }
            }
            if text.one.is_some() && !all_names(text).contains("n") {
                faults.push(format!("{place} tells one from several, but has no {{n}}"));
            }
            if all_names(text) != all_names(same) {
                faults.push(format!("{place} does not fill in what {same:?} does"));
            }
        }
    }
}

/// Whether a character is one of a Chinese text.
pub fn is_chinese(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{303F}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{FF00}'..='\u{FFEF}')
}

/// The names that a text fills in.
pub fn names(text: &str) -> Result<BTreeSet<String>, String> {
    let mut found = BTreeSet::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        let after = &rest[at + 1..];
        let name = after.split_once('}').filter(|_| rest[at..].starts_with('{'));
        let Some((name, behind)) = name.filter(|(name, _)| is_name(name)) else {
            return Err(format!("{text:?} has a brace that is no {{name}}"));
        };
        found.insert(name.to_owned());
        rest = behind;
    }
    Ok(found)
}

fn all_names(text: &Text) -> BTreeSet<String> {
    let of = |text: &str| names(text).unwrap_or_default();
    let mut found = of(&text.other);
    found.extend(text.one.as_deref().map(of).unwrap_or_default());
    found
}

fn rust(languages: &[Texts]) -> String {
    let mut made = String::from("// Made by build/words.rs from the language files.\n\n");
    let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (section, key) in languages[0].keys() {
        sections.entry(section).or_default().push(key);
    }
    made.push_str("/// All words of one language.\n#[derive(Debug)]\npub struct Words {\n");
    made.push_str("    /// The language.\n    pub lang: Lang,\n");
    for section in sections.keys() {
        let _ = writeln!(made, "    pub {section}: {},", type_name(section));
    }
    made.push_str("}\n");
    for (section, keys) in &sections {
        let name = type_name(section);
        let text = |at: usize, key: &str| &languages[at][&((*section).to_owned(), key.to_owned())];
        let (plain, filled): (Vec<&str>, Vec<&str>) =
            keys.iter().partition(|key| all_names(text(0, key)).is_empty());
        let _ = writeln!(made, "\n#[derive(Debug)]\npub struct {name} {{\n    lang: Lang,");
        for key in &plain {
            let _ = writeln!(made, "    pub {key}: &'static str,");
        }
        let _ = writeln!(made, "}}\n\nimpl {name} {{");
        for key in &filled {
            made.push_str(&method(key, |at| text(at, key)));
        }
        made.push_str("}\n");
    }
    for (at, (folder, language)) in LANGUAGES.iter().enumerate() {
        let constant = language.to_uppercase();
        let _ = writeln!(made, "\n/// The words of {folder}.");
        let _ = writeln!(made, "pub static {constant}: Words = Words {{");
        let _ = writeln!(made, "    lang: Lang::{language},");
        for (section, keys) in &sections {
            let _ = write!(made, "    {section}: {} {{ lang: Lang::{language}", type_name(section));
            for key in keys {
                let text = &languages[at][&((*section).to_owned(), (*key).to_owned())];
                if all_names(text).is_empty() {
                    let _ = write!(made, ", {key}: {:?}", text.other);
                }
            }
            made.push_str(" },\n");
        }
        made.push_str("};\n");
    }
    made
}

fn method<'t>(key: &str, text: impl Fn(usize) -> &'t Text) -> String {
    let names = all_names(text(0));
    let is_number = |name: &str| name == "n" || name.starts_with("n_");
    let mut parameters = String::new();
    for name in &names {
        let kind = if is_number(name) { "impl Number" } else { "impl std::fmt::Display" };
        let _ = write!(parameters, ", {name}: {kind}");
    }
    let mut made = format!("    pub fn {key}(&self{parameters}) -> String {{\n");
    for name in names.iter().filter(|name| is_number(name)) {
        let _ = writeln!(made, "        let {name} = {name}.number();");
        let _ = writeln!(made, "        let {name}_said = grouped({name});");
    }
    let said = |text: &str| {
        let mut arguments = String::new();
        for name in self::names(text).unwrap_or_default() {
            let value = if is_number(&name) { format!("{name}_said") } else { name.clone() };
            let _ = write!(arguments, ", {name} = {value}");
        }
        format!("format!({text:?}{arguments})")
    };
    made.push_str("        match self.lang {\n");
    for (at, (_, language)) in LANGUAGES.iter().enumerate() {
        let text = text(at);
        if let Some(one) = &text.one {
            let _ = writeln!(made, "            Lang::{language} if n == 1 => {},", said(one));
        }
        let _ = writeln!(made, "            Lang::{language} => {},", said(&text.other));
    }
    made.push_str("        }\n    }\n");
    made
}

fn type_name(section: &str) -> String {
    let capital = |part: &str| {
        let mut letters = part.chars();
        let first = letters.next().map(|c| c.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    let parts: String = section.split('_').map(capital).collect();
    format!("{parts}Words")
}
