//! What can be wrong with a document, an event or a query, and where.

use std::fmt;

/// Where in a document a fault lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A JSON pointer (RFC 6901); empty for the whole document.
    Pointer(String),
    /// A line of an XML document, from 1.
    Line(u64),
    /// The name of a query parameter.
    Parameter(String),
}

impl Place {
    /// The place with names that are no names cut short: a thousand faults may be kept of a document.
    fn shortened(self) -> Self {
        match self {
            Self::Pointer(pointer) if pointer.len() > LONGEST => {
                let steps: Vec<String> = pointer.split('/').map(shown).collect();
                Self::Pointer(steps.join("/"))
            }
            Self::Parameter(name) if name.len() > LONGEST => Self::Parameter(shown(&name)),
            place => place,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointer(pointer) if pointer.is_empty() => f.write_str("/"),
            Self::Pointer(pointer) => f.write_str(pointer),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Parameter(name) => f.write_str(name),
        }
    }
}

/// The rule that is broken.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Rule {
    /// The text is not JSON (RFC 8259); the reason, in English and Chinese.
    Json(&'static str, &'static str),
    /// The text is not XML 1.0; what the parser says.
    Xml(String),
    /// A document type declaration, an entity beyond the five of XML, or another encoding than UTF-8.
    Unsafe(String),
    /// The text is not UTF-8.
    Encoding,
    /// Reading failed below.
    Input(String),
    /// The key comes twice in one object, or the element twice where one may stand.
    Twice(String),
    /// Deeper than the limit.
    Deep(usize),
    /// One event, header or value is larger than the limit in bytes.
    Large(usize),
    /// More of something than the limit.
    Many(Many, usize),
    /// No document that EPCIS knows.
    Document(String),
    /// A member or element that must be there is missing.
    Missing(&'static str),
    /// None of the members of which one must be there.
    MissingOneOf(&'static str),
    /// A member or element that EPCIS does not know there, without a namespace.
    Unknown(String),
    /// A prefix that neither the context nor a namespace declaration explains.
    Prefix(String),
    /// A value of another form: the member, what it must be.
    Form(String, Expected),
    /// A word that the Core Business Vocabulary does not have: list, word.
    Word(&'static str, String),
    /// A JSON document without a context.
    Context,
    /// The context comes after so many events that they cannot be kept.
    ContextLate(usize),
    /// A version of EPCIS other than 1.x and 2.0.
    Version(String),
    /// An identifier that its own scheme refuses: the identifier, why, in English and Chinese.
    Identifier(String, String, String),
    /// A unit of measure that Rec 20 does not have in this table.
    Unit(String),
    /// A query parameter that EPCIS does not have.
    Parameter,
}

/// Of what there can be too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Many {
    /// Values of one event, or of what stands beside the events.
    Values,
    /// Attributes of one element.
    Attributes,
    /// Prefixes in force at one event.
    Prefixes,
    /// Bytes of those prefixes and their namespaces.
    PrefixBytes,
    /// Members of the document itself.
    Members,
}

impl Many {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Values => ("values in one event; split the event", "个值；请拆分事件"),
            Self::Attributes => ("attributes in one element; take some out", "个属性；请减少属性"),
            Self::Prefixes => {
                ("prefixes; declare those that are used alone", "个前缀；请只声明用到的前缀")
            }
            Self::PrefixBytes => (
                "bytes of prefixes and namespaces; declare those that are used alone",
                "字节的前缀和命名空间；请只声明用到的前缀",
            ),
            Self::Members => ("members in one object; take some out", "个成员；请减少"),
        }
    }
}

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// A point in time with its zone.
    Time,
    /// An offset such as `+08:00`.
    Offset,
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// Hexadecimal digits.
    Hex,
    /// An absolute URI.
    Uri,
    /// Text.
    Text,
    /// An object.
    Object,
    /// A list.
    List,
    /// `ADD`, `OBSERVE` or `DELETE`.
    Action,
    /// One of the five types of event.
    EventType,
    /// A whole number above zero.
    Count,
    /// `ASC` or `DESC`.
    Direction,
    /// `eventTime` or `recordTime`, or a field of the event.
    Field,
}

