//! Figures of the crate `codes`.

use std::hint::black_box;

use codes::gs1::{DigitalLink, Epc};
use codes::{Mode, OrganizationCode, Uscc};

use crate::report::{Measurement, timed};

/// Checks of social credit codes, and conversions of Digital Links to EPC URNs and back.
pub fn run(_args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let codes = social_credit_codes(1 << 16);
    let rounds = 400;
    let ((), check) = timed(|| {
        let mut right = 0u64;
        for _ in 0..rounds {
            right += codes.iter().filter(|code| Uscc::is_right(black_box(code))).count() as u64;
        }
        assert_eq!(black_box(right), rounds * codes.len() as u64 / 2);
    });
    let n = rounds * codes.len() as u64;
    Measurement::new("codes", "uscc_check", n).with("threads", 1).took(check).print();

    let texts: Vec<&str> = codes
        .iter()
        .filter(|c| Uscc::is_right(c))
        .filter_map(|c| std::str::from_utf8(c).ok())
        .collect();
    let rounds = 50;
    let (read, parse) = timed(|| {
        let parsed = |text: &&&str| Uscc::parse(black_box(text), Mode::Strict).is_ok();
        (0..rounds).map(|_| texts.iter().filter(parsed).count() as u64).sum::<u64>()
    });
    if read != rounds * texts.len() as u64 {
        return Err("a right code was refused".into());
    }
    Measurement::new("codes", "uscc_parse", read).with("threads", 1).took(parse).print();

    let links: Vec<String> = (0..10_000u64)
        .map(|i| {
            let body = format!("0690123{:06}", i * 97 % 1_000_000);
            let check = codes::gs1::check_digit(body.as_bytes()).map_or('0', char::from);
            format!("https://id.gs1.org/01/{body}{check}/21/S{i:08}")
        })
        .collect();
    let rounds = 100;
    let (result, convert) = timed(|| -> Result<(), codes::Error> {
        for _ in 0..rounds {
            for link in &links {
                let epc = DigitalLink::parse(black_box(link), Mode::Strict)?.value.to_epc()?.value;
                let urn = epc.to_urn(7, Mode::Strict)?.value;
                let back = Epc::from_urn(black_box(&urn), Mode::Strict)?.value.to_digital_link();
                assert_eq!(&back, link, "a link did not come back");
            }
        }
        Ok(())
    });
    result?;
    let n = rounds * links.len() as u64;
    Measurement::new("codes", "digital_link_to_urn_and_back", n)
        .with("threads", 1)
        .took(convert)
        .print();
    Ok(())
}

/// Codes of which every second has a wrong check character.
fn social_credit_codes(n: u32) -> Vec<[u8; 18]> {
    (0..n)
        .map(|i| {
            let mut code = [b'0'; 18];
            let body = format!("MA{:06}", i * 31 % 999_983);
            let old = OrganizationCode::check_character(body.as_bytes()).map_or('0', char::from);
            let text = format!("914201{:02}{body}{old}", i % 100);
            code[..17].copy_from_slice(text.as_bytes());
            let check = Uscc::check_character(&code).unwrap_or(b'0');
            code[17] = match (i % 2, check) {
                (0, check) => check,
                (_, b'0') => b'1',
                _ => b'0',
            };
            code
        })
        .collect()
}
