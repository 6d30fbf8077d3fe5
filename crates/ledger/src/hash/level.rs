//! One level of a tree.

use super::Hash;

/// Puts the nodes over the pairs in `row` to its start, in order. An odd last hash is left where it is.
pub(crate) fn hash_pairs(row: &mut [Hash]) {
    let pairs = row.len() / 2;
    let mut done = 0;
    #[cfg(target_arch = "x86_64")]
    while let Some(children) = row.get(2 * done..).and_then(<[Hash]>::first_chunk) {
        let Some(nodes) = super::four::nodes(children) else {
            break;
        };
        row[done..done + nodes.len()].copy_from_slice(&nodes);
        done += nodes.len();
    }
    for i in done..pairs {
        row[i] = Hash::of_node(&row[2 * i], &row[2 * i + 1]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_of_any_width_is_hashed_pair_by_pair() {
        for width in 0..40_u8 {
            let row: Vec<Hash> = (0..width).map(|i| Hash::of_leaf(&[i])).collect();
            let mut hashed = row.clone();
            hash_pairs(&mut hashed);
            for (pair, node) in row.as_chunks::<2>().0.iter().zip(&hashed) {
                assert_eq!(*node, Hash::of_node(&pair[0], &pair[1]), "width {width}");
            }
            if width % 2 == 1 && width > 1 {
                assert_eq!(hashed.last(), row.last());
            }
        }
    }
}
