// A program with the story in its store, for one test file.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const STORY = fileURLToPath(new URL("../story.ndjson", import.meta.url));

// Organizations of a demonstration: enough that every page has something on it.
const FEW = "300";

/** The maker of the story. */
export const MAKER = "uscc:91420984MA7F3K2R8E";

function program() {
  const path = process.env.ZHIHENG_BIN;
  if (!path) throw new Error("ZHIHENG_BIN must name the program; cargo xtask e2e sets it");
  return path;
}

/** Runs a command of the program to its end; gives what it wrote. */
export function zhiheng(...args) {
  const done = spawnSync(program(), args, { encoding: "utf8", env: { ...process.env, RUST_LOG: "warn" } });
  if (done.error) throw done.error;
  return { status: done.status, out: done.stdout, err: done.stderr };
}

/** Starts a server over a new store with the story and, where a test has more, with that too; `stop` ends it
 * and takes the store away. */
export async function start(...more) {
  const data = mkdtempSync(join(tmpdir(), "zhiheng-e2e-"));
  for (const records of [STORY, ...more]) {
    const told = zhiheng("append", "--data", data, records);
    if (told.status !== 0) throw new Error(`${records} was refused: ${told.out}${told.err}`);
  }
  const server = await serve(["serve", "--data", data, "--listen", "127.0.0.1:0"]);
  const stop = async () => {
    await server.stop();
    rmSync(data, { recursive: true, force: true });
  };
  try {
    // The log signs twice a second; proofs are there after that.
    await until(async () => {
      const answer = await fetch(`${server.base}/api/v1/log`);
      return answer.ok && (await answer.json()).logs[0].size >= 18;
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { base: server.base, data, stop, said: server.said };
}

/** Serves a demonstration; `told` is what its making said. In the folder `E2E_PROVINCE` it is made once
 * for all files, each of which has a copy of its own to write into. */
export async function province(...scale) {
  const folder = mkdtempSync(join(tmpdir(), "zhiheng-e2e-province-"));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  try {
    const dir = join(folder, "province");
    const shared = scale.length === 0 && process.env.E2E_PROVINCE;
    const size = scale.length > 0 ? scale : ["--organizations", FEW];
    const make = (place) => {
      const made = zhiheng("demo", "--no-serve", "--dir", place, ...size);
      if (made.status !== 0) throw new Error(`no demonstration was made: ${made.out}${made.err}`);
      return made;
    };
    const copy = () => {
      const made = make(join(shared, "province"));
      cpSync(join(shared, "province"), dir, { recursive: true });
      return made;
    };
    const made = shared ? await alone(join(shared, "lock"), copy) : make(dir);
    const server = await serve(["demo", "--dir", dir, "--listen", "127.0.0.1:0"]);
    const stop = async () => {
      await server.stop();
      clean();
    };
    return { base: server.base, told: made.out, stop };
  } catch (error) {
    clean();
    throw error;
  }
}

/** Does something while no other file does it. */
async function alone(lock, act) {
  const takes = () => {
    try {
      mkdirSync(lock);
      return true;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
      return false;
    }
  };
  await until(takes, 600_000);
  try {
    return act();
  } finally {
    rmdirSync(lock);
  }
}

/** Starts the program as a server; `stop` ends it. */
export async function serve(args) {
  const server = spawn(program(), args, { env: { ...process.env, RUST_LOG: "warn" } });
  let said = "";
  const base = await new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`the server did not start: ${said}`)), 60_000);
    const hear = (piece) => {
      said += piece;
      const found = /listening on (http:\S+)/.exec(said);
      if (found) {
        clearTimeout(timer);
        done(found[1]);
      }
    };
    server.stdout.on("data", hear);
    server.stderr.on("data", hear);
    server.on("exit", (code) => fail(new Error(`the server ended with ${code}: ${said}`)));
  });
  const stop = async () => {
    server.kill("SIGTERM");
    await new Promise((done) => server.once("exit", done));
  };
  return { base, stop, said: () => said };
}

/** Waits until something holds. */
export async function until(holds, ms = 20_000) {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it did not come to hold: ${holds}`);
    await new Promise((done) => setTimeout(done, 100));
  }
}
