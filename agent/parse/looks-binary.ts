/** Whether text holds what no program writes into its log: the sign of a binary file or of wrong bytes. */
export function looksBinary(text: string): boolean {
  return BINARY.test(text);
}
const BINARY = /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f\ufffd]/;
