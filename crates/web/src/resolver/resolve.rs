//! From the address in a code to what is asked for of the thing.

use std::sync::Arc;

use app::Fault;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::Response;

use super::links::{self, DEFAULT, DEFAULT_MULTI, Link, VOCABULARY};
use super::linkset::{self, LINKSET_JSON};
use super::thing::{Thing, origin};
use crate::page::Page;
use crate::page::prefs::Lang;
use crate::problem::Problem;
use crate::site::Site;

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// One link, by its name in the vocabulary.
    One(String),
    /// All links, as a document of a media type.
    All(&'static str),
}

/// `GET` of an address: one link is followed by a redirection, all links are a document.
///
/// # Errors
/// 400 for what is no address of a thing, 404 for a thing of which nothing is known and for a sort of
/// link that it does not have; a fault of the store.
pub async fn resolve(
    State(site): State<Arc<Site>>,
    page: Page,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let thing = Thing::of(&uri, "")?;
    let asked = asked(&thing, &headers)?;
    let known = site.system.thing_known(&thing.levels()).await?;
    let Some(known) = known else { return Err(unknown(thing.path())) };
    let lang = page.prefs.lang;
    let links = links::links(&thing, known.register.as_deref());
    let base = origin(&headers);
    let mut response = match &asked {
        Asked::All(media) => {
            let anchor = format!("{base}{}", thing.path());
            linkset::answer(&linkset::document(&anchor, &base, &known.name, lang, &links), media)
        }
        Asked::One(name) => {
            let of = if name == DEFAULT || name == DEFAULT_MULTI { "pip" } else { name };
            let link = links::chosen(&links, of, lang).ok_or_else(|| no_link(name, &links))?;
            redirection(&thing, link)
        }
    };
    mark(response.headers_mut(), &thing, &links, lang);
    Ok(response)
}

/// `OPTIONS` of an address: what a page elsewhere may ask.
pub async fn options() -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    open_to_all(headers);
    headers.insert(header::ALLOW, HeaderValue::from_static("GET,HEAD,OPTIONS"));
    let methods = HeaderValue::from_static("GET, HEAD, OPTIONS");
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods);
    let names = HeaderValue::from_static("Accept, Accept-Language");
    headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names);
    response
}

fn asked(thing: &Thing, headers: &HeaderMap) -> Result<Asked, Problem> {
    let mut types = thing.parameters().iter().filter(|(name, _)| name == "linkType");
    let asked = types.next().map(|(_, value)| value.as_str());
    if types.next().is_some() {
        let fault = Fault::new(
            "resolver.link_type",
            "linkType stands twice; give it once",
            "linkType 出现两次；只能给出一次",
        );
        return Err(Problem::new(StatusCode::BAD_REQUEST, fault));
    }
    let wanted = accepted(headers);
    match asked {
        Some("all" | "linkset") => Ok(Asked::All(wanted.unwrap_or(LINKSET_JSON))),
        None => Ok(wanted.map_or_else(|| Asked::One(DEFAULT.to_owned()), Asked::All)),
        Some(text) => match links::name_of(text) {
            Some(name) => Ok(Asked::One(name.to_owned())),
            None => {
                let (en, zh) = (
                    format!(
                        "linkType={text} is no link type of {VOCABULARY}; ask for linkType=all to see which there are"
                    ),
                    format!(
                        "linkType={text} 不是 {VOCABULARY} 的链接类型；可用 linkType=all 查看全部链接"
                    ),
                );
                Err(Problem::new(StatusCode::BAD_REQUEST, Fault::new("resolver.link_type", en, zh)))
            }
        },
    }
}

/// The media type of a linkset that is asked for rather than a page.
fn accepted(headers: &HeaderMap) -> Option<&'static str> {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    for range in accepted.flat_map(|value| value.split(',')) {
        match range.split(';').next().unwrap_or_default().trim() {
            "text/html" | "*/*" => return None,
            LINKSET_JSON => return Some(LINKSET_JSON),
            "application/json" => return Some("application/json"),
            "application/ld+json" => return Some("application/ld+json"),
            _ => {}
        }
    }
    None
}

