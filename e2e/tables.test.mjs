// A county officer brings in a table with ten wrong cells: is told exactly these, corrects the error file
// in a spreadsheet, imports it, and takes the batch back.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { accessible, launch, open, shot, tab, whole } from "./lib/browser.mjs";
import { province, until } from "./lib/server.mjs";
import { retyped } from "./lib/xlsx.mjs";

const SUBJECT = "914201001777000029";
const HEADER = ["企业名称", "统一社会信用代码", "检查编号", "抽查类型", "检查日期", "检查结果", "行政区划", "整改期限"];
// Cell, what stands in it, what should.
const WRONG = [
  ["B3", "914201001777000020", SUBJECT],
  ["E4", "2024-02-30", "2024-02-28"],
  ["D5", "随便看看", "日常检查"],
  ["F6", "说不清", "未发现问题"],
  ["G7", "火星区", "武昌区"],
  ["B8", "9.14201E+17", SUBJECT],
  ["E9", "2099-01-01", "2024-03-09"],
  ["E10", "前天", "2024-03-10"],
  // Not the county of who imports.
  ["G11", "洪山区", "武昌区"],
  ["H12", "尽快", "2024-06-30"],
];
const ROWS = 14;

function table() {
  const row = (n) => ["示例食品店", SUBJECT, `E2E-${n}`, "日常检查", "2024年3月1日", "未发现问题", "武昌区", ""];
  const rows = Array.from({ length: ROWS }, (_, n) => row(n + 2));
  for (const [cell, wrong] of WRONG) rows[Number(cell.slice(1)) - 2][cell.charCodeAt(0) - 65] = wrong;
  return [HEADER, ...rows].map((cells) => cells.join(",")).join("\n") + "\n";
}

let folder;
let site;
let browser;
let page;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "zhiheng-e2e-tables-"));
  site = await province();
  await until(async () => (await fetch(`${site.base}/api/v1/search?q=%E4%B9%B3%E4%B8%9A`)).ok, 180_000);
  browser = await launch();
  page = await tab(browser);
  await open(page, `${site.base}/login`);
  await press("form:has(input[name=login][value=demo-county]) button");
});
after(async () => {
  await browser?.close();
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function press(selector) {
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
  await whole(page);
}

/** Sends a file; gives the page of the table. */
async function send(name, content) {
  writeFileSync(join(folder, name), content);
  await open(page, `${site.base}/console/imports`);
  const input = await page.$("#f-file");
  await input.uploadFile(join(folder, name));
  await press("form[enctype] button[type=submit]");
  return page.url();
}

/** Presses a button that begins a job, and comes back to the table when something is there. */
async function job(at, button, there) {
  await press(button);
  await until(async () => {
    await page.goto(at, { waitUntil: "load" });
    return page.$(there);
  }, 60_000);
  await whole(page);
}

async function download(selector) {
  const bytes = await page.$eval(selector, async (link) => {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(`${answer.status}`);
    return [...new Uint8Array(await answer.arrayBuffer())];
  });
  return Buffer.from(bytes);
}

const told = () => page.$$eval("section:has(#h-checked) td.code", (cells) => cells.map((cell) => cell.innerText.trim()));
const inspections = async () => {
  await open(page, `${site.base}/console/archive/uscc:${SUBJECT}`);
  return page.$eval("main", (main) => main.innerText.split("E2E-").length - 1);
};

describe("a table with ten wrong cells", () => {
  let book;
  let at;

  it("is understood before anything is checked", async () => {
    at = await send("检查结果.csv", table());
    const text = await page.$eval("main", (main) => main.innerText);
    assert.match(text, /抽查检查结果公示信息/);
    assert.match(text, /UTF-8/);
    await accessible(page);
    await shot(page, "tables-preview");
  });

  it("is told exactly these cells", async () => {
    await job(at, "form[action$='/check'] button", "#h-checked");
    assert.deepEqual((await told()).sort(), WRONG.map(([cell]) => cell).sort());
    await accessible(page);
    await shot(page, "tables-checked");
    const list = (await download("a[href$='faults.csv']")).toString("utf8");
    const lines = list.trim().split(/\r?\n/).filter((line) => !line.startsWith("#"));
    for (const [, wrong] of WRONG) assert.ok(list.includes(wrong), wrong);
    assert.equal(lines.length, 1 + WRONG.length, list);
    book = await download("a[href$='faults.xlsx']");
  });

  it("is sent back corrected, and has no fault", async () => {
    at = await send("改正.xlsx", retyped(book, WRONG.map(([, wrong, right]) => [wrong, right])));
    await job(at, "form[action$='/check'] button", "#h-checked");
    assert.deepEqual(await told(), []);
    assert.ok(await page.$("input[name=rows][value=all]"));
    await shot(page, "tables-corrected");
  });

  it("is stored, shows in the archive, and is taken back", async () => {
    assert.equal(await inspections(), 0);
    await open(page, at);
    await job(at, "form[action$='/run'] button", "#h-run");
    await shot(page, "tables-imported");
    assert.ok((await inspections()) >= ROWS);
    await open(page, at);
    await page.type("input[name=reason]", "重复导入");
    await press("form[action$='/withdraw'] button");
    assert.match(await page.$eval("main", (main) => main.innerText), /已撤回/);
    await until(async () => (await inspections()) === 0);
  });

  it("looks right on a phone, in both languages and in the dark", async () => {
    const phone = await tab(browser, { width: 360, dark: true });
    await open(phone, `${site.base}/login`);
    await Promise.all([phone.waitForNavigation(), phone.click("form:has(input[name=login][value=demo-county]) button")]);
    for (const address of [at, `${site.base}/console/imports`, `${site.base}/console/exports`, `${site.base}/console/reports`]) {
      for (const language of ["zh-CN", "en"]) {
        await open(phone, `${address}?lang=${language}`);
        await accessible(phone);
        await shot(phone, `tables-360-${new URL(address).pathname.split("/").pop().slice(0, 8)}-${language}`);
      }
    }
  });
});
