// The extension's own pages in a real Chromium: the first one, the popup, the options.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { openBrowser, popupText } from "./support/browser.mjs";
import { astronaut, emptyScene, sample } from "./support/pictures.mjs";
import { openScreen } from "./support/screen.mjs";
import { nobody, startServer, startStub } from "./support/servers.mjs";
import { allowing } from "./support/sites.mjs";
import { until } from "./support/wait.mjs";

const VERDICT = /^(Real|Fake|Uncertain)\s*(under 1|over 99|\d+)% likely generated/;
const TOKEN = "0123456789abcdef";

let screen, browser, server, allowed;
let pages = [];

const CASES = new URL("../verdict_cases.json", import.meta.url);

/** Gives the bundle in the extension the three sensitivities; at the eager one every face is fake, at the others none. */
async function withSensitivities(extension) {
  const path = join(extension, "bundle/manifest.json");
  const manifest = JSON.parse(await readFile(path, "utf8"));
  const { sensitivities } = JSON.parse(await readFile(CASES, "utf8")).network;
  for (const network of Object.values(manifest.networks)) {
    Object.assign(network, { sensitivities, bands: { real_below: 0.00001, fake_from: 0.9999 } });
    sensitivities.eager.fake_from = 0.00002;
    sensitivities.strict.fake_from = 0.99999;
  }
  await writeFile(path, JSON.stringify(manifest));
}

before(async () => {
  allowed = await allowing(["http://faces.test/*"]);
  await withSensitivities(allowed.extension);
  screen = await openScreen();
  browser = await openBrowser(screen.display, { extension: allowed.extension, welcome: true });
});

afterEach(async () => {
  await Promise.all(pages.map((page) => page.close()));
  pages = [];
});

after(async () => {
  await browser?.close();
  await Promise.all([screen?.close(), server?.stop(), allowed?.remove()]);
});

async function open(name) {
  const page = await browser.page();
  pages.push(page);
  await page.goto(`chrome-extension://${browser.id}/${name}`);
  return page;
}

const useServer = (address, token = "") =>
  browser.inBackground(
    async ([serverAddress, serverToken]) => {
      await chrome.storage.session.clear();
      await chrome.storage.local.set({ serverAddress, serverToken });
    },
    [address, token],
  );

const stored = () => browser.inBackground(() => chrome.storage.local.get(["serverAddress", "serverToken"]));

/** The text of a part of a page once it is as wanted. */
const textOf = (page, selector, wanted) =>
  until(`${selector} to say ${wanted}`, async () => {
    const text = (await page.locator(selector).innerText()).replaceAll("\u00a0", " ");
    return wanted.test(text) && text;
  });

test("at its installation the extension explains itself in three pictures and tries itself out", async () => {
  const page = browser.context.pages().find((page) => page.url().endsWith("/welcome.html"));
  assert.equal(await page.locator(".pictures svg").count(), 3);
  await textOf(page, "#browser", VERDICT);
  // Whoever runs these tests may have a server running.
  await textOf(page, "#server", /not running|likely generated/);
  assert.match(await page.locator("main").innerText(), /NASA, public domain/);
  assert.equal(await page.locator("input, select, textarea, button").count(), 0, "it asks nothing");
  await page.close();
});

test("the first page tries the server that runs", async () => {
  server ??= await startServer([], { FAKE_IMAGE_DETECTION_TOKEN: TOKEN });
  await useServer(server.address, TOKEN);
  const page = await open("welcome.html");
  await Promise.all([textOf(page, "#server", VERDICT), textOf(page, "#browser", VERDICT)]);
});

test("a server that asks for its token gets it in the options", async () => {
  server ??= await startServer([], { FAKE_IMAGE_DETECTION_TOKEN: TOKEN });
  await useServer(server.address);
  await textOf(await open("welcome.html"), "#server", /asks for its token/);
  const options = await open("options.html");
  await options.fill("#token", TOKEN);
  await options.click("#server .main");
  await textOf(options, "#state", /Saved/);
  await textOf(await open("welcome.html"), "#server", VERDICT);
});

