//! Identifiers and check digits (pure).
