//! Every form that somebody can see is filled in with a script, sent with fields that it does not have,
//! sent from elsewhere; and no page shows the script as one.

use std::collections::BTreeSet;

use web::access::{Needs, TABLE};

use crate::account::people::{Browser, Staff};
use crate::api::search::{STEEL, known, organization};
use crate::samples::{complaint, id};
use crate::site::{Site, on_sqlite};

/// What is put into every field: it would run in an element, in an attribute and in a script.
const SCRIPT: &str = "\"'><script>alert(7)</script><img src=x onerror=alert(7)>";

/// A form of a page.
#[derive(Debug)]
struct Found {
    action: String,
    post: bool,
    files: bool,
    /// Name, type, value.
    fields: Vec<(String, String, String)>,
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = format!(" {name}=\"");
    let rest = &tag[tag.find(&start)? + start.len()..];
    Some(rest[..rest.find('"')?].replace("&#38;", "&").replace("&#34;", "\""))
}

/// The forms of a page, as a browser would send them.
fn forms(path: &str, text: &str) -> Vec<Found> {
    let one = |form: &str| {
        let form = &form[..form.find("</form>").expect("a form ends")];
        let tag = &form[..form.find('>').unwrap()];
        let mut fields: Vec<(String, String, String)> = Vec::new();
        for start in ["<input", "<textarea", "<select", "<button"] {
            for field in form.split(start).skip(1) {
                let tag = &field[..field.find('>').unwrap()];
                let Some(name) = attribute(tag, "name") else { continue };
                let kind = match start {
                    "<input" => attribute(tag, "type").unwrap_or_else(|| "text".to_owned()),
                    other => other[1..].to_owned(),
                };
                let value = match start {
                    "<select" => {
                        let options = &field[..field.find("</select>").unwrap()];
                        let values = options.split("<option").skip(1);
                        let mut values = values.filter_map(|o| attribute(o, "value"));
                        values.find(|value| !value.is_empty()).unwrap_or_default()
                    }
                    _ => attribute(tag, "value").unwrap_or_default(),
                };
                if !fields.iter().any(|(known, ..)| *known == name) {
                    fields.push((name, kind, value));
                }
            }
        }
        let action = attribute(tag, "action").unwrap_or_default();
        let action = action.split(['#', '?']).next().unwrap();
        let here = path.split('?').next().unwrap();
        Found {
            action: if action.is_empty() { here } else { action }.to_owned(),
            post: attribute(tag, "method").as_deref() == Some("post"),
            files: attribute(tag, "enctype").is_some(),
            fields,
        }
    };
    text.split("<form").skip(1).map(one).collect()
}

impl Found {
    /// The fields with the script in each that a person can write.
    fn filled(&self) -> Vec<(String, String)> {
        let filled = self.fields.iter().filter(|(_, kind, _)| kind != "file");
        let filled = filled.map(|(name, kind, value)| {
            let value = match kind.as_str() {
                "hidden" | "select" | "button" | "submit" => value.clone(),
                "date" => "2026-12-31".to_owned(),
                "number" => "1".to_owned(),
                _ => SCRIPT.to_owned(),
            };
            (name.clone(), value)
        });
        filled.collect()
    }
}

/// Pages with forms that change whether somebody can go on; the rest is tried.
fn ends_something(action: &str) -> bool {
    action == "/logout" || action == "/account/everywhere" || action.contains("/close")
}

/// The pages of a site that can be named, with what is there.
fn pages(dummy: &str) -> Vec<String> {
    let filled = |path: &str| {
        path.replace("/people/{id}", &format!("/people/{dummy}"))
            .replace("/jobs/{id}", &format!("/jobs/{}", id(1)))
            .replace("{id}", &id(1))
            .replace("{subject}", STEEL)
            .replace("{*subject}", STEEL)
            .replace("{wing}", "credit")
    };
    let gets = TABLE.iter().filter(|line| line.method == "GET");
    let pages = gets.filter(|line| !matches!(line.needs, Needs::Token));
    let pages = pages.map(|line| filled(line.path)).filter(|path| !path.contains('{'));
    let not_pages = ["/api/", "/log/", "/assets/"];
    pages.filter(|path| !not_pages.iter().any(|start| path.starts_with(start))).collect()
}

async fn populated(site: &Site) -> (Vec<(&'static str, Browser<'_>)>, String) {
    let mut draft = organization(2, STEEL, SCRIPT);
    draft["open"]["address"] = SCRIPT.into();
    known(site, &draft).await;
    // Named so that a record of its own page can be asked for.
    let mut record = complaint(1, "p-1");
    record["region"] = "420106".into();
    record["office"] = "420106".into();
    record["subjects"][0]["id"] = STEEL.into();
    record["open"]["number"] = format!("C{SCRIPT}").chars().take(50).collect::<String>().into();
    record["personal"][0]["fields"]["text"] = SCRIPT.into();
    record["personal"][0]["fields"]["complainant_name"] = SCRIPT.into();
    let known = site.stored(&record).await["position"].as_u64().unwrap() + 1;
    let when = app::reading::When { known: Some(known), valid: None };
    site.system.as_of(when).await.unwrap();
    let mut staff = Staff::start(site).await;
    let (_, dummy) = staff.somebody("dummy", "officer", "county-officer", "420106").await;
    let (county, _) = staff.somebody("county", "officer", "county-officer", "420106").await;
    let (head, _) = staff.somebody("head", "officer", "head", "420106").await;
    let (province, _) = staff.somebody("province", "officer", "provincial-officer", "420000").await;
    let (maker, _) = staff.somebody("maker", "enterprise", "enterprise", STEEL).await;
    let walkers = vec![
        ("nobody", Browser::new(site)),
        ("county", county),
        ("head", head),
        ("province", province),
        ("maker", maker),
        ("keeper", staff.keeper),
        ("guard", staff.guard),
        ("auditor", staff.auditor),
    ];
    (walkers, dummy)
}

