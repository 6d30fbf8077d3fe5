// A Chromium, and what is checked of every page that it opens.

import assert from "node:assert/strict";
import { accessSync, constants, mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import puppeteer from "puppeteer-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

function chromium() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    for (const name of NAMES) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here.
      }
    }
  }
  throw new Error("no Chromium is installed: apt-get install chromium, or name one in CHROMIUM");
}

/** Starts one. */
export function launch() {
  return puppeteer.launch({
    executablePath: chromium(),
    headless: true,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Widths that pages are looked at in: a desk, and a phone that scanned a code. */
export const WIDTHS = [1440, 360];
/** Languages. */
export const LANGUAGES = ["zh-CN", "en"];

/** A tab that keeps what went wrong in it. */
export async function tab(browser, { width = 1440, language = "zh-CN", dark = false, scripts = true } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height: width < 600 ? 780 : 900 });
  await page.setExtraHTTPHeaders({ "accept-language": language });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.setJavaScriptEnabled(scripts);
  page.wrong = [];
  page.on("console", (message) => {
    const words = message.text();
    // An answer that says no is not a fault of the page.
    if (message.type() === "error" && !/status of 4\d\d/.test(words)) page.wrong.push(words);
  });
  page.on("pageerror", (error) => page.wrong.push(String(error)));
  return page;
}

/** Opens a page and holds it to what every page has to be. */
export async function open(page, address, status = 200) {
  const answer = await page.goto(address, { waitUntil: "load" });
  assert.equal(answer.status(), status, address);
  await whole(page);
  return answer;
}

/** Holds the page that is open to what every page has to be. */
export async function whole(page) {
  const address = page.url();
  assert.deepEqual(page.wrong, [], `${address} has faults`);
  const found = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth - window.innerWidth,
    title: document.title,
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang,
    text: document.body.innerText,
  }));
  const widest = found.wide > 0 ? await page.evaluate(tooWide) : [];
  assert.deepEqual(widest, [], `${address} is ${found.wide} px wider than its window`);
  assert.ok(found.title.length > 2, `${address} has no title`);
  assert.equal(found.headings, 1, `${address} has one first heading`);
  if (found.language === "en") {
    // The other language names itself; data may be in Chinese, the frame may not.
    const frame = await page.evaluate(() => {
      const parts = document.querySelectorAll("header, .sidemenu, h1, h2, button, label, .portal-nav");
      return [...parts].map((part) => part.innerText).join("\n").replaceAll("中文", "");
    });
    assert.doesNotMatch(frame.replace(/[（(].*?[)）]/gu, ""), /缺|未翻译|undefined|null/u);
  }
  assert.doesNotMatch(found.text, /undefined|\[object|NaN|\{\{|\}\}/u, `${address} shows what is not for people`);
}

/** What reaches beyond the window and does not scroll by itself; run in the page. */
function tooWide() {
  const scrolls = (element) => element && (getComputedStyle(element).overflowX !== "visible" || scrolls(element.parentElement));
  const reaches = [...document.querySelectorAll("body *")].filter(
    (element) => element.getBoundingClientRect().right > window.innerWidth + 0.5 && !scrolls(element.parentElement),
  );
  return reaches.map((element) => element.outerHTML.slice(0, 120));
}

/** What axe-core finds serious or critical. */
export async function accessible(page) {
  await page.evaluate(await readAxe());
  const found = await page.evaluate(() =>
    window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }),
  );
  const serious = found.violations.filter((v) => v.impact === "serious" || v.impact === "critical");
  const told = serious.map((v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => `${n.html} (${n.failureSummary})`).join(" | ")}`);
  assert.deepEqual(told, [], `${page.url()} has faults of accessibility`);
}

let axe;
async function readAxe() {
  const { readFile } = await import("node:fs/promises");
  axe ??= await readFile(AXE, "utf8");
  return axe;
}

/** Lets a tab download into a folder. */
export async function downloads(page, folder) {
  const session = await page.browserContext().browser().target().createCDPSession();
  const settings = { behavior: "allow", downloadPath: folder, browserContextId: page.browserContext().id };
  await session.send("Browser.setDownloadBehavior", settings);
}

/** Keeps a picture of the whole page, where E2E_SHOTS names a folder. */
export async function shot(page, name) {
  const folder = process.env.E2E_SHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
