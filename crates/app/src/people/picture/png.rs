//! PNG: chunks, each with its name and a check sum.

use super::{Refused, Rest, Stripped};

pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// Chunks that are needed to draw the picture right, and say nothing else.
const KEPT: [&[u8; 4]; 9] =
    [b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"bKGD"];

pub(super) fn strip(bytes: &[u8]) -> Stripped {
    let mut rest = Rest(bytes);
    rest.take(SIGNATURE.len())?;
    let mut kept = SIGNATURE.to_vec();
    let mut size = None;
    let mut has_dots = false;
    loop {
        let from = rest.0;
        let length = u32::from_be_bytes(rest.array()?);
        let name: [u8; 4] = rest.array()?;
        let length = usize::try_from(length).map_err(|_| Refused::CutOff)?;
        let content = rest.take(length)?;
        let sum = u32::from_be_bytes(rest.array()?);
        let whole = from.get(..length + 12).ok_or(Refused::CutOff)?;
        if sum != crc(whole.get(4..length + 8).ok_or(Refused::CutOff)?) {
            return Err(Refused::Form("check sum"));
        }
        match &name {
            b"IHDR" => {
                let [w0, w1, w2, w3, h0, h1, h2, h3, ..] = content else {
                    return Err(Refused::Form("IHDR"));
                };
                if size.is_some() || content.len() != 13 {
                    return Err(Refused::Form("IHDR"));
                }
                let width = u32::from_be_bytes([*w0, *w1, *w2, *w3]);
                size = Some((width, u32::from_be_bytes([*h0, *h1, *h2, *h3])));
            }
            _ if size.is_none() => return Err(Refused::Form("order")),
            b"IDAT" => has_dots = true,
            // Whoever does not know a chunk with a capital cannot draw the picture.
            name if !KEPT.contains(&name) && name[0].is_ascii_uppercase() => {
                return Err(Refused::Form("chunk"));
            }
            _ => {}
        }
        if KEPT.contains(&&name) {
            kept.extend_from_slice(whole);
        }
        if &name == b"IEND" {
            break;
        }
    }
    let (width, height) = size.filter(|_| has_dots).ok_or(Refused::CutOff)?;
    Ok((width, height, kept))
}

/// The check sum of a chunk (ISO/IEC 15948, annex D): CRC-32 of name and content.
pub(super) fn crc(bytes: &[u8]) -> u32 {
    const TABLE: [u32; 256] = {
        let mut table = [0; 256];
        let mut at = 0;
        while at < 256 {
            let mut sum = at as u32;
            let mut bit = 0;
            while bit < 8 {
                sum = if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
                bit += 1;
            }
            table[at] = sum;
            at += 1;
        }
        table
    };
    let step = |sum: u32, byte: &u8| TABLE[usize::from((sum as u8) ^ byte)] ^ (sum >> 8);
    !bytes.iter().fold(u32::MAX, step)
}
