//! Heads of a kind in the order of their positions: for reading all of them.

use rules::filter::Filter;

use super::questions::Question;
use super::scope::within;
use super::{AsOf, Readings, Regions, Scope};
use crate::error::Error;

impl Readings {
    /// The positions of heads of a planned kind of which a filter holds, in their order, from one
    /// on; what [`kind_count_within`](Self::kind_count_within) counts.
    ///
    /// # Errors
    /// As [`kind_page`](Self::kind_page).
    #[allow(clippy::too_many_arguments)] // a question has that many sides
    pub async fn kind_heads_from(
        &self,
        kind: &str,
        filter: Option<&Filter>,
        regions: Regions<'_>,
        scopes: Option<&[Scope]>,
        as_of: AsOf,
        from: u64,
        limit: usize,
    ) -> Result<Vec<u64>, Error> {
        let kind = self.planned(kind)?;
        if regions.is_none() || scopes.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        let mut question = Question::default();
        let (from, valid) = (question.bind(from), question.bind(as_of.valid));
        let table = &kind.table;
        question.add(&format!(
            "SELECT k.position FROM \"{table}\" k WHERE k.position >= {from} \
             AND k.valid_at + 0 <= {valid}"
        ));
        self.and_holds(&mut question, kind, filter)?;
        within(&mut question, scopes);
        regions.scanned(&mut question);
        question.and_each_counts("k.position", as_of.known);
        let limit = question.bind(limit as u64);
        let (sql, binds) = question.end(&format!(" ORDER BY k.position LIMIT {limit}"));
        let rows = self.db.query(&sql, binds).await?;
        rows.into_iter().map(|mut row| row.take(0)).collect()
    }
}
