//! What stands on a document: its lines, as they are stored, edited and shown.
//!
//! What a line says of a person stands in the personal part of the record; in the text a place is left
//! for it under a name. Where the number and the day will stand is left open in the same way until the
//! document is sealed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use pack::Shape;
use serde_json::{Map, Value, json};

use crate::fault::Fault;

/// Around the name of a place: characters for private use, which no text that is filled in keeps.
const OPENS: char = '\u{E000}';
const CLOSES: char = '\u{E001}';

/// The name of the place of the number.
pub(crate) const NUMBER: &str = "number";
/// The name of the place of the day.
pub(crate) const DATE: &str = "date";

/// The name of what is filled in by hand.
pub(crate) const BLANK: &str = "blank";

/// The most lines of a document.
const MOST_LINES: usize = 5_000;

/// The characters beyond which a cell fills so much of a page that its row may be parted: kept together,
/// it would leave the page before it empty.
const LONG_CELL: usize = 400;

/// What stands on a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Paper {
    /// The office at its head.
    pub office: String,
    /// Its title.
    pub title: String,
    /// The number of the statutory form.
    pub form: String,
    /// To whom it is addressed; empty where to nobody.
    pub addressee: String,
    /// What stands below.
    pub lines: Vec<PaperLine>,
}

/// A line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaperLine {
    /// Its shape.
    pub shape: Shape,
    /// What stands on it: of a row, its cells; else one.
    pub cells: Vec<String>,
}

/// The shapes by the words under which they are stored and the signs with which they are edited.
const SHAPES: &[(Shape, &str, &str)] = &[
    (Shape::Paragraph, "p", ""),
    (Shape::Flush, "flush", "~ "),
    (Shape::Heading, "h", "# "),
    (Shape::Centred, "centre", "= "),
    (Shape::Right, "right", "> "),
    (Shape::Row, "row", "| "),
];

/// A text that is filled in, without what could be taken for a place.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| *c != OPENS && *c != CLOSES && (!c.is_control() || *c == '\n'))
        .collect()
}

/// A place for what is filled in later, or stands elsewhere.
pub(crate) fn place(name: &str) -> String {
    format!("{OPENS}{name}{CLOSES}")
}

/// A text with its places filled in.
fn fill(text: &str, with: &impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPENS) {
        filled.push_str(before);
        match after.split_once(CLOSES) {
            Some((name, behind)) => {
                filled.push_str(&with(name));
                rest = behind;
            }
            None => rest = after,
        }
    }
    filled.push_str(rest);
    filled
}

impl Paper {
    /// With its places filled in; what is not known keeps its place where nothing is given for it.
    pub(crate) fn filled(&self, with: impl Fn(&str) -> Option<String>) -> Self {
        let with = |name: &str| with(name).unwrap_or_else(|| place(name));
        let line = |line: &PaperLine| PaperLine {
            shape: line.shape,
            cells: line.cells.iter().map(|cell| fill(cell, &with)).collect(),
        };
        Self {
            addressee: fill(&self.addressee, &with),
            lines: self.lines.iter().map(line).collect(),
            ..self.clone()
        }
    }

    /// The names of the places that are left.
    pub(crate) fn places(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let cells = self.lines.iter().flat_map(|line| &line.cells);
        for text in std::iter::once(&self.addressee).chain(cells) {
            for piece in text.split(OPENS).skip(1) {
                if let Some((name, _)) = piece.split_once(CLOSES)
                    && !names.iter().any(|known| known == name)
                {
                    names.push(name.to_owned());
                }
            }
        }
        names
    }

