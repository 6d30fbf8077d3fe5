// The code on a package, the page behind it, and the trace explorer, in a demonstration: with the lot that
// is planted there.

import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, tab, whole } from "./lib/browser.mjs";
import { province, until } from "./lib/server.mjs";

let site;
let browser;
let lot;
let item;
let balance;

before(async () => {
  site = await province();
  [lot, item] = [...site.told.matchAll(/\s\/item(\/01\/\S+)/g)].map((found) => found[1]);
  [balance] = /instrument:\S+/.exec(site.told);
  // The graph is made while the first who ask are on their way.
  const hasWay = async () => (await (await fetch(`${site.base}/item${lot}`)).text()).includes("journey-mark");
  await until(hasWay, 180_000);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Follows the first link of a kind that a page shows. */
async function follow(page, selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
  await whole(page);
}

const traced = (id) => `${site.base}/console/trace?q=${encodeURIComponent(id)}`;

async function officer(options, login = "demo-province") {
  const page = await tab(browser, options);
  await open(page, `${site.base}/login`);
  await follow(page, `form:has(input[name=login][value=${login}]) button`);
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

  it("is found by the one box of the portal, by its whole code and by the number alone", async () => {
    const page = await tab(browser, { width: 360, scripts: false });
    const number = item.split("/").pop();
    // A serial number belongs to its product; the lot is not needed to name the item.
    const own = item.replace(/\/10\/[^/]+/, "");
    for (const [typed, path] of [[`https://id.gs1.org${lot}`, lot], [number.toLowerCase(), own]]) {
      await open(page, site.base);
      await page.type(".one-box input", typed);
      await follow(page, ".one-box button");
      assert.equal(new URL(page.url()).pathname, `/item${path}`, typed);
    }
    // Lots of several makers are told apart.
    await open(page, `${site.base}/find?q=${lot.split("/").pop()}`);
    const links = await page.$$eval("main a", (all) => all.map((a) => a.getAttribute("href")));
    assert.ok(new URL(page.url()).pathname.startsWith("/item/") || links.includes(`/item${lot}`), links.join(" "));
  });

  it("leads who scanned on a phone from the thing to its way and to proofs, and tells no trade secret", async () => {
    const page = await tab(browser, { width: 360 });
    await open(page, `${site.base}${item}`);
    const steps = await page.$$eval(".journey li", (all) => all.map((li) => li.innerText));
    assert.match(steps[0], /^1 /);
    // What went into it comes first, with the place and nobody's name; who made and sold it is named.
    const named = steps.filter((step) => /（演示）/.test(step));
    assert.doesNotMatch(steps[0], /（演示）/);
    assert.ok(named.length > 0 && named.length < steps.length, steps.join("\n"));
    await page.click(".proof-steps details summary");
    assert.ok((await page.$$(".proof-steps details .proof")).length > 0);
    const href = await page.$eval(".proof-steps a[download]", (link) => link.href);
    const proof = await fetch(href);
    assert.equal(proof.status, 200);
    assert.match(await proof.text(), /^c2sp\.org\/tlog-proof/);
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
    // Lots that it weighed, in the picture and in the list, and its calibrations.
    assert.ok((await page.$$(".chain-picture .lot-hit")).length > 1);
    assert.ok((await page.$$("[aria-labelledby=h-list] tbody tr")).length > 1);
    assert.match(await page.$eval("h1", (h1) => h1.innerText), /检定超差/);
    await accessible(page);
    await shot(page, "trace-balance");
    // Before anything had happened nothing had come of it.
    await open(page, `${traced(`https://id.gs1.org${lot}`)}&on=2020-01-01`);
    assert.ok((await page.$$("table tbody tr a.code")).length <= 1);
  });

  it("leads an officer from a bare number forward to the shops, and to a scope that is saved", async () => {
    const page = await officer({ width: 360 });
    await open(page, `${site.base}/console/trace`);
    await page.type("main input[name=q]", lot.split("/").pop());
    await follow(page, "main .find-bar button");
    const own = await page.$(`main a[href*="${encodeURIComponent(lot)}"]`);
    // Several makers may have a lot of this number.
    if (!(await page.$(".chain-picture"))) {
      assert.ok(own, "the lot is not among those with its number");
      await Promise.all([page.waitForNavigation(), own.click()]);
    }
    await follow(page, '.seg a[href*="way=forward"]');
    const text = await page.evaluate(() => document.body.innerText);
    for (const word of ["饲料玉米", "配合饲料", "白条猪肉", "香肠", "已售出"]) assert.ok(text.includes(word), word);
    assert.ok((await page.$$(".chain-picture .sale-bar")).length > 0);
    assert.ok((await page.$$(".table-scope tbody tr")).length > 1);
    await follow(page, 'form[action="/console/trace/scope"] button');
    assert.match(new URL(page.url()).pathname, /^\/console\/records\//);
    await accessible(page);
    await shot(page, "trace-scope-saved");
  });

  it("tells an officer of a county what is withheld", async () => {
    const page = await officer({}, "demo-county");
    await open(page, traced(`https://id.gs1.org${item}`));
    assert.match(await page.$eval("main .alert-info", (alert) => alert.innerText), /上一级机关/);
    await shot(page, "trace-county");
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

describe("contradictions in the records", () => {
  const list = (query = "") => `${site.base}/console/trace/findings${query}`;
  const rows = (page) => page.$$eval("tbody tr", (all) => all.map((tr) => tr.innerText));

  for (const language of LANGUAGES) {
    for (const width of WIDTHS) {
      it(`stand in a list in ${language} at ${width} px`, async () => {
        const page = await officer({ width, language, scripts: width > 600 });
        await open(page, list());
        const found = await rows(page);
        assert.ok(found.length > 5, found.join("\n"));
        // Things and places are named in words.
        assert.ok(found.every((row) => !row.includes("https://")), found.join("\n"));
        if (width > 600) await accessible(page);
        await shot(page, `findings-${language}-${width}`);
      });
    }
  }

  it("are there of every sort, and each leads to the thing and to its records", async () => {
    const page = await officer({ width: 1440, language: "en" });
    await open(page, list());
    const sorts = await page.$$eval("select[name=sort] option", (all) =>
      all.map((option) => [option.value, option.innerText]));
    assert.equal(sorts.length, 8, JSON.stringify(sorts));
    for (const [sort, words] of sorts.slice(1)) {
      await open(page, list());
      await page.select("select[name=sort]", sort);
      await follow(page, ".find-bar button");
      const told = await page.$$eval("tbody th", (all) => all.map((th) => th.innerText));
      assert.ok(told.length > 0, sort);
      assert.deepEqual([...new Set(told)], [words]);
    }
    await open(page, list("?sort=impossible-journey"));
    const [row] = await rows(page);
    assert.match(row, / → .*: \d{3} km in \d+ min/);
    await follow(page, "tbody td a");
    assert.equal(new URL(page.url()).pathname, "/console/trace");
    const alert = await page.$eval(".alert-warn", (alert) => alert.textContent);
    assert.match(alert, /Impossible journey.*\d{3} km/s);
    await open(page, list("?sort=impossible-journey"));
    await follow(page, "tbody td:last-child a");
    assert.match(new URL(page.url()).pathname, /^\/console\/records\//);
  });

  it("are taken away as a file, and told to who may see their records", async () => {
    const page = await officer({ width: 1440 });
    await open(page, list());
    const [count, text] = await page.evaluate(async () => {
      const href = document.querySelector("a[download][href*=jsonl]").href;
      const lines = (await (await fetch(href)).text()).trim().split("\n");
      return [lines.length, lines[0]];
    });
    assert.ok(count > 5, text);
    const county = await officer({ width: 1440 }, "demo-county");
    await open(county, list());
    assert.ok((await county.$$("tbody tr")).length <= (await page.$$("tbody tr")).length);
  });

  it("has an archive of a lot that is called as its product is", async () => {
    const page = await officer({ width: 1440, language: "en" });
    await open(page, `${site.base}/console/archive/${encodeURIComponent(`https://id.gs1.org${lot}`)}`);
    const heading = await page.$eval("h1", (h1) => h1.innerText);
    assert.ok(!heading.includes("id.gs1.org") && heading.includes(`lot ${lot.split("/").pop()}`), heading);
    await shot(page, "archive-lot");
  });
});
