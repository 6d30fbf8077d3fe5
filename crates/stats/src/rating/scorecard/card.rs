//! The card itself: characteristics, their attributes, and why a subject lost points.

use super::Scaling;
use crate::error::{Error, Result, check};

/// What is known of a subject about one characteristic.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A number.
    Number(f64),
    /// A category.
    Level(&'a str),
    /// Nothing.
    Missing,
}

/// Which values an attribute covers.
#[derive(Clone, Debug, PartialEq)]
pub enum Matches {
    /// Numbers of `from` or more and below `below`; either may be infinite.
    Range {
        /// The lowest number covered.
        from: f64,
        /// The lowest number no longer covered.
        below: f64,
    },
    /// One category.
    Level(String),
    /// No value.
    Missing,
    /// Whatever no other attribute of the characteristic covers.
    Other,
}

impl Matches {
    fn covers(&self, value: Value<'_>) -> bool {
        match (self, value) {
            (Self::Range { from, below }, Value::Number(x)) => *from <= x && x < *below,
            (Self::Level(level), Value::Level(x)) => level == x,
            (Self::Missing, Value::Missing) => true,
            _ => false,
        }
    }
}

/// One answer to a characteristic, with its points.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// Which values it covers.
    pub matches: Matches,
    /// What it is worth.
    pub points: f64,
    /// Its share of the population, for the average that reasons may be measured from.
    pub share: f64,
}

/// One question of the card.
#[derive(Clone, Debug, PartialEq)]
pub struct Characteristic {
    /// The reason code: what is told to a subject who lost points here.
    pub code: String,
    /// Its answers. The first that covers a value counts.
    pub attributes: Vec<Attribute>,
}

/// From where the points lost are measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReasonBaseline {
    /// From the most that the characteristic gives.
    #[default]
    Best,
    /// From what the population gets on average.
    Average,
}

/// Points lost on one characteristic.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// The reason code of the characteristic.
    pub code: String,
    /// Points below the baseline, above zero.
    pub lost: f64,
}

/// The score of one subject.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The sum of the points.
    pub points: f64,
    /// The points per characteristic, in the order of the card.
    pub by_characteristic: Vec<f64>,
    /// Every characteristic that cost points, the dearest first; ties in the order of the card.
    pub reasons: Vec<Reason>,
}

/// A points scorecard.
///
/// ```
/// use stats::rating::{Attribute, Characteristic, Matches, ReasonBaseline, Scorecard, Value};
/// let answer = |from: f64, below: f64, points: f64| Attribute {
///     matches: Matches::Range { from, below },
///     points,
///     share: 0.5,
/// };
/// let card = Scorecard::new(vec![Characteristic {
///     code: "failed inspections".into(),
///     attributes: vec![answer(0.0, 1.0, 60.0), answer(1.0, f64::INFINITY, 25.0)],
/// }])?;
/// let scored = card.score(&[Value::Number(3.0)], ReasonBaseline::Best)?;
/// assert_eq!((scored.points, scored.reasons[0].lost), (25.0, 35.0));
/// # Ok::<(), stats::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Scorecard {
    characteristics: Vec<Characteristic>,
}

/// One answer in a logistic model on weights of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelAttribute {
    /// Which values it covers.
    pub matches: Matches,
    /// Its weight of evidence (see [`crate::rating::weight_of_evidence`]).
    pub weight: f64,
    /// Its share of the population.
    pub share: f64,
}

/// One question in a logistic model on weights of evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelCharacteristic {
    /// The reason code.
    pub code: String,
    /// What a unit of weight adds to the log odds of **bad** (below zero, as a rule).
    pub coefficient: f64,
    /// Its answers.
    pub attributes: Vec<ModelAttribute>,
}

