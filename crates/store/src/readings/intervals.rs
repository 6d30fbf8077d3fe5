//! When records count, for what follows the readings in memory.

use super::Readings;
use crate::error::Error;
use crate::standing::among;

/// Values in one question.
const ASKED: usize = 1024;
/// Neighbours from here on are asked for as a range.
const NEIGHBOURS: usize = 64;

/// A record counts for who knows more than `from` records and no more than `until`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The record.
    pub position: u64,
    /// The position of the record by which it began to count.
    pub from: u64,
    /// The position of the record by which it ceased to; `u64::MAX` where there is none.
    pub until: u64,
}

impl Readings {
    /// The intervals in which some merged records count, in the order of the positions, which are to
    /// rise; none for a record that never counted.
    ///
    /// # Errors
    /// [`Error::Unavailable`], [`Error::Damaged`].
    pub async fn when_counting(&self, positions: &[u64]) -> Result<Vec<Interval>, Error> {
        let mut found = Vec::with_capacity(positions.len());
        for run in runs(positions) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            const ORDER: &str = " ORDER BY position, from_position";
            const WANTED: &str = "SELECT position, from_position, until_position FROM effect \
                 WHERE position";
            let rows = if run.len() >= NEIGHBOURS {
                let sql = format!("{WANTED} BETWEEN $1 AND $2{ORDER}");
                self.db().query(&sql, vec![(*first).into(), (*last).into()]).await?
            } else {
                let values = run.iter().map(|position| (*position).into()).collect();
                let mut question = among(&format!("{WANTED} IN"), values);
                question.sql.to_mut().push_str(ORDER);
                self.db().query(&question.sql, question.binds).await?
            };
            for mut row in rows {
                let (position, from, until): (u64, u64, i64) =
                    (row.take(0)?, row.take(1)?, row.take(2)?);
                let until = if until == i64::MAX { u64::MAX } else { until as u64 };
                found.push(Interval { position, from, until });
            }
        }
        Ok(found)
    }
}

/// Rising positions as long runs of neighbours and short lists of others.
fn runs(positions: &[u64]) -> Vec<&[u64]> {
    let mut pieces = Vec::new();
    let (mut others, mut at) = (0, 0);
    for run in positions.chunk_by(|a, b| a + 1 == *b) {
        if run.len() >= NEIGHBOURS {
            let before = positions.get(others..at).unwrap_or_default();
            pieces.extend(before.chunks(NEIGHBOURS - 1));
            pieces.extend(run.chunks(ASKED).filter(|chunk| chunk.len() >= NEIGHBOURS));
            let rest = run.len() % ASKED;
            if rest > 0 && rest < NEIGHBOURS {
                pieces.extend(run.get(run.len() - rest..));
            }
            others = at + run.len();
        }
        at += run.len();
    }
    pieces.extend(positions.get(others..).unwrap_or_default().chunks(NEIGHBOURS - 1));
    pieces
}

#[cfg(test)]
mod tests {
    use super::runs;

    #[test]
    fn every_position_is_asked_for_once_in_order() {
        let mut positions: Vec<u64> = (0..300).map(|n| n * 3).collect();
        positions.extend(2_000..2_000 + 1024 + 3);
        positions.extend([8_000, 8_002]);
        positions.extend(9_000..9_070);
        let pieces = runs(&positions);
        assert_eq!(pieces.concat(), positions);
        let is_range = |piece: &&[u64]| piece[piece.len() - 1] - piece[0] + 1 == piece.len() as u64;
        assert!(pieces.iter().all(|piece| piece.len() < 64 || is_range(piece)));
    }
}
