// The page of a native server: it shows that server's cluster.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { check, equal, open } from '../support.mjs';

const program = join(process.env.ORRERY_NATIVE ?? 'build/native', 'orrery');

const up = (state) => start(['up', '--simulated', '--nodes', '2', '--api-port', '0', '--page-port', '0', '--state-dir', state]);

// Resolves to { url, stop } once the program has printed its page.
function start(words) {
  const child = spawn(program, words);
  return new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (bytes) => {
      said += bytes;
      const url = said.match(/^page: (.*)$/m);
      if (url) resolve({ url: url[1], stop: () => new Promise((done) => {
        if (child.exitCode !== null || child.signalCode !== null) return done();
        child.on('exit', done);
        child.kill('SIGTERM');
      }) });
    });
    child.on('exit', () => reject(new Error(`orrery ${words[0]} ended: ${said}`)));
  });
}

export default [
  {
    name: 'live: the page of a server shows its cluster, and kubectl in it speaks with that server',
    bare: true,
    async run({ browser, shots }) {
      check(existsSync(program), `${program} is not built`);
      const state = mkdtempSync(join(tmpdir(), 'orrery-live-'));
      const server = await up(state);
      try {
        const page = await open(browser, server.url.split('?')[0], '?' + server.url.split('?')[1]);
        await page.until('its nodes', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.nodes === 2);
        await page.command('kubectl create deployment web --image=nginx --replicas=3');
        await page.until('three pods', () => window.orrery.state.pods === 3);
        await page.command('kubectl rollout status deployment web');
        check((await page.page.locator('#output').textContent()).includes('successfully rolled out'), 'no rollout');
        await page.command('kubectl exec deploy/web -- hostname');
        check(/web-[a-z0-9]+-[a-z0-9]+/.test(await page.page.locator('#output').textContent()), 'exec printed no host name');
        await page.rest();
        await page.shot(shots, 'live-map');
        const pod = (await page.page.locator('#output').textContent()).match(/web-[a-z0-9]+-[a-z0-9]+/)[0];
        await page.message(`select Pod default ${pod}`);
        await page.message('view object');
        await page.message('tab usage');
        await page.until('what it uses', () => /at (the last|every) measurement/.test(document.querySelector('#view').textContent));  // two readings, 15 s apart
        const faults = await page.state();
        equal(faults.faults, 0, 'a live cluster has no faults of ours');
        page.check();
        await server.stop();
        await page.until('the loss of the line', () => !window.orrery.state.connected);
        await page.command('kubectl get nodes');
        check((await page.page.locator('#output').textContent()).includes('lost its connection'), 'a lost server is not told');
      } finally {
        await server.stop().catch(() => {});
        rmSync(state, { recursive: true, force: true });
      }
    },
  },
  {
    name: 'live: the page on any cluster that a kubeconfig reaches, grey where its API does not tell',
    bare: true,
    async run({ browser, shots }) {
      const state = mkdtempSync(join(tmpdir(), 'orrery-play-'));
      const server = await up(state);
      const other = await start(['play', '--kubeconfig', join(state, 'kubeconfig'), '--page-port', '0']);
      try {
        const page = await open(browser, other.url.split('?')[0], '?' + other.url.split('?')[1]);
        await page.until('its nodes', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.nodes === 2);
        await page.command('kubectl create deployment web --image=nginx --replicas=2');
        await page.until('two pods', () => window.orrery.state.pods === 2);
        await page.command('kubectl rollout status deployment web');
        await page.command('kubectl exec deploy/web -- hostname');
        check(/web-[a-z0-9]+-[a-z0-9]+/.test(await page.page.locator('#output').textContent()), 'exec printed no host name');
        await page.message('select Part - etcd');
        await page.rest();
        await page.shot(shots, 'live-kubeconfig');
        page.check();
        await server.stop();
        await page.command('kubectl get nodes');
        check((await page.page.locator('#output').textContent()).includes('was refused'), 'a cluster that is gone is not told');
      } finally {
        await other.stop();
        await server.stop().catch(() => {});
        rmSync(state, { recursive: true, force: true });
      }
    },
  },
];
