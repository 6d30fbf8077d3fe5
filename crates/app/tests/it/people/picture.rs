//! Pictures: what they show stays, what they tell goes, what is not understood is refused.

use app::people::picture::{Format, strip};
use proptest::prelude::*;

pub const SECRETS: [&str; 4] = ["GPS 30.5N 114.3E", "Owner Zhao", "Camera-7", "thumbnail"];

fn jpeg_segment(marker: u8, content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u16 + 2).to_be_bytes();
    [&[0xff, marker][..], &length, content].concat()
}

/// A grey picture of 8 x 8 dots, with everything that a camera adds.
pub fn jpeg() -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8];
    bytes.extend(jpeg_segment(0xe0, b"JFIF\0\x01\x02\x00\x00\x48\x00\x48\x01\x01abc"));
    bytes.extend(jpeg_segment(0xe1, b"Exif\0\0GPS 30.5N 114.3E Owner Zhao"));
    bytes.extend(jpeg_segment(0xe1, b"http://ns.adobe.com/xap/1.0/\0Camera-7"));
    bytes.extend(jpeg_segment(0xe2, b"MPF\0thumbnail"));
    bytes.extend(jpeg_segment(0xed, b"Photoshop 3.0\0Owner Zhao"));
    bytes.extend(jpeg_segment(0xfe, b"Owner Zhao"));
    bytes.extend(jpeg_segment(0xdb, &[&[0][..], &[1; 64]].concat()));
    bytes.extend(jpeg_segment(0xc0, &[8, 0, 8, 0, 8, 1, 1, 0x11, 0]));
    // One code of two bits, for the difference 0 and the end of the block.
    let codes = |class: u8| [&[class][..], &[0, 1], &[0; 14], &[0]].concat();
    bytes.extend(jpeg_segment(0xc4, &codes(0x00)));
    bytes.extend(jpeg_segment(0xc4, &codes(0x10)));
    bytes.extend(jpeg_segment(0xda, &[1, 1, 0, 0, 63, 0]));
    bytes.extend([0x0f, 0xff, 0x00, 0x12, 0xff, 0xd0, 0x34]);
    bytes.extend([0xff, 0xff, 0xd9]);
    bytes.extend(b"thumbnail behind the end");
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
        }
    }
    !sum
}

fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let body = [&name[..], content].concat();
    [&(content.len() as u32).to_be_bytes()[..], &body, &crc(&body).to_be_bytes()].concat()
}

/// One dot, with what a screen shot adds.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]));
    bytes.extend(chunk(b"gAMA", &[0, 0, 0xb1, 0x8f]));
    bytes.extend(chunk(b"tEXt", b"Author\0Owner Zhao"));
    bytes.extend(chunk(b"eXIf", b"MM\0*GPS 30.5N 114.3E"));
    bytes.extend(chunk(b"tIME", &[7, 0xea, 11, 27, 0, 0, 0]));
    bytes.extend(chunk(b"iCCP", b"Camera-7\0\0x"));
    // A stored block: filter 0, one grey dot.
    let dots = [0x78, 1, 1, 2, 0, 0xfd, 0xff, 0, 7, 0, 10, 0, 8];
    bytes.extend(chunk(b"IDAT", &dots));
    bytes.extend(chunk(b"IEND", b""));
    bytes.extend(b"thumbnail");
    bytes
}

fn riff_chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let pad = &[0][..content.len() % 2];
    [&name[..], &(content.len() as u32).to_le_bytes(), content, pad].concat()
}

fn webp() -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    body.extend(riff_chunk(b"VP8X", &[0x3c, 0, 0, 0, 15, 0, 0, 9, 0, 0]));
    body.extend(riff_chunk(b"ICCP", b"Camera-7"));
    body.extend(riff_chunk(b"ALPH", &[0, 1, 2]));
    body.extend(riff_chunk(b"VP8 ", &[0, 0, 0, 0x9d, 1, 0x2a, 16, 0, 10, 0, 1, 2, 3]));
    body.extend(riff_chunk(b"EXIF", b"GPS 30.5N 114.3E Owner Zhao"));
    body.extend(riff_chunk(b"XMP ", b"Camera-7"));
    let mut bytes = b"RIFF".to_vec();
    bytes.extend((body.len() as u32).to_le_bytes());
    bytes.extend(body);
    bytes.extend(b"thumbnail");
    bytes
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[test]
fn nothing_but_the_picture_is_left() {
    for (bytes, format, size) in [
        (jpeg(), Format::Jpeg, (8, 8)),
        (png(), Format::Png, (1, 1)),
        (webp(), Format::Webp, (16, 10)),
    ] {
        assert!(SECRETS.iter().all(|secret| has(&bytes, secret)), "{format:?}");
        let picture = strip(&bytes).unwrap();
        assert_eq!((picture.format, picture.width, picture.height), (format, size.0, size.1));
        for secret in SECRETS {
            assert!(!has(&picture.bytes, secret), "{format:?} {secret}");
        }
        // Stripped again it stays as it is.
        assert_eq!(strip(&picture.bytes).unwrap(), picture);
    }
}

