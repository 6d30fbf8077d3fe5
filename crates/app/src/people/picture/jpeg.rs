//! JPEG: segments, each with a marker; between them the compressed dots.

use super::{Refused, Rest, Stripped};

const SOI: u8 = 0xd8;
const EOI: u8 = 0xd9;
const SOS: u8 = 0xda;
const APP0: u8 = 0xe0;
const APP14: u8 = 0xee;

pub(super) fn strip(bytes: &[u8]) -> Stripped {
    let mut rest = Rest(bytes);
    rest.take(2)?;
    let mut kept = vec![0xff, SOI];
    let mut size = None;
    let mut has_scan = false;
    loop {
        let marker = marker(&mut rest)?;
        if marker == EOI {
            break;
        }
        let length = usize::from(u16::from_be_bytes(rest.array()?));
        let content = rest.take(length.checked_sub(2).ok_or(Refused::Form("length"))?)?;
        match marker {
            // Baseline, extended and progressive, Huffman coded; nothing else is drawn anywhere.
            0xc0..=0xc2 => {
                let [_, h0, h1, w0, w1, ..] = content else { return Err(Refused::Form("frame")) };
                if size.is_some() {
                    return Err(Refused::Form("two frames"));
                }
                size = Some((u16::from_be_bytes([*w0, *w1]), u16::from_be_bytes([*h0, *h1])));
                put(&mut kept, marker, content);
            }
            // Tables of codes and of steps, the interval of restarts.
            0xc4 | 0xdb | 0xdd => put(&mut kept, marker, content),
            SOS => {
                if size.is_none() {
                    return Err(Refused::Form("scan"));
                }
                put(&mut kept, marker, content);
                kept.extend_from_slice(scan(&mut rest)?);
                has_scan = true;
            }
            // The shape of a dot, without the small picture that may stand there.
            APP0 if content.starts_with(b"JFIF\0") => {
                let mut head: [u8; 14] = content
                    .get(..14)
                    .and_then(|c| c.try_into().ok())
                    .ok_or(Refused::Form("JFIF"))?;
                (head[12], head[13]) = (0, 0);
                put(&mut kept, marker, &head);
            }
            // How colours were turned: without it they are wrong.
            APP14 if content.starts_with(b"Adobe") && content.len() == 12 => {
                put(&mut kept, marker, content);
            }
            // Exif, XMP, IPTC, profiles, other pictures, comments.
            APP0..=0xef | 0xfe => {}
            _ => return Err(Refused::Form("marker")),
        }
    }
    let (width, height) = size.filter(|_| has_scan).ok_or(Refused::CutOff)?;
    kept.extend_from_slice(&[0xff, EOI]);
    Ok((u32::from(width), u32::from(height), kept))
}

fn marker(rest: &mut Rest<'_>) -> Result<u8, Refused> {
    let [0xff] = rest.array()? else { return Err(Refused::Form("marker")) };
    loop {
        match rest.array()? {
            // Any number of these may stand before a marker.
            [0xff] => {}
            [marker] => return Ok(marker),
        }
    }
}

fn put(kept: &mut Vec<u8>, marker: u8, content: &[u8]) {
    let length = u16::try_from(content.len() + 2).unwrap_or(u16::MAX);
    kept.extend_from_slice(&[0xff, marker]);
    kept.extend_from_slice(&length.to_be_bytes());
    kept.extend_from_slice(content);
}

/// The compressed dots, up to the next marker that is none of theirs.
fn scan<'b>(rest: &mut Rest<'b>) -> Result<&'b [u8], Refused> {
    let bytes = rest.0;
    let end = bytes.windows(2).position(|pair| match pair {
        // A byte 0xff of the dots, restarts, fill bytes.
        [0xff, 0x00 | 0xd0..=0xd7 | 0xff] => false,
        [0xff, _] => true,
        _ => false,
    });
    rest.take(end.ok_or(Refused::CutOff)?)
}
