// A client library of others (epcis2.js) captures events, and what comes back is what it sent.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import epcis2 from "epcis2.js";
import { serve, until, zhiheng } from "./lib/server.mjs";

const {
  AggregationEvent, BizLocation, CaptureResponse, EPCISDocument, ObjectEvent, ReadPoint, capture, cbv,
  eventToHashedId, objectToEvent, setup,
} = epcis2;

let data;
let server;
let headers;

async function json(path) {
  const answer = await fetch(`${server.base}${path}`, { headers });
  const text = await answer.text();
  assert.ok(answer.ok, `${path}: ${answer.status} ${text}`);
  return { body: JSON.parse(text), link: answer.headers.get("link") };
}

/** Captures a document with the library, which waits for its job. */
async function captured(document, options) {
  const answer = await capture(document, options);
  assert.equal(answer.status, 202, await answer.text());
  const response = new CaptureResponse(answer);
  await response.pollForTheCaptureToFinish(100, 100);
  assert.equal(response.getRunningStatus(), false);
  return { success: response.getSuccessStatus(), errors: response.getErrors() };
}

function documentOf() {
  return new EPCISDocument()
    .setContext([{ ex: "https://ex.example/" }])
    .setCreationDate("2024-03-01T09:00:00.000Z");
}

function shipping(number) {
  const event = new ObjectEvent()
    .setEventTime(`2024-03-01T08:0${number}:00.000+08:00`)
    .setEventTimeZoneOffset("+08:00")
    .addEPC(`https://id.gs1.org/01/04012345111118/21/${number}`)
    .setAction("OBSERVE")
    .setBizStep(cbv.bizSteps.shipping)
    .setDisposition(cbv.dispositions.in_transit)
    .setReadPoint(new ReadPoint({ id: "https://id.gs1.org/414/4012345000054" }))
    .setBizLocation(new BizLocation({ id: "https://id.gs1.org/414/4012345000054" }));
  event.addExtension("ex:grade", `${number}`);
  return event;
}

describe("EPCIS with a client library of others", () => {
  before(async () => {
    data = mkdtempSync(join(tmpdir(), "zhiheng-e2e-"));
    const made = zhiheng("token", "add", "client", "--data", data, "--on-behalf-of", "420000", "--permission", "*");
    assert.equal(made.status, 0, made.err);
    const token = /zh_[A-Za-z0-9_-]+/.exec(made.out)[0];
    server = await serve(["serve", "--data", data, "--listen", "127.0.0.1:0"]);
    headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    setup({ apiUrl: `${server.base}/epcis`, headers });
  });

  after(async () => {
    await server?.stop();
    rmSync(data, { recursive: true, force: true });
  });

  it("captures a document and finds its events again, page by page", async () => {
    const document = documentOf();
    const events = [0, 1, 2, 3, 4].map(shipping);
    events.forEach((event) => document.addEvent(event));
    const packing = new AggregationEvent()
      .setEventTime("2024-03-01T08:30:00.000+08:00")
      .setEventTimeZoneOffset("+08:00")
      .setParentId("https://id.gs1.org/00/340123453111111115")
      .addChildEPC("https://id.gs1.org/01/04012345111118/21/1")
      .setAction("ADD")
      .setBizStep(cbv.bizSteps.packing);
    document.addEvent(packing);
    const job = await captured(document);
    assert.equal(job.success, true, JSON.stringify(job));

    const found = [];
    await until(async () => (await json("/epcis/events")).body.epcisBody.queryResults.resultsBody.eventList.length === 6);
    let path = "/epcis/events?perPage=4";
    while (path) {
      const { body, link } = await json(path);
      found.push(...body.epcisBody.queryResults.resultsBody.eventList);
      path = link ? /<([^>]+)>/.exec(link)[1] : undefined;
    }
    assert.equal(found.length, 6);
    found.forEach((event) => assert.equal(objectToEvent(event).isValid(), true));
    const context = { ex: "https://ex.example/" };
    // None had an id: each comes back under its hash, which the library computes by itself.
    const sent = [...events, packing].map((event) => eventToHashedId(event.toObject(), context));
    assert.deepEqual(found.map((event) => event.eventID).sort(), sent.sort());
    const read = objectToEvent(found.find((event) => event.type === "AggregationEvent"));
    assert.equal(read.getParentId(), packing.getParentId());
    assert.deepEqual(read.toObject().childEPCs, packing.toObject().childEPCs);
  });

  it("is told of copies, and where a document is wrong", async () => {
    const document = documentOf();
    document.addEvent(shipping(0));
    const again = await captured(document);
    assert.equal(again.success, true);
    const { body } = await json("/epcis/events?MATCH_epc=https%3A%2F%2Fid.gs1.org%2F01%2F04012345111118%2F21%2F0");
    assert.equal(body.epcisBody.queryResults.resultsBody.eventList.length, 1);

    const wrong = documentOf();
    wrong.addEvent(shipping(7).setBizStep("shiping"));
    const job = await captured(wrong, { documentValidation: false });
    assert.equal(job.success, false);
    assert.equal(job.errors[0].pointer, "/epcisBody/eventList/0/bizStep");
  });
});
