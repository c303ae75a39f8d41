// The page as such: it loads, speaks both languages, sleeps, mirrors its text, says what it lacks.
import { check, equal, User } from '../support.mjs';

const languageButton = { x: 1180, y: 28 };
const themeButton = { x: 1237, y: 28 };

export default [
  {
    name: 'page: loads under a sub-path without errors or requests elsewhere',
    async run({ page, shots }) {
      await page.until('the first document', () => document.querySelector('#mirror h1'));
      const first = await page.page.evaluate(() => window.orrery.firstFrame);
      console.log(`     first frame after ${Math.round(first)} ms`);
      await page.rest();
      await page.shot(shots, 'page-1280x720');
    },
  },
  {
    name: 'page: the first sentence stands before the program arrives',
    bare: true,
    async run({ browser, address }) {
      const page = await browser.newPage();
      await page.route('**/orrery.js', () => {});  // never answered
      await page.goto(address + '?lang=ko', { waitUntil: 'commit' });
      await page.locator('#cover h1').waitFor();
      check(await page.locator('#cover h1').isVisible(), 'no sentence');
      equal(await page.locator('#cover h1').textContent(), '애플리케이션은 어떻게 살아 있을까요?', 'sentence');
      check(await page.locator('#cover svg').isVisible(), 'no still picture');
    },
  },
  {
    name: 'page: without WebGL 2 it says so in both languages',
    bare: true,
    async run({ browser, address, shots }) {
      for (const [language, part] of [['en', 'WebGL 2'], ['ko', '쓸 수 없어요']]) {
        const page = await browser.newPage();
        await page.addInitScript(() => { HTMLCanvasElement.prototype.getContext = () => null; });
        await page.goto(`${address}?lang=${language}`);
        check((await page.locator('#trouble').textContent()).includes(part), 'no clear sentence');
        check(await page.locator('#trouble').isVisible(), 'hidden');
        const instead = page.locator('#instead a');
        check(await instead.isVisible(), 'no way to the lessons as text');
        check((await page.request.get(await instead.evaluate((link) => link.href))).ok(), 'the lessons as text are not there');
        equal((await instead.getAttribute('href')).includes('.ko.'), language === 'ko', 'in the language of the page');
        await page.screenshot({ path: `${shots}/page-no-webgl-${language}.png` });
      }
    },
  },
  {
    name: 'page: without WebAssembly it says so',
    bare: true,
    async run({ browser, address }) {
      const page = await browser.newPage();
      await page.addInitScript(() => { delete window.WebAssembly; });
      await page.goto(address);
      check((await page.locator('#trouble').textContent()).includes('WebAssembly'), 'no clear sentence');
    },
  },
  {
    name: 'page: language and ground switch by a click and are remembered',
    async run({ page, shots, browser, address }) {
      await page.click(languageButton.x, languageButton.y);
      await page.until('Korean', () => window.orrery.state.language === 'ko' && document.documentElement.lang === 'ko');
      await page.click(themeButton.x, themeButton.y);
      await page.until('dark', () => window.orrery.state.dark);
      await page.rest();
      await page.shot(shots, 'page-ko-dark');
      const again = new User(await browser.newPage(), address);
      await again.page.goto(address);
      await again.until('Korean again', () => window.orrery.state && window.orrery.state.language === 'ko' && window.orrery.state.dark);
    },
  },
  {
    name: 'page: Korean browsers get Korean',
    screen: { locale: 'ko-KR' },
    async run({ page, shots }) {
      equal((await page.state()).language, 'ko', 'language');
      await page.rest();
      await page.shot(shots, 'page-ko');
    },
  },
  {
    name: 'page: a quiet page stands still and draws no frames',
    async run({ page }) {
      await page.message('pause');
      await page.rest();
      await page.page.mouse.move(640, 300);
      await page.page.waitForTimeout(1500);
      const one = await page.page.screenshot();
      await page.page.waitForTimeout(1000);
      const two = await page.page.screenshot();
      check(one.equals(two), 'two screenshots a second apart differ');
      const drawn = await page.page.evaluate(() => window.orrery.drawnFrames());
      await page.page.waitForTimeout(1000);
      equal(await page.page.evaluate(() => window.orrery.drawnFrames()), drawn, 'frames drawn while nothing moves');
    },
  },
  {
    name: 'page: the DOM mirror carries the document and its buttons work',
    async run({ page }) {
      const text = await page.page.locator('#mirror').innerText();
      check(text.includes('Delete this pod'), `mirror without the document: ${text}`);
      const before = (await page.state()).lines;
      await page.page.evaluate(() => document.querySelector('#mirror button').click());
      await page.until('the button to run its command', (lines) => window.orrery.state.lines > lines, before);
      await page.page.fill('#command', 'kubectl version');
      await page.page.press('#command', 'Enter');
      await page.until('the typed command to run', () => document.querySelector('#output').textContent.includes('kubectl version'));
    },
  },
  ...[['2x', { density: 2 }], ['tablet', { width: 1024, height: 768, touch: true }], ['tablet-upright', { width: 768, height: 1024, touch: true }],
    ['600-wide', { width: 600, height: 900 }], ['1920x1080', { width: 1920, height: 1080 }]].map(([name, screen]) => ({
    name: `page: screenshot ${name}`,
    screen,
    async run({ page, shots }) {
      const size = await page.page.evaluate(() => [document.getElementById('canvas').width, devicePixelRatio]);
      equal(size[0], (screen.width ?? 1280) * size[1], 'pixels of the canvas');
      await page.rest();
      await page.shot(shots, `page-${name}`);
    },
  })),
];
