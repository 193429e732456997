/** A table of Markdown; a bar in a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** Each as code, in the order of the alphabet, each once. */
export function codes(texts: Iterable<string>): string {
  return [...new Set(texts)].sort().map(code).join(', ');
}

/** A whole page: parts with an empty line between them. */
export function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`;
}

export const GENERATED = '<!-- From the routes of the running code. Do not edit: npm run docs writes it. -->';
