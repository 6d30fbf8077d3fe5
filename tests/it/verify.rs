//! `zhiheng verify`.
