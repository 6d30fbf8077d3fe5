//! Chinese working-day calendar and statutory terms (pure).
