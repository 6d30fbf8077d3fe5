//! `GET /api/v1/records`, and the count.

use serde_json::Value;

use crate::samples::{id, opinion};
use crate::site::{Site, on_both, on_sqlite};

async fn fill(site: &Site, from: u64, to: u64) -> u64 {
    let list: Vec<Value> = (from..=to).map(opinion).collect();
    let answer = site.post("/api/v1/records", &list.into()).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()["receipts"].as_array().unwrap().last().unwrap()["position"].as_u64().unwrap() + 1
}

#[test]
fn pages_are_one_answer_while_records_come() {
    on_both(async |site| {
        let known = fill(site, 1, 25).await;
        let mut path = format!("/api/v1/records?kind=public-opinion&limit=10&known={known}");
        let mut found = Vec::new();
        loop {
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            let page = answer.json();
            assert_eq!(page["as_of"]["known"], known);
            for record in page["records"].as_array().unwrap() {
                assert_eq!(record["standing"]["counts"], true);
                found.push(record["id"].as_str().unwrap().to_owned());
            }
            // What comes or changes between two pages is not in the answer.
            let more = 100 + 10 * found.len() as u64;
            let mut correction = opinion(3);
            correction["id"] = id(more).into();
            correction["corrects"] = if found.len() == 10 { id(3) } else { id(more - 100) }.into();
            correction["open"]["title"] = "later".into();
            if found.len() <= 10 {
                fill(site, more + 1, more + 5).await;
                site.stored(&correction).await;
            }
            let Some(next) = page["next"].as_str() else { break };
            let link = answer.header("link").to_owned();
            assert!(link.ends_with(&format!("after={next}>; rel=\"next\"")), "{link}");
            path = link[1..link.find('>').unwrap()].to_owned();
        }
        let mut expected: Vec<(u64, String)> = (1..=25).map(|n| (1 + n % 28, id(n))).collect();
        expected.sort_by_key(|(day, _)| std::cmp::Reverse(*day));
        assert_eq!(found, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
    });
}

#[test]
fn a_cursor_belongs_to_its_question() {
    on_sqlite(async |site| {
        let known = fill(site, 1, 3).await;
        let base = "/api/v1/records?kind=public-opinion&limit=1";
        let page = site.get(&format!("{base}&known={known}")).await.json();
        let next = page["next"].as_str().unwrap();
        let other = format!("{base}&region=420100&after={next}");
        let problem = site.get(&other).await.problem(400, "query.value");
        assert_eq!(problem["errors"][0]["parameter"], "after");
        site.get(&format!("{base}&after=x")).await.problem(400, "query.value");
        let other = format!("{base}&after={next}&known={}", known - 1);
        site.get(&other).await.problem(400, "query.value");
        let same = format!("{base}&after={next}&known={known}");
        assert_eq!(site.get(&same).await.status, 200);
    });
}

#[test]
fn records_are_filtered_and_counted() {
    on_both(async |site| {
        let known = fill(site, 1, 9).await;
        let count = async |query: &str| {
            let path = format!("/api/v1/records/count?kind=public-opinion&known={known}&{query}");
            let answer = site.get(&path).await;
            assert_eq!(answer.status, 200, "{}", answer.text());
            answer.json()["count"].as_u64().unwrap()
        };
        assert_eq!(count("").await, 9);
        let url = "filter=url%20%3D%20%27https%3A%2F%2Fpress.example%2F4%27";
        assert_eq!(count(url).await, 1);
        assert_eq!(count("region=420000").await, 9);
        assert_eq!(count("region=420500").await, 0);
        // An offset whose plus sign was not escaped is still an offset.
        assert_eq!(count("valid=2026-05-04T23:00:00+08:00").await, 3);
        let path = format!("/api/v1/records?kind=public-opinion&{url}&known={known}");
        let page = site.get(&path).await.json();
        assert_eq!(page["records"][0]["id"], id(4));
        let bad = |query: &str| format!("/api/v1/records?{query}");
        let filter = site.get(&bad("kind=public-opinion&filter=url%20%3D")).await;
        let problem = filter.problem(400, "read.filter");
        assert_eq!(problem["errors"][0]["parameter"], "filter");
        let region = site.get(&bad("kind=public-opinion&region=990000")).await;
        region.problem(400, "record.region");
        site.get(&bad("kind=gossip")).await.problem(404, "record.kind");
        site.get(&bad("limit=5")).await.problem(400, "query.missing");
        site.get(&bad("kind=public-opinion&limit=0")).await.problem(400, "query.value");
        site.get(&bad("kind=public-opinion&limit=501")).await.problem(400, "query.value");
        site.get(&bad("kind=public-opinion&valid=May")).await.problem(400, "query.value");
        site.get(&bad("kind=public-opinion&filter=%00")).await.problem(400, "query.value");
        let known = site.get(&bad("kind=public-opinion&known=100000")).await;
        known.problem(400, "read.known");
    });
}

#[test]
fn long_answers_are_packed() {
    on_sqlite(async |site| {
        let known = fill(site, 1, 20).await;
        site.system.evidence().wait_for(known - 1, std::time::Duration::from_secs(10)).await;
        let path = format!("/api/v1/records?kind=public-opinion&known={known}");
        let plain = site.get(&path).await;
        let ask = site.ask(axum::http::Method::GET, &path).header("accept-encoding", "gzip");
        let packed = ask.send().await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.body.len() * 4 < plain.body.len());
        let mut unpacked = Vec::new();
        let mut reader = flate2::read::GzDecoder::new(packed.body.as_slice());
        std::io::Read::read_to_end(&mut reader, &mut unpacked).unwrap();
        assert!(unpacked == plain.body);
    });
}
