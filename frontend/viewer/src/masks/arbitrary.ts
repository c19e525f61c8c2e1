/** Masks for property tests. */
import fc from 'fast-check';
import { type Bitmap, isIn, trimmed } from './bitmap';

export const FRAME = { column: 0, row: 0, columns: 40, rows: 30 };

/** Specks of any kind somewhere in the frame, never empty, trimmed. */
export const anyMask: fc.Arbitrary<Bitmap> = fc
  .record({ columns: fc.integer({ min: 1, max: 12 }), rows: fc.integer({ min: 1, max: 12 }) })
  .chain(({ columns, rows }) =>
    fc.record({
      column: fc.integer({ min: 0, max: FRAME.columns - columns }),
      row: fc.integer({ min: 0, max: FRAME.rows - rows }),
      columns: fc.constant(columns),
      rows: fc.constant(rows),
      pixels: fc
        .array(fc.integer({ min: 0, max: 1 }), { minLength: columns * rows, maxLength: columns * rows })
        .map((values) => Uint8Array.from(values)),
    }),
  )
  .filter(({ pixels }) => pixels.includes(1))
  .map((bitmap) => trimmed(bitmap) as Bitmap);

/** The pixels that are in, as words: equal lists are equal masks whatever their boxes. */
export function pixelsIn(bitmap: Bitmap | null): string[] {
  const found: string[] = [];
  if (!bitmap) return found;
  for (let row = bitmap.row; row < bitmap.row + bitmap.rows; row++) {
    for (let column = bitmap.column; column < bitmap.column + bitmap.columns; column++) {
      if (isIn(bitmap, column, row)) found.push(`${column},${row}`);
    }
  }
  return found;
}
