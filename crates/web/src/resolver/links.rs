//! What a thing has links to.

use crate::page::prefs::Lang;
use crate::page::words::Words;
use crate::resolver::thing::Thing;

/// The vocabulary of link types.
pub const VOCABULARY: &str = "https://gs1.org/voc/";
/// Other spellings of it that are taken.
const SPELLINGS: [&str; 5] = [
    "gs1:",
    "https://gs1.org/voc/",
    "http://gs1.org/voc/",
    "https://ref.gs1.org/voc/",
    "https://www.gs1.org/voc/",
];

/// The link that is followed where none is asked for.
pub const DEFAULT: &str = "defaultLink";
/// The same in each language.
pub const DEFAULT_MULTI: &str = "defaultLinkMulti";

/// A sort of link, by its name in the vocabulary.
#[derive(Debug, Clone, Copy)]
pub struct LinkType {
    /// The name: `pip`.
    pub name: &'static str,
    /// What it leads to, in words.
    pub title: fn(&Words) -> &'static str,
}

/// Sorts of link that are given here.
pub const TYPES: [LinkType; 6] = [
    LinkType { name: "pip", title: |w| w.resolver.pip },
    LinkType { name: "recallStatus", title: |w| w.resolver.recall_status },
    LinkType { name: "traceability", title: |w| w.resolver.traceability },
    LinkType { name: "certificationInfo", title: |w| w.resolver.certification_info },
    LinkType { name: "registryEntry", title: |w| w.resolver.registry_entry },
    LinkType { name: "epcis", title: |w| w.resolver.epcis },
];

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Its sort, by the name in the vocabulary.
    pub of: &'static str,
    /// Where it leads, from the root of this server.
    pub href: String,
    /// What is there, in words.
    pub title: &'static str,
    /// The media type.
    pub media: &'static str,
    /// The language; none where there is only data.
    pub lang: Option<Lang>,
}

/// The name of a link type in the vocabulary, however it is spelled; none for another vocabulary.
pub fn name_of(asked: &str) -> Option<&str> {
    let name = SPELLINGS.iter().find_map(|spelling| asked.strip_prefix(spelling));
    let name = name.unwrap_or(asked);
    (!name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric())).then_some(name)
}

/// All links of a thing; `subject` is its id in the register, where it is registered.
pub fn links(thing: &Thing, subject: Option<&str>) -> Vec<Link> {
    let mut links = Vec::new();
    let page = thing.page();
    for of in &TYPES {
        let part = match of.name {
            "pip" => "",
            "recallStatus" => "#recall",
            "traceability" => "#journey",
            "certificationInfo" => "#tests",
            _ => continue,
        };
        for lang in [Lang::Zh, Lang::En] {
            links.push(Link {
                of: of.name,
                href: format!("{page}?lang={}{part}", lang.tag()),
                title: (of.title)(lang.words()),
                media: "text/html",
                lang: Some(lang),
            });
        }
    }
    if let Some(subject) = subject {
        let archive = format!("/archive/{}", crate::page::facts::in_path(subject));
        for lang in [Lang::Zh, Lang::En] {
            links.push(Link {
                of: "registryEntry",
                href: format!("{archive}?lang={}", lang.tag()),
                title: lang.words().resolver.registry_entry,
                media: "text/html",
                lang: Some(lang),
            });
        }
    }
    if let Some((id, _)) = thing.levels().first() {
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("MATCH_anyEPC", id.as_str())
            .finish();
        links.push(Link {
            of: "epcis",
            href: format!("/epcis/events?{query}"),
            title: Lang::En.words().resolver.epcis,
            media: "application/json",
            lang: None,
        });
    }
    links
}

/// The link of a sort for a reader: in their language where there is one.
pub fn chosen<'l>(links: &'l [Link], of: &str, lang: Lang) -> Option<&'l Link> {
    let mut found = links.iter().filter(|link| link.of == of);
    let first = found.clone().next();
    found.find(|link| link.lang == Some(lang)).or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_type_has_several_spellings() {
        for asked in ["gs1:pip", "https://gs1.org/voc/pip", "https://ref.gs1.org/voc/pip", "pip"] {
            assert_eq!(name_of(asked), Some("pip"), "{asked}");
        }
        for asked in ["", "gs1:", "schema:url", "https://elsewhere.example/voc/pip"] {
            assert_eq!(name_of(asked), None, "{asked}");
        }
    }

    #[test]
    fn every_sort_is_given_in_both_languages_or_in_none() {
        let thing = Thing::parse("https://id.gs1.org/01/09506000134352/10/L").unwrap();
        let links = links(&thing, Some("https://id.gs1.org/01/09506000134352"));
        for of in &TYPES {
            let found: Vec<_> = links.iter().filter(|link| link.of == of.name).collect();
            assert!(found.len() == 2 || found.len() == 1 && found[0].lang.is_none(), "{}", of.name);
        }
        let page = chosen(&links, "pip", Lang::En).unwrap();
        assert_eq!(page.href, "/item/01/09506000134352/10/L?lang=en");
    }
}
