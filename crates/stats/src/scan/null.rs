//! What the data would look like if nothing were unusual.

use super::draw::{PoissonNumbers, Weighted, poisson};
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
    cells: usize,
    total: Total,
    weighted: Weighted,
    /// Where that is quicker than case by case: Poisson numbers for all cells at once.
    numbers: Option<PoissonNumbers>,
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
        let cells = expected.len();
        // For a fixed total the Poisson numbers are made so small that their sum hardly ever
        // exceeds it.
        let mean = match total {
            Total::Fixed(total) => total as f64 - 4.0 * (total as f64).sqrt(),
            Total::Poisson(mean) => mean,
        };
        let numbers = (mean > 2.0 * cells as f64).then(|| {
            let sum: f64 = expected.iter().sum();
            let means: Vec<f64> = expected.iter().map(|e| e / sum * mean).collect();
            PoissonNumbers::new(&means)
        });
        Self { cells, total, weighted: Weighted::new(expected), numbers }
    }
}

impl Null for Multinomial {
    fn cells(&self) -> usize {
        self.cells
    }

    fn most(&self) -> f64 {
        match self.total {
            Total::Fixed(total) => total as f64,
            // Beyond this the chance is below 1e-200.
            Total::Poisson(mean) => mean + 40.0 * mean.sqrt() + 200.0,
        }
    }

    fn draw(&self, random: &mut Random, cells: &mut [u32]) {
        let missing = match (self.total, &self.numbers) {
            (Total::Poisson(_), Some(numbers)) => {
                numbers.draw(random, cells);
                0
            }
            (Total::Poisson(mean), None) => {
                cells.fill(0);
                poisson(random, mean)
            }
            (Total::Fixed(total), None) => {
                cells.fill(0);
                total
            }
            // Given their sum, Poisson numbers are multinomial; a sum that is too large is drawn
            // anew, one that is too small is filled up case by case.
            (Total::Fixed(total), Some(numbers)) => loop {
                if let Some(missing) = total.checked_sub(numbers.draw(random, cells)) {
                    break missing;
                }
            },
        };
        for _ in 0..missing {
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
        Self { by_location, periods_of_cases, periods }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Mean, variance and total of a multinomial distribution, both ways of drawing it.
    #[test]
    fn a_fixed_total_is_multinomial() {
        let expected = [1.0, 5.0, 0.0, 14.0];
        for total in [9u64, 400] {
            let null = Multinomial::new(&expected, Total::Fixed(total));
            assert_eq!(null.numbers.is_some(), total > 100);
            let (mut sums, mut squares, mut cells) = ([0.0; 4], [0.0; 4], [0; 4]);
            let draws = 20_000;
            for i in 0..draws {
                null.draw(&mut Random::stream(8, i), &mut cells);
                assert_eq!(cells.iter().map(|&c| u64::from(c)).sum::<u64>(), total);
                for (k, &c) in cells.iter().enumerate() {
                    sums[k] += f64::from(c);
                    squares[k] += f64::from(c).powi(2);
                }
            }
            let n = draws as f64;
            for k in 0..4 {
                let p = expected[k] / 20.0;
                let (mean, variance) = (total as f64 * p, total as f64 * p * (1.0 - p));
                let got = sums[k] / n;
                assert!((got - mean).abs() <= 5.0 * (variance / n).sqrt(), "{k} {got}");
                let spread = squares[k] / n - got * got;
                assert!((spread - variance).abs() <= 0.06 * variance, "{k} {spread}");
            }
        }
    }

    #[test]
    fn shuffling_keeps_the_totals() {
        let cells = [3.0, 0.0, 2.0, 1.0, 4.0, 0.0];
        let null = Shuffled::new(&cells, 3);
        let mut drawn = [0; 6];
        for i in 0..50 {
            null.draw(&mut Random::stream(2, i), &mut drawn);
            assert_eq!([drawn[..3].iter().sum::<u32>(), drawn[3..].iter().sum()], [5, 5]);
            let periods: Vec<u32> = (0..3).map(|t| drawn[t] + drawn[t + 3]).collect();
            assert_eq!(periods, [4, 4, 2]);
        }
    }
}