impl Scorecard {
    /// A card of given points.
    ///
    /// # Errors
    /// No characteristic, one without an attribute, points or a share that are not finite, shares
    /// below zero or all zero, an empty or unordered range.
    pub fn new(characteristics: Vec<Characteristic>) -> Result<Self> {
        if characteristics.is_empty() {
            return Err(Error::Empty { what: "characteristics" });
        }
        for characteristic in &characteristics {
            let answers = &characteristic.attributes;
            let points: Vec<f64> = answers.iter().map(|a| a.points).collect();
            let shares: Vec<f64> = answers.iter().map(|a| a.share).collect();
            check::at_least("attributes", &points, 1)?;
            check::finite("points", &points)?;
            check::non_negative("shares", &shares)?;
            let total: f64 = shares.iter().sum();
            check::within("sum of the shares", total, total > 0.0, "above zero")?;
            for answer in answers {
                if let Matches::Range { from, below } = answer.matches
                    && (from.is_nan() || below.is_nan() || from >= below)
                {
                    return Err(Error::Inconsistent {
                        what: "range of an attribute",
                        why: "it covers nothing: `from` must lie below `below`",
                    });
                }
            }
        }
        Ok(Self { characteristics })
    }

    /// The card of a logistic model: the intercept (log odds of bad) and the offset of the scale are
    /// spread evenly, as published, and points are rounded to whole ones if `whole` is set.
    ///
    /// # Errors
    /// As [`Scorecard::new`] and [`Scaling::factor`]; an intercept that is not finite.
    ///
    /// ```
    /// use stats::rating::{Matches, ModelAttribute, ModelCharacteristic, Scaling, Scorecard};
    /// let level = |name: &str, weight: f64| ModelAttribute {
    ///     matches: Matches::Level(name.into()),
    ///     weight,
    ///     share: 0.5,
    /// };
    /// let model = [ModelCharacteristic {
    ///     code: "certified".into(),
    ///     coefficient: -1.0,
    ///     attributes: vec![level("yes", 0.5), level("no", -0.5)],
    /// }];
    /// let card = Scorecard::from_model(-3.0, &model, &Scaling::default(), true)?;
    /// let points: Vec<f64> = card.characteristics()[0].attributes.iter().map(|a| a.points).collect();
    /// assert_eq!(points, [588.0, 559.0]); // 487.12 + 28.85 × (3 ± 0.5)
    /// # Ok::<(), stats::Error>(())
    /// ```
    pub fn from_model(
        intercept: f64,
        model: &[ModelCharacteristic],
        scaling: &Scaling,
        whole: bool,
    ) -> Result<Self> {
        check::finite("intercept", &[intercept])?;
        let (factor, offset) = (scaling.factor()?, scaling.offset()?);
        let even = (offset - factor * intercept) / model.len() as f64;
        let points = |coefficient: f64, weight: f64| {
            let exact = even - factor * coefficient * weight;
            if whole { exact.round() } else { exact }
        };
        let characteristic = |from: &ModelCharacteristic| Characteristic {
            code: from.code.clone(),
            attributes: from
                .attributes
                .iter()
                .map(|answer| Attribute {
                    matches: answer.matches.clone(),
                    points: points(from.coefficient, answer.weight),
                    share: answer.share,
                })
                .collect(),
        };
        Self::new(model.iter().map(characteristic).collect())
    }

    /// The characteristics with their points.
    pub fn characteristics(&self) -> &[Characteristic] {
        &self.characteristics
    }

