//! Parameters of a query: each read strictly, none twice, none that is not known.

use app::Fault;
use axum::http::{StatusCode, Uri};
use clock::Date;
use model::{RecordId, Timestamp};

use crate::problem::{Item, Problem};

/// The parameters of a request that are not read yet, and what was wrong with those that are.
pub struct Query {
    pairs: Vec<(String, String)>,
    faults: Vec<Item>,
}

impl Query {
    /// The parameters of an address.
    pub fn of(uri: &Uri) -> Self {
        let text = uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(text.as_bytes());
        let pairs = pairs.map(|(name, value)| (name.into_owned(), value.into_owned()));
        let mut query = Self { pairs: pairs.collect(), faults: Vec::new() };
        let decoded = percent_encoding::percent_decode_str(text);
        if decoded.decode_utf8().is_err() {
            query.fault(None, "query.utf8", "it is not UTF-8", "不是 UTF-8 编码");
        }
        query
    }

    fn fault(&mut self, name: Option<&str>, code: &'static str, en: &str, zh: &str) {
        let shown = name.unwrap_or("?");
        let fault = Fault::new(code, format!("{shown}: {en}"), format!("参数 {shown}：{zh}"));
        self.faults.push(Item { fault, line: None, parameter: name.map(str::to_owned) });
    }

    /// A parameter as it is written; the place of its two languages is what it must look like.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        let at = self.pairs.iter().position(|(found, _)| found == name)?;
        let (_, value) = self.pairs.remove(at);
        if self.pairs.iter().any(|(found, _)| found == name) {
            self.pairs.retain(|(found, _)| found != name);
            self.fault(Some(name), "query.twice", "give it once", "只能给出一次");
            return None;
        }
        if value.chars().any(char::is_control) {
            let (en, zh) = ("it has a control character; take it out", "含有控制字符；请删除");
            self.fault(Some(name), "query.value", en, zh);
            return None;
        }
        Some(value)
    }

    /// A parameter that is read; `form` says what it must look like, in English and Chinese.
    pub fn read<T>(
        &mut self,
        name: &'static str,
        form: (&str, &str),
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let value = self.text(name)?;
        let parsed = parse(&value);
        if parsed.is_none() {
            self.wrong(name, form);
        }
        parsed
    }

    /// Says that a parameter must look otherwise.
    pub fn wrong(&mut self, name: &'static str, (en, zh): (&str, &str)) {
        let (en, zh) = (format!("it must be {en}"), format!("应为{zh}"));
        self.fault(Some(name), "query.value", &en, &zh);
    }

    /// Says that a parameter is missing.
    pub fn missing(&mut self, name: &'static str, (en, zh): (&str, &str)) {
        let (en, zh) = (format!("it is missing; give {en}"), format!("缺少此项；请给出{zh}"));
        self.fault(Some(name), "query.missing", &en, &zh);
    }

    /// A whole number.
    pub fn number(&mut self, name: &'static str) -> Option<u64> {
        let form = ("a whole number from 0", "从 0 起的整数");
        // Beyond 63 bits no database counts.
        let fits = |n: &u64| *n <= i64::MAX as u64;
        self.read(name, form, |text| digits(text)?.parse().ok().filter(fits))
    }

    /// How many to a page, at most.
    pub fn limit(&mut self, most: usize) -> usize {
        let (en, zh) = (format!("a number from 1 to {most}"), format!(" 1 至 {most} 的整数"));
        let fits = |n: &usize| (1..=most).contains(n);
        let limit = self.read("limit", (&en, &zh), |text| digits(text)?.parse().ok().filter(fits));
        limit.unwrap_or(DEFAULT_LIMIT.min(most))
    }

    /// A point in time.
    pub fn time(&mut self, name: &'static str) -> Option<Timestamp> {
        let form = (
            "a time such as 2026-11-23T09:00:00+08:00 (with + written as %2B)",
            "时间，如 2026-11-23T09:00:00+08:00（+ 写作 %2B）",
        );
        // A plus sign that was not escaped means a space in a query; no time has one.
        self.read(name, form, |text| text.replace(' ', "+").parse().ok())
    }

    /// A day.
    pub fn day(&mut self, name: &'static str) -> Option<Date> {
        let form = ("a day such as 2026-11-23", "日期，如 2026-11-23");
        self.read(name, form, |text| text.parse().ok())
    }

    /// The id of a record or batch.
    pub fn id(&mut self, name: &'static str) -> Option<RecordId> {
        self.read(name, RECORD_ID, |text| text.parse().ok())
    }

    /// Whether to wait until the log has signed.
    pub fn waits(&mut self) -> bool {
        let form = ("signed, or left out", " signed，或不填");
        self.read("wait", form, |text| (text == "signed").then_some(())).is_some()
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// All that is wrong, with what nobody asked for.
    pub fn finish(mut self) -> Result<(), Problem> {
        for (name, _) in std::mem::take(&mut self.pairs).into_iter().take(20) {
            let name: String = name.chars().filter(|c| !c.is_control()).take(40).collect();
            let (en, zh) = ("there is no such parameter here; take it out", "没有此参数；请删除");
            self.fault(Some(&name), "query.unknown", en, zh);
        }
        match self.faults.is_empty() {
            true => Ok(()),
            false => Err(Problem::of(StatusCode::BAD_REQUEST, self.faults)),
        }
    }
}

/// Records on a page where nobody says how many.
const DEFAULT_LIMIT: usize = 50;

/// What the id of a record looks like.
pub const RECORD_ID: (&str, &str) = (
    "a UUID of version 7 such as 017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
    "第 7 版 UUID，如 017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
);

/// The text, where it is nothing but digits.
fn digits(text: &str) -> Option<&str> {
    text.bytes().all(|b| b.is_ascii_digit()).then_some(text)
}

/// A part of a path that must be the id of a record or batch.
///
/// # Errors
/// What it must look like.
pub fn id_in_path(text: &str) -> Result<RecordId, Problem> {
    text.parse().map_err(|_| {
        let (en, zh) = RECORD_ID;
        let fault = Fault::new(
            "path.id",
            format!("the id in the path must be {en}"),
            format!("路径中的编号应为{zh}"),
        );
        Problem::new(StatusCode::BAD_REQUEST, fault)
    })
}
