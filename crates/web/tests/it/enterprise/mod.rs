//! The desk of enterprises.

mod served;
mod upload;
