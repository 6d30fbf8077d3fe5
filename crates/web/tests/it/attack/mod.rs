//! What somebody tries who means harm: scripts in fields, forms of other sites, fields that no form has,
//! other people's objects, headers and paths made of text.

mod forms;
mod objects;
mod requests;
mod rights;
