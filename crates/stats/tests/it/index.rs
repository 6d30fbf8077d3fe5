//! Properties of indices, decision matrices and judgements.

use proptest::collection::vec;
use proptest::prelude::*;
use stats::index::{
    AggregateOptions, Aggregation, Column, DecisionMatrix, Direction, Distance, Node,
    Normalisation, RankUncertaintyOptions, TreatmentOptions, Tree, aggregate, ahp, ahp_of_group,
    impute, normalise, rank_uncertainty, treat,
};

const UP: Direction = Direction::Positive;

fn column(values: &[f64]) -> Column {
    values.iter().copied().map(Some).collect()
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// Values that differ, so that no scale collapses.
fn varied(n: impl Into<proptest::collection::SizeRange>) -> impl Strategy<Value = Vec<f64>> {
    let differ = |v: &Vec<f64>| v.iter().any(|x| (x - v[0]).abs() > 0.1);
    vec(0.5..1000.0f64, n).prop_filter("all alike", differ)
}

/// Alternatives by three criteria, each of which varies.
fn matrix() -> impl Strategy<Value = Vec<f64>> {
    (3usize..30)
        .prop_flat_map(|n| (varied(n), varied(n), varied(n)))
        .prop_map(|(a, b, c)| (0..a.len()).flat_map(|i| [a[i], b[i], c[i]]).collect())
}

proptest! {
    #[test]
    fn min_max_does_not_know_the_unit(x in varied(2..40), scale in 0.01..100.0f64, shift in -50.0..50.0f64) {
        let usual = Normalisation::default();
        let plain = normalise(&column(&x), UP, usual).unwrap();
        let moved: Vec<f64> = x.iter().map(|x| x * scale + shift).collect();
        let moved = normalise(&column(&moved), UP, usual).unwrap();
        let turned = normalise(&column(&x), Direction::Negative, usual).unwrap();
        for i in 0..x.len() {
            let (a, b, c) = (plain[i].unwrap(), moved[i].unwrap(), turned[i].unwrap());
            prop_assert!((a - b).abs() < 1e-6 && near(a + c, 100.0) && (0.0..=100.0).contains(&a));
        }
    }

    #[test]
    fn z_scores_have_the_moments_asked_for(x in varied(3..40), mean in -5.0..5.0f64, sd in 0.1..9.0f64) {
        let z = normalise(&column(&x), UP, Normalisation::ZScore { mean, sd }).unwrap();
        let z: Vec<f64> = z.into_iter().flatten().collect();
        let n = z.len() as f64;
        let found = z.iter().sum::<f64>() / n;
        let variance = z.iter().map(|z| (z - found).powi(2)).sum::<f64>() / (n - 1.0);
        prop_assert!(near(found, mean) && near(variance.sqrt(), sd));
    }

    #[test]
    fn means_lie_between_the_members_and_in_their_order(
        x in vec(0.1..100.0f64, 2..8),
        weights in vec(0.1..5.0f64, 8),
    ) {
        let mut nodes = vec![Node::new("index", None, 1.0)];
        nodes.extend((0..x.len()).map(|i| Node::new(&i.to_string(), Some("index"), weights[i])));
        let tree = Tree::new(nodes).unwrap();
        let columns: Vec<Column> = x.iter().map(|x| vec![Some(*x)]).collect();
        let of = |method| {
            let options = AggregateOptions { methods: vec![method], ..AggregateOptions::default() };
            aggregate(&tree, &columns, &options).unwrap().columns[0][0].unwrap()
        };
        let means = [Aggregation::Harmonic, Aggregation::Geometric, Aggregation::Arithmetic, Aggregation::Power(3.0)].map(of);
        let low = x.iter().fold(f64::INFINITY, |a, b| a.min(*b));
        let high = x.iter().fold(0.0f64, |a, b| a.max(*b));
        prop_assert!(low <= means[0] * (1.0 + 1e-12) && means[3] <= high * (1.0 + 1e-12));
        prop_assert!(means.windows(2).all(|m| m[0] <= m[1] * (1.0 + 1e-12)), "{means:?}");
    }

    #[test]
    fn treatment_never_widens_and_moves_no_rank(x in vec(-100.0..100.0f64, 4..40), far in 200.0..1e5f64) {
        let mut x = x;
        x.push(far);
        let treated = treat(&column(&x), &TreatmentOptions::default()).unwrap().values;
        for i in 0..x.len() {
            for j in 0..x.len() {
                prop_assert!(x[i] >= x[j] || treated[i] <= treated[j]);
            }
        }
    }

    #[test]
    fn imputation_keeps_what_is_there(x in vec(prop::option::of(-9.0..9.0f64), 1..20)) {
        prop_assume!(x.iter().any(Option::is_some));
        let filled = impute(&x, Default::default()).unwrap();
        prop_assert!(x.iter().zip(&filled).all(|(x, f)| x.is_none_or(|x| x == *f)));
    }

    #[test]
    fn weights_from_data_sum_to_one_and_do_not_know_units_or_order(values in matrix(), scale in 0.01..100.0f64) {
        let scaled: Vec<f64> = values.iter().enumerate().map(|(i, x)| if i % 3 == 1 { x * scale } else { *x }).collect();
        let turned: Vec<f64> = values.chunks(3).rev().flatten().copied().collect();
        let directions = [UP, Direction::Negative, UP];
        let of = |values: &[f64]| {
            let matrix = DecisionMatrix::new(values, &directions).unwrap();
            [matrix.entropy_weights().unwrap(), matrix.critic_weights().unwrap(), matrix.deviation_weights().unwrap()]
        };
        let (plain, scaled, turned) = (of(&values), of(&scaled), of(&turned));
        for k in 0..3 {
            prop_assert!(near(plain[k].iter().sum::<f64>(), 1.0));
            for j in 0..3 {
                prop_assert!(near(plain[k][j], scaled[k][j]) && near(plain[k][j], turned[k][j]));
                prop_assert!(plain[k][j] >= 0.0);
            }
        }
    }

    #[test]
    fn what_is_better_everywhere_never_scores_less(values in matrix(), v in 0.0..=1.0f64) {
        let directions = [UP, Direction::Negative, UP];
        let mut values = values;
        // The last alternative is the first one, a little better everywhere.
        let better = [values[0] + 1.0, values[1] - 0.1, values[2] + 2.0];
        values.extend(better);
        let matrix = DecisionMatrix::new(&values, &directions).unwrap();
        let last = matrix.alternatives() - 1;
        let weights = matrix.equal_weights();
        for distance in [Distance::Vector, Distance::MinMax, Distance::Sum, Distance::Max] {
            let scores = matrix.topsis(&weights, distance).unwrap();
            prop_assert!(scores.iter().all(|s| (0.0..=1.0).contains(s)));
            prop_assert!(scores[last] >= scores[0]);
        }
        let q = matrix.vikor(&weights, v).unwrap().compromise;
        prop_assert!(q.iter().all(|q| (0.0..=1.0 + 1e-12).contains(q)) && q[last] <= q[0] + 1e-12);
    }

    #[test]
    fn topsis_does_not_know_the_unit(values in matrix(), scale in 0.01..100.0f64) {
        let directions = [UP, Direction::Negative, UP];
        let scaled: Vec<f64> = values.iter().enumerate().map(|(i, x)| if i % 3 == 2 { x * scale } else { *x }).collect();
        for distance in [Distance::Vector, Distance::MinMax, Distance::Sum, Distance::Max] {
            let of = |values: &[f64]| {
                let matrix = DecisionMatrix::new(values, &directions).unwrap();
                matrix.topsis(&[0.2, 0.3, 0.5], distance).unwrap()
            };
            prop_assert!(of(&values).iter().zip(of(&scaled)).all(|(a, b)| near(*a, b)));
        }
    }

    #[test]
    fn judgements_follow_the_criteria_when_these_change_places(a in 0.2..5.0f64, b in 0.2..5.0f64, c in 0.2..5.0f64) {
        let rows = [[1.0, a, b], [1.0 / a, 1.0, c], [1.0 / b, 1.0 / c, 1.0]];
        let swapped: Vec<Vec<f64>> = [2, 0, 1].iter().map(|&i| [2, 0, 1].map(|j: usize| rows[i][j]).to_vec()).collect();
        let (plain, swapped) = (ahp(&rows).unwrap(), ahp(&swapped).unwrap());
        prop_assert!(near(plain.weights[2], swapped.weights[0]) && near(plain.lambda_max, swapped.lambda_max));
        prop_assert!(plain.consistency_ratio >= -1e-12 && near(plain.weights.iter().sum::<f64>(), 1.0));
        // For three criteria eigenvector and geometric means agree (Saaty, Vargas 1984).
        prop_assert!(near(plain.weights[0], plain.geometric_mean_weights[0]));
        let group = ahp_of_group(&[&rows, &rows]).unwrap();
        prop_assert!(near(group.weights[1], plain.weights[1]));
    }
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let tree = Tree::new(vec![
        Node::new("a", Some("x"), 1.0),
        Node::new("b", Some("x"), 2.0),
        Node::new("c", Some("index"), 1.0),
        Node::new("x", Some("index"), 1.0),
        Node::new("index", None, 1.0),
    ])
    .unwrap();
    let value = |i: usize, j: usize| ((i * 37 + j * 11) % 101) as f64 + 1.0;
    let columns: Vec<Column> =
        (0..3).map(|j| (0..60).map(|i| Some(value(i, j * j + 1))).collect()).collect();
    let options = RankUncertaintyOptions {
        replicates: 300,
        normalisations: vec![
            Normalisation::MinMax { low: 1.0, high: 100.0 },
            Normalisation::PercentileRank(Default::default()),
        ],
        ..RankUncertaintyOptions::default()
    };
    let values: Vec<f64> =
        (0..40_000).flat_map(|i| [value(i, 1), value(i, 5), value(i * i, 2)]).collect();
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let ranks = rank_uncertainty(&tree, &columns, &[UP; 3], &options).unwrap();
            let matrix = DecisionMatrix::new(&values, &[UP; 3]).unwrap();
            let weights = matrix.entropy_weights().unwrap();
            let scores = matrix.topsis(&weights, Distance::Vector).unwrap();
            let bits: Vec<u64> = weights.iter().chain(&scores).map(|x| x.to_bits()).collect();
            (ranks, bits, matrix.critic_weights().unwrap())
        })
    };
    assert_eq!(with(1), with(3));
}

