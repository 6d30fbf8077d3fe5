mod batches;
mod corrections;
mod faults;
mod records;
mod staging;
mod stream;
mod subject;
