//! Points scorecards with reason codes.
//!
//! Points here run the customary way: **more points, less risk**. The scale says how many points
//! double the odds of good to bad, and which score stands for which odds (Siddiqi 2006, ch. 6).

mod card;
mod scaling;

pub use card::{
    Attribute, Characteristic, Matches, ModelAttribute, ModelCharacteristic, Reason,
    ReasonBaseline, Scorecard, Scored, Value,
};
pub use scaling::Scaling;
