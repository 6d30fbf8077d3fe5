//! Searching, while records come, change and go.

use app::reading::When;
use app::registry::{How, Search};

use super::samples::{OTHER, STEEL, organization, place, visit};
use crate::support::{correcting, id_of, new_id, of_batch, on_both, operator, with};

#[test]
fn an_organization_is_found_by_what_it_is_called_and_was_called() {
    on_both(|home| {
        let system = home.open();
        assert!(home.found(&system, "武钢").is_empty());
        let first = organization(STEEL, "华中钢铁公司", 1);
        home.send(&system, &first).unwrap();
        assert_eq!(home.found(&system, "华中钢铁"), [STEEL]);
        let renamed =
            with(organization(STEEL, "武汉钢铁（集团）公司", 5), "/open/short_name", "武钢");
        let renamed = with(renamed, "/open/status", "cancelled");
        home.send(&system, &renamed).unwrap();
        home.send(&system, &organization(OTHER, "武汉光迅科技股份有限公司", 2)).unwrap();
        for typed in [
            "武钢",
            "武漢鋼鐵",
            "whgt",
            "华中钢铁",
            "914201001777000029",
            "177700002",
            "914201001777000028",
        ] {
            assert_eq!(home.found(&system, typed), [STEEL], "{typed}");
        }
        let found = home.search_as(&system, Some(operator()), "华中钢铁公司").unwrap();
        let hit = &found.hits[0];
        assert_eq!((hit.name.as_str(), hit.by.as_str()), ("武汉钢铁（集团）公司", "华中钢铁公司"));
        assert_eq!((hit.how, hit.is_former, hit.sort.as_str()), (How::Exact, true, "organization"));
        assert_eq!(hit.status.as_ref().map(|(code, _)| code.as_str()), Some("cancelled"));
        // Before it was there it is not found.
        let long_ago = "2020-01-01T00:00:00+08:00".parse().unwrap();
        let when = When { valid: Some(long_ago), ..home.now(&system) };
        let search = Search { text: "武钢", limit: 5, when, ..Search::default() };
        assert_eq!(home.run(system.search(Some(operator()), &search)).unwrap().count, 0);
    });
}

#[test]
fn what_is_corrected_or_taken_back_is_found_no_more() {
    on_both(|home| {
        let system = home.open();
        let wrong = organization(STEEL, "安琪酵母股份有限公司", 1);
        home.send(&system, &wrong).unwrap();
        assert_eq!(home.found(&system, "安琪"), [STEEL]);
        let right = correcting(organization(STEEL, "华新水泥股份有限公司", 1), id_of(&wrong));
        home.send(&system, &right).unwrap();
        assert!(home.found(&system, "安琪").is_empty());
        assert_eq!(home.found(&system, "华新"), [STEEL]);
        home.withdraw(&system, id_of(&right)).unwrap();
        assert!(home.found(&system, "华新").is_empty());
        assert_eq!(home.found(&system, "安琪"), [STEEL], "the corrected one counts again");
        // It is still found by its code: records name it.
        home.withdraw(&system, id_of(&wrong)).unwrap();
        assert!(home.found(&system, "安琪").is_empty());
        assert_eq!(home.found(&system, "914201001777000029"), [STEEL]);
    });
}

#[test]
fn a_batch_is_found_once_it_is_whole() {
    on_both(|home| {
        let system = home.open();
        assert!(home.found(&system, "劲牌").is_empty());
        let batch = new_id();
        let lines: String =
            [organization(STEEL, "劲牌有限公司", 1), organization(OTHER, "劲牌酒业有限公司", 1)]
                .iter()
                .map(|record| format!("{record}\n"))
                .collect();
        home.stream(&system, &lines, of_batch(batch)).unwrap();
        assert_eq!(home.found(&system, "劲牌"), [STEEL, OTHER]);
        home.withdraw(&system, batch).unwrap();
        assert!(home.found(&system, "劲牌").is_empty());
    });
}

#[test]
fn nobody_in_particular_finds_what_is_public() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &place("青山仓库")).unwrap();
        home.send(&system, &organization(STEEL, "青山钢铁公司", 1)).unwrap();
        home.send(&system, &visit(1, OTHER)).unwrap();
        assert_eq!(home.found(&system, "青山").len(), 2);
        assert_eq!(home.found(&system, "91420100758123450T"), [OTHER]);
        let public = home.search_as(&system, None, "青山").unwrap();
        assert_eq!((public.count, public.hits[0].id.as_str()), (1, STEEL));
        assert_eq!(home.search_as(&system, None, "91420100758123450T").unwrap().count, 0);
        // Who may search organizations does not find what else is internal.
        let searcher = crate::support::somebody(&["search.use"]);
        assert_eq!(home.search_as(&system, Some(&searcher), "青山").unwrap().count, 1);
        assert_eq!(
            home.search_as(&system, Some(&searcher), "91420100758123450T").unwrap().count,
            1
        );
    });
}

#[test]
fn a_search_may_be_of_sorts_and_of_a_region() {
    on_both(|home| {
        let system = home.open();
        home.send(&system, &place("青山仓库")).unwrap();
        home.send(&system, &organization(STEEL, "青山钢铁公司", 1)).unwrap();
        let elsewhere = with(organization(OTHER, "青山酒业有限公司", 1), "/region", "420202");
        home.send(&system, &elsewhere).unwrap();
        let find = |sorts: &[String], region| {
            let when = home.now(&system);
            let search =
                Search { text: "青山", sorts, region, limit: 10, when, ..Search::default() };
            home.run(system.search(Some(operator()), &search)).map(|found| found.count)
        };
        assert_eq!(find(&[], None).unwrap(), 3);
        assert_eq!(find(&["place".to_owned()], None).unwrap(), 1);
        assert_eq!(find(&[], Some("420100")).unwrap(), 2);
        assert_eq!(find(&[], Some("420000")).unwrap(), 3);
        let fault = |result: Result<usize, app::Rejection>| result.unwrap_err().faults()[0].code;
        assert_eq!(fault(find(&["gossip".to_owned()], None)), "search.sort");
        assert_eq!(fault(find(&[], Some("999999"))), "record.region");
    });
}

#[test]
fn made_anew_it_finds_the_same() {
    on_both(|home| {
        let system = home.open();
        let names = ["安琪酵母", "华新水泥", "武汉钢铁", "长飞光纤", "武汉光迅"];
        let mut sent = Vec::new();
        // Every second one after the first question, so that it is followed and not made.
        for (at, name) in names.iter().enumerate() {
            let id = format!("shop:{at}");
            let record = organization(&id, &format!("{name}有限公司"), 1);
            home.send(&system, &record).unwrap();
            sent.push(record);
            home.found(&system, name);
        }
        home.send(&system, &organization("shop:0", "宜昌酵母厂", 9)).unwrap();
        home.withdraw(&system, id_of(&sent[1])).unwrap();
        let all = || -> Vec<_> {
            let typed = names.iter().copied().chain(["酵母", "武汉", "gs", "shop:1", "1"]);
            typed
                .map(|text| home.search_as(&system, Some(operator()), text).unwrap().hits)
                .collect()
        };
        let live = all();
        assert!(live[0].iter().any(|hit| hit.is_former));
        home.run(system.rebuild()).unwrap();
        assert_eq!(all(), live);
        drop(system);
        let system = home.open();
        let typed = home.search_as(&system, Some(operator()), names[0]).unwrap();
        assert_eq!(typed.hits, live[0]);
    });
}
