// Those who are logged in: officers of the province, a city and a county, an enterprise, and the
// three administrators; each sees what is theirs and no more.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { crc32, deflateSync } from "node:zlib";
import { LANGUAGES, WIDTHS, accessible, launch, open, shot, whole } from "./lib/browser.mjs";
import { populate } from "./lib/people.mjs";
import { MAKER, start, zhiheng } from "./lib/server.mjs";

let site;
let browser;
let people;

before(async () => {
  site = await start();
  browser = await launch();
  people = await populate(site, browser, MAKER);
});
after(async () => {
  await browser?.close();
  await site?.stop();
});

/** A grey dot in PNG, with a text that tells something. */
function picture(told) {
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const whole = Buffer.alloc(body.length + 8);
    whole.writeUInt32BE(data.length);
    body.copy(whole, 4);
    whole.writeUInt32BE(crc32(body), body.length + 4);
    return whole;
  };
  const head = Buffer.from("00000001000000010800000000", "hex");
  const parts = [chunk("IHDR", head), chunk("tEXt", Buffer.from(`Comment\0${told}`)), chunk("IDAT", deflateSync(Buffer.from([0, 128])))];
  return Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), ...parts, chunk("IEND", Buffer.alloc(0))]);
}

const REPORT = "HB-T-2026-118263";
const ORDER = "R-2026-9";

const PAGES = {
  province: [
    ["workbench", "/console"],
    ["search", "/console/search?q=%E6%B1%9F%E8%B1%9A"],
    ["archive", `/console/archive/${MAKER}`],
    ["doubles", "/console/doubles"],
    ["wing", "/console/wings/credit"],
    ["account", "/account"],
  ],
  "system-administrator": [
    ["people", "/console/system/people"],
    ["offices", "/console/system/offices"],
    ["roles", "/console/system/roles"],
    ["pack", "/console/system/pack"],
    ["jobs", "/console/system/jobs"],
  ],
  "audit-administrator": [["audit", "/console/system/audit"]],
  maker: [
    ["served", "/enterprise"],
    ["public", "/enterprise/archive"],
  ],
};

for (const width of WIDTHS) {
  for (const language of LANGUAGES) {
    describe(`${width} px, ${language}`, () => {
      for (const [who, pages] of Object.entries(PAGES)) {
        for (const [name, path] of pages) {
          it(`${name} of ${who} is whole and accessible`, async () => {
            const page = people[who];
            await page.setViewport({ width, height: width < 600 ? 780 : 900 });
            const mark = path.includes("?") ? "&" : "?";
            await open(page, `${site.base}${path}${mark}lang=${language}`);
            await accessible(page);
            await shot(page, `${who}-${name}-${width}-${language}`);
          });
        }
      }
    });
  }
}

describe("dark, and large text on a phone", () => {
  for (const [who, pages] of Object.entries(PAGES)) {
    for (const [name, path] of pages) {
      it(`${name} of ${who} is whole and accessible`, async () => {
        const page = people[who];
        const mark = path.includes("?") ? "&" : "?";
        for (const [look, width, asked] of [
          ["dark", 1440, "theme=dark&size=normal"],
          ["large", 360, "theme=light&size=large"],
        ]) {
          await page.setViewport({ width, height: width < 600 ? 780 : 900 });
          await open(page, `${site.base}${path}${mark}lang=zh-CN&${asked}`);
          await accessible(page);
          await shot(page, `${who}-${name}-${look}`);
        }
        await page.goto(`${site.base}/?theme=light&size=normal`);
      });
    }
  }
});

