//! A case that is opened by the form of its record.

use axum::http::StatusCode;

use super::visitor::{Officer, hidden, token};
use crate::html::Html;
use crate::site::on_both;

const FORM: &str = "/console/new/clue";

/// What the form of a clue says, but for its token and id.
const CLUE: [(&str, &str); 6] = [
    ("in-region", "420106"),
    ("in-role-respondent", "914201001777000029"),
    ("in-number", "X-1"),
    ("in-source_type", "inspection"),
    ("in-found_on", "2026-05-04"),
    ("in-text", "标签与执行标准不符"),
];

#[test]
fn a_case_is_opened_once_however_often_its_form_is_sent() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let list = officer.page("/console/new").await;
        assert!(list.says("行政处罚") && list.says(&format!("href=\"{FORM}\"")), "{}", list.text);
        // What is of persons comes as a letter.
        assert!(!list.says("/console/new/complaint"), "{}", list.text);
        let form = officer.page(FORM).await;
        let (csrf, id) = (token(&form), hidden(&form, "id"));
        let mut sent = vec![("csrf", csrf.as_str()), ("id", id.as_str())];
        sent.extend(CLUE);
        let opened = officer.post(FORM, &sent).await;
        assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text());
        let case = format!("/console/cases/{id}");
        assert_eq!(opened.header("location"), case);
        let page = officer.page(&case).await;
        assert!(page.says("X-1") && page.says("线索核查"), "{}", page.text);
        let size = site.system.reader().size().await.unwrap();
        let again = officer.post(FORM, &sent).await;
        assert_eq!(again.status, StatusCode::SEE_OTHER, "{}", again.text());
        assert_eq!(again.header("location"), case);
        assert_eq!(site.system.reader().size().await.unwrap(), size);
        // Another one under the same id is none of these.
        let other = sent.iter().map(|(name, value)| match *name {
            "in-text" => ("in-text", "另一条线索"),
            name => (name, *value),
        });
        let other = officer.post(FORM, &other.collect::<Vec<_>>()).await;
        assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", other.text());
    });
}

#[test]
fn what_is_missing_is_told_at_its_field_and_what_was_filled_in_is_kept() {
    on_both(async |site| {
        let officer = Officer::new(site);
        let form = officer.page(FORM).await;
        let csrf = token(&form);
        let sent = [
            ("csrf", csrf.as_str()),
            ("in-text", "标签不符 <b>"),
            ("in-region", "420106"),
            // Its check character is another one.
            ("in-role-respondent", "914201001777000020"),
        ];
        let answer = officer.post(FORM, &sent).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let told = Html::of(answer);
        for field in ["number", "source_type", "found_on"] {
            assert!(told.says(&format!("id=\"e-in-{field}\"")), "{field}: {}", told.text);
        }
        assert!(told.says("标签不符 &#60;b&#62;"), "{}", told.text);
        assert!(told.says("id=\"e-in-role-respondent\"") && told.says("校验位"), "{}", told.text);
        let kept = officer.page(FORM).await;
        assert!(kept.says("标签不符") && kept.says("草稿"), "{}", kept.text);
        for none in ["/console/new/complaint", "/console/new/nothing"] {
            assert_eq!(officer.get(none).await.status, StatusCode::NOT_FOUND, "{none}");
        }
    });
}
