import { expect, test } from "vitest";
import { addressOf, isOwnMachine, isToken } from "./server-address";

test.each([
  ["http://127.0.0.1:8765", "http://127.0.0.1:8765"],
  [" localhost:9000/ ", "http://localhost:9000"],
  ["127.0.0.1", "http://127.0.0.1"],
  ["https://faces.example:8443", "https://faces.example:8443"],
  ["192.168.1.5:8765", "http://192.168.1.5:8765"],
])("%j is a server's address", (typed, address) => {
  expect(addressOf(typed)).toBe(address);
});

test.each([
  "",
  "two words",
  "ftp://127.0.0.1",
  "http://127.0.0.1:8765/v1",
  "http://me:secret@127.0.0.1",
  "http://[bad",
])("%j is none", (typed) => {
  expect(addressOf(typed)).toBeNull();
});

test.each([
  ["http://127.0.0.1:8765", true],
  ["http://localhost:1", true],
  ["http://192.168.1.5:8765", false],
  ["https://localhost", false],
  ["http://localhost.example:8765", false],
  ["http://127.0.0.1.example:8765", false],
])("%s is this machine: %s", (address, own) => {
  expect(isOwnMachine(address)).toBe(own);
});

test("a token is as long as the server wants it, and fits into a header", () => {
  expect(["0123456789abcdef", "short", "with a blank in it", "öööööööööööööööö"].map(isToken)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});
