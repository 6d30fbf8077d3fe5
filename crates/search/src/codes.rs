//! Codes in order, forwards and backwards: whole, by their beginning, and with one slip.

use std::cmp::Ordering;

/// The shortest beginning of a code that is looked up.
pub(crate) const SHORTEST: usize = 4;
/// The shortest code that is looked up with a slip.
const SHORTEST_WITH_SLIP: usize = 8;
/// New codes that are not in order yet are read one by one; more than these are put in order.
const LOOSE: usize = 4096;

/// All codes of an index.
#[derive(Default)]
pub(crate) struct Codes {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    documents: Vec<u32>,
    /// Numbers of codes in the order of their text, and of their text backwards.
    forwards: Vec<u32>,
    backwards: Vec<u32>,
}

impl Codes {
    /// Adds a code of a document.
    pub(crate) fn add(&mut self, code: &str, document: u32) {
        self.bytes.extend_from_slice(code.as_bytes());
        self.ends.push(self.bytes.len() as u32);
        self.documents.push(document);
        if self.ends.len() - self.forwards.len() > LOOSE {
            self.order();
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// A code.
    pub(crate) fn get(&self, number: usize) -> &str {
        std::str::from_utf8(self.code(number as u32)).unwrap_or_default()
    }

    fn code(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let begin = at.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(at).copied().unwrap_or(0);
        self.bytes.get(begin.unwrap_or(0) as usize..end as usize).unwrap_or_default()
    }

    fn document(&self, number: u32) -> u32 {
        self.documents.get(number as usize).copied().unwrap_or(u32::MAX)
    }

    /// Puts all codes in order.
    pub(crate) fn order(&mut self) {
        let all = || (0..self.ends.len() as u32).collect::<Vec<_>>();
        let (mut forwards, mut backwards) = (all(), all());
        forwards.sort_unstable_by(|a, b| self.code(*a).cmp(self.code(*b)));
        backwards
            .sort_unstable_by(|a, b| self.code(*a).iter().rev().cmp(self.code(*b).iter().rev()));
        (self.forwards, self.backwards) = (forwards, backwards);
    }

    fn loose(&self) -> impl Iterator<Item = u32> {
        self.forwards.len() as u32..self.ends.len() as u32
    }

    /// Documents and numbers of the codes that begin so.
    pub(crate) fn beginning(&self, text: &str) -> Vec<(u32, u32)> {
        let text = text.as_bytes();
        let ordered = range(&self.forwards, |number| {
            let code = self.code(number);
            if code.starts_with(text) { Ordering::Equal } else { code.cmp(text) }
        });
        let loose = self.loose().filter(|number| self.code(*number).starts_with(text));
        let found = ordered.iter().copied().chain(loose);
        found.map(|number| (self.document(number), number)).collect()
    }

    /// Documents and numbers of the codes that one slip turns into `text`: a wrong, missing or
    /// surplus character, or two neighbours swapped.
    pub(crate) fn with_slip(&self, text: &str) -> Vec<(u32, u32)> {
        let text = text.as_bytes();
        if text.len() < SHORTEST_WITH_SLIP {
            return Vec::new();
        }
        // One slip leaves the first or the last half whole.
        let half = (text.len() - 1) / 2;
        let (first, last) = (&text[..half], &text[text.len() - half..]);
        let with_first = range(&self.forwards, |number| {
            let code = self.code(number);
            if code.starts_with(first) { Ordering::Equal } else { code.cmp(first) }
        });
        let with_last = range(&self.backwards, |number| {
            let code = self.code(number);
            if code.ends_with(last) {
                Ordering::Equal
            } else {
                code.iter().rev().cmp(last.iter().rev())
            }
        });
        let near = with_first.iter().chain(with_last).copied().chain(self.loose());
        let near = near.filter(|number| is_one_slip(self.code(*number), text));
        let mut found: Vec<(u32, u32)> = near.map(|n| (self.document(n), n)).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    pub(crate) fn shrink(&mut self) {
        self.bytes.shrink_to_fit();
        self.ends.shrink_to_fit();
        self.documents.shrink_to_fit();
    }

    pub(crate) fn bytes(&self) -> usize {
        let numbers = self.ends.capacity() + self.documents.capacity();
        self.bytes.capacity() + 4 * (numbers + self.forwards.capacity() + self.backwards.capacity())
    }
}

/// The numbers of which an order says equal.
fn range(ordered: &[u32], order: impl Fn(u32) -> Ordering) -> &[u32] {
    let from = ordered.partition_point(|number| order(*number) == Ordering::Less);
    let rest = ordered.get(from..).unwrap_or_default();
    let length = rest.partition_point(|number| order(*number) == Ordering::Equal);
    rest.get(..length).unwrap_or_default()
}

/// Whether one slip lies between two texts, no more and no less.
fn is_one_slip(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let Some(at) = short.iter().zip(long).position(|(x, y)| x != y) else {
        return long.len() != short.len();
    };
    let (short_rest, long_rest) = (&short[at..], &long[at..]);
    if long.len() > short.len() {
        return short_rest == &long_rest[1..];
    }
    let swapped = match (short_rest, long_rest) {
        ([a, b, x @ ..], [c, d, y @ ..]) => a == d && b == c && x == y,
        _ => false,
    };
    swapped || short_rest[1..] == long_rest[1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_and_no_more() {
        let is = |a: &str, b: &str| is_one_slip(a.as_bytes(), b.as_bytes());
        for (a, b) in [("1234", "1235"), ("1234", "1324"), ("1234", "123"), ("1234", "01234")] {
            assert!(is(a, b) && is(b, a), "{a} {b}");
        }
        for (a, b) in [("1234", "1234"), ("1234", "4231"), ("1234", "12"), ("1234", "2143")] {
            assert!(!is(a, b) && !is(b, a), "{a} {b}");
        }
    }

    #[test]
    fn a_code_is_found_with_any_slip_whether_ordered_or_not() {
        for ordered in [false, true] {
            let mut codes = Codes::default();
            for (document, code) in
                ["91420984MA7F3K2R8E", "914201001777000029", "177700002"].into_iter().enumerate()
            {
                codes.add(code, document as u32);
            }
            if ordered {
                codes.order();
            }
            let code = "91420984MA7F3K2R8E";
            for at in 0..code.len() {
                let mut wrong = code.as_bytes().to_vec();
                wrong[at] = if wrong[at] == b'1' { b'2' } else { b'1' };
                let mut swapped = code.as_bytes().to_vec();
                swapped.swap(at, (at + 1).min(17));
                let mut missing = code.as_bytes().to_vec();
                missing.remove(at);
                for text in [wrong, swapped, missing] {
                    let text = String::from_utf8(text).unwrap();
                    if text != code {
                        assert_eq!(codes.with_slip(&text), [(0, 0)], "{text}");
                    }
                }
            }
            let mut found = codes.beginning("9142");
            found.sort_unstable();
            assert_eq!(found, [(0, 0), (1, 1)]);
            assert_eq!(codes.with_slip("177700003"), [(2, 2)]);
        }
    }
}
