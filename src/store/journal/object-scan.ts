/**
 * Reads all objects in order, checking each row's checksum and at the end the set hash and the count.
 *
 * A million rows one by one cost three seconds in the driver alone, nearly all of it the making of values. So SQLite puts a batch of
 * rows together: their images one after the other in one blob, their checksums in one array. Octets pass through `group_concat` as
 * text that nothing looks into; that each row's checksum is taken of what came out is what makes it safe to rely on.
 */

import { checksum, withSum } from '../sqlite/checksum.ts';
import type { Database } from '../sqlite/database.ts';
import type { JournalState } from './journal-state.ts';
import { type PackedObjects, Places } from './packed-objects.ts';
import { imageHead } from './write-codec.ts';

/** A batch ends after so many rows or octets; one row alone may be larger. */
const BATCH_ROWS = 2000;
const BATCH_OCTETS = 2 * 1024 * 1024;

const BATCH = 'FROM object WHERE space = ? AND key > ? ORDER BY key LIMIT ?';

/**
 * Yields the objects of the transaction that `db` is in, in batches. `damaged` is told what is wrong; when it does not throw, the scan goes
 * on with the next row, leaving the wrong one out.
 */
export function* scanObjects(
  db: Database,
  state: JournalState,
  damaged: (what: string) => void,
): Generator<PackedObjects> {
  const nextSpace = db.prepare('SELECT min(space) AS space FROM object WHERE space > ?');
  const lengths = db.prepare(
    `SELECT json_group_array(length(key)) AS keys, json_group_array(length(value)) AS octets
     FROM (SELECT key, value ${BATCH})`,
  );
  const images = db.prepare(
    `SELECT CAST(group_concat(image, '') AS BLOB) AS images, json_group_array(sum) AS sums
     FROM (SELECT space || ':' || length(key) || ':' || CAST(key AS TEXT) || CAST(value AS TEXT) AS image, sum ${BATCH})`,
  );
  let count = 0;
  let setHash = 0;
  for (let space = ''; ; ) {
    const next = nextSpace.get(space)?.['space'];
    if (typeof next !== 'string') break;
    // A space that is no text comes back as another one, which it comes after.
    if (next === space) {
      damaged(`a space has a damaged name (${next})`);
      break;
    }
    space = next;
    // No key is empty, so every key comes after the empty one.
    for (let after: Uint8Array = new Uint8Array(); ; ) {
      const found = lengths.get(space, after, BATCH_ROWS) ?? {};
      const keyLengths = JSON.parse(String(found['keys'])) as number[];
      const valueLengths = JSON.parse(String(found['octets'])) as number[];
      const rows = rowsOf(keyLengths, valueLengths);
      if (rows === 0) break;
      const packed = images.get(space, after, rows) ?? {};
      const octets = packed['images'] as Uint8Array;
      const sums = JSON.parse(String(packed['sums'])) as number[];
      const places = new Places(rows);
      let at = 0;
      for (let row = 0; row < rows; row += 1) {
        const keyStart = at + imageHead(space, keyLengths[row]!).length;
        const keyEnd = keyStart + keyLengths[row]!;
        const end = keyEnd + valueLengths[row]!;
        const sum = checksum(octets.subarray(at, end));
        if (sum === sums[row]) places.add(keyStart, keyEnd, end);
        else {
          const key = Buffer.from(octets.subarray(keyStart, keyEnd)).toString('hex');
          damaged(`an object of the space ${space} (key ${key}) has a wrong checksum`);
        }
        setHash = withSum(setHash, sum);
        at = end;
        // A copy: who takes the batch may take its memory too.
        if (row === rows - 1) after = octets.slice(keyStart, keyEnd);
      }
      count += rows;
      // Where keys are damaged the order may lead back: no more is read than there can be.
      if (count > state.objects) {
        damaged(`it has more objects than the ${state.objects} that were written`);
        return;
      }
      yield { space, octets, places: places.taken() };
    }
  }
  if (count !== state.objects) damaged(`it has ${count} objects where ${state.objects} were written`);
  else if (setHash !== state.setHash) damaged('its objects are not the ones that were written (the set hash is wrong)');
}

/** How many of the rows make a batch. */
function rowsOf(keyLengths: readonly number[], valueLengths: readonly number[]): number {
  let octets = 0;
  for (let row = 0; row < keyLengths.length; row += 1) {
    octets += keyLengths[row]! + valueLengths[row]!;
    if (octets > BATCH_OCTETS) return Math.max(1, row);
  }
  return keyLengths.length;
}
