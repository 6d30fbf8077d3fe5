//! Figures of searching among many organizations: how long each way of typing takes, what making the
//! index takes, and how much memory it holds.
//!
//! `search [--subjects 200000] [--calls 400]`

use std::time::{Duration, Instant};

use search::{Index, Lexicon, NameSort, Subject};

use crate::report::{Measurement, timed};
use crate::store::Fault;
use crate::store::sample::{Random, uscc};

/// What names are made of. The shares follow what registers look like: a place before most names, a
/// brand of two or three characters, a trade, a legal form.
const BRANDS: &str = "江豚鼎盛华瑞恒信天益金泰宏远嘉禾楚源长安东方鑫达博雅新光锦绣汉兴三峡荆楚银海龙腾凤凰祥云永昌德丰正大福星利民旺康乐海天晨曦绿源九州百川千禾万家中南北辰";
const TRADES: &[&str] = &[
    "食品",
    "玩具",
    "机械设备",
    "汽车零部件",
    "电子科技",
    "商贸",
    "建筑工程",
    "化工",
    "生物科技",
    "农业发展",
    "餐饮管理",
    "医疗器械",
    "纺织服装",
    "物流",
    "信息技术",
    "装饰材料",
    "酒业",
    "钢铁制品",
    "文化传媒",
    "环保科技",
];
const FORMS: &[&str] = &[
    "有限公司",
    "有限公司",
    "有限公司",
    "有限责任公司",
    "股份有限公司",
    "集团有限公司",
    "厂",
    "经营部",
];
const STREETS: &[&str] = &[
    "解放大道",
    "建设路",
    "人民路",
    "东风大道",
    "光谷大道",
    "沿江大道",
    "新华路",
    "珞喻路",
    "中山路",
    "工业园一路",
    "荷沙大道",
    "邮科院路",
];

/// The divisions of the pack: code and name.
pub fn divisions() -> Result<Vec<(String, String)>, Fault> {
    let files = testkit::hubei_pack();
    let (_, text) = files.iter().find(|(path, _)| path == "regions.csv").ok_or("no regions")?;
    let rows = std::str::from_utf8(text)?.lines().filter(|row| row.starts_with("42"));
    let cells = rows.filter_map(|row| {
        let cells: Vec<&str> = row.split(',').collect();
        // Those that always were and still are: a record names one of its day.
        let [code, name, _, _, "", "", ..] = cells[..] else { return None };
        Some((code.to_owned(), name.to_owned()))
    });
    Ok(cells.collect())
}

fn short(name: &str) -> &str {
    name.char_indices().next_back().map_or(name, |(last, _)| &name[..last])
}

fn lexicon(divisions: &[(String, String)]) -> Lexicon {
    let below = |code: &str| {
        let head = code.trim_end_matches("00");
        divisions.iter().filter(|(c, _)| c.starts_with(head)).map(|(c, _)| c.clone()).collect()
    };
    let places = divisions.iter().flat_map(|(code, name)| {
        let codes: Vec<String> = below(code);
        [(name.as_str(), codes.clone()), (short(name), codes)]
    });
    let forms = ["公司", "有限公司", "有限责任公司", "股份有限公司", "集团", "厂", "经营部"];
    Lexicon::new(forms, places)
}

pub fn subject(random: &mut Random, divisions: &[(String, String)]) -> Result<Subject, Fault> {
    let one = |random: &mut Random, n: usize| random.below(n as u64) as usize;
    let (region, place) = &divisions[one(random, divisions.len())];
    let brands: Vec<char> = BRANDS.chars().collect();
    let length = 2 + one(random, 2);
    let brand: String = (0..length).map(|_| brands[one(random, brands.len())]).collect();
    let trade = TRADES[one(random, TRADES.len())];
    let form = FORMS[one(random, FORMS.len())];
    let place = match one(random, 4) {
        0 => "湖北".to_owned(),
        1 => place.clone(),
        _ => short(place).to_owned(),
    };
    let code = uscc(random)?;
    let mut subject = Subject::new(&format!("uscc:{code}"), 0, region)
        .named(&format!("{place}{brand}{trade}{form}"))
        .coded(&code)
        .coded(&code[8..17]);
    if one(random, 5) == 0 {
        subject.names.push((NameSort::Short, format!("{brand}{trade}")));
    }
    if one(random, 8) == 0 {
        subject.names.push((NameSort::Former, format!("{place}{brand}{trade}厂")));
    }
    let street = STREETS[one(random, STREETS.len())];
    subject.address = format!("{place}{street}{}号", 1 + random.below(900));
    subject.weight = random.below(8) as u8;
    Ok(subject)
}

/// Runs the benchmark.
pub fn run(args: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    measure(args).map_err(|fault| -> Box<dyn std::error::Error> { fault })
}

