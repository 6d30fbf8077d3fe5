//! What a typed text can mean.

use std::ops::Range;
use std::rc::Rc;

use crate::codes;
use crate::fold::{fold, fold_code, is_han, letter};
use crate::lexicon::Lexicon;
use crate::sound::{self, Sounds};

/// Longer texts are cut: no name is longer.
const LONGEST: usize = 120;
/// More terms are not looked at.
const MOST_TERMS: usize = 6;
/// Longer rows of letters are no pinyin that anybody types.
const LONGEST_PINYIN: usize = 48;

/// One place of a pattern.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// This character.
    Unit(u16),
    /// A character that is read in one of these ways.
    Sound(Rc<Sounds>),
}

impl Token {
    #[inline]
    pub(crate) fn fits(&self, unit: u16) -> bool {
        match self {
            Self::Unit(own) => *own == unit,
            Self::Sound(sounds) => sounds.fits(unit),
        }
    }
}

/// One meaning of a term.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    pub(crate) tokens: Vec<Token>,
    /// The tokens that must fit; before them stand places, behind them legal forms.
    pub(crate) core: Range<usize>,
    /// Whether all of it is written as it is meant.
    pub(crate) is_written: bool,
}

impl Pattern {
    fn written(units: &[u16], lexicon: &Lexicon) -> Self {
        let tokens = units.iter().map(|unit| Token::Unit(*unit)).collect();
        Self { tokens, core: lexicon.core(units), is_written: true }
    }

    fn sounded(tokens: Vec<Token>) -> Self {
        Self { core: 0..tokens.len(), tokens, is_written: false }
    }

    pub(crate) fn core(&self) -> &[Token] {
        self.tokens.get(self.core.clone()).unwrap_or(&self.tokens)
    }
}

/// A piece of what was typed, with all that it can mean.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Term {
    pub(crate) patterns: Vec<Pattern>,
    /// The divisions that are named before the core.
    pub(crate) places: Vec<Vec<String>>,
    /// As a code.
    pub(crate) code: Option<String>,
}

/// The terms of a text, all of which are to be found.
pub(crate) fn terms(text: &str, lexicon: &Lexicon) -> Vec<Term> {
    let text: String = text.chars().take(LONGEST).collect();
    let whole = fold_code(&text);
    let has_letters = text.chars().any(|c| c.is_alphanumeric() && !is_of_code(c));
    if !has_letters && is_code(&whole) {
        // A code that is typed in groups.
        return vec![term(&text, lexicon)];
    }
    let separates = |c: char| c.is_whitespace() || "，,；;、|/".contains(c);
    let pieces = text.split(separates).filter(|piece| !fold(piece).is_empty());
    pieces.take(MOST_TERMS).map(|piece| term(piece, lexicon)).collect()
}

fn is_of_code(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('\u{ff10}'..='\u{ff5a}').contains(&c)
}

/// Whether a folded code is worth looking up: letters alone are a name.
fn is_code(code: &str) -> bool {
    code.len() >= codes::SHORTEST && code.bytes().any(|b| b.is_ascii_digit())
}

fn term(piece: &str, lexicon: &Lexicon) -> Term {
    let units = fold(piece);
    let mut patterns = vec![Pattern::written(&units, lexicon)];
    patterns.extend(in_sounds(&units).into_iter().map(Pattern::sounded));
    let core = patterns.first().map_or(0, |pattern| pattern.core.start);
    let (mut places, mut at) = (Vec::new(), 0);
    while at < core {
        let rest = units.get(at..core).unwrap_or_default();
        let Some((length, codes)) = lexicon.place(rest) else { break };
        places.push(codes.to_vec());
        at += length;
    }
    let code = fold_code(piece);
    let is_all = piece.chars().filter(|c| c.is_alphanumeric()).all(is_of_code);
    Term { patterns, places, code: (is_all && is_code(&code)).then_some(code) }
}

/// The ways to read the Latin letters of a text as pinyin, with all else as it is written.
fn in_sounds(units: &[u16]) -> Vec<Vec<Token>> {
    let letters = units.iter().filter(|unit| letter(**unit).is_some()).count();
    if !(2..=LONGEST_PINYIN).contains(&letters) && (letters != 1 || letters == units.len()) {
        return Vec::new();
    }
    let mut ways: Vec<Vec<Token>> = vec![Vec::new()];
    for run in units.chunk_by(|a, b| letter(*a).is_some() == letter(*b).is_some()) {
        let spelled: String = run.iter().filter_map(|unit| letter(*unit)).map(char::from).collect();
        if spelled.is_empty() {
            let tokens = run.iter().map(|unit| Token::Unit(*unit));
            ways.iter_mut().for_each(|way| way.extend(tokens.clone()));
            continue;
        }
        let readings = sound::ways(&spelled);
        ways = ways
            .iter()
            .flat_map(|way| {
                readings.iter().map(|row| {
                    let sounds = row.iter().map(|sounds| Token::Sound(Rc::clone(sounds)));
                    way.iter().cloned().chain(sounds).collect()
                })
            })
            .take(24)
            .collect();
    }
    ways
}

/// The same terms by their sound, for what was written with another character of the same sound.
pub(crate) fn by_sound(terms: &[Term]) -> Vec<Term> {
    let sounded = |term: &Term| {
        let Some(written) = term.patterns.first() else { return term.clone() };
        let tokens = written.core().iter().map(|token| match token {
            Token::Unit(unit) if is_han(*unit) => Token::Sound(Rc::new(sound::of(*unit))),
            other => other.clone(),
        });
        let patterns = vec![Pattern::sounded(tokens.collect())];
        Term { patterns, places: Vec::new(), code: term.code.clone() }
    };
    terms.iter().map(sounded).collect()
}

/// The same terms with one character less, in every way, for what was written with a wrong or
/// surplus one.
pub(crate) fn with_one_less(terms: &[Term]) -> Vec<Term> {
    let shorter = |term: &Term| {
        let core = term.patterns.first().map(Pattern::core).unwrap_or_default();
        let mut patterns = Vec::new();
        if core.len() >= 4 && core.iter().all(|t| matches!(t, Token::Unit(unit) if is_han(*unit))) {
            for left_out in 0..core.len() {
                let rest = core.iter().enumerate().filter(|(at, _)| *at != left_out);
                patterns.push(Pattern::sounded(rest.map(|(_, token)| token.clone()).collect()));
            }
        } else {
            patterns.clone_from(&term.patterns);
        }
        Term { patterns, places: Vec::new(), code: term.code.clone() }
    };
    terms.iter().map(shorter).collect()
}
