//! What a change of pack changes, in words.
//!
//! A pack is described as things with named facets; two descriptions are compared without
//! knowing what the things are.

mod describe;
mod procedures;
mod words;

pub use words::{Language, Phrase};

use std::collections::BTreeMap;

use crate::pack::Pack;
use crate::words::words;
use describe::{FacetValue, Key, Thing, describe};

words! {
    /// What a thing of a pack is.
    Area {
        /// The pack itself.
        Pack = "pack", "规则包";
        /// An article of the decision.
        Article = "article", "条文";
        /// A group of systems.
        Wing = "wing", "体系";
        /// A system.
        System = "system", "制度";
        /// A sort of subject.
        Subject = "subject", "主体";
        /// A role in which subjects take part.
        SubjectRole = "role of a subject", "主体角色";
        /// A code list.
        List = "code list", "代码表";
        /// A code.
        Code = "code", "代码";
        /// A kind of record.
        Kind = "kind", "记录种类";
        /// A field of a kind.
        Field = "field", "字段";
        /// A mapping.
        Mapping = "mapping", "导入映射";
        /// A column of a mapping.
        Column = "column", "映射列";
        /// A statistical report.
        Report = "report", "统计报表";
        /// A column of a report.
        ReportColumn = "column of a report", "报表指标";
        /// A cross-check of a report.
        CrossCheck = "cross-check", "审核关系";
        /// A procedure.
        Procedure = "procedure", "程序";
        /// A state of a procedure.
        State = "state", "状态";
        /// A step of a procedure.
        Step = "step", "步骤";
        /// A field of a step.
        StepField = "field of a step", "步骤字段";
        /// A term of a procedure.
        Term = "term", "期限";
        /// A document that steps make.
        Document = "document", "文书";
        /// A group of parameters.
        LawGroup = "group of parameters", "参数组";
        /// A version of a parameter of law.
        Parameter = "parameter", "法定参数";
        /// A permission.
        Permission = "permission", "权限";
        /// A role of people.
        Role = "role", "岗位";
        /// Roles that exclude each other.
        Exclusion = "exclusion", "不相容岗位";
        /// An office.
        Office = "office", "机关";
        /// A division.
        Region = "division", "行政区划";
        /// A file that is compared as a whole.
        File = "file", "文件";
    }
}

