//! The second factor: time-based one-time passwords (RFC 6238; HOTP of RFC 4226, HMAC-SHA-1, six
//! digits, thirty seconds), which every authenticator program knows.

use hmac::{Hmac, Mac as _};
use model::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use qrcode::QrCode;
use qrcode::render::svg;
use sha1::Sha1;

/// Bytes of a secret: as many as the hash has (RFC 4226, section 4).
pub(crate) const SECRET: usize = 20;
/// Seconds of a time step.
const STEP: i64 = 30;
/// Steps before and after now whose codes are taken: clocks differ, and people type slowly.
const AROUND: i64 = 1;
const DIGITS: u32 = 6;

/// What somebody needs to set the second factor up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpSetUp {
    /// The secret in Base32, to be typed where no picture can be taken.
    pub secret: String,
    /// The address that an authenticator reads, `otpauth://totp/...`.
    pub uri: String,
    /// The address as a QR code: an `svg` element.
    pub svg: String,
}

/// The code of a secret at a time step.
pub fn code(secret: &[u8], step: i64) -> String {
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(digest[19] & 0xf);
    let mut word = [0; 4];
    word.copy_from_slice(&digest[offset..offset + 4]);
    let number = (u32::from_be_bytes(word) & 0x7fff_ffff) % 10_u32.pow(DIGITS);
    format!("{number:0width$}", width = DIGITS as usize)
}

/// The time step of a time.
pub fn step(now: Timestamp) -> i64 {
    now.micros().div_euclid(STEP * 1_000_000)
}

/// The step near now whose code this is, if it is one.
pub(crate) fn step_of(secret: &[u8], now: Timestamp, typed: &str) -> Option<i64> {
    let typed: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    let now = step(now);
    let mut found = None;
    for step in now - AROUND..=now + AROUND {
        // All are compared, and each to its end: how long it takes tells nothing.
        let right = code(secret, step);
        let differ = right.bytes().zip(typed.bytes()).fold(0, |all, (a, b)| all | (a ^ b));
        if typed.len() == right.len() && differ == 0 {
            found = Some(step);
        }
    }
    found
}

/// Base32 (RFC 4648, section 6) without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let mut text = String::with_capacity(bytes.len() * 8 / 5 + 1);
    for five in bytes.chunks(5) {
        let mut padded = [0; 8];
        padded[3..3 + five.len()].copy_from_slice(five);
        let bits = u64::from_be_bytes(padded);
        let letters = (five.len() * 8).div_ceil(5);
        for at in 0..letters {
            let letter = bits >> (35 - 5 * at) & 31;
            text.push(char::from(ALPHABET[letter as usize]));
        }
    }
    text
}

/// What somebody needs to take a secret over.
pub(crate) fn set_up(secret: &[u8], issuer: &str, login: &str) -> TotpSetUp {
    let text = base32(secret);
    let escaped = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (issuer, login) = (escaped(issuer), escaped(login));
    let uri = format!(
        "otpauth://totp/{issuer}:{login}?secret={text}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP}"
    );
    // It holds far less than a QR code can; without the picture the text is left.
    let svg = QrCode::new(uri.as_bytes()).map(|code| {
        let picture = code.render::<svg::Color<'_>>().min_dimensions(220, 220).build();
        let from = picture.find("<svg").unwrap_or(0);
        picture[from..].to_owned()
    });
    TotpSetUp { secret: text, uri, svg: svg.unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, SHA-1, the last six of eight digits.
    #[test]
    fn the_codes_of_the_standard() {
        let secret = b"12345678901234567890";
        for (seconds, expected) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            let now = Timestamp::from_micros(seconds * 1_000_000);
            assert_eq!(code(secret, step(now)), expected);
            assert_eq!(step_of(secret, now, expected), Some(step(now)));
        }
    }

    #[test]
    fn a_code_is_taken_one_step_early_and_late_and_no_more() {
        let secret = [7; SECRET];
        let now = Timestamp::from_micros(1_800_000_000_000_000);
        let at = step(now);
        for (step, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = code(&secret, at + step);
            assert_eq!(step_of(&secret, now, &typed).is_some(), taken, "{step}");
        }
        let right = code(&secret, at);
        let (left, rest) = right.split_at(3);
        assert!(step_of(&secret, now, &format!("{left} {rest}")).is_some());
        for wrong in ["", "12345", &format!("{right}0"), "abcdef", "１２３４５６"] {
            assert_eq!(step_of(&secret, now, wrong), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10, without the padding.
    #[test]
    fn base32_of_the_standard() {
        for (text, expected) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(text.as_bytes()), expected);
        }
    }

    #[test]
    fn an_authenticator_reads_the_address() {
        let made = set_up(&[1; SECRET], "质衡", "li.hua");
        assert!(made.uri.starts_with("otpauth://totp/%E8%B4%A8%E8%A1%A1:li%2Ehua?secret=AEAQ"));
        assert!(made.svg.starts_with("<svg") && made.svg.ends_with("</svg>"), "{}", made.svg);
        assert!(!made.svg.contains("style"), "a strict policy allows no inline style");
    }
}
