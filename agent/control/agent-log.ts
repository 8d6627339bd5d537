/** Says something to whoever looks at the agent's output: one line, with the time. */
export type Log = (sentence: string) => void;

export const logToStderr: Log = (sentence) => {
  process.stderr.write(`${new Date().toISOString()} ${sentence}\n`);
};

/** Says a thing again only when it has changed. */
export function sayOnce(log: Log): (sentence: string | null) => void {
  let last: string | null = null;
  return (sentence) => {
    if (sentence !== null && sentence !== last) log(sentence);
    last = sentence;
  };
}
