//! Credit ratings and scorecards: does a score tell good from bad, does its probability hold, what
//! does each answer cost in points, and does the population still look like the one it was built on.
//!
//! Throughout, a **higher score means a higher risk** and an outcome of `true` is the bad event
//! (a default, an offence, a failed inspection). Ties count half, by mid-ranks.
//!
//! | method | item | source | how it is checked |
//! |---|---|---|---|
//! | ROC curve, area (AUC), Gini | [`Discrimination`] | Hanley, McNeil, Radiology 143 (1982) 29 | golden |
//! | Kolmogorov-Smirnov distance | [`Discrimination::ks`] | Conover (1999) §6.3 | golden |
//! | standard error and interval of the area | [`Discrimination::auc_interval`] | DeLong, DeLong, Clarke-Pearson, Biometrics 44 (1988) 837; mid-ranks: Sun, Xu, IEEE SPL 21 (2014) 1389 | golden; the definition by pairs |
//! | difference of two areas on one sample | [`compare_auc`] | DeLong et al. (1988) eq. 5 | the definition by pairs |
//! | rank association tau-b | [`kendall_tau_b`] | Kendall (1945); counting: Knight, JASA 61 (1966) 436 | golden; the definition by pairs |
//! | Brier score and its parts | [`brier_score`], [`brier_decomposition`] | Brier (1950); Murphy, J. Appl. Meteorol. 12 (1973) 595 | golden; the identity of the parts |
//! | calibration table, Hosmer-Lemeshow | [`calibration`] | Hosmer, Lemeshow, Comm. Stat. A9 (1980) 1043 | by hand |
//! | calibration in the large | [`spiegelhalter`] | Spiegelhalter, Stat. Med. 5 (1986) 421 | by hand |
//! | points scorecard, reason codes | [`Scorecard`] | Siddiqi, Credit Risk Scorecards (2006) ch. 6 | Siddiqi's scaling example |
//! | weight of evidence, information value | [`weight_of_evidence`] | Siddiqi (2006) ch. 6 | by hand |
//! | population stability index | [`population_stability`] | Siddiqi (2006) ch. 8 | by hand; Kullback's divergence both ways |

mod association;
mod bins;
mod calibration;
mod discrimination;
mod scorecard;
mod stability;

pub use association::kendall_tau_b;
pub use bins::{BinEvidence, Evidence, weight_of_evidence};
pub use calibration::{
    BrierParts, Calibration, CalibrationGroup, Spiegelhalter, brier_decomposition, brier_score,
    calibration, spiegelhalter,
};
pub use discrimination::{AucComparison, AucInterval, Discrimination, RocPoint, compare_auc};
pub use scorecard::{
    Attribute, Characteristic, Matches, ModelAttribute, ModelCharacteristic, Reason,
    ReasonBaseline, Scaling, Scorecard, Scored, Value,
};
pub use stability::{Stability, StabilityBand, bin_counts, population_stability, quantile_edges};
