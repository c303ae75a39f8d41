// Lessons in the page, played as a learner does: choose, type, go on.
import { check } from '../support.mjs';

async function openLesson(page, id) {
  await page.message(`action welcome ${id} open:${id}`);
  await page.until('the lesson', (name) => document.querySelector('#mirror').textContent.length > 0 && window.orrery.state.document.startsWith(`lesson/${name}#`), id);
  await page.until('its world', () => !window.orrery.state.document.endsWith('#waiting'));
}


// Goes through a lesson: answers the first option, runs what a step shows or its solution after the hints.
async function play(page, shots, id) {
  let step = 0;
  for (let turn = 0; turn < 200; ++turn) {
    const name = (await page.state()).document;
    if (name.endsWith('#done')) return;
    if (Number(name.split('#')[1]) !== step) {
      step = Number(name.split('#')[1]);
      await page.shot(shots, `lesson-${id}-${String(step).padStart(2, '0')}`);
    }
    const moved = await page.page.evaluate(() => {
      const ready = (button) => !button.disabled;
      const next = document.querySelector('#mirror button[data-action="lesson.next"]');
      const choice = [...document.querySelectorAll('#mirror button[data-action="lesson.choose"]')].find(ready);
      const codes = [...document.querySelectorAll('#mirror button[data-action="run"]:not([data-pressed])')].filter(ready);
      const hint = document.querySelector('#mirror button[data-action="lesson.hint"]');
      const press = next ?? choice ?? codes[0] ?? hint;
      if (press) press.click();
      return press ? press.dataset.action : '';
    });
    await page.page.waitForTimeout(moved === 'run' ? 1500 : 300);
    await page.until('the prompt', () => !window.orrery.state.busy);
  }
  throw new Error(`stuck at ${(await page.state()).document}: ${await page.page.locator('#mirror').textContent()}`);
}

export default [['delete-one', 'ko'], ['delete-one', 'en'], ['four-kitchens', 'ko'], ['pod-life', 'en']].map(([id, language]) => ({
  name: `lesson: ${id} from beginning to end in ${language}`,
  query: `?lang=${language}`,
  async run({ page, shots }) {
    await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
    await openLesson(page, id);
    await page.message('speed 20');
    await play(page, shots, `${id}-${language}`);
    await page.shot(shots, `lesson-${id}-${language}-done`);
    check((await page.page.locator('#mirror').textContent()).length > 40, 'an empty last page');
  },
}));
