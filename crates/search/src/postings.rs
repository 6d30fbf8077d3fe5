//! Which documents have a key: lists of ascending numbers, each by its distance to the one before.

/// Lists by a key of 16 bits.
pub(crate) struct Postings {
    /// Place of the list of each key, from 1.
    places: Vec<u16>,
    lists: Vec<List>,
}

#[derive(Default)]
struct List {
    last: u32,
    length: u32,
    /// Seven bits a byte, low ones first; the top bit says that more follow.
    bytes: Vec<u8>,
}

impl Postings {
    /// Lists for keys below `keys`.
    pub(crate) fn new(keys: usize) -> Self {
        Self { places: vec![0; keys], lists: Vec::new() }
    }

    /// Adds a document that is not before the last of its list; once is enough.
    pub(crate) fn add(&mut self, key: u16, document: u32) {
        let Some(place) = self.places.get_mut(usize::from(key)) else { return };
        if *place == 0 {
            self.lists.push(List::default());
            *place = self.lists.len() as u16;
        }
        let Some(list) = self.lists.get_mut(usize::from(*place) - 1) else { return };
        // The first is counted from -1, so that no distance is 0.
        let mut distance = match list.length {
            0 => document + 1,
            _ if document <= list.last => return,
            _ => document - list.last,
        };
        while distance >= 0x80 {
            list.bytes.push(distance as u8 | 0x80);
            distance >>= 7;
        }
        list.bytes.push(distance as u8);
        list.last = document;
        list.length += 1;
    }

    fn list(&self, key: u16) -> Option<&List> {
        let place = usize::from(*self.places.get(usize::from(key))?);
        self.lists.get(place.checked_sub(1)?)
    }

    /// How many documents have a key.
    pub(crate) fn length(&self, key: u16) -> usize {
        self.list(key).map_or(0, |list| list.length as usize)
    }

    /// The documents that have a key, ascending.
    pub(crate) fn iter(&self, key: u16) -> Iter<'_> {
        let bytes = self.list(key).map_or(&[][..], |list| &list.bytes);
        Iter { bytes: bytes.iter(), next: 0 }
    }

    /// Gives back room that was taken ahead.
    pub(crate) fn shrink(&mut self) {
        self.lists.iter_mut().for_each(|list| list.bytes.shrink_to_fit());
        self.lists.shrink_to_fit();
    }

    /// Bytes that are taken.
    pub(crate) fn bytes(&self) -> usize {
        let lists: usize = self.lists.iter().map(|list| list.bytes.capacity()).sum();
        lists + self.lists.capacity() * size_of::<List>() + self.places.len() * 2
    }
}

pub(crate) struct Iter<'a> {
    bytes: std::slice::Iter<'a, u8>,
    /// The number after the last, so that the first distance counts from 0.
    next: u32,
}

impl Iterator for Iter<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        let first = *self.bytes.next()?;
        let mut distance = u32::from(first & 0x7f);
        let (mut byte, mut shift) = (first, 7);
        while byte >= 0x80 {
            byte = *self.bytes.next()?;
            distance |= u32::from(byte & 0x7f) << shift;
            shift += 7;
        }
        self.next += distance;
        Some(self.next - 1)
    }
}

/// The documents of `found` that are in a list too.
pub(crate) fn intersect(found: &mut Vec<u32>, list: Iter<'_>) {
    let mut list = list.peekable();
    found.retain(|document| {
        while list.next_if(|other| other < document).is_some() {}
        list.peek() == Some(document)
    });
}

#[cfg(test)]
mod tests {
    use super::{Postings, intersect};

    #[test]
    fn what_was_added_comes_back() {
        let mut postings = Postings::new(100);
        let numbers = [0, 1, 2, 127, 128, 129, 300, 16_384, 16_385, 70_000, 4_000_000_000];
        for number in numbers {
            postings.add(7, number);
            postings.add(7, number);
        }
        postings.add(8, 5);
        assert_eq!(postings.iter(7).collect::<Vec<_>>(), numbers);
        assert_eq!((postings.length(7), postings.length(8), postings.length(9)), (11, 1, 0));
        assert_eq!(postings.iter(9).count(), 0);
        let mut found = vec![1, 3, 128, 16_385, 80_000];
        intersect(&mut found, postings.iter(7));
        assert_eq!(found, [1, 128, 16_385]);
    }
}
