//! The cases of an enterprise: what was served on it, what it can do, and a recall from its order to
//! what came back, as the maker, the office and everybody see it.

use std::sync::Arc;

use app::Principal;
use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use web::page::visitor::{Desk, Visitor};

use crate::console::visitor::{Officer, at, token};
use crate::html::Html;
use crate::samples::id;
use crate::site::{Site, on_both, on_sqlite};

const MAKER: &str = "uscc:91420984MA7F3K2R8E";
const OTHER: &str = "uscc:91420106MA4KLAB03N";

/// Somebody of an organization.
fn desk_of(site: &Site, organization: &str) -> Officer {
    let visitor = (*at(Desk::Enterprise, &[])).clone();
    let principal = Principal {
        on_behalf_of: organization.to_owned(),
        account: format!("of {organization}"),
        permissions: Default::default(),
        ..Principal::operator()
    };
    Officer::of(site, Arc::new(Visitor { principal: Arc::new(principal), ..visitor }))
}

/// Unsafe food was found at the maker's.
fn found(number: u64) -> Value {
    json!({
        "id": id(number),
        "kind": "food-recall",
        "subjects": [
            { "role": "maker", "id": MAKER },
            { "role": "product", "id": "gtin:06914209801136" },
        ],
        "region": "420984",
        "valid_at": "2026-05-04T09:00:00+08:00",
        "source": "office",
        "open": {
            "recall_no": format!("R-{number}"),
            "recall_source": "sampling",
            "found_on": "2026-05-04",
            "risk_known_at": "2026-05-04T08:00:00+08:00",
            "level": "level-2",
            "defect": "菌落总数超标",
        },
    })
}

struct Case<'s> {
    site: &'s Site,
    id: String,
    head: String,
}

impl Case<'_> {
    async fn open(site: &Site, number: u64) -> Case<'_> {
        let receipt = site.stored(&found(number)).await;
        let known = receipt["position"].as_u64().unwrap() + 1;
        site.system.await_merged(known).await.unwrap();
        let head = site.new_token("head", "hubei-lab", &["*"]).await;
        Case { site, id: receipt["id"].as_str().unwrap().to_owned(), head }
    }

    async fn step(&self, body: Value, token: &str) {
        let ask = self.site.ask(Method::POST, &format!("/api/v1/cases/{}/steps", self.id));
        let taken = ask.token(token).json(&body).send().await;
        assert_eq!(taken.status, 201, "{body}: {}", taken.text());
        let position = taken.json()["receipt"]["position"].as_u64().unwrap();
        // A step can write a record in front of its own.
        let size = self.site.system.reader().size().await.unwrap().max(position + 1);
        self.site.system.await_merged(size).await.unwrap();
    }

    async fn ordered(&self) {
        let order = json!({
            "step": "order-recall", "act": "proposed", "at": "2026-05-04T10:00:00+08:00",
            "form": {
                "ordered_on": "2026-05-04", "order_text": "停止生产并召回", "service_method": "in-person",
            },
        });
        self.step(order, &self.site.token).await;
        let agree = json!({
            "step": "order-recall", "act": "approved", "at": "2026-05-04T11:00:00+08:00",
        });
        self.step(agree, &self.head).await;
    }
}

/// Fills in the form of a step at the desk.
async fn fill(desk: &Officer, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
    let page = desk.page(path).await;
    let csrf = token(&page);
    let mut sent = vec![("csrf", csrf.as_str())];
    sent.extend(fields);
    let answer = desk.post(path, &sent).await;
    (answer.status, answer.text())
}

