//! Duties, asked for by whose they are, in the order in which they are due.

use model::{RecordId, Timestamp};

use super::super::Readings;
use super::super::questions::Question;
use super::rows::{DutyRow, parted};
use super::{moment, of_moment};
use crate::db::Row;
use crate::error::Error;

/// More offices than this are not asked one by one.
const APART: usize = 32;

/// Duties of which a question is: those for which every side holds that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branch {
    /// They are one of these accounts'.
    pub assignees: Option<Vec<String>>,
    /// They are nobody's yet.
    pub is_unassigned: bool,
    /// They are one of these offices'.
    pub offices: Option<Vec<String>>,
    /// One of these permissions is enough for them.
    pub needs: Option<Vec<String>>,
}

/// Which duties are asked for. A duty that lies in several branches is found once.
#[derive(Debug, Clone, Default)]
pub struct DutiesAsked<'a> {
    /// Whose they are.
    pub branches: &'a [Branch],
    /// Of which procedure.
    pub procedure: Option<&'a str>,
    /// Those that are pressing or overdue at a moment, and by which moment at the latest what is
    /// pressing then is overdue: so far is looked.
    pub pressing: Option<(Timestamp, Timestamp)>,
    /// Those that are overdue at a moment.
    pub overdue: Option<Timestamp>,
    /// Who must not be among those who may not do them.
    pub not_excluded: Option<&'a str>,
    /// Also what somebody outside of the office has to do.
    pub with_parties: bool,
}

/// A place in the order of duties: behind it the next page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct DutyPlace {
    /// From when on it is overdue, in µs; `i64::MAX` where that has no end.
    pub overdue_from: i64,
    /// The position of the record that opened its case.
    pub case: u64,
    /// Which of the case's it is.
    pub ordinal: u64,
}

/// A duty that was found.
#[derive(Debug, Clone)]
pub struct DutyFound {
    /// Its place.
    pub place: DutyPlace,
    /// Its case.
    pub case: RecordId,
    /// The office that is competent; empty where nobody knows.
    pub office: String,
    /// The division.
    pub region: String,
    /// The procedure.
    pub procedure: String,
    /// The state.
    pub state: String,
    /// What has to be done.
    pub row: DutyRow,
    /// What the records of the case say.
    pub entries: Vec<u8>,
}

const FOUND: &str = "SELECT d.overdue_from, d.case_position, d.ordinal, c.id, d.office, d.region, \
     d.procedure, d.state, d.kind, d.term, d.steps, d.needs, d.pressing_from, d.still_until, \
     d.is_provisional, d.assignee, d.excluded, c.entries";

impl Readings {
    /// Duties, those that are due first at the beginning; `limit` behind `after`.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn duties(
        &self,
        asked: &DutiesAsked<'_>,
        after: Option<DutyPlace>,
        limit: usize,
    ) -> Result<Vec<DutyFound>, Error> {
        let mut question = Question::default();
        let Some(places) = places(&mut question, asked, after, limit) else {
            return Ok(Vec::new());
        };
        let sql = format!(
            "{FOUND} FROM ({places}) p JOIN duty d ON d.case_position = p.case_position \
             AND d.ordinal = p.ordinal JOIN case_row c ON c.position = p.case_position \
             ORDER BY p.overdue_from, p.case_position, p.ordinal"
        );
        let (_, binds) = question.end("");
        let rows = self.db.query(&sql, binds).await?;
        rows.into_iter().map(found).collect()
    }

    /// How many duties there are, counted up to a number.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn duty_count(&self, asked: &DutiesAsked<'_>, most: usize) -> Result<u64, Error> {
        let mut question = Question::default();
        let Some(places) = places(&mut question, asked, None, most) else { return Ok(0) };
        let (_, binds) = question.end("");
        let sql = format!("SELECT COUNT(*) FROM ({places}) p");
        let row = self.db.first(&sql, binds).await?;
        row.ok_or_else(|| Error::damaged("a count without a row"))?.take(0)
    }

    /// What the records of a case say, by the position of the one that opened it first.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn case_entries(&self, case: u64) -> Result<Option<Vec<u8>>, Error> {
        let sql = "SELECT entries FROM case_row WHERE position = $1";
        let row = self.db.first(sql, vec![case.into()]).await?;
        row.map(|mut row| row.take(0)).transpose()
    }
}