    /// The one text under which it is stored and of which the digest is.
    pub(crate) fn to_text(&self) -> String {
        let word = |shape: Shape| SHAPES.iter().find(|s| s.0 == shape).map_or("p", |s| s.1);
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({ "shape": word(line.shape), "cells": line.cells }))
            .collect();
        let whole = json!({
            "addressee": self.addressee, "form": self.form, "lines": lines, "office": self.office,
            "title": self.title,
        });
        String::from_utf8_lossy(&model::json::canonical(&whole)).into_owned()
    }

    /// Reads that text; none where it is none.
    pub(crate) fn of_text(text: &str) -> Option<Self> {
        let whole: Map<String, Value> = serde_json::from_str(text).ok()?;
        let said = |name: &str| Some(whole.get(name)?.as_str()?.to_owned());
        let line = |value: &Value| {
            let word = value.get("shape")?.as_str()?;
            let shape = SHAPES.iter().find(|shape| shape.1 == word)?.0;
            let cells = value.get("cells")?.as_array()?.iter();
            let cells =
                cells.map(|cell| cell.as_str().map(str::to_owned)).collect::<Option<_>>()?;
            Some(PaperLine { shape, cells })
        };
        Some(Self {
            office: said("office")?,
            title: said("title")?,
            form: said("form")?,
            addressee: said("addressee")?,
            lines: whole.get("lines")?.as_array()?.iter().map(line).collect::<Option<_>>()?,
        })
    }

    /// Its lines as somebody edits them: each with the sign of its shape, places in braces.
    pub fn to_edit(&self) -> String {
        let mut text = String::new();
        for line in &self.lines {
            let sign =
                SHAPES.iter().find(|shape| shape.0 == line.shape).map_or("", |shape| shape.2);
            let cells: Vec<String> = line
                .cells
                .iter()
                .map(|cell| {
                    let cell = cell.replace('{', "｛").replace('}', "｝").replace('\n', " ");
                    fill(&cell, &|name| format!("{{{name}}}"))
                })
                .collect();
            let _ = writeln!(text, "{sign}{}", cells.join(" | "));
        }
        text
    }

    /// With other lines, as somebody edited them. In braces may stand what stood there before.
    ///
    /// # Errors
    /// A place that was not there; too many lines; nothing at all.
    pub fn edited(&self, text: &str) -> Result<Self, Fault> {
        let known = self.places();
        let mut lines = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line = plain(line);
            let line = line.trim();
            if line.is_empty() {
                continue;
            }
            let found = SHAPES
                .iter()
                .find(|(_, _, sign)| !sign.is_empty() && line.starts_with(sign.trim_end()));
            let (shape, rest) = match found {
                Some((shape, _, sign)) => {
                    (*shape, line.strip_prefix(sign.trim_end()).unwrap_or(line).trim())
                }
                None => (Shape::Paragraph, line),
            };
            let cells: Vec<&str> = match shape {
                Shape::Row => {
                    rest.strip_suffix('|').unwrap_or(rest).split('|').map(str::trim).collect()
                }
                _ => vec![rest],
            };
            let cells = cells.into_iter().map(|cell| with_places(cell, &known, at + 1));
            lines.push(PaperLine { shape, cells: cells.collect::<Result<_, _>>()? });
        }
        let wrong = |en: String, zh: String| Fault::new("document.text", en, zh).at("/text");
        if lines.is_empty() {
            return Err(wrong(
                "the document is empty; write what stands on it".into(),
                "文书内容为空；请填写".into(),
            ));
        }
        if lines.len() > MOST_LINES {
            return Err(wrong(
                format!("a document has at most {MOST_LINES} lines; make it shorter"),
                format!("文书最多 {MOST_LINES} 行；请精简"),
            ));
        }
        Ok(Self { lines, ..self.clone() })
    }

    /// What stands on it in HTML, without what is around it: classes only, no style of its own. What is
    /// not filled in is a line to write on.
    pub fn to_html(&self, number: Option<&str>) -> String {
        let mut html = String::new();
        let blank = "<span class=\"paper-blank\"></span>";
        let text = |text: &str| fill(&escaped(text), &|_| blank.to_owned());
        let mut put = |line: String| {
            html.push_str(&line);
            html.push('\n');
        };
        if !self.form.is_empty() {
            put(format!("<p class=\"paper-form\">文书格式{}</p>", escaped(&self.form)));
        }
        put(format!("<p class=\"paper-office\">{}</p>", escaped(&self.office)));
        put(format!("<h2 class=\"paper-title\">{}</h2>", escaped(&self.title)));
        if let Some(number) = number {
            put(format!("<p class=\"paper-number\">{}</p>", escaped(number)));
        }
        if !self.addressee.is_empty() {
            put(format!("<p class=\"paper-flush\">{}：</p>", text(&self.addressee)));
        }
        let mut in_table = false;
        for line in &self.lines {
            let is_row = line.shape == Shape::Row;
            if is_row != in_table {
                put(if is_row { "<table class=\"paper-table\">" } else { "</table>" }.to_owned());
                in_table = is_row;
            }
            let class = match line.shape {
                Shape::Row => {
                    put(row(&line.cells, &text));
                    continue;
                }
                Shape::Heading => "paper-heading",
                Shape::Centred => "paper-centred",
                Shape::Right => "paper-right",
                Shape::Flush => "paper-flush",
                Shape::Paragraph | Shape::Rest => "paper-text",
            };
            let tag = if line.shape == Shape::Heading { "h3" } else { "p" };
            for part in line.cells.iter().flat_map(|cell| cell.split('\n')) {
                put(format!("<{tag} class=\"{class}\">{}</{tag}>", text(part)));
            }
        }
        if in_table {
            put("</table>".to_owned());
        }
        html
    }
}

