//! The desk of enterprises.

mod cases;
mod served;
mod upload;
