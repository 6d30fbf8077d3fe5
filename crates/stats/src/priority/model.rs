//! The model: a subject's own risk, and apart from it what the inspector adds.

use std::collections::HashMap;

use super::departure::{Departure, departures};
use super::explain::Explanation;
use super::logistic::{MixedLogistic, Responses, mixed_logistic};
use super::table::Table;
use super::terms::Terms;
use super::trees::{Boosted, Features, TreeOptions};
use crate::error::check;
use crate::linalg::Matrix;
use crate::{Error, Result};

/// Visits whose outcome is known: one value for each row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Visits<'a> {
    /// What was known of the subject before the visit. The inspector does not belong here.
    pub table: &'a Table,
    /// Whether the visit found what is looked for.
    pub found: &'a [bool],
    /// The day, as a number of days from any origin.
    pub day: &'a [i64],
    /// Who went.
    pub inspector: &'a [&'a str],
}

impl Visits<'_> {
    fn check(&self) -> Result<()> {
        let rows = self.table.rows();
        if rows == 0 {
            return Err(Error::Empty { what: "visits" });
        }
        check::length("findings", self.found.len(), rows)?;
        check::length("days", self.day.len(), rows)?;
        check::length("inspectors", self.inspector.len(), rows)
    }
}

/// How the model is fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// L2 penalty on the regression's coefficients, which are per two standard deviations of a
    /// number or per change of a flag.
    pub penalty: f64,
    /// The share of the regression that the own risk takes, 0 to 1; the trees learn the rest.
    pub linear_share: f64,
    /// How the trees are grown.
    pub trees: TreeOptions,
    /// How many days ago a visit counts half as much for its inspector; none counts all alike.
    pub inspector_half_life: Option<f64>,
    /// The share of an inspector's departure that is carried into a score, 0 to 1: what was seen
    /// of an inspector lasts only in part.
    pub inspector_carry: f64,
    /// The level of the intervals of the inspectors' departures.
    pub level: f64,
}

impl Default for Options {
    /// The settings that rolling validation on real inspections favoured (see the
    /// [module](super)).
    fn default() -> Self {
        Self {
            penalty: 7.5,
            linear_share: 0.5,
            trees: TreeOptions::default(),
            inspector_half_life: Some(365.0),
            inspector_carry: 0.85,
            level: 0.95,
        }
    }
}

impl Options {
    fn check(&self) -> Result<()> {
        check::non_negative("penalty", &[self.penalty])?;
        check::probability("share of the regression", self.linear_share)?;
        check::probability("carry of the inspectors", self.inspector_carry)?;
        check::level("level", self.level)?;
        if let Some(days) = self.inspector_half_life {
            check::positive("half-life of the inspectors", days)?;
        }
        self.trees.check()
    }
}

/// A fitted model.
///
/// All scores are log-odds of a finding; [`probability`](super::probability) turns them into
/// probabilities.
#[derive(Clone, Debug)]
pub struct Priority {
    terms: Terms,
    /// Of the terms, already times the regression's share.
    coefficients: Vec<f64>,
    features: Features,
    trees: Boosted,
    intercept: f64,
    carry: f64,
    /// What each inspector adds, before the carry.
    effects: HashMap<String, f64>,
    spread: f64,
    departures: Vec<Departure>,
}

impl Priority {
    /// Fits the model.
    ///
    /// First the regression with an intercept for each inspector, together; then the trees on what
    /// these leave; then the inspectors' intercepts anew beside the finished own risk, the later
    /// visits weighing more. Inspectors are told apart by who made which visit, never by name.
    ///
    /// # Errors
    /// No visits, unequal lengths, settings out of their range; findings in all visits or in none
    /// ([`Error::Constant`]); with a penalty of 0, what [`logistic`](super::logistic()) refuses.
    ///
    /// ```
    /// use stats::priority::{Column, Options, Priority, Table, Visits};
    /// // Ann and Bo share 200 like subjects; Bo finds something twice as often.
    /// let table = Table::new(vec![Column::numeric("age", (0..200).map(f64::from).collect())])?;
    /// let found: Vec<bool> = (0..200).map(|i| i % 10 < 2 || (i % 10 < 4 && i % 2 == 1)).collect();
    /// let inspector: Vec<&str> = (0..200).map(|i| if i % 2 == 0 { "Ann" } else { "Bo" }).collect();
    /// let day = vec![0; 200];
    /// let visits = Visits { table: &table, found: &found, day: &day, inspector: &inspector };
    /// let model = Priority::fit(&visits, &Options::default())?;
    /// let own = model.own_risk(&table)?;
    /// let with_bo = model.with_inspector(&table, &["Bo"; 200])?;
    /// assert_eq!(with_bo[0], own[0] + model.inspector_effect("Bo"));
    /// assert_eq!(model.with_inspector(&table, &["a stranger"; 200])?, own);
    /// let bo = &model.departures()[0];
    /// assert!(bo.inspector == "Bo" && bo.odds_ratio() > 1.0 && bo.reliability < 1.0);
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn fit(visits: &Visits<'_>, options: &Options) -> Result<Self> {
        visits.check()?;
        options.check()?;
        let Visits { table, found: outcome, .. } = *visits;
        let (names, group) = numbered(visits.inspector);
        let terms = Terms::of(table);
        let design = terms.design(table);
        let mut penalty = vec![options.penalty; design.columns()];
        penalty[0] = 0.0;
        let all = Responses { design: &design, outcome, weights: None, offset: None };
        let together = mixed_logistic(&all, &penalty, &group)?;
        let coefficients: Vec<f64> =
            together.coefficients[1..].iter().map(|b| b * options.linear_share).collect();
        let mut own: Vec<f64> =
            (0..table.rows()).map(|i| linear(&coefficients, design.row(i))).collect();

        let beside = |own: &[f64], weights| inspectors(outcome, &group, own, weights);
        let start = beside(&own, None)?;
        let offset: Vec<f64> = own
            .iter()
            .zip(&group)
            .map(|(own, &g)| own + start.coefficients[0] + start.effects[g])
            .collect();
        let features = Features::of(table);
        let numbers = features.read(table)?;
        let trees = Boosted::grow(&features, &numbers, outcome, &offset, &options.trees)?;
        for (own, score) in own.iter_mut().zip(trees.scores(&numbers)?) {
            *own += score;
        }

        let weights = options.inspector_half_life.map(|days| weights(visits.day, days));
        let last = beside(&own, weights.as_deref())?;
        Ok(Self {
            terms,
            coefficients,
            features,
            trees,
            intercept: last.coefficients[0],
            carry: options.inspector_carry,
            spread: last.spread,
            departures: departures(&names, visits, &group, &own, &last, options.level)?,
            effects: names.iter().map(|name| name.to_string()).zip(last.effects).collect(),
        })
    }

