import { afterEach, expect, test } from "vitest";
import markers from "../../../fake_image_detection/evidence/markers.json";
import english from "../../static/_locales/en/messages.json";
import german from "../../static/_locales/de/messages.json";
import { speak } from "../presentation/messages";
import { evidenceText } from "../presentation/words";
import golden from "../evidence/evidence.golden.json";
import type { Evidence } from "../presentation/report.generated";

const UNTABLED = [
  "camera",
  "camera_doubtful",
  "iptc_source_type",
  "c2pa_signed",
  "c2pa_unlisted",
  "c2pa_broken",
  "c2pa_unread",
];

function said(code: string, detail: string): string {
  return evidenceText({ code, detail, proves: "generated", strength: "strong" });
}

afterEach(() => speak("en", english));

test.each([...new Set([...markers.markers.map(({ code }) => code), ...UNTABLED])])("%s has a text", (code) => {
  expect(Object.keys(english)).toContain(`evidence_${code}`);
});

test("a text tells what the file says", () => {
  speak("de", german);
  expect(said("google_ai", "the credit line says “Made with Google AI”, as Google's generators write")).toBe(
    "Die Quellenangabe lautet „Made with Google AI“, wie Googles Generatoren schreiben. " +
      "Sagt, dass das Bild erzeugt wurde: angegeben, doch jeder hätte es schreiben können.",
  );
});

test("particulars that have no words of another language are told in English", () => {
  speak("de", german);
  const detail = "the EXIF says: taken with NIKON D90, on 2011-05-01";
  expect(said("camera", detail)).toContain(`(auf Englisch: ${detail})`);
});

test("in English nothing that was found is lost", () => {
  const found = golden.pictures.flatMap(({ evidence }) => evidence as Evidence[]);
  expect(found.length).toBeGreaterThan(20);
  for (const evidence of found) {
    const quoted = /“(.*)”/s.exec(evidence.detail)?.[1] ?? "";
    expect(evidenceText(evidence)).toContain(quoted);
  }
});
