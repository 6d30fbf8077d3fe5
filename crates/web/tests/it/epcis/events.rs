//! Events in and out.

use axum::http::{Method, StatusCode};
use serde_json::json;

use super::support::{document, event, ids, problem, read};
use crate::site::{on_both, on_sqlite};

#[test]
fn an_event_goes_in_and_comes_out_in_both_notations() {
    on_both(async |site| {
        let answer = site.post_event(&event(1)).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        let place = answer.header("location").to_owned();
        assert_eq!(place, "/epcis/events/urn%3Auuid%3Ae%2D1");
        let sent = epcis::parse_json(event(1).as_bytes()).unwrap();
        site.merged().await;
        let json = site.get(&place).await;
        assert_eq!(json.header("content-type"), "application/json");
        assert_eq!(json.header("gs1-epcis-version"), "2.0.0");
        let xml = site.get_xml(&place).await;
        assert_eq!(xml.header("content-type"), "application/xml");
        for answer in [&json, &xml] {
            let found = read(answer);
            assert_eq!(found.len(), 1);
            assert_eq!(found[0].event.hash(), sent.hash());
            assert!(found[0].event.recorded.is_some());
        }
        // By default things are named by Digital Links; as they came, or by URNs, if that is asked.
        let format = async |word: &str| {
            let ask = site.ask(Method::GET, &place).header("gs1-epc-format", word);
            let answer = ask.send().await;
            assert_eq!(answer.header("gs1-epc-format"), word);
            read(&answer)[0].event.epcs[0].clone()
        };
        assert_eq!(read(&json)[0].event.epcs[0], "https://id.gs1.org/01/04012345111118/21/1");
        assert_eq!(format("Never_Translates").await, "urn:epc:id:sgtin:4012345.011111.1");
        assert!(format("Always_EPC_URN").await.starts_with("urn:epc:id:sgtin:4012345"));
        // Sent again, also in XML, it is there already.
        for text in [event(1), sent.to_xml()] {
            let again = site.post_event(&text).await;
            let problem = problem(&again, 409, "ResourceAlreadyExistsException");
            assert_eq!(problem["code"], "epcis.known");
            assert_eq!(again.header("location"), place);
        }
        let other = site.post_event(&event(1).replace("shipping", "receiving")).await;
        assert_eq!(problem(&other, 409, "ResourceAlreadyExistsException")["code"], "epcis.taken");
        problem(&site.get("/epcis/events/urn%3Anothing").await, 404, "NoSuchNameException");
    });
}

#[test]
fn events_are_found_by_what_they_say() {
    on_both(async |site| {
        let events: Vec<String> = (0..9).map(event).collect();
        let job = site.capture(document(&events), "rollback").await;
        assert_eq!(job["success"], true, "{job:#}");
        let wrong = event(20).replace("\"e\":", "").replace(
            "\"type\": \"ObjectEvent\"",
            "\"type\": \"ObjectEvent\", \"errorDeclaration\": {\"declarationTime\": \"2024-04-01T00:00:00Z\", \"reason\": \"incorrect_data\"}",
        );
        assert_eq!(site.post_event(&wrong).await.status, StatusCode::CREATED);
        site.merged().await;
        let found = async |query: &str| {
            let ask = site.ask(Method::GET, &format!("/epcis/events?{query}"));
            let answer = ask.header("gs1-extensions", "ex=https://ex.example/").send().await;
            let mut numbers: Vec<u64> = ids(&answer)
                .into_iter()
                .map(|id| id.rsplit('-').next().unwrap().parse().unwrap())
                .collect();
            if !query.contains("orderBy") {
                assert!(numbers.is_sorted());
            }
            numbers.truncate(20);
            numbers
        };
        assert_eq!(found("").await, [0, 1, 2, 3, 4, 5, 6, 7, 8, 20]);
        assert_eq!(found("EQ_bizStep=shipping&EXISTS_errorDeclaration=true").await, [20]);
        assert_eq!(found("EQ_bizStep=receiving").await, [0_u64; 0]);
        assert_eq!(
            found("MATCH_epc=https%3A%2F%2Fid.gs1.org%2F01%2F04012345111118%2F21%2F5").await,
            [5]
        );
        assert_eq!(
            found("MATCH_anyEPC=urn:epc:idpat:sgtin:4012345.011111.*&GE_ex:grade=7").await,
            [7, 8, 20]
        );
        assert_eq!(found("EQ_readPoint=urn:epc:id:sgln:4012345.00005.1").await, [1, 4, 7]);
        assert_eq!(
            found("GE_eventTime=2024-03-01T00:03:00Z&LT_eventTime=2024-03-01T00:05:00Z").await,
            [3, 4]
        );
        assert_eq!(found("EQ_eventID=urn:uuid:e-3|urn:uuid:e-4").await, [3, 4]);
        assert_eq!(found("orderBy=eventTime&eventCountLimit=2").await, [20, 8]);
        assert_eq!(found("orderBy=eventTime&orderDirection=ASC&eventCountLimit=2").await, [0, 1]);
        assert_eq!(
            found("orderBy=recordTime&orderDirection=DESC&eventCountLimit=3").await,
            [20, 8, 7]
        );
        assert_eq!(
            found("orderBy=ex:grade&orderDirection=DESC&eventCountLimit=3").await,
            [20, 8, 7]
        );
        assert_eq!(found("GE_recordTime=2024-03-01T00:00:00Z&eventCountLimit=1").await, [0]);
        assert_eq!(found("LT_recordTime=2024-03-01T00:00:00Z").await, [0_u64; 0]);
        assert_eq!(found("maxEventCount=10").await.len(), 10);
        let too_many = site.get("/epcis/events?maxEventCount=9").await;
        problem(&too_many, 413, "QueryTooLargeException");
        for query in [
            "EQ_nothing=1",
            "GE_eventTime=yesterday",
            "perPage=0",
            "EQ_action=ADD&EQ_action=OBSERVE",
        ] {
            let answer = site.get(&format!("/epcis/events?{query}")).await;
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{query}: {}", answer.text());
        }
    });
}

