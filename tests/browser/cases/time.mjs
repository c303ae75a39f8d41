// The track of time: back, forward again, and a branch.
import { check, equal } from '../support.mjs';

async function free(page) {
  await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
  await page.message('action welcome door welcome.kubectl');
}

export default [
  ...['en', 'ko'].map((language) => ({
    name: `time: back to before a mistake, forward again, and another way, in ${language}`,
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await free(page);
      await page.message('speed 10');
      await page.command('kubectl scale deployment web --replicas=6');
      await page.until('six pods', () => window.orrery.state.pods === 6);
      await page.page.waitForTimeout(1000);
      const mistake = (await page.state()).time;
      await page.command('kubectl delete deployment web');
      await page.until('no pods', () => window.orrery.state.pods === 0);
      await page.page.waitForTimeout(1500);
      const end = (await page.state()).time;

      await page.message(`back ${end - mistake + 1}`);
      await page.until('the past', () => window.orrery.state.past && window.orrery.state.pods === 6);
      await page.rest();
      await page.shot(shots, `time-past-${language}`);
      await page.command('kubectl get deployments');
      equal((await page.state()).branches, 0, 'a look begins no branch');
      await page.message('now');
      await page.until('the present', () => !window.orrery.state.past && window.orrery.state.pods === 0);

      await page.message(`back ${end - mistake + 1}`);
      await page.until('the past again', () => window.orrery.state.past && window.orrery.state.pods === 6);
      await page.command('kubectl scale deployment web --replicas=2');
      await page.message('go');
      await page.until('two pods', () => window.orrery.state.pods === 2 && !window.orrery.state.past);
      equal((await page.state()).branches, 1, 'the old branch is kept');
      await page.page.waitForTimeout(1500);
      await page.shot(shots, `time-branch-${language}`);
      await page.page.reload();
      await page.until('the branches of before', () => window.orrery && window.orrery.state && window.orrery.state.branches === 1 && window.orrery.state.pods === 2);
    },
  })),
  {
    name: 'time: the track answers a click and the arrow keys',
    async run({ page }) {
      await free(page);
      await page.message('speed 20');
      await page.page.waitForTimeout(2500);
      await page.message('pause');
      const box = await page.page.evaluate(() => ({ w: innerWidth, h: innerHeight }));
      const { time } = await page.state();
      // The track lies above the terminal, which takes a quarter of the height.
      const y = box.h - Math.max(Math.floor((box.h * 0.25) / 8) * 8, 120) - 12;
      await page.click(box.w * 0.5, y);
      await page.until('the past', () => window.orrery.state.past);
      const back = (await page.state()).time;
      check(back < time, `${back} is not before ${time}`);
      await page.press('Alt+Period');
      await page.until('five seconds on', (from) => window.orrery.state.time >= from + 4, back);
    },
  },
];
