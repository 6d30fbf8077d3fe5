// The demonstration as a newcomer meets it: each role is entered by one click and lands on its home, and
// every page says what it is. With SHOTS=FOLDER the pictures of the README are made anew
// (`cargo xtask screenshots`).

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, tab } from "./lib/browser.mjs";
import { province, until } from "./lib/server.mjs";

// The pictures are of a whole small province.
const SCALE = process.env.SHOTS ? ["--scale", "small"] : [];

let site;
let browser;
const tabs = {};

const ROLES = {
  "demo-province": "/console",
  "demo-city": "/console",
  "demo-county": "/console",
  "demo-head": "/console",
  "demo-reviewer": "/console",
  "demo-laboratory": "/enterprise",
  "demo-enterprise": "/enterprise",
  "demo-citizen": "/",
  "demo-system": "/console",
  "demo-security": "/console",
  "demo-audit": "/console",
};

before(async () => {
  site = await province(...SCALE);
  // The index of names is made while the first who ask are on their way.
  await until(async () => (await fetch(`${site.base}/api/v1/search?q=%E4%B9%B3%E4%B8%9A`)).ok, 180_000);
  site.archive = /\/archive\/uscc:\S+/.exec(site.told)[0];
  site.case = /\/console\/cases\/\S+/.exec(site.told)[0];
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** Enters by one click; gives the tab. */
async function enter(login) {
  if (tabs[login]) return tabs[login];
  const page = await tab(browser);
  await open(page, `${site.base}/login`);
  const button = `form:has(input[name=login][value=${login}]) button`;
  await Promise.all([page.waitForNavigation(), page.click(button)]);
  tabs[login] = page;
  return page;
}

describe("one click", () => {
  for (const [login, home] of Object.entries(ROLES)) {
    it(`${login} lands on ${home}`, async () => {
      const page = await enter(login);
      assert.equal(new URL(page.url()).pathname, home);
      const text = await page.$eval("body", (body) => body.innerText);
      assert.match(text, /演示数据/);
      assert.equal(await page.$("input[type=password]"), null);
    });
  }

  it("shows no password and sends none", async () => {
    const page = await tab(browser);
    await open(page, `${site.base}/login`);
    const forms = await page.$$eval("form[action*=one-click]", (all) => all.map((form) => [...form.elements].map((e) => e.name)));
    assert.equal(forms.length, Object.keys(ROLES).length);
    for (const names of forms) assert.deepEqual(names.filter(Boolean).sort(), ["csrf", "login"]);
  });
});

// What each would look at on a Monday morning.
const PAGES = [
  [null, "portal", () => "/"],
  [null, "login", () => "/login"],
  [null, "public-archive", () => site.archive],
  [null, "log", () => "/log"],
  ["demo-province", "workbench", () => "/console"],
  ["demo-province", "search", () => "/console/search?q=%E4%B9%B3%E4%B8%9A"],
  ["demo-province", "archive", () => `/console${site.archive}`],
  ["demo-county", "workbench", () => "/console"],
  ["demo-county", "case", () => site.case],
  ["demo-head", "workbench", () => "/console"],
  ["demo-enterprise", "desk", () => "/enterprise"],
  ["demo-laboratory", "desk", () => "/enterprise"],
  ["demo-citizen", "account", () => "/account"],
  ["demo-system", "people", () => "/console/system/people"],
  ["demo-security", "roles", () => "/console/system/roles"],
  ["demo-audit", "audit", () => "/console/system/audit"],
];

const MARKS = { "zh-CN": /演示数据/, en: /Demonstration data/ };

for (const width of WIDTHS) {
  for (const language of LANGUAGES) {
    describe(`${width} px, ${language}`, () => {
      for (const [who, name, path] of PAGES) {
        it(`${name} of ${who ?? "anybody"} is whole, accessible and says what it is`, async () => {
          const page = who ? await enter(who) : await tab(browser, { width, language });
          await page.setViewport({ width, height: width < 600 ? 780 : 900 });
          const address = path();
          const mark = address.includes("?") ? "&" : "?";
          await open(page, `${site.base}${address}${mark}lang=${language}`);
          await accessible(page);
          assert.match(await page.$eval(".demo-mark", (p) => p.innerText), MARKS[language]);
          await shot(page, `demo-${who ?? "anybody"}-${name}-${width}-${language}`);
          if (!who) await page.close();
        });
      }
    });
  }
}

// The pictures of the README, small.
const PICTURES = [
  ["portal", null, () => "/"],
  ["login", null, () => "/login"],
  ["archive", "demo-province", () => `/console${site.archive}`],
  ["desk", "demo-enterprise", () => "/enterprise"],
];

describe("pictures of the README", { skip: !process.env.SHOTS }, () => {
  for (const [language, tag] of [["zh-CN", "zh"], ["en", "en"]]) {
    for (const [name, who, path] of PICTURES) {
      it(`${name} in ${language}`, async () => {
        const page = who ? await enter(who) : await tab(browser, { language });
        await page.setViewport({ width: 1200, height: 760 });
        const address = path();
        await open(page, `${site.base}${address}${address.includes("?") ? "&" : "?"}lang=${language}`);
        mkdirSync(process.env.SHOTS, { recursive: true });
        const file = join(process.env.SHOTS, `${name}-${tag}.webp`);
        await page.screenshot({ path: file, type: "webp", quality: 70 });
      });
    }
  }
});
