//! Words that say little about whose name it is: legal forms and places.

use std::ops::Range;

use crate::fold::fold;

/// The words that say little in a name. Which they are is the caller's to say.
#[derive(Debug, Clone, Default)]
pub struct Lexicon {
    /// Folded, the longest first.
    forms: Vec<Vec<u16>>,
    /// Folded, the longest first, with the divisions that they mean.
    places: Vec<(Vec<u16>, Vec<String>)>,
}

/// The shortest rest of a name that still says whose it is.
const SHORTEST: usize = 2;
/// Places before a name, such as 湖北省武汉市江夏区.
const MOST_PLACES: usize = 3;
/// Forms behind a name, such as 集团 and 有限公司.
const MOST_FORMS: usize = 2;

impl Lexicon {
    /// A lexicon of legal forms, and of the names of divisions with all codes that they stand for.
    pub fn new<'a>(
        forms: impl IntoIterator<Item = &'a str>,
        places: impl IntoIterator<Item = (&'a str, Vec<String>)>,
    ) -> Self {
        let mut forms: Vec<Vec<u16>> = forms.into_iter().map(fold).collect();
        forms.retain(|form| !form.is_empty());
        forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
        let mut found: Vec<(Vec<u16>, Vec<String>)> = Vec::new();
        for (name, codes) in places {
            let name = fold(name);
            match found.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.extend(codes),
                None if name.len() >= SHORTEST => found.push((name, codes)),
                None => {}
            }
        }
        found.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        Self { forms, places: found }
    }

    /// The part of a folded name that says whose it is, without the places before it and the legal
    /// forms behind it; the whole where too little would be left.
    pub(crate) fn core(&self, name: &[u16]) -> Range<usize> {
        let (mut from, mut to) = (0, name.len());
        for _ in 0..MOST_FORMS {
            let rest = name.get(..to).unwrap_or_default();
            let Some(form) = self.forms.iter().find(|form| rest.ends_with(form)) else { break };
            if to - form.len() < SHORTEST {
                break;
            }
            to -= form.len();
        }
        for _ in 0..MOST_PLACES {
            let rest = name.get(from..to).unwrap_or_default();
            let Some((place, _)) = self.place(rest) else { break };
            if to - from - place < SHORTEST {
                break;
            }
            from += place;
        }
        from..to
    }

    /// The length of the place that a folded text begins with, and the divisions that it means.
    pub(crate) fn place(&self, text: &[u16]) -> Option<(usize, &[String])> {
        let (name, codes) = self.places.iter().find(|(name, _)| text.starts_with(name))?;
        Some((name.len(), codes))
    }
}

#[cfg(test)]
mod tests {
    use super::Lexicon;
    use crate::fold::fold;

    #[test]
    fn the_core_of_a_name_says_whose_it_is() {
        let codes = |code: &str| vec![code.to_owned()];
        let places = [("湖北省", "42"), ("湖北", "42"), ("武汉市", "4201"), ("武汉", "4201")];
        let forms = ["公司", "有限公司", "有限责任公司", "集团"];
        let lexicon = Lexicon::new(forms, places.map(|(name, code)| (name, codes(code))));
        for (name, core) in [
            ("湖北江豚玩具有限公司", "江豚玩具"),
            ("湖北省武汉市江豚玩具集团有限责任公司", "江豚玩具"),
            ("武汉公司", "武汉"),
            ("湖北省", "湖北省"),
            ("武钢", "武钢"),
            ("公司", "公司"),
        ] {
            let folded = fold(name);
            assert_eq!(String::from_utf16_lossy(&folded[lexicon.core(&folded)]), core, "{name}");
        }
    }
}
