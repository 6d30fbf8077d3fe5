//! WebP: chunks of a RIFF file.

use super::{Refused, Rest, Stripped};

/// What the first byte of `VP8X` says: that there is an alpha channel.
const ALPHA: u8 = 0x10;
/// That it moves.
const MOVES: u8 = 0x02;

pub(super) fn strip(bytes: &[u8]) -> Stripped {
    let mut rest = Rest(bytes);
    rest.take(4)?;
    let length = usize::try_from(u32::from_le_bytes(rest.array()?)).unwrap_or(usize::MAX);
    // What stands behind the file's own end is left out.
    let mut rest = Rest(rest.take(length)?);
    rest.take(4)?;
    let mut kept = b"WEBP".to_vec();
    let (mut frame, mut dots) = (None, None);
    while !rest.0.is_empty() {
        let name: [u8; 4] = rest.array()?;
        let length = usize::try_from(u32::from_le_bytes(rest.array()?)).unwrap_or(usize::MAX);
        let content = rest.take(length)?;
        if length % 2 == 1 {
            rest.take(1)?;
        }
        match &name {
            b"VP8X" => {
                let [flags, _, _, _, w0, w1, w2, h0, h1, h2] = content else {
                    return Err(Refused::Form("VP8X"));
                };
                if frame.is_some() || dots.is_some() || flags & MOVES != 0 {
                    return Err(Refused::Form("moving"));
                }
                let number = |a: u8, b: u8, c: u8| u32::from_le_bytes([a, b, c, 0]) + 1;
                frame = Some((number(*w0, *w1, *w2), number(*h0, *h1, *h2)));
                let mut head = content.to_vec();
                // Profile, Exif and XMP are said to be there no more.
                if let Some(first) = head.first_mut() {
                    *first &= ALPHA;
                }
                put(&mut kept, &name, &head);
            }
            b"VP8 " | b"VP8L" => {
                if dots.is_some() {
                    return Err(Refused::Form("two pictures"));
                }
                let size = if &name == b"VP8 " { lossy(content) } else { lossless(content) };
                dots = Some(size.ok_or(Refused::Form("picture"))?);
                put(&mut kept, &name, content);
            }
            b"ALPH" => put(&mut kept, &name, content),
            b"ICCP" | b"EXIF" | b"XMP " => {}
            _ => return Err(Refused::Form("chunk")),
        }
    }
    let dots = dots.ok_or(Refused::CutOff)?;
    let (width, height) = frame.unwrap_or(dots);
    let mut whole = b"RIFF".to_vec();
    let length = u32::try_from(kept.len()).map_err(|_| Refused::TooLarge)?;
    whole.extend_from_slice(&length.to_le_bytes());
    whole.extend_from_slice(&kept);
    Ok((width, height, whole))
}

fn put(kept: &mut Vec<u8>, name: &[u8; 4], content: &[u8]) {
    kept.extend_from_slice(name);
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
    kept.extend_from_slice(&length.to_le_bytes());
    kept.extend_from_slice(content);
    if content.len() % 2 == 1 {
        kept.push(0);
    }
}

/// RFC 6386, section 9.1: a key frame says its size.
fn lossy(content: &[u8]) -> Option<(u32, u32)> {
    let [tag, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1, ..] = content else { return None };
    let size = |a: u8, b: u8| u32::from(u16::from_le_bytes([a, b]) & 0x3fff);
    (tag & 1 == 0).then(|| (size(*w0, *w1), size(*h0, *h1)))
}

/// RFC 9649, section 3.4.
fn lossless(content: &[u8]) -> Option<(u32, u32)> {
    let [0x2f, a, b, c, d, ..] = content else { return None };
    let bits = u32::from_le_bytes([*a, *b, *c, *d]);
    Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
}
