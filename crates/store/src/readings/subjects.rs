//! What the readings are asked of subjects: the records that name them.

use std::fmt::Write;

use super::questions::{Question, before, head};
use super::{AsOf, Head, Readings};
use crate::db::{Row, Statement};
use crate::error::Error;

/// A record that counts and names a subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectHead {
    /// The record.
    pub head: Head,
    /// Its kind.
    pub kind: String,
    /// The roles in which it names the subject, in the order of their names.
    pub roles: Vec<String>,
}

impl Readings {
    /// The heads that name a subject, of some kinds or all, newest first; `limit` records behind
    /// `after`. All records of the subject are looked through until there are so many: for few kinds
    /// among many records see [`heads_of`](Self::heads_of).
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn subject_page(
        &self,
        subject: &str,
        as_of: AsOf,
        kinds: Option<&[String]>,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<SubjectHead>, Error> {
        let mut pages = self.subject_pages(&[subject], as_of, kinds, after, limit).await?;
        Ok(pages.pop().unwrap_or_default())
    }

    /// As [`subject_page`](Self::subject_page) of several subjects: the page of each, in their order,
    /// all in one question.
    ///
    /// # Errors
    /// As there.
    pub async fn subject_pages(
        &self,
        subjects: &[&str],
        as_of: AsOf,
        kinds: Option<&[String]>,
        after: Option<Head>,
        limit: usize,
    ) -> Result<Vec<Vec<SubjectHead>>, Error> {
        if kinds.is_some_and(<[String]>::is_empty) {
            return Ok(vec![Vec::new(); subjects.len()]);
        }
        let page = |subject: &&str| page(subject, as_of, kinds, after, limit);
        self.heads_by_roles(subjects.iter().map(page).collect()).await
    }

    /// The heads of some kinds that name a subject, for each of some subjects with its kinds, in their
    /// order, of each the newest first: all of them, but for those that name it before the `most` newest
    /// times. They are found by subject and kind, however many other records name the subject.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn heads_of(
        &self,
        subjects: &[(&str, &[String])],
        as_of: AsOf,
        most: usize,
    ) -> Result<Vec<Vec<SubjectHead>>, Error> {
        let events = self.plan.events();
        let question = |(subject, kinds): &(&str, &[String])| {
            // Events have no place in the index by kind.
            match events.is_some_and(|events| kinds.iter().any(|kind| kind == events)) {
                true => page(subject, as_of, Some(kinds), None, most),
                false => of_kinds(subject, kinds, events, as_of, most),
            }
        };
        self.heads_by_roles(subjects.iter().map(question).collect()).await
    }

    /// The heads that each of some questions finds, where each row is a head, its kind and a role.
    async fn heads_by_roles(
        &self,
        questions: Vec<Statement>,
    ) -> Result<Vec<Vec<SubjectHead>>, Error> {
        self.db.query_all(questions).await?.into_iter().map(by_roles).collect()
    }
}

fn page(
    subject: &str,
    as_of: AsOf,
    kinds: Option<&[String]>,
    after: Option<Head>,
    limit: usize,
) -> Statement {
    let mut question = Question::default();
    let named = question.bind(subject);
    let (valid_at, position) = before(as_of.valid, after);
    let (valid_at, position) = (question.bind(valid_at), question.bind(position));
    // A record may name the subject in more than one role; a page is of records.
    question.add(&format!(
        "SELECT p.valid_at, p.position, s.kind, s.role FROM (SELECT DISTINCT h.valid_at, \
         h.position FROM subject_record h WHERE h.subject = {named} \
         AND (h.valid_at, h.position) < ({valid_at}, {position})"
    ));
    if let Some(kinds) = kinds {
        let places = question.places(kinds);
        question.and(&format!("h.kind IN ({places})"));
    }
    question.and_each_counts("h.position", as_of.known);
    let limit = question.bind(limit as u64);
    let (sql, binds) = question.end(&format!(
        " ORDER BY h.valid_at DESC, h.position DESC LIMIT {limit}) p \
         JOIN subject_record s ON s.subject = {named} AND s.valid_at = p.valid_at \
         AND s.position = p.position ORDER BY p.valid_at DESC, p.position DESC, s.role"
    ));
    Statement::new(sql, binds)
}

fn of_kinds(
    subject: &str,
    kinds: &[String],
    events: Option<&str>,
    as_of: AsOf,
    most: usize,
) -> Statement {
    let mut question =
        Question::begin("SELECT h.valid_at, h.position, h.kind, h.role FROM subject_record h");
    let named = question.bind(subject);
    let places = question.places(kinds);
    let valid = question.bind(as_of.valid);
    let mut asked = format!(
        " {{by_kind}} WHERE h.subject = {named} AND h.kind IN ({places}) AND h.valid_at <= {valid}"
    );
    if let Some(events) = events {
        // As the index says it, so that it is taken.
        let _ = write!(asked, " AND h.kind <> '{events}'");
    }
    question.add(&asked);
    question.and_each_counts("h.position", as_of.known);
    let most = question.bind(most as u64);
    // Not by the order of the table: it would be read whole.
    let (sql, binds) = question
        .end(&format!(" ORDER BY h.valid_at + 0 DESC, h.position DESC, h.role LIMIT {most}"));
    Statement::new(sql, binds)
}

fn by_roles(rows: Vec<Row>) -> Result<Vec<SubjectHead>, Error> {
    let mut heads: Vec<SubjectHead> = Vec::with_capacity(rows.len());
    for mut row in rows {
        let (head, role) = (head(&mut row)?, row.take(3)?);
        match heads.last_mut().filter(|last| last.head == head) {
            Some(last) => last.roles.push(role),
            None => heads.push(SubjectHead { head, kind: row.take(2)?, roles: vec![role] }),
        }
    }
    Ok(heads)
}
