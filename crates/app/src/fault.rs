//! What is wrong with a request, in words for people and codes for programs.

use std::fmt;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A stable name for programs.
    pub code: &'static str,
    /// Which record of the request, from 0, where it has more than one.
    pub record: Option<usize>,
    /// Where in the record, as a JSON pointer; empty for the whole.
    pub pointer: String,
    /// What is wrong and what to do, in English.
    pub en: String,
    /// The same in Chinese.
    pub zh: String,
}

impl Fault {
    /// A fault of a whole record or request.
    pub fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        Self { code, record: None, pointer: String::new(), en: en.into(), zh: zh.into() }
    }

    /// The fault at a place of the record.
    #[must_use]
    pub fn at(self, pointer: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), ..self }
    }

    /// The fault of one of several records.
    #[must_use]
    pub fn of_record(self, record: usize) -> Self {
        Self { record: Some(record), ..self }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = self.record {
            write!(f, "record {record}: ")?;
        }
        if !self.pointer.is_empty() {
            write!(f, "{}: ", self.pointer)?;
        }
        f.write_str(&self.en)
    }
}

impl From<model::Error> for Fault {
    fn from(error: model::Error) -> Self {
        let (code, en, zh) = (error.code(), error.to_string(), error.zh());
        let Some(pointer) = error.pointer() else { return Self::new(code, en, zh) };
        // The pointer stands beside the words here, not in them.
        let en = en.strip_prefix(&format!("{pointer}: ")).unwrap_or(&en);
        Self::new(code, en, zh).at(pointer)
    }
}

impl From<rules::schema::Fault> for Fault {
    fn from(fault: rules::schema::Fault) -> Self {
        // The pointer stands beside the words here, not in them.
        let place = if fault.pointer.is_empty() { "/" } else { fault.pointer.as_str() };
        let en = fault.to_string().replacen(&format!(" ({place})"), "", 1);
        let zh = fault.zh().replacen(&format!("（{place}）"), "", 1);
        Self::new(fault.code(), en, zh).at(fault.pointer)
    }
}

impl From<store::Refusal> for Fault {
    fn from(refusal: store::Refusal) -> Self {
        Self::new(refusal.code(), refusal.to_string(), refusal.zh())
    }
}

/// Why a request was not carried out.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Rejection {
    /// What was sent is wrong; sent again it is wrong again.
    #[error("{}", list(.0))]
    Invalid(Vec<Fault>),
    /// What was sent does not fit what is stored.
    #[error("{0}")]
    Conflict(Fault),
    /// The sender may not do this.
    #[error("{0}")]
    Denied(Fault),
    /// There is no such thing, or it is not the sender's to see.
    #[error("{0}")]
    NotFound(Fault),
    /// A fault of the store.
    #[error("{0}")]
    Store(#[from] store::Error),
}

impl Rejection {
    /// The faults of the request; those of the store are told by [`store_fault`].
    pub fn faults(&self) -> Vec<Fault> {
        match self {
            Self::Invalid(faults) => faults.clone(),
            Self::Conflict(fault) | Self::Denied(fault) | Self::NotFound(fault) => {
                vec![fault.clone()]
            }
            Self::Store(error) => vec![store_fault(error)],
        }
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Store(error) if error.is_retryable())
    }
}

impl From<Fault> for Rejection {
    fn from(fault: Fault) -> Self {
        Self::Invalid(vec![fault])
    }
}

/// A fault of the store, in both languages.
pub fn store_fault(error: &store::Error) -> Fault {
    let zh = match error {
        store::Error::Unavailable { .. } => "数据库没有响应；请稍后重新发送，已保存的会被识别",
        store::Error::NotWritable { .. } => {
            "数据库无法写入（磁盘已满或只读）；请腾出空间后重新发送"
        }
        store::Error::Fenced => "另一个进程正在写入此库；请停止其中之一",
        store::Error::Busy => "等待写入的数据过多；请稍后重新发送",
        store::Error::Newer { .. } => "此库由更新版本的程序建立；请使用新版程序",
        store::Error::Damaged { .. } => "库已损坏；请运行 zhiheng verify 并从备份恢复",
        store::Error::Address { .. } => "数据库地址不对；请给出文件夹或 postgres:// 地址",
        _ => "存储出错；请稍后重试",
    };
    Fault::new(error.code(), error.to_string(), zh)
}

fn list(faults: &[Fault]) -> String {
    let mut lines: Vec<String> = faults.iter().take(20).map(ToString::to_string).collect();
    if faults.len() > lines.len() {
        lines.push(format!("and {} more", faults.len() - lines.len()));
    }
    lines.join("\n")
}
