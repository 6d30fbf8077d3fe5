// Forms as people fill them in.

import assert from "node:assert/strict";

/** What stands on the page. */
export const text = (page) => page.$eval("main", (main) => main.innerText);

/** Fills fields by their names; a box or a choice is ticked by `true`. */
export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = await page.$(`main [name="${name}"]`);
    assert.ok(field, `${name} is not on ${page.url()}: ${await text(page)}`);
    const [tag, type] = await field.evaluate((element) => [element.tagName, element.type]);
    if (tag === "SELECT") assert.deepEqual(await field.select(value), [value], `${name} has no ${value}`);
    else if (type === "radio") await page.click(`main [name="${name}"][value="${value}"]`);
    else if (type === "checkbox") await field.click();
    else {
      // What stands there already, as what was kept, is written over; a script hears of the change.
      await field.evaluate((element, set) => {
        element.value = set;
        element.dispatchEvent(new Event("change", { bubbles: true }));
      }, value);
    }
  }
}

/** Follows a link, or sends the form of a button. */
export async function press(page, selector) {
  assert.ok(await page.$(selector), `${selector} is not on ${page.url()}: ${await text(page)}`);
  await Promise.all([page.waitForNavigation(), page.click(selector)]);
}

/** Fills fields by their names and goes on by a button. */
export async function on(page, values, button = "main button[name=go][value=next]") {
  await fill(page, values);
  await press(page, button);
}
