/**
 * Two hundred login names that attack SQL (RELIABILITY S26): what breaks out of quotes, stacks statements, delays, unites,
 * or is read differently after another encoding. None of them is a user.
 */
const BREAKS = [
  "'",
  "''",
  '"',
  '`',
  "\\'",
  '%bf%27',
  '\u00bf\u0027',
  '\u02bc',
  '\uff07',
  "'||'",
  "')",
  "'))",
  '$$',
  '$1',
  '?1',
];
const TAILS = [
  '',
  ' OR 1=1',
  " OR '1'='1",
  ' OR 1=1 --',
  ' OR 1=1 /*',
  ' UNION SELECT name, password FROM users --',
  '; DROP TABLE users; --',
  '; SELECT pg_sleep(5); --',
  ' AND (SELECT pg_sleep(5)) IS NULL --',
  "; UPDATE users SET password = '' --",
  ' LIKE %',
  '::text',
  ' COLLATE nocase',
];

export const SQL_PAYLOADS: readonly string[] = [
  ...BREAKS.flatMap((quote) => TAILS.map((tail) => `${['', 'izumi'][tail.length % 2]}${quote}${tail}`)),
  ...['%', '_', 'i%', 'izum_', 'IZUMI', 'izumi%00', 'izumi ', ' izumi'],
].slice(0, 203);
