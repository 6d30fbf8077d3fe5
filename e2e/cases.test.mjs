// A complaint from the citizen's phone to the county's desk: the public form, its receipt, the page of
// the case, a step that is drawn up and one that is taken, two officers at once, and the progress that
// the citizen reads.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, tab, whole } from "./lib/browser.mjs";
import { on, text } from "./lib/forms.mjs";
import { populate } from "./lib/people.mjs";
import { MAKER, start } from "./lib/server.mjs";

let site;
let browser;
let people;
// What the citizen wrote down.
let number;
let code;
let place;

before(async () => {
  site = await start();
  browser = await launch();
  people = await populate(site, browser, MAKER);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

async function asAll(page, name, path) {
  for (const width of WIDTHS) {
    for (const language of LANGUAGES) {
      await page.setViewport({ width, height: width < 600 ? 780 : 900 });
      const mark = path.includes("?") ? "&" : "?";
      await open(page, `${site.base}${path}${mark}lang=${language}`);
      await accessible(page);
      await shot(page, `${name}-${width}-${language}`);
    }
  }
  await page.goto(`${site.base}/?lang=zh-CN`);
}

describe("a citizen with a phone, without scripts", () => {
  it("complains, one thing a page, and checks everything before it is sent", async () => {
    const page = await tab(browser, { width: 360, scripts: false });
    await page.goto(`${site.base}/complaints/new`);
    await shot(page, "complaint-1-360");
    await on(page, { "in-category": "quality" });
    await on(page, { "in-respondent_as_named": "汉川好孩乐母婴店", "in-region": "420984" });
    assert.match(await text(page), /汉川市市场监督管理局/u);
    await on(page, { "in-text": "戏水玩具有刺鼻气味，孩子起疹", "in-claims--refund": true, "in-amount": "128" });
    await on(page, { "in-complainant_name": "周敏", "in-complainant_phone": "13800000000" });
    const check = await text(page);
    for (const said of ["汉川市市场监督管理局", "刺鼻气味", "退款", "周敏"]) assert.ok(check.includes(said), check);
    await shot(page, "complaint-check-360");
    await on(page, {}, "main button[name=go][value=send]");
    const receipt = await text(page);
    [number, code] = await page.$$eval(".receipt-number", (all) => all.map((one) => one.textContent));
    assert.match(number, /^\d{8}-[0-9A-Z]{8}$/);
    assert.match(code, /^([0-9A-Z]{4}-){4}[0-9A-Z]{4}$/);
    assert.match(receipt, /受理期限/u);
    await shot(page, "complaint-receipt-360");
    // A picture, which says nothing of its place, belongs to it.
    const file = join(site.data, "toy.png");
    const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==";
    writeFileSync(file, Buffer.from(dot, "base64"));
    await (await page.$("main input[type=file]")).uploadFile(file);
    await on(page, {}, "main form[enctype] button");
    assert.match(await text(page), /照片已收到/u);
    await page.browserContext().close();
  });

  it("each page of it is whole and accessible", async () => {
    const page = await tab(browser);
    for (const [name, path] of [
      ["complaint", "/complaints/new"],
      ["tip-off", "/tip-offs/new"],
      ["progress", "/complaints/progress"],
      ["recalls", "/recalls"],
    ]) {
      await asAll(page, name, path);
    }
    await page.goto(`${site.base}/recalls`);
    const recall = await page.$eval("main a[href^='/recalls/']", (a) => a.getAttribute("href"));
    await asAll(page, "recall", recall);
    await page.browserContext().close();
  });
});

describe("the county's officer", () => {
  it("finds the case and sees the term, with and without scripts", async () => {
    const page = people.county;
    // It lies among what has to be done.
    await page.goto(`${site.base}/console/work`);
    await Promise.all([page.waitForNavigation(), page.click("main nav.tabs a:last-child")]);
    place = await page.$eval("main a[href^='/console/cases/']", (a) => a.getAttribute("href").split(/[?#]/)[0]);
    await asAll(page, "case", place);
    await page.goto(site.base + place);
    const seen = await text(page);
    for (const said of ["待受理", "受理期限", "受理", number]) assert.ok(seen.includes(said), seen);
    await asAll(page, "case-step", `${place}/steps/refuse`);
  });

  it("breaks a form off and finds it again", async () => {
    const page = people.county;
    await page.setViewport({ width: 1440, height: 900 });
    await page.goto(`${site.base}${place}/steps/refuse`);
    await on(page, { "in-refusal_reason": "需核实" }, "main button[formaction]");
    assert.match(await text(page), /草稿/u);
    assert.equal(await page.$eval("[name=in-refusal_reason]", (area) => area.value), "需核实");
  });

  it("takes the step, and whoever was slower is told", async () => {
    const page = people.county;
    const day = new Date(Date.now() + 8 * 3600_000).toISOString().slice(0, 10);
    const slower = people.city;
    await slower.goto(`${site.base}${place}/steps/withdraw`);
    await page.goto(`${site.base}${place}/steps/accept`);
    await on(page, { "in-accepted_on": day, "in-mediator": "王建国" }, "main form#f-step button.btn-primary");
    await whole(page);
    const seen = await text(page);
    for (const said of ["调解中", "调解期限", "王建国", "已办理"]) assert.ok(seen.includes(said), seen);
    await asAll(page, "case-mediating", place);
    // The city's officer may read it; what is not theirs to do is refused in words.
    const form = await slower.$("main form#f-step");
    if (form) {
      await on(slower, { "in-withdrawal_reason": "来电撤回" }, "main form#f-step button.btn-primary");
      assert.match(await text(slower), /他人已先办理|door\.|权限|机关|无权/u);
    }
  });
});

describe("the citizen again", () => {
  it("reads what happened and what comes next, by number and code", async () => {
    for (const width of WIDTHS) {
      for (const language of LANGUAGES) {
        const page = await tab(browser, { width, language, scripts: width !== 360 });
        await page.goto(`${site.base}/complaints/progress`);
        await on(page, { number, code: code.toLowerCase() }, "main form button[type=submit]");
        await whole(page);
        await shot(page, `progress-of-${width}-${language}`);
        const seen = await text(page);
        assert.match(seen, language === "en" ? /In mediation/ : /调解中/u);
        assert.doesNotMatch(seen, /王建国|周敏|刺鼻/u);
        if (width !== 360) await accessible(page);
        await page.browserContext().close();
      }
    }
  });

  it("is told nothing by the number alone", async () => {
    const page = await tab(browser);
    await page.goto(`${site.base}/complaints/progress`);
    await on(page, { number, code: "0000-0000-0000-0000-0000" }, "main form button[type=submit]");
    assert.match(await text(page), /没有与此编号和查询码相符的来信/u);
    await page.browserContext().close();
  });
});

describe("the maker's desk", () => {
  it("has a list of its cases, and nothing of a complaint against somebody else", async () => {
    const page = people.maker;
    await asAll(page, "desk-cases", "/enterprise/cases");
    await page.goto(site.base + place.replace("/console/", "/enterprise/"));
    assert.match(await page.evaluate(() => document.body.innerText), /没有向贵单位送达的此案|not found|未找到/iu);
  });
});
