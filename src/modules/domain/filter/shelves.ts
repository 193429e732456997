/** Where positions are found by what a text is, how it begins, or what it contains. */
export interface Shelf {
  add(key: string, position: number): void;
  /** Adds the positions whose key fits the text to those found; one may be added twice. */
  find(text: string, found: number[]): void;
  /** What is left to do when all were added, a part of it at each step. */
  finish?(): Generator<void, void>;
}

export class WholeTexts implements Shelf {
  readonly #positions = new Map<string, number[]>();

  add(key: string, position: number): void {
    const known = this.#positions.get(key);
    if (known) {
      known.push(position);
    } else {
      this.#positions.set(key, [position]);
    }
  }

  find(text: string, found: number[]): void {
    this.#positions.get(text)?.forEach((position) => found.push(position));
  }

  keys(): Iterable<string> {
    return this.#positions.keys();
  }
}

/** One look tells of most texts that no key fits; of others, one for each length of key there is. */
export class Beginnings implements Shelf {
  readonly #texts = new WholeTexts();
  readonly #lengths = new Set<number>();
  #shortest = Infinity;
  /** How keys begin, as far as the shortest goes. */
  #heads: ReadonlySet<string> = new Set();

  add(key: string, position: number): void {
    this.#lengths.add(key.length);
    this.#shortest = Math.min(this.#shortest, key.length);
    this.#texts.add(key, position);
  }

  find(text: string, found: number[]): void {
    if (!this.#heads.has(text.slice(0, this.#shortest))) {
      return;
    }
    for (const length of this.#lengths) {
      if (length <= text.length) {
        this.#texts.find(text.slice(0, length), found);
      }
    }
  }

  *finish(): Generator<void, void> {
    this.#heads = new Set(Array.from(this.#texts.keys(), (key) => key.slice(0, this.#shortest)));
    yield;
  }
}

/**
 * The end of a part of a key, after which another unit leads to a longer part. There may be a node for each character of
 * all rules; nearly all have one way on and no position, so that they take a fifth of what a map for each would.
 */
class Node {
  unit = -1;
  next: Node | null = null;
  others: Map<number, Node> | null = null;
  positions: number[] | null = null;
  /** The longest other part that the text also ends with. */
  shorter: Node | null = null;

  after(unit: number): Node | undefined {
    return this.unit === unit && this.next !== null ? this.next : this.others?.get(unit);
  }

  grow(unit: number): Node {
    const node = new Node();
    if (this.next === null) {
      [this.unit, this.next] = [unit, node];
    } else {
      (this.others ??= new Map<number, Node>()).set(unit, node);
    }
    return node;
  }

  *ways(): Generator<[number, Node], void> {
    if (this.next !== null) {
      yield [this.unit, this.next];
      yield* this.others ?? [];
    }
  }
}

/** All keys are looked for in one walk over the text (Aho and Corasick), however many they are. */
export class Substrings implements Shelf {
  readonly #root = new Node();

  add(key: string, position: number): void {
    let node = this.#root;
    for (let index = 0; index < key.length; index += 1) {
      const unit = key.charCodeAt(index);
      node = node.after(unit) ?? node.grow(unit);
    }
    (node.positions ??= []).push(position);
  }

  find(text: string, found: number[]): void {
    const told = new Set<Node>();
    let node = this.#root;
    for (let index = 0; index < text.length; index += 1) {
      node = this.#after(node, text.charCodeAt(index));
      // What was told once has told what is shorter, too: all together it takes no longer than there are nodes.
      for (let end: Node | null = node; end !== null && end !== this.#root && !told.has(end); end = end.shorter) {
        told.add(end);
        end.positions?.forEach((position) => found.push(position));
      }
    }
  }

  #after(from: Node, unit: number): Node {
    for (let node: Node | null = from; node !== null; node = node.shorter) {
      const next = node.after(unit);
      if (next) {
        return next;
      }
    }
    return this.#root;
  }

  /** Links the shorter parts first: each is found from that of the part before it. */
  *finish(): Generator<void, void> {
    const queue = [this.#root];
    for (const node of queue) {
      for (const [unit, next] of node.ways()) {
        next.shorter = node.shorter === null ? this.#root : this.#after(node.shorter, unit);
        queue.push(next);
      }
      yield;
    }
  }
}
