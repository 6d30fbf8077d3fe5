//! Tokens of programs.
