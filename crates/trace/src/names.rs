//! The identifiers of things: a number for each, in the order in which they were first met.
//!
//! All texts lie one behind the other in one array, with 8 bytes a thing for where its own begins
//! and about 8 more for finding it, so that ten million things with names of fifty bytes take well
//! under a gigabyte.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{self, Read, Write};

use crate::act::Thing;
use crate::error::Error;
use crate::snapshot::Fault;

const FREE: u32 = u32::MAX;
const MARK: [u8; 8] = *b"zh-names";
/// Bytes that are read at a time: a length that is a lie takes no more memory than there are bytes.
const PIECE: usize = 1 << 20;

/// Numbers for names, and a byte beside each for what the caller knows of its sort.
#[derive(Debug, Clone, Default)]
pub struct Names {
    text: Vec<u8>,
    /// Where each name ends.
    ends: Vec<u64>,
    sorts: Vec<u8>,
    /// Numbers at places that their hash leads to; a power of two, at most three quarters full.
    places: Vec<u32>,
    hasher: RandomState,
}

impl Names {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Bytes that they take.
    pub fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * 9 + self.places.len() * 4
    }

    /// The number of a name.
    pub fn find(&self, name: &str) -> Option<Thing> {
        let mask = self.places.len().checked_sub(1)?;
        let mut at = self.hasher.hash_one(name) as usize & mask;
        loop {
            match *self.places.get(at)? {
                FREE => return None,
                number if self.bytes_of(number) == name.as_bytes() => return Some(Thing(number)),
                _ => at = (at + 1) & mask,
            }
        }
    }

    /// The number of a name, which it gets where it has none, with a sort; a sort once given stays.
    ///
    /// # Errors
    /// [`Error::Full`].
    pub fn number(&mut self, name: &str, sort: u8) -> Result<(Thing, bool), Error> {
        if let Some(found) = self.find(name) {
            return Ok((found, false));
        }
        if (self.ends.len() + 1) * 4 > self.places.len() * 3 {
            self.grow();
        }
        let number = u32::try_from(self.ends.len()).ok().filter(|number| *number != FREE);
        let number = number.ok_or(Error::Full)?;
        self.text.extend_from_slice(name.as_bytes());
        self.ends.push(self.text.len() as u64);
        self.sorts.push(sort);
        self.put(number);
        Ok((Thing(number), true))
    }

    /// The name of a number; empty where there is none.
    pub fn name(&self, thing: Thing) -> &str {
        std::str::from_utf8(self.bytes_of(thing.0)).unwrap_or_default()
    }

    /// Those whose names end so, in the order of their numbers, at most so many. It reads all names,
    /// some gigabytes a second.
    pub fn ending(&self, tail: &str, most: usize) -> Vec<Thing> {
        let mut found = Vec::new();
        if tail.is_empty() {
            return found;
        }
        for at in memchr::memmem::find_iter(&self.text, tail.as_bytes()) {
            let end = (at + tail.len()) as u64;
            let number = self.ends.partition_point(|known| *known < end);
            let start = number.checked_sub(1).and_then(|at| self.ends.get(at)).copied();
            if self.ends.get(number) == Some(&end) && start.unwrap_or(0) <= at as u64 {
                found.push(Thing(number as u32));
                if found.len() >= most {
                    break;
                }
            }
        }
        found
    }

    /// What was said of the sort of a thing.
    pub fn sort(&self, thing: Thing) -> Option<u8> {
        self.sorts.get(thing.0 as usize).copied()
    }

    fn bytes_of(&self, number: u32) -> &[u8] {
        let at = number as usize;
        let start =
            at.checked_sub(1).map_or(0, |before| self.ends.get(before).copied().unwrap_or(0));
        let end = self.ends.get(at).copied().unwrap_or(start);
        self.text.get(start as usize..end as usize).unwrap_or_default()
    }

    fn put(&mut self, number: u32) {
        let Some(mask) = self.places.len().checked_sub(1) else { return };
        let mut at = self.hasher.hash_one(self.name(Thing(number))) as usize & mask;
        while self.places.get(at).is_some_and(|place| *place != FREE) {
            at = (at + 1) & mask;
        }
        if let Some(place) = self.places.get_mut(at) {
            *place = number;
        }
    }

    fn grow(&mut self) {
        let wanted = ((self.ends.len() + 1) * 4 / 3 + 1).next_power_of_two().max(16);
        let size = wanted.max(self.places.len() * 2);
        self.places = vec![FREE; size];
        for number in 0..self.ends.len() as u32 {
            self.put(number);
        }
    }

    /// Writes them.
    ///
    /// # Errors
    /// What the writer cannot take.
    pub fn write_snapshot(&self, to: &mut impl Write) -> io::Result<()> {
        to.write_all(&MARK)?;
        to.write_all(&(self.ends.len() as u64).to_le_bytes())?;
        to.write_all(&(self.text.len() as u64).to_le_bytes())?;
        for end in &self.ends {
            to.write_all(&end.to_le_bytes())?;
        }
        to.write_all(&self.sorts)?;
        to.write_all(&self.text)
    }

    /// Reads them.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read_snapshot(from: &mut impl Read) -> Result<Self, Fault> {
        let mut mark = [0; 8];
        from.read_exact(&mut mark)?;
        if mark != MARK {
            return Err(Fault::Snapshot(Error::Format));
        }
        let mut number = [0; 8];
        from.read_exact(&mut number)?;
        let count = u64::from_le_bytes(number);
        from.read_exact(&mut number)?;
        let length = u64::from_le_bytes(number);
        if count >= u64::from(FREE) {
            return Err(Fault::Snapshot(Error::Damaged));
        }
        let ends = bytes(from, count.saturating_mul(8))?;
        let ends: Vec<u64> =
            ends.as_chunks::<8>().0.iter().map(|n| u64::from_le_bytes(*n)).collect();
        let sorts = bytes(from, count)?;
        let text = bytes(from, length)?;
        let mut names = Self { text, ends, sorts, ..Self::default() };
        let is_right = names.ends.is_sorted()
            && names.ends.last().copied().unwrap_or(0) == length
            && (0..count as u32).all(|n| std::str::from_utf8(names.bytes_of(n)).is_ok());
        if !is_right {
            return Err(Fault::Snapshot(Error::Damaged));
        }
        if count > 0 {
            names.grow();
        }
        Ok(names)
    }
}

