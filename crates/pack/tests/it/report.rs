//! Statistical reports: one fault of each sort, with its line; what a change of one is told by.

use pack::FaultCode::{self, *};
use pack::{Check, Language, Pack, check, diff};

/// The pack of Hubei with a text of a report replaced.
fn changed(file: &str, old: &str, new: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = testkit::hubei_pack();
    let path = format!("reports/{file}.toml");
    let (_, text) = files.iter_mut().find(|(found, _)| *found == path).unwrap();
    let before = String::from_utf8(text.clone()).unwrap();
    assert!(before.contains(old), "{old}");
    *text = before.replacen(old, new, 1).into_bytes();
    files
}

/// What is replaced by what, and the fault: its sort, what stands in its line, what it says.
const CASES: &[(&str, &str, &str, FaultCode, &str, &str)] = &[
    (
        "complaints",
        "report = \"complaints\"",
        "report = \"complaint\"",
        BadValue,
        "report =",
        "another file",
    ),
    (
        "complaints",
        "kind = \"complaint\"",
        "kind = \"complain\"",
        UnknownName,
        "kind =",
        "the kind complain",
    ),
    (
        "complaints",
        "rows = \"region\"",
        "rows = \"channels\"",
        UnknownName,
        "rows =",
        "not a typed code field",
    ),
    (
        "complaints",
        "rows = \"region\"",
        "rows = \"product.brand\"",
        UnknownName,
        "rows =",
        "no role of complaint",
    ),
    (
        "complaints",
        "[\"month\", \"quarter\", \"year\"]",
        "[\"week\"]",
        BadValue,
        "periods",
        "none of the words",
    ),
    (
        "complaints",
        "each = \"category\"",
        "each = \"amount\"",
        UnknownName,
        "id = \"category\"",
        "not a typed code",
    ),
    (
        "complaints",
        "where = \"injured\"",
        "where = \"injure\"",
        Expression,
        "id = \"injured\"",
        "injure",
    ),
    (
        "complaints",
        "sum = \"amount\"",
        "sum = \"channel\"",
        UnknownName,
        "id = \"amount\"",
        "not a typed number",
    ),
    (
        "complaints",
        "of = \"total\"",
        "of = \"totals\"",
        UnknownName,
        "injured_share",
        "totals is no column",
    ),
    (
        "complaints",
        "\"total == sum(category)\"",
        "\"total = sum(category)\"",
        Expression,
        "equation",
        "cannot be read",
    ),
    (
        "complaints",
        "\"total == sum(category)\"",
        "\"total == sum(total)\"",
        UnknownName,
        "equation",
        "total is no column",
    ),
    (
        "complaints",
        "office = \"county\"",
        "office = \"village\"",
        UnknownName,
        "village",
        "office-type village",
    ),
    ("complaints", "within = 3", "within = 0", BadValue, "within = 0", "no number of days"),
    (
        "complaints",
        "id = \"injured_share\"",
        "id = \"injured\"",
        Duplicate,
        "id = \"injured\"",
        "stands twice",
    ),
    ("complaints", "measure = \"count\"", "measure = \"mean\"", BadValue, "mean", "no measure"),
    (
        "sampling-results",
        "date = \"issued_on\"",
        "date = \"report_no\"",
        UnknownName,
        "date =",
        "not a typed date",
    ),
    (
        "sampling-results",
        "failed == result.fail",
        "failed == result",
        UnknownName,
        "equation",
        "result is no column",
    ),
    (
        "sampling-results",
        "rows = \"product.category\"",
        "rows = \"instrument.category\"",
        Contradiction,
        "rows =",
        "may name several in the role instrument",
    ),
    // What is missing in a whole file is told at its beginning.
    ("sampling-results", "from = 2021-01-01\n", "", MissingKey, "# Results", "has no from"),
];

#[test]
fn each_fault_is_told_with_its_line_and_a_remedy() {
    for (file, old, new, code, line, what) in CASES {
        let files = changed(file, old, new);
        let path = format!("reports/{file}.toml");
        let text = files.iter().find(|(found, _)| *found == path).unwrap().1.clone();
        let text = String::from_utf8(text).unwrap();
        let Check { faults, .. } = check(files);
        let fault =
            faults.iter().find(|f| f.code == *code && f.file == path && f.what.contains(what));
        let fault = fault.unwrap_or_else(|| panic!("{new}: {faults:?}"));
        let found = text.lines().nth(fault.line - 1).unwrap_or_default();
        assert!(found.contains(line), "{new}: {fault} ({found})");
        assert!(!fault.remedy.is_empty());
    }
}

#[test]
fn a_change_of_a_report_is_told() {
    let old = Pack::load(testkit::hubei_pack()).unwrap();
    let told = |file: &str, before: &str, after: &str| {
        let new = Pack::load(changed(file, before, after)).unwrap();
        let said: Vec<String> = diff(&old, &new).iter().map(|c| c.say(Language::En)).collect();
        said.join("\n")
    };
    let said = told("complaints", "within = 3\n", "within = 4\n");
    assert!(said.contains("complaints") && said.contains("county month 4 working_day"), "{said}");
    let said = told("complaints", "previous.total * 3 + 100", "previous.total * 2");
    assert!(said.contains("total <= previous.total * 2"), "{said}");
    let said = told("sampling-results", "where = \"retest\"", "where = \"not retest\"");
    assert!(said.contains("retested") && said.contains("count not retest"), "{said}");
    assert!(told("complaints", "form = \"鄂质治统 1 表\"", "form = \"9\"").contains('9'));
}
