//! What is told in Chinese is Chinese: no English prose, only codes, names of schemes and numbers.

use codes::gs1::{
    ApplicationIdentifier, CompanyPrefixes, DigitalLink, Element, ElementString, Epc, Gtin,
};
use codes::{
    Ask, Divisions, Error, Industries, IssuedCodes, Mode, OrganizationCode, Registrations,
    SchemeCode, Tables, Uscc, recognise,
};

/// Three words in a row that begin with a small letter or a capital and go on small: prose.
/// Abbreviations (GTIN), codes, numbers and pointers are none.
fn has_prose(text: &str) -> bool {
    let is_prose = |word: &str| {
        let letters = word.trim_matches(|c: char| c.is_ascii_punctuation());
        !letters.is_empty()
            && letters.bytes().all(|b| b.is_ascii_alphabetic())
            && letters.bytes().skip(1).all(|b| b.is_ascii_lowercase())
    };
    text.split(|c: char| !c.is_ascii()).any(|run| {
        run.split(' ').collect::<Vec<_>>().windows(3).any(|w| w.iter().all(|w| is_prose(w)))
    })
}

#[track_caller]
fn is_chinese(fault: &Error) {
    let zh = fault.zh();
    assert!(!has_prose(&zh), "{zh}");
    assert!(zh.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c)), "{zh}");
}

fn tables() -> Tables {
    let divisions = "\
code,name,level,parent,from,to,became,source
420000,湖北省,province,,,,,
420800,荆门市,city,420000,,,,
420821,京山县,county,420800,,2018-02-22,420882,notice
420882,京山市,county,420800,2018-02-23,,,notice
";
    let industries = "\
edition,code,section,zh,en,from,to
2011,79,O,居民服务业,Services to households,2011-11-01,2017-09-30
2017,79,N,土地管理业,Land management,2017-10-01,
";
    Tables {
        issued: IssuedCodes::default(),
        registrations: Registrations::default(),
        divisions: Divisions::from_csv(divisions).unwrap(),
        industries: Industries::from_csv(industries).unwrap(),
        prefixes: CompanyPrefixes::from_csv("prefix,length\n690,7\ndefault,7\n").unwrap(),
    }
}

/// Wrong codes of every notation.
const WRONG: &[&str] = &[
    "",
    "x",
    "没有这种编码",
    "9135020077604965",
    "91350200776049653B",
    "91350200776049653a",
    "9135020077604965３A",
    "91350200776049653O",
    "9135A200776049653A",
    "12345678-9",
    "1234567a9",
    "6901234567890",
    "690123456789０",
    "106141412345678908",
    "420821",
    "429999",
    "79",
    "99",
    "Chicago:1",
    "a b:1",
    "chicago-license:",
    "chicago-license: x",
    "chicago-license:a\u{200b}b",
    "http:",
    "https://shop.example",
    "https://shop.example/about/us",
    "https://id.gs1.org/01/0950600013435",
    "https://id.gs1.org/01/09506000134353",
    "https://id.gs1.org/01/09506000134352/99/x/10/L",
    "https://id.gs1.org/01/09506000134352/10/a b",
    "https://id.gs1.org/01/09506000134352/10/a%",
    "https://id.gs1.org/01/09506000134352?17=261399",
    "https://id.gs1.org/01/09506000134352?9999=1",
    "https://id.gs1.org/8004/",
    "https://id.gs1.org/8010/a",
    "(01)09506000134353",
    "(01)0950600013435",
    "(01)09506000134352(10)一批",
    "(01)09506000134352(17)261399",
    "(01)09506000134352(3103)12",
    "(01)09506000134352(10)A(10)B",
    "(8010)690123a",
    "(99999)1",
    "(01",
    "]d2",
    "]d2999",
    "]d2011",
    "urn:epc:",
    "urn:epc:id",
    "urn:epc:id:none:1",
    "urn:epc:class:sgtin:0614141.812345.1",
    "urn:epc:id:sgtin:06141",
    "urn:epc:id:sgtin:06141.1.1",
    "urn:epc:id:sgtin:0614141.x12345.1",
    "urn:epc:id:sgtin:0614141.81234.1",
    "urn:epc:id:sgtin:0614141.812345",
    "urn:epc:id:sgtin:0614141.812345.",
    "urn:epc:id:sgtin:0614141.812345.%",
    "urn:epc:idpat:sgtin:0614141.812345.1",
    "urn:epc:id:itip:0614141.812345.1.2.3",
    "urn:epc:id:giai:0614141.",
    "urn:epc:id:cpi:0614141.1",
];