words! {
    /// A side of a thing.
    Facet {
        /// Its names.
        Label = "name", "名称";
        /// The version.
        Version = "version", "版本";
        /// What pages call the place.
        Place = "place", "地名";
        /// Who issued it, and when.
        Issued = "issued", "发布";
        /// Why there is none.
        Note = "note", "说明";
        /// Where it is from.
        Source = "source", "来源";
        /// The short name.
        Short = "short name", "简称";
        /// The text.
        Text = "text", "正文";
        /// The value of a parameter with its unit.
        Value = "value", "数值";
        /// The event that starts a term.
        Starts = "start", "起算";
        /// Which way a term runs.
        Direction = "direction", "计算方向";
        /// What becomes of an end on a day off.
        Roll = "end on a day off", "末日遇休息日";
        /// What does not count.
        SuspendedBy = "what does not count", "不计入期间";
        /// The law and article.
        Law = "law", "依据";
        /// The last day in force.
        LastDay = "last day in force", "失效日";
        /// The day that decides which version holds.
        AppliesBy = "deciding day", "适用时点";
        /// When it was compared with the text of the law.
        Reviewed = "reviewed", "复核日";
        /// The wording kept.
        Wording = "wording", "原文";
        /// The type of a field.
        Type = "type", "类型";
        /// Whether a record must have it.
        Required = "required", "必填";
        /// Whether it is a column.
        Typed = "typed", "可筛选";
        /// Whether it is in the personal part.
        Personal = "personal", "个人信息";
        /// The least and the most.
        Bounds = "bounds", "范围";
        /// The articles it serves.
        Articles = "articles", "条文";
        /// What asks for it.
        Basis = "basis", "设立依据";
        /// Who may see it.
        Class = "class", "公开等级";
        /// The permission that may append it.
        Author = "author", "录入权限";
        /// The parameter of law that says how long a kind is kept.
        Keep = "kept for", "保存期限依据";
        /// Who and what takes part.
        Subjects = "subjects", "主体";
        /// The unique key.
        Unique = "unique key", "唯一键";
        /// What the public sees.
        Public = "public part", "公开内容";
        /// Until when.
        PublicUntil = "end of publication", "公示截止";
        /// On whom it is served.
        Served = "served on", "送达对象";
        /// How pages show it.
        Look = "look", "显示";
        /// Links of the graph.
        Links = "links", "责任链";
        /// How the graph understands it.
        Tracing = "tracing", "追溯规则";
        /// What is counted.
        Count = "count", "计数";
        /// Other ways of writing.
        Aliases = "aliases", "别名";
        /// Schemes of identifiers.
        Schemes = "schemes", "标识方案";
        /// The register.
        Register = "register", "登记种类";
        /// The fields of the register by which it is called and found.
        Naming = "naming", "名称字段";
        /// Where a role is held.
        HeldIn = "held in", "任职范围";
        /// The permissions of a role.
        Grants = "grants", "权限";
        /// Which scope of a role says where a permission counts.
        Reach = "counts within", "权限范围";
        /// Whether only a person can have a permission.
        PersonsOnly = "persons only", "仅限个人";
        /// The fields that say who an informer is.
        Informer = "informer", "举报人信息";
        /// Where one may write, read, search.
        Scopes = "scopes", "范围";
        /// The office above, or the division above.
        Parent = "parent", "上级";
        /// The divisions in which an office acts.
        Regions = "regions", "地域";
        /// The trades of an office.
        Industries = "trades", "行业";
        /// The kinds of an office.
        Kinds = "kinds", "事项";
        /// The sort of office, or the level of a division.
        Level = "level", "层级";
        /// What took its place.
        Became = "successors", "继承";
        /// The group it belongs to.
        Wing = "wing", "体系";
        /// What the decision calls it.
        Institutions = "institutions", "制度名称";
        /// What a system needs.
        Needs = "needs", "所需";
        /// The kind that a mapping gives.
        Gives = "kind", "记录种类";
        /// Whether the names of a mapping's columns are known.
        ColumnsAre = "names of columns", "列名依据";
        /// How a mapping's tables are laid out.
        Layout = "layout", "表格布局";
        /// By what two rows are the same.
        Key = "key", "识别键";
        /// Whence the time, the region and the person of a row are.
        Frame = "time, region, person", "时间、地域、个人";
        /// What all rows have alike.
        Fixed = "fixed values", "固定值";
        /// What is worked out of columns.
        Derived = "derived values", "推导值";
        /// The headers of a column.
        Headers = "headers", "表头名称";
        /// The field that a column goes into.
        Into = "goes into", "对应字段";
        /// Words that a source has for codes.
        Words = "words", "用语";
        /// How the cells of a column are read.
        Reading = "reading", "读取方式";
        /// What to fill in.
        Hint = "hint", "填写说明";
        /// The number of a form.
        Form = "number of the form", "表号";
        /// What a report counts.
        Counts = "counts", "统计对象";
        /// For which periods.
        Periods = "periods", "报告期";
        /// By what its rows are.
        Rows = "rows", "行";
        /// What a column measures.
        Measure = "measure", "指标口径";
        /// What has to agree.
        Equation = "equation", "审核公式";
        /// Who returns a report by when.
        TimeLimits = "time limits", "报送期限";
        /// The order in which its parts are shown.
        Order = "order", "顺序";
        /// The field with the level of a case.
        CaseLevel = "field of the level", "级别字段";
        /// The field with the day of the act that is judged.
        ActOn = "field of the day of the act", "行为日期字段";
        /// Whether a case has ended in a state.
        End = "end of the case", "办结";
        /// The states in which a step can be taken.
        From = "from", "起始状态";
        /// Where a step leads.
        To = "leads to", "转入状态";
        /// Who can take a step.
        Who = "who", "办理人";
        /// Who must agree.
        Approvals = "approvals", "审批";
        /// How many officers take a step.
        Officers = "officers", "执法人员人数";
        /// Whether a step takes a meeting.
        Collective = "collective decision", "集体讨论";
        /// How often a step can be taken.
        AtMost = "at most", "次数上限";
        /// The procedure of which a step opens a case.
        Opens = "opens", "另案程序";
        /// The kind of record that a step writes.
        Writes = "writes", "同时记录";
        /// The document that a step makes.
        Document = "document", "文书";
        /// The record of the case that a step corrects.
        Amends = "record that it corrects", "更正的记录";
        /// Where the public sees a record from.
        PublicFrom = "public from", "公开起始";
        /// What is filled into the record that comes with a step.
        Fills = "filled in", "填入";
        /// Who is told.
        Tells = "tells", "告知";
        /// To whom a document is addressed.
        Addressee = "addressee", "受送达人";
        /// The field in which the number of a document is filled in.
        NumberedBy = "field of the number", "文号字段";
        /// The steps by which a document is served.
        ServedBy = "served by", "送达步骤";
        /// What must hold for a step.
        Guard = "guard", "条件";
        /// The date field from which a term runs.
        StartOn = "field of the start", "起算日期字段";
        /// Whether a term counts back.
        Backward = "counts back", "倒算";
        /// What meets a term.
        MetBy = "met by", "完成步骤";
        /// What ends a term without meeting it.
        LiftedBy = "lifted by", "终止步骤";
        /// What makes a term longer.
        ExtendedBy = "extended by", "延长";
        /// How long before its end a term is pressing.
        Warn = "warning", "预警提前量";
        /// What happens at the end of a term.
        AtEnd = "at the end", "届满处理";
    }
}

