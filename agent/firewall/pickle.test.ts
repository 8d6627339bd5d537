import { describe, expect, it } from "vitest";
import { decodePickle, encodeTexts } from "./pickle.ts";

describe("fail2ban's answers", () => {
  it("are read back from what is asked", () => {
    expect(decodePickle(encodeTexts(["set", "sshd", "banip", "ü"]))).toEqual(["set", "sshd", "banip", "ü"]);
  });

  it("are lists, tuples, texts and numbers, as Python writes them", () => {
    // pickle.dumps([0, [("a", 1), ("x", ["1.2.3.4", None, True, -5, 70000])]], 5)
    const bytes = Buffer.from(
      "80059535000000000000005d94284b005d9428" +
        "8c0161944b018694" +
        "8c0178945d94288c07312e322e332e34944e884afbffffff4a7011010065869465652e",
      "hex",
    );
    expect(decodePickle(bytes)).toEqual([
      0,
      [
        ["a", 1],
        ["x", ["1.2.3.4", null, true, -5, 70_000]],
      ],
    ]);
  });

  it("name an exception without it being made", () => {
    // pickle.dumps((1, os.system("id"))) as an attacker would write it: GLOBAL posix system, REDUCE.
    const bytes = Buffer.from("\x80\x02cposix\nsystem\nX\x02\x00\x00\x00id\x85R.", "latin1");
    expect(decodePickle(bytes)).toEqual({ raised: "system", args: ["id"] });
  });

  it.each([
    ["nothing", ""],
    ["cut short", "80058c0561"],
    ["an opcode that builds objects", "80059562"],
    ["a list that isn't one", "80054b014b01652e"],
    ["a memory that isn't there", "800568072e"],
  ])("are refused when they are %s", (_what, hex) => {
    expect(() => decodePickle(Buffer.from(hex, "hex"))).toThrow();
  });
});
