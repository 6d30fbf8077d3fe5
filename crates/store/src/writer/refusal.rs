//! Why the store takes a record not.

use model::RecordId;
use thiserror::Error;

/// Why a record cannot be stored. Nothing of its request is.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The id belongs to a record with other content.
    #[error(
        "record {id} exists with other content, or a person in it was erased since; to change it, send a correction under a new id"
    )]
    IdTaken {
        /// The id.
        id: RecordId,
        /// Where the other stands.
        position: u64,
    },
    /// What it corrects does not exist.
    #[error("record {id} corrects {corrects}, which does not exist; name a record of this store")]
    NothingToCorrect {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
    },
    /// What it corrects was corrected before.
    #[error(
        "record {id} corrects {corrects}, which {head} has corrected already; look at that and correct it"
    )]
    NotTheHead {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
        /// The record that took its place.
        head: RecordId,
    },
    /// What it corrects was taken back.
    #[error(
        "record {id} corrects {corrects}, which was withdrawn; send what is right as a new record"
    )]
    CorrectsWithdrawn {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
    },
    /// What it corrects is of another kind, or of one that cannot be corrected.
    #[error(
        "record {id} is of the kind {kind} and corrects {corrects}, which is of the kind {found}; correct a record by one of its own kind"
    )]
    OtherKind {
        /// The new record.
        id: RecordId,
        /// What it names.
        corrects: RecordId,
        /// The kind of the new record.
        kind: String,
        /// The kind of what it names.
        found: String,
    },
    /// Another head has the same unique fields.
    #[error(
        "record {id} has the same unique fields as {holder}, at position {position}; correct that one, or send what is different"
    )]
    NotUnique {
        /// The new record.
        id: RecordId,
        /// The record that has them.
        holder: RecordId,
        /// Its position.
        position: u64,
    },
    /// The batch is complete.
    #[error("record {id} belongs to batch {batch}, which is complete; send it in a new batch")]
    BatchClosed {
        /// The new record.
        id: RecordId,
        /// The batch.
        batch: RecordId,
    },
    /// The batch was taken back.
    #[error("record {id} belongs to batch {batch}, which was withdrawn; send it in a new batch")]
    BatchWithdrawn {
        /// The new record.
        id: RecordId,
        /// The batch.
        batch: RecordId,
    },
    /// The record stands in a batch that is not complete.
    #[error(
        "record {id} stands in batch {batch}, which is not complete; send that batch to its end, or withdraw it"
    )]
    InOpenBatch {
        /// The record.
        id: RecordId,
        /// The batch.
        batch: RecordId,
    },
    /// The record stands in a batch that was taken back before it was complete.
    #[error(
        "record {id} stands in batch {batch}, which was withdrawn before it was complete; send the record under a new id"
    )]
    IdWithdrawn {
        /// The record.
        id: RecordId,
        /// The batch.
        batch: RecordId,
    },
    /// What it takes back does not exist.
    #[error(
        "record {id} withdraws {target}, which is no batch and no record of this store; look at the id"
    )]
    NothingToWithdraw {
        /// The new record.
        id: RecordId,
        /// What it names.
        target: RecordId,
    },
    /// What it takes back was taken back before.
    #[error("record {id} withdraws {target}, which was withdrawn already; nothing is left to do")]
    AlreadyWithdrawn {
        /// The new record.
        id: RecordId,
        /// What it names.
        target: RecordId,
    },
    /// What it takes back is a record of the program's own.
    #[error(
        "record {id} withdraws {target}, which is a record of the store's own doing; what it did is undone by a record that does the opposite"
    )]
    NotWithdrawable {
        /// The new record.
        id: RecordId,
        /// What it names.
        target: RecordId,
    },
    /// Something outside the batch builds upon it.
    #[error(
        "record {id} withdraws {record}, which {head} has corrected since; withdraw or correct that one first"
    )]
    WithdrawsCorrected {
        /// The new record.
        id: RecordId,
        /// The record that would go.
        record: RecordId,
        /// The record that corrected it.
        head: RecordId,
    },
    /// A record would be a head again, but its unique fields belong to another by now.
    #[error(
        "record {id} would bring back {record}, whose unique fields {holder} has by now; correct that one first"
    )]
    KeyTaken {
        /// The new record.
        id: RecordId,
        /// The record that would be a head again.
        record: RecordId,
        /// The record that has its unique fields.
        holder: RecordId,
    },
}

