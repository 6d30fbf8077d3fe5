//! How Chinese characters are read: pinyin without tones, every reading of a character.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti as _;

const FIRST: u16 = 0x3400;
const LAST: u16 = 0x9fff;
/// Room for syllables in a [`Sounds`].
const MOST: usize = 512;

/// Words of a set of characters.
const CHARACTERS: usize = (LAST - FIRST) as usize / 64 + 1;

/// A set of syllables, and of the characters that are read as one of them.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Sounds {
    syllables: [u64; MOST / 64],
    characters: [u64; CHARACTERS],
    /// The Latin letter that may stand for itself.
    letter: u8,
}

impl Sounds {
    fn new(syllables: impl Iterator<Item = u16>) -> Self {
        let mut sounds = Self { syllables: [0; MOST / 64], characters: [0; CHARACTERS], letter: 0 };
        for syllable in syllables {
            if let Some(word) = sounds.syllables.get_mut(usize::from(syllable) / 64) {
                *word |= 1 << (syllable % 64);
            }
            for character in characters(syllable) {
                if let Some(word) = sounds.characters.get_mut(usize::from(*character) / 64) {
                    *word |= 1 << (character % 64);
                }
            }
        }
        sounds
    }

    /// Whether a character is meant.
    #[inline]
    pub(crate) fn fits(&self, unit: u16) -> bool {
        let character = usize::from(unit.wrapping_sub(FIRST));
        match self.characters.get(character / 64) {
            Some(word) => word >> (character % 64) & 1 == 1,
            None => self.letter != 0 && unit == u16::from(self.letter),
        }
    }

    /// The only syllable, where nothing else is meant.
    pub(crate) fn only(&self) -> Option<u16> {
        if self.letter != 0 {
            return None;
        }
        let count: u32 = self.syllables.iter().map(|word| word.count_ones()).sum();
        (count == 1).then(|| self.iter().next()).flatten()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u16> {
        let has = |syllable: &u16| {
            let word = self.syllables.get(usize::from(*syllable) / 64);
            word.is_some_and(|word| word >> (syllable % 64) & 1 == 1)
        };
        (0..MOST as u16).filter(has)
    }

    /// The letter with which all of it begins, from 0.
    pub(crate) fn initial(&self) -> Option<u8> {
        let mut initials = self.iter().map(initial);
        let first = initials.next()?;
        initials.all(|other| other == first).then_some(first)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.syllables == [0; MOST / 64]
    }
}

impl std::fmt::Debug for Sounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.iter().map(spelling)).finish()
    }
}

struct Table {
    /// In the order of their spelling.
    syllables: Vec<String>,
    /// Where the readings of each character from [`FIRST`] on end.
    ends: Vec<u32>,
    readings: Vec<u16>,
    /// The characters of each syllable, counted from [`FIRST`].
    characters: Vec<Vec<u16>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut syllables = BTreeSet::new();
    let characters = || (FIRST..=LAST).map(|unit| char::from_u32(unit.into()).unwrap_or(' '));
    for character in characters() {
        each_reading(character, |reading| {
            syllables.insert(reading.to_owned());
        });
    }
    let syllables: Vec<String> = syllables.into_iter().take(MOST).collect();
    let (mut ends, mut readings) = (Vec::new(), Vec::<u16>::new());
    for character in characters() {
        let begin = readings.len();
        each_reading(character, |reading| {
            if let Ok(at) = syllables.binary_search_by(|known| known.as_str().cmp(reading))
                && !readings[begin..].contains(&(at as u16))
            {
                readings.push(at as u16);
            }
        });
        ends.push(readings.len() as u32);
    }
    let mut by_syllable = vec![Vec::new(); syllables.len()];
    let mut begin = 0;
    for (character, end) in (0..).zip(&ends) {
        for syllable in readings.get(begin..*end as usize).unwrap_or_default() {
            if let Some(all) = by_syllable.get_mut(usize::from(*syllable)) {
                all.push(character);
            }
        }
        begin = *end as usize;
    }
    Table { syllables, ends, readings, characters: by_syllable }
});

fn characters(syllable: u16) -> &'static [u16] {
    TABLE.characters.get(usize::from(syllable)).map_or(&[], Vec::as_slice)
}

/// The readings in Latin letters; what is only a sound of assent (hm, ng) is none.
fn each_reading(character: char, mut each: impl FnMut(&str)) {
    let Some(readings) = character.to_pinyin_multi() else { return };
    for reading in readings {
        let spelled = reading.plain().replace('ü', "v");
        let is_plain = spelled.bytes().all(|b| b.is_ascii_lowercase());
        if is_plain && spelled.bytes().any(|b| b"aeiouv".contains(&b)) {
            each(&spelled);
        }
    }
}

/// The syllables that a character can be read as; none for what is no Chinese character.
pub(crate) fn readings(unit: u16) -> &'static [u16] {
    if !(FIRST..=LAST).contains(&unit) {
        return &[];
    }
    let table = &*TABLE;
    let at = usize::from(unit - FIRST);
    let begin = at.checked_sub(1).and_then(|before| table.ends.get(before)).copied();
    let end = table.ends.get(at).copied().unwrap_or(0);
    table.readings.get(begin.unwrap_or(0) as usize..end as usize).unwrap_or(&[])
}

/// The letters of a syllable.
pub(crate) fn spelling(syllable: u16) -> &'static str {
    TABLE.syllables.get(usize::from(syllable)).map_or("", String::as_str)
}

/// The first letter of a syllable, from 0.
pub(crate) fn initial(syllable: u16) -> u8 {
    spelling(syllable).as_bytes().first().map_or(0, |letter| letter - b'a')
}

