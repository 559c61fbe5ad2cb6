// Walks through every page as a person does, on a desk and on a phone, with and without JavaScript.
// BASE_URL, ADMIN_USER, ADMIN_PASSWORD: the service. CHROMIUM: the browser. SHOTS: where screenshots go. One call is
// in the log.

import assert from "node:assert/strict";
import { readFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const need = (name) => process.env[name] ?? assert.fail(`${name} is not set`);
const base = need("BASE_URL");
const shots = need("SHOTS");
const httpCredentials = { username: need("ADMIN_USER"), password: need("ADMIN_PASSWORD") };
const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
await mkdir(shots, { recursive: true });

// Each walk books hours of its own: the clock of the service stands at Monday, March 9, 2026, 10:02.
const walks = [
  { name: "desk", width: 1280, javaScriptEnabled: true, first: "11:00", second: "11:30", mobile: "416-555-0171" },
  { name: "desk-plain", width: 1280, javaScriptEnabled: false, first: "12:00", second: "12:30", mobile: "416-555-0172" },
  { name: "phone", width: 390, javaScriptEnabled: true, first: "13:00", second: "13:30", mobile: "416-555-0173" },
  { name: "phone-plain", width: 390, javaScriptEnabled: false, first: "14:00", second: "14:30", mobile: "416-555-0174" },
];
const person = "Zoë D'Arcy-O'Neil";
const script = "<script>alert(1)</script>";

let findings = 0;
let looked = 0;

async function look(page, walk, name) {
  looked += 1;
  await page.screenshot({ path: `${shots}/${name}-${walk.name}.png`, fullPage: true });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(wide <= 0, `${name}, ${walk.name}: ${wide} px wider than the screen`);
  assert.ok(!/416.?555|O'Neil|Zo/.test(page.url()), `${name}: personal data in ${page.url()}`);
  if (!walk.javaScriptEnabled) return;
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  for (const { id, impact, help, nodes } of violations) {
    console.log(`${name}, ${walk.name}: ${impact}: ${id}: ${help}: ${nodes.map((node) => node.html).slice(0, 3).join(" | ")}`);
    if (impact === "serious" || impact === "critical") findings += 1;
  }
}

const heading = async (page, text) => assert.match(await page.locator("h1").innerText(), text);
const notice = async (page, text) => assert.match(await page.locator(".notice").first().innerText(), text);

async function book(page, walk) {
  await page.goto(`${base}/admin`);
  await heading(page, /Monday, March 9, 2026/);
  await look(page, walk, "day-before");
  await page.getByRole("link", { name: "New appointment" }).click();
  await look(page, walk, "new");
  await page.getByLabel("Name").fill(`${person} ${script}`);
  await page.getByLabel("Mobile number").fill("12");
  await page.getByLabel("Time", { exact: true }).fill(walk.first);
  await page.getByLabel("Notes").fill(`First visit ${script} & "quiet" room`);
  await page.getByRole("button", { name: "Book", exact: true }).click();
  await notice(page, /mobile number/i);
  assert.equal(await page.getByLabel("Name").inputValue(), `${person} ${script}`, "what was entered stays");
  await page.getByLabel("Name").fill(person);
  await look(page, walk, "new-wrong");
  await page.getByLabel("Mobile number").fill(walk.mobile);
  await page.getByRole("button", { name: "Book", exact: true }).click();
  await notice(page, /is booked/);
  await look(page, walk, "appointment");
  const path = new URL(page.url()).pathname;
  await page.goto(`${base}/admin`);
  const link = page.locator(`a[href="${path}"]`);
  assert.equal(await link.innerText(), person);
  assert.ok((await page.locator("ol.day").innerText()).includes(script), "notes are text, whatever is in them");
  await look(page, walk, "day");
  return path;
}

async function taken(page, walk) {
  await page.goto(`${base}/admin/appointments/new?date=2026-03-09&time=${walk.first}`);
  await page.getByLabel("Name").fill("Second Person");
  await page.getByLabel("Mobile number").fill("416-555-0199");
  await page.getByRole("button", { name: "Book", exact: true }).click();
  await notice(page, /taken/);
  await look(page, walk, "new-taken");
  assert.ok((await page.locator('button[name="choose"]').count()) > 0, "free times are offered");
}

async function change(page, walk, path) {
  await page.goto(base + path);
  await page.getByLabel("New time").fill(walk.second);
  await page.getByRole("button", { name: "Move" }).click();
  await notice(page, /is moved/);
  assert.match(await page.locator("h1 + p").innerText(), new RegExp(spoken(walk.second)));
  await page.getByLabel("Set to").selectOption("confirmed");
  await page.getByRole("button", { name: "Save" }).click();
  await notice(page, /Saved/);
  assert.match(await page.locator("dl.facts .status").first().innerText(), /Confirmed/);
}

async function find(page, walk) {
  await page.goto(`${base}/admin/search`);
  await look(page, walk, "search");
  for (const words of [walk.mobile, "o'neil"]) {
    await page.getByLabel("Name or mobile number").fill(words);
    await page.getByRole("button", { name: "Search" }).click();
    assert.ok((await page.locator("tbody tr").count()) >= 1, `${words} is found`);
  }
  await look(page, walk, "search-found");
  await page.getByLabel("Name or mobile number").fill(walk.mobile);
  await page.getByRole("button", { name: "Search" }).click();
  await page.locator("tbody a").first().click();
  await heading(page, /O'Neil/);
  await look(page, walk, "person");
  return new URL(page.url()).pathname;
}

async function cancel(page, walk, path) {
  await page.goto(base + path);
  await page.getByRole("link", { name: "Cancel the appointment" }).click();
  await look(page, walk, "cancel");
  await page.getByRole("button", { name: "Cancel the appointment" }).click();
  await notice(page, /is cancelled/);
  await look(page, walk, "appointment-cancelled");
}

async function erase(page, walk, path) {
  const answer = await page.request.get(`${base}${path}/export`);
  const data = await answer.json();
  assert.equal(data.personal_data.name, person);
  assert.ok(data.appointments.length >= 1);
  await page.goto(base + path);
  await page.getByRole("link", { name: "Erase" }).click();
  await look(page, walk, "erase");
  await page.getByRole("button", { name: "Erase" }).click();
  await notice(page, /erased/);
  assert.ok(!(await page.content()).includes("O&#39;Neil"), "the name is gone");
  await look(page, walk, "person-erased");
}

async function read(page, walk) {
  for (const [path, title] of [
    ["/admin?date=2026-03-08", /Sunday, March 8/],
    ["/admin/week", /Week of/],
    ["/admin/calls", /Calls/],
    ["/admin/texts", /Texts/],
    ["/admin/metrics", /Figures/],
    ["/admin/flags", /Features/],
    ["/admin/no-such-page", /Not found/],
  ]) {
    await page.goto(base + path);
    await heading(page, title);
    await look(page, walk, path.replace(/\W+/g, "-").slice(1));
  }
  await page.goto(`${base}/admin/calls`);
  await page.locator("tbody a").first().click();
  await heading(page, /Call of/);
  assert.ok((await page.locator(".talk li.caller").innerText()).includes("<b>Ann</b> Example"), "words are text");
  await look(page, walk, "call");
}

async function keyboard(page) {
  await page.goto(`${base}/admin`);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "Skip to the content");
  await page.keyboard.press("Tab");
  const outline = await page.locator(":focus").evaluate((focused) => getComputedStyle(focused).outlineStyle);
  assert.equal(outline, "solid", "the focus is visible");
}

async function dark(browser, walk) {
  const context = await browser.newContext({ httpCredentials, colorScheme: "dark", viewport: { width: walk.width, height: 900 } });
  const page = await context.newPage();
  for (const path of ["/admin", "/admin/week", "/admin/metrics", "/admin/texts"]) {
    await page.goto(base + path);
    await look(page, walk, `dark${path.replace(/\W+/g, "-")}`);
  }
  await page.goto(`${base}/admin`);
  await page.emulateMedia({ media: "print", colorScheme: "light" });
  assert.ok(!(await page.locator("nav").isVisible()), "paper has no navigation");
  await page.screenshot({ path: `${shots}/print-${walk.name}.png`, fullPage: true });
  await context.close();
}

function spoken(time) {
  const [hour, minute] = time.split(":").map(Number);
  return `${hour % 12 || 12}:${String(minute).padStart(2, "0")} [AP]M`;
}

const browser = await chromium.launch({ executablePath: need("CHROMIUM"), args: ["--no-sandbox"] });
try {
  for (const walk of walks) {
    const { width, javaScriptEnabled } = walk;
    const context = await browser.newContext({ httpCredentials, javaScriptEnabled, viewport: { width, height: 900 } });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    // What the browser says of an answer's status is not an error of the page; a blocked style or script is.
    page.on("console", (message) => assert.ok(message.type() !== "error" || /^Failed to load resource: .* status of 4\d\d/.test(message.text()), message.text()));
    page.on("dialog", () => assert.fail("a name was run as a script"));
    const path = await book(page, walk);
    await taken(page, walk);
    await change(page, walk, path);
    const found = await find(page, walk);
    await read(page, walk);
    await keyboard(page);
    await cancel(page, walk, path);
    await erase(page, walk, found);
    await context.close();
    if (javaScriptEnabled) await dark(browser, walk);
  }
} finally {
  await browser.close();
}
assert.equal(findings, 0, `${findings} serious findings`);
console.log(`${walks.length} walks, ${looked} pages, 0 serious findings`);