fn measure(args: &[String]) -> Result<(), Fault> {
    let number = |name: &str, otherwise: u64| -> Result<u64, Fault> {
        let at = args.iter().position(|arg| arg == name);
        Ok(at.and_then(|at| args.get(at + 1)).map_or(Ok(otherwise), |value| value.parse())?)
    };
    let (subjects, calls) = (number("--subjects", 200_000)?, number("--calls", 400)?);
    let divisions = divisions()?;
    let mut random = Random(7);
    let mut made = Vec::new();
    for _ in 0..subjects {
        made.push(subject(&mut random, &divisions)?);
    }
    let (index, time) = timed(|| {
        let mut index = Index::new(lexicon(&divisions));
        made.iter().for_each(|subject| index.put(subject));
        index.settle();
        index
    });
    Measurement::new("search", "make the index", subjects)
        .took(time)
        .with("memory_mb", index.bytes() as f64 / 1e6)
        .print();
    let mut all = Vec::new();
    for (what, typed) in typed(&made, calls, &mut random) {
        let (mut times, mut found) = (Vec::new(), 0);
        for text in &typed {
            let start = Instant::now();
            let answer = index.search(text, |facet| facet.sort == 0, 0, 20);
            times.push(start.elapsed());
            found += answer.count;
        }
        all.extend(times.iter().copied());
        Measurement::new("search", what, typed.len() as u64)
            .with("subjects", subjects)
            .with("found_on_average", found / typed.len().max(1))
            .percentiles(&mut times)
            .print();
    }
    Measurement::new("search", "all of them", all.len() as u64)
        .with("subjects", subjects)
        .percentiles(&mut all)
        .print();
    change(index, &made, &mut random)
}

/// What people type, by the way in which they do.
fn typed(made: &[Subject], calls: u64, random: &mut Random) -> Vec<(&'static str, Vec<String>)> {
    let mut some = |what, type_: &dyn Fn(&Subject, &mut Random) -> String| {
        let texts = (0..calls).map(|_| {
            let subject = &made[random.below(made.len() as u64) as usize];
            type_(subject, random)
        });
        (what, texts.collect::<Vec<_>>())
    };
    let name = |subject: &Subject| subject.names[0].1.clone();
    let cut = |text: &str, from: usize, length: usize| -> String {
        text.chars().skip(from).take(length).collect()
    };
    vec![
        some("whole name", &|s, _| name(s)),
        some("part of a name", &|s, r| cut(&name(s), 2, 3 + r.below(4) as usize)),
        some("two characters", &|s, r| cut(&name(s), r.below(6) as usize, 2)),
        some("abbreviation", &|s, _| name(s).chars().step_by(3).take(3).collect()),
        some("pinyin", &|s, _| spelled(&cut(&name(s), 2, 4), false)),
        some("initials", &|s, _| spelled(&cut(&name(s), 0, 6), true)),
        some("initials of an abbreviation", &|s, _| {
            spelled(&name(s).chars().step_by(2).take(4).collect::<String>(), true)
        }),
        some("code", &|s, _| s.codes[0].clone()),
        some("beginning of a code", &|s, _| cut(&s.codes[0], 0, 12)),
        some("code with a wrong digit", &|s, r| {
            let mut code = s.codes[0].clone().into_bytes();
            let at = r.below(18) as usize;
            code[at] = if code[at] == b'3' { b'4' } else { b'3' };
            String::from_utf8(code).unwrap_or_default()
        }),
        some("address", &|s, _| s.address.clone()),
        some("place and trade", &|s, r| {
            format!("{} {}", cut(&name(s), 0, 2), TRADES[r.below(20) as usize])
        }),
        some("wrong character", &|s, _| {
            name(s).chars().enumerate().map(|(at, c)| if at == 3 { '龘' } else { c }).collect()
        }),
    ]
}

/// The pinyin of a text, or its initials, by the names' own characters.
fn spelled(text: &str, initials: bool) -> String {
    use pinyin::ToPinyin as _;
    let read =
        |c: char| c.to_pinyin().map_or("", |p| if initials { p.first_letter() } else { p.plain() });
    text.chars().map(read).collect()
}

fn change(mut index: Index, made: &[Subject], random: &mut Random) -> Result<(), Fault> {
    let n = 10_000;
    let mut times: Vec<Duration> = Vec::new();
    for _ in 0..n {
        let mut subject = made[random.below(made.len() as u64) as usize].clone();
        subject.address.push_str("附1号");
        let start = Instant::now();
        index.put(&subject);
        times.push(start.elapsed());
    }
    Measurement::new("search", "replace a subject", n).percentiles(&mut times).print();
    let (compact, time) = timed(|| index.compact());
    Measurement::new("search", "compact", compact.len() as u64).took(time).print();
    if compact.len() == made.len() { Ok(()) } else { Err("subjects were lost".into()) }
}
