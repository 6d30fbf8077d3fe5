//! `zhiheng codes parse`.

use serde_json::Value;

use crate::command::{Run, zhiheng};

fn parse(codes: &[&str]) -> (Run, Vec<Value>) {
    let mut args = vec!["codes", "parse", "--json"];
    args.extend(codes);
    let run = zhiheng(&args);
    let answers =
        serde_json::from_str(&run.stdout).unwrap_or_else(|e| panic!("{e}: {}", run.stdout));
    (run, answers)
}

fn notation<'a>(answer: &'a Value, name: &str) -> Option<&'a str> {
    answer["readings"][0]["notations"][name].as_str()
}

#[test]
fn a_social_credit_code_is_taken_apart() {
    let (run, answers) = parse(&["91420100A123456700"]);
    assert_eq!(run.status, 0);
    let reading = &answers[0]["readings"][0];
    assert_eq!(reading["kind"], "uscc");
    assert_eq!(reading["canonical"], "91420100A123456700");
    let parts: Vec<&str> =
        reading["parts"].as_array().unwrap().iter().map(|p| p["value"].as_str().unwrap()).collect();
    assert_eq!(parts, ["9", "1", "420100", "A12345670", "0"]);
    assert_eq!(reading["parts"][1]["label"]["en"], "Enterprise");
    assert_eq!(reading["parts"][2]["label"]["zh"], "武汉市");
    assert_eq!(reading["warnings"][0]["code"], "codes.check_digit");
}

#[test]
fn a_code_given_out_with_a_wrong_check_character_is_taken_with_a_warning() {
    let (run, answers) = parse(&["91350203M0001QAY9B"]);
    assert_eq!(run.status, 0);
    assert_eq!(answers[0]["right"], true);
    assert_eq!(answers[0]["readings"][0]["warnings"][0]["code"], "codes.check_digit");
}

#[test]
fn a_likely_slip_is_suggested() {
    for (slip, meant) in [
        ("91350200776049635A", "91350200776049653A"),
        ("9135O200776049653A", "91350200776049653A"),
        ("91350200776049653a", "91350200776049653A"),
        ("6901234567829", "6901234567892"),
        ("６９０１２３４５６７８９２", "6901234567892"),
    ] {
        let (run, answers) = parse(&[slip]);
        assert_eq!((run.status, &answers[0]["right"]), (1, &Value::Bool(false)), "{slip}");
        let suggestions = answers[0]["readings"][0]["fault"]["suggestions"].as_array().unwrap();
        assert!(suggestions.iter().any(|s| s == meant), "{slip}: {suggestions:?}");
    }
}

#[test]
fn one_key_in_every_notation() {
    let link = "https://id.gs1.org/01/06901234567892/21/A1";
    let elements = "(01)06901234567892(21)A1";
    let urn = "urn:epc:id:sgtin:6901234.056789.A1";
    let (run, answers) = parse(&[link, elements, urn, "01069012345678922121A1"]);
    assert_eq!(run.status, 0, "{}", run.stdout);
    for answer in &answers[..3] {
        assert_eq!(answer["readings"][0]["canonical"], link);
        assert_eq!(notation(answer, "digital_link"), Some(link));
        assert_eq!(notation(answer, "element_string"), Some(elements));
        assert_eq!(notation(answer, "epc_urn"), Some(urn));
    }
    assert_eq!(notation(&answers[3], "element_string"), Some("(01)06901234567892(21)21A1"));
}

#[test]
fn a_division_is_read_as_of_a_day() {
    let on = |day: &str| zhiheng(&["codes", "parse", "420821", "--on", day]);
    assert!(on("2017-06-01").stdout.contains("京山县"));
    let later = on("2020-01-01");
    assert_eq!(later.status, 1);
    assert!(later.stdout.contains("until 2018-02-23"), "{}", later.stdout);
    let (_, answers) = parse(&["420600"]);
    assert_eq!(answers[0]["readings"][0]["parts"][0]["value"], "襄阳市");
    assert_eq!(zhiheng(&["codes", "parse", "421071"]).status, 1); // a zone is an office
    for city in ["429004", "429005", "429006", "429021"] {
        let (_, answers) = parse(&[city]);
        assert_eq!(answers[0]["readings"][0]["parts"][1]["value"], "420000", "{city}");
    }
}

#[test]
fn an_industry_number_depends_on_the_edition() {
    let on = |day: &str| zhiheng(&["codes", "parse", "79", "--on", day]).stdout;
    assert!(on("2016-01-01").contains("居民服务业"));
    assert!(on("2020-01-01").contains("土地管理业"));
    assert!(zhiheng(&["codes", "parse", "C13"]).stdout.contains("农副食品加工业"));
}

#[test]
fn whatever_comes_is_answered() {
    for text in [
        "",
        "?",
        "98",
        "\u{202e}",
        "a:b\u{200f}",
        "https://",
        "urn:epc:",
        "(",
        "]C1",
        "0",
        "000000",
    ] {
        let (run, answers) = parse(&[text]);
        assert_eq!(run.status, 1, "{text:?}");
        let fault = &answers[0]["readings"][0]["fault"];
        assert!(fault["code"].as_str().unwrap().starts_with("codes."), "{text:?}");
        assert!(!fault["message"].as_str().unwrap().is_empty());
    }
    assert_eq!(parse(&[&"9".repeat(100_000)]).0.status, 1);
    assert_eq!(zhiheng(&["codes", "parse"]).status, 2);
    let no_pack = zhiheng(&["codes", "parse", "C", "--pack", "/nowhere"]);
    assert_eq!(no_pack.status, 2);
    assert!(no_pack.stderr.contains("--pack"), "{}", no_pack.stderr);
    let no_day = zhiheng(&["codes", "parse", "C", "--on", "2026-02-30"]);
    assert_eq!(no_day.status, 2);
    assert!(no_day.stderr.contains("2026-02-30"), "{}", no_day.stderr);
}

/// The published pairs again, as a user would convert them.
#[test]
fn every_published_pair_converts_on_the_command_line() {
    let file = testkit::testdata().join("trace/digital-link/openepcis-urn-dl-pairs.json");
    let pairs: Vec<Value> = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut converted = 0;
    for pair in &pairs {
        let (input, expected) =
            (pair["input"].as_str().unwrap(), pair["expected"].as_str().unwrap());
        let name = match pair["fn"].as_str().unwrap() {
            "toURI" | "toURIForClassLevelIdentifier" => "digital_link",
            "toURN" | "toURNForClassLevelIdentifier" => "epc_urn",
            _ => continue,
        };
        let length = match pair["gcp_length"].as_u64() {
            Some(length) => length.to_string(),
            None if name == "epc_urn" => {
                expected.split([':', '.']).nth(4).unwrap().len().to_string()
            }
            None => "7".to_owned(),
        };
        let run =
            zhiheng(&["codes", "parse", "--json", "--lenient", "--prefix-length", &length, input]);
        let answers: Vec<Value> = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(notation(&answers[0], name), Some(expected), "{input}");
        converted += 1;
    }
    assert!(converted > 100);
}
