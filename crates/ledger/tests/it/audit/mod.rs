mod damage;
mod findings;
mod published;