/// Published scores must be the same on every machine: these bits were written down once.
#[test]
fn scores_to_the_byte() {
    let values = [7.25, 3.0, 0.5, 12.75, 1.0, 0.875, 9.0, 8.5, 0.25, 4.125, 2.0, 0.75];
    let matrix = DecisionMatrix::new(&values, &[UP, Direction::Negative, UP]).unwrap();
    let weights = matrix.entropy_weights().unwrap();
    let bits = |x: &[f64]| x.iter().map(|x| x.to_bits()).collect::<Vec<u64>>();
    assert_eq!(bits(&weights), [4594975092045740827, 4603948276946995842, 4596297515947416287]);
    let scores = matrix.topsis(&weights, Distance::Vector).unwrap();
    assert_eq!(
        bits(&scores),
        [4604551619056672916, 4607182418800017408, 4590257659381979364, 4605476733045017989]
    );
    let nodes = ["a", "b", "c"].map(|c| Node::new(c, Some("index"), 1.0));
    let tree = Tree::new([&nodes[..], &[Node::new("index", None, 1.0)]].concat()).unwrap();
    let columns: Vec<Column> =
        (0..3).map(|j| (0..4).map(|i| Some(values[3 * i + j])).collect()).collect();
    let methods = vec![Aggregation::Geometric];
    let options = AggregateOptions { methods, ..AggregateOptions::default() };
    let found = aggregate(&tree, &columns, &options).unwrap();
    let index: Vec<f64> = found.columns[3].iter().flatten().copied().collect();
    assert_eq!(
        bits(&index),
        [4612171334904497501, 4612213977281055325, 4613204273331278328, 4610946775586775184]
    );
}
