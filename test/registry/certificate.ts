import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A key and a certificate for 127.0.0.1 that it signed itself. */
export interface Certificate {
  readonly keyFile: string;
  readonly certificateFile: string;
  readonly pem: string;
}

export async function makeCertificate(directory: string, name: string): Promise<Certificate> {
  const [keyFile, certificateFile] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)];
  await execute('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-noenc', '-days', '2', '-subj', `/CN=${name}.test`],
    ...['-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', keyFile, '-out', certificateFile],
  ]);
  return { keyFile, certificateFile, pem: await readFile(certificateFile, 'utf8') };
}
