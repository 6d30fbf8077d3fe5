// The portal, as a citizen meets it: on a desk and on a phone, in both languages, light and dark,
// with scripts and without.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, tab, whole } from "./lib/browser.mjs";
import { MAKER, start, zhiheng } from "./lib/server.mjs";

let site;
let browser;

before(async () => {
  site = await start();
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const PAGES = [
  ["home", "/"],
  ["find", "/find"],
  ["find-name", "/find?q=%E6%B1%9F%E8%B1%9A"],
  ["find-nothing", "/find?q=qqqqqq"],
  ["find-slip", "/find?q=6914209801137"],
  ["archive", `/archive/${MAKER}`],
  ["proof", "/proof"],
  ["log", "/log"],
  ["complaint", "/complaints/new"],
  ["recalls", "/recalls"],
  ["login", "/login"],
];

for (const width of WIDTHS) {
  for (const language of LANGUAGES) {
    describe(`${width} px, ${language}`, () => {
      for (const [name, path] of PAGES) {
        it(`${name} is whole and accessible`, async () => {
          const page = await tab(browser, { width, language });
          await open(page, site.base + path);
          assert.equal(await page.evaluate(() => document.documentElement.lang), language);
          await accessible(page);
          await shot(page, `${name}-${width}-${language}`);
          await page.browserContext().close();
        });
      }
      it("a page that is not there says so", async () => {
        const page = await tab(browser, { width, language });
        await open(page, `${site.base}/nowhere`, 404);
        await accessible(page);
        await shot(page, `not-found-${width}-${language}`);
        await page.browserContext().close();
      });
    });
  }
}

describe("dark, and large text", () => {
  for (const [name, path] of PAGES) {
    it(`${name} is accessible`, async () => {
      const page = await tab(browser, { dark: true });
      await open(page, site.base + path);
      await accessible(page);
      await shot(page, `${name}-dark`);
      await page.setViewport({ width: 360, height: 780 });
      await open(page, `${site.base}${path}${path.includes("?") ? "&" : "?"}size=large&theme=light`);
      await accessible(page);
      await shot(page, `${name}-360-large`);
      await page.browserContext().close();
    });
  }
});

describe("a citizen", () => {
  for (const scripts of [true, false]) {
    it(`finds an enterprise, opens a record and verifies its proof, ${scripts ? "with" : "without"} scripts`, async () => {
      const page = await tab(browser, { width: 360, scripts });
      await page.goto(site.base);
      await page.type("input[name=q]", "江豚");
      await Promise.all([page.waitForNavigation(), page.click(".one-box button")]);
      await Promise.all([page.waitForNavigation(), page.click(".item-list a.strong")]);
      assert.match(await page.title(), /湖北江豚玩具有限公司/u);
      const record = await page.$$eval(".event-title a", (links) =>
        links.find((link) => link.textContent.includes("处罚")).getAttribute("href"),
      );
      await page.goto(site.base + record);
      assert.match(await page.$eval("main", (main) => main.textContent), /268,800/u);
      const proof = await (await fetch(`${site.base}${record}/proof`)).text();
      const file = join(site.data, "record.tlog-proof");
      writeFileSync(file, proof);
      // On the page ...
      await page.goto(`${site.base}/proof`);
      const field = await page.$("input[type=file]");
      await field.uploadFile(file);
      await Promise.all([page.waitForNavigation(), page.click("form[method=post] button")]);
      assert.equal((await page.$$(".verdict.is-ok")).length, 5);
      await shot(page, `proof-good-360${scripts ? "" : "-no-scripts"}`);
      const command = await page.$eval(".command", (code) => code.textContent);
      const key = /--key "(.+)"/.exec(command)[1];
      // ... by the command that the page names ...
      const good = zhiheng("verify", file, "--key", key);
      assert.equal(good.status, 0, good.out + good.err);
      assert.match(good.out, /^good/);
      // ... and not for another file.
      writeFileSync(file, proof.replace(/^index \d+/m, "index 1"));
      assert.equal(zhiheng("verify", file, "--key", key).status, 1);
      await page.browserContext().close();
    });
  }

  it("changes language, colours and size, and is remembered", async () => {
    const page = await tab(browser);
    await open(page, site.base);
    await Promise.all([page.waitForNavigation(), page.click(".portal-tools .lang")]);
    assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
    await Promise.all([page.waitForNavigation(), page.click(".portal-tools .btn")]);
    await open(page, `${site.base}/log`);
    const root = await page.evaluate(() => ({ ...document.documentElement.dataset, lang: document.documentElement.lang }));
    assert.deepEqual(root, { theme: "system", size: "large", lang: "en" });
    await page.browserContext().close();
  });

  it("narrows a list without leaving the page, and comes back", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/archive/${MAKER}`);
    const all = (await page.$$(".event")).length;
    await page.evaluate(() => {
      window.mark = "still here";
    });
    await page.click(".chips a[href*='kind=inspection']");
    await page.waitForFunction((was) => document.querySelectorAll(".event").length !== was, {}, all);
    assert.equal((await page.$$(".event")).length, 4);
    assert.equal(await page.evaluate(() => window.mark), "still here");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
    assert.match(page.url(), /kind=inspection/);
    await whole(page);
    await page.goBack();
    await page.waitForFunction((was) => document.querySelectorAll(".event").length === was, {}, all);
    await page.browserContext().close();
  });

  it("reaches the search box by the key /", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/find`);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.name), "q");
    await page.keyboard.type("a/b");
    assert.equal(await page.$eval("input[name=q]", (input) => input.value), "a/b");
    await page.browserContext().close();
  });

  it("sees a wrong proof fail, with words", async () => {
    const page = await tab(browser, { language: "en" });
    await open(page, `${site.base}/proof`);
    await page.click("summary");
    await page.type("textarea[name=text]", "not a proof");
    await Promise.all([page.waitForNavigation(), page.click("form[method=post] button")]);
    await whole(page);
    await accessible(page);
    assert.equal((await page.$$(".verdict.is-danger")).length, 1);
    await shot(page, "proof-wrong-1440-en");
    await page.browserContext().close();
  });
});
