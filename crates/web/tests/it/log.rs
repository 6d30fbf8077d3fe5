//! `/log`.

use std::collections::BTreeMap;

use axum::http::Method;
use ledger::SignedCheckpoint;
use ledger::audit::{AuditOptions, audit};
use ledger::note::VerifierKey;
use ledger::tile::{TileId, TileKind};

use crate::samples::opinion;
use crate::site::{Site, on_both};

/// A file of the log, as anybody gets it.
async fn file(site: &Site, path: &str) -> Vec<u8> {
    let answer = site.ask(Method::GET, path).without("authorization").send().await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let is_checkpoint = path.ends_with("checkpoint");
    let (media, cache) = match is_checkpoint {
        true => ("text/plain; charset=utf-8", "no-cache"),
        false if path.contains(".p/") => ("application/octet-stream", "public, max-age=60"),
        false => ("application/octet-stream", "public, max-age=31536000, immutable"),
    };
    assert_eq!((answer.header("content-type"), answer.header("cache-control")), (media, cache));
    answer.body
}

#[test]
fn a_mirror_of_the_log_passes_an_audit() {
    on_both(async |site| {
        let lines: String = (1..=700).map(|number| format!("{}\n", opinion(number))).collect();
        let ask = site.ask(Method::POST, "/api/v1/records?wait=signed").lines(lines);
        assert_eq!(ask.send().await.status, 201);
        for base in ["/log/", "/log/1/"] {
            let mut mirror = BTreeMap::new();
            let note = file(site, &format!("{base}checkpoint")).await;
            let size = SignedCheckpoint::parse(&note).unwrap().checkpoint().size;
            assert!(size > 700);
            mirror.insert("checkpoint".to_owned(), note);
            let levels = (0..2).map(|level| TileKind::Hashes { level });
            for kind in levels.chain([TileKind::Entries]) {
                for tile in kind.tiles(size) {
                    let bytes = file(site, &format!("{base}{tile}")).await;
                    mirror.insert(tile.to_string(), bytes);
                }
            }
            let key = site.get("/api/v1/log").await.json()["logs"][0]["key"].clone();
            let key: VerifierKey = key.as_str().unwrap().parse().unwrap();
            let report = audit(&mirror, &AuditOptions::new(&[&key])).unwrap();
            assert_eq!(report.problem, None);
            assert_eq!(report.largest().unwrap().size, size);
        }
    });
}

#[test]
fn what_the_log_does_not_have_is_told() {
    on_both(async |site| {
        site.system.evidence().wait_for(0, std::time::Duration::from_secs(10)).await;
        let tiles = ["tile/0/001", "tile/9/000", "tile/0/00", "tile/entries/x001/000", "tile/a/b"];
        for path in tiles.into_iter().chain(["2/checkpoint", "x/checkpoint", "2/tile/0/000.p/1"]) {
            site.get(&format!("/log/{path}")).await.problem(404, "log.no_such_file");
        }
        let whole: TileId = "tile/0/000".parse().unwrap();
        site.get(&format!("/log/{whole}")).await.problem(404, "log.no_such_file");
        assert_eq!(site.get("/log/tile/0/000.p/1").await.status, 200);
        let logs = site.get("/api/v1/log").await.json();
        assert_eq!(logs["logs"][0]["files"], "/log/");
        assert_eq!(logs["logs"][0]["grows"], true);
    });
}
