//! What a change of pack changes, in both languages.

use pack::Language;

use crate::small::Files;

/// The sentences about a change, English then Chinese, line by line.
fn said(new: &Files) -> Vec<(String, String)> {
    let (old, new) = (Files::small().pack(), new.pack());
    let changes = pack::diff(&old, &new);
    changes.iter().map(|c| (c.say(Language::En), c.say(Language::Zh))).collect()
}

macro_rules! says {
    ($files:expr; $($en:literal, $zh:literal;)*) => {
        let expected: Vec<(String, String)> = vec![$(($en.to_owned(), $zh.to_owned())),*];
        assert_eq!(said(&$files), expected);
    };
}

#[test]
fn nothing_changes_nothing() {
    says!(Files::small().with("roles.toml", "", "# a note\n"););
}

#[test]
fn a_parameter() {
    says!(Files::small().with("law/penalty.toml", "value = 10\nunit = \"day\"", "value = 48\nunit = \"hour\"");
        "parameter penalty.publish (Term for publishing) from 2025-12-25: value changes from 10 days to 48 hours",
        "法定参数 penalty.publish（公示期限），自2025-12-25起：数值由“10 日”改为“48 小时”";
    );
    says!(Files::small().with("law/penalty.toml", "from = 2025-12-25\n", "from = 2025-12-25\nto = 2026-12-31\n\n[[parameter]]\nid = \"penalty.publish\"\nlabel = { zh = \"公示期限\", en = \"Term for publishing\" }\nvalue = 5\nunit = \"day\"\nlaw = \"新规定\"\narticle = \"3\"\nfrom = 2027-01-01\n");
        "parameter penalty.publish (Term for publishing) from 2025-12-25: last day in force is now 2026-12-31, where nothing was said",
        "法定参数 penalty.publish（公示期限），自2025-12-25起：失效日原未规定，现为“2026-12-31”";
        "new parameter penalty.publish (Term for publishing) from 2027-01-01: 5 days (新规定 3)",
        "新增：法定参数 penalty.publish（公示期限），自2027-01-01起：5 日（新规定 3）";
    );
    says!(Files::small().with("law/penalty.toml", "reviewed = 2026-04-30\n", "").with("law/penalty.toml", "counts = { suspended_by = [\"test\"] }", "counts = { roll = \"none\", direction = \"backward\" }");
        "parameter penalty.publish (Term for publishing) from 2021-09-01: direction changes from forward to backward",
        "法定参数 penalty.publish（公示期限），自2021-09-01起：计算方向由“向后”改为“向前”";
        "parameter penalty.publish (Term for publishing) from 2021-09-01: end on a day off is now none, where nothing was said",
        "法定参数 penalty.publish（公示期限），自2021-09-01起：末日遇休息日原未规定，现为“不顺延”";
        "parameter penalty.publish (Term for publishing) from 2021-09-01: what does not count loses test",
        "法定参数 penalty.publish（公示期限），自2021-09-01起：不计入期间减少test";
        "parameter penalty.publish (Term for publishing) from 2021-09-01: reviewed is no longer said; it was 2026-04-30",
        "法定参数 penalty.publish（公示期限），自2021-09-01起：复核日原为“2026-04-30”，现不再规定";
    );
}

#[test]
fn a_kind_and_its_fields() {
    says!(Files::small()
            .with("kinds/report.toml", "class = \"internal\"", "class = \"public\"")
            .with("kinds/report.toml", "unique = [\"maker\", \"report_no\"]", "unique = [\"report_no\"]")
            .with("kinds/report.toml", "{ text = 60 }\nrequired = true", "{ text = 80 }");
        "kind report (Report): class changes from internal to public",
        "记录种类 report（报告）：公开等级由“内部”改为“公开”";
        "kind report (Report): unique key loses maker",
        "记录种类 report（报告）：唯一键减少maker";
        "field report/report_no (Number): type changes from text(60) to text(80)",
        "字段 report/report_no（编号）：类型由“text(60)”改为“text(80)”";
        "field report/report_no (Number): required changes from yes to no",
        "字段 report/report_no（编号）：必填由“是”改为“否”";
    );
    says!(Files::small().with("kinds/report.toml", "author =", "keep = \"penalty.publish\"\nauthor =");
        "kind report (Report): kept for is now penalty.publish, where nothing was said",
        "记录种类 report（报告）：保存期限依据原未规定，现为“penalty.publish”";
    );
    // Of a kind that is new or gone, its fields are not told one by one.
    let file =
        Files::small().0["kinds/product.toml"].replace("kind = \"product\"", "kind = \"goods\"");
    says!(Files::small().with("kinds/goods.toml", "", &file);
        "new kind goods (Product): 1 fields, public",
        "新增：记录种类 goods（产品）：1个字段，公开";
    );
}

