// People of an installation, set up as they would do it: one-time links, second factors, roles.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { tab } from "./browser.mjs";

const PASSWORD = "Quality-Of-Hubei-2026!";
const STEP = 30_000;
// The last step in which each secret was used: a code counts once.
const used = new Map();

function code(secret, step) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  let bits = "";
  for (const letter of secret.replaceAll(/[\s=]/g, "")) {
    bits += letters.indexOf(letter).toString(2).padStart(5, "0");
  }
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", key).update(counter).digest();
  const at = digest[digest.length - 1] & 15;
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// One step early and late is taken, and each later than the one before: three log-ins in a row need not
// wait.
async function freshCode(secret) {
  for (;;) {
    const now = Math.floor(Date.now() / STEP);
    const step = Math.max(now, (used.get(secret) ?? 0) + 1);
    if (step <= now + 1) {
      used.set(secret, step);
      return code(secret, step);
    }
    await new Promise((done) => setTimeout(done, 500));
  }
}

/** Fills fields by their names, sends the form, and waits for the page behind. */
export async function send(page, values, button = "main form button[type=submit]") {
  for (const [name, value] of Object.entries(values)) {
    const field = await page.$(`main [name=${name}]`);
    const tag = await field.evaluate((element) => element.tagName);
    if (tag === "SELECT") await field.select(value);
    else await field.type(value);
  }
  await Promise.all([page.waitForNavigation(), page.click(button)]);
}

/** Sets the password by a link; `self` names who makes an account of their own. */
export async function useLink(page, link, self) {
  await page.goto(link);
  await send(page, { ...self, password: PASSWORD, again: PASSWORD });
  assert.match(page.url(), /\/login$/, await page.$eval("main", (main) => main.innerText));
}

/** Logs in; a second factor is set up where there is none. `seen` is called on each page on the way. */
export async function logIn(page, base, login, secrets, seen = async () => {}) {
  await page.goto(`${base}/login`);
  await seen("login");
  await send(page, { login, password: PASSWORD });
  for (let step = 0; step < 3; step += 1) {
    const path = new URL(page.url()).pathname;
    if (path.startsWith("/login")) await seen(path.slice(1).replaceAll("/", "-"));
    if (path === "/login/set-up") {
      const found = await page.$$eval("main dd", (all) => all.map((dd) => dd.textContent.replaceAll(/\s/g, "")));
      secrets[login] = found.find((text) => /^[A-Z2-7]{16,}$/.test(text));
      await send(page, { code: await freshCode(secrets[login]) });
    } else if (path === "/login/code") {
      await send(page, { code: await freshCode(secrets[login]) });
    } else break;
  }
  assert.doesNotMatch(page.url(), /\/login/, await page.$eval("main", (main) => main.innerText));
}

/** Officers of the province, of a city and of the maker's county, somebody of another city, and the
 * maker's own user: each with a tab that is logged in. */
export async function populate(site, browser, maker) {
  return people(site, browser, [
    ["province", "officer", "provincial-officer", "420000", ""],
    ["city", "officer", "city-officer", "420900", ""],
    ["county", "officer", "county-officer", "420984", ""],
    ["elsewhere", "officer", "city-officer", "420100", ""],
    ["maker", "enterprise", "enterprise", "", maker],
  ]);
}

/** The three administrators, and whom they make accounts for: login and name, sort, role, office,
 * organization. Each has a tab that is logged in. */
export async function people(site, browser, wanted) {
  const secrets = {};
  const found = {};
  for (const [role, link] of [...site.said().matchAll(/^(\S+-administrator): (http\S+)/gm)].map((m) => [m[1], m[2]])) {
    const page = await tab(browser);
    await useLink(page, link, { login: role, name: role });
    await logIn(page, site.base, role, secrets);
    found[role] = page;
  }
  for (const [login, sort, role, office, organization, name = login] of wanted) {
    const admin = found["system-administrator"];
    await admin.goto(`${site.base}/console/system/people`);
    const values = { name, login, sort };
    await send(admin, organization ? { ...values, organization } : values, "main form[method=post] button");
    const link = await admin.$eval("main", (main) => /http\S+\/link\/\S+/.exec(main.innerText)[0]);
    const account = await admin.$eval("main a.btn", (a) => a.getAttribute("href"));
    const security = found["security-administrator"];
    await security.goto(site.base + account);
    const grant = { role, reason: "e2e" };
    await send(security, office ? { ...grant, held_in: office } : grant, "form[action$='/roles'] button");
    const page = await tab(browser);
    await useLink(page, link, {});
    await logIn(page, site.base, login, secrets);
    found[login] = page;
  }
  found.secrets = secrets;
  return found;
}
