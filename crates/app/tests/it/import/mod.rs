mod again;
mod faults;
mod jobs;
mod mappings;
mod real;
mod rights;
mod support;