impl Refusal {
    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::IdTaken { .. } => "record.id_taken",
            Self::NothingToCorrect { .. } => "record.nothing_to_correct",
            Self::NotTheHead { .. } => "record.not_the_head",
            Self::CorrectsWithdrawn { .. } => "record.corrects_withdrawn",
            Self::OtherKind { .. } => "record.other_kind",
            Self::NotUnique { .. } => "record.not_unique",
            Self::BatchClosed { .. } => "batch.closed",
            Self::BatchWithdrawn { .. } => "batch.withdrawn",
            Self::InOpenBatch { .. } => "batch.open",
            Self::IdWithdrawn { .. } => "record.withdrawn",
            Self::NothingToWithdraw { .. } => "withdrawal.nothing",
            Self::AlreadyWithdrawn { .. } => "withdrawal.again",
            Self::NotWithdrawable { .. } => "withdrawal.own_doing",
            Self::WithdrawsCorrected { .. } => "withdrawal.corrected_since",
            Self::KeyTaken { .. } => "withdrawal.key_taken",
        }
    }

    /// The record that is refused.
    pub fn id(&self) -> RecordId {
        match self {
            Self::IdTaken { id, .. }
            | Self::NothingToCorrect { id, .. }
            | Self::NotTheHead { id, .. }
            | Self::CorrectsWithdrawn { id, .. }
            | Self::OtherKind { id, .. }
            | Self::NotUnique { id, .. }
            | Self::BatchClosed { id, .. }
            | Self::BatchWithdrawn { id, .. }
            | Self::InOpenBatch { id, .. }
            | Self::IdWithdrawn { id, .. }
            | Self::NothingToWithdraw { id, .. }
            | Self::AlreadyWithdrawn { id, .. }
            | Self::NotWithdrawable { id, .. }
            | Self::WithdrawsCorrected { id, .. }
            | Self::KeyTaken { id, .. } => *id,
        }
    }

    /// What is wrong and what to do, in Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::IdTaken { id, .. } => {
                format!(
                    "编号 {id} 已用于内容不同的记录，或其中的个人信息已删除；如需更改，请用新编号发送更正记录"
                )
            }
            Self::NothingToCorrect { corrects, .. } => {
                format!("所更正的记录 {corrects} 不存在；请核对编号")
            }
            Self::NotTheHead { corrects, head, .. } => {
                format!("所更正的记录 {corrects} 已被 {head} 更正；请查看并更正后者")
            }
            Self::CorrectsWithdrawn { corrects, .. } => {
                format!("所更正的记录 {corrects} 已被撤回；请作为新记录发送")
            }
            Self::OtherKind { corrects, kind, found, .. } => {
                format!(
                    "记录类型为 {kind}，而所更正的 {corrects} 类型为 {found}；只能用同类记录更正"
                )
            }
            Self::NotUnique { holder, position, .. } => {
                format!("与位置 {position} 的记录 {holder} 唯一字段相同；请更正该记录，或核对内容")
            }
            Self::BatchClosed { batch, .. } => {
                format!("批次 {batch} 已结束；请用新批次发送")
            }
            Self::BatchWithdrawn { batch, .. } => {
                format!("批次 {batch} 已撤回；请用新批次发送")
            }
            Self::InOpenBatch { id, batch } => {
                format!("记录 {id} 属于尚未结束的批次 {batch}；请将该批次发送完毕，或撤回该批次")
            }
            Self::IdWithdrawn { id, batch } => {
                format!("记录 {id} 属于未结束即撤回的批次 {batch}；请用新编号发送")
            }
            Self::NothingToWithdraw { target, .. } => {
                format!("要撤回的 {target} 既不是批次也不是记录；请核对编号")
            }
            Self::AlreadyWithdrawn { target, .. } => format!("{target} 已撤回，无需重复"),
            Self::NotWithdrawable { target, .. } => {
                format!("{target} 是系统自身的记录，不能撤回；请用作用相反的记录抵消")
            }
            Self::WithdrawsCorrected { record, head, .. } => {
                format!("记录 {record} 之后已被 {head} 更正；请先撤回或更正后者")
            }
            Self::KeyTaken { record, holder, .. } => {
                format!("撤回后记录 {record} 将恢复，但其唯一字段现属于 {holder}；请先更正后者")
            }
        }
    }
}
