//! What is expected comes first.

use search::{How, Index};

use crate::known::{codes, index_of, subjects, testdata};

fn place(index: &Index, typed: &str, name: &str) -> Option<usize> {
    let found = index.search(typed, |_| true, 0, 200);
    assert_eq!(found.count, found.hits.len());
    found.hits.iter().position(|hit| hit.name == name)
}

#[test]
fn what_people_type_finds_what_they_mean() {
    let index = index_of(&subjects());
    let mut wrong = Vec::new();
    for row in testdata("queries.csv") {
        let [typed, name, among] = &row[..] else { panic!("{row:?}") };
        let among: usize = among.parse().unwrap();
        let at = place(&index, typed, name);
        if name.is_empty() {
            let found = index.search(typed, |_| true, 0, 3);
            if found.count > 0 {
                wrong.push(format!("{typed}: should find nothing: {:?}", found.hits));
            }
        } else if at.is_none_or(|at| at >= among) {
            let first = index.search(typed, |_| true, 0, 3);
            let first: Vec<_> = first.hits.iter().map(|h| (h.name, h.how)).collect();
            wrong.push(format!("{typed}: {name} is at {at:?}, not among {among}: {first:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn codes_are_found_whole_by_their_beginning_and_with_a_slip() {
    let index = index_of(&subjects());
    let (code, old) = codes(3);
    let id = format!("uscc:{code}");
    let find = |typed: &str| {
        let found = index.search(typed, |_| true, 0, 5);
        (found.count, found.hits.first().map(|hit| (hit.id.to_owned(), hit.how)))
    };
    let is = |how| (1, Some((id.clone(), how)));
    assert_eq!(find(&code), is(How::Exact));
    assert_eq!(find(&code.to_lowercase()), is(How::Exact));
    assert_eq!(find(&format!("{} {} {}", &code[..6], &code[6..12], &code[12..])), is(How::Exact));
    assert_eq!(find(&old), is(How::Exact));
    assert_eq!(find(&format!("{}-{}", &old[..8], &old[8..])), is(How::Exact));
    assert_eq!(find(&code[..16]), is(How::Beginning));
    assert_eq!(find("9142").0, subjects().len());
    let swapped = format!("{}{}{}{}", &code[..8], &code[9..10], &code[8..9], &code[10..]);
    assert_eq!(find(&swapped), is(How::Slip));
    assert_eq!(find(&format!("{code} 安琪")), is(How::Beginning));
    assert_eq!(find(&format!("{code} 劲牌")).0, 0);
}

#[test]
fn a_hit_says_how_it_fits() {
    let index = index_of(&subjects());
    let first = |typed: &str| {
        let found = index.search(typed, |_| true, 0, 1);
        let hit = found.hits.first().unwrap();
        (hit.how, hit.by.to_owned(), hit.is_former)
    };
    assert_eq!(first("华中钢铁公司"), (How::Exact, "华中钢铁公司".to_owned(), true));
    assert_eq!(first("武钢"), (How::Exact, "武钢".to_owned(), false));
    assert_eq!(first("洪城"), (How::Beginning, "湖北洪城通用机械股份有限公司".to_owned(), true));
    assert_eq!(first("车城东道").0, How::Address);
}

#[test]
fn the_scope_is_asked_while_searching() {
    let index = index_of(&subjects());
    let all = index.search("大学", |_| true, 0, 100);
    let in_yichang = index.search("大学", |facet| facet.region == "420500", 0, 1);
    assert!(all.count > 4);
    assert_eq!((in_yichang.count, in_yichang.hits[0].name), (1, "三峡大学"));
    let page = index.search("大学", |_| true, 2, 2);
    assert_eq!((page.count, &page.hits[..]), (all.count, &all.hits[2..4]));
    assert!(index.search("大学", |_| true, 500, 10).hits.is_empty());
    for nothing in ["", "   ", "（）", "！？"] {
        assert_eq!(index.search(nothing, |_| true, 0, 10).count, 0);
    }
}

#[test]
fn namesakes_are_found_whatever_their_signs() {
    let mut all = subjects();
    let mut again = all[0].clone();
    again.id = "organization-code:177700002".to_owned();
    again.names[0].1 = "武漢鋼鐵(集團)公司".to_owned();
    all.push(again);
    let index = index_of(&all);
    assert_eq!(index.namesakes(|_| true), [["organization-code:177700002", &*all[0].id]]);
    assert!(index.namesakes(|facet| facet.id != all[0].id).is_empty());
}
