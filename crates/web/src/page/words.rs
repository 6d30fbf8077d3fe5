//! The words of both languages, made from `lang/` by `build/words.rs`: a section is a member of
//! [`Words`], a key a member of that, and one that fills something in is a method.

#![allow(clippy::useless_format)] // a text that fills nothing in for one is written like the others
#![allow(missing_docs)] // their names are the keys of the language files
#![allow(dead_code)] // a test finds the words that nobody uses; a section may have nothing to fill in

use super::prefs::Lang;

include!(concat!(env!("OUT_DIR"), "/words.rs"));

/// A number in groups of three digits: 1,204,480.
///
/// ```
/// # use web::page::words::grouped;
/// assert_eq!((grouped(999), grouped(1_204_480)), ("999".to_owned(), "1,204,480".to_owned()));
/// ```
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A whole number that is filled into a text; templates give it by reference.
pub trait Number {
    /// The number.
    fn number(&self) -> u64;
}

impl<N: Number + ?Sized> Number for &N {
    fn number(&self) -> u64 {
        (*self).number()
    }
}

macro_rules! numbers {
    ($($kind:ty),*) => { $(impl Number for $kind {
        fn number(&self) -> u64 {
            *self as u64
        }
    })* };
}

numbers!(u64, usize, u32, u16, u8);
