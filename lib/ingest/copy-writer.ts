import ipaddr from "ipaddr.js";

/** `PGCOPY\n\377\r\n\0`, no flags, no header extension. */
const HEADER = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");
const ROW_ROOM = 512;
/** Microseconds from 1970 to 2000, PostgreSQL's epoch, in milliseconds. */
const EPOCH_2000_MS = 946_684_800_000;
const AF_INET = 2;
const AF_INET6 = 3;
const TWO_32 = 4_294_967_296;

/**
 * Writes rows in the binary format of COPY (PostgreSQL manual, COPY, “Binary Format”); each method writes one field,
 * and an absent value as NULL.
 */
export class CopyWriter {
  private buffer: Buffer;
  private at = 0;

  constructor(expectedBytes: number) {
    this.buffer = Buffer.allocUnsafe(Math.max(expectedBytes, 1024));
    this.at = HEADER.copy(this.buffer);
  }

  startRow(columns: number): void {
    this.ensureRoom(ROW_ROOM);
    this.at = this.buffer.writeInt16BE(columns, this.at);
  }

  bytes(value: Uint8Array): void {
    this.ensureRoom(value.length + ROW_ROOM);
    this.at = this.buffer.writeInt32BE(value.length, this.at);
    this.buffer.set(value, this.at);
    this.at += value.length;
  }

  int4(value: number | undefined): void {
    if (value === undefined) return this.null();
    this.at = this.buffer.writeInt32BE(4, this.at);
    this.at = this.buffer.writeInt32BE(value, this.at);
  }

  /** Any integer that JavaScript holds exactly. */
  int8(value: number | undefined): void {
    if (value === undefined) return this.null();
    this.at = this.buffer.writeInt32BE(8, this.at);
    const high = Math.floor(value / TWO_32);
    this.at = this.buffer.writeInt32BE(high, this.at);
    this.at = this.buffer.writeUInt32BE(value - high * TWO_32, this.at);
  }

  /** A timestamp with time zone. In milliseconds it may leave the exact integers when made microseconds. */
  instant(timeMs: number): void {
    const sinceMs = timeMs - EPOCH_2000_MS;
    const seconds = Math.floor(sinceMs / 1000);
    const micros = (sinceMs - seconds * 1000) * 1000;
    const exact = seconds * 1_000_000;
    if (Number.isSafeInteger(exact)) return this.int8(exact + micros);
    this.at = this.buffer.writeInt32BE(8, this.at);
    this.at = this.buffer.writeBigInt64BE(BigInt(sinceMs) * 1000n, this.at);
  }

  text(value: string | undefined): void {
    if (value === undefined) return this.null();
    this.ensureRoom(value.length * 3 + ROW_ROOM);
    const start = this.at + 4;
    const length = this.buffer.write(value, start, "utf8");
    this.buffer.writeInt32BE(length, this.at);
    this.at = start + length;
  }

  /** Canonical text of an address or prefix. */
  inet(value: string | undefined): void {
    if (value === undefined) return this.null();
    const slash = value.indexOf("/");
    const address = slash === -1 ? value : value.slice(0, slash);
    if (address.includes(":")) {
      this.writeInet6(address, slash === -1 ? 128 : Number(value.slice(slash + 1)));
    } else {
      this.writeInet4(address, slash === -1 ? 32 : Number(value.slice(slash + 1)));
    }
  }

  end(): Buffer {
    this.ensureRoom(2);
    this.at = this.buffer.writeInt16BE(-1, this.at);
    return this.buffer.subarray(0, this.at);
  }

  private writeInet4(address: string, bits: number): void {
    this.at = this.buffer.writeInt32BE(8, this.at);
    this.writeInetHead(AF_INET, bits, 4);
    let part = 0;
    for (let index = 0; index < address.length; index += 1) {
      const code = address.charCodeAt(index);
      if (code === 0x2e) {
        this.buffer[this.at++] = part;
        part = 0;
      } else {
        part = part * 10 + code - 0x30;
      }
    }
    this.buffer[this.at++] = part;
  }

  private writeInet6(address: string, bits: number): void {
    this.at = this.buffer.writeInt32BE(20, this.at);
    this.writeInetHead(AF_INET6, bits, 16);
    this.buffer.set(ipaddr.IPv6.parse(address).toByteArray(), this.at);
    this.at += 16;
  }

  private writeInetHead(family: number, bits: number, length: number): void {
    this.buffer[this.at++] = family;
    this.buffer[this.at++] = bits;
    // Not of type cidr.
    this.buffer[this.at++] = 0;
    this.buffer[this.at++] = length;
  }

  private null(): void {
    this.at = this.buffer.writeInt32BE(-1, this.at);
  }

  private ensureRoom(bytes: number): void {
    if (this.at + bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe((this.buffer.length + bytes) * 2);
    this.buffer.copy(larger, 0, 0, this.at);
    this.buffer = larger;
  }
}