describe("what each sees", () => {
  const says = async (who, path) => {
    const page = people[who];
    const answer = await page.goto(site.base + path);
    return { status: answer.status(), text: await page.$eval("main", (main) => main.innerText) };
  };

  for (const who of ["province", "city", "county"]) {
    it(`${who} reads the whole archive of the maker`, async () => {
      const seen = await says(who, `/console/archive/${MAKER}`);
      assert.equal(seen.status, 200);
      assert.match(seen.text, /检验报告|Test report/u);
      assert.match(seen.text, /检查任务单|Inspection order/u);
    });
  }

  it("an administrator reads no more of an archive than the public", async () => {
    for (const who of ["system-administrator", "audit-administrator"]) {
      const seen = await says(who, `/console/archive/${MAKER}`);
      assert.doesNotMatch(seen.text, new RegExp(`${REPORT}|${ORDER}`, "u"), who);
    }
  });

  it("an officer of another city does not read what is not public there", async () => {
    const seen = await says("elsewhere", `/console/archive/${MAKER}`);
    assert.doesNotMatch(seen.text, new RegExp(`${REPORT}|${ORDER}`, "u"));
  });

  it("the maker reads what was served on it, and never an order before it is carried out", async () => {
    const seen = await says("maker", "/enterprise");
    assert.match(seen.text, new RegExp(REPORT, "u"));
    assert.doesNotMatch(seen.text, new RegExp(ORDER, "u"));
  });

  it("nobody is at a desk that is not theirs", async () => {
    for (const [who, path] of [
      ["maker", "/console"],
      ["maker", `/console/archive/${MAKER}`],
      ["maker", "/console/system/people"],
      ["province", "/enterprise"],
      ["province", "/console/system/audit"],
      ["system-administrator", "/console/system/audit"],
    ]) {
      const page = people[who];
      const answer = await page.goto(site.base + path);
      const led = new URL(page.url()).pathname !== path.split("?")[0];
      assert.ok(answer.status() === 403 || answer.status() === 404 || led, `${who} at ${path}: ${answer.status()}`);
    }
  });

  it("an officer opens a record, downloads its proof and verifies it", async () => {
    const page = people.county;
    await page.goto(`${site.base}/console/archive/${MAKER}`);
    const record = await page.$eval("main a[href^='/console/records/']", (a) => a.getAttribute("href"));
    await open(page, site.base + record);
    const proof = await page.$$eval("main a", (links) =>
      links.map((a) => a.getAttribute("href")).find((href) => href.endsWith("/proof")),
    );
    const text = await page.evaluate(async (href) => (await fetch(href)).text(), proof);
    const file = join(site.data, "officer.tlog-proof");
    writeFileSync(file, text);
    const logs = await (await fetch(`${site.base}/api/v1/log`)).json();
    const checked = zhiheng("verify", file, "--key", logs.logs[0].key);
    assert.equal(checked.status, 0, checked.out + checked.err);
  });

  it("an officer attaches a picture, which comes back without what it told of its place", async () => {
    const page = people.county;
    await page.setViewport({ width: 360, height: 780 });
    await page.goto(`${site.base}/console/archive/${MAKER}`);
    const record = await page.$eval("main a[href^='/console/records/']", (a) => a.getAttribute("href"));
    await open(page, site.base + record);
    const file = join(site.data, "gate.png");
    writeFileSync(file, picture("GPS 30.6522 N 113.5903 E"));
    await (await page.$("main input[type=file]")).uploadFile(file);
    await Promise.all([page.waitForNavigation(), page.click("main form[enctype] button")]);
    await whole(page);
    await accessible(page);
    await shot(page, "county-attached-360");
    const taken = await page.$eval("main a[href*='/attachments/']", async (a) => {
      const answer = await fetch(a.href);
      const kept = answer.headers.get("content-disposition");
      return { kept, text: Array.from(new Uint8Array(await answer.arrayBuffer()), (b) => String.fromCharCode(b)).join("") };
    });
    assert.match(taken.kept, /^attachment; /);
    assert.ok(taken.text.startsWith("\x89PNG") && !taken.text.includes("GPS"), "the picture tells where it was taken");
  });

  it("an enterprise uploads a file of events, mends what is wrong and uploads it again", async () => {
    const page = people.maker;
    const event = (number, step) => ({
      type: "ObjectEvent",
      eventID: `urn:uuid:e2e-upload-${number}`,
      eventTime: "2024-03-01T08:00:00+08:00",
      eventTimeZoneOffset: "+08:00",
      action: "OBSERVE",
      bizStep: step,
      epcList: [`https://id.gs1.org/01/06901234567892/21/U${number}`],
    });
    const file = (name, steps) => {
      const path = join(site.data, name);
      const document = {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        type: "EPCISDocument",
        schemaVersion: "2.0",
        creationDate: "2024-03-01T09:00:00Z",
        epcisBody: { eventList: steps.map((step, number) => event(number, step)) },
      };
      writeFileSync(path, JSON.stringify(document));
      return path;
    };
    const ended = async () => {
      for (let round = 0; round < 100; round += 1) {
        await page.goto(page.url());
        if (await page.$("main .alert-ok, main .alert-danger, main .stack > .card .alert-warn")) return;
        await new Promise((wake) => setTimeout(wake, 100));
      }
      assert.fail("the upload does not end");
    };
    const upload = async (path, errors) => {
      await page.goto(`${site.base}/enterprise/trace`);
      await (await page.$("main input[type=file]")).uploadFile(path);
      await page.select("main select[name=errors]", errors);
      await Promise.all([page.waitForNavigation(), page.click("main form[enctype] button")]);
      assert.match(new URL(page.url()).pathname, /^\/enterprise\/trace\/uploads\//);
      await ended();
    };
    const text = () => page.$eval("main", (main) => main.innerText);
    const wrong = file("march.json", ["commissioning", "packng", "shipping"]);
    await upload(wrong, "rollback");
    const place = page.url();
    for (const language of LANGUAGES) {
      for (const width of WIDTHS) {
        await page.setViewport({ width, height: width < 600 ? 780 : 900 });
        for (const [name, path] of [["upload", `${site.base}/enterprise/trace`], ["uploaded", place]]) {
          await open(page, `${path}?lang=${language}`);
          await accessible(page);
          await shot(page, `maker-${name}-${language}-${width}`);
        }
      }
    }
    await page.goto(`${place}?lang=zh-CN`);
    const told = await text();
    for (const part of ["march.json", "未保存任何事件", "/epcisBody/eventList/1/bizStep", "packng"]) assert.ok(told.includes(part), told);
    await upload(wrong, "proceed");
    assert.match(await text(), /正确的事件已保存/);
    await upload(file("march.json", ["commissioning", "packing", "shipping"]), "rollback");
    assert.match(await text(), /已全部保存/);
    await page.goto(`${site.base}/enterprise/trace`);
    assert.equal((await page.$$("[aria-labelledby=h-uploads] tbody tr")).length, 3);
  });

  it("who logs out is out", async () => {
    const page = people.elsewhere;
    await page.goto(`${site.base}/account`);
    await Promise.all([page.waitForNavigation(), page.click("main form[action='/logout'] button")]);
    await page.goto(`${site.base}/console`);
    assert.match(page.url(), /\/login/);
  });
});
