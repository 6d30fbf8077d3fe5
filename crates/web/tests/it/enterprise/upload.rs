//! Files of events that an enterprise uploads at its desk.

use std::sync::Arc;

use app::Principal;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use model::RecordId;
use web::page::visitor::{Desk, Visitor};

use crate::console::visitor::{Officer, at, token};
use crate::epcis::support::{document, event, ids};
use crate::portal::story::MAKER;
use crate::site::{Answer, Site, on_both, on_sqlite};

/// Another organization.
const OTHER: &str = "uscc:91420106MA4KLAB03N";
const PATH: &str = "/enterprise/trace";

/// Somebody of an organization with permissions. Of an account that is nobody's no job is done.
fn desk_of(site: &Site, organization: &str, permissions: &[&str], account: &str) -> Officer {
    let visitor = (*at(Desk::Enterprise, permissions)).clone();
    let principal = Principal {
        on_behalf_of: organization.to_owned(),
        account: account.to_owned(),
        permissions: visitor.permissions.clone(),
        ..Principal::operator()
    };
    Officer::of(site, Arc::new(Visitor { principal: Arc::new(principal), ..visitor }))
}

fn maker(site: &Site) -> Officer {
    desk_of(site, MAKER, &["trace.capture", "trace.read"], &Principal::operator().account)
}

/// A form with a file, as a browser sends it.
async fn send(desk: &Officer, fields: &[(&str, &str)], name: &str, file: &[u8]) -> Answer {
    let mut body = Vec::new();
    for (field, value) in fields {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(head.as_bytes());
    }
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: application/json\r\n\r\n"
    );
    body.extend_from_slice(head.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    let request = Request::builder().method(Method::POST).uri(PATH);
    let request = request.header("content-type", "multipart/form-data; boundary=x");
    let request = request.header("accept", "text/html").header("accept-language", "zh-CN");
    desk.send(request.body(Body::from(body)).unwrap()).await
}

/// Sends a file with the page's own form, and gives the page of what became of it.
async fn upload(site: &Site, desk: &Officer, errors: &str, name: &str, file: &[u8]) -> String {
    let form = token(&desk.page(PATH).await);
    let fields = [(web::page::csrf::FIELD, form.as_str()), ("errors", errors)];
    let answer = send(desk, &fields, name, file).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let place = answer.header("location").to_owned();
    let id: RecordId = place.rsplit('/').next().unwrap().parse().unwrap();
    site.system.job_ended(&Principal::operator(), id).await.unwrap();
    place
}

#[test]
fn a_file_is_uploaded_and_its_wrong_events_are_told() {
    on_both(async |site| {
        let desk = maker(site);
        assert!(desk.page(PATH).await.says("上传事件文件"));
        let events = [event(1), event(2).replace("shipping", "shiping"), event(3)];
        let text = document(&events);
        // All or none.
        let place = upload(site, &desk, "rollback", "C:\\out\\march.json", text.as_bytes()).await;
        let page = desk.page(&place).await;
        for told in ["march.json", "/epcisBody/eventList/1/bizStep", "epcis.word", "未保存任何事件"]
        {
            assert!(page.says(told), "{told}: {}", page.text);
        }
        assert!(!page.says("C:"), "{}", page.text);
        site.merged().await;
        assert_eq!(ids(&site.get("/epcis/events").await), [""; 0]);
        // The right ones.
        let place = upload(site, &desk, "proceed", "march.json", text.as_bytes()).await;
        let page = desk.page(&place).await;
        assert!(page.says("正确的事件已保存") && page.says("epcis.word"), "{}", page.text);
        site.merged().await;
        assert_eq!(ids(&site.get("/epcis/events").await), ["urn:uuid:e-1", "urn:uuid:e-3"]);
        // Mended, what was there is known; in XML too, and in English.
        let mended = document(&[event(1), event(2), event(3)]);
        let place = upload(site, &desk, "", "march.json", mended.as_bytes()).await;
        let page = desk.page(&format!("{place}?lang=en")).await;
        assert!(page.says("All events of the file are stored") && page.says("Known before"));
        let xml = epcis::parse_json(event(4).as_bytes()).unwrap().to_xml();
        let place = upload(site, &desk, "", "one.xml", xml.as_bytes()).await;
        assert!(desk.page(&place).await.says("已全部保存"));
        site.merged().await;
        // They are the organization's own.
        let own = site.new_token("own", MAKER, &["trace.read"]).await;
        let own = site.ask(Method::GET, "/epcis/events").token(&own).send().await;
        assert_eq!(ids(&own).len(), 4);
        let list = desk.page(PATH).await;
        assert!(list.says("最近上报") && list.says("one.xml"), "{}", list.text);
        let left = std::fs::read_dir(site.system.data().join("captures")).unwrap().count();
        assert_eq!(left, 0);
    });
}

#[test]
fn only_who_may_report_uploads_and_sees_their_own() {
    on_sqlite(async |site| {
        let desk = maker(site);
        let csrf = web::page::csrf::FIELD;
        let form = token(&desk.page(PATH).await);
        let text = document(&[event(1)]);
        // Without the token, or with another, nothing is kept; nor without a file, or with two choices.
        for fields in [&[][..], &[(csrf, "0")], &[("errors", "proceed")]] {
            assert_eq!(send(&desk, fields, "a.json", text.as_bytes()).await.status, 403);
        }
        let empty = send(&desk, &[(csrf, &form)], "", b"").await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(empty.text().contains("请选择一个非空文件"), "{}", empty.text());
        for other in [("errors", "maybe"), ("path", "/etc")] {
            let answer = send(&desk, &[(csrf, &form), other], "a.json", text.as_bytes()).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{other:?}");
        }
        // Who may not report sees no form, and the door says no.
        let reader = desk_of(site, MAKER, &["trace.read"], "reader");
        let page = reader.page(PATH).await;
        assert!(!page.says("上传事件文件"), "{}", page.text);
        let denied = send(&reader, &[(csrf, &form)], "a.json", text.as_bytes()).await;
        assert_eq!(denied.status, StatusCode::FORBIDDEN, "{}", denied.text());
        // An officer has no desk; another organization does not see what became of it.
        let officer = send(&Officer::new(site), &[(csrf, &form)], "a.json", text.as_bytes()).await;
        assert!(officer.status.is_client_error() || officer.status.is_redirection());
        let place = upload(site, &desk, "", "a.json", text.as_bytes()).await;
        let elsewhere = desk_of(site, OTHER, &["trace.capture"], "other");
        assert_eq!(elsewhere.get(&place).await.status, StatusCode::NOT_FOUND);
        let ending = [(csrf, form.as_str())];
        let end = elsewhere.post(&format!("{place}/end"), &ending).await;
        assert_eq!(end.status, StatusCode::NOT_FOUND);
        assert!(!elsewhere.page(PATH).await.says("a.json"));
        let nothing = std::fs::read_dir(site.system.data().join("captures")).unwrap().count();
        assert_eq!(nothing, 0, "something is left");
        let stranger = site.page_or_file(&place).await;
        assert_eq!(stranger.status, StatusCode::SEE_OTHER);
    });
}