#[test]
fn the_dots_stay_as_they_were() {
    let stripped = strip(&jpeg()).unwrap().bytes;
    assert!(stripped.windows(7).any(|part| part == [0x0f, 0xff, 0x00, 0x12, 0xff, 0xd0, 0x34]));
    // The small picture of the head is gone, with its size.
    assert!(has(&stripped, "JFIF") && !has(&stripped, "abc"));
    let stripped = strip(&png()).unwrap().bytes;
    let names: Vec<&[u8]> = [&b"IHDR"[..], b"gAMA", b"IDAT", b"IEND"].to_vec();
    assert!(names.iter().all(|name| stripped.windows(4).any(|part| part == *name)));
    let stripped = strip(&webp()).unwrap().bytes;
    assert_eq!(u32::from_le_bytes(stripped[4..8].try_into().unwrap()) as usize + 8, stripped.len());
    assert_eq!(stripped[20], 0x10, "only the alpha channel is said to be there");
}

#[test]
fn what_is_not_understood_is_refused() {
    let code = |bytes: &[u8]| strip(bytes).unwrap_err().code;
    for other in [&b""[..], b"GIF89a", b"<svg/>", b"%PDF-1.7", b"RIFF\0\0\0\0WAVE", &[0xff, 0xd8]] {
        assert_eq!(code(other), "picture.format");
    }
    // A frame with arithmetic codes; a second frame; a chunk that a reader must know.
    let mut arithmetic = jpeg();
    let at = arithmetic.windows(2).position(|part| part == [0xff, 0xc0]).unwrap();
    arithmetic[at + 1] = 0xc9;
    assert_eq!(code(&arithmetic), "picture.form");
    let mut unknown = png();
    let at = unknown.len() - 9 - 12;
    unknown.splice(at..at, chunk(b"ABCD", b""));
    assert_eq!(code(&unknown), "picture.form");
    let mut broken = png();
    broken[20] ^= 1;
    assert_eq!(code(&broken), "picture.form");
    let mut moving = webp();
    moving[20] |= 2;
    assert_eq!(code(&moving), "picture.form");
    // So many dots that nobody can draw them.
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    bytes.extend(chunk(b"IHDR", &[0, 1, 0, 0, 0, 1, 0, 0, 8, 0, 0, 0, 0]));
    bytes.extend(chunk(b"IDAT", b""));
    bytes.extend(chunk(b"IEND", b""));
    assert_eq!(code(&bytes), "picture.too_large");
}

#[test]
fn a_picture_that_is_cut_off_anywhere_is_refused() {
    for whole in [jpeg(), png(), webp()] {
        let end = whole.len() - "thumbnail".len();
        for length in 0..end {
            // Behind the end of a JPEG stands more than the one word.
            if let Ok(picture) = strip(&whole[..length]) {
                assert_eq!(picture.format, Format::Jpeg);
                assert!(whole[..length].windows(2).any(|part| part == [0xff, 0xd9]));
            }
        }
    }
}

proptest! {
    #[test]
    fn no_bytes_are_too_strange(which in 0..3_usize, at in any::<prop::sample::Index>(), byte: u8, cut in any::<prop::sample::Index>()) {
        let mut bytes = [jpeg(), png(), webp()][which].clone();
        let place = at.index(bytes.len());
        bytes[place] = byte;
        bytes.truncate(cut.index(bytes.len()) + 1);
        if let Ok(picture) = strip(&bytes) {
            prop_assert!(!has(&picture.bytes, "GPS 30.5N"));
            prop_assert_eq!(strip(&picture.bytes).unwrap(), picture);
        }
    }
}
