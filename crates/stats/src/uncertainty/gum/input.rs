//! What is known of an input quantity, in short.

/// An input quantity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Input {
    /// Its estimate.
    pub estimate: f64,
    /// The standard uncertainty of the estimate.
    pub standard_uncertainty: f64,
    /// How many degrees of freedom that uncertainty has; infinite if it is certain.
    pub degrees_of_freedom: f64,
    /// Inputs whose uncertainties come from one and the same assessment (readings taken together, one
    /// pooled standard deviation) carry the same number here and count once among the effective
    /// degrees of freedom; `None` for one assessed by itself.
    pub assessment: Option<u32>,
}

impl Input {
    /// An input assessed by itself, with a standard uncertainty that is certain.
    pub fn new(estimate: f64, standard_uncertainty: f64) -> Self {
        Self { estimate, standard_uncertainty, degrees_of_freedom: f64::INFINITY, assessment: None }
    }

    /// The same input with so many degrees of freedom.
    #[must_use]
    pub fn with_degrees_of_freedom(self, degrees_of_freedom: f64) -> Self {
        Self { degrees_of_freedom, ..self }
    }
}
