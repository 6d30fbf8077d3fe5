mod keys;
mod notes;
