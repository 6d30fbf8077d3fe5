//! The law of a pack, as a procedure asks it.

use clock::WorkingDays;
use procedure::{Deciding, NoLimit};
use rules::value::Value;

use crate::law::{AppliesBy, Direction, Parameter, Roll, Scalar, Version};
use crate::pack::Pack;

/// The law of a pack on the working days of a place, as they are known.
#[derive(Debug, Clone, Copy)]
pub struct LawOn<'a> {
    /// The pack.
    pub pack: &'a Pack,
    /// The working days.
    pub days: &'a WorkingDays,
}

/// The version that holds, each by the day that it says itself.
fn version<'a>(parameter: &'a Parameter, deciding: &Deciding) -> Option<&'a Version> {
    parameter.versions.iter().find(|version| {
        let day = match version.applies_by {
            AppliesBy::CaseStart => deciding.case_start,
            AppliesBy::TermStart => deciding.term_start,
            // Where the day of the act is not known yet, the rule of the day is asked.
            AppliesBy::ActDate => deciding.act.unwrap_or(deciding.term_start),
        };
        version.in_force.holds(day)
    })
}

fn scalar<'a>(version: &'a Version, level: Option<&str>) -> Option<&'a Scalar> {
    match (version.value.one(), level) {
        (Some(one), _) => Some(one),
        (None, Some(level)) => version.value.at(level),
        (None, None) => None,
    }
}

impl<'a> LawOn<'a> {
    /// The version of a parameter that holds; none where none is in force, or there is no such.
    pub fn version(&self, parameter: &str, deciding: &Deciding) -> Option<&'a Version> {
        version(self.pack.parameter(parameter)?, deciding)
    }
}

impl procedure::Law for LawOn<'_> {
    fn limit(
        &self,
        parameter: &str,
        deciding: &Deciding,
        level: Option<&str>,
    ) -> Result<Option<procedure::Version<'_>>, NoLimit> {
        let found = self.pack.parameter(parameter);
        let Some(found) = found.and_then(|p| Some((p.id.as_str(), version(p, deciding)?))) else {
            return Ok(None);
        };
        let (parameter, version) = found;
        let unit: clock::Unit = version.unit.parse().map_err(|_| NoLimit::NoTime)?;
        let amount = scalar(version, level).ok_or(NoLimit::Level)?;
        let amount = amount.integer().and_then(|n| u64::try_from(n).ok()).ok_or(NoLimit::NoTime)?;
        Ok(Some(procedure::Version {
            term: clock::Term { amount, unit },
            direction: match version.counts.direction {
                Direction::Forward => clock::Direction::Forward,
                Direction::Backward => clock::Direction::Backward,
            },
            roll: match version.counts.roll {
                Some(Roll::None) => clock::Roll::None,
                Some(Roll::Next) => clock::Roll::Next,
                None => clock::Roll::usual(unit),
            },
            suspended_by: &version.counts.suspended_by,
            parameter,
            law: &version.law,
            article: version.article.as_deref(),
            is_reviewed: version.is_reviewed(),
        }))
    }

    fn number(&self, parameter: &str, deciding: &Deciding, level: Option<&str>) -> Option<Value> {
        let version = version(self.pack.parameter(parameter)?, deciding)?;
        match scalar(version, level)? {
            Scalar::Integer(number) => Some(Value::Integer(*number)),
            Scalar::Decimal(text) => text.parse().ok().map(Value::Decimal),
            Scalar::Word(word) => Some(word.as_str().into()),
            Scalar::MonthDay { .. } => None,
        }
    }

    fn days(&self) -> &WorkingDays {
        self.days
    }
}
