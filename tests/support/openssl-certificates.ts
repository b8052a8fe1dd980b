/** Certificates for servers under test, good and bad, made by openssl in a folder of the test's. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface CertificateRequest {
  /** File names without ending: `NAME.pem` and `NAME.key` are made. */
  readonly name: string;
  readonly commonName: string;
  /** Such as `DNS:localhost` or `IP:127.0.0.1`; none when empty. */
  readonly alternativeNames?: readonly string[];
  /** The name of the authority that signs; self-signed without it. */
  readonly signedBy?: string;
  readonly authority?: boolean;
  /** Days from now: `[from, to]`, either may be past. */
  readonly validity?: readonly [number, number];
  readonly key?: 'ec' | 'rsa1024' | 'rsa2048';
  readonly digest?: 'sha256' | 'sha1';
  readonly extendedKeyUsage?: string;
}

export interface CertificateFiles {
  readonly certificateFile: string;
  readonly keyFile: string;
}

export function makeCertificate(folder: string, request: CertificateRequest): CertificateFiles {
  const file = (ending: string) => join(folder, `${request.name}.${ending}`);
  const files = { certificateFile: file('pem'), keyFile: file('key') };
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe', cwd: folder });
  const key =
    request.key === undefined || request.key === 'ec'
      ? ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']
      : ['-algorithm', 'RSA', '-pkeyopt', `rsa_keygen_bits:${request.key.slice(3)}`];
  openssl('genpkey', ...key, '-out', files.keyFile);
  openssl('req', '-new', '-key', files.keyFile, '-subj', `/CN=${request.commonName}`, '-out', file('csr'));
  writeFileSync(file('ext'), extensions(request));
  writeFileSync(file('index'), '');
  writeFileSync(file('conf'), caConfiguration(request, folder));
  const signer = request.signedBy ?? request.name;
  const [from, to] = request.validity ?? [-1, 30];
  openssl(
    ...['ca', '-batch', '-notext', '-config', file('conf'), '-in', file('csr'), '-out', files.certificateFile],
    ...(request.signedBy === undefined ? ['-selfsign'] : ['-cert', join(folder, `${signer}.pem`)]),
    ...['-keyfile', join(folder, `${signer}.key`), '-extfile', file('ext')],
    ...['-startdate', asn1Time(from), '-enddate', asn1Time(to), '-md', request.digest ?? 'sha256'],
  );
  return files;
}

function extensions({ authority = false, alternativeNames = [], extendedKeyUsage }: CertificateRequest): string {
  return [
    `basicConstraints=critical,CA:${authority ? 'TRUE' : 'FALSE'}`,
    ...(alternativeNames.length > 0 ? [`subjectAltName=${alternativeNames.join(',')}`] : []),
    ...(extendedKeyUsage === undefined ? [] : [`extendedKeyUsage=${extendedKeyUsage}`]),
    '',
  ].join('\n');
}

function caConfiguration({ name }: CertificateRequest, folder: string): string {
  return `[ca]
default_ca=ca_default
[ca_default]
new_certs_dir=${folder}
database=${join(folder, `${name}.index`)}
rand_serial=yes
policy=policy_any
[policy_any]
commonName=supplied
`;
}

function asn1Time(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, '');
}
