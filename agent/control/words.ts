/** What went wrong, in the words of whoever said so first, short enough to be sent. */
export function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  return words.slice(0, 1000);
}
