/** How much larger words are than on a laptop (styles/text_size.css): what is drawn beside them grows along. */
let known: number | null = null;

/** 1 on a laptop, 1.7 on 3840 pixels, times what the person chose. */
export function textScale(): number {
  if (typeof window === 'undefined') return 1;
  known ??= Number(getComputedStyle(document.documentElement).getPropertyValue('--scale')) || 1;
  return known;
}

/** The window or the person's choice is another one. */
export function forgetTextScale(): void {
  known = null;
}

if (typeof window !== 'undefined') window.addEventListener('resize', forgetTextScale);
