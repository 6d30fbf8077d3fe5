mod crashes;
mod growth;
mod refusals;
