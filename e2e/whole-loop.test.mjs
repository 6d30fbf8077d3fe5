// One loop, whole, through pages: a citizen complains, a lot is sampled at a shop and fails, the maker denies
// it and is held to it, a second laboratory confirms the failure, the lot is traced and recalled, the maker is
// penalised, the penalty is published and later repaired; and the citizen sees how it ended. Every step is
// a form that somebody with the role for it fills in and sends. Nothing waits for a term to run out: who could
// wait objects, waives or asks in time, as the law lets them.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { accessible, launch, open, shot, tab, whole } from "./lib/browser.mjs";
import { fill, on, press, text } from "./lib/forms.mjs";
import { people as withAccounts } from "./lib/people.mjs";
import { MAKER, start, until } from "./lib/server.mjs";

const SHOP = "uscc:92420984MA4H7B2C9Q";
const LABORATORY = "uscc:91420106MA4KLAB04D";
const OTHER_LABORATORY = "uscc:91420100MA4LQT3J9G";
const BARCODE = "6914209801136";
const LOT = "https://id.gs1.org/01/06914209801136/10/XJT261001";
const COUNTY = "420984";
const MORE = fileURLToPath(new URL("whole-loop.ndjson", import.meta.url));

let site;
let browser;
let people;
// Cases by their procedure: what stands behind `/console/cases/`.
const cases = {};
// What the citizen wrote down.
let number;
let code;

/** A day in China, so many from today. */
function day(from = 0) {
  return new Date(Date.now() + (8 * 3600 + from * 86_400) * 1000).toISOString().slice(0, 10);
}
const today = day();

