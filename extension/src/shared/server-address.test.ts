import { expect, test } from "vitest";
import { ownMachineAddress } from "./server-address";

test("this machine is taken with any port, with or without the scheme", () => {
  const typed = ["http://127.0.0.1:8765", " localhost:9000/ ", "127.0.0.1"];
  expect(typed.map(ownMachineAddress)).toEqual(["http://127.0.0.1:8765", "http://localhost:9000", "http://127.0.0.1"]);
});

test("other machines, schemes, paths and look-alikes are refused", () => {
  const typed = [
    "http://example.com:8765",
    "https://127.0.0.1:8765",
    "http://127.0.0.1:8765/v1",
    "http://127.0.0.1@example.com",
    "http://user@127.0.0.1",
    "http://localhost.example.com",
    "http://127.0.0.1:99999",
    "",
  ];
  expect(typed.map(ownMachineAddress)).toEqual(typed.map(() => null));
});
