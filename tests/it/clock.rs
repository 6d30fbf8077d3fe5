//! `zhiheng clock`.
