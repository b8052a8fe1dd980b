/**
 * system, floor 6: the machine and the network outward: the databases that the `sql` login module asks.
 */
export { createSqlSource, type SqlSourcePorts } from './sql-source.ts';
