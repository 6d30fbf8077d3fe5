//! How a reader wants pages: language, colours, size of text.

use axum::http::header::{ACCEPT_LANGUAGE, COOKIE};
use axum::http::{HeaderMap, HeaderValue, Uri};

use super::headers::{cookie_name, is_secure};
use super::words::{self, Words};

/// The cookie that remembers what was chosen. It says nothing of who chose it.
const REMEMBERED: &str = "view";
/// How long it does, in seconds.
const FOR: u32 = 365 * 24 * 60 * 60;
/// The parameters of an address by which a choice is made, on any page.
const CHOICES: [&str; 3] = ["lang", "theme", "size"];

/// A language that pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese; what a reader gets who asks for neither.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Its tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::Zh => Self::En,
            Self::En => Self::Zh,
        }
    }

    /// What those who speak it call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Zh => "中文",
            Self::En => "English",
        }
    }

    /// The words in it.
    pub fn words(self) -> &'static Words {
        match self {
            Self::Zh => &words::ZH,
            Self::En => &words::EN,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let language = text.split('-').next().unwrap_or_default();
        match language.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::Zh),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    /// The language that a browser asks for most; Chinese where it names neither.
    fn accepted(headers: &HeaderMap) -> Self {
        let mut best = (0, Self::default());
        let ranges = headers.get_all(ACCEPT_LANGUAGE).iter().filter_map(|v| v.to_str().ok());
        for range in ranges.flat_map(|value| value.split(',')) {
            let (language, quality) = range.split_once(';').unwrap_or((range, "q=1"));
            let quality = quality.trim().strip_prefix("q=").and_then(|q| q.trim().parse().ok());
            let quality = (quality.unwrap_or(0.0_f32).clamp(0.0, 1.0) * 1000.0) as u16;
            if let Some(lang) = Self::parse(language.trim()).filter(|_| quality > best.0) {
                best = (quality, lang);
            }
        }
        best.1
    }
}

/// The colours of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// Its name in addresses and in the style sheet.
    pub fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::System, Self::Light, Self::Dark].into_iter().find(|theme| theme.name() == text)
    }
}

/// How a reader wants pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Prefs {
    /// The language.
    pub lang: Lang,
    /// The colours.
    pub theme: Theme,
    /// Whether text is large (长者模式).
    pub large: bool,
}

impl Prefs {
    /// What a request says: its address before its cookie before what the browser asks for.
    pub fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let mut prefs = Self::default();
        let remembered = own_cookie(headers, REMEMBERED);
        let mut parts = remembered.unwrap_or_default().split('.');
        prefs.lang = match parts.next().and_then(Lang::parse) {
            Some(lang) => lang,
            None => Lang::accepted(headers),
        };
        prefs.theme = parts.next().and_then(Theme::parse).unwrap_or_default();
        prefs.large = parts.next() == Some("large");
        for (name, value) in form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match &*name {
                "lang" => prefs.lang = Lang::parse(&value).unwrap_or(prefs.lang),
                "theme" => prefs.theme = Theme::parse(&value).unwrap_or(prefs.theme),
                "size" => prefs.large = &*value == "large",
                _ => {}
            }
        }
        prefs
    }

    /// The address without choices, and whether it had any.
    pub fn without_choices(uri: &Uri) -> Option<Uri> {
        let query = uri.query()?;
        let is_choice = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            CHOICES.contains(&name)
        };
        if !query.split('&').any(|pair| is_choice(&pair)) {
            return None;
        }
        let rest: Vec<&str> = query.split('&').filter(|pair| !is_choice(pair)).collect();
        let rest = rest.join("&");
        let mark = if rest.is_empty() { "" } else { "?" };
        format!("{}{mark}{rest}", uri.path()).parse().ok()
    }

    /// What remembers them.
    pub fn remembered(self, secure: bool) -> HeaderValue {
        let size = if self.large { "large" } else { "normal" };
        let (lang, theme) = (self.lang.tag(), self.theme.name());
        let name = cookie_name(REMEMBERED, secure);
        let secure = if secure { "; Secure" } else { "" };
        let text = format!(
            "{name}={lang}.{theme}.{size}; Path=/; Max-Age={FOR}; HttpOnly; SameSite=Lax{secure}"
        );
        HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
    }
}

/// A cookie of ours, by its name without TLS.
pub fn own_cookie<'h>(headers: &'h HeaderMap, name: &'static str) -> Option<&'h str> {
    cookie(headers, &cookie_name(name, is_secure(headers)))
}

/// A cookie of a request; none where two have the name, for one of them is not ours.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let all = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs =
        all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut found = pairs.filter(|(found, _)| *found == name).map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.parse().unwrap(), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn chinese_unless_english_is_asked_for() {
        let lang = |text| Lang::accepted(&headers(&[("accept-language", text)]));
        assert_eq!(Lang::accepted(&HeaderMap::new()), Lang::Zh);
        assert_eq!(lang("fr, *;q=0.5"), Lang::Zh);
        assert_eq!(lang("en-GB,en;q=0.9"), Lang::En);
        assert_eq!(lang("zh-CN,zh;q=0.9,en;q=0.8"), Lang::Zh);
        assert_eq!(lang("en;q=0.3, zh-TW;q=0.7"), Lang::Zh);
        assert_eq!(lang("en;q=nonsense"), Lang::Zh);
    }

    #[test]
    fn the_address_comes_before_the_cookie() {
        let uri: Uri = "/a?lang=en&q=1".parse().unwrap();
        let remembered = headers(&[("cookie", "a=b; view=zh-CN.dark.large")]);
        let prefs = Prefs::of(&uri, &remembered);
        assert_eq!(prefs, Prefs { lang: Lang::En, theme: Theme::Dark, large: true });
        assert_eq!(Prefs::without_choices(&uri), Some("/a?q=1".parse().unwrap()));
        assert_eq!(Prefs::without_choices(&"/a?q=lang".parse().unwrap()), None);
        let text = prefs.remembered(false);
        assert!(text.to_str().unwrap().starts_with("view=en.dark.large; "), "{text:?}");
    }

    #[test]
    fn a_cookie_that_is_there_twice_is_not_taken() {
        let twice = headers(&[("cookie", "s=1; s=2; t=3")]);
        assert_eq!((cookie(&twice, "s"), cookie(&twice, "t")), (None, Some("3")));
    }
}
