//! How a score comes about.

/// What one feature adds to a subject's own risk.
#[derive(Clone, Debug, PartialEq)]
pub struct Contribution {
    /// The name of the column.
    pub name: String,
    /// In log-odds, against the average subject; above 0 raises the risk.
    pub value: f64,
}

/// A subject's own risk taken apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The own risk of the average subject, in log-odds; the same for all.
    pub base: f64,
    /// What each feature adds.
    pub contributions: Vec<Contribution>,
}

impl Explanation {
    pub(super) fn new(base: f64) -> Self {
        Self { base, contributions: Vec::new() }
    }

    /// Adds to the feature `name`.
    pub(super) fn add(&mut self, name: &str, value: f64) {
        match self.contributions.iter_mut().find(|c| c.name == name) {
            Some(contribution) => contribution.value += value,
            None => self.contributions.push(Contribution { name: name.into(), value }),
        }
    }

    /// The own risk: the base and all contributions, in log-odds.
    pub fn sum(&self) -> f64 {
        self.base + self.contributions.iter().map(|c| c.value).sum::<f64>()
    }

    /// The `n` features that raise the risk most, the strongest first; those that do not raise it
    /// are left out.
    pub fn reasons(&self, n: usize) -> Vec<&Contribution> {
        let mut raising: Vec<_> = self.contributions.iter().filter(|c| c.value > 0.0).collect();
        raising.sort_by(|a, b| b.value.total_cmp(&a.value).then_with(|| a.name.cmp(&b.name)));
        raising.truncate(n);
        raising
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_of_both_parts_is_told_once() {
        let mut explanation = Explanation::new(-2.0);
        for (name, value) in [("age", 0.5), ("trade", -0.25), ("age", 0.25), ("heat", 1.0)] {
            explanation.add(name, value);
        }
        assert_eq!(explanation.contributions.len(), 3);
        assert_eq!(explanation.sum(), -0.5);
        let names: Vec<&str> = explanation.reasons(2).iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["heat", "age"]);
        assert_eq!(explanation.reasons(9).len(), 2);
    }
}