fn found(mut row: Row) -> Result<DutyFound, Error> {
    let (steps, needs, excluded): (String, String, String) =
        (row.take(10)?, row.take(11)?, row.take(16)?);
    let place = DutyPlace { overdue_from: row.take(0)?, case: row.take(1)?, ordinal: row.take(2)? };
    let still_until: i64 = row.take(13)?;
    Ok(DutyFound {
        place,
        case: row.take(3)?,
        office: row.take(4)?,
        region: row.take(5)?,
        procedure: row.take(6)?,
        state: row.take(7)?,
        row: DutyRow {
            kind: row.take(8)?,
            term: row.take(9)?,
            steps: parted(&steps),
            needs: parted(&needs),
            overdue_from: of_moment(place.overdue_from),
            pressing_from: of_moment(row.take(12)?),
            still_until: (still_until != i64::MIN).then(|| Timestamp::from_micros(still_until)),
            is_provisional: row.take::<i64>(14)? != 0,
            assignee: row.take(15)?,
            excluded: parted(&excluded),
        },
        entries: row.take(17)?,
    })
}

/// The first places of a question's branches, each once, in their order. None: there can be none.
fn places(
    question: &mut Question,
    asked: &DutiesAsked<'_>,
    after: Option<DutyPlace>,
    limit: usize,
) -> Option<String> {
    let mut conditions = String::new();
    let mut and = |condition: &str| {
        conditions.push_str(" AND ");
        conditions.push_str(condition);
    };
    if let Some(after) = after {
        let [due, case, ordinal] = [
            question.bind(after.overdue_from),
            question.bind(after.case),
            question.bind(after.ordinal),
        ];
        and(&format!("(d.overdue_from, d.case_position, d.ordinal) > ({due}, {case}, {ordinal})"));
    }
    if let Some(procedure) = asked.procedure {
        let procedure = question.bind(procedure);
        and(&format!("d.procedure = {procedure}"));
    }
    if let Some((now, latest)) = asked.pressing {
        let (now, latest) = (question.bind(now), question.bind(moment(Some(latest))));
        and(&format!("d.overdue_from <= {latest}"));
        and(&format!(
            "(d.overdue_from <= {now} OR d.pressing_from <= {now} AND d.still_until <= {now})"
        ));
    }
    if let Some(now) = asked.overdue {
        let now = question.bind(now);
        and(&format!("d.overdue_from <= {now}"));
    }
    if let Some(account) = asked.not_excluded {
        let pattern = question.bind(format!("%|{account}|%"));
        and(&format!("d.excluded NOT LIKE {pattern}"));
    }
    if !asked.with_parties {
        and("d.kind <> 'party'");
    }
    let limit = question.bind(limit as u64);
    let select = "SELECT d.overdue_from, d.case_position, d.ordinal FROM duty d WHERE";
    let order = |of: &str| {
        format!(" ORDER BY {of}.overdue_from, {of}.case_position, {of}.ordinal LIMIT {limit}")
    };
    let mut parts = Vec::new();
    for branch in asked.branches {
        let mut own = conditions.clone();
        if branch.is_unassigned {
            own.push_str(" AND d.assignee IS NULL");
        }
        if let Some(needs) = &branch.needs {
            let any: Vec<String> = needs
                .iter()
                .map(|need| {
                    let pattern = question.bind(format!("%|{need}|%"));
                    format!("d.needs LIKE {pattern}")
                })
                .collect();
            match any.is_empty() {
                true => continue,
                false => own.push_str(&format!(" AND ({})", any.join(" OR "))),
            }
        }
        // Each person and each office has an order of its own: the first of each, then of all.
        match (&branch.assignees, &branch.offices) {
            (Some(accounts), offices) => {
                if let Some(offices) = offices.as_ref().filter(|offices| !offices.is_empty()) {
                    let places = question.places(offices);
                    own.push_str(&format!(" AND d.office || '' IN ({places})"));
                }
                for account in accounts {
                    let account = question.bind(account.as_str());
                    parts.push(format!("{select} d.assignee = {account}{own}"));
                }
            }
            (None, Some(offices)) if offices.len() <= APART => {
                for office in offices {
                    let office = question.bind(office.as_str());
                    parts.push(format!("{select} d.office = {office}{own}"));
                }
            }
            (None, Some(offices)) => {
                let places = question.places(offices);
                parts.push(format!("{select} d.office || '' IN ({places}){own}"));
            }
            (None, None) => parts.push(format!("{select} 1 = 1{own}")),
        }
    }
    if parts.is_empty() {
        return None;
    }
    let parts: Vec<String> =
        parts.into_iter().map(|part| format!("SELECT * FROM ({part}{}) o", order("d"))).collect();
    Some(format!("SELECT * FROM ({}) a{}", parts.join(" UNION "), order("a")))
}
