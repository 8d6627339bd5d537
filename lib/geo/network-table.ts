import { readFile } from "node:fs/promises";
import { setImmediate as nextTurn } from "node:timers/promises";
import ipaddr from "ipaddr.js";

/** Which autonomous system an address belongs to. */
export type Network = { asn: number; name: string | null };

export type NetworkTable = { find(address: string, family: 4 | 6): Network | null };

/** Lines read before the event loop gets its turn; a few milliseconds. */
const LINES_A_TURN = 20_000;

const COMMA = 0x2c;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const ZERO = 0x30;

/**
 * Reads the two files of `@ip-location-db/asn` whose ranges are numbers: `start,end,asn,name`, sorted, not
 * overlapping, both ends inclusive. It takes about half a second, in turns, so that nothing else waits long.
 */
export async function readNetworkTable(ipv4Path: string, ipv6Path: string): Promise<NetworkTable> {
  const names = new Map<number, string>();
  const four = await readIpv4(await readFile(ipv4Path), names);
  const six = await readIpv6(await readFile(ipv6Path), names);
  return {
    find(address, family) {
      const asn = family === 4 ? findIpv4(four, address) : findIpv6(six, address);
      return asn === 0 ? null : { asn, name: names.get(asn) ?? null };
    },
  };
}

type Ipv4Ranges = { starts: Uint32Array; ends: Uint32Array; asns: Uint32Array };
/** The upper and lower 64 bits of each end. */
type Ipv6Ranges = {
  starts: BigUint64Array;
  startsLow: BigUint64Array;
  ends: BigUint64Array;
  endsLow: BigUint64Array;
  asns: Uint32Array;
};

async function readIpv4(bytes: Buffer, names: Map<number, string>): Promise<Ipv4Ranges> {
  const lines = countLines(bytes);
  const ranges: Ipv4Ranges = {
    starts: new Uint32Array(lines),
    ends: new Uint32Array(lines),
    asns: new Uint32Array(lines),
  };
  let at = 0;
  for (let line = 0; line < lines; line += 1) {
    if (line % LINES_A_TURN === 0) await nextTurn();
    let value = 0;
    for (; bytes[at] !== COMMA; at += 1) value = value * 10 + bytes[at]! - ZERO;
    ranges.starts[line] = value;
    value = 0;
    for (at += 1; bytes[at] !== COMMA; at += 1) value = value * 10 + bytes[at]! - ZERO;
    ranges.ends[line] = value;
    at = readNetwork(bytes, at + 1, line, ranges.asns, names);
  }
  return ranges;
}

async function readIpv6(bytes: Buffer, names: Map<number, string>): Promise<Ipv6Ranges> {
  const lines = countLines(bytes);
  const ranges: Ipv6Ranges = {
    starts: new BigUint64Array(lines),
    startsLow: new BigUint64Array(lines),
    ends: new BigUint64Array(lines),
    endsLow: new BigUint64Array(lines),
    asns: new Uint32Array(lines),
  };
  let at = 0;
  for (let line = 0; line < lines; line += 1) {
    if (line % (LINES_A_TURN / 4) === 0) await nextTurn();
    const comma = bytes.indexOf(COMMA, at);
    const start = BigInt(bytes.toString("latin1", at, comma));
    const next = bytes.indexOf(COMMA, comma + 1);
    const end = BigInt(bytes.toString("latin1", comma + 1, next));
    ranges.starts[line] = start >> 64n;
    ranges.startsLow[line] = BigInt.asUintN(64, start);
    ranges.ends[line] = end >> 64n;
    ranges.endsLow[line] = BigInt.asUintN(64, end);
    at = readNetwork(bytes, next + 1, line, ranges.asns, names);
  }
  return ranges;
}

/** Reads `asn,name` and the end of the line; returns where the next line starts. A name is decoded once an ASN. */
function readNetwork(
  bytes: Buffer,
  start: number,
  line: number,
  asns: Uint32Array,
  names: Map<number, string>,
): number {
  let at = start;
  let asn = 0;
  for (; bytes[at] !== COMMA; at += 1) asn = asn * 10 + bytes[at]! - ZERO;
  asns[line] = asn;
  const found = bytes.indexOf(NEWLINE, at + 1);
  const end = found === -1 ? bytes.length : found;
  if (!names.has(asn)) names.set(asn, unquote(bytes, at + 1, end));
  return end + 1;
}

function unquote(bytes: Buffer, start: number, end: number): string {
  const quoted = bytes[start] === QUOTE && bytes[end - 1] === QUOTE;
  return quoted
    ? bytes.toString("utf8", start + 1, end - 1).replaceAll('""', '"')
    : bytes.toString("utf8", start, end).trim();
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return bytes.at(-1) === NEWLINE ? lines : lines + 1;
}

function findIpv4(ranges: Ipv4Ranges, address: string): number {
  const [a, b, c, d] = address.split(".");
  const value = ((Number(a) * 256 + Number(b)) * 256 + Number(c)) * 256 + Number(d);
  const index = lastNotAfter(ranges.starts.length, (at) => ranges.starts[at]! <= value);
  return index !== -1 && value <= ranges.ends[index]! ? ranges.asns[index]! : 0;
}

function findIpv6(ranges: Ipv6Ranges, address: string): number {
  const bytes = Buffer.from(ipaddr.IPv6.parse(address).toByteArray());
  const high = bytes.readBigUInt64BE(0);
  const low = bytes.readBigUInt64BE(8);
  const index = lastNotAfter(ranges.starts.length, (at) => {
    const start = ranges.starts[at]!;
    return start < high || (start === high && ranges.startsLow[at]! <= low);
  });
  if (index === -1) return 0;
  const end = ranges.ends[index]!;
  return high < end || (high === end && low <= ranges.endsLow[index]!) ? ranges.asns[index]! : 0;
}

/** The last index that the test holds for, when it holds up to some index and not after; -1: for none. */
function lastNotAfter(length: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
