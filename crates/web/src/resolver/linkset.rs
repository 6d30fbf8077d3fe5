//! All links of a thing as one document (RFC 9264), as the resolver standard has it.

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use serde_json::{Map, Value, json};

use super::links::{DEFAULT, DEFAULT_MULTI, Link, VOCABULARY};
use crate::page::prefs::Lang;

/// The media type.
pub const LINKSET_JSON: &str = "application/linkset+json";
/// What makes JSON-LD of it, as the resolver standard says.
const CONTEXT: &str = "<https://ref.gs1.org/standards/resolver/linkset-context>; rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"";

/// The document. `anchor` is the thing, `base` this server.
pub fn document(anchor: &str, base: &str, name: &str, lang: Lang, links: &[Link]) -> Value {
    let target = |link: &Link| {
        let mut target = Map::new();
        target.insert("href".to_owned(), format!("{base}{}", link.href).into());
        target.insert("title".to_owned(), link.title.into());
        target.insert("type".to_owned(), link.media.into());
        if let Some(lang) = link.lang {
            target.insert("hreflang".to_owned(), json!([lang.tag()]));
        }
        Value::Object(target)
    };
    let mut context = Map::new();
    context.insert("anchor".to_owned(), anchor.into());
    if !name.is_empty() {
        context.insert("itemDescription".to_owned(), name.into());
    }
    let pages: Vec<&Link> = links.iter().filter(|link| link.of == "pip").collect();
    if let Some(page) = pages.iter().find(|link| link.lang == Some(lang)).or(pages.first()) {
        context.insert(format!("{VOCABULARY}{DEFAULT}"), json!([target(page)]));
        let all: Vec<Value> = pages.iter().map(|link| target(link)).collect();
        context.insert(format!("{VOCABULARY}{DEFAULT_MULTI}"), all.into());
    }
    for link in links {
        let of = context.entry(format!("{VOCABULARY}{}", link.of)).or_insert_with(|| json!([]));
        if let Value::Array(targets) = of {
            targets.push(target(link));
        }
    }
    json!({ "linkset": [context] })
}

/// The document as an answer.
pub fn answer(document: &Value, media: &'static str) -> Response {
    let mut response = Response::new(Body::from(document.to_string()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media));
    headers.append(header::LINK, HeaderValue::from_static(CONTEXT));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resolver::links::links;
    use crate::resolver::thing::Thing;

    #[test]
    fn a_linkset_is_as_the_published_one() {
        let thing = Thing::parse("https://id.gs1.org/01/09506000134376").unwrap();
        let links = links(&thing, None);
        let base = "https://trace.example";
        let anchor = format!("{base}{}", thing.path());
        let ours = document(&anchor, base, "Thing", Lang::Zh, &links);
        let path = testkit::testdata().join("trace/dl-resolver/Documentation/linkset.json");
        let theirs: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let (ours, theirs) = (&ours["linkset"][0], &theirs["linkset"][0]);
        // What theirs says of a thing ours says in the same words.
        for member in ["anchor", "itemDescription"] {
            assert!(theirs[member].is_string() && ours[member].is_string(), "{member}");
        }
        for of in [DEFAULT, DEFAULT_MULTI, "pip"] {
            let of = format!("{VOCABULARY}{of}");
            for target in theirs[&of].as_array().unwrap() {
                let own = ours[&of][0].as_object().unwrap();
                let known = ["href", "title", "type", "hreflang"];
                for name in
                    target.as_object().unwrap().keys().filter(|n| known.contains(&n.as_str()))
                {
                    assert!(own.contains_key(name), "{of} {name}");
                }
            }
        }
        assert_eq!(ours["https://gs1.org/voc/defaultLink"].as_array().unwrap().len(), 1);
        assert_eq!(ours["https://gs1.org/voc/defaultLinkMulti"].as_array().unwrap().len(), 2);
    }
}
