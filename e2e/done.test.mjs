// What the browser has to do before the console counts as done: as an officer of the province, of a city
// and of a county, as an enterprise and as nobody, in both languages, on a desk and on a phone, somebody
// logs in, finds the enterprise, opens a record, downloads its proof and verifies it with the command
// line; and no page on the way has a serious fault of accessibility.

import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { LANGUAGES, WIDTHS, accessible, downloads, launch, shot, tab, whole } from "./lib/browser.mjs";
import { logIn, populate, send } from "./lib/people.mjs";
import { MAKER, start, until, zhiheng } from "./lib/server.mjs";

let site;
let browser;
let people;
let key;

before(async () => {
  site = await start();
  browser = await launch();
  people = await populate(site, browser, MAKER);
  key = (await (await fetch(`${site.base}/api/v1/log`)).json()).logs[0].key;
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

const NAME = "湖北江豚玩具有限公司";
const PURPOSE = { "zh-CN": "核查玩具质量投诉", en: "Follow up on complaints about toys" };

/** Follows a link by the keyboard's way: the one whose address begins so. */
async function follow(page, begins) {
  const link = await page.$(`main a[href^='${begins}']`);
  assert.ok(link, `${page.url()} has no link to ${begins}`);
  await Promise.all([page.waitForNavigation(), link.evaluate((a) => a.click())]);
}

/** Downloads the proof that a record's page offers, and holds it against the published key. */
async function verified(page, folder) {
  const href = await page.$$eval("main a", (links) =>
    links.map((a) => a.getAttribute("href")).find((href) => href?.endsWith("/proof")),
  );
  assert.ok(href, `${page.url()} offers no proof`);
  await downloads(page, folder);
  await page.$eval(`main a[href='${href}']`, (a) => a.click());
  const done = () => readdirSync(folder).filter((name) => name.endsWith(".tlog-proof"));
  await until(() => done().length > 0);
  const file = join(folder, done()[0]);
  assert.match(readFileSync(file, "utf8"), /^c2sp\.org\/tlog-proof/);
  const checked = zhiheng("verify", file, "--key", key);
  assert.equal(checked.status, 0, checked.out + checked.err);
  assert.match(checked.out, /^good/);
  rmSync(file);
}

for (const width of WIDTHS) {
  for (const language of LANGUAGES) {
    describe(`${width} px, ${language}`, () => {
      const walk = async (who, steps) => {
        const page = await tab(browser, { width, language });
        const seen = async (name) => {
          await whole(page);
          assert.equal(await page.evaluate(() => document.documentElement.lang), language, page.url());
          await accessible(page);
          await shot(page, `done-${who}-${name}-${width}-${language}`);
        };
        await steps(page, seen);
        await page.browserContext().close();
      };

      for (const who of ["province", "city", "county"]) {
        it(`an officer of the ${who} finds, opens and verifies`, async () => {
          await walk(who, async (page, seen) => {
            await logIn(page, site.base, who, people.secrets, seen);
            assert.equal(new URL(page.url()).pathname, "/console");
            await seen("workbench");
            await page.goto(`${site.base}/console/search`);
            await page.type("main input[name=q]", "江豚");
            await Promise.all([page.waitForNavigation(), page.click("main .find-bar button")]);
            await seen("search");
            // Who may look up more than the own office's says what for, once.
            if (await page.$("main [name=purpose]")) {
              await send(page, { purpose: PURPOSE[language] }, "main form[action$='/purpose'] button");
              await seen("found");
            }
            await follow(page, "/console/archive/");
            assert.match(await page.$eval("main", (main) => main.innerText), new RegExp(NAME, "u"));
            await seen("archive");
            await follow(page, "/console/records/");
            await seen("record");
            const record = page.url();
            const why = await page.$("main a[href^='/console/why']");
            if (why) {
              await follow(page, "/console/why");
              await seen("why");
              await page.goto(record);
            }
            await verified(page, site.data);
          });
        });
      }

      it("an enterprise finds, opens and verifies", async () => {
        await walk("maker", async (page, seen) => {
          await logIn(page, site.base, "maker", people.secrets, seen);
          assert.equal(new URL(page.url()).pathname, "/enterprise");
          await seen("desk");
          await follow(page, "/enterprise/records/");
          await seen("record");
          await verified(page, site.data);
          // Itself, as the public finds it.
          await page.goto(`${site.base}/find?q=${encodeURIComponent(NAME)}`);
          await seen("find");
          await follow(page, "/archive/");
          await seen("archive");
        });
      });

      it("nobody finds, opens and verifies", async () => {
        await walk("nobody", async (page, seen) => {
          await page.goto(site.base);
          await seen("home");
          await page.type("input[name=q]", "江豚");
          await Promise.all([page.waitForNavigation(), page.click(".one-box button")]);
          await seen("find");
          await follow(page, "/archive/");
          await seen("archive");
          await follow(page, "/records/");
          await seen("record");
          await verified(page, site.data);
        });
      });
    });
  }
}
