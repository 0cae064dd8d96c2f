import { readdirSync } from 'node:fs';

/** Every test file, as `tests/<path>`. */
export function allTestFiles(): string[] {
  return readdirSync('tests', { recursive: true, encoding: 'utf8' })
    .map((path) => `tests/${path.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.test.ts'));
}

/**
 * A sentence for each file that should have run and did not, because no project includes it: without it, nobody would
 * notice. `ran` holds absolute paths.
 */
export function notRun(wanted: readonly string[], ran: readonly string[]): string[] {
  return wanted
    .filter((file) => !ran.some((path) => path.endsWith(`/${file}`)))
    .map((file) => `${file} did not run: no project in vite.config.ts includes it.`);
}

/** A sentence for each name in longest-first.ts that is no test file. */
export function unknownNames(longest: readonly string[], files: readonly string[]): string[] {
  return longest
    .filter((file) => !files.includes(file))
    .map((file) => `tests/longest-first.ts names ${file}, which does not exist.`);
}