fn is_harmless(what: &str, text: &str) {
    for raw in ["<script>alert", "<img src=x", "\"'>"] {
        assert!(!text.contains(raw), "{raw} in {what}: {text}");
    }
}

#[test]
fn no_field_that_a_person_can_write_becomes_a_script() {
    on_sqlite(async |site| {
        let (mut walkers, dummy) = populated(site).await;
        let pages = pages(&dummy);
        let mut sent: BTreeSet<String> = BTreeSet::new();
        for (name, browser) in &mut walkers {
            for path in &pages {
                let page = browser.get(path).await;
                if !page.status.is_success() {
                    continue;
                }
                is_harmless(&format!("{path} of {name}"), &page.text());
                for form in forms(path, &page.text()) {
                    if ends_something(&form.action) || form.files {
                        continue;
                    }
                    let mut body = form_urlencoded::Serializer::new(String::new());
                    body.extend_pairs(form.filled());
                    let body = body.finish();
                    let answer = match form.post {
                        true => browser.post_raw(&form.action, &body).await,
                        false => browser.get(&format!("{}?{body}", form.action)).await,
                    };
                    let what = format!("{} of {name}", form.action);
                    assert!(answer.status != 500, "{what}: {}", answer.text());
                    is_harmless(&what, &answer.text());
                    sent.insert(form.action);
                }
            }
        }
        // What was stored of it is shown to everybody afterwards, and is a text.
        let mut shown = 0;
        for (name, browser) in &mut walkers {
            for path in &pages {
                let page = browser.get(path).await;
                is_harmless(&format!("{path} of {name}"), &page.text());
                shown += usize::from(page.text().contains("&#60;script&#62;alert"));
            }
        }
        assert!(shown > 10, "the script was stored and is shown as text: {shown}");
        for action in ["/login", "/find", "/proof", "/console/search", "/console/search/purpose"] {
            assert!(sent.contains(action), "{action} was never sent: {sent:?}");
        }
        assert!(sent.iter().any(|action| action.ends_with("/roles")), "{sent:?}");
        assert!(sent.iter().any(|action| action.ends_with("/absences")), "{sent:?}");
    });
}

#[test]
fn a_form_has_the_fields_that_its_page_shows_and_no_other() {
    on_sqlite(async |site| {
        let (mut walkers, dummy) = populated(site).await;
        let mut tried = 0;
        for (name, browser) in &mut walkers {
            for path in pages(&dummy) {
                let page = browser.get(&path).await;
                if !page.status.is_success() {
                    continue;
                }
                for form in forms(&path, &page.text()) {
                    if !form.post || form.files {
                        continue;
                    }
                    for more in [("sort", "administrator"), ("is_admin", "1"), ("id", "another")] {
                        if form.fields.iter().any(|(name, ..)| name == more.0) {
                            continue;
                        }
                        let mut body = form_urlencoded::Serializer::new(String::new());
                        body.extend_pairs(form.filled()).append_pair(more.0, more.1);
                        let answer = browser.post_raw(&form.action, &body.finish()).await;
                        let what = format!("{} of {name}: {}", form.action, answer.text());
                        assert_eq!(answer.status, 400, "{what}");
                        assert!(answer.text().contains("form.malformed"), "{what}");
                        tried += 1;
                    }
                }
            }
        }
        assert!(tried > 30, "{tried}");
    });
}

#[test]
fn no_form_is_taken_that_no_page_of_this_session_sent() {
    on_sqlite(async |site| {
        let (mut walkers, dummy) = populated(site).await;
        let mut tokens: Vec<String> = Vec::new();
        let mut tried = 0;
        for (name, browser) in &mut walkers {
            for path in pages(&dummy) {
                let page = browser.get(&path).await;
                if !page.status.is_success() {
                    continue;
                }
                for form in forms(&path, &page.text()).iter().filter(|form| form.post) {
                    let token = form.fields.iter().find(|(name, ..)| name == "csrf");
                    let (.., token) = token.unwrap_or_else(|| panic!("{path} has no token"));
                    let mut others = vec![String::new(), "0".repeat(token.len())];
                    others.extend(tokens.iter().filter(|other| *other != token).cloned());
                    for other in others.iter().rev().take(3) {
                        let answer = browser.post_raw(&form.action, &format!("csrf={other}")).await;
                        let what = format!("{} of {name}: {}", form.action, answer.text());
                        // What reads files wants another media type before it looks for a token.
                        if form.files && answer.status == 415 {
                            continue;
                        }
                        assert_eq!(answer.status, 403, "{what}");
                        assert!(answer.text().contains("form.not_from_here"), "{what}");
                        tried += 1;
                    }
                    if !tokens.contains(token) {
                        tokens.push(token.clone());
                    }
                }
            }
        }
        assert!(tried > 50 && tokens.len() > 5, "{tried} {}", tokens.len());
        // Refused to somebody who is logged in, it is in the trail.
        let (_, auditor) = walkers.last_mut().unwrap();
        let trail = auditor.page("/console/system/audit?action=refuse").await;
        assert!(trail.says("form.not_from_here"), "{}", trail.text);
    });
}
