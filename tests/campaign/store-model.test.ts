/** The SQLite store does what a Map would, whatever is written 500 times. */
import { it } from 'node:test';
import { agreeWithModel } from '../store/store-model.ts';

it('the sqlite store agrees with a map, whatever is written', (t) => agreeWithModel(t, 500));