/// The syllable that is spelled so.
pub(crate) fn exactly(letters: &str) -> Option<u16> {
    let found = TABLE.syllables.binary_search_by(|known| known.as_str().cmp(letters));
    found.ok().map(|at| at as u16)
}

/// All syllables that begin so.
pub(crate) fn beginning(letters: &str) -> Sounds {
    let from = TABLE.syllables.partition_point(|known| known.as_str() < letters);
    let rest = TABLE.syllables.get(from..).unwrap_or_default();
    let number = rest.iter().take_while(|known| known.starts_with(letters)).count();
    let mut sounds = Sounds::new((from..from + number).map(|at| at as u16));
    if let [letter] = letters.as_bytes() {
        sounds.letter = *letter;
    }
    sounds
}

/// The letters, from 0, with which a character can begin when it is said: those of its readings, or
/// itself.
pub(crate) fn initials(unit: u16) -> impl Iterator<Item = u8> + Clone {
    let own = crate::fold::letter(unit).map(|letter| letter - b'a');
    readings(unit).iter().map(|syllable| initial(*syllable)).chain(own)
}

/// All readings of a character.
pub(crate) fn of(unit: u16) -> Sounds {
    Sounds::new(readings(unit).iter().copied())
}

/// What can stand for a syllable by its beginning alone.
const INITIALS: [&str; 26] = [
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r",
    "z", "c", "s", "y", "w", "a", "e", "o",
];

/// The longest syllable, as in zhuang.
const LONGEST: usize = 6;
/// More ways to read a text than these are not followed.
const WAYS: usize = 12;

/// The ways in which small Latin letters can be read as a row of syllables, each in full or by its
/// beginning; the likeliest first: those of the fewest syllables, those of one more, and letter by
/// letter. What comes last may be unfinished.
pub(crate) fn ways(letters: &str) -> Vec<Vec<Rc<Sounds>>> {
    let mut search = Ways { letters, known: HashMap::new(), found: Vec::new(), row: Vec::new() };
    for syllables in 1..=letters.len() {
        search.go(0, syllables);
        if !search.found.is_empty() {
            search.go(0, syllables + 1);
            if letters.len() > syllables + 1 {
                search.go(0, letters.len());
            }
            break;
        }
    }
    search.found
}

struct Ways<'a> {
    letters: &'a str,
    /// What parts can be: from where, to where.
    known: HashMap<(usize, usize), Option<Rc<Sounds>>>,
    found: Vec<Vec<Rc<Sounds>>>,
    row: Vec<Rc<Sounds>>,
}

impl Ways<'_> {
    fn go(&mut self, at: usize, syllables: usize) {
        let left = self.letters.len() - at;
        if left == 0 && syllables == 0 {
            if self.found.len() < WAYS {
                self.found.push(self.row.clone());
            }
            return;
        }
        if syllables == 0 || left < syllables || left > syllables * LONGEST {
            return;
        }
        for length in (1..=left.min(LONGEST)).rev() {
            if self.found.len() >= WAYS {
                return;
            }
            let Some(sounds) = self.part(at, at + length) else { continue };
            self.row.push(sounds);
            self.go(at + length, syllables - 1);
            self.row.pop();
        }
    }

    fn part(&mut self, from: usize, to: usize) -> Option<Rc<Sounds>> {
        let letters = self.letters;
        let read = || {
            let part = letters.get(from..to)?;
            let sounds = if to == letters.len() || INITIALS.contains(&part) {
                beginning(part)
            } else {
                Sounds::new(std::iter::once(exactly(part)?))
            };
            (!sounds.is_empty()).then(|| Rc::new(sounds))
        };
        self.known.entry((from, to)).or_insert_with(read).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(letters: &str) -> Vec<String> {
        let short = |sounds: &Rc<Sounds>| match sounds.only() {
            Some(only) => spelling(only).to_owned(),
            None => {
                let all: Vec<&str> = sounds.iter().map(spelling).collect();
                let first = all[0];
                let common = (0..=first.len())
                    .rev()
                    .find(|n| all.iter().all(|s| s.starts_with(&first[..*n])));
                format!("{}*", &first[..common.unwrap_or(0)])
            }
        };
        let row = |way: Vec<Rc<Sounds>>| way.iter().map(short).collect::<Vec<_>>().join(" ");
        ways(letters).into_iter().map(row).collect()
    }

    #[test]
    fn the_table_holds_every_syllable_and_reading() {
        assert!(
            TABLE.syllables.len() > 390 && TABLE.syllables.len() < MOST,
            "{:?}",
            TABLE.syllables
        );
        let read = |c: char| readings(c as u16).iter().map(|s| spelling(*s)).collect::<Vec<_>>();
        assert_eq!(read('武'), ["wu"]);
        assert!(read('重').contains(&"zhong") && read('重').contains(&"chong"));
        assert!(read('行').contains(&"hang") && read('行').contains(&"xing"));
        assert_eq!(read('绿')[0], "lv");
        assert!(read('A').is_empty());
    }

    #[test]
    fn letters_are_read_in_every_likely_way() {
        assert_eq!(spelled("whgt"), ["w* h* g* t*"]);
        let ways = spelled("wuhangangtie");
        assert!(ways.contains(&"wu han gang tie".to_owned()), "{ways:?}");
        assert!(ways.contains(&"wu hang ang tie".to_owned()), "{ways:?}");
        assert!(spelled("wuha").contains(&"wu ha*".to_owned()), "{:?}", spelled("wuha"));
        assert!(spelled("wuhgt").contains(&"wu h* g* t*".to_owned()));
        assert!(spelled("xian").contains(&"xi an*".to_owned()), "{:?}", spelled("xian"));
        assert!(spelled("uiv").is_empty());
    }
}