impl Expected {
    fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Time => (
                "a time with its zone, such as 2026-01-31T08:00:00+08:00",
                "带时区的时间，如 2026-01-31T08:00:00+08:00",
            ),
            Self::Offset => ("an offset such as +08:00", "时区偏移，如 +08:00"),
            Self::Number => ("a number", "数值"),
            Self::Bool => ("true or false", "true 或 false"),
            Self::Hex => ("hexadecimal digits", "十六进制数字"),
            Self::Uri => ("an absolute URI of at most 2000 bytes", "绝对 URI（不超过 2000 字节）"),
            Self::Text => ("text", "文本"),
            Self::Object => ("an object", "对象"),
            Self::List => ("a list", "数组"),
            Self::Action => ("ADD, OBSERVE or DELETE", "ADD、OBSERVE 或 DELETE"),
            Self::EventType => (
                "ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent or AssociationEvent",
                "ObjectEvent、AggregationEvent、TransactionEvent、TransformationEvent 或 AssociationEvent",
            ),
            Self::Count => ("a whole number above zero", "大于零的整数"),
            Self::Direction => ("ASC or DESC", "ASC 或 DESC"),
            Self::Field => ("the name of a field of events", "事件字段的名称"),
        }
    }
}

/// A broken rule and its place.
///
/// ```
/// let fault = epcis::parse_json(br#"{"type":"ObjectEvent","@context":["epcis-context.jsonld"]}"#).unwrap_err();
/// assert_eq!(fault.code(), "epcis.missing");
/// assert_eq!(fault.to_string(), "/: eventTime is missing; add it");
/// assert_eq!(fault.zh(), "/：缺少 eventTime；请补上");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule.
    pub rule: Rule,
    /// Where it is broken.
    pub place: Place,
}

impl Fault {
    pub(crate) fn new(rule: Rule, place: Place) -> Box<Self> {
        Box::new(Self { rule, place: place.shortened() })
    }

    /// A stable name for programs.
    pub fn code(&self) -> &'static str {
        match self.rule {
            Rule::Json(..) => "epcis.json",
            Rule::Xml(_) => "epcis.xml",
            Rule::Unsafe(_) => "epcis.unsafe",
            Rule::Encoding => "epcis.encoding",
            Rule::Input(_) => "epcis.input",
            Rule::Twice(_) => "epcis.twice",
            Rule::Deep(_) => "epcis.deep",
            Rule::Large(_) => "epcis.large",
            Rule::Many(..) => "epcis.many",
            Rule::Document(_) => "epcis.document",
            Rule::Missing(_) => "epcis.missing",
            Rule::MissingOneOf(_) => "epcis.missing_one_of",
            Rule::Unknown(_) => "epcis.unknown",
            Rule::Prefix(_) => "epcis.prefix",
            Rule::Form(..) => "epcis.form",
            Rule::Word(..) => "epcis.word",
            Rule::Context => "epcis.context",
            Rule::ContextLate(_) => "epcis.context_late",
            Rule::Version(_) => "epcis.version",
            Rule::Identifier(..) => "epcis.identifier",
            Rule::Unit(_) => "epcis.unit",
            Rule::Parameter => "epcis.parameter",
        }
    }

    /// What is wrong, where, and what to do, in Chinese.
    pub fn zh(&self) -> String {
        let place = match &self.place {
            Place::Line(line) => format!("第 {line} 行"),
            place => place.to_string(),
        };
        format!("{place}：{}", self.rule.words().1)
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule.words().0)
    }
}

impl std::error::Error for Fault {}

/// At most so many characters of a value are repeated in a fault.
const SHOWN: usize = 80;
/// Bytes of a place that is told as it is.
const LONGEST: usize = 400;

fn brief(text: &str) -> String {
    cut(text, 5 * SHOWN)
}

fn shown(text: &str) -> String {
    cut(text, SHOWN)
}

