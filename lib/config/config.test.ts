import { expect, test } from "vitest";
import { Problem } from "../error/problem.ts";
import { readConfig } from "./config.ts";

test("an empty environment gives the defaults", () => {
  const config = readConfig({ PORT: "", OTHER: "x" });
  expect(config).toMatchObject({ port: 3000, host: "0.0.0.0", databaseUrl: null, publicUrl: null });
  expect(config.dataDir.startsWith("/")).toBe(true);
  expect(config.trustedProxies).toEqual([]);
});

test("every setting is read", () => {
  const databaseUrl = "postgresql://banwatch@/banwatch?host=%2Ftmp%2Frun&port=5432";
  const config = readConfig({
    PORT: "4300",
    HOST: "127.0.0.1",
    BANWATCH_DATA_DIR: "/var/lib/banwatch",
    DATABASE_URL: databaseUrl,
    BANWATCH_PUBLIC_URL: "https://banwatch.example.org/",
    BANWATCH_TRUSTED_PROXIES: "127.0.0.1, 2001:db8::/32",
  });
  expect(config).toMatchObject({
    port: 4300,
    host: "127.0.0.1",
    dataDir: "/var/lib/banwatch",
    databaseUrl,
    publicUrl: "https://banwatch.example.org",
  });
  expect(config.trustedProxies.map((each) => each.text)).toEqual(["127.0.0.1", "2001:db8::/32"]);
});

test.each([
  [{ PORT: "x" }, "PORT"],
  [{ PORT: "70000" }, "PORT"],
  [{ DATABASE_URL: "mysql://x/y" }, "DATABASE_URL"],
  [{ BANWATCH_PUBLIC_URL: "banwatch" }, "BANWATCH_PUBLIC_URL"],
  [{ BANWATCH_TRUSTED_PROXIES: "proxy.local" }, "BANWATCH_TRUSTED_PROXIES"],
])("%o is refused with a sentence that names it", (environment, name) => {
  expect(() => readConfig(environment)).toThrow(Problem);
  expect(() => readConfig(environment)).toThrow(name);
});
