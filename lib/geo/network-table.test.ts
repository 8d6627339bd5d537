import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { readNetworkTable } from "./network-table.ts";

const folder = mkdtempSync(join(tmpdir(), "banwatch-networks-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function table(ipv4: string, ipv6: string) {
  writeFileSync(join(folder, "4.csv"), ipv4);
  writeFileSync(join(folder, "6.csv"), ipv6);
  return readNetworkTable(join(folder, "4.csv"), join(folder, "6.csv"));
}

test("ranges hold both of their ends and nothing around them; names may be quoted", async () => {
  // 192.0.2.0 to 192.0.2.127, 192.0.2.192 to 192.0.2.255, and 2001:db8:: to 2001:db8::ffff:ffff:ffff:ffff
  const networks = await table(
    '3221225984,3221226111,64500,"Polder, ""Hosting"""\n3221226176,3221226239,64501,Zürich Net\n',
    "42540766411282592856903984951653826560,42540766411282592875350729025363378175,64500,ignored",
  );
  const hosting = { asn: 64_500, name: 'Polder, "Hosting"' };
  expect(networks.find("192.0.1.255", 4)).toBeNull();
  expect(networks.find("192.0.2.0", 4)).toEqual(hosting);
  expect(networks.find("192.0.2.127", 4)).toEqual(hosting);
  expect(networks.find("192.0.2.128", 4)).toBeNull();
  expect(networks.find("192.0.2.255", 4)).toEqual({ asn: 64_501, name: "Zürich Net" });
  expect(networks.find("192.0.3.0", 4)).toBeNull();
  expect(networks.find("2001:db8::", 6)).toEqual(hosting);
  expect(networks.find("2001:db8::ffff:ffff:ffff:ffff", 6)).toEqual(hosting);
  expect(networks.find("2001:db8:0:1::", 6)).toBeNull();
  expect(networks.find("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 6)).toBeNull();
});
