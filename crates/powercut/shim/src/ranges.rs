//! Sets of ranges of bytes.

use std::collections::BTreeMap;

/// Ranges that neither meet nor touch.
#[derive(Debug, Default)]
pub struct Ranges(BTreeMap<u64, u64>);

impl Ranges {
    /// Adds the bytes from `start` up to but without `end`.
    pub fn add(&mut self, mut start: u64, mut end: u64) {
        if start >= end {
            return;
        }
        while let Some((&from, &to)) = self.0.range(..=end).next_back() {
            if to < start {
                break;
            }
            self.0.remove(&from);
            start = start.min(from);
            end = end.max(to);
        }
        self.0.insert(start, end);
    }

    /// Those below `size`, ascending.
    pub fn below(&self, size: u64) -> Vec<(u64, u64)> {
        self.0.iter().map(|(&s, &e)| (s, e.min(size))).filter(|(s, e)| s < e).collect()
    }

    /// Takes out everything.
    pub fn clear(&mut self) {
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::Ranges;

    #[test]
    fn ranges_agree_with_a_set_of_bytes() {
        let mut random = 1_u64;
        for _ in 0..300 {
            let mut ranges = Ranges::default();
            let mut bytes = [false; 64];
            for _ in 0..8 {
                random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                let (start, length) = ((random >> 33) % 56, (random >> 50) % 9);
                ranges.add(start, start + length);
                bytes[start as usize..(start + length) as usize].fill(true);
            }
            let mut again = [false; 64];
            let mut last = None;
            for (start, end) in ranges.below(60) {
                assert!(last < Some(start), "touches: {ranges:?}");
                again[start as usize..end as usize].fill(true);
                last = Some(end);
            }
            assert_eq!(again[..60], bytes[..60], "{ranges:?}");
        }
    }
}
