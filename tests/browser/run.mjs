// Runs the cases of cases/*.mjs, each on a fresh page, and ends with "N passed, N failed, N skipped".
import { mkdirSync, mkdtempSync, readdirSync, rmSync, existsSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../web/serve/static.mjs';
import { findBrowser, launch, open } from './support.mjs';

const folder = join(process.env.ORRERY_WASM ?? 'build/wasm', 'web');
const wanted = process.argv.slice(2);
const AT_ONCE_MAX = 2;  // a browser draws in software: one takes most of a core, yet waits a good part of its time
let passed = 0, failed = 0, skipped = 0;

async function cases() {
  const all = [];
  for (const file of readdirSync('tests/browser/cases').sort()) all.push(...(await import(`./cases/${file}`)).default);
  return all.filter((test) => (wanted.length === 0 ? !test.onDemand : wanted.some((part) => test.name.includes(part))));
}

async function run(test, address, shots) {
  const begun = Date.now();
  const took = () => `(${((Date.now() - begun) / 1000).toFixed(0)} s)`;
  const profile = mkdtempSync(join(tmpdir(), 'orrery-page-'));
  const browser = await launch(profile, test.screen ?? {});
  try {
    const page = test.bare ? null : await open(browser, address, test.query ?? '');
    await test.run({ browser, page, address, shots });
    if (page) page.check();
    passed++;
    console.log(`ok   ${test.name} ${took()}`);
  } catch (error) {
    failed++;
    console.log(`FAIL ${test.name} ${took()}\n     ${String(error.stack ?? error).split('\n').slice(0, 6).join('\n     ')}`);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

const list = await cases();
if (!findBrowser()) {
  skipped = list.length;
  console.log('skipped: there is no chromium here');
} else if (!existsSync(join(folder, 'orrery.wasm'))) {
  failed = list.length;
  console.log(`${folder} holds no page; run ./dev build wasm`);
} else {
  const shots = 'build/screenshots';
  mkdirSync(shots, { recursive: true });
  const server = await serve(folder, 0, '/some/sub-path/');  // any static server, under any path
  const waiting = [...list];
  const work = async () => { for (let test; (test = waiting.shift());) await run(test, server.address, shots); };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(AT_ONCE_MAX, availableParallelism())) }, work));
  server.close();
}
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