#[test]
fn codes_roles_offices_regions_and_files() {
    says!(Files::small().with("lists/all.toml", "{ code = \"fail\", zh = \"不合格\", en = \"Fail\" }", "{ code = \"fail\", zh = \"不合格\", en = \"Fail\", to = 2026-12-31 },\n  { code = \"void\", zh = \"无效\", en = \"Void\", from = 2027-01-01 }");
        "code result/fail (Fail): last day in force is now 2026-12-31, where nothing was said",
        "代码 result/fail（不合格）：失效日原未规定，现为“2026-12-31”";
        "new code result/void (Void) from 2027-01-01",
        "新增：代码 result/void（无效），自2027-01-01起";
    );
    says!(Files::small().with("roles.toml", "\"report.issue\", \"product.record\"", "\"product.record\", \"report.issue\"");
        "role laboratory (Laboratory): grants changes its order",
        "岗位 laboratory（机构）：权限的排列变化";
    );
    says!(Files::small().with("roles.toml", "view = \"own+below\"", "view = \"province\"");
        "role auditor (Auditor): scopes changes from capture none, view own+below, search province to capture none, view province, search province",
        "岗位 auditor（审计员）：范围由“录入 无，查看 本机关及下级，检索 全省”改为“录入 无，查看 全省，检索 全省”";
    );
    says!(Files::small().with("offices.csv", "420800,C A,report,,,", "420800 420882,C,report,,,");
        "office 420800 (City): regions gains 420882",
        "机关 420800（市局）：地域增加420882";
        "office 420800 (City): trades loses A",
        "机关 420800（市局）：行业减少A";
    );
    says!(Files::small().with("regions.csv", "", "420802,东宝区,county,420800,,,,\n");
        "new division 420802 (东宝区)",
        "新增：行政区划 420802（东宝区）";
    );
    says!(Files::small().with("calendar/2027.toml", "", "x = 1\n");
        "new file calendar/2027.toml",
        "新增：文件 calendar/2027.toml";
    );
    says!(Files::small().with("pack.toml", "version = \"1\"", "version = \"2\"").with("systems.toml", "\"trace\"]", "\"trace\", \"lot\"]");
        "pack 420000 (A small pack): version changes from 1 to 2",
        "规则包 420000（小包）：版本由“1”改为“2”";
        "system T1 (Tracing): needs gains kinds/lot",
        "制度 T1（追溯）：所需增加kinds/lot";
    );
}

#[test]
fn the_order_in_which_people_see_things() {
    let two = "{ code = \"one\", zh = \"一\", en = \"One\" }, { code = \"two\", zh = \"二\", en = \"Two\" }";
    let other = "{ code = \"two\", zh = \"二\", en = \"Two\" }, { code = \"one\", zh = \"一\", en = \"One\" }";
    says!(Files::small().with("lists/all.toml", two, other);
        "code list level (Level): order changes",
        "代码表 level（级别）：顺序变化";
    );
}

#[test]
fn what_one_change_adds_the_way_back_takes_away() {
    let (old, new) = (
        Files::small(),
        Files::small().with(
            "kinds/extra.toml",
            "",
            &Files::small().0["kinds/product.toml"]
                .replace("kind = \"product\"", "kind = \"extra\""),
        ),
    );
    let back = pack::diff(&new.pack(), &old.pack());
    assert_eq!(back.len(), 1);
    assert_eq!(back[0].say(Language::En), "kind extra (Product) is gone");
    assert_eq!(back[0].say(Language::Zh), "删除：记录种类 extra（产品）");
}
