/** Names of questions and values of options, made from their titles. Pure. */

const LONGEST = 64;

/** A name as a schema takes it: small letters, digits and underscores, a letter first, none of those taken. */
export function nameFrom(title: string, taken: readonly string[], fallback: string): string {
  const plain = title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, LONGEST - 3)
    .replace(/_+$/, '');
  const wanted = plain || fallback;
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n++) if (!taken.includes(`${wanted}_${n}`)) return `${wanted}_${n}`;
}

/** Whether a name still is what its title makes: then it goes on following it. */
export function follows(name: string, title: string, taken: readonly string[], fallback: string): boolean {
  return name === nameFrom(title, taken, fallback);
}
