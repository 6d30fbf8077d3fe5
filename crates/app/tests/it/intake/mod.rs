mod batches;
mod corrections;
mod faults;
mod others;
mod records;
mod staging;
mod stream;
mod subject;
