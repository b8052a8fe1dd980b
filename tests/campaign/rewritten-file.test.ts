/** 20,000 logins by an htpasswd file while it is rewritten 1,000 times: 0 wrong answers (RELIABILITY S27). */
import { it } from 'node:test';
import { logInWhileRewritten } from '../realm/modules/rewritten-file.ts';

it('a file that is rewritten all the while gives no wrong answer', async (t) => {
  t.diagnostic(`${await logInWhileRewritten(20_000, 1_000)} logins`);
});
