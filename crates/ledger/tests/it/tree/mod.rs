mod accumulated;
mod properties;
mod vectors;
