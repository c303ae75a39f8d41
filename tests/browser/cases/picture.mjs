// The README's moving picture: a pod is deleted, and its replacement comes. Made anew by `tests/browser/run picture`.
import { writeFileSync } from 'node:fs';
import { animate } from '../animate.mjs';
import { check } from '../support.mjs';

const FRAME = 650, SHOWN = 350, FRAMES_MAX = 34;  // of a chain that takes its time; shown faster than it was

export default [{
  name: 'picture: the first two minutes, for the README',
  onDemand: true,
  screen: { width: 960, height: 540 },
  async run({ page }) {
    await page.until('three pods', () => window.orrery.state && window.orrery.state.connected && window.orrery.state.pods === 3);
    await page.rest();
    const frames = [];
    const take = async (milliseconds) => frames.push({ png: await page.page.screenshot(), milliseconds });
    await take(1500);
    await page.page.evaluate(() => document.querySelector('#mirror button').click());
    for (let i = 0; i < FRAMES_MAX; ++i) {
      await page.page.waitForTimeout(FRAME);
      await take(SHOWN);
      const state = await page.state();
      if (!state.moving && (await page.page.locator('#mirror button[data-action="open:delete-one"]').count())) break;
    }
    await take(3000);
    const picture = animate(frames);
    check(picture.length < 2_500_000, `${picture.length} bytes are too many for a README`);
    writeFileSync('docs/page.png', picture);
  },
}];