#[test]
fn a_document_is_wrong_as_a_whole_or_in_part() {
    on_both(async |site| {
        let events = [event(0), event(1).replace("shipping", "shiping"), event(2)];
        let job = site.capture(document(&events), "rollback").await;
        assert_eq!(
            (&job["success"], &job["captureErrorBehaviour"]),
            (&json!(false), &json!("rollback"))
        );
        let error = &job["errors"][0];
        assert_eq!(error["pointer"], "/epcisBody/eventList/1/bizStep", "{job:#}");
        assert_eq!(error["type"], "epcisException:ValidationException");
        let job = site.capture(document(&events), "proceed").await;
        assert_eq!((&job["success"], &job["running"]), (&json!(false), &json!(false)));
        site.merged().await;
        assert_eq!(ids(&site.get("/epcis/events").await), ["urn:uuid:e-0", "urn:uuid:e-2"]);
        // In XML the line is told.
        let xml = "<epcis:EPCISDocument xmlns:epcis=\"urn:epcglobal:epcis:xsd:2\" \
             schemaVersion=\"2.0\" creationDate=\"2024-03-01T09:00:00Z\">\n<EPCISBody><EventList>\n\
             <ObjectEvent>\n<eventTime>now</eventTime></ObjectEvent></EventList></EPCISBody>\
             </epcis:EPCISDocument>";
        let job = site.capture(xml, "rollback").await;
        assert_eq!(job["errors"][0]["line"], 4, "{job:#}");
        let jobs = site.get("/epcis/capture?perPage=2").await;
        assert_eq!(jobs.json().as_array().unwrap().len(), 2);
        assert!(jobs.header("link").contains("nextPageToken="));
    });
}

