/** An IPv4 address as the kernel's tables print it: hexadecimal, in the byte order of the machine. */
export function littleEndianIpv4(hex: string): string {
  return hex
    .match(/../g)!
    .map((byte) => Number.parseInt(byte, 16))
    .toReversed()
    .join(".");
}

/** Four words of 32 bits, each in the byte order of the machine. */
export function wordsToIpv6(hex: string): string {
  const bytes = hex.match(/.{8}/g)!.map((word) => word.match(/../g)!.toReversed().join(""));
  return bytes.join("").match(/.{4}/g)!.join(":");
}
