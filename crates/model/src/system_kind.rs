//! Kinds of record that the program itself gives a meaning to.
//!
//! Their fields, labels and permissions stand in the pack like those of any other kind; only what
//! they do to other records is known here.

/// Completes a batch: its records count from here on.
pub const BATCH: &str = "batch";
/// Takes a batch or a single record back.
pub const WITHDRAWAL: &str = "withdrawal";
/// Says that the key of a person was destroyed.
pub const ERASURE: &str = "erasure";
/// Says from where on which pack is in force.
pub const PACK_ACTIVATION: &str = "pack-activation";
/// Says that a person has a role from one day to another.
pub const ROLE_GRANT: &str = "role-grant";
/// Says that a grant, an absence or a leave to read ends before its day.
pub const ROLE_END: &str = "role-end";
/// Says that a person is away, and who stands in.
pub const ABSENCE: &str = "absence";
/// Says that somebody may read who the informer of a record is.
pub const INFORMER_GRANT: &str = "informer-grant";
/// Says who did or tried what in the program itself.
pub const AUDIT: &str = "audit";
/// Says that a file belongs to a record. The program writes it, but unlike the others it can be taken
/// back: it does nothing to the record.
pub const ATTACHMENT: &str = "attachment";
/// Says what an office returned in a statistical report. The program writes it; an amended return
/// corrects it.
pub const STATISTICAL_RETURN: &str = "statistical-return";

/// Says what was done in a case. The program writes it; a wrong one is corrected or taken back like
/// any record, and the course of the case follows.
pub const CASE_STEP: &str = "case-step";

/// Says whose a case is and who may take no part in it. The program writes it; the last one holds.
pub const CASE_ASSIGNMENT: &str = "case-assignment";

/// Says what a document of a case is, version by version. The program writes it; a document is void,
/// never taken back, for its number is given once.
pub const DOCUMENT: &str = "document";
/// Says how a document was served. The program writes it.
pub const SERVICE: &str = "service";

/// Kinds that the program writes under what people do, beside [`ALL`]; what is said of persons in them
/// stands under the name of the key of a person of whom the case or record speaks already.
pub const OF_RECORDS: &[&str] = &[ATTACHMENT, CASE_STEP, DOCUMENT, SERVICE];

/// All of them.
pub const ALL: &[&str] = &[
    BATCH,
    WITHDRAWAL,
    ERASURE,
    PACK_ACTIVATION,
    ROLE_GRANT,
    ROLE_END,
    ABSENCE,
    INFORMER_GRANT,
    AUDIT,
];

/// Whether a record of a kind is never taken back, though others may correct it: a number that was given
/// must not be given again.
pub fn is_kept(kind: &str) -> bool {
    kind == DOCUMENT || kind == SERVICE
}

/// Whether a kind is one of them: such a record can be neither corrected nor withdrawn.
///
/// ```
/// assert!(model::system_kind::is("withdrawal"));
/// assert!(!model::system_kind::is("inspection"));
/// ```
pub fn is(kind: &str) -> bool {
    ALL.contains(&kind)
}