test("another machine's server is taken with a token and the person's word only", async () => {
  const tokens = new Set();
  const stub = await startStub((request, response) => {
    tokens.add(request.headers.authorization);
    response.writeHead(200, { "Content-Type": "application/json" }).end("{}");
  });
  try {
    const before = await nobody();
    await useServer(before);
    const address = stub.address.replace("127.0.0.1", "faces.test");
    const options = await open("options.html");
    await options.fill("#address", address);
    await options.click("#server .main");
    await textOf(options, "#state", /needs a token/);
    await options.fill("#token", TOKEN);
    await options.click("#server .main");
    await textOf(options, "#elsewhere", /Every picture that you check is sent to faces\.test/);
    assert.equal((await stored()).serverAddress, before);
    await options.click("#elsewhere-agree");
    await textOf(options, "#state", /Saved/);
    assert.deepEqual(await stored(), { serverAddress: address, serverToken: TOKEN });
    await open("welcome.html");
    await until("the server to be asked", async () => tokens.size > 0);
    assert.deepEqual([...tokens], [`Bearer ${TOKEN}`]);
  } finally {
    await stub.stop();
  }
});

for (const [name, [type, body]] of Object.entries({
  "a web page": ["text/html", "<!doctype html><p>hello"],
  "half a report": ["application/json", '{"verdict": "re'],
})) {
  test(`${name} on the server's port is told as another program's, and this browser answers`, async () => {
    const stub = await startStub((_request, response) => response.writeHead(200, { "Content-Type": type }).end(body));
    try {
      await useServer(stub.address);
      await textOf(await open("welcome.html"), "#server", /Another program than your server answers/);
      const page = await open("picture.html");
      await page.setInputFiles("input", { name: "face.jpg", mimeType: "image/jpeg", buffer: await sample(2) });
      await page.locator(".answer summary").click();
      await textOf(page, ".answer", /Another program[\s\S]*So this browser answered/);
    } finally {
      await stub.stop();
    }
  });
}

test("a picture of the person's own is checked by choosing, dropping and pasting", async () => {
  await useServer(await nobody());
  const page = await open("picture.html");
  const face = await sample(2);
  await page.setInputFiles("input", { name: "face.jpg", mimeType: "image/jpeg", buffer: face });
  await textOf(page, ".answer", VERDICT);
  await page.setInputFiles("input", { name: "scene.bmp", mimeType: "image/bmp", buffer: emptyScene() });
  await textOf(page, ".answer", /^No face found/);
  for (const kind of ["drop", "paste"]) {
    await page.evaluate(
      async ([kind, base64]) => {
        const bytes = await (await fetch(`data:;base64,${base64}`)).arrayBuffer();
        const data = new DataTransfer();
        data.items.add(new File([bytes], `${kind}.jpg`, { type: "image/jpeg" }));
        document.dispatchEvent(
          kind === "drop"
            ? new DragEvent("drop", { dataTransfer: data, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: data }),
        );
      },
      [kind, face.toString("base64")],
    );
    await page.locator(`img[alt="${kind}.jpg"]`).waitFor();
    await textOf(page, ".answer", VERDICT);
  }
});

test("the sensitivity that is chosen in the options decides, and each has its measured figures there", async () => {
  await useServer(await nobody());
  const options = await open("options.html");
  const choice = (name) => options.locator("#sensitivity").getByRole("radio", { name });
  const checked = async () => {
    const page = await open("picture.html");
    await page.setInputFiles("input", { name: "face.png", mimeType: "image/png", buffer: await astronaut() });
    return textOf(page, ".answer", VERDICT);
  };
  assert.equal(await choice(/Usual/).isChecked(), true);
  assert.equal(
    await options
      .locator("#sensitivity")
      .getByText(/of photographs .*% called fake/)
      .count(),
    6,
  );
  assert.match(await checked(), /^Uncertain/);
  await choice(/Eager/).check();
  assert.match(await checked(), /^Fake/);
  await choice(/Strict/).check();
  assert.match(await checked(), /^Uncertain/);
  await choice(/Usual/).check();
});