    /// Scores one subject: one value per characteristic, in the order of the card.
    ///
    /// # Errors
    /// Another number of values; a value that no attribute covers (a NaN is such a value).
    pub fn score(&self, values: &[Value<'_>], baseline: ReasonBaseline) -> Result<Scored> {
        check::length("values", values.len(), self.characteristics.len())?;
        let mut by_characteristic = Vec::with_capacity(values.len());
        let mut reasons = Vec::new();
        for (characteristic, &value) in self.characteristics.iter().zip(values) {
            let points = characteristic.points(value)?;
            let lost = characteristic.baseline(baseline) - points;
            if lost > 0.0 {
                reasons.push(Reason { code: characteristic.code.clone(), lost });
            }
            by_characteristic.push(points);
        }
        reasons.sort_by(|a, b| b.lost.total_cmp(&a.lost));
        Ok(Scored { points: by_characteristic.iter().sum(), by_characteristic, reasons })
    }
}

impl Characteristic {
    fn points(&self, value: Value<'_>) -> Result<f64> {
        let covering = |a: &&Attribute| a.matches.covers(value);
        let other = |a: &&Attribute| a.matches == Matches::Other;
        let found = self.attributes.iter().find(covering);
        match found.or_else(|| self.attributes.iter().find(other)) {
            Some(attribute) => Ok(attribute.points),
            None => Err(Error::NoSolution {
                what: "points of a value",
                why: "no attribute covers it: add one for the value, for missing or for other",
            }),
        }
    }

    fn baseline(&self, baseline: ReasonBaseline) -> f64 {
        let answers = self.attributes.iter();
        match baseline {
            ReasonBaseline::Best => answers.map(|a| a.points).fold(f64::NEG_INFINITY, f64::max),
            ReasonBaseline::Average => {
                let total: f64 = self.attributes.iter().map(|a| a.share).sum();
                answers.map(|a| a.points * a.share).sum::<f64>() / total
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(name: &str, weight: f64, share: f64) -> ModelAttribute {
        ModelAttribute { matches: Matches::Level(name.into()), weight, share }
    }

    fn model() -> Vec<ModelCharacteristic> {
        let two = |code: &str, coefficient| ModelCharacteristic {
            code: code.into(),
            coefficient,
            attributes: vec![level("good", 0.8, 0.75), level("bad", -1.1, 0.25)],
        };
        vec![two("A", -0.9), two("B", -0.4)]
    }

    #[test]
    fn the_points_are_the_scaled_log_odds_of_the_model() {
        let scale = Scaling::default();
        let card = Scorecard::from_model(-3.0, &model(), &scale, false).unwrap();
        let values = [Value::Level("bad"), Value::Level("good")];
        let scored = card.score(&values, ReasonBaseline::Best).unwrap();
        let log_odds_of_bad: f64 = -3.0 - 0.9 * -1.1 - 0.4 * 0.8;
        assert!((scored.points - scale.points(-log_odds_of_bad).unwrap()).abs() < 1e-9);
        let p = 1.0 / (1.0 + (-log_odds_of_bad).exp());
        assert!((scale.probability_of_bad(scored.points).unwrap() - p).abs() < 1e-12);
        assert_eq!(scored.reasons.len(), 1);
        let lost = scale.factor().unwrap() * 0.9 * 1.9;
        assert!((scored.reasons[0].lost - lost).abs() < 1e-9);
    }

    #[test]
    fn reasons_by_what_they_cost() {
        let card = Scorecard::from_model(0.0, &model(), &Scaling::default(), true).unwrap();
        let values = [Value::Level("bad"); 2];
        let scored = card.score(&values, ReasonBaseline::Average).unwrap();
        let codes: Vec<&str> = scored.reasons.iter().map(|r| r.code.as_str()).collect();
        assert_eq!(codes, ["A", "B"]);
        assert_eq!(scored.points.fract(), 0.0);
    }

    #[test]
    fn refusals() {
        let card = Scorecard::from_model(0.0, &model(), &Scaling::default(), true).unwrap();
        let none = card.score(&[Value::Missing, Value::Missing], ReasonBaseline::Best);
        assert_eq!(none.unwrap_err().code(), "stats.no_solution");
        let short = card.score(&[Value::Missing], ReasonBaseline::Best);
        assert_eq!(short.unwrap_err().code(), "stats.length");
        assert_eq!(Scorecard::new(vec![]).unwrap_err().code(), "stats.empty");
    }
}
