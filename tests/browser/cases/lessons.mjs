// Lessons in the page, played as a learner does: choose, type, go on.
import { check, equal } from '../support.mjs';

async function openLesson(page, id) {
  await page.message(`action welcome ${id} open:${id}`);
  await page.message('action questions questions.skip questions.skip');  // a module's first lesson asks some before it
  await page.until('the lesson', (name) => document.querySelector('#mirror').textContent.length > 0 && window.orrery.state.document.startsWith(`lesson/${name}#`), id);
  await page.until('its world', () => !window.orrery.state.document.endsWith('#waiting'));
}


// Goes through a lesson: answers the first option, runs what a step shows or its solution after the hints.
async function play(page, shots, id) {
  let step = 0, pressed = [];  // commands of this step: each is run once, then all again
  for (let turn = 0; turn < 200; ++turn) {
    const name = (await page.state()).document;
    if (name.endsWith('#done')) return;
    if (Number(name.split('#')[1]) !== step) {
      step = Number(name.split('#')[1]);
      pressed = [];
      await page.shot(shots, `lesson-${id}-${String(step).padStart(2, '0')}`);
    }
    const moved = await page.page.evaluate((done) => {
      const ready = (button) => !button.disabled;
      const next = document.querySelector('#mirror button[data-action="lesson.next"]');
      const choice = [...document.querySelectorAll('#mirror button[data-action="lesson.choose"]')].find(ready);
      const codes = [...document.querySelectorAll('#mirror button[data-action="run"]')].filter(ready);
      const text = (button) => button.previousElementSibling.textContent;
      const hint = document.querySelector('#mirror button[data-action="lesson.hint"]');
      const press = next ?? choice ?? codes.find((code) => !done.includes(text(code))) ?? hint;
      if (press) press.click();
      return press ? [press.dataset.action, press.dataset.action === 'run' ? text(press) : ''] : ['', ''];
    }, pressed);
    if (moved[1]) pressed.push(moved[1]);
    if (!moved[0] && turn % 20 === 19) pressed = [];
    await page.page.waitForTimeout(moved[0] === 'run' ? 1500 : 300);
    await page.until('the prompt', () => !window.orrery.state.busy);
  }
  throw new Error(`stuck at ${(await page.state()).document}: ${await page.page.locator('#mirror').textContent()}`);
}

const choices = (page) => page.page.locator('#mirror button[data-action="lesson.choose"]:not([disabled])');

// The same by hand: answers are chosen and steps turned with the mirror's buttons, every command is typed. `hangul`: the
// first word in Hangul mode, composed by an input method, and rescued.
async function type(page, line, hangul) {
  if (hangul && line.startsWith('kubectl')) {
    const session = await page.page.context().newCDPSession(page.page);
    for (const text of ['ㅏ', 'ㅏㅕ']) await session.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length });
    await session.send('Input.insertText', { text: 'ㅏㅕㅠㄷㅊ시' });
    await page.until('the Hangul', () => window.orrery.state.prompt === 'ㅏㅕㅠㄷㅊ시');
    await page.press('Tab');
    await page.until('the rescue', () => window.orrery.state.prompt === 'kubectl');
    line = line.slice('kubectl'.length);
  }
  await page.page.keyboard.type(line, { delay: 5 });
  await page.until(`the prompt to read ${line}`, (end) => window.orrery.state.prompt.endsWith(end), line.trimStart());
  await page.press('Enter');
  await page.page.waitForTimeout(300);
}

async function playByTyping(page, hangul) {
  const typed = new Set();
  for (let turn = 0; turn < 300; ++turn) {
    const name = (await page.state()).document;
    if (name.endsWith('#done')) return typed.size;
    const next = page.page.locator('#mirror button[data-action="lesson.next"]');
    const hint = page.page.locator('#mirror button[data-action="lesson.hint"]');
    const shown = await page.page.locator('#mirror pre').allTextContents();
    const line = shown.find((text) => !text.includes('___') && !typed.has(name + text));
    if (await next.count()) await next.evaluate((button) => button.click());
    else if (await choices(page).count()) await choices(page).first().evaluate((button) => button.click());
    else if (line) {
      typed.add(name + line);
      await page.page.locator('#keys').focus();
      await type(page, line, hangul);
    } else if (await hint.count()) await hint.evaluate((button) => button.click());
    await page.page.waitForTimeout(300);
    await page.until('the prompt', () => !window.orrery.state.busy);
  }
  throw new Error(`stuck at ${(await page.state()).document}: ${await page.page.locator('#mirror').textContent()}`);
}

