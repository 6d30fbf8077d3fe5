//! Proficiency tests: laboratories measure the same thing, and each is told how far off it is.
//!
//! The assigned value and its spread come from the participants by robust statistics
//! ([`algorithm_a`], [`algorithm_s`]) or from a reference; each result gets a score ([`z_score`],
//! [`z_prime_score`], [`zeta_score`], [`en_score`]); and the items sent round must be alike
//! ([`homogeneity`]) and keep ([`stability`]).
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | robust mean and standard deviation | [`algorithm_a`] | ISO 13528:2015 C.3.1 (Algorithm A) | golden, each iteration |
//! | pooled standard deviation | [`algorithm_s`] | ISO 13528:2015 C.4 (Algorithm S); ISO 5725-5 | golden; the factors of Table C.1 |
//! | scaled median absolute deviation, normalised interquartile range | [`scaled_mad`], [`normalised_iqr`] | ISO 13528:2015 C.2.2, C.2.3 | golden |
//! | z, z', zeta, En | [`z_score`] and others | ISO 13528:2015 9.4 to 9.7 | golden |
//! | homogeneity | [`homogeneity`] | ISO 13528:2015 B.2, B.3; expanded: Fearn, Thompson, Analyst 126 (2001) 1414 | copper in soya flour, IUPAC Harmonized Protocol (2006) appendix 1 |
//! | stability | [`stability`] | ISO 13528:2015 B.5 | by hand |

mod homogeneity;
mod order;
mod robust;
mod scores;
mod stability;

pub use homogeneity::{Cochran, Homogeneity, homogeneity};
pub use order::{median, normalised_iqr, scaled_mad};
pub use robust::{
    AlgorithmA, AlgorithmAOptions, Constants, Step, algorithm_a, algorithm_s, algorithm_s_factors,
};
pub use scores::{Verdict, en_score, z_prime_score, z_score, zeta_score};
pub use stability::{Stability, stability};