    /// The own risk of each row, in log-odds of a finding if a typical inspector went.
    ///
    /// Each row's score depends on that row alone.
    ///
    /// # Errors
    /// Columns other than those that the model was fitted on.
    pub fn own_risk(&self, table: &Table) -> Result<Vec<f64>> {
        let scores = self.trees.scores(&self.features.read(table)?)?;
        let design = self.terms.design(table);
        let rows = scores.into_iter().enumerate();
        let own = rows
            .map(|(i, score)| self.intercept + linear(&self.coefficients, design.row(i)) + score);
        Ok(own.collect())
    }

    /// What is added where `inspector` goes, in log-odds; 0 for one never seen.
    pub fn inspector_effect(&self, inspector: &str) -> f64 {
        self.effects.get(inspector).map_or(0.0, |effect| self.carry * effect)
    }

    /// The risk of a finding on each row if this inspector goes, in log-odds.
    ///
    /// # Errors
    /// Those of [`own_risk`](Self::own_risk); an inspector for each row is needed.
    pub fn with_inspector(&self, table: &Table, inspector: &[&str]) -> Result<Vec<f64>> {
        check::length("inspectors", inspector.len(), table.rows())?;
        let own = self.own_risk(table)?.into_iter().zip(inspector);
        Ok(own.map(|(own, inspector)| own + self.inspector_effect(inspector)).collect())
    }

    /// How each row's own risk comes about.
    ///
    /// The part of the regression gives each feature its coefficient times its distance from the
    /// average; that of the trees gives exact path-dependent Shapley values. Both together and the
    /// base sum to the own risk.
    ///
    /// # Errors
    /// Those of [`own_risk`](Self::own_risk).
    pub fn explain(&self, table: &Table) -> Result<Vec<Explanation>> {
        let of_trees = self.trees.contributions(&self.features.read(table)?)?;
        let design = self.terms.design(table);
        let base = self.intercept + self.trees.mean();
        let explained = of_trees.into_iter().enumerate().map(|(i, of_trees)| {
            let mut explanation = Explanation::new(base);
            let terms = self.coefficients.iter().zip(&design.row(i)[1..]);
            for (name, (b, x)) in self.terms.name_of().zip(terms) {
                explanation.add(&self.terms.names()[name], b * x);
            }
            for (name, value) in self.features.names().iter().zip(of_trees) {
                explanation.add(name, value);
            }
            explanation
        });
        Ok(explained.collect())
    }

    /// How far each inspector departs from the others, those who find the most first.
    pub fn departures(&self) -> &[Departure] {
        &self.departures
    }

    /// The standard deviation of the inspectors' intercepts, in log-odds.
    pub fn inspector_spread(&self) -> f64 {
        self.spread
    }
}

/// The inspectors in order of their first visit, and which of them made each.
fn numbered<'a>(inspector: &[&'a str]) -> (Vec<&'a str>, Vec<usize>) {
    let mut names = Vec::new();
    let mut number = HashMap::new();
    let group = inspector.iter().map(|&name| {
        *number.entry(name).or_insert_with(|| {
            names.push(name);
            names.len() - 1
        })
    });
    let group = group.collect();
    (names, group)
}

/// The regression's part of an own risk; `row` begins with the intercept's one.
fn linear(coefficients: &[f64], row: &[f64]) -> f64 {
    coefficients.iter().zip(&row[1..]).map(|(b, x)| b * x).sum()
}

/// The inspectors' intercepts beside an own risk that is given.
fn inspectors(
    outcome: &[bool],
    group: &[usize],
    own: &[f64],
    weights: Option<&[f64]>,
) -> Result<MixedLogistic> {
    let ones = Matrix::from_fn(outcome.len(), 1, |_, _| 1.0);
    let responses = Responses { design: &ones, outcome, weights, offset: Some(own) };
    mixed_logistic(&responses, &[0.0], group)
}

/// Each visit's weight: halved for every `half_life` days before the last.
fn weights(day: &[i64], half_life: f64) -> Vec<f64> {
    let last = day.iter().copied().max().unwrap_or(0);
    // A weight of 0 would leave an inspector of long ago without a case.
    let weight = |of: i64| libm::exp2(-((last - of) as f64) / half_life).max(1e-9);
    day.iter().map(|&of| weight(of)).collect()
}
