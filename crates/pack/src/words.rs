//! Enumerations that a pack writes as words.

/// Declares an enumeration with its word in packs and its Chinese name.
macro_rules! words {
    (
        $(#[$meta:meta])*
        $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $word:literal, $zh:literal;)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every word, in order.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word that packs use; its English name too.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// The Chinese name.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.word())
            }
        }

        impl $crate::source::Read for $name {
            const EXPECTED: &'static str = "a word";

            fn read(node: $crate::source::Node<'_>, cx: &mut $crate::context::Context) -> Option<Self> {
                $crate::source::choice(node, Self::ALL, Self::word, cx)
            }

            fn blank() -> Self {
                Self::ALL[0]
            }

            fn example() -> String {
                format!("\"{}\"", Self::ALL[0].word())
            }
        }
    };
}

pub(crate) use words;
