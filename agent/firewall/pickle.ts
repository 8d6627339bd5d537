/**
 * The few opcodes of Python's pickle that fail2ban's socket speaks (source: Python's pickletools). Only data comes
 * out: lists, tuples as lists, text, numbers, true, false, null and dictionaries. A class that is named in it (an
 * exception, as fail2ban answers a failed command) becomes `{ raised, args }`; nothing is ever looked up or called.
 */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | Pickled[]
  | { entries: [Pickled, Pickled][] }
  | { raised: string; args: Pickled };

/** A list of texts, in protocol 2. */
export function encodeTexts(texts: readonly string[]): Buffer {
  const parts: Buffer[] = [Buffer.from([0x80, 2, 0x5d, 0x28])];
  for (const text of texts) {
    const bytes = Buffer.from(text, "utf8");
    const length = Buffer.alloc(5);
    length.writeUInt8(0x58, 0);
    length.writeUInt32LE(bytes.length, 1);
    parts.push(length, bytes);
  }
  parts.push(Buffer.from([0x65, 0x2e]));
  return Buffer.concat(parts);
}

const MARK = Symbol("mark");
type Named = { name: string };
type Item = Pickled | Named | typeof MARK;

/** Throws on any opcode that isn't data. */
export function decodePickle(bytes: Buffer): Pickled {
  const stack: Item[] = [];
  const memo: Item[] = [];
  let at = 0;

  function take(length: number): Buffer {
    if (at + length > bytes.length) throw new Error("the answer is cut short");
    at += length;
    return bytes.subarray(at - length, at);
  }
  function text(length: number): string {
    return take(length).toString("utf8");
  }
  function pop(): Pickled {
    const item = stack.pop();
    if (item === undefined || typeof item === "symbol") throw new Error("the answer is out of order");
    return dataOf(item);
  }
  function sinceMark(): Pickled[] {
    const from = stack.lastIndexOf(MARK);
    if (from === -1) throw new Error("the answer is out of order");
    const items = stack.splice(from).slice(1);
    return items.map((item) => {
      if (typeof item === "symbol") throw new Error("the answer is out of order");
      return dataOf(item);
    });
  }
  function extend(values: Pickled[]): void {
    const target = stack.at(-1);
    if (!Array.isArray(target)) throw new Error("the answer adds to what isn't a list");
    target.push(...values);
  }
  function setItems(values: Pickled[]): void {
    const target = stack.at(-1);
    if (typeof target !== "object" || target === null || !("entries" in target) || Array.isArray(target)) {
      throw new Error("the answer adds to what isn't a dictionary");
    }
    for (let index = 0; index + 1 < values.length; index += 2) {
      target.entries.push([values[index]!, values[index + 1]!]);
    }
  }

  for (;;) {
    const opcode = take(1)[0]!;
    switch (opcode) {
      case 0x80: // PROTO
        take(1);
        break;
      case 0x95: // FRAME
        take(8);
        break;
      case 0x2e: // STOP
        return pop();
      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4b: // BININT1
        stack.push(take(1).readUInt8());
        break;
      case 0x4d: // BININT2
        stack.push(take(2).readUInt16LE());
        break;
      case 0x4a: // BININT
        stack.push(take(4).readInt32LE());
        break;
      case 0x8a: {
        // LONG1
        const digits = take(take(1).readUInt8());
        let value = 0n;
        for (const [index, digit] of digits.entries()) value += BigInt(digit) << BigInt(8 * index);
        stack.push(Number(BigInt.asIntN(8 * digits.length, value)));
        break;
      }
      case 0x47: // BINFLOAT
        stack.push(take(8).readDoubleBE());
        break;
      case 0x8c: // SHORT_BINUNICODE
        stack.push(text(take(1).readUInt8()));
        break;
      case 0x58: // BINUNICODE
        stack.push(text(take(4).readUInt32LE()));
        break;
      case 0x55: // SHORT_BINSTRING
      case 0x43: // SHORT_BINBYTES
        stack.push(text(take(1).readUInt8()));
        break;
      case 0x5d: // EMPTY_LIST
        stack.push([]);
        break;
      case 0x29: // EMPTY_TUPLE
        stack.push([]);
        break;
      case 0x7d: // EMPTY_DICT
        stack.push({ entries: [] });
        break;
      case 0x28: // MARK
        stack.push(MARK);
        break;
      case 0x61: {
        // APPEND
        const value = pop();
        extend([value]);
        break;
      }
      case 0x65: // APPENDS
        extend(sinceMark());
        break;
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        setItems([key, value]);
        break;
      }
      case 0x75: // SETITEMS
        setItems(sinceMark());
        break;
      case 0x85: // TUPLE1
        stack.push([pop()]);
        break;
      case 0x86: {
        // TUPLE2
        const second = pop();
        stack.push([pop(), second]);
        break;
      }
      case 0x87: {
        // TUPLE3
        const third = pop();
        const second = pop();
        stack.push([pop(), second, third]);
        break;
      }
      case 0x74: // TUPLE
        stack.push(sinceMark());
        break;
      case 0x94: // MEMOIZE
        memo.push(stack.at(-1)!);
        break;
      case 0x71: // BINPUT
        memo[take(1).readUInt8()] = stack.at(-1)!;
        break;
      case 0x72: // LONG_BINPUT
        memo[take(4).readUInt32LE()] = stack.at(-1)!;
        break;
      case 0x68: // BINGET
        stack.push(recall(memo, take(1).readUInt8()));
        break;
      case 0x6a: // LONG_BINGET
        stack.push(recall(memo, take(4).readUInt32LE()));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        pop();
        stack.push({ name: textOf(name) });
        break;
      }
      case 0x63: {
        // GLOBAL
        const end = bytes.indexOf(0x0a, bytes.indexOf(0x0a, at) + 1);
        if (end === -1) throw new Error("the answer is cut short");
        const name = text(end - at).split("\n")[1]!;
        take(1);
        stack.push({ name });
        break;
      }
      case 0x52: {
        // REDUCE
        const args = pop();
        const named = stack.pop();
        if (typeof named !== "object" || named === null || !("name" in named)) {
          throw new Error("the answer calls what it doesn't name");
        }
        stack.push({ raised: named.name, args });
        break;
      }
      default:
        throw new Error(`the answer holds an opcode that isn't data: 0x${opcode.toString(16)}`);
    }
  }
}

/** A value as a person would write it. */
export function textOf(value: Pickled): string {
  if (typeof value === "string") return value;
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function dataOf(item: Exclude<Item, symbol>): Pickled {
  if (typeof item === "object" && item !== null && "name" in item) return { raised: item.name, args: [] };
  return item;
}

function recall(memo: Item[], index: number): Item {
  const item = memo[index];
  if (item === undefined) throw new Error("the answer recalls what it never said");
  return item;
}
