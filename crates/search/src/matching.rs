//! How well a document is what was meant.

use crate::documents::{Documents, Name};
use crate::query::{Pattern, Term, Token};
use crate::subject::{How, NameSort};

/// How well something fits: the smaller the better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Fit {
    pub(crate) how: How,
    /// Among those that fit in the same way.
    pub(crate) worse: u16,
    pub(crate) by: By,
}

/// By what it fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum By {
    /// A name, by its number.
    Name(u32, bool),
    /// A code, by its number.
    Code(u32),
    /// The address.
    Address,
}

/// How much is let pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leniency {
    /// Whether the places before the core need not fit.
    pub(crate) places: bool,
    /// Whether sounds may be apart.
    pub(crate) sounds_apart: bool,
}

/// Where all tokens stand one behind the other.
fn together(text: &[u16], tokens: &[Token]) -> Option<usize> {
    if tokens.is_empty() || tokens.len() > text.len() {
        return None;
    }
    let fits = |window: &[u16]| window.iter().zip(tokens).all(|(unit, token)| token.fits(*unit));
    text.windows(tokens.len()).position(fits)
}

/// Where all tokens stand in their order, and how many other characters are between them.
fn in_order(text: &[u16], tokens: &[Token]) -> Option<(usize, usize)> {
    let (first, rest) = tokens.split_first()?;
    let mut best: Option<(usize, usize)> = None;
    for begin in 0..(text.len() + 1).saturating_sub(tokens.len()) {
        if !text.get(begin).is_some_and(|unit| first.fits(*unit)) {
            continue;
        }
        let mut at = begin;
        let is_there = rest.iter().all(|token| {
            let behind = text.get(at + 1..).unwrap_or_default();
            match behind.iter().position(|unit| token.fits(*unit)) {
                Some(skipped) => {
                    at += 1 + skipped;
                    true
                }
                None => false,
            }
        });
        if !is_there {
            // What is not behind here is not behind any later place.
            break;
        }
        let gaps = at + 1 - begin - tokens.len();
        if best.is_none_or(|(_, fewest)| gaps < fewest) {
            best = Some((begin, gaps));
        }
    }
    best
}

fn begins(text: &[u16], tokens: &[Token]) -> bool {
    tokens.len() <= text.len() && text.iter().zip(tokens).all(|(unit, token)| token.fits(*unit))
}

fn is_whole(text: &[u16], tokens: &[Token]) -> bool {
    text.len() == tokens.len() && begins(text, tokens)
}

/// How well a document fits a term in any of its meanings; none where it does not.
pub(crate) fn fit(
    documents: &Documents,
    document: u32,
    term: &Term,
    leniency: Leniency,
) -> Option<Fit> {
    let patterns = term.patterns.iter();
    patterns.filter_map(|p| fit_pattern(documents, document, term, p, leniency)).min()
}