/// A row of four columns: a name and what it is of, twice or once.
fn row(cells: &[String], text: &impl Fn(&str) -> String) -> String {
    let is_long = cells.iter().any(|cell| cell.chars().count() > LONG_CELL);
    let mut html = if is_long { "<tr class=\"paper-long\">" } else { "<tr>" }.to_owned();
    for (at, cell) in cells.iter().enumerate() {
        let is_name = at % 2 == 0 && cells.len() > 1;
        let tag = if is_name { "th scope=\"row\"" } else { "td" };
        let is_last = at + 1 == cells.len();
        // What stands in the last cell reaches to the edge.
        let span = if is_last && cells.len() < 4 { 4 - at.min(3) } else { 1 };
        let span = if span > 1 { format!(" colspan=\"{span}\"") } else { String::new() };
        let close = if is_name { "th" } else { "td" };
        let cell = text(cell).replace('\n', "<br>");
        let _ = write!(html, "<{tag}{span}>{cell}</{close}>");
    }
    html.push_str("</tr>");
    html
}

fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            c => html.push(c),
        }
    }
    html
}

/// A cell with the places that stand in it in braces.
fn with_places(cell: &str, known: &[String], line: usize) -> Result<String, Fault> {
    let mut text = String::new();
    let mut rest = cell;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            text.push('{');
            rest = after;
            continue;
        };
        if !known.iter().any(|place| place == name) {
            let all: Vec<String> = known.iter().map(|place| format!("{{{place}}}")).collect();
            let all = all.join(" ");
            return Err(Fault::new(
                "document.place",
                format!("line {line}: {{{name}}} is no place of this document; it has {all}"),
                format!("第 {line} 行：{{{name}}} 不是本文书的填充项；可用：{all}"),
            )
            .at("/text"));
        }
        text.push_str(&place(name));
        rest = behind;
    }
    text.push_str(rest);
    Ok(text)
}

/// What a document says of persons, by the names of the places.
pub(crate) type Personal = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::*;

    fn paper() -> Paper {
        let line = |shape, cells: &[&str]| PaperLine {
            shape,
            cells: cells.iter().map(|cell| (*cell).to_owned()).collect(),
        };
        Paper {
            office: "武汉市市场监督管理局".into(),
            title: "行政处罚决定书".into(),
            form: String::new(),
            addressee: place("case.complainant_name"),
            lines: vec![
                line(Shape::Heading, &["违法事实"]),
                line(Shape::Paragraph, &["销售<不合格>商品"]),
                line(Shape::Row, &["罚款", "5000元"]),
                line(Shape::Right, &[&place(DATE)]),
            ],
        }
    }

    #[test]
    fn a_paper_is_stored_and_read_the_same() {
        let text = paper().to_text();
        assert_eq!(Paper::of_text(&text), Some(paper()));
        assert_eq!(paper().places(), ["case.complainant_name", "date"]);
        let filled = paper().filled(|name| (name == DATE).then(|| "2026年1月2日".to_owned()));
        assert_eq!(filled.places(), ["case.complainant_name"]);
        assert_eq!(Paper::of_text("[]"), None);
    }

    #[test]
    fn a_row_that_fills_a_page_may_be_parted_and_others_not() {
        let mut long = paper();
        long.lines[2].cells[1] = "字".repeat(LONG_CELL);
        assert!(!long.to_html(None).contains("paper-long"));
        long.lines[2].cells[1].push('字');
        assert!(long.to_html(None).contains("<tr class=\"paper-long\"><th"));
    }

    #[test]
    fn lines_are_edited_with_their_signs_and_no_other_places() {
        let before = paper();
        assert_eq!(before.edited(&before.to_edit()), Ok(before.clone()));
        let changed = before.edited("~ 抬头\n\n| 罚款 | 6000元 |\n日期 {date}").unwrap();
        assert_eq!(changed.lines.len(), 3);
        assert_eq!(changed.lines[1].cells, ["罚款", "6000元"]);
        assert_eq!(changed.lines[2].cells, [format!("日期 {}", place(DATE))]);
        assert_eq!(before.edited("{case.secret}").unwrap_err().code, "document.place");
        assert_eq!(before.edited(" \n").unwrap_err().code, "document.text");
    }

    #[test]
    fn html_has_nothing_of_the_texts_own() {
        let html = paper().to_html(Some("武市监处罚〔2026〕1号"));
        assert!(html.contains("销售&lt;不合格&gt;商品") && html.contains("〔2026〕1号"));
        assert!(html.contains("<th scope=\"row\">罚款</th><td colspan=\"3\">5000元</td>"));
        assert!(!html.contains(OPENS) && html.contains("paper-blank"));
        let evil = "\u{E000}x<script>\u{E001}";
        assert!(!plain(evil).contains(OPENS));
    }
}
