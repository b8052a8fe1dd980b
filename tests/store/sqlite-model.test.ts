/** The SQLite store does what a Map would, whatever is written (the long run is tests/campaign/store-model.test.ts). */
import { it } from 'node:test';
import { agreeWithModel } from './store-model.ts';

it('the sqlite store agrees with a map, whatever is written', (t) => agreeWithModel(t, 6));