// By the keyboard alone: Tab walks through the mirror's buttons, Enter presses, the command line is a field of the page.
async function playByKeys(page) {
  const typed = new Set();
  const walk = async (selector) => {
    let key = 'Tab';  // the prompt in the picture keeps Tab for itself: from there the way is back
    for (let i = 0; i < 80; ++i) {
      if (await page.page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      if (await page.page.evaluate(() => document.activeElement.id === 'keys')) key = 'Shift+Tab';
      await page.page.keyboard.press(key);
    }
    throw new Error(`Tab never reaches ${selector}`);
  };
  await page.page.locator('a.skip').focus();
  await page.page.keyboard.press('Enter');
  for (let turn = 0; turn < 300; ++turn) {
    const name = (await page.state()).document;
    if (name.endsWith('#done')) return;
    const has = (selector) => page.page.locator(selector).count();
    const shown = await page.page.locator('#mirror pre').allTextContents();
    const line = shown.find((text) => !text.includes('___') && !typed.has(name + text));
    const press = (await has('#mirror button[data-action="lesson.next"]')) ? 'button[data-action="lesson.next"]'
      : (await choices(page).count()) ? 'button[data-action="lesson.choose"]:not([disabled])'
      : !line && (await has('#mirror button[data-action="lesson.hint"]')) ? 'button[data-action="lesson.hint"]' : '';
    if (press) {
      await walk(press);
      await page.page.keyboard.press('Enter');
    } else if (line) {
      typed.add(name + line);
      await walk('#command');
      await page.page.keyboard.type(line);
      await page.page.keyboard.press('Enter');
    }
    await page.page.waitForTimeout(300);
    await page.until('the prompt', () => !window.orrery.state.busy);
  }
  throw new Error(`stuck at ${(await page.state()).document}`);
}

async function begin(page, id, speed) {
  await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
  await openLesson(page, id);
  await page.message(`speed ${speed}`);
}

const kAll = ['delete-one', 'three-am', 'four-kitchens', 'where-services-sit', 'five-jobs', 'one-command', 'stop-api-server', 'stop-scheduler', 'kubelet',
  'kube-proxy', 'pod-life', 'incident-crash-loop', 'incident-no-endpoints'];

// Every lesson is proved without a browser; here some are looked at, the others when named: tests/browser/run "lesson: ".
const kLookedAt = ['stop-api-server'];  // others are typed, or played on the way to a missed prediction

export default [
  ...kAll.map((id, i) => [id, i % 2 ? 'ko' : 'en']).map(([id, language]) => ({
    name: `lesson: ${id} from beginning to end in ${language}`,
    onDemand: !kLookedAt.includes(id),
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await begin(page, id, 20);
      await play(page, shots, `${id}-${language}`);
      await page.shot(shots, `lesson-${id}-${language}-done`);
      check((await page.page.locator('#mirror').textContent()).length > 40, 'an empty last page');
    },
  })),
  ...[['delete-one', 'ko'], ['one-command', 'en'], ['incident-crash-loop', 'ko'], ['incident-no-endpoints', 'en'], ['stop-scheduler', 'en']].map(([id, language]) => ({
    name: `lesson typed: ${id} in ${language}${language === 'ko' ? ', with an input method' : ''}`,
    query: `?lang=${language}`,
    async run({ page }) {
      await begin(page, id, 20);
      check((await playByTyping(page, language === 'ko')) > 0, 'nothing was typed');
    },
  })),
  {
    name: 'lesson by keyboard alone: delete-one',
    async run({ page }) {
      await begin(page, 'delete-one', 20);
      await playByKeys(page);
    },
  },
  ...['en', 'ko'].map((language) => ({
    name: `questions: one can go back to those before a module and change an answer, in ${language}`,
    query: `?lang=${language}`,
    async run({ page, shots }) {
      await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
      await page.message('action welcome delete-one open:delete-one');
      const at = (number) => page.until(`question ${number}`, (end) => window.orrery.state.document === `questions/A/before#${end}`, number);
      const press = async (selector, index = 0) => {  // by keyboard: Enter on the mirror's button
        await page.page.locator(`#mirror button[data-action="${selector}"]`).nth(index).focus();
        await page.page.keyboard.press('Enter');
      };
      await at(1);
      check(await page.page.locator('#mirror button[data-action="questions.back"]').count() === 0, 'nothing is before the first question');
      await press('questions.choose', 1);
      await at(2);
      await page.shot(shots, `questions-second-${language}`);
      equal(await page.page.locator('#mirror button[data-action="questions.back"]').textContent(), language === 'ko' ? '이전 질문' : 'Back', 'its label');
      await press('questions.back');
      await at(1);
      const pressed = () => page.page.locator('#mirror button[data-action="questions.choose"]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-pressed')));
      equal((await pressed()).slice(0, 2), ['false', 'true'], 'the answer given');
      await page.rest();
      await page.shot(shots, `questions-back-${language}`);
      await press('questions.choose', 0);
      await at(2);
      await press('questions.back');
      await at(1);
      equal((await pressed()).slice(0, 2), ['true', 'false'], 'the answer changed');
      await press('questions.next');
      await at(2);
    },
  })),
  ...['en', 'ko'].map((language) => ({
    name: `lessons: those to read or to print are a link away, in ${language}`,
    query: `?lang=${language}`,
    async run({ browser, page, address, shots }) {
      await page.until('the cluster', () => window.orrery.state && window.orrery.state.connected);
      await page.message('action welcome lessons lessons');
      await page.until('the list', () => document.querySelector('#mirror a[data-block="printed"]'));
      await page.shot(shots, `lesson-list-${language}`);
      const link = page.page.locator('#mirror a[data-block="printed"]');
      equal(await link.getAttribute('target'), '_blank', 'its target');
      await link.focus();
      const opening = browser.waitForEvent('page');
      await page.page.keyboard.press('Enter');
      const list = await opening;
      await list.waitForLoadState();
      equal(list.url(), `${address}lessons/index${language === 'ko' ? '.ko' : ''}.html`, 'the list to print');
      equal(await list.evaluate(() => document.documentElement.lang), language, 'its language');
      for (const other of await list.locator('a').evaluateAll((all) => all.map((one) => one.href)))
        check((await list.request.get(other)).ok(), `${other} is not there`);
      const drawn = browser.waitForEvent('page');  // the picture's button
      await page.message(`action lessons printed go:lessons/delete-one.${language}.html`);
      const lesson = await drawn;
      await lesson.waitForLoadState();
      check((await lesson.locator('h2').count()) > 4, 'a lesson without steps');
      await lesson.screenshot({ path: `${shots}/printed-${language}.png` });
    },
  })),
  {
    name: 'lessons: a missed prediction comes back two lessons later',
    async run({ page, shots }) {
      for (const id of ['delete-one', 'four-kitchens', 'pod-life']) {
        await begin(page, id, 20);
        await play(page, shots, `return-${id}`);
      }
      await page.until('the return', () => document.querySelector('#mirror button[data-action="review"]'));
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="review"]').click());
      await page.until('the question', () => window.orrery.state.document.startsWith('review/'));
      await page.shot(shots, 'lesson-returns');
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="review.choose"]').click());
      await page.until('the verdict', () => document.querySelector('#mirror button[data-action="review.close"]') && !document.querySelector('#mirror button[data-action="review.choose"]'));
      await page.page.evaluate(() => document.querySelector('#mirror button[data-action="review.close"]').click());
      await page.until('the lesson again', () => window.orrery.state.document.endsWith('#done'));
    },
  },
];
