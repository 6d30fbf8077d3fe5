//! Import: tables that others keep become records.
//!
//! | module | what |
//! |---|---|
//! | [`upload`] | a table is received, and what is known of it |
//! | [`preview`] | what was understood of it: sheets, header, columns, the first rows |
//! | [`check`] | all of it is checked: the dry run, and the first half of an import |
//! | [`cell_fault`], [`marks`] | what is wrong, cell by cell; the file to correct it in |
//! | [`run`] | what is right is stored under a batch |
//! | [`work`] | dry runs and imports as jobs |
//! | [`template`] | blank tables to fill in |
//! | `header`, `plan`, `value`, `row`, `known` | a mapping applied to rows; what was imported before |
//!
//! How columns become fields is said by the pack ([`pack::Mapping`]); whether a record is right is
//! decided by intake, for each row, with the rights of who imports. A table that was imported before
//! is recognised by its digest, a row by its key: what says the same is not stored again, what says
//! something else corrects what counts.

pub mod cell_fault;
pub mod check;
pub mod header;
mod known;
pub mod marks;
mod plan;
pub mod preview;
mod row;
pub mod run;
pub mod template;
pub mod upload;
mod value;
pub mod work;

pub use cell_fault::CellFault;
pub use check::{Progress, Summary, Told};
pub use header::Layout;
pub use upload::{Choice, IMPORT, Report, Run, Upload};
