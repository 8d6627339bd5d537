import { networkInterfaces } from "node:os";

/** The addresses at which a browser finds an app that listens there, the likeliest first. */
export function browserAddresses(host: string, port: number): string[] {
  if (host !== "0.0.0.0" && host !== "::")
    return [`http://${host.includes(":") ? `[${host}]` : host}:${port}`];
  const outer = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((address) => address.family === "IPv4" && !address.internal)
    .map((address) => address.address);
  return ["localhost", ...outer].map((name) => `http://${name}:${port}`);
}
