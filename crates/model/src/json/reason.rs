//! What the parser says of a text that is no JSON, and what to do about it.

/// What to do about it.
pub(crate) fn remedy(reason: &str) -> &'static str {
    if reason.starts_with("EOF") {
        "it may have been cut off: send it again"
    } else if reason.starts_with("number out of range") {
        "give a number that can be"
    } else {
        "send one JSON object a record, in UTF-8"
    }
}

/// What a reader says of a text that is no JSON, in Chinese.
pub(crate) fn reason_zh(reason: &str) -> &'static str {
    let known = [
        ("EOF", "文本中途结束"),
        ("trailing characters", "JSON 之后还有内容"),
        ("trailing comma", "末尾多一个逗号"),
        ("key must be a string", "键应为带双引号的文本"),
        ("invalid escape", "转义不对"),
        ("invalid unicode", "文本不是合格的 UTF-8"),
        ("lone leading surrogate", "转义不是完整的字符"),
        ("unexpected end of hex escape", "转义不完整"),
        ("control character", "文本中有控制字符，请转义"),
        ("invalid number", "数字的写法不对"),
        ("number out of range", "数字超出范围"),
        ("recursion limit", "嵌套层数过多"),
        ("expected `:`", "键后应为冒号"),
        ("expected `,`", "应为逗号或右括号"),
    ];
    let found = known.iter().find(|(en, _)| reason.starts_with(en));
    found.map_or("此处不能这样写", |(_, zh)| zh)
}
