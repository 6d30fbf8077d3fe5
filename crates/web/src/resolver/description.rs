//! `GET /.well-known/gs1resolver`: what this resolver can do, for programs.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::KEYS;
use super::links::{TYPES, VOCABULARY};
use super::thing::origin;
use crate::page::prefs::Lang;
use crate::site::Site;

/// The description, as the resolver standard has it.
pub async fn description(State(site): State<Arc<Site>>, headers: HeaderMap) -> Response {
    let document = document(&origin(&headers), &site.place.en);
    let mut response = Response::new(Body::from(document.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    response
}

fn document(root: &str, place: &str) -> Value {
    let mut active = Map::new();
    for lang in [Lang::Zh, Lang::En] {
        let of = TYPES.iter().map(|of| {
            let title = (of.title)(lang.words());
            let said = json!({
                "title": title,
                "description": title,
                "url": format!("{VOCABULARY}{}", of.name),
            });
            (format!("gs1:{}", of.name), said)
        });
        active.insert(lang.tag().to_owned(), Value::Object(of.collect()));
    }
    json!({
        "name": format!("Zhiheng {place}"),
        "resolverRoot": root,
        "supportedLinkType": [{ "namespace": VOCABULARY, "prefix": "gs1:" }],
        "supportedPrimaryKeys": KEYS,
        "linkTypeDefaultCanBeLinkset": true,
        "supportsLanguageVariants": true,
        "supportsSemanticInterpretation": false,
        "validatesAIcombinations": true,
        "contact": { "fn": place },
        "activeLinkTypes": active,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_the_published_one_says() {
        let ours = document("https://trace.example", "Hubei");
        let path =
            testkit::testdata().join("trace/dl-resolver/web_server/src/public/gs1resolver.json");
        let theirs: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        for name in ["name", "resolverRoot", "supportedLinkType", "supportedPrimaryKeys", "contact"]
        {
            let (ours, theirs) = (&ours[name], &theirs[name]);
            assert_eq!(std::mem::discriminant(ours), std::mem::discriminant(theirs), "{name}");
        }
        let known = theirs["activeLinkTypes"]["en"].as_object().unwrap();
        for (lang, of) in ours["activeLinkTypes"].as_object().unwrap() {
            for name in of.as_object().unwrap().keys() {
                // The published file has one name without its prefix.
                let bare = name.trim_start_matches("gs1:");
                assert!(known.contains_key(name) || known.contains_key(bare), "{lang} {name}");
            }
        }
    }
}
