//! `zhiheng codes`.
