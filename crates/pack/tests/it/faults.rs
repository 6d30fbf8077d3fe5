//! One fault of each sort: exactly one, with its line, what, and remedy.

use pack::FaultCode::{self, *};

use crate::small::Files;

struct Case {
    code: FaultCode,
    path: &'static str,
    /// What is replaced; empty: appended.
    old: &'static str,
    new: &'static str,
    /// Stands in the line that is at fault.
    line: &'static str,
    what: &'static str,
    remedy: &'static str,
}

macro_rules! cases {
    ($($code:ident $path:literal: $old:literal => $new:literal, at $line:literal: $what:literal; $remedy:literal)+) => {
        &[$(Case { code: $code, path: $path, old: $old, new: $new, line: $line, what: $what, remedy: $remedy }),+]
    };
}

const CASES: &[Case] = cases! {
    // Text
    Syntax "pack.toml": "version = \"1\"" => "version = \"1", at "version": "not TOML"; "correct the line"
    Syntax "law/penalty.toml": "from = 2025-12-25" => "from = 2025-13-25", at "2025-13-25": "not TOML"; "correct the line"
    Syntax "offices.csv": "" => "x,city,甲\n", at "x,city": "not a row of the table"; "as many fields as the header"
    FileUnknown "notes.txt": "" => "hello\n", at "hello": "nothing is read from notes.txt"; "take it away"
    FileUnknown "kinds/report.yaml": "" => "kind: report\n", at "kind": "nothing is read"; "folder it belongs to"
    // Keys and types
    UnknownKey "kinds/report.toml": "class =" => "klass = 1\nclass =", at "klass": "has a key klass that is not known"; "write class, if that is meant"
    UnknownKey "kinds/report.toml": "personal = true" => "personal = true\nzzzzzz = 1", at "zzzzzz": "field signatory has a key zzzzzz"; "the keys are name, label, type"
    UnknownKey "roles.toml": "Issue reports\" }" => "Issue reports\", fr = \"x\" }", at "fr =": "label has a key fr"; "take it out"
    UnknownKey "lists/all.toml": "to = 2019-12-31" => "until = 2019-12-31", at "until": "code old has a key until"; "the keys are code"
    UnknownKey "pack.toml": "" => "\n[map]\nx = 1\n", at "[map]": "pack has a key map"; "take it out"
    MissingKey "kinds/report.toml": "class = \"internal\"\n" => "", at "kind =": "kind report has no class"; "add class = \"public\""
    MissingKey "kinds/report.toml": "type = { code = \"result\" }\n" => "", at "[[field]]:2": "field result has no type"; "add type, one of"
    MissingKey "kinds/report.toml": "subjects = { maker = \"one\", product = \"many\" }" => "", at "kind =": "has no subjects"; "subjects = {}"
    MissingKey "law/penalty.toml": "unit = \"hour\"\n" => "", at "[[parameter]]:3": "parameter penalty.start has no unit"; "add unit"
    MissingKey "law/penalty.toml": "from = 2025-12-25\n" => "to = 2025-12-26\n", at "[[parameter]]:2": "parameter penalty.publish has no from"; "add from"
    MissingKey "law/penalty.toml": "by = \"level\"\n" => "", at "value = {": "levels without the list"; "add by"
    MissingKey "law/penalty.toml": "applies_basis = \"office\"\n" => "", at "applies_by": "stand only together"; "add the other"
    MissingKey "offices.csv": "C A,report" => "C A,", at "420800,city": "power over no kinds"; "write * for all"
    MissingKey "offices.csv": "parent,regions" => "parent,areas", at "id,type": "there is no column regions"; "add it"
    WrongType "kinds/report.toml": "required = true" => "required = \"yes\"", at "\"yes\"": "this is a text, but true or false"; "write true or false"
    WrongType "kinds/report.toml": "articles = [1]" => "articles = 1", at "articles": "a whole number, but a list"; "write a list"
    WrongType "law/penalty.toml": "from = 2021-09-01" => "from = \"2021-09-01\"", at "from": "this is a text, but a day"; "without quotes"
    WrongType "law/penalty.toml": "value = 20" => "value = true", at "value": "true or false, but a number"; "write a number"
    // Procedures
    MissingKey "procedures/trace.toml": "from = \"open\"\n" => "", at "[[step]]": "step close does not say from where"; "add from"
    MissingKey "procedures/trace.toml": "guard_says = { zh = \"须有结论\", en = \"There must be a result\" }\n" => "", at "guard =": "stand only together"; "add the other"
    BadValue "procedures/trace.toml": "procedure = \"trace\"" => "procedure = \"tracing\"", at "procedure =": "another file than procedures/tracing.toml"; "name the file"
    BadValue "procedures/trace.toml": "warn = \"3 working_day\"" => "warn = \"3 week\"", at "warn": "no length of time"; "2 working_day"
    BadValue "procedures/trace.toml": "when_due = \"escalate\"" => "when_due = \"shout\"", at "when_due": "none of remind, escalate"; "write one of them"
    BadValue "procedures/trace.toml": "limit = \"penalty.close\"" => "limit = \"20 days\"", at "limit": "is no limit"; "min("
    UnknownName "procedures/trace.toml": "opens_with = \"report\"" => "opens_with = \"letter\"", at "opens_with": "the kind letter"; "add letter to kinds"
    UnknownName "procedures/trace.toml": "\"report.issue\"" => "\"report.isue\"", at "who": "the permission report.isue"; "write report.issue"
    UnknownName "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-not\"", at "id = \"close\"": "makes the document closing-not, which is not there"; "write closing-note"
    UnknownName "documents/trace.toml": "{now.closed_on}" => "{now.closd_on}", at "now.closd_on": "there is no field of the step closd_on"; "write closed_on"
    UnknownName "documents/trace.toml": "{case.signatory}" => "{case.signed}", at "case.signed": "there is no field signed"; "begin the line with ?"
    UnknownName "documents/trace.toml": "{party.maker}" => "{party.result}", at "party.result": "there is no role or reference result"; "begin the line"
    UnknownName "documents/trace.toml": "{law.penalty.close}" => "{law.penalty.clos}", at "law.penalty.clos": "names no parameter of law"; "write penalty.close"
    UnknownName "documents/trace.toml": "{due.close}" => "{due.open}", at "due.open": "there is no term open"; "begin the line"
    UnknownName "documents/trace.toml": "{date}" => "{day}", at "{day}": "is nothing that can be filled in"; "write one of case.NAME"
    BadValue "documents/trace.toml": "{date}" => "{date", at "> {date": "a brace is opened and not closed"; "closing brace"
    UnknownName "documents/trace.toml": "@sealed" => "@seal", at "@seal": "names the part seal"; "write @sealed"
    BadValue "documents/trace.toml": "> {office}" => "@other", at "@other": "a part stands within a part"; "name both in the document"
    UnknownName "documents/trace.toml": "addressee = \"maker\"" => "addressee = \"baker\"", at "id = \"closing-note\"": "addressee of the document closing-note names baker"; "write maker"
    UnknownName "documents/trace.toml": "law = \"追查办法 3\"" => "numbered = \"closed_on\"", at "id = \"closing-note\"": "numbered of the document"; "take it out"
    UnknownName "documents/trace.toml": "law = \"追查办法 3\"" => "served_by = [\"shut\"]", at "id = \"closing-note\"": "served_by of the document closing-note names shut"; "take it out"
    UnknownKey "documents/trace.toml": "law = \"追查办法 3\"" => "article = 3", at "article": "has a key article"; "take it out"
    Duplicate "documents/trace.toml": "" => "[[document]]\nid = \"closing-note\"\nlabel = { zh = \"x\", en = \"x\" }\nbody = \"x\"\n", at "id = \"closing-note\":2": "another document closing-note"; "rename one"
    UnknownName "procedures/trace.toml": "tell = [\"maker\"]" => "tell = [\"neighbour\"]", at "id = \"close\"": "tell names neighbour"; "name a role"
    UnknownName "procedures/trace.toml": "public = [\"closed_on\"]" => "public = [\"closed\"]", at "public = [": "public names closed"; "not personal"
    UnknownName "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-note\"\nwrites = \"report\"\nfill = { colour = \"today\" }", at "id = \"close\"": "fill names colour"; "name a field or role"
    UnknownName "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-note\"\nwrites = \"report\"\nfill = { report_no = \"number\" }", at "id = \"close\"": "report_no is filled from number"; "name a field of the procedure"
    UnknownName "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-note\"\nwrites = \"report\"\nfill = { report_no = \"due('close')\" }", at "id = \"close\"": "the term close, which the step does not start"; "name a term that it starts"
    BadValue "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-note\"\nwrites = \"report\"\nfill = { report_no = \"now and then\" }", at "fill": "says nothing to be filled in"; "write today"
    UnknownName "procedures/trace.toml": "document = \"closing-note\"" => "document = \"closing-note\"\namends = \"report\"", at "id = \"close\"": "amends names report, which no step writes"; "name a kind that a step writes"
    Procedure "procedures/trace.toml": "to = \"closed\"" => "to = \"shut\"", at "id = \"close\"": "no state shut"; "add a [[state]]"
    Procedure "procedures/trace.toml": "has(case.result)" => "has(case.rseult)", at "id = \"close\"": "case.rseult"; "case.result"
    Procedure "procedures/trace.toml": "limit = \"penalty.close\"" => "limit = \"penalty.clsoe\"", at "id = \"close\":2": "no parameter of law penalty.clsoe"; "add it to the folder law"
    // Values
    BadValue "kinds/report.toml": "class = \"internal\"" => "class = \"secret\"", at "class": "\"secret\" is none of the words"; "one of public, internal, personal"
    BadValue "kinds/report.toml": "class = \"internal\"" => "class = \"intern\"", at "class": "none of the words"; "write \"internal\""
    BadValue "kinds/report.toml": "type = \"table\"" => "type = \"tabel\"", at "tabel": "\"tabel\" is no type"; "write \"table\""
    BadValue "kinds/report.toml": "{ text = 60 }" => "{ text = 0 }", at "text = 0": "0 is no length"; "from 1 to 67108864"
    BadValue "kinds/report.toml": "type = { code = \"result\" }" => "type = { list = \"table\" }", at "list": "a list of lists or tables"; "type = \"table\""
    BadValue "kinds/report.toml": "name = \"result\"" => "name = \"Result\"", at "Result\"": "not a name of this sort"; "lower-case letters"
    BadValue "kinds/report.toml": "[[\"product\", \"made-by\", \"maker\"]]" => "[[\"product\", \"maker\"]]", at "links": "a link has three parts"; "role"
    BadValue "kinds/report.toml": "zh = \"编号\"" => "zh = \" \"", at "zh = \" \"": "the text is empty"; "fill it in"
    BadValue "law/penalty.toml": "value = 20" => "value = 99999999999999999999", at "value": "is too large"; "below 2^63"
    BadValue "law/penalty.toml": "id = \"penalty.start\"" => "id = \"recall.start\"", at "recall.start": "does not begin with the group"; "write penalty.…"
    BadValue "pack.toml": "number = 2" => "number = 3", at "[[decision.article]]:2": "article 3 stands where article 2 is due"; "without gaps"
    // Days
    BadDay "law/penalty.toml": "to = 2025-12-24" => "to = 2020-12-24", at "to = ": "before it begins on 2021-09-01"; "exchange or correct"
    BadDay "offices.csv": "C A,report,,," => "C A,report,2026-02-30,,", at "420800,city": "2026-02 has 28 days"; "write from as"
    BadDay "offices.csv": "C A,report,,," => "C A,report,2026-03-01,2026-02-01,", at "420800,city": "before it begins"; "exchange or correct"
    // Labels
    Label "kinds/report.toml": "{ zh = \"编号\", en = \"Number\" }" => "{ zh = \"编号\" }", at "编号": "the label has no English"; "add en"
    Label "roles.toml": "{ zh = \"机构\", en = \"Laboratory\" }" => "{ en = \"Laboratory\" }", at "Laboratory": "the label has no Chinese"; "add zh"
    Label "lists/all.toml": "zh = \"不合格\", " => "", at "fail": "code fail of result has no zh"; "add zh"
    Label "offices.csv": "市局,City" => "市局,", at "420800,city": "no name in the column en"; "fill it in"
    // Names that nothing has
    UnknownName "subjects.toml": "register = \"product\"" => "register = \"product\"\nnaming = { name = \"nam\" }", at "naming": "the field of product: nam"; "write name, if that is meant"
    Contradiction "subjects.toml": "schemes = [\"uscc\"]" => "schemes = [\"uscc\"]\nnaming = { name = \"name\" }", at "naming": "says how it is called, but has no register"; "add register"
    UnknownName "kinds/report.toml": "code = \"result\"" => "code = \"resutl\"", at "resutl": "field result names the code list resutl"; "write result, if that is meant, or add resutl to lists"
    UnknownName "kinds/report.toml": "quantity = \"unit\"" => "quantity = \"zzzz\"", at "zzzz": "column value names the code list zzzz"; "add zzzz to lists"
    UnknownName "kinds/report.toml": "author = \"report.issue\"" => "author = \"report.sign\"", at "author": "names the permission report.sign"; "roles.toml"
    UnknownName "roles.toml": "\"product.record\"]" => "]", at "author": "no role grants product.record, which the kind product asks for"; "add it to the grants"
    UnknownName "roles.toml": "grants = [\"audit.read\"]" => "grants = [\"audit.raed\"]", at "audit.raed": "role auditor names the permission"; "write audit.read"
    UnknownName "roles.toml": "\"laboratory\", \"auditor\"" => "\"laboratory\", \"auditors\"", at "auditors": "names the role auditors"; "write auditor"
    UnknownName "kinds/report.toml": "maker = \"one\"" => "maker = \"one\", seller = \"one\"", at "seller": "names the role of a subject seller"; "subjects.toml"
    UnknownName "kinds/report.toml": "\"maker\", \"report_no\"" => "\"maker\", \"reportno\"", at "reportno": "unique names reportno, which report does not have"; "write report_no"
    UnknownName "kinds/report.toml": "\"report_no\", \"result\"" => "\"report_no\", \"price\"", at "price": "public names price"; "name a field"
    UnknownName "kinds/report.toml": "\"made-by\"" => "\"made-of\"", at "made-of": "names the code of trace-link made-of"; "write made-by"
    UnknownName "kinds/report.toml": "\"maker\"]]" => "\"seller\"]]", at "seller": "no role of report"; "name a role"
    UnknownName "kinds/report.toml": "product.name" => "product.colour", at "product.colour": "the typed field of the register of product: colour"; "add colour to kinds"
    UnknownName "kinds/report.toml": "articles = [1]" => "articles = [31]", at "articles": "names article 31"; "one of the 2"
    UnknownName "law/penalty.toml": "articles = [1]" => "articles = [0]", at "articles": "names article 0"; "one of the 2"
    UnknownName "law/penalty.toml": "unit = \"hour\"" => "unit = \"hours\"", at "hours": "names the code of law-unit hours"; "write hour"
    UnknownName "law/penalty.toml": "starts = \"penalty.decided\"" => "starts = \"penalty.made\"", at "penalty.made": "starting-event penalty.made"; "lists"
    UnknownName "law/penalty.toml": "[\"test\"]" => "[\"tests\"]", at "tests": "suspending-event tests"; "write test"
    UnknownName "law/penalty.toml": "one = 24" => "three = 24", at "three": "the code of level three"; "add three to lists"
    UnknownName "subjects.toml": "register = \"product\"" => "register = \"goods\"", at "goods": "subject product names the kind goods"; "kinds"
    UnknownName "subjects.toml": "is = [\"organization\"]" => "is = [\"organisation\"]", at "organisation": "names the subject organisation"; "write organization"
    UnknownName "subjects.toml": "\"uscc\"" => "\"usc\"", at "usc": "identifier-scheme usc"; "write uscc"
    UnknownName "offices.csv": "420000,420800" => "420001,420800", at "420800,city": "names the office 420001"; "write 420000"
    UnknownName "offices.csv": "420000,420800" => "420000,429999", at "420800,city": "names the division 429999"; "add 429999 to regions.csv"
    UnknownName "offices.csv": "420000,420800,C A,report,,," => "420000,420821,C A,report,2020-01-01,,", at "420800,city": "420821, which was not in force from 2020-01-01 on"; "what took its place"
    UnknownName "offices.csv": "C A" => "Z", at "420800,city": "names the industry Z"; "codes/industries.csv"
    UnknownName "offices.csv": "report" => "reports", at "420800,city": "names the kind reports"; "write report"
    UnknownName "offices.csv": "420800,city" => "420800,town", at "420800,town": "office-type town"; "lists"
    UnknownName "systems.toml": "wing = \"tracing\"" => "wing = \"supervision\"", at "supervision": "names the wing supervision"; "write one of tracing"
    UnknownName "pack.toml": "province = \"420000\"" => "province = \"430000\"", at "430000": "names the division 430000"; "regions.csv"
    UnknownName "kinds/report.toml": "author =" => "keep = \"penalty.publsh\"\nauthor =", at "keep": "kind report names the parameter of law penalty.publsh"; "write penalty.publish, if that is meant, or add penalty.publsh to law"
    Contradiction "kinds/report.toml": "author =" => "keep = \"penalty.start\"\nauthor =", at "keep": "is kept by penalty.start, which is one=24 two=48 hour from 2021-09-01 on"; "year, month or day"
    // Twice
    Duplicate "kinds/report.toml": "name = \"signatory\"" => "name = \"report_no\"", at "[[field]]:4": "the name report_no is taken by another field"; "rename the field"
    Duplicate "kinds/report.toml": "name = \"signatory\"" => "name = \"source\"", at "[[field]]:4": "a member of every record"; "rename the field"
    Duplicate "kinds/report.toml": "name = \"signatory\"" => "name = \"maker\"", at "[[field]]:4": "a role of the kind's subjects"; "rename the field"
    Duplicate "roles.toml": "[[exclusive]]" => "[[role]]\nid = \"auditor\"\nlabel = { zh = \"x\", en = \"x\" }\ngrants = []\ncapture = \"own\"\nview = \"own\"\nsearch = \"own\"\n\n[[exclusive]]", at "id = \"auditor\":2": "there is another role auditor in roles.toml line 17"; "rename one"
    Duplicate "roles.toml": "grants = [\"audit.read\"]" => "grants = [\"audit.read\", \"audit.read\"]", at "audit.read\", \"": "grants audit.read twice"; "take one out"
    Duplicate "lists/all.toml": "" => "\n[[list]]\nlist = \"unit\"\nlabel = { zh = \"x\", en = \"x\" }\ncodes = [{ code = \"x\", zh = \"x\", en = \"x\" }]\n", at "list = \"unit\":2": "there is another list unit"; "rename one"
    // Overlaps and contradictions
    Overlap "law/penalty.toml": "from = 2025-12-25" => "from = 2025-12-24", at "[[parameter]]:2": "in force from 2025-12-24 on here and from 2021-09-01 to 2025-12-24"; "let the older end"
    Overlap "lists/all.toml": "code = \"old\"" => "code = \"fail\"", at "旧": "the code fail stands twice in result"; "end the one with to"
    Overlap "offices.csv": "420800,city,市局,City,,420000" => "420000,city,市局,City,,", at "420000,city": "office 420000 stands twice on the same days"; "let the older row end"
    Contradiction "kinds/report.toml": "personal = true" => "personal = true\ntyped = true", at "[[field]]:4": "signatory is typed and personal"; "take typed = true out"
    Contradiction "kinds/report.toml": "most = 100" => "typed = true", at "[[field]]:3": "items is typed, but its values do not fit"; "take typed = true out"
    Contradiction "kinds/report.toml": "most = 100" => "least = 9\nmost = 1", at "[[field]]:3": "has a most below its least"; "exchange least and most"
    Contradiction "kinds/report.toml": "personal = true" => "personal = true\nmost = 9", at "[[field]]:4": "neither a number nor a table"; "take least and most out"
    Contradiction "kinds/report.toml": "type = { quantity = \"unit\" }" => "type = { quantity = \"unit\" }\npersonal = true", at "[[field.column]]": "cannot be a table, typed or personal"; "say it of the whole field"
    Contradiction "kinds/report.toml": "public = [\"report_no\"" => "public = [\"signatory\"", at "public": "signatory of report is personal and stands in public"; "take it out of public"
    Contradiction "kinds/report.toml": "\"maker\", \"report_no\"" => "\"product\", \"report_no\"", at "unique": "product of report can be many"; "take it out of unique"
    Contradiction "kinds/report.toml": "\"maker\", \"report_no\"" => "\"maker\", \"items\"", at "unique": "items of report has no single value"; "take it out of unique"
    Contradiction "kinds/report.toml": "type = { code = \"result\" }\ntyped = true" => "type = { code = \"result\" }", at "by =": "result of report is counted by, but not typed"; "add typed = true"
    Contradiction "kinds/report.toml": "class = \"internal\"" => "class = \"internal\"\npublic_until = \"report_no\"", at "public_until": "report_no is no open date of report"; "name a field of type date"
    Contradiction "kinds/report.toml": "class = \"internal\"\nauthor = \"report.issue\"\nsubjects = { maker = \"one\", product = \"many\" }\nunique = [\"maker\", \"report_no\"]\npublic = [\"report_no\", \"result\"]" => "class = \"personal\"\nauthor = \"report.issue\"\nsubjects = { maker = \"one\", product = \"many\" }\nserved = [\"maker\"]", at "served": "class personal and is served"; "take served out"
    UnknownName "kinds/report.toml": "class = \"internal\"" => "class = \"internal\"\nserved = [\"nobody\"]", at "served": "served names nobody, no role of report"; "name a role"
    Contradiction "kinds/report.toml": "class = \"internal\"" => "class = \"personal\"", at "public =": "class personal and has a public part"; "take public out"
    UnknownName "offices.csv": "420800,city" => "# a note\n\n420800,town", at "420800,town": "office-type town"; "lists"
    Contradiction "offices.csv": "鄂,," => "鄂,420800,", at "420000,province": "office 420000 is above itself"; "correct the column parent"
    Contradiction "systems.toml": "zh = \"追溯制度\"" => "zh = \"召回制度\"", at "召回制度": "召回制度 does not stand in article 1"; "quote the article's own words"
    Contradiction "systems.toml": "article = 1" => "article = 2", at "institutions": "article 2 is none of the system's articles"; "add it to articles"
    Conflict "roles.toml": "grants = [\"audit.read\"]" => "grants = [\"audit.read\", \"report.issue\"]", at "audit.read\", \"": "auditor grants report.issue, as laboratory does"; "leave the permission to one"
    Conflict "roles.toml": "roles = [\"laboratory\", \"auditor\"]" => "roles = [\"laboratory\"]", at "[[exclusive]]": "one role alone excludes nothing"; "name the roles"
    // Conditions
    Expression "kinds/report.toml": "result == 'fail'" => "result == 'fial'", at "bad =": "bad of report cannot be read at character 11"; "was fail meant?"
    Expression "kinds/report.toml": "result == 'fail'" => "reslt == 'fail'", at "bad =": "there is no field reslt"; "was result meant?"
    Expression "kinds/report.toml": "result == 'fail'" => "result ==", at "bad =": "must stand here"; ""
    Expression "kinds/report.toml": "result == 'fail'" => "items == 'fail'", at "bad =": "there is no field items"; "typed fields only: add typed = true"
    Expression "kinds/report.toml": "result == 'fail'" => "region == '420100'", at "bad =": "there is no field region"; "not of its subjects or of what every record has"
    CodeTable "regions.csv": "420800,荆门市,city" => "420800,荆门市,town", at "420800": "town is no level"; "give province, city or county"
    CodeTable "codes/industries.csv": "2017,14,C" => "2017,14,Z", at "2017,14": "Z is no section"; "letter from A to T"
};