test("the language that is chosen in the options is spoken there and in the popup, and the privacy policy is a click away", async () => {
  const options = await open("options.html");
  await textOf(options, "h1", /Options/);
  await options.locator("#language").selectOption("de");
  try {
    await textOf(options, "h1", /Einstellungen/);
    await textOf(await open("popup.html"), "body", /Ein eigenes Bild/);
  } finally {
    await options.locator("#language").selectOption("");
  }
  await textOf(options, "h1", /Options/);
  const policy = browser.context.waitForEvent("page");
  await options.click("#privacy");
  pages.push(await policy);
  await textOf(await policy, "body", /judged on your own machine/);
});

test("settings that were saved to a file are back once it is read, and a damaged file changes nothing", async () => {
  const stored = () => browser.inBackground(() => chrome.storage.local.get());
  const before = await nobody();
  await useServer(before);
  const options = await open("options.html");
  const choose = async (order, sensitivity, heat, language) => {
    for (const name of [order, sensitivity]) await options.getByRole("radio", { name }).check();
    await options.locator("#heat").setChecked(heat);
    await options.locator("#language").selectOption(language);
    await until("the language", async () => ((await stored()).language ?? "") === language);
  };
  const read = async (name, text) => {
    await options.setInputFiles("#import", { name, mimeType: "application/json", buffer: Buffer.from(text) });
    const said = await until("what became of it", () => options.locator("#settings-state").innerText());
    await options.locator("#settings-state").evaluate((state) => (state.textContent = ""));
    return said;
  };
  try {
    await choose(/This browser only/, /Strict/, false, "en");
    const saved = await stored();
    const download = options.waitForEvent("download");
    await options.click("#export");
    assert.equal((await download).suggestedFilename(), "check-this-face.json");
    const file = await readFile(await (await download).path(), "utf8");
    assert.ok(!file.includes(TOKEN));

    await choose(/Your server first/, /Usual/, true, "");
    await useServer(await nobody());
    const changed = await stored();
    assert.notDeepEqual(changed, saved);
    const damaged = {
      "half of it": file.slice(0, file.length / 2),
      nothing: "",
      "another program's": '{"order":"browser"}',
    };
    for (const [what, text] of Object.entries(damaged)) {
      assert.match(await read(what, text), /no file of this extension’s settings.*Nothing was changed/);
      assert.deepEqual(await stored(), changed, what);
    }
    assert.match(await read("check-this-face.json", file), /The settings have been read/);
    assert.deepEqual(await stored(), saved);
    assert.equal(await options.getByRole("radio", { name: /This browser only/ }).isChecked(), true);
    assert.equal(await options.locator("#heat").isChecked(), false);
    // Or a browser would not tell that the same file was chosen once more.
    assert.equal(await options.locator("#import").inputValue(), "");
  } finally {
    await choose(/Your server first/, /Usual/, true, "");
  }
});

test("the popup lists what was checked in the session and forgets it at a click", async () => {
  await useServer(await nobody());
  const page = await open("picture.html");
  await page.setInputFiles("input", { name: "group.jpg", mimeType: "image/jpeg", buffer: await sample(4) });
  await textOf(page, ".answer", VERDICT);
  const listed = await popupText(browser, page, /group\.jpg, \d/, 'document.querySelector("#recent button").click()');
  assert.match(listed, /Checked in this session[\s\S]*% likely generated[\s\S]*Forget them/);
  await popupText(browser, page, /^(?![\s\S]*Checked in this session)[\s\S]*A picture of your own/);
  const kept = await browser.inBackground(async () => Object.keys(await chrome.storage.session.get()));
  assert.deepEqual(
    kept.filter((key) => /recent|answer/.test(key)),
    [],
  );
});