/// To where a link leads; the data of the query go along, as the standard asks.
fn redirection(thing: &Thing, link: &Link) -> Response {
    let (place, part) = link.href.split_once('#').unwrap_or((&link.href, ""));
    let mut place = place.to_owned();
    for (name, value) in thing.attributes() {
        let pair =
            form_urlencoded::Serializer::new(String::new()).append_pair(&name, &value).finish();
        place.push(if place.contains('?') { '&' } else { '?' });
        place.push_str(&pair);
    }
    if !part.is_empty() {
        place.push('#');
        place.push_str(part);
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    if let Ok(place) = HeaderValue::try_from(place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    response
}

fn open_to_all(headers: &mut HeaderMap) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers
        .insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Link, Location"));
}

/// What every answer bears: where all links are, and those of the reader's language.
fn mark(headers: &mut HeaderMap, thing: &Thing, links: &[Link], lang: Lang) {
    open_to_all(headers);
    let path = thing.path();
    let mut add = |text: String| {
        if let Ok(value) = HeaderValue::try_from(text) {
            headers.append(header::LINK, value);
        }
    };
    add(format!("<{path}?linkType=linkset>; rel=\"linkset\"; type=\"{LINKSET_JSON}\""));
    for link in links.iter().filter(|link| link.lang.is_none_or(|own| own == lang)) {
        let hreflang = link.lang.map(|l| format!("; hreflang=\"{}\"", l.tag())).unwrap_or_default();
        let (href, of, media) = (&link.href, link.of, link.media);
        add(format!("<{href}>; rel=\"{VOCABULARY}{of}\"; type=\"{media}\"{hreflang}"));
    }
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
}

fn no_link(name: &str, links: &[Link]) -> Problem {
    let mut has: Vec<String> = links.iter().map(|link| format!("gs1:{}", link.of)).collect();
    has.dedup();
    let has = has.join(", ");
    let fault = Fault::new(
        "resolver.no_such_link",
        format!("this thing has no link of the type gs1:{name}; it has {has}"),
        format!("此物没有 gs1:{name} 类型的链接；现有 {has}"),
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}

/// The problem of a thing of which nothing is known.
pub fn unknown(path: &str) -> Problem {
    let fault = Fault::new(
        "resolver.unknown",
        format!(
            "the code {path} is well formed, but nothing is known of the thing here; compare the code on the package, or ask the maker"
        ),
        format!("编码 {path} 格式正确，但这里没有该物的任何记录；请核对包装上的编码，或询问生产者"),
    );
    Problem::new(StatusCode::NOT_FOUND, fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked_of(query: &str, accept: &str) -> Result<Asked, Problem> {
        let thing = Thing::parse(&format!("https://a.example/01/09506000134352{query}"))?;
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, accept.parse().unwrap());
        asked(&thing, &headers)
    }

    #[test]
    fn people_are_led_on_and_programs_get_the_set() {
        let browser = "text/html,application/xhtml+xml,*/*;q=0.8";
        let one = |name: &str| Asked::One(name.to_owned());
        assert_eq!(asked_of("", browser).unwrap(), one(DEFAULT));
        assert_eq!(asked_of("", "*/*").unwrap(), one(DEFAULT));
        assert_eq!(asked_of("", LINKSET_JSON).unwrap(), Asked::All(LINKSET_JSON));
        assert_eq!(asked_of("", "application/json").unwrap(), Asked::All("application/json"));
        assert_eq!(asked_of("?linkType=all", browser).unwrap(), Asked::All(LINKSET_JSON));
        assert_eq!(
            asked_of("?linkType=gs1:recallStatus", LINKSET_JSON).unwrap(),
            one("recallStatus")
        );
        assert_eq!(asked_of("?linkType=x:y", browser).unwrap_err().code(), "resolver.link_type");
        assert!(asked_of("?linkType=gs1:pip&linkType=all", browser).is_err());
    }

    #[test]
    fn data_of_the_query_go_along() {
        let thing = Thing::parse("https://a.example/01/09506000134352?17=261231").unwrap();
        let link = Link {
            of: "traceability",
            href: "/item/01/09506000134352?lang=en#journey".to_owned(),
            title: "",
            media: "text/html",
            lang: None,
        };
        let response = redirection(&thing, &link);
        assert_eq!(response.status(), StatusCode::TEMPORARY_REDIRECT);
        let place = response.headers()[header::LOCATION].to_str().unwrap();
        assert_eq!(place, "/item/01/09506000134352?lang=en&17=261231#journey");
    }
}
