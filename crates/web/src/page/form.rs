//! Forms that come in: their token, their size, their fields, and what is wrong with them.

use std::borrow::Cow;
use std::convert::Infallible;

use app::Fault;
use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use form_urlencoded::parse;
use futures_util::stream;
use percent_encoding::percent_decode;

use super::{Page, csrf};
use crate::body;
use crate::problem::Problem;

/// The most bytes of a form without files.
const MOST: usize = 256 << 10;

/// The most fields of a form in parts.
const MOST_FIELDS: usize = 100;

/// A form: the fields as they were sent, and what is wrong with them. A new one is empty.
#[derive(Debug, Clone, Default)]
pub struct Form {
    sent: Vec<(String, String)>,
    read: Vec<String>,
    faults: Vec<(Cow<'static, str>, String)>,
}

impl Form {
    /// A form with these fields, as they were kept.
    pub fn kept(sent: Vec<(String, String)>) -> Self {
        Self { sent, ..Self::default() }
    }

    /// All fields as they were sent, so that they can be kept.
    pub fn sent(&self) -> &[(String, String)] {
        &self.sent
    }

    /// Reads the form of a request that a page of ours sent.
    ///
    /// # Errors
    /// It was not sent from here; another media type, too large, too slow, not UTF-8, a field twice.
    pub async fn read(page: &Page, request: Request) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let media = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if let Some(boundary) = media.and_then(|media| multer::parse_boundary(media).ok()) {
            let bytes = body::small(&parts.headers, body, MOST).await?;
            return Self::admitted(page, in_parts(bytes, boundary).await?);
        }
        if !body::is_of_type(&parts.headers, "application/x-www-form-urlencoded") {
            return Err(body::wrong_type(&["application/x-www-form-urlencoded"]));
        }
        let bytes = body::small(&parts.headers, body, MOST).await?;
        let decoded: Vec<u8> = percent_decode(&bytes).collect();
        if std::str::from_utf8(&decoded).is_err() {
            return Err(malformed("the form is not UTF-8", "表单不是 UTF-8 编码"));
        }
        let pairs = parse(&bytes).map(|(name, value)| (name.into_owned(), value.into_owned()));
        Self::admitted(page, pairs.collect())
    }

    /// The form of these fields, if it holds the page's token.
    ///
    /// # Errors
    /// No token or another one; a field twice.
    pub fn admitted(page: &Page, mut sent: Vec<(String, String)>) -> Result<Self, Problem> {
        let token = sent.iter().position(|(name, _)| name == csrf::FIELD);
        let token = token.map(|at| sent.swap_remove(at).1).ok_or_else(csrf::refused)?;
        if !page.seed_sent().is_some_and(|seed| seed.admits(&token)) {
            return Err(csrf::refused());
        }
        for (at, (name, _)) in sent.iter().enumerate() {
            if sent[..at].iter().any(|(other, _)| other == name) {
                return Err(malformed("a field was sent twice", "有字段重复"));
            }
        }
        Ok(Self { sent, ..Self::default() })
    }

    /// A field as it was sent, without white space around it; empty where it was not.
    pub fn text(&mut self, name: &str) -> String {
        self.raw(name).trim().to_owned()
    }

    /// A field to the letter, as a password has to be.
    pub fn raw(&mut self, name: &str) -> String {
        self.read.push(name.to_owned());
        self.value(name).to_owned()
    }

    /// A field that must not be empty; `missing` is what is told where it is.
    pub fn required(&mut self, name: &'static str, missing: &str) -> String {
        let text = self.text(name);
        if text.is_empty() {
            self.fault(name, missing);
        }
        text
    }

    /// Says what is wrong with a field.
    pub fn fault(&mut self, name: impl Into<Cow<'static, str>>, what: impl Into<String>) {
        let name = name.into();
        if self.fault_of(&name).is_none() {
            self.faults.push((name, what.into()));
        }
    }

    /// Whether nothing is wrong.
    pub fn is_right(&self) -> bool {
        self.faults.is_empty()
    }

