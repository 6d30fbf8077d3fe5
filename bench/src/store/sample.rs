//! Records as a system of laboratories sends them: reports of tests, of the size that the figures
//! name, with codes that are right and persons from a pool.

use std::fmt::Write as _;

use codes::{Mode, Uscc};
use model::{Draft, SubjectId, json};

use super::Fault;

/// Bytes of the canonical open part.
pub const OPEN_BYTES: usize = 600;
/// Bytes of the canonical personal part.
pub const PERSONAL_BYTES: usize = 100;

const MAKERS: usize = 40_000;
const PRODUCTS: u64 = 100_000;
const LABORATORIES: usize = 400;
/// One record in so many is about one of the makers with many records.
const OFTEN: u64 = 4;
/// Records of the store for each maker with many records, so that each has 250.
const SHARE: u64 = 1_000;

const REGIONS: [&str; 8] =
    ["420102", "420106", "420111", "420115", "420202", "420281", "420322", "420502"];
const RESULTS: [&str; 4] = ["pass", "pass", "pass", "fail"];
const WORDS: &str = "样品状态完好，封样完整，按监督抽查实施细则抽取并送检，检验过程中仪器运行正常，环境条件符合要求，所检项目依据标准判定，备用样品封存于检验机构，复检期限内企业未提出异议。";

/// Makes records; the same seed makes the same.
pub struct Samples {
    makers: Vec<String>,
    often: usize,
    persons: u64,
    laboratories: Vec<String>,
    filler: String,
    random: Random,
    next: u64,
}

/// A random stream (splitmix64).
#[derive(Clone)]
pub struct Random(pub u64);

impl Random {
    /// The next 64 bits.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// A number below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

impl Samples {
    /// Records for a store that holds `preload` of them, about so many persons. The subjects follow
    /// from the first number alone; the stream of `seed` decides all else.
    pub fn new(preload: u64, persons: u64, seed: u64) -> Result<Self, Fault> {
        let mut random = Random(42);
        let often = usize::try_from((preload / SHARE).max(1))?;
        let codes = |random: &mut Random, n: usize| -> Result<Vec<String>, Fault> {
            (0..n).map(|_| uscc(random)).collect()
        };
        let makers = codes(&mut random, often + MAKERS)?;
        let laboratories = codes(&mut random, LABORATORIES)?;
        let mut samples = Self {
            makers,
            often,
            persons,
            laboratories,
            filler: WORDS.repeat(4),
            random: Random(seed),
            next: 0,
        };
        samples.check()?;
        Ok(samples)
    }

    /// The makers with many records: one in [`OFTEN`] records is about one of them.
    pub fn often(&self) -> Result<Vec<SubjectId>, Fault> {
        let ids = self.makers[..self.often].iter().map(|code| format!("uscc:{code}").parse());
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Another stream of the same records.
    pub fn split(&self, seed: u64) -> Self {
        Self {
            makers: self.makers.clone(),
            laboratories: self.laboratories.clone(),
            filler: self.filler.clone(),
            random: Random(seed),
            ..*self
        }
    }

    /// Appends the next record, in one line without its end.
    pub fn write(&mut self, text: &mut String) -> std::fmt::Result {
        let r = &mut self.random;
        let at = self.next;
        self.next += 1;
        let maker = if at.is_multiple_of(OFTEN) {
            (at / OFTEN) as usize % self.often
        } else {
            self.often + r.below(MAKERS as u64) as usize
        };
        let maker = &self.makers[maker];
        let laboratory = &self.laboratories[r.below(LABORATORIES as u64) as usize];
        let person = r.below(self.persons);
        let region = REGIONS[r.below(REGIONS.len() as u64) as usize];
        let result = RESULTS[r.below(RESULTS.len() as u64) as usize];
        let (year, month, day) = (2021 + r.below(4), 1 + r.below(12), 1 + r.below(28));
        let (hour, minute) = (8 + r.below(10), r.below(60));
        write!(
            text,
            r#"{{"kind":"test-report","region":"{region}","valid_at":"{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00+08:00","source":"lims","subjects":[{{"role":"nominal_maker","id":"uscc:{maker}"}},{{"role":"product","id":"gtin:"#
        )?;
        write_gtin(text, r.below(PRODUCTS));
        write!(text, r#""}},{{"role":"laboratory","id":"uscc:{laboratory}"}}],"open":"#)?;
        let start = text.len();
        let (lead, number) = (r.below(900) + 100, r.next());
        let more = r.below(1 << 16);
        write!(
            text,
            r#"{{"issued_on":"{year}-{month:02}-{day:02}","items":[{{"item":"铅","limit":{{"unit":"mg/kg","value":0.2}},"method":"GB 5009.12-2023","value":{{"unit":"mg/kg","value":0.1{lead}1}},"verdict":"pass"}},{{"item":"镉","limit":{{"unit":"mg/kg","value":0.1}},"value_text":"未检出","verdict":"pass"}}],"programme":"supervision","remark":""#
        )?;
        let end = 55;
        let room = OPEN_BYTES - (text.len() - start) - end;
        fill(text, &self.filler, room);
        write!(text, r#"","report_no":"HB{number:016X}{more:04X}","result":"{result}"}}"#)?;
        write!(text, r#","personal":[{{"person":"p-{person:05}","fields":{{"signatory":""#)?;
        fill(text, &self.filler, PERSONAL_BYTES - 16);
        text.push_str(r#""}}]}"#);
        Ok(())
    }

    /// The sizes are what the figures say.
    fn check(&mut self) -> Result<(), Fault> {
        let (random, next) = (self.random.clone(), self.next);
        for _ in 0..100 {
            let mut text = String::new();
            self.write(&mut text)?;
            let draft = Draft::parse(text.as_bytes())?;
            let open = json::canonical_object(&draft.open).len();
            let personal = json::canonical_object(&draft.personal[0].fields).len();
            if (open, personal, draft.subjects.len()) != (OPEN_BYTES, PERSONAL_BYTES, 3) {
                return Err(format!("a record of {open} and {personal} bytes: {text}").into());
            }
        }
        (self.random, self.next) = (random, next);
        Ok(())
    }
}

/// Appends so many bytes of whole characters.
fn fill(text: &mut String, from: &str, bytes: usize) {
    let whole = from.floor_char_boundary(bytes);
    text.push_str(&from[..whole]);
    text.extend(std::iter::repeat_n('.', bytes - whole));
}

fn write_gtin(text: &mut String, number: u64) {
    let start = text.len();
    let _ = write!(text, "06901{number:08}");
    let digits: Vec<u8> = text.as_bytes()[start..].iter().map(|b| b - b'0').collect();
    let sum: u32 = digits.iter().rev().enumerate().fold(0, |sum, (at, digit)| {
        sum + u32::from(*digit) * if at.is_multiple_of(2) { 3 } else { 1 }
    });
    let _ = write!(text, "{}", (10 - sum % 10) % 10);
}

/// A code that is right, and whose old code inside is right.
pub fn uscc(random: &mut Random) -> Result<String, Fault> {
    let mut code = *b"914201000000000000";
    for place in &mut code[8..16] {
        *place = b"0123456789ABCDEFGHJKLMNPQRTUWXY"[random.below(31) as usize];
    }
    for check in *b"0123456789X" {
        code[16] = check;
        code[17] = Uscc::check_character(&code).ok_or("a character of no code")?;
        let text = std::str::from_utf8(&code)?;
        if Uscc::parse(text, Mode::Strict)?.warnings.is_empty() {
            return Ok(text.to_owned());
        }
    }
    Err("no check character fits".into())
}
