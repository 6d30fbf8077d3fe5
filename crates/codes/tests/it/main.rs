//! Published pairs of notations, and laws that hold for every code.

mod gs1_laws;
mod gs1_pairs;
mod national;