    /// What is wrong, in the order in which it was found: the field, the words.
    pub fn faults(&self) -> &[(Cow<'static, str>, String)] {
        &self.faults
    }

    /// What a field holds, to be shown again.
    pub fn value(&self, name: &str) -> &str {
        let found = self.sent.iter().find(|(sent, _)| sent == name);
        found.map_or("", |(_, value)| value)
    }

    /// What is wrong with a field.
    pub fn fault_of(&self, name: &str) -> Option<&str> {
        let found = self.faults.iter().find(|(field, _)| *field == name);
        found.map(|(_, what)| what.as_str())
    }

    /// Ends the reading: what nobody read must not be there.
    ///
    /// # Errors
    /// A field that the form does not have.
    pub fn finish(&self) -> Result<(), Problem> {
        match self.sent.iter().all(|(name, _)| self.read.iter().any(|read| read == name)) {
            true => Ok(()),
            false => Err(malformed(
                "a field was sent that this form does not have",
                "含有此表单没有的字段",
            )),
        }
    }
}

/// The fields of a form with files; those without a choice of file are left out.
async fn in_parts(bytes: Bytes, boundary: String) -> Result<Vec<(String, String)>, Problem> {
    let not_read = |error: multer::Error| {
        tracing::debug!(%error, "a form in parts could not be read");
        malformed("the form is cut off or malformed", "表单不完整或格式有误")
    };
    let whole = stream::iter([Ok::<_, Infallible>(bytes)]);
    let mut parts = multer::Multipart::new(whole, boundary);
    let mut fields = Vec::new();
    while let Some(part) = parts.next_field().await.map_err(not_read)? {
        let name = part.name().unwrap_or_default().to_owned();
        let is_no_file = part.file_name() == Some("");
        let bytes = part.bytes().await.map_err(not_read)?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| {
            malformed("a field or file is not UTF-8", "有字段或文件不是 UTF-8 编码")
        })?;
        if !(is_no_file && text.is_empty()) {
            fields.push((name, text));
        }
        if fields.len() > MOST_FIELDS {
            return Err(malformed("the form has too many fields", "表单字段过多"));
        }
    }
    Ok(fields)
}

/// A form that no page of ours would send.
pub fn malformed(en: &str, zh: &str) -> Problem {
    let fault = Fault::new(
        "form.malformed",
        format!("{en}; open the page again and fill it in there"),
        format!("{zh}；请重新打开页面填写"),
    );
    Problem::new(StatusCode::BAD_REQUEST, fault)
}

/// What is wrong with a form, above it: each line leads to its field.
#[derive(Template)]
#[template(path = "ui/summary.html")]
pub struct Summary<'p> {
    p: &'p Page,
    form: &'p Form,
}

impl HtmlSafe for Summary<'_> {}

/// A field of a form with its label, hint and fault.
#[derive(Template)]
#[template(path = "ui/input.html")]
pub struct Input<'p> {
    p: &'p Page,
    name: &'static str,
    label: String,
    hint: String,
    kind: &'static str,
    value: &'p str,
    fault: Option<&'p str>,
    autocomplete: &'static str,
    required: bool,
    mono: bool,
}

impl HtmlSafe for Input<'_> {}

impl<'p> Input<'p> {
    /// With words below it.
    #[must_use]
    pub fn hint(self, hint: &str) -> Self {
        Self { hint: hint.to_owned(), ..self }
    }

    /// Of another type of HTML than `text`; `area` for several lines. A password is not shown again.
    #[must_use]
    pub fn kind(self, kind: &'static str) -> Self {
        let value = if kind == "password" { "" } else { self.value };
        Self { kind, value, ..self }
    }

    /// What browsers may fill in.
    #[must_use]
    pub fn autocomplete(self, what: &'static str) -> Self {
        Self { autocomplete: what, ..self }
    }

    /// That it may be left empty.
    #[must_use]
    pub fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// For codes: letters of one width.
    #[must_use]
    pub fn mono(self) -> Self {
        Self { mono: true, ..self }
    }
}

impl Page {
    /// A field of a form.
    pub fn input<'p>(&'p self, form: &'p Form, name: &'static str, label: &str) -> Input<'p> {
        Input {
            p: self,
            name,
            label: label.to_owned(),
            hint: String::new(),
            kind: "text",
            value: form.value(name),
            fault: form.fault_of(name),
            autocomplete: "off",
            required: true,
            mono: false,
        }
    }

    /// What is wrong with a form.
    pub fn summary<'p>(&'p self, form: &'p Form) -> Summary<'p> {
        Summary { p: self, form }
    }
}
