//! The page of a case, the forms of its steps, and their drafts.

use std::sync::Arc;

use app::Principal;
use axum::http::StatusCode;
use web::page::visitor::{Desk, Visitor};

use super::visitor::{Officer, at, hidden, token};
use crate::html::Html;
use crate::samples::complaint;
use crate::site::{Site, on_both, on_sqlite};

async fn opened(site: &Site, number: u64) -> String {
    let receipt = site.stored(&complaint(number, "p-1")).await;
    let known = receipt["position"].as_u64().unwrap() + 1;
    site.system.await_merged(known).await.unwrap();
    format!("/console/cases/{}", receipt["id"].as_str().unwrap())
}

/// Another officer, who may do everything too.
fn other(site: &Site) -> Officer {
    let visitor = (*at(Desk::Console, &["*"])).clone();
    let principal = Principal { account: "other".to_owned(), ..(*visitor.principal).clone() };
    Officer::of(site, Arc::new(Visitor { principal: Arc::new(principal), ..visitor }))
}

#[test]
fn a_step_is_taken_on_its_form_and_stands_on_the_case() {
    on_both(async |site| {
        let (case, officer) = (opened(site, 1).await, Officer::new(site));
        let page = officer.page(&case).await;
        for shown in ["待受理", "受理期限", "C-1", "不予受理"] {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        let step = format!("{case}/steps/accept");
        assert!(page.says(&format!("href=\"{step}\"")), "{}", page.text);
        let form = officer.page(&step).await;
        assert!(form.says("受理日期") && form.says("type=\"date\""), "{}", form.text);
        let (csrf, id, seen) = (token(&form), hidden(&form, "id"), hidden(&form, "seen"));
        let sent = [
            ("csrf", csrf.as_str()),
            ("id", &id),
            ("seen", &seen),
            ("at", "2026-05-04T10:00"),
            ("in-accepted_on", "2026-05-04"),
            ("in-mediator", "王建国"),
        ];
        let answer = officer.post(&step, &sent).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        assert_eq!(answer.header("location"), format!("{case}?done=1"));
        let page = officer.page(&format!("{case}?done=1")).await;
        for shown in ["调解中", "调解期限", "王建国", "2026-05-04", "已办理"] {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        // As it was the day before, with nothing to be done.
        let then = officer.page(&format!("{case}?on=2026-05-03")).await;
        assert!(then.says("待受理") && !then.says("/steps/"), "{}", then.text);
        // Sent again it is recognised: the page was loaded anew.
        let answer = officer.post(&step, &sent).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let english = officer.page(&format!("{case}?lang=en")).await;
        assert!(english.says("In mediation") && english.says("Mediator"), "{}", english.text);
    });
}

#[test]
fn what_is_wrong_is_told_at_its_field_and_what_was_filled_in_is_kept() {
    on_both(async |site| {
        let (case, officer) = (opened(site, 1).await, Officer::new(site));
        let step = format!("{case}/steps/refuse");
        let form = officer.page(&step).await;
        let csrf = token(&form);
        let sent = [
            ("csrf", csrf.as_str()),
            ("seen", "0"),
            ("in-refusal_reason", "不属于本机关职责 <b>"),
            ("in-other_ways", "可向人民法院起诉"),
        ];
        let answer = officer.post(&step, &sent).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        let again = Html::of(answer);
        assert!(again.says("id=\"e-in-refusal_ground\""), "{}", again.text);
        assert!(again.says("不属于本机关职责 &#60;b&#62;"), "{}", again.text);
        // Whoever comes back finds it; nobody else does.
        let kept = officer.page(&step).await;
        assert!(kept.says("不属于本机关职责") && kept.says("草稿"), "{}", kept.text);
        let others = other(site).page(&step).await;
        assert!(!others.says("不属于本机关职责"), "{}", others.text);
        // A draft is kept without being sent off, and in its place.
        let csrf = token(&kept);
        let draft = [("csrf", csrf.as_str()), ("in-refusal_reason", "另行说明")];
        let answer = officer.post(&format!("{step}/draft"), &draft).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let kept = officer.page(&step).await;
        assert!(kept.says("另行说明") && !kept.says("可向人民法院起诉"), "{}", kept.text);
    });
}

#[test]
fn of_two_at_once_one_wins_and_the_other_is_told() {
    on_both(async |site| {
        let (case, one, two) = (opened(site, 1).await, Officer::new(site), other(site));
        let step = format!("{case}/steps/accept");
        let (first, second) = (one.page(&step).await, two.page(&step).await);
        let send = async |who: &Officer, page: &Html, step: &str, more: &[(&str, &str)]| {
            let (csrf, id, seen) = (token(page), hidden(page, "id"), hidden(page, "seen"));
            let mut sent = vec![("csrf", csrf.as_str()), ("id", &id), ("seen", &seen)];
            sent.extend(more);
            who.post(step, &sent).await
        };
        let accepted = [("in-accepted_on", "2026-05-04"), ("at", "2026-05-04T10:00")];
        let won = send(&one, &first, &step, &accepted).await;
        assert_eq!(won.status, StatusCode::SEE_OTHER, "{}", won.text());
        let mine = [("in-accepted_on", "2026-05-05"), ("in-mediator", "赵伟")];
        let lost = send(&two, &second, &step, &mine).await;
        assert_eq!(lost.status, StatusCode::CONFLICT, "{}", lost.text());
        let told = Html::of(lost);
        assert!(told.says("他人已先办理") && told.says("受理"), "{}", told.text);
        assert!(told.says("赵伟"), "what was filled in is lost: {}", told.text);
    });
}

#[test]
fn what_needs_approval_is_drawn_up_agreed_to_or_sent_back() {
    on_both(async |site| {
        let (case, officer, head) = (opened(site, 1).await, Officer::new(site), other(site));
        let take = async |who: &Officer, step: &str, fields: &[(&str, &str)]| {
            let path = format!("{case}/steps/{step}");
            let page = who.page(&path).await;
            let (csrf, id, seen) = (token(&page), hidden(&page, "id"), hidden(&page, "seen"));
            let mut sent = vec![("csrf", csrf.as_str()), ("id", &id), ("seen", &seen)];
            sent.extend(fields);
            let answer = who.post(&path, &sent).await;
            (answer.status, answer.text())
        };
        let done = StatusCode::SEE_OTHER;
        let accepted = [("in-accepted_on", "2026-05-04"), ("at", "2026-05-04T10:00")];
        assert_eq!(take(&officer, "accept", &accepted).await.0, done);
        let clue = [
            ("in-clue_found_on", "2026-05-06"),
            ("in-clue_text", "标签虚假"),
            ("at", "2026-05-06T10:00"),
        ];
        assert_eq!(take(&officer, "find-clue", &clue).await.0, done);
        let longer = [("in-extension_reason", "检验未回"), ("at", "2026-05-07T10:00")];
        let (status, text) = take(&officer, "extend-clue", &longer).await;
        assert_eq!(status, done, "{text}");
        // Who drew it up cannot agree.
        let own = officer.page(&format!("{case}/steps/extend-clue")).await;
        assert!(own.says("检验未回") && !own.says("value=\"approved\""), "{}", own.text);
        let (status, text) = take(&head, "extend-clue", &[("act", "returned")]).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("退回须说明理由"), "{text}");
        let back = [("act", "returned"), ("reason", "请写明期限")];
        assert_eq!(take(&head, "extend-clue", &back).await.0, done);
        let page = officer.page(&case).await;
        assert!(page.says("请写明期限") && page.says("退回"), "{}", page.text);
        assert_eq!(take(&officer, "extend-clue", &[("in-extension_reason", "再报")]).await.0, done);
        assert_eq!(take(&head, "extend-clue", &[("act", "approved")]).await.0, done);
        assert!(officer.page(&case).await.says("同意"));
    });
}

#[test]
fn a_case_that_is_not_the_readers_is_not_shown_and_nothing_is_taken_from_elsewhere() {
    on_sqlite(async |site| {
        let case = opened(site, 1).await;
        let nobody = Officer::with(site, &["report.issue"]);
        assert_eq!(nobody.get(&case).await.status, StatusCode::FORBIDDEN);
        let step = format!("{case}/steps/accept");
        assert_eq!(nobody.get(&step).await.status, StatusCode::FORBIDDEN);
        let officer = Officer::new(site);
        let without = officer.post(&step, &[("in-accepted_on", "2026-05-04")]).await;
        assert_eq!(without.status, StatusCode::FORBIDDEN);
        assert_eq!(officer.get(&format!("{case}/steps/fly")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(officer.get("/console/cases/x").await.status, StatusCode::BAD_REQUEST);
        let csrf = token(&officer.page(&step).await);
        let more = [("csrf", csrf.as_str()), ("in-accepted_on", "2026-05-04"), ("is_admin", "1")];
        assert_eq!(officer.post(&step, &more).await.status, StatusCode::BAD_REQUEST);
    });
}
