/** Something that a person at a terminal must put right: `message` is the one sentence that they see. */
export class Problem extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "Problem";
  }
}
