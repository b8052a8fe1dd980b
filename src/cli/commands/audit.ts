/** `realmgate audit search|verify` */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type AuditRecord, parseAuditId } from '../../audit/index.ts';
import type { Instant } from '../../base/index.ts';
import { parseDuration } from '../../config/index.ts';
import { callAct } from '../call-act.ts';
import { type Act, commonOptions } from '../common-options.ts';
import { EXIT, json, table } from '../output.ts';
import type { CommandPorts } from '../ports.ts';

interface SearchFlags {
  readonly since?: Instant;
  readonly until?: Instant;
  readonly user?: string;
  readonly client?: string;
  readonly realm?: string;
  readonly service?: string;
  readonly outcome?: string;
  readonly limit: number;
}

const OUTCOMES = ['authenticated', 'refused', 'unavailable', 'challenged', 'permitted', 'denied'];
const MOST_RECORDS = 10_000;

export function addAuditCommands(program: Command, ports: CommandPorts, act: Act): void {
  const { terminal } = ports;
  const instant = (text: string): Instant => {
    const span = parseDuration(text);
    const parsed = span === undefined ? Date.parse(text) : ports.now() - span;
    if (Number.isNaN(parsed)) throw new InvalidArgumentError('Write an instant or a span such as 2h.');
    return parsed;
  };
  const audit = program.command('audit').description('the trail of logins, decisions and acts');
  audit
    .command('search')
    .description('show records, newest first')
    .option('--since <when>', 'an instant (2026-11-22T09:00:00Z) or a span back from now (2h)', instant)
    .option('--until <when>', 'the same, for the end', instant)
    .option('--user <name>', 'the canonical login name')
    .option('--client <address>')
    .option('--realm <name>')
    .option('--service <name>')
    .addOption(new Option('--outcome <outcome>', 'only those that came to this').choices(OUTCOMES))
    .option('--limit <count>', `how many at most, up to ${MOST_RECORDS}`, limit, 50)
    .action((flags: SearchFlags, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const { user, ...same } = flags;
        const { records } = await callAct(ports, config, 'audit-search', {
          ...same,
          ...(user !== undefined && { name: user }),
          kinds: ['attempt', 'decision', 'act', 'refusals'],
        });
        terminal.out(
          output === 'json'
            ? json(records)
            : table(['WHEN', 'ID', 'WHAT', 'WHO', 'WHERE', 'OUTCOME', 'WHY'], records.map(row)),
        );
        return EXIT.ok;
      }),
    );

  audit
    .command('verify')
    .description('check that nothing in the trail was altered, removed, moved or cut off; works without a server')
    .option('--head <id>', 'the id of a signed head that must be there; may be repeated', heads, [])
    .action((flags: { head: string[] }, command: Command) =>
      act(async () => {
        const { config, output } = commonOptions(command, ports);
        const report = await ports.verifyAudit(config, flags.head);
        if (output === 'json') terminal.out(json(report));
        else {
          const rows = report.chains.map((chain) => Object.values(chain).map(String));
          for (const problem of report.problems) terminal.out(`${Object.values(problem).join('  ')}\n`);
          terminal.out(`${report.sound ? 'sound' : 'NOT SOUND'}: ${rows.length} chains\n`);
        }
        return report.sound ? EXIT.ok : EXIT.no;
      }),
    );
}

function limit(text: string): number {
  const count = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (count < 1 || count > MOST_RECORDS) throw new InvalidArgumentError(`Write a number from 1 to ${MOST_RECORDS}.`);
  return count;
}

function heads(text: string, before: string[]): string[] {
  if (parseAuditId(text) === undefined) throw new InvalidArgumentError('Write the id of a record.');
  return [...before, text];
}

function row(record: AuditRecord): string[] {
  const when = new Date(record.at).toISOString().slice(0, 19);
  switch (record.kind) {
    case 'attempt':
      return [
        when,
        record.id,
        `login by ${record.door}`,
        record.name ?? '',
        record.realm,
        record.outcome,
        record.reason ?? '',
      ];
    case 'decision': {
      const where = `${record.method} ${record.host}${record.path}`;
      const outcome = record.permitted ? 'permitted' : 'denied';
      return [
        when,
        record.id,
        record.service,
        `${record.domain ?? ''}\\${record.name ?? ''}`,
        where,
        outcome,
        record.reason,
      ];
    }
    case 'act':
      return [when, record.id, record.action, record.by, record.target ?? '', '', detail(record.detail)];
    case 'refusals':
      return [
        when,
        record.id,
        'flood',
        record.name ?? '',
        record.where ?? '',
        `refused ${record.count}`,
        record.reason,
      ];
    default:
      return [when, record.id, record.kind, '', '', '', ''];
  }
}

function detail(values: Readonly<Record<string, unknown>> | undefined): string {
  return Object.entries(values ?? {})
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}
