//! The code with which a letter is followed.

use std::fmt;

use model::Digest;

/// The letters of Crockford's Base32: none that is taken for another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 100 bits.
const LENGTH: usize = 20;
/// Letters that stand together.
const GROUP: usize = 4;

/// A secret of 100 random bits. It is shown once, to who sent the letter; the store keeps a digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCode(String);

/// A number in so many letters, the last of its bits.
pub(super) fn letters(mut bits: u128, length: usize) -> String {
    let mut text = vec![b'0'; length];
    for letter in text.iter_mut().rev() {
        *letter = LETTERS[(bits & 31) as usize];
        bits >>= 5;
    }
    String::from_utf8(text).unwrap_or_default()
}

impl QueryCode {
    /// The code of random bytes.
    pub fn of(random: [u8; 16]) -> Self {
        Self(letters(u128::from_be_bytes(random), LENGTH))
    }

    /// A code as somebody types it: with or without hyphens, in small letters, O for 0 and I or L for 1.
    ///
    /// ```
    /// use app::letter::QueryCode;
    /// let code = QueryCode::of([7; 16]);
    /// assert_eq!(QueryCode::read(&code.to_string().to_lowercase()), Some(code));
    /// assert_eq!(QueryCode::read("7F3K"), None);
    /// ```
    pub fn read(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for letter in text.chars().filter(|c| !c.is_whitespace() && !"-－—".contains(*c)).take(40)
        {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            u8::try_from(letter).ok().filter(|letter| LETTERS.contains(letter))?;
            code.push(letter);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// What is kept of it with a letter of a number.
    pub(super) fn digest(&self, number: &str) -> String {
        Digest::of(&[b"zhiheng query code\0", number.as_bytes(), b"\0", self.0.as_bytes()])
            .to_string()
    }

    /// Whether it is the one whose digest was kept; in the same time wherever they differ.
    pub(super) fn fits(&self, number: &str, kept: &str) -> bool {
        let own = self.digest(number);
        let differ = own.bytes().zip(kept.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        own.len() == kept.len() && differ == 0
    }
}

/// In groups of four.
impl fmt::Display for QueryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, letter) in self.0.chars().enumerate() {
            if at > 0 && at % GROUP == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_a_hundred_bits_and_is_read_as_people_type_it() {
        let code = QueryCode::of([0xff; 16]);
        assert_eq!(code.to_string(), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ");
        let mut low = [0; 16];
        low[15] = 1;
        assert_ne!(QueryCode::of(low), QueryCode::of([0; 16]));
        assert_eq!(QueryCode::read(" oooo-oooo oooo-oooo-OOOl "), Some(QueryCode::of(low)));
        for wrong in ["", "ZZZZ", "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZU", "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ-Z"] {
            assert_eq!(QueryCode::read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_digest_is_of_one_number_and_one_code() {
        let (code, other) = (QueryCode::of([1; 16]), QueryCode::of([2; 16]));
        let kept = code.digest("20261127-7F3K0000");
        assert!(code.fits("20261127-7F3K0000", &kept));
        assert!(!code.fits("20261127-7F3K0001", &kept));
        assert!(!other.fits("20261127-7F3K0000", &kept));
        assert!(!code.fits("20261127-7F3K0000", &kept[1..]) && !kept.contains(&code.0));
    }
}
