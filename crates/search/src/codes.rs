//! Codes in order: whole, by their beginning, and with one slip.

use std::cmp::Ordering;

/// The shortest beginning of a code that is looked up.
pub(crate) const SHORTEST: usize = 4;
/// The shortest code that is looked up with a slip.
const SHORTEST_WITH_SLIP: usize = 8;
/// New codes that are not in order yet are read one by one; more than these, and more than a share of
/// all, are put in order.
const LOOSE: usize = 4096;
const SHARE: usize = 8;
/// What stands in codes.
const ALPHABET: &[u8; 36] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// All codes of an index.
#[derive(Default)]
pub(crate) struct Codes {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    documents: Vec<u32>,
    /// Numbers of codes in the order of their text.
    ordered: Vec<u32>,
}

impl Codes {
    /// Adds a code of a document.
    pub(crate) fn add(&mut self, code: &str, document: u32) {
        self.bytes.extend_from_slice(code.as_bytes());
        self.ends.push(self.bytes.len() as u32);
        self.documents.push(document);
        if self.ends.len() - self.ordered.len() > LOOSE.max(self.ends.len() / SHARE) {
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
        let mut ordered: Vec<u32> = (0..self.ends.len() as u32).collect();
        ordered.sort_unstable_by(|a, b| self.code(*a).cmp(self.code(*b)));
        self.ordered = ordered;
    }

    fn loose(&self) -> impl Iterator<Item = u32> {
        self.ordered.len() as u32..self.ends.len() as u32
    }

    /// Documents and numbers of the codes that begin so.
    pub(crate) fn beginning(&self, text: &str) -> Vec<(u32, u32)> {
        let text = text.as_bytes();
        let ordered = range(&self.ordered, |number| {
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
        let mut found = Vec::new();
        // All that it can have been meant as, however many codes there are. Before the slip the two
        // are the same, so that few are left soon.
        let mut same = &self.ordered[..];
        for at in 0..=text.len() {
            same = range(same, |number| {
                let code = self.code(number);
                let (begin, wanted) = (code.get(..at).unwrap_or(code), &text[..at]);
                if code.len() < at { code.cmp(wanted) } else { begin.cmp(wanted) }
            });
            if same.is_empty() {
                break;
            }
            each_correction(text, at, |meant| {
                let same = range(same, |number| self.code(number).cmp(meant));
                found.extend(same.iter().map(|number| (self.document(*number), *number)));
            });
        }
        let loose = self.loose().filter(|number| is_one_slip(self.code(*number), text));
        found.extend(loose.map(|number| (self.document(number), number)));
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
        self.bytes.capacity() + 4 * (numbers + self.ordered.capacity())
    }
}

/// The numbers of which an order says equal.
fn range(ordered: &[u32], order: impl Fn(u32) -> Ordering) -> &[u32] {
    let from = ordered.partition_point(|number| order(*number) == Ordering::Less);
    let rest = ordered.get(from..).unwrap_or_default();
    let length = rest.partition_point(|number| order(*number) == Ordering::Equal);
    rest.get(..length).unwrap_or_default()
}

/// Each text that a slip at a place makes of another.
fn each_correction(text: &[u8], at: usize, mut each: impl FnMut(&[u8])) {
    let (before, behind) = text.split_at(at.min(text.len()));
    let mut longer = [before, b"0", behind].concat();
    for character in ALPHABET {
        longer[before.len()] = *character;
        each(&longer);
    }
    let Some((own, rest)) = behind.split_first() else { return };
    each(&[before, rest].concat());
    let mut meant = text.to_vec();
    for character in ALPHABET.iter().filter(|character| *character != own) {
        meant[at] = *character;
        each(&meant);
    }
    meant[at] = *own;
    if rest.first().is_some_and(|next| next != own) {
        meant.swap(at, at + 1);
        each(&meant);
    }
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
