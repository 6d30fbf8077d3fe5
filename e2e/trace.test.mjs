// The code on a package, the page behind it, and the trace explorer, in a demonstration: with the lot that
// is planted there.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, tab } from "./lib/browser.mjs";
import { serve, until, zhiheng } from "./lib/server.mjs";

let folder;
let site;
let browser;
let lot;
let item;
let balance;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhiheng-e2e-trace-"));
  const dir = join(folder, "province");
  const made = zhiheng("demo", "--no-serve", "--dir", dir, "--organizations", "400");
  assert.equal(made.status, 0, made.out + made.err);
  [lot, item] = [...made.out.matchAll(/\s\/item(\/01\/\S+)/g)].map((found) => found[1]);
  [balance] = /instrument:\S+/.exec(made.out);
  site = await serve(["demo", "--dir", dir, "--listen", "127.0.0.1:0"]);
  // The graph is made while the first who ask are on their way.
  const hasWay = async () => (await (await fetch(`${site.base}/item${lot}`)).text()).includes("journey-mark");
  await until(hasWay, 180_000);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const traced = (id) => `${site.base}/console/trace?q=${encodeURIComponent(id)}`;

async function officer(options) {
  const page = await tab(browser, options);
  await open(page, `${site.base}/login`);
  await Promise.all([
    page.waitForNavigation(),
    page.click("form:has(input[name=login][value=demo-province]) button"),
  ]);
  return page;
}

describe("the page of a thing", () => {
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      it(`is whole in ${language} at ${width} px`, async () => {
        const page = await tab(browser, { width, language, scripts: width > 600 });
        // As a scanner opens it.
        await open(page, `${site.base}${lot}`);
        assert.equal(new URL(page.url()).pathname, `/item${lot}`);
        const text = await page.evaluate(() => document.body.innerText);
        assert.ok(text.includes(lot.split("/").pop()), text);
        if (width > 600) await accessible(page);
        await shot(page, `item-${language}-${width}`);
      });
    }
  }

  it("shows the way on a line and on the map", async () => {
    const page = await tab(browser, { dark: true });
    await open(page, `${site.base}/item${item}`);
    assert.ok((await page.$$(".journey li")).length > 4);
    assert.ok(await page.$("svg.map .stop"));
    await shot(page, "item-dark");
  });

  it("keeps nothing of who scanned", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/item${item}`);
    const cookies = await page.browserContext().cookies();
    assert.deepEqual(cookies.filter((cookie) => !/view/.test(cookie.name)), []);
  });

  it("prints labels", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/labels${lot}?n=5`);
    assert.equal((await page.$$(".label svg")).length, 5);
  });

  it("is found by the one box of the portal", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/find?q=${encodeURIComponent(`https://id.gs1.org${lot}`)}`);
    assert.equal(new URL(page.url()).pathname, `/item${lot}`);
  });
});

describe("the trace explorer", () => {
  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      it(`is whole in ${language} at ${width} px`, async () => {
        const page = await officer({ width, language, dark: width < 600 });
        await open(page, `${site.base}/console/trace`);
        await open(page, traced(`https://id.gs1.org${lot}`));
        assert.ok(await page.$(".chain-picture .lot-source"));
        assert.ok((await page.$$("table tbody tr")).length > 1);
        await accessible(page);
        await shot(page, `trace-${language}-${width}`);
      });
    }
  }

  it("goes both ways, and to the chain of a lot by a click on it", async () => {
    const page = await officer({ scripts: false });
    await open(page, traced(`https://id.gs1.org${item}`));
    await Promise.all([page.waitForNavigation(), page.click('.seg a[href*="way=back"]')]);
    assert.ok((await page.$$(".chain-picture .lot")).length > 1);
    await Promise.all([page.waitForNavigation(), page.click("table tbody tr:first-child a.code")]);
    assert.equal(new URL(page.url()).pathname, "/console/trace");
  });

  it("says what a balance touched, and what there was on a day", async () => {
    const page = await officer({});
    await open(page, traced(balance));
    assert.ok((await page.$$("table tbody tr")).length > 0);
    // Before anything had happened nothing had come of it.
    await open(page, `${traced(`https://id.gs1.org${lot}`)}&on=2020-01-01`);
    assert.ok((await page.$$("table tbody tr a.code")).length <= 1);
  });

  it("saves a scope as a record", async () => {
    const page = await officer({});
    await open(page, traced(`https://id.gs1.org${lot}`));
    await Promise.all([page.waitForNavigation(), page.click('form[action="/console/trace/scope"] button')]);
    assert.match(new URL(page.url()).pathname, /^\/console\/records\//);
  });

  it("gives the whole list as a file", async () => {
    const page = await officer({});
    await open(page, traced(`https://id.gs1.org${lot}`));
    const href = await page.$eval('a[href*="as=jsonl"]', (link) => link.href);
    const cookies = await page.browserContext().cookies();
    const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
    const answer = await fetch(href, { headers: { cookie } });
    assert.equal(answer.status, 200);
    const lines = (await answer.text()).trim().split("\n");
    assert.equal(lines.length - 1, Number(answer.headers.get("zhiheng-rows")));
    assert.ok(lines.length > 2);
  });
});