/// How well a document fits one meaning of a term.
pub(crate) fn fit_pattern(
    documents: &Documents,
    document: u32,
    term: &Term,
    pattern: &Pattern,
    leniency: Leniency,
) -> Option<Fit> {
    let mut best: Option<Fit> = None;
    // A pattern without places asks for none.
    let places = match pattern.core.start {
        0 => Places::None,
        _ if leniency.places => Places::LeftOut,
        _ if is_in_all(documents.region(document), &term.places) => Places::Region,
        _ => Places::Written,
    };
    for name in documents.names(document) {
        let found = if pattern.is_written {
            fit_written(&name, pattern, places)
        } else {
            fit_sounds(&name, pattern, leniency)
        };
        if let Some((how, worse)) = found {
            let is_former = name.sort == NameSort::Former;
            let worse = worse + if is_former { 2 } else { 0 };
            let by = By::Name(name.number as u32, is_former);
            let fit = Fit { how, worse, by };
            best = Some(best.map_or(fit, |best| best.min(fit)));
        }
    }
    if best.is_none() && pattern.is_written {
        return fit_address(documents.folded_address(document), pattern, places);
    }
    best
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Places {
    /// None are asked for.
    None,
    /// They fit by the division of the document.
    Region,
    /// They must stand in the text.
    Written,
    /// They need not fit.
    LeftOut,
}

fn is_in_all(region: &str, places: &[Vec<String>]) -> bool {
    places.iter().all(|codes| codes.iter().any(|code| code == region))
}

fn fit_written(name: &Name<'_>, pattern: &Pattern, places: Places) -> Option<(How, u16)> {
    let (text, all, core) = (name.folded, &pattern.tokens[..], pattern.core());
    if is_whole(text, all) {
        let is_short = name.sort == NameSort::Short;
        return Some((How::Exact, is_short.into()));
    }
    let has_form = pattern.core.end < all.len();
    let with_places = all.get(..pattern.core.end).unwrap_or(all);
    let own = name.core();
    // What the name has before its core, where that is what was typed before the core.
    let apart = u16::from(places == Places::LeftOut) * 2 + u16::from(places == Places::Region);
    let is_placed = matches!(places, Places::None | Places::Region | Places::LeftOut);
    if is_whole(own, core) {
        if text.get(..name.core.1.into()).is_some_and(|head| is_whole(head, with_places)) {
            return Some((How::Core, u16::from(has_form)));
        }
        if is_placed {
            return Some((How::Core, 1 + apart));
        }
    }
    if begins(text, all) || begins(text, with_places) {
        return Some((How::Beginning, u16::from(has_form)));
    }
    if is_placed && begins(own, core) {
        return Some((How::Beginning, apart + 1));
    }
    if let Some(at) = together(text, with_places) {
        return Some((How::Part, u16::from(at > usize::from(name.core.0))));
    }
    if is_placed && together(text, core).is_some() {
        return Some((How::Part, 2 + apart));
    }
    if core.len() < 2 && places != Places::Written {
        return None;
    }
    if let Some((begin, gaps)) = in_order(text, with_places) {
        let elsewhere = begin != 0 && begin != usize::from(name.core.0);
        return Some((How::Abbreviation, gaps as u16 + 4 * u16::from(elsewhere)));
    }
    if is_placed && let Some((begin, gaps)) = in_order(own, core) {
        return Some((How::Abbreviation, 4 + gaps as u16 + 4 * u16::from(begin != 0) + apart));
    }
    None
}

fn fit_sounds(name: &Name<'_>, pattern: &Pattern, leniency: Leniency) -> Option<(How, u16)> {
    let (text, tokens) = (name.folded, &pattern.tokens[..]);
    let is_short = u16::from(name.sort == NameSort::Short);
    if is_whole(text, tokens) {
        return Some((How::Sound, is_short));
    }
    if is_whole(name.core(), tokens) {
        return Some((How::Sound, 2));
    }
    if begins(text, tokens) {
        return Some((How::SoundBeginning, 0));
    }
    if begins(name.core(), tokens) {
        return Some((How::SoundBeginning, 1));
    }
    if let Some(at) = together(text, tokens) {
        return Some((How::SoundPart, u16::from(at > usize::from(name.core.0))));
    }
    if !leniency.sounds_apart || tokens.len() < 2 {
        return None;
    }
    // Who abbreviates in letters begins at the beginning.
    let from = |start: usize| {
        let rest = text.get(start..).unwrap_or_default();
        let first = rest.first().zip(tokens.first());
        let found = first.filter(|(unit, token)| token.fits(**unit)).and(in_order(rest, tokens));
        found.filter(|(begin, _)| *begin == 0).map(|(_, gaps)| gaps as u16)
    };
    let gaps = match name.core.0 {
        0 => from(0),
        core => from(0).into_iter().chain(from(core.into())).min(),
    };
    gaps.map(|gaps| (How::SoundAbbreviation, gaps + is_short))
}

fn fit_address(address: &[u16], pattern: &Pattern, places: Places) -> Option<Fit> {
    let (all, core) = (&pattern.tokens[..], pattern.core());
    let by = By::Address;
    if together(address, all).is_some() {
        return Some(Fit { how: How::Address, worse: 0, by });
    }
    let is_placed = matches!(places, Places::None | Places::Region | Places::LeftOut);
    if is_placed && together(address, core).is_some() {
        return Some(Fit { how: How::Address, worse: 1, by });
    }
    if core.len() < 3 {
        return None;
    }
    let (_, gaps) = in_order(address, all).or_else(|| {
        let found = in_order(address, core);
        found.filter(|_| is_placed)
    })?;
    // Characters far apart say nothing.
    (gaps <= 2 * all.len()).then_some(Fit { how: How::AddressParts, worse: gaps as u16, by })
}

#[cfg(test)]
mod tests {
    use super::{Token, in_order, together};
    use crate::fold::fold;

    fn tokens(text: &str) -> Vec<Token> {
        fold(text).into_iter().map(Token::Unit).collect()
    }

    #[test]
    fn tokens_stand_together_or_in_order() {
        let text = fold("武汉武昌钢铁");
        assert_eq!(together(&text, &tokens("武昌钢")), Some(2));
        assert_eq!(together(&text, &tokens("武钢")), None);
        assert_eq!(in_order(&text, &tokens("武钢")), Some((2, 1)));
        assert_eq!(in_order(&text, &tokens("钢武")), None);
        assert_eq!(in_order(&text, &tokens("铁")), Some((5, 0)));
        assert_eq!(in_order(&text, &[]), None);
    }
}
