//! The desk of enterprises.

mod served;
