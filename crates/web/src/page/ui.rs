//! Parts of pages that templates show with one word: `{{ p.icon("check") }}`, `{{ p.proof(..) }}`.
//!
//! What is larger is a template of its own in `templates/ui/`.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::words::{Words, grouped};
use super::{Page, assets};

/// A picture of `assets/icons.svg`. It says nothing that the words beside it do not.
#[derive(Debug, Clone, Copy)]
pub struct Icon(pub(super) &'static str);

impl fmt::Display for Icon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sprite, name) = (assets::ICONS, self.0);
        write!(
            f,
            "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"{sprite}#i-{name}\"/></svg>"
        )
    }
}

impl HtmlSafe for Icon {}

/// What a status means: its colour, and beside it always a shape and a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// In order.
    Ok,
    /// To be looked at.
    Warn,
    /// Wrong or dangerous.
    Danger,
    /// To be known.
    Info,
    /// Danger that comes before all else.
    Solid,
    /// Nothing in particular.
    Mute,
}

impl Tone {
    /// Its name in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Danger => "danger",
            Self::Info => "info",
            Self::Solid => "solid",
            Self::Mute => "mute",
        }
    }

    /// The shape that goes with it.
    pub fn icon(self) -> &'static str {
        match self {
            Self::Ok => "check",
            Self::Warn => "warn",
            Self::Danger => "cross",
            Self::Info => "info",
            Self::Solid => "warn",
            Self::Mute => "eye",
        }
    }
}

/// A status.
#[derive(Debug, Clone)]
pub struct Tag {
    tone: Tone,
    icon: &'static str,
    words: String,
}

impl Tag {
    /// A status in words, with the shape of its tone.
    pub fn new(tone: Tone, words: impl Into<String>) -> Self {
        Self { tone, icon: tone.icon(), words: words.into() }
    }

    /// With another shape.
    #[must_use]
    pub fn icon(self, icon: &'static str) -> Self {
        Self { icon, ..self }
    }

    /// What it says.
    pub fn words(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<span class=\"tag tag-{}\">{}", self.tone.name(), Icon(self.icon))?;
        write!(f, "{}</span>", Escaped(&self.words))
    }
}

impl HtmlSafe for Tag {}

/// A text with what HTML would take for markup written otherwise.
pub(crate) struct Escaped<'t>(pub &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..at])?;
            f.write_str(match rest.as_bytes()[at] {
                b'&' => "&#38;",
                b'<' => "&#60;",
                b'>' => "&#62;",
                b'"' => "&#34;",
                _ => "&#39;",
            })?;
            rest = &rest[at + 1..];
        }
        f.write_str(rest)
    }
}

/// Where a fact is in the evidence log; a link to where it is checked.
#[derive(Debug, Clone)]
pub struct Proof {
    w: &'static Words,
    href: String,
    index: u64,
    signed: bool,
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (class, icon, words) = match self.signed {
            true => ("proof", "shield", self.w.ui.proved),
            false => ("proof proof-wait", "clock", self.w.ui.received),
        };
        let (href, index) = (Escaped(&self.href), grouped(self.index));
        write!(f, "<a class=\"{class}\" href=\"{href}\">{}{words} ", Icon(icon))?;
        write!(f, "<span class=\"code\">{index}</span></a>")
    }
}

impl HtmlSafe for Proof {}

/// A part of a whole, as a bar; the figures stand in words beside it.
#[derive(Debug, Clone, Copy)]
pub struct Meter {
    tone: Tone,
    /// From 0 to 1000.
    permille: u64,
}

impl Meter {
    /// `part` of `whole`; nothing of nothing is an empty bar.
    pub fn new(tone: Tone, part: u64, whole: u64) -> Self {
        let permille = u128::from(part) * 1000 / u128::from(whole.max(1));
        Self { tone, permille: permille.min(1000) as u64 }
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "<svg class=\"meter meter-{}\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" \
             aria-hidden=\"true\"><rect width=\"{}\" height=\"10\"/></svg>",
            self.tone.name(),
            self.permille
        )
    }
}

impl HtmlSafe for Meter {}

/// What stands under a list: which part of it this is, the next page, the whole as a file.
#[derive(Template)]
#[template(path = "ui/pager.html")]
pub struct Pager<'p> {
    p: &'p Page,
    /// Rows on this page.
    pub shown: u64,
    /// Rows of all pages, where they were counted.
    pub total: Option<u64>,
    /// Where the next page is.
    pub next: Option<String>,
    /// Whether this is not the first page.
    pub later: bool,
}

impl HtmlSafe for Pager<'_> {}

impl<'p> Pager<'p> {
    /// The foot of a list. `next` is the cursor behind its last row.
    pub fn new(p: &'p Page, shown: usize, total: Option<u64>, next: Option<&str>) -> Self {
        let next = next.map(|cursor| p.with("after", cursor));
        let later = p.has("after");
        Self { p, shown: shown as u64, total, next, later }
    }
}

/// What is shown where a list has nothing: what would be here, and how to begin.
#[derive(Template)]
#[template(path = "ui/empty.html")]
pub struct Empty<'p> {
    p: &'p Page,
    title: String,
    text: String,
    action: Option<(String, String)>,
}

impl HtmlSafe for Empty<'_> {}

impl<'p> Empty<'p> {
    /// An empty state.
    pub fn new(p: &'p Page, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { p, title: title.into(), text: text.into(), action: None }
    }

    /// With a button: its words, where it leads.
    #[must_use]
    pub fn action(self, words: impl Into<String>, href: impl Into<String>) -> Self {
        Self { action: Some((words.into(), href.into())), ..self }
    }
}

/// One thing that the reader has to know first.
#[derive(Template)]
#[template(path = "ui/banner.html")]
pub struct Banner<'p> {
    p: &'p Page,
    tone: Tone,
    text: String,
}

impl HtmlSafe for Banner<'_> {}

impl<'p> Banner<'p> {
    /// A banner.
    pub fn new(p: &'p Page, tone: Tone, text: impl Into<String>) -> Self {
        Self { p, tone, text: text.into() }
    }
}

impl Page {
    /// A picture.
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// The badge of a fact that stands in the log at an index.
    pub fn proof(&self, record: impl std::fmt::Display, index: &u64, signed: &bool) -> Proof {
        let href = format!("/proof?q={record}");
        Proof { w: self.w, href, index: *index, signed: *signed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_are_never_markup() {
        let tag = Tag::new(Tone::Ok, "<script>'&\"").to_string();
        assert!(tag.ends_with("&#60;script&#62;&#39;&#38;&#34;</span>"), "{tag}");
    }

    #[test]
    fn a_bar_stays_within_its_frame() {
        for (part, whole, width) in
            [(0, 0, 0), (1, 2, 500), (9, 3, 1000), (u64::MAX, u64::MAX, 1000)]
        {
            let bar = Meter::new(Tone::Ok, part, whole).to_string();
            assert!(bar.contains(&format!("<rect width=\"{width}\" ")), "{bar}");
        }
    }
}
