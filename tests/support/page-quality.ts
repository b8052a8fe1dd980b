/** Measures a page as it is rendered: contrast (WCAG 2.2, 1.4.3), sizes of what is tapped (2.5.5), horizontal scrolling. */
import type { Page } from 'playwright-core';

const LEAST_CONTRAST = 4.5;
/** CSS pixels. */
const LEAST_TARGET = 44;

/** Runs in the page: every text with its colour and the backgrounds from the inside out. */
const TEXTS = `[...document.querySelectorAll('body *')]
  .filter((element) => (element.localName === 'input' && element.type !== 'hidden') ||
    [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim() !== ''))
  .map((element) => {
    const backgrounds = [];
    for (let at = element; at !== null; at = at.parentElement) backgrounds.push(getComputedStyle(at).backgroundColor);
    return { text: (element.textContent || element.localName).trim().slice(0, 40), color: getComputedStyle(element).color, backgrounds };
  })`;

/** Runs in the page: how wide it is, and how large what is tapped. */
const LAYOUT = `({
  needed: document.documentElement.scrollWidth,
  given: document.documentElement.clientWidth,
  targets: [...document.querySelectorAll('input:not([type=hidden]), button')].map((element) => {
    const { width, height } = element.getBoundingClientRect();
    return { what: element.localName, width, height };
  }),
})`;

interface RenderedText {
  readonly text: string;
  readonly color: string;
  readonly backgrounds: readonly string[];
}

interface RenderedLayout {
  readonly needed: number;
  readonly given: number;
  readonly targets: readonly { readonly what: string; readonly width: number; readonly height: number }[];
}

/** Texts that are hard to read, each with its contrast. */
export async function contrastProblems(page: Page): Promise<string[]> {
  const texts = await page.evaluate<RenderedText[]>(TEXTS);
  if (texts.length === 0) return ['there is no text'];
  return texts.flatMap(({ text, color, backgrounds }) => {
    const contrast = contrastOf(channels(color), solid(backgrounds));
    return contrast < LEAST_CONTRAST ? [`${text}: ${contrast.toFixed(2)}`] : [];
  });
}

/** Horizontal scrolling, and things to tap that are too small. */
export async function layoutProblems(page: Page): Promise<string[]> {
  const { needed, given, targets } = await page.evaluate<RenderedLayout>(LAYOUT);
  return [
    ...(needed > given ? [`scrolls sideways: ${needed} in ${given}`] : []),
    ...targets
      .filter(({ width, height }) => width < LEAST_TARGET || height < LEAST_TARGET)
      .map(({ what, width, height }) => `${what} is ${width} x ${height}`),
  ];
}

type Channels = readonly [red: number, green: number, blue: number, alpha: number];

function channels(color: string): Channels {
  const [red = 0, green = 0, blue = 0, alpha = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue, alpha];
}

/** The first colour from the inside out that is not see-through; white under all. */
function solid(backgrounds: readonly string[]): Channels {
  return backgrounds.map(channels).find(([, , , alpha]) => alpha === 1) ?? [255, 255, 255, 1];
}

function contrastOf(one: Channels, other: Channels): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light! + 0.05) / (dark! + 0.05);
}

function luminance([red, green, blue]: Channels): number {
  const linear = (channel: number) => {
    const value = channel / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
