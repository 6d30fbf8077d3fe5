//! Composite indices and rankings: from indicators to one number, and how sure its rank is.
//!
//! Two roads lead here. An **index over a tree** takes each indicator (a column with one value per
//! unit, `None` where it is missing) through [`denominate`], [`impute`], [`treat`] and
//! [`normalise`] and averages up a [`Tree`] by [`aggregate`]; [`rank_uncertainty`] tells how far a
//! unit's rank hangs on those choices. A **decision matrix** ([`DecisionMatrix`], alternatives by
//! criteria, nothing missing) is weighted by its own spread ([`DecisionMatrix::entropy_weights`],
//! [`DecisionMatrix::critic_weights`]) or by judgement ([`ahp`]) and ordered by TOPSIS or VIKOR.
//!
//! Scores that are published must be the same on every machine to the last byte: sums run in a
//! fixed order whatever the number of threads, and logarithms, exponentials and powers are those
//! of `libm`, never the platform's.
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | dividing by size | [`denominate`] | OECD/JRC Handbook on Constructing Composite Indicators (2008) §1.5 | golden |
//! | missing values | [`impute`] | Handbook §1.3 | golden (mean); by hand |
//! | outliers: Winsorising by skewness and kurtosis, then logarithm | [`treat`] | Handbook §1.5, JRC practice; skewness and kurtosis: Joanes, Gill, The Statistician 47 (1998) 183 (G1, G2) | golden; by hand |
//! | min-max, z-score, rank, target and others | [`normalise`] | Handbook §1.5 | golden (min-max); by hand |
//! | arithmetic, geometric, harmonic, power mean over a tree | [`aggregate`] | Handbook §1.7 | golden; by hand |
//! | Copeland outranking | [`Aggregation::Copeland`] | Munda, Nardo (2005) | by hand |
//! | AHP weights, consistency ratio | [`ahp`] | Saaty (1980), The Analytic Hierarchy Process | golden |
//! | entropy weights | [`DecisionMatrix::entropy_weights`] | Shannon; Hwang, Yoon (1981) §4.3 | golden |
//! | CRITIC weights | [`DecisionMatrix::critic_weights`] | Diakoulaki, Mavrotas, Papayannakis, C&OR 22 (1995) 763 | golden |
//! | TOPSIS | [`DecisionMatrix::topsis`] | Hwang, Yoon (1981) ch. 3 | golden |
//! | VIKOR, compromise set | [`DecisionMatrix::vikor`] | Opricovic, Tzeng, EJOR 156 (2004) 445 | golden; by hand |
//! | rank intervals by Monte Carlo | [`rank_uncertainty`] | Saisana, Saltelli, Tarantola, JRSS A 168 (2005) 307 | no spread without noise; two units by hand |

mod aggregate;
mod ahp;
mod columns;
mod impute;
mod ln;
mod matrix;
mod normalise;
mod outliers;
mod rank;
mod rank_uncertainty;
mod topsis;
mod tree;
mod vikor;
mod weights;

pub use aggregate::{AggregateOptions, Aggregated, Aggregation, aggregate};
pub use ahp::{Ahp, ahp, ahp_of_group, random_index};
pub use columns::{Column, denominate};
pub use impute::{Imputation, impute};
pub use matrix::DecisionMatrix;
pub use normalise::{Direction, Normalisation, normalise};
pub use outliers::{SecondTreatment, Shape, Treated, Treatment, TreatmentOptions, shape, treat};
pub use rank::{Ties, rank, rank_best_first};
pub use rank_uncertainty::{
    RankInterval, RankUncertainty, RankUncertaintyOptions, rank_uncertainty,
};
pub use topsis::Distance;
pub use tree::{Node, Tree};
pub use vikor::Vikor;
