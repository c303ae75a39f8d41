// A page that is never lost: reload, link, file, ready-made clusters, starting over; and things broken on purpose.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serve } from '../../../web/serve/static.mjs';
import { check, equal, launch, open } from '../support.mjs';

const folder = join(process.env.ORRERY_WASM ?? 'build/wasm', 'web');

async function free(page) {
  await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
  await page.message('action welcome door welcome.kubectl');
}

const text = (page) => page.page.locator('#mirror').textContent();

async function again(page) {
  await page.page.reload();
  await page.until('the first frame', () => window.orrery && window.orrery.frames > 0 && window.orrery.state);
}

export default [
  {
    name: 'memory: a reload comes back with pods, output, history and view',
    async run({ page, shots }) {
      await free(page);
      await page.command('kubectl scale deployment web --replicas=5');
      await page.until('five pods', () => window.orrery.state.pods === 5);
      await page.message('view events');
      await page.page.waitForTimeout(500);
      const before = await page.state();
      await again(page);
      await page.until('five pods again', () => window.orrery.state.pods === 5);
      const after = await page.state();
      check(after.time >= before.time, `time went back from ${before.time} to ${after.time}`);
      equal(after.view, 'events', 'the view');
      check((await page.page.locator('#output').textContent()).includes('deployment.apps/web scaled'), 'what was printed is gone');
      await page.press('ArrowUp');
      await page.until('the last line', () => window.orrery.state.prompt === 'kubectl scale deployment web --replicas=5');
      await page.message('view map');
      await page.page.waitForTimeout(500);
      await page.shot(shots, 'memory-reloaded');
    },
  },
  {
    name: 'memory: a lesson goes on where it was',
    query: '?lang=ko',
    async run({ page, shots }) {
      await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
      await page.message('action welcome delete-one open:delete-one');
      await page.message('action questions questions.skip questions.skip');
      await page.until('its world', () => window.orrery.state.document.startsWith('lesson/delete-one#') && !window.orrery.state.document.endsWith('#waiting'));
      await page.page.evaluate(() => document.querySelectorAll('#mirror button[data-action="lesson.choose"]')[2].click());
      await page.page.waitForTimeout(300);
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="lesson.next"]').click());
      await page.page.waitForTimeout(300);
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="run"]').click());
      await page.message('speed 10');
      await page.until('the goals', () => document.querySelector('#mirror button[data-action="lesson.next"]'));
      const before = await page.state(), said = await text(page);
      await again(page);
      await page.until('the lesson', () => window.orrery.state.document.startsWith('lesson/delete-one#'));
      equal((await page.state()).document, before.document, 'the step');
      equal(await text(page), said, 'its text');
      await page.shot(shots, 'memory-lesson');
    },
  },
  {
    name: 'memory: a link opens the same cluster in a fresh profile',
    async run({ page, shots }) {
      await free(page);
      await page.command('kubectl create deployment api --image=httpd --replicas=2');
      await page.until('five pods', () => window.orrery.state.pods === 5);
      await page.message('action lessons share share');
      await page.until('a link', () => window.orrery.link);
      const link = await page.page.evaluate(() => window.orrery.link);
      check(link.length < 2000, `a link of ${link.length} characters`);
      const profile = mkdtempSync(join(tmpdir(), 'orrery-link-'));
      const browser = await launch(profile, {});
      try {
        const other = await open(browser, '', link);
        await other.until('five pods', () => window.orrery.state && window.orrery.state.pods === 5);
        check(!(await other.page.evaluate(() => location.hash)), 'the link stays in the address');
        await other.command('kubectl rollout status deployment api --timeout=60s');
        await other.command('kubectl get deployment api');
        check((await other.page.locator('#output').textContent()).includes('2/2'), 'api is not there');
        await other.message('back 3');
        await other.until('its past', () => window.orrery.state.past);
        await other.shot(shots, 'memory-link');
      } finally {
        await browser.close();
        rmSync(profile, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'memory: a broken link says so and shows the first page',
    bare: true,
    async run({ browser, address }) {
      const page = await open(browser, address, '#c=AAAA');
      await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
      check((await text(page)).includes("It can't be opened"), await text(page));
    },
  },
  {
    name: 'memory: saved as a file, opened again, and one of a newer Orrery is refused',
    async run({ page }) {
      await free(page);
      await page.command('kubectl scale deployment web --replicas=4');
      await page.until('four pods', () => window.orrery.state.pods === 4);
      const coming = page.page.waitForEvent('download');
      await page.message('action lessons file file');
      const kept = readFileSync(await (await coming).path(), 'utf8');
      equal(JSON.parse(kept).format, 1, 'the format');
      await page.command('kubectl delete deployment web');
      await page.until('no pods', () => window.orrery.state.pods === 0);
      await page.message('open ' + kept);
      await page.until('four pods again', () => window.orrery.state.pods === 4);
      await page.message('open ' + kept.replace('"format":1', '"format":99'));
      await page.until('a refusal', () => document.querySelector('#mirror').textContent.includes('newer Orrery'));
      equal((await page.state()).pods, 4, 'a refused file loses nothing');
    },
  },
  ...['en', 'ko'].map((language) => ({
    name: `memory: clusters to look into, and starting over asks once, in ${language}`,
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await free(page);
      await page.message('action home lessons lessons');
      await page.until('the list', () => document.querySelector('#mirror button[data-action="world:on_fire"]'));
      await page.shot(shots, `list-${language}`);
      for (const [world, pods] of [['empty', 0], ['shop', 3], ['three_tiers', 6], ['on_fire', 10]]) {
        await page.message(`action lessons world.${world} world:${world}`);
        await page.until(`${world} to come up`, (least) => window.orrery.state.pods >= least && window.orrery.state.view === 'map', pods);
        await page.page.waitForTimeout(1000);  // under load it never rests
        await page.shot(shots, `world-${world}-${language}`);
      }
      await page.message('action lessons reset reset');
      check((await page.state()).pods >= 10, 'nothing is lost before the answer');
      await page.message('action home lessons lessons');
      await page.message('action lessons reset reset');
      await page.until('the question', () => document.querySelector('#mirror button[data-action="reset.yes"]'));
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="reset.yes"]').click());
      await page.until('the first page', () => window.orrery.state.pods === 3 && window.orrery.state.document === 'welcome');
    },
  })),
  {
    name: 'memory: 1000 nodes come up and can be walked through',
    async run({ page, shots }) {
      await free(page);
      await page.message('action lessons world.thousand_nodes world:thousand_nodes');
      await page.until('3000 pods', () => window.orrery.state.pods === 3000 && window.orrery.state.nodes === 1000);
      await page.shot(shots, 'world-thousand_nodes');
    },
  },
  {
    name: 'memory: opens again when the server is gone',
    bare: true,
    async run({ browser }) {
      const server = await serve(folder, 0, '/page/');
      const page = await open(browser, server.address, '');
      await free(page);
      await page.command('kubectl scale deployment web --replicas=4');
      await page.until('four pods', () => window.orrery.state.pods === 4);
      await page.until('a copy of every file', async () => {
        const kept = await caches.open('orrery').then((cache) => cache.keys());
        return kept.length >= 40 && navigator.serviceWorker.controller;
      });
      server.close();
      await again(page);
      await page.until('four pods again', () => window.orrery.state.pods === 4);
      await page.command('kubectl create configmap 쀍 --from-literal=a=b');  // a rare syllable: its font file is there, too
      const printed = await browser.newPage();
      await printed.goto(server.address + 'lessons/delete-one.ko.html');
      check((await printed.title()).endsWith('Orrery'), 'the printed lesson is gone with the server');
    },
  },
  {
    name: 'memory: what is kept for later is all that the page is made of',
    bare: true,
    async run() {
      const worker = readFileSync(join(folder, 'worker.js'), 'utf8');
      const kept = [...worker.match(/FILES = \[([^\]]*)\]/)[1].matchAll(/'([^']+)'/g)].map((found) => found[1]).filter((name) => name !== './')
        .concat(['pages.json', ...JSON.parse(readFileSync(join(folder, 'lessons/pages.json'), 'utf8'))].map((name) => `lessons/${name}`)).sort();
      const there = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
        .map((entry) => join(entry.path, entry.name).slice(folder.length + 1)).filter((name) => name !== 'worker.js' && !/^CMake|^CTest/.test(name) && !/\.cmake$/.test(name)).sort();
      equal(kept, there, 'the worker\'s list');
    },
  },
  ...['en', 'ko'].map((language) => ({
    name: `toolbox: break a node, see it, mend it, in ${language}`,
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await free(page);
      await page.message('select Node  node-2');
      await page.rest();
      await page.message('toolbox');
      await page.page.waitForTimeout(500);
      await page.shot(shots, `toolbox-node-${language}`);
      await page.message('break stop node/node-2');
      await page.until('the fault', () => window.orrery.state.faults === 1);
      await page.rest();
      await page.shot(shots, `toolbox-broken-${language}`);
      await page.command('faults');
      check((await page.page.locator('#output').textContent()).includes('stop node/node-2'), 'faults lists nothing');
      await page.command('mend');
      await page.until('all well', () => window.orrery.state.faults === 0);
    },
  })),
];
