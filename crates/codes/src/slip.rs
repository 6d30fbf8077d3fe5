//! Guesses what was meant by a code whose check character does not fit.

/// Pairs that are mistaken for each other in print, handwriting and speech: (written, meant).
const LOOK_ALIKE: &[(char, char)] = &[
    ('I', '1'),
    ('L', '1'),
    ('1', 'L'),
    ('O', '0'),
    ('Q', '0'),
    ('0', 'Q'),
    ('D', '0'),
    ('0', 'D'),
    ('S', '5'),
    ('Z', '2'),
    ('2', 'Z'),
    ('B', '8'),
    ('8', 'B'),
    ('G', '6'),
    ('6', 'G'),
    ('U', 'V'),
    ('V', 'U'),
    ('1', '7'),
    ('7', '1'),
    ('5', '6'),
    ('6', '5'),
];

/// No code with a check character is longer, even in full-width characters.
const LONGEST: usize = 100;

/// At most this many guesses: more would not help anybody choose.
const MOST: usize = 5;

/// Right codes that one likely slip turns into `wrong`: neighbours swapped, or one character
/// taken for one that looks like it.
///
/// A letter that the code's alphabet lacks must be a slip, so all such letters are first
/// replaced together.
pub(crate) fn suggestions(wrong: &str, is_right: impl Fn(&str) -> bool) -> Vec<String> {
    if wrong.len() > LONGEST {
        return Vec::new();
    }
    let tidied = crate::text::tidy(wrong);
    if tidied != wrong && is_right(&tidied) {
        // Typed in other characters, but the same code: no guess is needed.
        return vec![tidied.into_owned()];
    }
    let tidied: Vec<char> = tidied.chars().collect();
    let mut found: Vec<String> = Vec::new();
    let mut consider = |candidate: &[char]| {
        let text: String = candidate.iter().collect();
        if found.len() < MOST && text != wrong && is_right(&text) && !found.contains(&text) {
            found.push(text);
        }
    };
    let legible: Vec<char> = tidied
        .iter()
        .map(|&c| match c {
            'I' => '1',
            'O' => '0',
            'S' => '5',
            'Z' => '2',
            'V' => 'U',
            _ => c,
        })
        .collect();
    consider(&legible);
    for base in [&legible, &tidied] {
        let mut candidate = base.clone();
        for at in 1..candidate.len() {
            candidate.swap(at - 1, at);
            consider(&candidate);
            candidate.swap(at - 1, at);
        }
        for at in 0..candidate.len() {
            let written = candidate[at];
            for (_, meant) in LOOK_ALIKE.iter().filter(|(looks, _)| *looks == written) {
                candidate[at] = *meant;
                consider(&candidate);
            }
            candidate[at] = written;
        }
    }
    found
}
