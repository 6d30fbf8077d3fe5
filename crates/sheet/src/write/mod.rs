//! Tables that are given out.
