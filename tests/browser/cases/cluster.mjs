// The simulated cluster in the tab: the first two minutes, views, the time bar.
import { check, equal } from '../support.mjs';

async function started(page) {
  await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
}

export default [
  {
    name: 'cluster: the page opens on three pods, and a deleted one is replaced after two actions',
    async run({ page, shots }) {
      await started(page);
      equal((await page.state()).nodes, 3, 'nodes');
      const button = page.page.locator('#mirror button').first();
      const doomed = (await button.textContent()).split(' ').pop();
      await page.page.evaluate(() => document.querySelector('#mirror button').click());
      await page.page.waitForTimeout(1500);
      await page.shot(shots, 'first-two-minutes-flying');
      await page.until('the replacement', () => document.querySelector('#mirror').textContent.includes('has taken its place'));
      await page.rest();
      await page.shot(shots, 'first-two-minutes');
      const text = await page.page.locator('#output').textContent();
      check(text.includes(`kubectl delete pod ${doomed}`) && text.includes('deleted'), `the terminal shows no command: ${text}`);
    },
  },
  {
    name: 'cluster: kubectl at the prompt, with completion',
    async run({ page, shots }) {
      await started(page);
      await page.type('kub');
      await page.press('Tab');
      await page.until('completion', () => window.orrery.state.prompt === 'kubectl ');
      await page.type('get pods -o wide');
      await page.press('Enter');
      await page.until('the table', () => !window.orrery.state.busy && document.querySelector('#output').textContent.includes('NOMINATED NODE'));
      equal((await page.state()).status, 0, 'exit status');
      await page.command('kubectl scale deployment web --replicas=9');
      await page.until('nine pods', () => window.orrery.state.pods === 9);
      await page.command('kubectl wait --for=condition=Available deployment/web --timeout=60s');
      await page.rest();
      await page.shot(shots, 'map-nine-pods');
      await page.command('kubectl get nonsense');
      equal((await page.state()).status, 1, 'exit status of an error');
    },
  },
  {
    name: 'cluster: pause stops time, a command is still answered, step moves on',
    async run({ page }) {
      await started(page);
      await page.message('pause');
      await page.command('kubectl get pods');
      equal((await page.state()).status, 0, 'an answer while paused');
      // Time goes on only as far as the answers take it, some milliseconds: nothing starts.
      const phases = 'kubectl get pods -o jsonpath={.items[*].status.phase}';
      await page.command('kubectl scale deployment web --replicas=5');
      await page.command(phases);
      const before = (await page.state()).last;
      await page.page.waitForTimeout(1500);
      await page.command(phases);
      equal((await page.state()).last, before, 'phases while time stands still');
      for (let i = 0; i < 400; ++i) {
        await page.message('step');
        await page.page.waitForTimeout(10);
      }
      await page.command(phases);
      check((await page.state()).last !== before, 'steps make nothing happen');
    },
  },
  ...['pod', 'why', 'layers', 'events', 'object'].flatMap((view) => ['en', 'ko'].map((language) => ({
    name: `cluster: view ${view} in ${language}`,
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await started(page);
      await page.command("kubectl get pods -o name");
      const pod = (await page.state()).last.replace('pod/', '');
      await page.message(`select Pod default ${pod}`);
      await page.message(`view ${view}`);
      await page.until('the view', (wanted) => window.orrery.state.view === wanted, view);
      await page.page.waitForTimeout(1500);
      await page.shot(shots, `view-${view}-${language}`);
    },
  }))),
];
