//! In which encoding a text file is.

use std::io::{self, Read};

use encoding_rs::GB18030;

/// An encoding of text files that is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GB 18030, and with it GBK and GB 2312, as Chinese Windows saves CSV.
    Gb18030,
    /// UTF-16, the lower byte first, as Excel saves "Unicode text".
    Utf16Le,
    /// UTF-16, the higher byte first.
    Utf16Be,
}

impl Encoding {
    /// Every encoding that is read.
    pub const ALL: [Self; 4] = [Self::Utf8, Self::Gb18030, Self::Utf16Le, Self::Utf16Be];

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Gb18030 => "GB18030",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
        }
    }

    /// The encoding of a name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.word().eq_ignore_ascii_case(word))
    }
}

/// What was guessed, and whether there is any doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guess {
    /// The encoding.
    pub encoding: Encoding,
    /// Whether another one would not read the text.
    pub is_sure: bool,
}

/// Bytes that a guess looks at, from the first that is not ASCII.
const LOOKED_AT: usize = 256 << 10;

/// Guesses the encoding of a text. ASCII at its beginning says nothing, so it is passed over.
///
/// # Errors
/// It cannot be read.
pub fn guess(mut input: impl Read) -> io::Result<Guess> {
    let mut block = vec![0; LOOKED_AT];
    let mut is_first = true;
    loop {
        let read = fill(&mut input, &mut block)?;
        let bytes = &block[..read];
        if is_first && let Some(encoding) = marked(bytes) {
            return Ok(Guess { encoding, is_sure: true });
        }
        is_first = false;
        if read < block.len() {
            return Ok(guess_bytes(bytes));
        }
        let Some(first) = bytes.iter().position(|byte| !byte.is_ascii()) else { continue };
        // From the line on that the byte stands in, and as much again.
        let from = memchr::memrchr(b'\n', &bytes[..first]).map_or(0, |at| at + 1);
        let mut head = bytes[from..].to_vec();
        let more = fill(&mut input, &mut block)?;
        head.extend_from_slice(&block[..more]);
        return Ok(guess_bytes(&head));
    }
}

fn fill(input: &mut impl Read, block: &mut [u8]) -> io::Result<usize> {
    let mut at = 0;
    while at < block.len() {
        match input.read(&mut block[at..]) {
            Ok(0) => break,
            Ok(read) => at += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(at)
}

/// What a byte order mark says, or the zero bytes of UTF-16 that has none.
fn marked(bytes: &[u8]) -> Option<Encoding> {
    match bytes {
        [0xEF, 0xBB, 0xBF, ..] => return Some(Encoding::Utf8),
        [0xFF, 0xFE, ..] => return Some(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512)];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // Separators and line breaks alone make some of either.
    let many = (head.len() / 16).max(2);
    match () {
        () if odd > many && even == 0 => Some(Encoding::Utf16Le),
        () if even > many && odd == 0 => Some(Encoding::Utf16Be),
        () => None,
    }
}

fn guess_bytes(bytes: &[u8]) -> Guess {
    match std::str::from_utf8(bytes) {
        Ok(_) => return Guess { encoding: Encoding::Utf8, is_sure: true },
        // Cut in the middle of a character, here or where the file was.
        Err(error) if error.error_len().is_none() => {
            return Guess { encoding: Encoding::Utf8, is_sure: true };
        }
        Err(_) => {}
    }
    // Of a file in two encodings the one that most lines are in, so that the others are told.
    let lines = || bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii());
    let utf8 = lines().filter(|line| std::str::from_utf8(line).is_ok()).count();
    let gb = lines().filter(|line| !looks_like_utf8(line) && is_gb18030(line)).count();
    let encoding = if utf8 > gb { Encoding::Utf8 } else { Encoding::Gb18030 };
    Guess { encoding, is_sure: utf8 == 0 || gb == 0 }
}

/// Whether a line reads as GB 18030.
pub(super) fn is_gb18030(line: &[u8]) -> bool {
    GB18030.decode_without_bom_handling_and_without_replacement(line).is_some()
}

/// Whether a line that is to be GB 18030 is UTF-8 in truth: nothing else makes several Chinese
/// characters of it.
pub(super) fn looks_like_utf8(line: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(line) else { return false };
    text.chars().filter(|c| ('\u{3000}'..='\u{9FFF}').contains(c)).nth(1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(bytes: &[u8]) -> (Encoding, bool) {
        let Guess { encoding, is_sure } = guess(bytes).unwrap();
        (encoding, is_sure)
    }

    #[test]
    fn what_windows_and_others_save_is_told_apart() {
        let text = "编号,名称\r\n1,武汉市某某食品有限公司\r\n";
        assert_eq!(guessed(text.as_bytes()), (Encoding::Utf8, true));
        assert_eq!(guessed(&GB18030.encode(text).0), (Encoding::Gb18030, true));
        let units = text.encode_utf16();
        let little: Vec<u8> = units.clone().flat_map(u16::to_le_bytes).collect();
        assert_eq!(guessed(&little), (Encoding::Utf16Le, true));
        let big: Vec<u8> =
            std::iter::once(0xFEFF).chain(units).flat_map(u16::to_be_bytes).collect();
        assert_eq!(guessed(&big), (Encoding::Utf16Be, true));
        assert_eq!(guessed(b"a,b\n1,2\n"), (Encoding::Utf8, true));
    }

    #[test]
    fn ascii_at_the_beginning_says_nothing() {
        let mut bytes = b"a,b\n".repeat(100_000);
        bytes.extend_from_slice(&GB18030.encode("质量,监督\n").0);
        assert_eq!(guessed(&bytes), (Encoding::Gb18030, true));
    }

    #[test]
    fn of_two_encodings_there_is_doubt() {
        let mut bytes = "武汉市,一\n宜昌市,二\n".as_bytes().to_vec();
        bytes.extend_from_slice(&GB18030.encode("黄石市,三\n").0);
        assert_eq!(guessed(&bytes), (Encoding::Utf8, false));
    }
}