fn cut(text: &str, most: usize) -> String {
    let mut short: String = text.chars().take(most).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

impl Rule {
    fn words(&self) -> (String, String) {
        match self {
            Self::Json(en, zh) => (format!("not JSON: {en}"), format!("不是 JSON：{zh}")),
            Self::Xml(reason) => (
                format!("not well-formed XML: {}; mend the text", shown(reason)),
                format!("XML 格式不正确（{}）；请改正", shown(reason)),
            ),
            Self::Unsafe(what) => (
                format!("{} is not read; send plain XML in UTF-8", shown(what)),
                format!("不接受 {}；请发送不含此项的 UTF-8 XML", shown(what)),
            ),
            Self::Encoding => {
                ("not UTF-8; send UTF-8".to_owned(), "不是 UTF-8；请用 UTF-8 编码".to_owned())
            }
            Self::Input(reason) => (
                format!("reading failed: {}", shown(reason)),
                format!("读取失败：{}", shown(reason)),
            ),
            Self::Twice(name) => (
                format!("{} stands there twice; keep one", shown(name)),
                format!("{} 重复出现；请只保留一个", shown(name)),
            ),
            Self::Deep(most) => {
                (format!("nested deeper than {most} levels"), format!("嵌套超过 {most} 层"))
            }
            Self::Large(most) => (
                format!("larger than {most} bytes; split the event"),
                format!("超过 {most} 字节；请拆分事件"),
            ),
            Self::Many(what, most) => {
                let (en, zh) = what.words();
                (format!("more than {most} {en}"), format!("超过 {most} {zh}"))
            }
            Self::Document(found) => (
                format!("{} is no EPCIS document, query document or event", shown(found)),
                format!("{} 不是 EPCIS 文档、查询文档或事件", shown(found)),
            ),
            Self::Missing(name) => {
                (format!("{name} is missing; add it"), format!("缺少 {name}；请补上"))
            }
            Self::MissingOneOf(names) => (
                format!("none of {names} is there; give at least one"),
                format!("{names} 均未填写；请至少填写一项"),
            ),
            Self::Unknown(name) => (
                format!(
                    "EPCIS has no {} here; give an extension a namespace or take it out",
                    shown(name)
                ),
                format!("EPCIS 此处没有 {}；扩展字段须带命名空间，否则请删除", shown(name)),
            ),
            Self::Prefix(prefix) => (
                format!("the prefix {} is not declared; declare it in @context", shown(prefix)),
                format!("前缀 {} 未声明；请在 @context 中声明", shown(prefix)),
            ),
            Self::Form(name, expected) => {
                let (en, zh) = expected.words();
                let name = shown(name);
                (format!("{name} must be {en}; write it so"), format!("{name} 应为{zh}；请改正"))
            }
            Self::Word(list, word) => (
                format!(
                    "the Core Business Vocabulary has no {list} {}; use one of its words or a URI of your own",
                    shown(word)
                ),
                format!(
                    "核心业务词汇（CBV）没有 {list} “{}”；请使用其中的词或自己的 URI",
                    shown(word)
                ),
            ),
            Self::Context => (
                "@context is missing; add the EPCIS context".to_owned(),
                "缺少 @context；请加入 EPCIS 上下文".to_owned(),
            ),
            Self::ContextLate(most) => (
                format!("@context comes after more than {most} bytes of events; put it first"),
                format!("@context 位于超过 {most} 字节的事件之后；请放在最前"),
            ),
            Self::Version(version) => (
                format!("schemaVersion {} is not 1.0 to 1.2 or 2.0", shown(version)),
                format!("schemaVersion {} 不是 1.0 至 1.2 或 2.0", shown(version)),
            ),
            Self::Identifier(id, en, zh) => {
                // What another says of a value may repeat it.
                let (en, zh) = (brief(en), brief(zh));
                (format!("{}: {en}", shown(id)), format!("{}：{zh}", shown(id)))
            }
            Self::Unit(unit) => (
                format!("{} is no unit of UN/ECE Recommendation 20 known here", shown(unit)),
                format!("{} 不是已知的 UN/ECE 第20号建议书计量单位", shown(unit)),
            ),
            Self::Parameter => (
                "EPCIS has no such query parameter; see EPCIS 2.0, section 8.2.7".to_owned(),
                "EPCIS 没有这一查询参数；请对照 EPCIS 2.0 第8.2.7节".to_owned(),
            ),
        }
    }
}
