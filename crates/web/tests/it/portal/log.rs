//! `GET /log`.

use super::story::tell;
use crate::site::on_both;

#[test]
fn the_log_shows_its_state_and_its_key() {
    on_both(async |site| {
        tell(site).await;
        let page = site.page("/log").await;
        let logs = site.get("/api/v1/log").await.json();
        let log = &logs["logs"][0];
        for said in [log["key"].as_str().unwrap(), log["origin"].as_str().unwrap()] {
            // A plus sign is nothing that HTML has to write otherwise.
            assert!(page.says(said), "{said}: {}", page.text);
        }
        assert!(page.links().contains("/log/checkpoint"));
    });
}
