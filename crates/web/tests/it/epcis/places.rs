//! Questions for a place and what lies below it.

use serde_json::json;

use super::sockets::Follower;
use super::subscriptions::named;
use super::support::{event, ids, served};
use crate::site::{Site, on_both};

const MARKET: &str = "https://id.gs1.org/414/4012345000061";
const HALL: &str = "https://id.gs1.org/414/4012345000078";
const STALL: &str = "https://id.gs1.org/414/4012345000085";

/// Says of a place of which it is a part, from a day on.
async fn is_part(site: &Site, place: &str, whole: &str, day: u32) {
    site.stored(&json!({
        "kind": "place",
        "subjects": [{"role": "place", "id": place}, {"role": "part_of", "id": whole}],
        "region": "420106", "valid_at": format!("2024-01-{day:02}T00:00:00Z"), "source": "form",
        "open": {"name": "菜市场", "place_type": "warehouse", "address": "武汉市武昌区"},
    }))
    .await;
    site.merged().await;
}

fn at(number: u64, place: &str) -> String {
    event(number).replace(&format!("urn:epc:id:sgln:4012345.00005.{}", number % 3), place)
}

#[test]
fn a_question_reaches_the_parts_of_a_place_as_the_records_say() {
    on_both(async |site| {
        is_part(site, HALL, MARKET, 1).await;
        is_part(site, STALL, HALL, 1).await;
        // A ring harms nobody.
        is_part(site, MARKET, STALL, 1).await;
        for (number, place) in [
            (1, MARKET.to_owned()),
            (2, format!("{HALL}/254/gate")),
            (3, STALL.to_owned()),
            (4, "https://id.gs1.org/414/4012345000054".to_owned()),
        ] {
            let answer = site.post_event(&at(number, &place)).await;
            assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
        }
        site.merged().await;
        let find = async |place: &str| {
            ids(&site.get(&format!("/epcis/events?WD_readPoint={place}")).await)
        };
        let all = ["urn:uuid:e-1", "urn:uuid:e-2", "urn:uuid:e-3"];
        assert_eq!(find(MARKET).await, all);
        assert_eq!(find(HALL).await, all, "the ring leads to all of them");
        let exact = site.get(&format!("/epcis/events?EQ_readPoint={MARKET}")).await;
        assert_eq!(ids(&exact), ["urn:uuid:e-1"]);
        let nowhere = site.get(&format!("/epcis/events?WD_bizLocation={MARKET}")).await;
        assert!(ids(&nowhere).is_empty());
        // The ring is undone: the hall becomes a part of another place, with its stall.
        is_part(site, HALL, "https://id.gs1.org/414/4012345000054", 2).await;
        assert_eq!(find(MARKET).await, ["urn:uuid:e-1"]);
        let other = find("https://id.gs1.org/414/4012345000054").await;
        assert_eq!(other, ["urn:uuid:e-1", "urn:uuid:e-2", "urn:uuid:e-3", "urn:uuid:e-4"]);
        // Who follows a place hears of what becomes a part of it meanwhile.
        named(site, "all", json!({ "WD_readPoint": MARKET })).await;
        served(site, web::Setting::default(), async |address| {
            let path = "/epcis/queries/all/events?stream=true";
            let mut follower = Follower::connect(address, &site.token, path).await;
            is_part(site, HALL, MARKET, 3).await;
            site.post_event(&at(6, HALL)).await;
            assert_eq!(follower.events(1).await, ["urn:uuid:e-6"]);
        })
        .await;
    });
}