#[test]
fn a_case_is_there_once_something_was_served_and_for_nobody_else() {
    on_both(async |site| {
        let case = Case::open(site, 1).await;
        let (maker, other) = (desk_of(site, MAKER), desk_of(site, OTHER));
        let path = format!("/enterprise/cases/{}", case.id);
        // It is looked into, and the maker was not told yet.
        assert_eq!(maker.get(&path).await.status, StatusCode::NOT_FOUND);
        assert!(maker.page("/enterprise/cases").await.says("没有案件"));
        case.ordered().await;
        let list = maker.page("/enterprise/cases").await;
        assert!(list.says(&path) && list.says("召回"), "{}", list.text);
        let page = maker.page(&path).await;
        for shown in ["责令召回", "停止生产并召回", "启动召回"] {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        // One answer for the case of another and for one that is not there.
        let (hidden, none) = (other.get(&path).await, other.get(&path.replace("01", "0f")).await);
        assert_eq!((hidden.status, none.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
        for step in ["start-recall", "order-recall"] {
            let step = format!("{path}/steps/{step}");
            assert_eq!(other.get(&step).await.status, StatusCode::NOT_FOUND, "{step}");
        }
        // What the office does is not the maker's to do.
        let step = format!("{path}/steps/set-level");
        assert_eq!(maker.get(&step).await.status, StatusCode::NOT_FOUND);
        assert!(other.page("/enterprise/cases").await.says("没有案件"));
    });
}

#[test]
fn a_document_is_read_by_whom_it_was_served_on_and_by_nobody_else() {
    on_both(async |site| {
        let case = Case::open(site, 1).await;
        case.ordered().await;
        let (maker, other) = (desk_of(site, MAKER), desk_of(site, OTHER));
        let path = format!("/enterprise/cases/{}", case.id);
        let list = format!("/api/v1/cases/{}/documents", case.id);
        let made = site.post(&list, &json!({ "step": 1 })).await.json();
        let document = made["document"].as_str().unwrap().to_owned();
        let paper = format!("{path}/documents/{document}");
        // Neither a draft nor what is sealed and lies in the office is theirs to read.
        for seal in [false, true] {
            if seal {
                let sealed =
                    site.post(&format!("{list}/{document}/seal"), &json!({ "seen": 1 })).await;
                assert_eq!(sealed.status, StatusCode::CREATED, "{}", sealed.text());
            }
            assert_eq!(maker.get(&paper).await.status, StatusCode::NOT_FOUND, "{seal}");
            assert!(!maker.page(&path).await.says(&document), "{seal}");
        }
        let today = site.system.clock().now().day_in_china().to_string();
        let serve = json!({ "way": "in-person", "tried_on": today, "served_on": today });
        let served = site.post(&format!("{list}/{document}/services"), &serve).await;
        assert_eq!(served.status, StatusCode::CREATED, "{}", served.text());
        let size = site.system.reader().size().await.unwrap();
        site.system.await_merged(size).await.unwrap();
        assert!(maker.page(&path).await.says(&paper));
        let page = maker.page(&paper).await;
        assert!(page.says("停止生产并召回") && page.says("直接送达"), "{}", page.text);
        // The record of its service leads there too.
        let service = served.json()["receipt"]["id"].as_str().unwrap().to_owned();
        assert!(maker.page(&format!("/enterprise/records/{service}")).await.says(&paper));
        assert_eq!(other.get(&paper).await.status, StatusCode::NOT_FOUND);
        let elsewhere = paper.replace(&case.id, &id(77).to_string());
        assert_eq!(maker.get(&elsewhere).await.status, StatusCode::NOT_FOUND);
    });
}

#[test]
fn a_maker_opens_its_own_case_at_the_office_that_handles_it() {
    on_both(async |site| {
        let visitor = (*at(Desk::Enterprise, &["defect.report"])).clone();
        let principal = Principal {
            on_behalf_of: MAKER.to_owned(),
            account: "of the maker".to_owned(),
            permissions: ["defect.report".to_owned()].into(),
            ..Principal::operator()
        };
        let visitor = Arc::new(Visitor { principal: Arc::new(principal), ..visitor });
        let maker = Officer::of(site, visitor);
        let list = maker.page("/enterprise/new").await;
        assert!(list.says("/enterprise/new/consumer-recall"), "{}", list.text);
        // What takes another permission, and what comes as a letter.
        for kind in ["sampling-order", "complaint", "nothing"] {
            assert!(!list.says(&format!("/enterprise/new/{kind}")), "{kind}");
            let hidden = maker.get(&format!("/enterprise/new/{kind}")).await;
            assert_eq!(hidden.status, StatusCode::NOT_FOUND, "{kind}");
        }
        let path = "/enterprise/new/consumer-recall";
        let said = [
            ("in-role-maker", "91420984MA7F3K2R8E"),
            ("in-role-product", "6914209801136"),
            ("in-region", "420984"),
            ("in-recall_no", "JT-1"),
            ("in-recall_source", "maker"),
            ("in-found_on", "2026-05-04"),
            ("in-defect", "增塑剂超过限量"),
        ];
        let mut wrong = said.to_vec();
        (wrong[0].1, wrong[6].1) = ("91420984MA7F3K2R8F", "");
        let (status, text) = fill(&maker, path, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("e-in-defect") && text.contains("JT-1"), "{text}");
        wrong[6].1 = "增塑剂超过限量";
        let (status, text) = fill(&maker, path, &wrong).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("e-in-role-maker"), "{text}");
        // What was filled in is kept.
        assert!(maker.page(path).await.says("JT-1"));
        let (status, text) = fill(&maker, path, &said).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let cases = maker.page("/enterprise/cases").await;
        assert!(cases.says("消费品召回"), "{}", cases.text);
        assert!(!maker.page(path).await.says("JT-1"));
    });
}

#[test]
fn a_recall_runs_from_its_order_to_what_came_back() {
    on_both(async |site| {
        let case = Case::open(site, 1).await;
        case.ordered().await;
        let maker = desk_of(site, MAKER);
        let path = format!("/enterprise/cases/{}", case.id);
        let start = [
            ("at", "2026-05-04T14:00"),
            ("in-production_stopped", "no"),
            ("in-sealed_quantity", "120"),
            ("in-start_text", "通知经销商"),
        ];
        // A number without its unit; then what the law asks for first.
        let (status, text) = fill(&maker, &format!("{path}/steps/start-recall"), &start).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("请选择单位"), "{text}");
        let mut start = start.to_vec();
        start[2] = ("in-sealed_quantity", "");
        let (status, text) = fill(&maker, &format!("{path}/steps/start-recall"), &start).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(text.contains("应当停止生产经营") && text.contains("通知经销商"), "{text}");
        start[1] = ("in-production_stopped", "yes");
        let (status, text) = fill(&maker, &format!("{path}/steps/start-recall"), &start).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let plan = [
            ("at", "2026-05-04T16:00"),
            ("in-plan_reported_on", "2026-05-04"),
            ("in-planned_quantity", "1,000"),
            ("in-plan_scope", "全部批次"),
            ("in-remedies--refund", "on"),
            ("in-remedies--destroy", "on"),
            ("in-plan_measures", "门店下架"),
            ("in-plan_until", "2026-05-20"),
            ("in-plan_expected", "全部收回"),
            ("in-contact", "张三 13800000000"),
        ];
        let (status, text) = fill(&maker, &format!("{path}/steps/report-plan"), &plan).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let page = maker.page(&path).await;
        assert!(page.says("1,000") && page.says("本单位提交"), "{}", page.text);
        let record = format!("record:{}", case.id);
        let scope = json!({
            "step": "set-scope", "at": "2026-05-05T09:00:00+08:00",
            "form": {
                "trace_scope": record, "scope_known": 9, "scope_items": 1000, "scope_text": "全部批次",
            },
        });
        case.step(scope, &site.token).await;
        assert!(site.page("/recalls").await.says("没有召回公告"));
        let publish = json!({
            "step": "publish-recall", "at": "2026-05-05T10:00:00+08:00",
            "form": {
                "notice_no": "川食召〔2026〕3号", "recall_sort": "food", "recall_type": "ordered",
                "defect": "菌落总数超标", "consequence": "可能引起腹泻", "remedies": ["refund"],
                "published_on": "2026-05-05", "planned_quantity": 1000, "hotline": "400-000-0000",
                "finish_counts_from": "2026-05-05",
            },
        });
        case.step(publish, &site.token).await;
        let list = site.page("/recalls").await;
        assert!(list.says("川食召〔2026〕3号") && !list.says("已收回 "), "{}", list.text);
        let progress = [
            ("at", "2026-05-12T09:00"),
            ("in-progress_until", "2026-05-11"),
            ("in-returned_quantity", "750"),
            ("in-returns--0-0", "420102"),
            ("in-returns--0-1", "lot"),
            ("in-returns--0-2", "600"),
            ("in-returns--0-3", "500"),
            ("in-returns--1-0", "420984"),
            ("in-returns--1-1", "serial"),
            ("in-returns--1-2", "400"),
            ("in-returns--1-3", "250"),
            ("in-counted_from", "2026-05-12"),
            ("in-progress_text", "按计划进行"),
        ];
        let form = maker.page(&format!("{path}/steps/report-progress")).await;
        let asked: Vec<(&str, &str)> = progress
            .into_iter()
            .filter(|(name, _)| *name == "at" || form.says(&format!("name=\"{name}\"")))
            .collect();
        let (status, text) = fill(&maker, &format!("{path}/steps/report-progress"), &asked).await;
        assert_eq!(status, StatusCode::SEE_OTHER, "{text}");
        let list = site.page("/recalls").await;
        assert!(list.says("已收回 75.0%（750 / 1,000）"), "{}", list.text);
        let href = list.links().into_iter().find(|link| link.starts_with("/recalls/")).unwrap();
        let page = site.page(&href).await;
        for shown in ["75.0 %", "江岸区", "汉川市", "企业报告"] {
            assert!(page.says(shown), "{shown}: {}", page.text);
        }
        // What the maker told the office alone is not public.
        for hidden in ["按计划进行", "门店下架", "张三"] {
            assert!(!page.says(hidden), "{hidden}: {}", page.text);
        }
    });
}

#[test]
fn a_form_that_was_broken_off_is_there_again_for_who_filled_it_in() {
    on_sqlite(async |site| {
        let case = Case::open(site, 1).await;
        case.ordered().await;
        let maker = desk_of(site, MAKER);
        let path = format!("/enterprise/cases/{}/steps/start-recall", case.id);
        let page = maker.page(&path).await;
        let csrf = token(&page);
        let draft = [("csrf", csrf.as_str()), ("in-start_text", "正在通知")];
        let kept = maker.post(&format!("{path}/draft"), &draft).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
        assert!(maker.page(&path).await.says("正在通知"));
        // For somebody else there is no such case to keep anything of.
        let other = desk_of(site, OTHER);
        let csrf = token(&Html::of(other.get("/enterprise/archive").await));
        let foreign = [("csrf", csrf.as_str()), ("in-start_text", "x")];
        let refused = other.post(&format!("{path}/draft"), &foreign).await;
        assert_eq!(refused.status, StatusCode::NOT_FOUND);
    });
}
