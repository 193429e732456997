/** Where positions are found by what a text is, how it begins, or what it contains. */
export interface Shelf {
  add(key: string, position: number): void;
  /** Adds the positions whose key fits the text to those found; one may be added twice. */
  find(text: string, found: number[]): void;
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
}

/** One look for each length of key there is. */
export class Beginnings implements Shelf {
  readonly #texts = new WholeTexts();
  readonly #lengths = new Set<number>();

  add(key: string, position: number): void {
    this.#lengths.add(key.length);
    this.#texts.add(key, position);
  }

  find(text: string, found: number[]): void {
    for (const length of this.#lengths) {
      if (length <= text.length) {
        this.#texts.find(text.slice(0, length), found);
      }
    }
  }
}

/** The end of a part of a key, after which another unit leads to a longer part. */
interface Node {
  readonly next: Map<number, Node>;
  readonly positions: number[];
  /** The longest other part that the text also ends with. */
  shorter: Node | null;
}

/** All keys are looked for in one walk over the text (Aho and Corasick), however many they are. */
export class Substrings implements Shelf {
  readonly #root: Node = { next: new Map(), positions: [], shorter: null };
  #linked = false;

  add(key: string, position: number): void {
    let node = this.#root;
    for (let index = 0; index < key.length; index += 1) {
      const unit = key.charCodeAt(index);
      let next = node.next.get(unit);
      if (!next) {
        node.next.set(unit, (next = { next: new Map(), positions: [], shorter: null }));
      }
      node = next;
    }
    node.positions.push(position);
    this.#linked = false;
  }

  find(text: string, found: number[]): void {
    if (!this.#linked) {
      this.#link();
    }
    const told = new Set<Node>();
    let node = this.#root;
    for (let index = 0; index < text.length; index += 1) {
      node = this.#after(node, text.charCodeAt(index));
      // What was told once has told what is shorter, too: all together it takes no longer than there are nodes.
      for (let end: Node | null = node; end !== null && end !== this.#root && !told.has(end); end = end.shorter) {
        told.add(end);
        end.positions.forEach((position) => found.push(position));
      }
    }
  }

  #after(from: Node, unit: number): Node {
    for (let node: Node | null = from; node !== null; node = node.shorter) {
      const next = node.next.get(unit);
      if (next) {
        return next;
      }
    }
    return this.#root;
  }

  /** The shorter parts first: each is found from that of the part before it. */
  #link(): void {
    const queue = [this.#root];
    for (const node of queue) {
      for (const [unit, next] of node.next) {
        next.shorter = node.shorter === null ? this.#root : this.#after(node.shorter, unit);
        queue.push(next);
      }
    }
    this.#linked = true;
  }
}
