// The views' own controls: in the picture, by the keyboard, and as buttons of the mirror.
import { check, equal } from '../support.mjs';

const pressed = (page) => page.page.evaluate(() => [...document.querySelectorAll('#view button[aria-pressed="true"]')].map((one) => one.dataset.action).join(' '));
const press = (page, action) => page.page.evaluate((name) => document.querySelector(`#view button[data-action="${name}"]`).click(), action);

async function free(page) {
  await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
  await page.message('action welcome door welcome.kubectl');
}

export default [
  {
    name: 'views: the map is grouped and coloured by the mirror and by keys, and remembers it',
    async run({ page, shots }) {
      await free(page);
      await page.until('the choices', () => document.querySelector('#view button[data-action="look:label:app"]'));
      equal(await pressed(page), 'look:node look:status', 'at first');
      await press(page, 'look:label:app');
      await page.until('the label', () => document.querySelector('#view button[data-action="look:label:app"]').getAttribute('aria-pressed') === 'true');
      check((await page.page.locator('#view').textContent()).includes('app=web: 3 pods'), 'no group in the mirror');
      await page.page.keyboard.press('Alt+c', { delay: 60 });
      await page.until('the phases', () => document.querySelector('#view button[data-action="look:phase"]').getAttribute('aria-pressed') === 'true');
      await page.rest();
      await page.shot(shots, 'map-by-label');
    },
  },
  {
    name: 'views: an object is edited, refused at its line, mended, and the change stands between its revisions',
    async run({ page, shots }) {
      const contains = (text) => page.until(text, (part) => document.querySelector('#view').textContent.includes(part), text);
      await free(page);
      await page.message('select Deployment default web');
      await page.message('view object');
      await page.message('tab edit');
      await contains('replicas: 3');
      await page.message('edit replicas: replicass:');
      await contains('unknown field "spec.replicass"');
      await page.rest();
      await page.shot(shots, 'object-edit-refused');
      await page.command('kubectl patch deployment web -p \'{"spec":{"replicas":2}}\'');
      await press(page, 'tab:changes');
      await contains('kubectl-patch Update');  // what changed its status since then is newer
      await page.page.evaluate(() => [...document.querySelectorAll('#view button')].find((one) => one.textContent.includes('kubectl-patch')).click());
      await contains('+   replicas: 2');
      await page.rest();
      await page.shot(shots, 'object-changes');
      await press(page, 'tab:links');
      await contains('Deployment web owns ReplicaSet web');
      await page.rest();
      await page.shot(shots, 'object-links');
    },
  },
  ...[['en', false], ['ko', true]].map(([language, dark]) => ({
    name: `views: what a pod uses stands as plots and as text, in ${language}`,
    screen: { dark, locale: language === 'ko' ? 'ko-KR' : 'en-US' },
    async run({ page, shots }) {
      const word = language === 'ko' ? { requests: 'requests 100m, limits 200m', gone: 'Metrics API가 응답하지 않아요' }
        : { requests: 'It requests 100m and may use up to 200m', gone: 'The Metrics API does not answer' };
      const contains = (text) => page.until(text, (part) => document.querySelector('#view').textContent.includes(part), text);
      await free(page);
      await page.command('kubectl set resources deployment web --requests=cpu=100m,memory=64Mi --limits=cpu=200m,memory=128Mi');
      await page.command('kubectl rollout status deployment web');
      await page.command('kubectl get pods');
      const name = (await page.page.locator('#output').textContent()).match(/(web-\S+)\s+1\/1\s+Running(?![\s\S]*web-\S+\s+1\/1\s+Running)/)?.[1];
      check(name, 'no pod in the terminal');
      await page.message('speed 10');
      await page.message(`select Pod default ${name}`);
      await page.message('view object');
      await press(page, 'tab:usage');
      await contains(word.requests);
      await page.page.waitForTimeout(9000);  // some measurements at ten times the speed
      await page.message('pause');
      await page.rest();
      await page.shot(shots, `object-usage-${language}`);
      await page.message('go');
      await page.message('select Node  node-1');
      await page.command('break stop metrics-server');
      await contains(word.gone);
      await page.message('pause');
      await page.rest();
      await page.shot(shots, `object-usage-refused-${language}`);
    },
  })),
  {
    name: 'views: a double click answers one question, not the next one too',
    async run({ page, shots }) {
      await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
      await page.message('action welcome delete-one open:delete-one');
      await page.until('the questions', () => window.orrery.state.document === 'questions/A/before#1');
      await page.page.waitForTimeout(800);
      await page.shot(shots, 'question-before');
      const asked = () => page.state().then((state) => state.document);
      for (let y = 150; y < 560 && (await asked()) === 'questions/A/before#1'; y += 24) {  // the first answer is somewhere below the text
        await page.page.mouse.dblclick(200, y, { delay: 40 });
        await page.page.waitForTimeout(500);
      }
      equal(await asked(), 'questions/A/before#2', 'after a double click');
      // In the mirror the same: the browser counts the clicks.
      await page.page.evaluate(() => {
        const choice = document.querySelector('#mirror button[data-action]');
        choice.dispatchEvent(new MouseEvent('click', { bubbles: true, detail: 2 }));
      });
      await page.page.waitForTimeout(400);
      equal(await asked(), 'questions/A/before#2', 'after the second half of a double click');
    },
  },
];