/// One difference between two packs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What sort of thing it is.
    pub area: Area,
    /// Its id.
    pub id: String,
    /// The first day of the version meant, where things have versions.
    pub since: Option<String>,
    /// Its name.
    pub label: Phrase,
    /// What has changed.
    pub what: What,
}

/// What has changed in a thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added(Option<Phrase>),
    /// It is gone.
    Removed,
    /// One side of it is another.
    Changed {
        /// The side.
        facet: Facet,
        /// What it was; none: nothing was said.
        from: Option<Phrase>,
        /// What it is.
        to: Option<Phrase>,
    },
    /// A set has gained and lost members.
    Moved {
        /// The side.
        facet: Facet,
        /// What it gained.
        gained: Vec<String>,
        /// What it lost.
        lost: Vec<String>,
    },
}

/// Everything in which a new pack differs from an old one, in the order of [`Area`], then by id.
///
/// ```
/// # let old = testkit::hubei_pack();
/// # let mut new = old.clone();
/// for (path, text) in &mut new {
///     if path == "law/complaint.toml" {
///         *text = String::from_utf8_lossy(text).replacen("value = 60\n", "value = 50\n", 1).into_bytes();
///     }
/// }
/// let (old, new) = (pack::Pack::load(old).unwrap(), pack::Pack::load(new).unwrap());
/// let changes = pack::diff(&old, &new);
/// assert_eq!(changes.len(), 1);
/// let words = changes[0].say(pack::Language::En);
/// assert!(words.contains("value changes from 60 days to 50 days"), "{words}");
/// ```
pub fn diff(old: &Pack, new: &Pack) -> Vec<Change> {
    let (old, new) = (describe(old), describe(new));
    let mut changes = Vec::new();
    for (key, thing) in &old {
        match new.get(key) {
            Some(other) => changed_facets(key, thing, other, &mut changes),
            None if gone_with_parent(key, &new) => {}
            None => changes.push(change(key, thing, What::Removed)),
        }
    }
    for (key, thing) in &new {
        if !old.contains_key(key) && !gone_with_parent(key, &old) {
            changes.push(change(key, thing, What::Added(thing.summary.clone())));
        }
    }
    changes.sort_by(|a, b| (a.area, &a.id, &a.since).cmp(&(b.area, &b.id, &b.since)));
    changes
}

/// Whether the thing that it is part of is missing too, so that nothing need be said of the part.
fn gone_with_parent(key: &Key, there: &BTreeMap<Key, Thing>) -> bool {
    key.part_of().is_some_and(|parent| !there.contains_key(&parent))
}

fn change(key: &Key, thing: &Thing, what: What) -> Change {
    Change {
        area: key.area,
        id: key.id.clone(),
        since: key.since.clone(),
        label: thing.label.clone(),
        what,
    }
}

fn changed_facets(key: &Key, old: &Thing, new: &Thing, changes: &mut Vec<Change>) {
    let facets = Facet::ALL.iter().filter(|facet| old.facets.get(facet) != new.facets.get(facet));
    for facet in facets {
        let (from, to) = (old.facets.get(facet), new.facets.get(facet));
        let what = match (from, to) {
            (Some(FacetValue::Set(from)), Some(FacetValue::Set(to))) => {
                let more = |a: &[String], b: &[String]| -> Vec<String> {
                    a.iter().filter(|name| !b.contains(name)).cloned().collect()
                };
                let (gained, lost) = (more(to, from), more(from, to));
                if *facet == Facet::Order && !(gained.is_empty() && lost.is_empty()) {
                    continue; // each part that is new or gone is told by itself
                }
                What::Moved { facet: *facet, gained, lost }
            }
            _ => What::Changed {
                facet: *facet,
                from: from.map(FacetValue::phrase),
                to: to.map(FacetValue::phrase),
            },
        };
        changes.push(change(key, new, what));
    }
}