#[test]
fn wrong_codes_are_told_in_chinese() {
    let tables = tables();
    let mut seen = std::collections::BTreeSet::new();
    let mut is_chinese = |fault: &Error| {
        is_chinese(fault);
        seen.insert(fault.code());
    };
    let on = |day: &str| Some(day.parse().unwrap());
    for text in WRONG {
        for day in [None, on("2019-01-01"), on("1999-01-01")] {
            for mode in [Mode::Strict, Mode::Lenient] {
                for reading in recognise(text, &tables, Ask { on: day, mode, ..Ask::default() }) {
                    reading.fault.iter().chain(&reading.warnings).for_each(&mut is_chinese);
                }
            }
        }
        for mode in [Mode::Strict, Mode::Lenient] {
            let faults = [
                Uscc::parse(text, mode).err(),
                OrganizationCode::parse(text).err(),
                SchemeCode::parse(text).err(),
                Gtin::parse(text, mode).err(),
                DigitalLink::parse(text, mode).err(),
                ElementString::parse(text, mode).err(),
                Epc::from_urn(text, mode).err(),
            ];
            faults.iter().flatten().for_each(&mut is_chinese);
        }
    }
    // The other tests of this file see to the rest: prefix_length, no_notation, table.
    let all =
        "application_identifier character check_digit empty form length lost not_in_force unknown";
    for code in all.split(' ') {
        assert!(seen.contains(&*format!("codes.{code}")), "no wrong code is {code}");
    }
}

/// Every application identifier, with data that fit none.
#[test]
fn application_identifiers_are_told_in_chinese() {
    let numbers = (0..100).map(|n| format!("{n:02}"));
    let numbers = numbers.chain((0..1_000).map(|n| format!("{n:03}")));
    let numbers = numbers.chain((0..10_000).map(|n| format!("{n:04}")));
    let known = numbers.filter(|ai| ApplicationIdentifier::find(ai).is_some());
    for ai in known.chain(["18".to_owned(), "一".to_owned()]) {
        for data in ["", "1", "x y", "一", "000000000000000001", "99999999999999999999999"] {
            if let Err(fault) = Element::parse(&ai, data, Mode::Strict) {
                is_chinese(&fault);
            }
        }
    }
}

#[test]
fn notations_that_cannot_be_are_told_in_chinese() {
    let lot = ElementString::parse("(10)ABC", Mode::Strict).unwrap().value;
    is_chinese(&lot.to_digital_link().unwrap_err());
    let link = "https://id.gs1.org/01/09506000134352/10/L1/21/S1?17=261231";
    let epc = DigitalLink::parse(link, Mode::Strict).unwrap().value.to_epc().unwrap();
    assert_eq!(epc.warnings[0].zh(), "写成 EPC URN 时不带 (10) 批号");
    epc.warnings.iter().for_each(is_chinese);
    is_chinese(&epc.value.to_urn(3, Mode::Strict).unwrap_err());
    let none =
        DigitalLink::parse("https://id.gs1.org/8013/1987654Ad4X4bL5ttr2310c2K", Mode::Strict);
    none.unwrap().value.to_epc().map_or_else(|fault| is_chinese(&fault), |_| ());
}

#[test]
fn tables_are_told_in_chinese() {
    let divisions = "code,name,level,parent,from,to,became,source\n";
    for row in [
        "1,a,city,420000,,,,",
        "420000,a,town,,,,,",
        "420000,a,city,,,,,",
        "420000,a,province,,2018-02-30,,,x",
        "420000,a,province,,2018-02-03,2018-02-01,,x",
        "420000,a,province,,2018-02-03,,,",
        "420000,a,province,,,,420001,",
        "420000,a,province,,,,,\n420000,b,province,,,,,",
        "420000,a",
        ",,,,,,,",
    ] {
        is_chinese(&Divisions::from_csv(&format!("{divisions}{row}\n")).unwrap_err());
    }
    let industries = "edition,code,section,zh,en,from,to\n";
    for row in ["2011,79,Z,a,b,,", "2011,7,A,a,b,,"] {
        is_chinese(&Industries::from_csv(&format!("{industries}{row}\n")).unwrap_err());
    }
    for row in ["x,y", "91350200776049653A,y"] {
        is_chinese(&IssuedCodes::from_csv(&format!("code,source\n{row}\n")).unwrap_err());
    }
    for row in [",,a,b", "99,,a,b", "9,11,a,b"] {
        let text = format!("department,type,zh,en\n{row}\n");
        is_chinese(&Registrations::from_csv(&text).unwrap_err());
    }
    for row in ["690,99", "a,7", "690,7"] {
        is_chinese(&CompanyPrefixes::from_csv(&format!("prefix,length\n{row}\n")).unwrap_err());
    }
}

#[test]
fn prose_is_known_when_seen() {
    assert!(has_prose("编码不对（the code is empty）"));
    assert!(!has_prose("“GB/T 4754”、chicago-license:1、EPC URN、urn:epc:id"));
}
