//! The program over HTTP.
