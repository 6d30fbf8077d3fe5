//! The thing that an address names.

use app::Fault;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use codes::Mode;
use codes::gs1::{CANONICAL_DOMAIN, DigitalLink, Element};
use model::SubjectId;

use crate::page::headers::is_secure;
use crate::problem::Problem;

/// A thing, by a GS1 key with its qualifiers.
#[derive(Debug, Clone)]
pub struct Thing {
    link: DigitalLink,
    path: String,
}

impl Thing {
    /// The thing that the path of a request names, behind `before`: with all of the query that is data.
    ///
    /// # Errors
    /// What is wrong with the key, in words; 400.
    pub fn of(uri: &Uri, before: &str) -> Result<Self, Problem> {
        let text = uri.path_and_query().map_or(uri.path(), |all| all.as_str());
        let text = text.strip_prefix(before).unwrap_or(text);
        let slash = if text.starts_with('/') { "" } else { "/" };
        Self::parse(&format!("{CANONICAL_DOMAIN}{slash}{text}"))
    }

    /// The thing that a Digital Link on any domain names.
    ///
    /// # Errors
    /// As [`of`](Self::of).
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let link = DigitalLink::parse(text, Mode::Strict).map_err(|error| {
            let fault = Fault::new("resolver.link", error.to_string(), error.zh());
            Problem::new(StatusCode::BAD_REQUEST, fault)
        })?;
        Ok(Self::from_link(link.value))
    }

    /// The thing of a link.
    pub fn from_link(link: DigitalLink) -> Self {
        let uri = link.to_uri();
        let path = uri.strip_prefix(CANONICAL_DOMAIN).unwrap_or(&uri);
        let path = path.split_once('?').map_or(path, |(path, _)| path).to_owned();
        Self { link, path }
    }

    /// Its path, in one spelling: `/01/09506000134352/10/ABC123`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The address of its page.
    pub fn page(&self) -> String {
        format!("/item{}", self.path)
    }

    /// The key: its application identifier and what it is.
    pub fn key(&self) -> &Element {
        self.link.key()
    }

    /// What an application identifier says, of key and qualifiers.
    pub fn said(&self, ai: &str) -> Option<&str> {
        let elements = std::iter::once(self.link.key()).chain(self.link.qualifiers());
        let mut found = elements.filter(|element| element.ai().digits() == ai);
        found.next().map(|element| element.value().text())
    }

    /// Key, qualifiers and attributes, in the order of the address.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        std::iter::once(self.link.key()).chain(self.link.qualifiers()).chain(self.link.attributes())
    }

    /// Parameters of the query that are no data, such as `linkType`.
    pub fn parameters(&self) -> &[(String, String)] {
        self.link.parameters()
    }

    /// The data of the query, as `name=value` pairs.
    pub fn attributes(&self) -> Vec<(String, String)> {
        let attributes = self.link.attributes().iter();
        let pair = |e: &Element| (e.ai().digits().to_owned(), e.value().text().to_owned());
        attributes.map(pair).collect()
    }

    /// What it is called in records and events, the most particular first: the item, its lot, its
    /// product; with the path of each.
    pub fn levels(&self) -> Vec<(SubjectId, String)> {
        let mut chains: Vec<Vec<Element>> = Vec::new();
        let key = self.link.key().clone();
        let qualifiers = self.link.qualifiers();
        let of = |ai: &str| qualifiers.iter().find(|element| element.ai().digits() == ai);
        // What tells an item apart, then what tells lots apart.
        for telling in [&["21", "235", "8011", "254"][..], &["10"][..]] {
            if let Some(element) = telling.iter().find_map(|ai| of(ai)) {
                chains.push(vec![key.clone(), element.clone()]);
            }
        }
        chains.push(vec![key]);
        let levels = chains.iter().filter_map(|elements| {
            let link = DigitalLink::from_elements(elements).ok()?;
            let id: SubjectId = link.to_canonical().parse().ok()?;
            Some((id, Self::from_link(link).path))
        });
        levels.collect()
    }
}

/// Where this server is, as whoever asks names it: `https://trace.example`.
pub fn origin(headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let fits = |host: &&str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
        !host.is_empty() && host.len() < 256 && host.bytes().all(plain)
    };
    let scheme = if is_secure(headers) { "https" } else { "http" };
    format!("{scheme}://{}", host.filter(fits).unwrap_or("localhost"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_is_of_a_lot_and_of_a_product() {
        let uri: Uri = "/01/9506000134352/10/A%2FB/21/7?17=261231&linkType=all".parse().unwrap();
        let thing = Thing::of(&uri, "").unwrap();
        assert_eq!(thing.path(), "/01/09506000134352/10/A%2FB/21/7");
        let levels = thing.levels();
        let ids: Vec<&str> = levels.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!(
            ids,
            [
                "https://id.gs1.org/01/09506000134352/21/7",
                "https://id.gs1.org/01/09506000134352/10/A%2FB",
                "https://id.gs1.org/01/09506000134352",
            ]
        );
        assert_eq!(thing.attributes(), [("17".to_owned(), "261231".to_owned())]);
        assert_eq!(thing.said("10"), Some("A/B"));
    }

    #[test]
    fn what_is_wrong_is_told() {
        let uri: Uri = "/item/01/9506000134351".parse().unwrap();
        let problem = Thing::of(&uri, "/item").unwrap_err();
        assert_eq!(problem.status(), StatusCode::BAD_REQUEST);
        assert_eq!(problem.code(), "resolver.link");
    }

    #[test]
    fn every_key_of_the_standard_has_a_route() {
        for ai in super::super::KEYS {
            assert!(codes::gs1::ApplicationIdentifier::find(ai).is_some(), "{ai}");
        }
        assert_eq!(super::super::KEYS.len(), codes::gs1::primary_keys().count());
        for ai in codes::gs1::primary_keys() {
            assert!(super::super::KEYS.contains(&ai), "{ai}");
        }
    }

    #[test]
    fn a_name_of_the_host_is_no_way_in() {
        let mut headers = HeaderMap::new();
        assert_eq!(origin(&headers), "http://localhost");
        headers.insert(header::HOST, "trace.example:8420".parse().unwrap());
        assert_eq!(origin(&headers), "http://trace.example:8420");
        headers.insert(header::HOST, "a\"><script>".parse().unwrap());
        assert_eq!(origin(&headers), "http://localhost");
    }
}