fn bytes(from: &mut impl Read, count: u64) -> Result<Vec<u8>, Fault> {
    let mut all = Vec::new();
    let mut left = count;
    while left > 0 {
        let piece = left.min(PIECE as u64) as usize;
        let start = all.len();
        all.resize(start + piece, 0);
        from.read_exact(all.get_mut(start..).unwrap_or_default())?;
        left -= piece as u64;
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_by_how_they_end() {
        let mut names = Names::default();
        for name in ["a/10/7", "b/10/77", "7", "a/10/8", "c/10/7", "/10/7x", "/10/7"] {
            names.number(name, 0).unwrap();
        }
        assert_eq!(names.ending("/10/7", 9), [Thing(0), Thing(4), Thing(6)]);
        assert_eq!(names.ending("/10/7", 2), [Thing(0), Thing(4)]);
        // What stands in two names that lie side by side is the end of none.
        assert_eq!(names.ending("77a/", 9), []);
        assert_eq!(names.ending("", 9), []);
        assert_eq!(Names::default().ending("7", 9), []);
    }

    #[test]
    fn a_name_has_one_number_and_a_number_one_name() {
        let mut names = Names::default();
        assert_eq!(names.find("a"), None);
        for n in 0..5000_u32 {
            assert_eq!(names.number(&format!("name {n}"), (n % 7) as u8), Ok((Thing(n), true)));
            assert_eq!(names.number(&format!("name {n}"), 9), Ok((Thing(n), false)));
        }
        let mut written = Vec::new();
        names.write_snapshot(&mut written).unwrap();
        let read = Names::read_snapshot(&mut written.as_slice()).unwrap();
        for names in [names, read] {
            assert_eq!(names.len(), 5000);
            for n in 0..5000_u32 {
                let text = format!("name {n}");
                assert_eq!(names.find(&text), Some(Thing(n)));
                assert_eq!(names.name(Thing(n)), text);
                assert_eq!(names.sort(Thing(n)), Some((n % 7) as u8));
            }
            assert_eq!(names.find("name 5000"), None);
            assert_eq!(names.name(Thing(5000)), "");
        }
        for cut in [0, 7, 12, 30, written.len() - 1] {
            assert!(Names::read_snapshot(&mut &written[..cut]).is_err());
        }
    }
}
