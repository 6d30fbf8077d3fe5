//! The files of a record in the console.

use axum::http::Method;

use crate::account::people::{Browser, Staff};
use crate::samples::{complaint, id};
use crate::site::{Answer, Site, on_both};

/// One dot.
/// A grey dot.
pub fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d4948445200000001000000010800000000 3a7e9b55\
               0000000a49444154789c636000000002000148afa471 0000000049454e44ae426082";
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

async fn upload(
    site: &Site,
    browser: &Browser<'_>,
    path: &str,
    (name, bytes): (&str, &[u8]),
    fields: &[(&str, &str)],
) -> Answer {
    let mut body = Vec::new();
    for (field, value) in fields {
        let head =
            format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend(head.into_bytes());
    }
    let head = format!(
        "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: image/png\r\n\r\n"
    );
    body.extend(head.into_bytes());
    body.extend(bytes);
    body.extend(b"\r\n--x--\r\n");
    let ask = site.ask(Method::POST, path).without("authorization");
    let ask = ask.header("accept", "text/html").header("sec-fetch-site", "same-origin");
    let ask = ask.header("cookie", &format!("session={}", browser.cookie("session").unwrap()));
    ask.header("content-type", "multipart/form-data; boundary=x").body(body).send().await
}

#[test]
fn a_picture_is_attached_shown_and_taken_away() {
    on_both(async |site| {
        let mut record = complaint(1, "p-1");
        (record["region"], record["office"]) = ("420106".into(), "420106".into());
        site.stored(&record).await;
        let mut staff = Staff::start(site).await;
        let (mut officer, _) =
            staff.somebody("li.hua", "officer", "county-officer", "420106").await;
        let (mut other, _) = staff.somebody("xiling", "officer", "county-officer", "420502").await;
        let (mut head, _) = staff.somebody("head", "officer", "head", "420106").await;
        let page = format!("/console/records/{}", id(1));
        let path = format!("{page}/attachments");
        let shown = officer.page(&page).await;
        assert!(shown.says("没有附件") && shown.says("添加附件") && shown.says("hubei-lab/p-1"));
        let why = "担任 县级执法人员，该岗位有“查看档案”权限";
        assert!(shown.says(why), "{}", shown.text);
        let token = officer.token();
        let name = "C:\\证据\\<b>门头.png";
        let fields = [("csrf", &*token), ("note", "<b>现场</b>"), ("shows", "hubei-lab/p-1")];
        let answer = upload(site, &officer, &path, (name, &png()), &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.text());
        let shown = officer.page(&page).await;
        assert!(shown.says("&#60;b&#62;现场") && shown.says("已加密"), "{}", shown.text);
        // Who complains may be an informer: what a file is called tells of them.
        assert!(!shown.says("证据") && !shown.says("门头"), "{}", shown.text);
        let at = shown.text.find(&format!("{path}/")).unwrap();
        let file = shown.text[at..].split('"').next().unwrap().to_owned();
        let taken = officer.get(&file).await;
        assert_eq!(taken.status, 200, "{}", taken.text());
        assert_eq!(taken.header("content-type"), "image/png");
        assert_eq!(taken.header("x-content-type-options"), "nosniff");
        assert!(taken.header("content-security-policy").contains("sandbox"));
        let kept = taken.header("content-disposition");
        assert!(kept.starts_with("attachment; filename=\"") && kept.ends_with(".png\""), "{kept}");
        assert!(taken.body.starts_with(b"\x89PNG"));
        // As the record: not for another county; a head reads it and attaches nothing.
        assert_eq!(other.get(&file).await.status, 403);
        assert_eq!(head.get(&file).await.status, 200);
        assert!(!head.page(&page).await.says("添加附件"));
        let token = head.token();
        let refused = upload(site, &head, &path, ("a.png", &png()), &[("csrf", &token)]).await;
        assert_eq!(refused.status, 403, "{}", refused.text());
        // No file, no picture, no token.
        officer.page(&page).await;
        let token = officer.token();
        for (bytes, fields, status) in [
            (&b""[..], vec![("csrf", &*token)], 422),
            (&b"<svg onload=alert(1)>"[..], vec![("csrf", &*token)], 422),
            (&png()[..], vec![], 403),
            (&png()[..], vec![("csrf", "0")], 403),
            (&png()[..], vec![("csrf", &*token), ("sealed", "0")], 400),
        ] {
            let name = if bytes.is_empty() { "" } else { "a.png" };
            let answer = upload(site, &officer, &path, (name, bytes), &fields).await;
            assert_eq!(answer.status, status, "{}", answer.text());
        }
        let trail = staff.auditor.page("/console/system/audit?action=attachment-read").await;
        assert!(trail.says("打开附件") && trail.says("li.hua"), "{}", trail.text);
    });
}
