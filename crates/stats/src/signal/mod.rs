//! Disproportionality.