before(async () => {
  site = await start(MORE);
  browser = await launch();
  people = await withAccounts(site, browser, [
    ["county", "officer", "county-officer", COUNTY, "", "王建国"],
    ["colleague", "officer", "county-officer", COUNTY, "", "刘敏"],
    ["sampler", "officer", "sampler", COUNTY, "", "陈涛"],
    ["companion", "officer", "sampler", COUNTY, "", "何静"],
    ["reviewer", "officer", "legal-reviewer", COUNTY, "", "赵法"],
    ["head", "officer", "head", COUNTY, "", "孙局"],
    ["city", "officer", "city-officer", "420900", "", "周城"],
    ["maker", "enterprise", "enterprise", "", MAKER, "江豚经办人"],
    ["shop", "enterprise", "enterprise", "", SHOP, "好孩乐店主"],
    ["laboratory", "enterprise", "laboratory", "", LABORATORY, "中南轻工检验员"],
    ["other-laboratory", "enterprise", "laboratory", "", OTHER_LABORATORY, "江城检测员"],
  ]);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Which desk somebody works at. */
const deskOf = (who) => (["maker", "shop", "laboratory", "other-laboratory"].includes(who) ? "enterprise" : "console");
const placeOf = (who, procedure) => `/${deskOf(who)}/cases/${cases[procedure]}`;

/** Opens the page of a case; what stands on it. */
async function look(who, procedure) {
  const page = people[who];
  await open(page, site.base + placeOf(who, procedure));
  return text(page);
}

/** Goes from the page of a case to the form of one of its steps, as the page offers it. */
async function toStep(who, procedure, step) {
  const said = await look(who, procedure);
  const link = `main a[href$="${cases[procedure]}/steps/${step}"]`;
  assert.ok(await people[who].$(link), `${who} is not offered ${step}: ${said}`);
  await press(people[who], link);
  await whole(people[who]);
}

/** That the form was taken, and not shown again with what is wrong. */
async function taken(who) {
  const page = people[who];
  assert.match(page.url(), /[?&]done=1/, await text(page));
  assert.ok(await page.$(".alert-ok"), await text(page));
}

/** Takes a step of a case; with whom, by their names. */
async function take(who, procedure, step, values, together = []) {
  const page = people[who];
  await toStep(who, procedure, step);
  for (const name of together) await tick(page, name);
  await fill(page, Object.fromEntries(Object.entries(values).map(([name, value]) => [`in-${name}`, value])));
  await press(page, "main form#f-step button.btn-primary");
  await taken(who);
}

/** Ticks an officer by the name that stands beside the box. */
async function tick(page, name) {
  for (const box of await page.$$("main #f-officers label.box")) {
    const [label, is] = await box.evaluate((element) => [element.innerText.trim(), element.querySelector("input").checked]);
    if (label === name) {
      if (!is) await box.click();
      return;
    }
  }
  assert.fail(`${name} is no officer of ${page.url()}: ${await text(page)}`);
}

/** Agrees to what waits for approval, having seen what was drawn up. */
async function agree(who, procedure, step, seen) {
  const page = people[who];
  await toStep(who, procedure, step);
  assert.ok((await text(page)).includes(seen), `${seen} is not shown to ${who}: ${await text(page)}`);
  await press(page, "main form#f-step button[value=approved]");
  await taken(who);
}

async function sendBack(who, procedure, step, reason) {
  const page = people[who];
  await toStep(who, procedure, step);
  await fill(page, { reason });
  await press(page, "main form#f-step button[value=returned]");
  await taken(who);
}

/** What the case is in, as an officer's page says it. */
async function stands(procedure, state, who = "county") {
  await look(who, procedure);
  const now = await people[who].$eval("main .states [aria-current=step]", (now) => now.innerText);
  assert.ok(now.includes(state), `${procedure} stands at ${now}, not at ${state}`);
}

/** The case under another that a step opened; the last of them. */
async function under(procedure, label) {
  await look("county", procedure);
  const found = await people.county.$$eval(
    "main section[aria-labelledby=h-under] a",
    (all, wanted) => all.filter((a) => a.textContent.includes(wanted)).map((a) => a.getAttribute("href")),
    label,
  );
  assert.ok(found.length > 0, `${procedure} has no case ${label} under it`);
  return found.at(-1).split("/").at(-1);
}

/** Draws up the document of the last step that has none, seals it and serves it. */
async function serve(procedure, title, together = []) {
  const page = people.county;
  await open(page, `${site.base}/console/cases/${cases[procedure]}/documents`);
  const forms = [];
  for (const form of await page.$$("main section[aria-labelledby=h-make] form")) {
    if ((await form.evaluate((element) => element.innerText)).includes(title)) forms.push(form);
  }
  assert.ok(forms.length > 0, `${title} is not to be drawn up: ${await text(page)}`);
  const draw = await forms.at(-1).$("button[type=submit]");
  await Promise.all([page.waitForNavigation(), draw.click()]);
  assert.ok((await page.$eval("h1", (h1) => h1.innerText)).includes(title), await text(page));
  await press(page, "main form[aria-labelledby=h-seal] button");
  assert.match(await text(page), /已用印/u);
  await whole(page);
  for (const name of together) await tick(page, name);
  await fill(page, { way: "in-person", tried_on: today, served_on: today, recipient: "受送达单位签收人" });
  await press(page, "main form:has([value=serve]) button[type=submit]");
  assert.equal(await page.$(".alert-danger"), null, await text(page));
  assert.match(await page.$eval("section[aria-labelledby=h-service]", (section) => section.innerText), /直接送达\s*已送达/u);
  return (await page.$eval(".paper", (paper) => paper.innerText)).trim();
}

/** The paper that was served, as the party reads it at its desk. */
async function paperOf(who, procedure, title) {
  const page = people[who];
  await look(who, procedure);
  const papers = await page.$$("main section[aria-labelledby=h-papers] a");
  for (const paper of papers) {
    if (!(await paper.evaluate((a) => a.textContent)).includes(title)) continue;
    await Promise.all([page.waitForNavigation(), paper.click()]);
    await whole(page);
    await accessible(page);
    return page.$eval(".paper", (shown) => shown.innerText);
  }
  return assert.fail(`${title} was not served on ${who}: ${await text(page)}`);
}

/** What the public page of an organization says. */
async function archive(organization) {
  const page = await tab(browser);
  await open(page, `${site.base}/archive/${organization}`);
  const said = await text(page);
  await page.browserContext().close();
  return said;
}

describe("a citizen", () => {
  it("complains about a toy and keeps the number and the code", async () => {
    const page = await tab(browser, { width: 360, scripts: false });
    await page.goto(`${site.base}/complaints/new`);
    await on(page, { "in-category": "quality" });
    await on(page, { "in-respondent_as_named": "汉川好孩乐母婴店", "in-region": COUNTY });
    await on(page, { "in-text": "戏水玩具气味刺鼻，孩子起疹", "in-claims--refund": true, "in-amount": "128" });
    await on(page, { "in-complainant_name": "周敏", "in-complainant_phone": "13800000000" });
    await on(page, {}, "main button[name=go][value=send]");
    [number, code] = await page.$$eval(".receipt-number", (all) => all.map((one) => one.textContent));
    await page.browserContext().close();
  });

  it("is helped: the county's officer accepts and both sides agree", async () => {
    const page = people.county;
    await page.goto(`${site.base}/console/work?view=all`);
    cases.complaint = await page.$eval("main a[href^='/console/cases/']", (a) => a.getAttribute("href").split(/[/?#]/)[3]);
    assert.ok((await look("county", "complaint")).includes(number));
    await take("county", "complaint", "accept", { accepted_on: today, mediator: "王建国" });
    await take("county", "complaint", "settle", {
      settled_on: today,
      settled_amount: "128",
      carried_out_at_once: "yes",
      agreement: "经营者退还货款 128 元。",
    });
    await stands("complaint", "达成");
  });
});

describe("sampling", () => {
  it("is ordered by the head of the county's office", async () => {
    const page = people.head;
    await open(page, `${site.base}/console`);
    await press(page, "nav a[href='/console/new']");
    await whole(page);
    await press(page, "main a[href='/console/new/sampling-order']");
    await whole(page);
    await accessible(page);
    await fill(page, {
      "in-role-inspected": "92420984MA4H7B2C9Q",
      "in-role-product": BARCODE,
      "in-order_no": "HC-CJ-2026-018",
      "in-programme": "supervision",
      "in-stage": "circulation",
      "in-laboratory": "91420106MA4KLAB04D",
      "in-not_before": today,
      "in-not_after": day(30),
      "in-product_scope": "软胶戏水玩具",
      "in-method_no": "CCXZ-TOY-2026",
      "in-judged_by": "GB 6675.1-2014",
    });
    await shot(page, "loop-open-sampling");
    await press(page, "main form#f-opening button.btn-primary");
    assert.match(page.url(), /\/console\/cases\//, await text(page));
    cases.sampling = new URL(page.url()).pathname.split("/").at(-1);
    await stands("sampling", "待抽样");
  });

  it("is taken by two samplers in the shop, with a back-up sample under its own seal", async () => {
    const sample = {
      sample: "HC-2026-0318",
      sheet_no: "HC-CYD-2026-0318",
      taken_on: today,
      site: "汉川市仙女山街道（虚构）",
      licence_checked: "yes",
      nominal_maker: "91420984MA7F3K2R8E",
      seller: "92420984MA4H7B2C9Q",
      product: BARCODE,
      lot: LOT,
      brand: "小江豚",
      model: "XJT-6",
      quantity: "6",
      "quantity--unit": "box",
      backup_quantity: "6",
      "backup_quantity--unit": "box",
      seal_no: "F-000318",
      backup_seal_no: "F-000319",
      backup_keeper: "91420106MA4KLAB04D",
      backup_place: "样品室",
      signed_by: "好孩乐店主",
    };
    // One alone may not.
    await toStep("sampler", "sampling", "take-sample");
    await fill(people.sampler, Object.fromEntries(Object.entries(sample).map(([name, value]) => [`in-${name}`, value])));
    await press(people.sampler, "main form#f-step button.btn-primary");
    assert.doesNotMatch(people.sampler.url(), /done=1/);
    assert.ok(await people.sampler.$("#f-officers .text-danger"), await text(people.sampler));
    await tick(people.sampler, "何静");
    await shot(people.sampler, "loop-take-sample");
    await press(people.sampler, "main form#f-step button.btn-primary");
    await taken("sampler");
    await stands("sampling", "已抽样");
  });

  it("goes to the laboratory, which is told of it, and fails", async () => {
    const page = people.laboratory;
    // It is told within a moment, and the notice leads to the case.
    await until(async () => {
      await page.goto(`${site.base}/account/notices`);
      return (await page.$(`a[href="/enterprise/cases/${cases.sampling}"]`)) !== null;
    });
    await press(page, `a[href="/enterprise/cases/${cases.sampling}"]`);
    await take("laboratory", "sampling", "receive-sample", {
      received_on: today,
      seal_state: "intact",
      backup_seal_state: "intact",
      condition: "包装完好",
    });
    await take("laboratory", "sampling", "report", {
      report_no: "ZN-2026-70318",
      issued_on: today,
      result: "fail",
      hazard: "chemical",
      "items--0-0": "邻苯二甲酸酯（DEHP）",
      "items--0-1": "GB/T 22048",
      "items--0-2": "≤ 0.1 %",
      "items--0-5": "0.86 %",
      "items--0-7": "fail",
    });
    await shot(page, "loop-laboratory");
    await stands("sampling", "待审核");
  });

  it("is served on the shop and on the nominal maker, each of whom reads its own paper", async () => {
    await take("county", "sampling", "accept-fail", { failed_items: "邻苯二甲酸酯（DEHP）" });
    await take("county", "sampling", "serve-inspected", { inspected_received_on: today, service_method: "in-person" });
    await serve("sampling", "监督抽查结果通知书");
    await take("county", "sampling", "serve-maker", { maker_received_on: today, service_method: "in-person" });
    await serve("sampling", "监督抽查结果通知书");
    for (const who of ["shop", "maker"]) {
      const paper = await paperOf(who, "sampling", "监督抽查结果通知书");
      for (const said of ["ZN-2026-70318", "不合格", "汉川市市场监督管理局"]) assert.ok(paper.includes(said), paper);
      await shot(people[who], `loop-paper-${who}`);
      await look(who, "sampling");
      assert.equal((await people[who].$$("main section[aria-labelledby=h-papers] a")).length, 1);
    }
    // The laboratory is a party of the case, and none of that was served on it.
    assert.doesNotMatch(await look("laboratory", "sampling"), /监督抽查结果通知书/u);
  });

  it("stops the sale at once; the shop objects and the maker denies that it is its product", async () => {
    await take("shop", "sampling", "stop-inspected", { inspected_stopped_on: today, inspected_stop_text: "下架封存 31 盒。" });
    await take("shop", "sampling", "object-inspected", {
      objected_on: today,
      objection_ground: "result",
      objection_text: "要求复检。",
    });
    await take("maker", "sampling", "stop-maker", { maker_stopped_on: today, maker_stop_text: "停止出厂。" });
    await take("maker", "sampling", "deny", {
      nominal_maker: "91420984MA7F3K2R8E",
      denial_no: "JT-2026-01",
      denied_on: today,
      grounds: "包装与本企业不符。",
    });
    cases.denial = await under("sampling", "真伪");
    // Nothing is confirmed meanwhile, and why is said.
    assert.match(await look("county", "sampling"), /真伪核查/u);
    assert.equal(await people.county.$(`main a[href$="/steps/confirm-failure"]`), null);
    assert.doesNotMatch(await archive(MAKER), /ZN-2026-70318/u);
  });

  it("is found to be its product all the same", async () => {
    await take("county", "denial", "accept", { accepted_on: today, accept_text: "与留样比对。" });
    const compared = { compared_on: today, "means--marks": true, comparison: "与留样一致。" };
    await take("county", "denial", "compare", compared, ["刘敏"]);
    await take("county", "denial", "find-genuine", {
      concluded_on: today,
      finding: "批号、防伪与留样一致，认定为其产品。",
      "means--marks": true,
    });
    await agree("head", "denial", "find-genuine", "防伪与留样一致");
    await stands("denial", "认定为其产品");
  });

  it("is tested again at another laboratory, which confirms the failure", async () => {
    // The first laboratory may not.
    await toStep("county", "sampling", "accept-retest");
    await fill(people.county, {
      "in-retest_laboratory": "91420106MA4KLAB04D",
      "in-retest_noticed_on": today,
      "in-retest_scope": "DEHP",
    });
    await press(people.county, "main form#f-step button.btn-primary");
    assert.match(await text(people.county), /不得为同一机构/u);
    await fill(people.county, { "in-retest_laboratory": "91420100MA4LQT3J9G" });
    await press(people.county, "main form#f-step button.btn-primary");
    await taken("county");
    await take("shop", "sampling", "retest-formalities", { formalities_done_on: today, backup_sent_on: today, retest_fee: "600" });
    await take("other-laboratory", "sampling", "retest-report", {
      retest_report_no: "JC-2026-0099",
      retest_issued_on: today,
      retest_result: "fail",
      "retest_items--0-0": "邻苯二甲酸酯（DEHP）",
      "retest_items--0-5": "0.84 %",
      "retest_items--0-7": "fail",
      backup_seal_state: "opened",
    });
    await take("county", "sampling", "confirm-failure", {
      confirmed_text: "复检维持不合格。",
      answerable: "91420984MA7F3K2R8E\n92420984MA4H7B2C9Q",
    });
    await agree("head", "sampling", "confirm-failure", "复检维持不合格");
    await stands("sampling", "已确认");
  });

  it("is published", async () => {
    await take("county", "sampling", "publish", {
      published_product: "小江豚软胶戏水玩具 6 件装",
      published_maker: "91420984MA7F3K2R8E",
      published_items: "邻苯二甲酸酯（DEHP）",
      published_result: "fail",
      published_on: today,
    });
    await agree("head", "sampling", "publish", "小江豚软胶戏水玩具");
  });
});

describe("the recall", () => {
  it("is opened, and the maker owns up to the defect", async () => {
    await take("county", "sampling", "open-recall", {
      maker: "91420984MA7F3K2R8E",
      recall_no: "HC-ZH-2026-003",
      recall_source: "sampling",
      found_on: today,
      hazard: "chemical",
      defect: "增塑剂超过限量。",
    });
    cases.recall = await under("sampling", "召回");
    // The office asks, and the maker is told.
    await take("county", "recall", "ask-investigation", { asked_on: today, answer_by: day(7), asked_text: "增塑剂来源与批次。" });
    await take("maker", "recall", "confirm-defect", {
      duty_on: today,
      defect: "增塑剂（DEHP）超过限量。",
      consequence: "可能刺激幼儿皮肤。",
      sale_stopped: "yes",
    });
    await stands("recall", "待提交召回计划");
  });

  it("reaches as far as the trace says", async () => {
    const page = people.city;
    await open(page, `${site.base}/console/trace?way=forward&q=${encodeURIComponent(LOT)}`);
    assert.match(await text(page), /汉川好孩乐母婴店|汉川惠民玩具批发/u);
    await press(page, "form[action='/console/trace/scope'] button");
    const record = new URL(page.url()).pathname.split("/").at(-1);
    const said = await text(page);
    const known = /据以计算的记录数\s*([\d,]+)/u.exec(said)?.[1].replaceAll(",", "");
    assert.ok(known, said);
    await take("county", "recall", "set-scope", {
      trace_scope: record,
      scope_known: known,
      scope_items: "960",
      scope_to_stop: "871",
      scope_sold: "89",
      scope_text: "批号 XJT261001 全部。",
    });
  });

  it("is planned, published, carried out and found to have worked", async () => {
    await take("maker", "recall", "report-plan", {
      plan_reported_on: today,
      planned_quantity: "960",
      plan_scope: "批号 XJT261001。",
      "remedies--refund": true,
      plan_measures: "门店退货，平台公告。",
      plan_until: day(60),
      plan_expected: "召回九成以上。",
    });
    await take("maker", "recall", "publish-recall", {
      notice_no: "汉召〔2026〕3",
      recall_sort: "consumer",
      recall_type: "after-investigation",
      hazard: "chemical",
      defect: "增塑剂（DEHP）超过限量。",
      consequence: "可能刺激幼儿皮肤。",
      "remedies--refund": true,
      published_on: today,
      planned_quantity: "960",
      hotline: "0712-000-0000",
      counted_from: today,
    });
    await take("maker", "recall", "report-progress", {
      progress_until: today,
      counted_from: today,
      returned_quantity: "871",
      return_rate: "90.7",
      "returns--0-0": COUNTY,
      "returns--0-1": "lot",
      "returns--0-2": "960",
      "returns--0-3": "871",
      progress_text: "批发、门店库存全部退回。",
    });
    await take("maker", "recall", "complete", { completed_on: today });
    await take("maker", "recall", "summarise", {
      summary_on: today,
      returned_quantity: "918",
      return_rate: "95.6",
      "returns--0-0": COUNTY,
      "returns--0-1": "lot",
      "returns--0-2": "960",
      "returns--0-3": "918",
      "goods_disposal--destroy": true,
      summary_text: "召回 918 盒，全部销毁。",
    });
    await take("county", "recall", "finish", {
      assessed_on: today,
      effect: "reached",
      assessed_quantity: "918",
      assessed_rate: "95.6",
      "effect_returns--0-0": COUNTY,
      "effect_returns--0-1": "lot",
      "effect_returns--0-2": "960",
      "effect_returns--0-3": "918",
      effect_text: "抽查三处，均已下架。",
    });
    await agree("head", "recall", "finish", "均已下架");
    await stands("recall", "召回结束");
  });
});

describe("the penalty", () => {
  it("begins with a clue, is investigated by two and reviewed, once sent back", async () => {
    await take("county", "sampling", "hand-over", {
      respondent: "91420984MA7F3K2R8E",
      number: "HC-XS-2026-021",
      source_type: "sampling",
      found_on: today,
      category: "substandard",
      text: "监督抽查不合格，复检维持。",
    });
    cases.penalty = await under("sampling", "行政处罚");
    await take("county", "penalty", "check-clue", {
      checked_on: today,
      check_place: "新河镇",
      check_record: "该批共 960 盒。",
    }, ["刘敏"]);
    await take("county", "penalty", "open-case", {
      case_no: "HC-AJ-2026-021",
      offender: "91420984MA7F3K2R8E",
      party_is_person: "no",
      suspected_breach: "substandard",
      safety_harmed: "no",
      case_officers: "王建国、刘敏",
    }, ["刘敏"]);
    await agree("head", "penalty", "open-case", "HC-AJ-2026-021");
    await take("county", "penalty", "collect-evidence", {
      evidence_type: "document",
      evidence_no: "Z-1",
      evidence_text: "检验报告、复检报告、购销台账。",
    }, ["刘敏"]);
    const report = { report_text: "调查终结。", proposed_fine: "20000", proposal_text: "罚款 20000 元。" };
    await take("county", "penalty", "submit-review", report, ["刘敏"]);
    await take("reviewer", "penalty", "return-review", { review_opinion: "补充货值计算。" });
    await take("county", "penalty", "submit-review", { ...report, report_text: "调查终结，货值 28800 元。" }, ["刘敏"]);
    await take("reviewer", "penalty", "pass-review", { review_opinion: "同意。" });
    await stands("penalty", "待告知");
  });

  it("is announced to the maker, which reads the notice, is heard and waives the rest", async () => {
    await take("county", "penalty", "approve-notice", {
      planned_facts: "生产不合格戏水玩具 960 盒，货值 28800 元。",
      planned_law: "《产品质量法》第四十九条",
      "planned_types--fine": true,
      planned_fine: "20000",
      heavy_penalty: "no",
      hearing_right: "no",
    });
    await agree("head", "penalty", "approve-notice", "28800");
    // The service of the notice is the step by which the terms begin.
    await serve("penalty", "行政处罚告知书", ["王建国", "刘敏"]);
    await stands("penalty", "已告知");
    assert.match(await paperOf("maker", "penalty", "行政处罚告知书"), /28800|28,800/u);
    await take("maker", "penalty", "make-statement", { statement_on: today, statement_text: "已全部召回销毁，请求从轻。" });
    await take("county", "penalty", "answer-statement", {
      statement_accepted: "yes",
      statement_answer: "采纳，从轻。",
    }, ["刘敏"]);
    await take("maker", "penalty", "waive", { waived_on: today });
    await stands("penalty", "待决定");
  });

  it("is decided by the head, who first sends it back", async () => {
    const decision = {
      decision_no: "汉市监处罚〔2026〕21号",
      decided_on: today,
      violation: "substandard",
      facts: "生产不合格戏水玩具 960 盒。",
      law: "《产品质量法》第四十九条",
      "penalty_types--fine": true,
      fine: "20000",
      discretion_band: "normal",
      discretion_standard: "湖北省市场监管行政处罚裁量基准",
      band_least: "14400",
      band_most: "28800",
      outside_band: "no",
      grave: "no",
      publication_class: "general",
    };
    await take("county", "penalty", "decide", decision, ["刘敏"]);
    await agree("reviewer", "penalty", "decide", "汉市监处罚〔2026〕21号");
    await sendBack("head", "penalty", "decide", "采纳申辩的，罚款应当相应降低。");
    assert.match(await look("county", "penalty"), /采纳申辩的/u);
    await take("county", "penalty", "decide", { ...decision, fine: "16000" }, ["刘敏"]);
    await agree("reviewer", "penalty", "decide", "16,000");
    await agree("head", "penalty", "decide", "16,000");
    await stands("penalty", "已决定");
  });

  it("is served, published with its end, paid and carried out", async () => {
    await serve("penalty", "行政处罚决定书", ["王建国", "刘敏"]);
    assert.match(await paperOf("maker", "penalty", "行政处罚决定书"), /960/u);
    await shot(people.maker, "loop-decision");
    assert.doesNotMatch(await archive(MAKER), /汉市监处罚〔2026〕21号/u);
    await take("county", "penalty", "publish-general", { published_on: today });
    const said = await archive(MAKER);
    assert.match(said, /汉市监处罚〔2026〕21号/u);
    await take("maker", "penalty", "pay", { paid_on: today, paid_amount: "16000", payment_no: "42-0099" });
    await take("county", "penalty", "carry-out", { carried_out_on: today, carried_out_how: "罚款缴清，产品销毁。" }, ["刘敏"]);
    await shot(people.county, "loop-penalty");
  });
});

describe("the repair", () => {
  it("is asked for at the desk, granted in a reorganization and carried out", async () => {
    await take("maker", "penalty", "apply-for-repair", {
      performed: "yes",
      corrected: "yes",
      commitment_made: "yes",
      statement: "法院已批准重整计划，请求临时修复。",
    });
    cases.repair = await under("penalty", "信用修复");
    await take("county", "repair", "take-as-temporary", { applied_on: today, court_ruling_no: "（2026）鄂0984破1号" });
    await take("county", "repair", "check", { checked_on: today, check_way: "书面", check_record: "裁定属实。" }, ["刘敏"]);
    await take("county", "repair", "grant", {
      performed_confirmed: "yes",
      corrected_confirmed: "yes",
      other_place: "no",
      decision_reason: "符合临时修复条件。",
    });
    await agree("head", "repair", "grant", "符合临时修复条件");
    await serve("repair", "信用修复决定书");
    await paperOf("maker", "repair", "信用修复决定书");
    await take("county", "repair", "carry-out", { taken_down_on: today });
    await take("county", "penalty", "end-by-repair", { repair_decision_no: "汉市监信修〔2026〕1号" });
    await stands("penalty", "不在公示");
  });
});

describe("the citizen again", () => {
  it("reads how the complaint ended, by number and code", async () => {
    const page = await tab(browser, { width: 360, scripts: false });
    await page.goto(`${site.base}/complaints/progress`);
    await on(page, { number, code }, "main form button[type=submit]");
    assert.match(await text(page), /达成/u);
    await page.browserContext().close();
  });

  it("finds the recall with what came back", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/recalls`);
    assert.match(await text(page), /汉召〔2026〕3|小江豚/u);
    // The newest stands first.
    await press(page, "main a[href^='/recalls/']");
    const said = await text(page);
    for (const shown of ["918", "95.6", "达到预期效果"]) assert.ok(said.includes(shown), said);
    await shot(page, "loop-recall");
    await page.browserContext().close();
  });

  it("finds the penalty no more, and no copy of it", async () => {
    assert.doesNotMatch(await archive(MAKER), /汉市监处罚〔2026〕21号/u);
  });
});
