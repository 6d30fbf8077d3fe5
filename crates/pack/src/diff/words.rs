//! Sentences about changes, in Chinese and English.

use codes::Label;

use super::{Change, Facet, What};

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// The same in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Phrase {
    /// In one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Zh => &self.zh,
            Language::En => &self.en,
        }
    }

    /// A text that is the same in both.
    pub(super) fn same(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { zh: text.clone(), en: text }
    }
}

impl From<&Label> for Phrase {
    fn from(label: &Label) -> Self {
        Self { zh: label.zh.clone(), en: label.en.clone() }
    }
}

impl Change {
    /// The change as a sentence.
    pub fn say(&self, language: Language) -> String {
        match language {
            Language::Zh => self.say_in_chinese(),
            Language::En => self.say_in_english(),
        }
    }

    fn say_in_english(&self) -> String {
        let mut name = format!("{} {}", self.area, self.id);
        if !self.label.en.is_empty() && self.label.en != self.id {
            name.push_str(&format!(" ({})", self.label.en));
        }
        if let Some(since) = &self.since {
            name.push_str(&format!(" from {since}"));
        }
        match &self.what {
            What::Added(None) => format!("new {name}"),
            What::Added(Some(summary)) => format!("new {name}: {}", summary.en),
            What::Removed => format!("{name} is gone"),
            What::Changed { facet, from: Some(from), to: Some(to) } => {
                format!("{name}: {facet} changes from {} to {}", from.en, to.en)
            }
            What::Changed { facet, from: None, to: Some(to) } => {
                format!("{name}: {facet} is now {}, where nothing was said", to.en)
            }
            What::Changed { facet, from: Some(from), .. } => {
                format!("{name}: {facet} is no longer said; it was {}", from.en)
            }
            What::Changed { facet, .. } => format!("{name}: {facet} changes"),
            What::Moved { facet, gained, lost } => {
                let mut moves = Vec::new();
                if !gained.is_empty() {
                    moves.push(format!("gains {}", gained.join(", ")));
                }
                if !lost.is_empty() {
                    moves.push(format!("loses {}", lost.join(", ")));
                }
                if moves.is_empty() {
                    let order =
                        if *facet == Facet::Order { "changes" } else { "changes its order" };
                    moves.push(order.to_owned());
                }
                format!("{name}: {facet} {}", moves.join(" and "))
            }
        }
    }

    fn say_in_chinese(&self) -> String {
        let mut name = format!("{} {}", self.area.zh(), self.id);
        if !self.label.zh.is_empty() && self.label.zh != self.id {
            name.push_str(&format!("（{}）", self.label.zh));
        }
        if let Some(since) = &self.since {
            name.push_str(&format!("，自{since}起"));
        }
        match &self.what {
            What::Added(None) => format!("新增：{name}"),
            What::Added(Some(summary)) => format!("新增：{name}：{}", summary.zh),
            What::Removed => format!("删除：{name}"),
            What::Changed { facet, from: Some(from), to: Some(to) } => {
                format!("{name}：{}由“{}”改为“{}”", facet.zh(), from.zh, to.zh)
            }
            What::Changed { facet, from: None, to: Some(to) } => {
                format!("{name}：{}原未规定，现为“{}”", facet.zh(), to.zh)
            }
            What::Changed { facet, from: Some(from), .. } => {
                format!("{name}：{}原为“{}”，现不再规定", facet.zh(), from.zh)
            }
            What::Changed { facet, .. } => format!("{name}：{}有变化", facet.zh()),
            What::Moved { facet, gained, lost } => {
                let mut moves = Vec::new();
                if !gained.is_empty() {
                    moves.push(format!("增加{}", gained.join("、")));
                }
                if !lost.is_empty() {
                    moves.push(format!("减少{}", lost.join("、")));
                }
                if moves.is_empty() {
                    let order = if *facet == Facet::Order { "变化" } else { "的排列变化" };
                    moves.push(order.to_owned());
                }
                format!("{name}：{}{}", facet.zh(), moves.join("，"))
            }
        }
    }
}