#[test]
fn what_events_speak_of_is_listed() {
    on_both(async |site| {
        let mut events: Vec<String> = (0..4).map(event).collect();
        // Seen again, a thing is listed once.
        events.push(event(9).replace("011111.9\"", "011111.1\""));
        site.capture(document(&events), "rollback").await;
        site.merged().await;
        let members = async |path: &str| {
            let answer = site.get(path).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            let json = answer.json();
            assert_eq!(json["type"], "Collection");
            (json["member"].clone(), answer.header("link").to_owned())
        };
        assert_eq!(members("/epcis").await.0.as_array().unwrap().len(), 9);
        assert_eq!(members("/epcis/bizSteps").await.0, json!(["shipping"]));
        assert_eq!(members("/epcis/dispositions").await.0, json!(["in_transit"]));
        assert_eq!(members("/epcis/bizLocations").await.0, json!([]));
        assert_eq!(members("/epcis/readPoints").await.0.as_array().unwrap().len(), 3);
        let (first, link) = members("/epcis/epcs?perPage=3").await;
        assert_eq!(first.as_array().unwrap().len(), 3);
        let next = link.split(['<', '>']).nth(1).unwrap().to_owned();
        let (rest, link) = members(&next).await;
        assert_eq!(rest, json!(["https://id.gs1.org/01/04012345111118/21/3"]));
        assert!(link.is_empty());
        for path in [
            "/epcis/bizSteps/shipping",
            "/epcis/eventTypes/ObjectEvent",
            "/epcis/epcs/urn:epc:id:sgtin:4012345.011111.1",
        ] {
            assert_eq!(members(path).await.0, json!(["events"]), "{path}");
        }
        assert_eq!(ids(&site.get("/epcis/eventTypes/ObjectEvent/events").await).len(), 5);
        let of_one = "/epcis/epcs/https%3A%2F%2Fid.gs1.org%2F01%2F04012345111118%2F21%2F1/events";
        assert_eq!(ids(&site.get(of_one).await), ["urn:uuid:e-1", "urn:uuid:e-9"]);
        assert_eq!(ids(&site.get("/epcis/bizSteps/shipping/events?perPage=1").await).len(), 1);
        problem(&site.get("/epcis/bizSteps/receiving").await, 404, "NoSuchNameException");
        problem(&site.get("/epcis/eventTypes/Nothing").await, 404, "NoSuchNameException");
    });
}

#[test]
fn a_client_is_told_what_there_is() {
    on_sqlite(async |site| {
        let answer = site.ask(Method::OPTIONS, "/epcis/capture").send().await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
        assert_eq!(answer.header("allow"), "OPTIONS, GET, POST");
        assert_eq!(answer.header("gs1-epcis-max"), "2.0.0");
        assert!(!answer.header("gs1-epcis-capture-file-size-limit").is_empty());
        let asks = async |name: &'static str, value: &str| {
            site.ask(Method::GET, "/epcis/events").header(name, value).send().await
        };
        problem(&asks("accept", "text/csv").await, 406, "NotAcceptableException");
        problem(&asks("gs1-epcis-max", "1.2").await, 406, "NotAcceptableException");
        problem(&asks("gs1-epcis-min", "2.1").await, 406, "NotAcceptableException");
        problem(&asks("gs1-epc-format", "Sometimes").await, 406, "NotAcceptableException");
        assert_eq!(asks("gs1-epcis-min", "1.2").await.status, StatusCode::OK);
        let answer = asks("accept", "application/ld+json").await;
        assert_eq!(answer.header("content-type"), "application/ld+json");
        let nobody = site.ask(Method::GET, "/epcis/events").without("authorization").send().await;
        problem(&nobody, 401, "SecurityException");
        let reads = site.new_token("reads", "420000", &["trace.read"]).await;
        let denied = site.ask(Method::POST, "/epcis/events").token(&reads);
        let denied = denied.header("content-type", "application/json").body(event(1)).send().await;
        problem(&denied, 403, "SecurityException");
        let media = site.ask(Method::POST, "/epcis/capture").header("content-type", "text/csv");
        problem(&media.body("a,b").send().await, 415, "UnsupportedMediaTypeException");
    });
}

#[test]
fn the_token_of_an_organization_reaches_its_own_events() {
    on_both(async |site| {
        const MAKER: &str = "uscc:914201001777000029";
        let both = ["trace.capture", "trace.read"];
        let maker = site.new_token("maker", MAKER, &both).await;
        let other = site.new_token("other", "uscc:91420100758123450T", &both).await;
        let ask = site.ask(Method::POST, "/epcis/events").token(&maker);
        let sent = ask.header("content-type", "application/json").body(event(1)).send().await;
        assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
        site.merged().await;
        let seen = async |token: &str| {
            let answer = site.ask(Method::GET, "/epcis/events").token(token).send().await;
            ids(&answer).len()
        };
        assert_eq!((seen(&maker).await, seen(&other).await), (1, 0));
        assert_eq!(ids(&site.get("/epcis/events").await).len(), 1);
        let steps = site.ask(Method::GET, "/epcis/bizSteps").token(&other).send().await;
        assert_eq!(steps.json()["member"], json!([]));
    });
}
