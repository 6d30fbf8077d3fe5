//! What holds whatever is put in.

use proptest::prelude::*;
use proptest::sample::{Index as Choice, select};
use search::{Index, NameSort, Subject};

use crate::known::{codes, index_of, lexicon, subjects};

#[derive(Debug, Clone)]
enum Step {
    Put(Choice, Choice, u8),
    Remove(Choice),
    Compact,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (any::<Choice>(), any::<Choice>(), any::<u8>()).prop_map(|(a, b, w)| Step::Put(a, b, w)),
        3 => any::<Choice>().prop_map(Step::Remove),
        1 => Just(Step::Compact),
    ]
}

const TYPED: &[&str] = &[
    "武钢",
    "大学",
    "湖北",
    "公司",
    "whgt",
    "wh",
    "东风",
    "91420100",
    "武汉市洪山区",
    "gs",
    "长江",
    "刚铁",
    "宜昌 股份",
    "914201001777000",
    "开发区",
    "安琪酵母食品",
];

fn texts(index: &Index) -> Vec<String> {
    TYPED
        .iter()
        .map(|typed| format!("{typed}: {:?}", index.search(typed, |_| true, 0, 50)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn put_in_and_taken_out_it_is_as_made_anew(steps in prop::collection::vec(step(), 1..60)) {
        let all = subjects();
        let mut index = Index::new(lexicon());
        let mut model: Vec<Subject> = Vec::new();
        for step in steps {
            match step {
                // A subject under the id of another, so that names and codes change.
                Step::Put(id, content, weight) => {
                    let id = all[id.index(12)].id.clone();
                    let subject = Subject { id, weight, ..all[content.index(all.len())].clone() };
                    index.put(&subject);
                    model.retain(|known| known.id != subject.id);
                    model.push(subject);
                }
                Step::Remove(id) => {
                    let id = &all[id.index(12)].id;
                    let was_there = model.iter().any(|known| known.id == *id);
                    prop_assert_eq!(index.remove(id), was_there);
                    model.retain(|known| known.id != *id);
                }
                Step::Compact => index = index.compact(),
            }
        }
        prop_assert_eq!(index.len(), model.len());
        model.reverse();
        let anew = index_of(&model);
        prop_assert_eq!(texts(&index), texts(&anew));
        for subject in &model {
            prop_assert_eq!(index.subject(&subject.id), Some(subject.clone()));
        }
    }

    #[test]
    fn every_organization_is_found_by_all_that_it_has(
        number in 0..subjects().len(), at in 0..18_usize, digit in select(b"0123456789ABCDEFGH".to_vec()),
        skip in 0..4_usize,
    ) {
        let all = subjects();
        let index = index_of(&all);
        let subject = &all[number];
        let finds = |typed: &str| {
            let found = index.search(typed, |_| true, 0, 200);
            found.hits.iter().any(|hit| hit.id == subject.id)
        };
        for (sort, name) in &subject.names {
            prop_assert!(finds(name), "{name}");
            let first = index.search(name, |_| true, 0, 3);
            prop_assert!(first.hits.iter().any(|hit| hit.id == subject.id), "{name} is not first");
            let spaced: String = name.chars().flat_map(|c| [c, ' ']).collect();
            if name.chars().count() <= 6 {
                prop_assert!(finds(&spaced), "{spaced}");
            }
            if *sort != NameSort::Former {
                prop_assert!(finds(&initials(name)), "{} of {name}", initials(name));
            }
            let part: String = name.chars().skip(skip).take(4).collect();
            prop_assert!(finds(&part) || part.chars().count() < 2, "{part} of {name}");
            let every_second: String = name.chars().filter(|c| c.is_alphanumeric()).step_by(2).collect();
            prop_assert!(finds(&every_second), "{every_second} of {name}");
        }
        let (mut code, old) = codes(number);
        prop_assert!(finds(&old) && finds(&code));
        code.replace_range(at..=at, &char::from(digit).to_string());
        prop_assert!(finds(&code), "{code}");
    }

    #[test]
    fn anything_can_be_typed(typed in ".{0,200}", more in "[a-z]{0,60}[0-9]{0,30}[a-zA-Z武汉 ]{0,20}") {
        let index = index_of(&subjects());
        for text in [&typed, &more] {
            let found = index.search(text, |_| true, 0, 10);
            prop_assert!(found.hits.len() == found.count.min(10));
        }
    }
}

/// The first letters of a name's pinyin, in the first reading of each character.
fn initials(name: &str) -> String {
    use pinyin::ToPinyin as _;
    let letter = |c: char| match c.to_pinyin() {
        Some(reading) => reading.first_letter().chars().next(),
        None => c.is_ascii_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    name.chars().filter_map(letter).collect()
}
