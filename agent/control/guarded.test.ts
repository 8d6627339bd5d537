import { describe, expect, it } from "vitest";
import { parsePrefix } from "../../lib/event/address.ts";
import {
  addressesOfApp,
  type Guarded,
  ipv4Gateways,
  ipv6Gateways,
  refusalToBlock,
  resolversIn,
} from "./guarded.ts";

describe("what must stay reachable", () => {
  it("reads gateways from the kernel's tables", () => {
    const four =
      "Iface\tDestination\tGateway \tFlags\neth0\t00000000\t0101A8C0\t0003\neth0\t0001A8C0\t00000000\t0001\n";
    expect(ipv4Gateways(four)).toEqual(["192.168.1.1"]);
    const six =
      "00000000000000000000000000000000 00 00000000000000000000000000000000 00 fe800000000000000000000000000001 00000400\n";
    expect(ipv6Gateways(six)).toEqual(["fe80:0000:0000:0000:0000:0000:0000:0001"]);
  });

  it("reads name servers", () => {
    expect(
      resolversIn("# nameserver 192.0.2.1\nnameserver 192.0.2.53\n search x\nnameserver 2001:db8::53\n"),
    ).toEqual(["192.0.2.53", "2001:db8::53"]);
  });

  it("keeps the app's last known addresses while the name server is away", async () => {
    const found = await addressesOfApp("app.example.org", () => Promise.resolve(["198.51.100.80"]));
    expect(found).toEqual(["198.51.100.80"]);
    const away = () => Promise.reject(new Error("EAI_AGAIN"));
    expect(await addressesOfApp("app.example.org", away)).toEqual(["198.51.100.80"]);
    expect(await addressesOfApp("other.example.org", away)).toEqual([]);
  });

  const guarded: Guarded = {
    own: ["203.0.113.10"],
    gateways: ["203.0.113.1"],
    resolvers: ["198.51.100.53"],
    app: ["198.51.100.80"],
    sessions: ["198.51.100.22"],
  };
  const refusal = (text: string, allowed: string[] = []) =>
    refusalToBlock(
      parsePrefix(text)!,
      guarded,
      allowed.map((one) => parsePrefix(one)!),
    );

  it.each([
    ["203.0.113.10", "this host's own address"],
    ["203.0.113.0/24", "it covers 203.0.113.10, this host's own address"],
    ["203.0.113.1", "gateway"],
    ["198.51.100.53", "name server"],
    ["198.51.100.80", "Banwatch itself"],
    ["198.51.100.22", "logged in"],
    ["192.168.7.0/24", "a private address"],
    ["::/0", "not blocked"],
    ["64.0.0.0/7", "wider than a /8"],
    ["2600::/15", "wider than a /16"],
  ])("keeps %s from being blocked: %s", (text, why) => {
    expect(refusal(text)).toContain(why);
  });

  it("lets everybody else be blocked, but not whom the operator allows", () => {
    expect(refusal("192.0.2.66")).toBeNull();
    expect(refusal("192.0.2.66", ["192.0.2.0/24"])).toContain("never to be banned");
    expect(refusal("192.0.2.0/24", ["192.0.2.66"])).toBeNull();
  });
});
