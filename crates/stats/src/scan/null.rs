//! What the data would look like if nothing were unusual.

use super::draw::{Weighted, binomial, poisson};
use crate::random::Random;

/// A distribution of the cases over the cells, which are held by location and then by period.
pub(super) trait Null: Sync {
    /// How many cells.
    fn cells(&self) -> usize;

    /// More cases than a draw ever has in all.
    fn most(&self) -> f64;

    /// Draws the cases of every cell.
    fn draw(&self, random: &mut Random, cells: &mut [u32]);
}

/// Independent cases, each in a cell with a chance in proportion to its expected number.
pub(super) struct Multinomial {
    weighted: Weighted,
    weights: Vec<f64>,
    total: Total,
}

/// How many cases a draw has.
#[derive(Clone, Copy)]
pub(super) enum Total {
    /// As many as the data.
    Fixed(u64),
    /// A Poisson number with this mean: the cells are then independent Poisson numbers.
    Poisson(f64),
}

impl Multinomial {
    pub fn new(expected: &[f64], total: Total) -> Self {
        Self {
            weighted: Weighted::new(expected),
            weights: expected.to_vec(),
            total,
        }
    }
}

impl Null for Multinomial {
    fn cells(&self) -> usize {
        self.weights.len()
    }

    fn most(&self) -> f64 {
        match self.total {
            Total::Fixed(total) => total as f64,
            // Beyond this the chance is below 1e-200.
            Total::Poisson(mean) => mean + 40.0 * mean.sqrt() + 200.0,
        }
    }

    fn draw(&self, random: &mut Random, cells: &mut [u32]) {
        let total = match self.total {
            Total::Fixed(total) => total,
            Total::Poisson(mean) => poisson(random, mean),
        };
        // A case costs a few nanoseconds, a binomial number some hundred.
        if total < 40 * cells.len() as u64 {
            cells.fill(0);
            for _ in 0..total {
                cells[self.weighted.draw(random)] += 1;
            }
            return;
        }
        let mut cases = total;
        let mut weight: f64 = self.weights.iter().sum();
        for (cell, &own) in cells.iter_mut().zip(&self.weights) {
            let share = if weight > 0.0 { own / weight } else { 0.0 };
            let drawn = binomial(random, cases, share.min(1.0));
            *cell = drawn as u32;
            cases -= drawn;
            weight -= own;
        }
        // Rounding may leave a case or so over where the last weights are tiny.
        for _ in 0..cases {
            cells[self.weighted.draw(random)] += 1;
        }
    }
}

/// The cases fall on people at random, no one twice (Kulldorff's Bernoulli model given the total).
pub(super) struct WithoutReplacement {
    weighted: Weighted,
    population: Vec<f64>,
    cases: u64,
    /// The number of people who are no case, where these are fewer and so are drawn instead.
    others: Option<u64>,
}

impl WithoutReplacement {
    pub fn new(population: &[f64], cases: u64) -> Self {
        let others = population.iter().sum::<f64>() - cases as f64;
        let whole = population.iter().all(|people| people.fract() == 0.0);
        Self {
            weighted: Weighted::new(population),
            population: population.to_vec(),
            cases,
            others: (whole && others < cases as f64).then_some(others as u64),
        }
    }
}

impl Null for WithoutReplacement {
    fn cells(&self) -> usize {
        self.population.len()
    }

    fn most(&self) -> f64 {
        self.cases as f64
    }

    fn draw(&self, random: &mut Random, cells: &mut [u32]) {
        cells.fill(0);
        let mut left = self.others.unwrap_or(self.cases);
        while left > 0 {
            let cell = self.weighted.draw(random);
            // Any person is as likely as any other; one who was drawn before is drawn anew.
            let drawn = f64::from(cells[cell]);
            let people = self.population[cell];
            if drawn == 0.0 || random.unit() * people >= drawn {
                cells[cell] += 1;
                left -= 1;
            }
        }
        if self.others.is_some() {
            for (cell, people) in cells.iter_mut().zip(&self.population) {
                *cell = *people as u32 - *cell;
            }
        }
    }
}

/// The periods of the cases are shuffled: places and periods keep their totals (Kulldorff and
/// others 2005, PLoS Medicine 2, e59).
pub(super) struct Shuffled {
    by_location: Vec<u32>,
    periods_of_cases: Vec<u32>,
    periods: usize,
}

impl Shuffled {
    /// Whole numbers by location and then by period.
    pub fn new(cells: &[f64], periods: usize) -> Self {
        let mut by_period = vec![0u32; periods];
        let mut by_location = Vec::new();
        for cells in cells.chunks_exact(periods) {
            by_location.push(cells.iter().sum::<f64>() as u32);
            for (sum, &cases) in by_period.iter_mut().zip(cells) {
                *sum += cases as u32;
            }
        }
        let periods_of_cases = by_period
            .iter()
            .enumerate()
            .flat_map(|(period, &cases)| std::iter::repeat_n(period as u32, cases as usize))
            .collect();
        Self {
            by_location,
            periods_of_cases,
            periods,
        }
    }
}

impl Null for Shuffled {
    fn cells(&self) -> usize {
        self.by_location.len() * self.periods
    }

    fn most(&self) -> f64 {
        self.periods_of_cases.len() as f64
    }

    fn draw(&self, random: &mut Random, cells: &mut [u32]) {
        let mut shuffled = self.periods_of_cases.clone();
        random.shuffle(&mut shuffled);
        let mut rest = shuffled.as_slice();
        cells.fill(0);
        for (cells, &cases) in cells.chunks_exact_mut(self.periods).zip(&self.by_location) {
            let (own, later) = rest.split_at(cases as usize);
            rest = later;
            own.iter().for_each(|&period| cells[period as usize] += 1);
        }
    }
}