#[test]
fn each_sort_of_fault_is_found_once_with_line_and_remedy() {
    let small = Files::small();
    assert_eq!(small.faults(), []);
    let wrong: Vec<String> = CASES.iter().filter_map(|case| run(&small, case).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn run(small: &Files, case: &Case) -> Result<(), String> {
    let files = small.clone().with(case.path, case.old, case.new);
    let shown = format!("{} {:?} => {:?}", case.path, case.old, case.new);
    let mut faults = files.faults();
    // The header of a table is at fault twice: the column it lacks and the one nobody knows.
    if case.new == "parent,areas" {
        faults.retain(|fault| fault.code == MissingKey);
    }
    // A circle is seen from each of its offices.
    if case.what.ends_with("above itself") {
        faults.truncate(1);
    }
    let [fault] = faults.as_slice() else { return Err(format!("{shown}: {faults:#?}")) };
    let path =
        if fault.what.starts_with("no role grants") { "kinds/product.toml" } else { case.path };
    let line = line_of(&files.0[path], case.line);
    let holds = fault.code == case.code
        && (fault.file.as_str(), fault.line) == (path, line)
        && fault.what.contains(case.what)
        && fault.remedy.contains(case.remedy)
        && fault.to_string().starts_with(&format!("{path}:{line}: "));
    if holds { Ok(()) } else { Err(format!("{shown}, line {line}:\n{fault:#?}")) }
}

/// The line that holds `text`, or with `:n` at its end the n-th of them.
fn line_of(file: &str, text: &str) -> usize {
    let (text, n) = match text.rsplit_once(':') {
        Some((text, n)) if n.parse::<usize>().is_ok() => (text, n.parse().unwrap()),
        _ => (text, 1),
    };
    let lines = file.lines().enumerate().filter(|(_, line)| line.contains(text));
    lines.map(|(at, _)| at + 1).nth(n - 1).unwrap_or_else(|| panic!("no {text:?}"))
}

#[test]
fn every_sort_has_a_case() {
    let elsewhere = [FileMissing, NotUtf8];
    let all = [
        FileMissing,
        FileUnknown,
        NotUtf8,
        Syntax,
        UnknownKey,
        MissingKey,
        WrongType,
        BadValue,
        BadDay,
        Label,
        UnknownName,
        Duplicate,
        Overlap,
        Contradiction,
        Conflict,
        CodeTable,
        Expression,
    ];
    for code in all.into_iter().filter(|code| !elsewhere.contains(code)) {
        assert!(CASES.iter().any(|case| case.code == code), "{}", code.code());
    }
}

#[test]
fn a_missing_file_is_named() {
    let faults = Files::small().without("roles.toml").faults();
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!((fault.code, fault.file.as_str(), fault.line), (FileMissing, "roles.toml", 1));
}

#[test]
fn nothing_is_ten_missing_files_and_no_panic() {
    let faults = pack::Pack::load(Vec::<(String, String)>::new()).unwrap_err();
    assert_eq!(faults.0.len(), 10);
    assert_eq!(faults.code(), "pack.file_missing");
}

#[test]
fn a_file_in_another_encoding_is_named_with_its_line() {
    let mut files: Vec<(String, Vec<u8>)> =
        Files::small().0.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    let gb18030 = b"id,type\n\xba\xfe\xb1\xb1\n".to_vec(); // 湖北
    files.retain(|(path, _)| path != "offices.csv");
    files.push(("offices.csv".to_owned(), gb18030));
    let faults = pack::Pack::load(files).unwrap_err().0;
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!((fault.code, fault.line), (NotUtf8, 2));
    assert!(fault.remedy.contains("UTF-8"));
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_files_and_lines() {
    let faults = Files::small()
        .with("kinds/report.toml", "class = \"internal\"", "class = \"secret\"")
        .with("kinds/report.toml", "code = \"result\"", "code = \"nothing\"")
        .with("law/penalty.toml", "unit = \"day\"", "unit = \"fortnight\"")
        .with("roles.toml", "search = \"none\"\n", "")
        .faults();
    let at: Vec<String> = faults.iter().map(|f| format!("{}:{}", f.file, f.line)).collect();
    assert_eq!(
        at,
        ["kinds/report.toml:5", "kinds/report.toml:21", "law/penalty.toml:11", "roles.toml:7"]
    );
}

#[test]
fn a_list_that_the_language_needs_is_told_once() {
    let files = Files::small().with("lists/all.toml", "list = \"law-unit\"", "list = \"units\"");
    let faults = files.faults();
    let [fault] = faults.as_slice() else { panic!("{faults:#?}") };
    assert_eq!((fault.code, fault.line), (UnknownName, files.line("law/penalty.toml", "unit =")));
    assert_eq!(fault.remedy, "add the code list law-unit to lists");
}

#[test]
fn a_file_that_cannot_be_read_does_not_put_the_blame_on_others() {
    let faults = Files::small().with("lists/all.toml", "list = \"result\"", "list = ").faults();
    assert!(faults.iter().all(|fault| fault.code == Syntax && fault.line == 2), "{faults:#?}");
}

proptest::proptest! {
    /// Whatever an officer's slip makes of a file, there is an answer and no panic.
    #[test]
    fn any_slip_is_answered(file in 0usize..14, at in 0.0..1.0f64, cut in 0usize..40, put in "[\\[\\]{}\"'=,\n#a0%；]{0,4}") {
        let mut files = Files::small();
        let path = files.0.keys().nth(file % files.0.len()).unwrap().clone();
        let text = files.0.get_mut(&path).unwrap();
        let from = text.floor_char_boundary((text.len() as f64 * at) as usize);
        let to = text.floor_char_boundary((from + cut).min(text.len()));
        text.replace_range(from..to.max(from), &put);
        for fault in files.faults() {
            let lines = files.0.get(&fault.file).map_or(1, |text| text.lines().count().max(1) + 1);
            assert!((1..=lines).contains(&fault.line), "{fault}");
            assert!(!fault.what.is_empty() && !fault.remedy.is_empty());
        }
    }
}
