//! What is around every request.

use axum::http::Method;

use crate::site::on_sqlite;

#[test]
fn what_is_nowhere_is_a_problem_too() {
    on_sqlite(async |site| {
        for path in ["/api", "/api/v1/record", "/api/v1/records/", "/log/", "/log/tile/", "//"] {
            site.get(path).await.problem(404, "request.no_such_path");
        }
        let answer = site.ask(Method::DELETE, "/api/v1/records").send().await;
        answer.problem(405, "request.method");
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        let answer = site.ask(Method::PUT, "/log/checkpoint").send().await;
        answer.problem(405, "request.method");
        assert_eq!(answer.header("allow"), "GET,HEAD");
        let answer = site.ask(Method::OPTIONS, "/api/v1/kinds").send().await;
        answer.problem(405, "request.method");
        assert_eq!(site.ask(Method::HEAD, "/api/v1/kinds").send().await.status, 200);
        site.get("/api/v1/kinds/%FF").await.problem(400, "request.bad");
    });
}

#[test]
fn the_reader_is_told_in_his_language() {
    on_sqlite(async |site| {
        let zh = site.ask(Method::GET, "/nowhere").header("accept-language", "zh-CN").send().await;
        let problem = zh.problem(404, "request.no_such_path");
        assert_eq!(problem["title"], "未找到");
        assert_eq!(problem["detail"], problem["detail_zh"]);
        assert_eq!(zh.header("content-language"), "zh-CN");
        let en = site.get("/nowhere").await.problem(404, "request.no_such_path");
        assert_eq!(en["detail"], en["detail_en"]);
        assert_eq!(en["title"], "Not found");
    });
}

#[test]
fn what_is_too_long_is_refused() {
    on_sqlite(async |site| {
        let long = format!("/api/v1/subjects?id={}", "x".repeat(9000));
        site.get(&long).await.problem(414, "request.address_too_long");
        let ask = site.ask(Method::GET, "/api/v1/kinds").header("x-long", &"x".repeat(20_000));
        ask.send().await.problem(431, "request.headers_too_large");
    });
}
