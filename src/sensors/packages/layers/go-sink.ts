import type { FileReading } from '../layer-scan.ts';
import { ELF_MAGIC } from '../readers/elf.ts';
import { GO_MAGIC, readGoProgram } from '../readers/go.ts';
import type { FileSink } from './tar-reader.ts';

/** The largest Go programs in use have some 200 MB; of a larger file only the end of it is kept. */
const KEPT_BYTES_MAX = 256 * 2 ** 20;

/**
 * Looks for Go's build information in a file that may be a program. Keeps its pieces as they came (no
 * copies); in a file past the limit only what follows the first mark.
 */
export function goSink(found: (reading: FileReading) => void): FileSink {
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let start = 0;
  let isProgram: boolean | null = null;
  let hasMark = false;
  let tail: Buffer = Buffer.alloc(0);
  return {
    push(bytes) {
      isProgram ??= couldBeProgram(bytes);
      if (!isProgram || (hasMark && keptBytes > KEPT_BYTES_MAX)) return;
      hasMark ||= bytes.includes(GO_MAGIC) || Buffer.concat([tail, bytes.subarray(0, 13)]).includes(GO_MAGIC);
      tail = bytes.length >= 13 ? bytes.subarray(-13) : Buffer.concat([tail, bytes]).subarray(-13);
      if (!hasMark && keptBytes > KEPT_BYTES_MAX) {
        const last = kept.at(-1) ?? Buffer.alloc(0);
        start += keptBytes - last.length;
        kept = [last];
        keptBytes = last.length;
      }
      kept.push(bytes);
      keptBytes += bytes.length;
    },
    end() {
      const reading = hasMark ? readGoProgram(Buffer.concat(kept), start) : null;
      kept = [];
      if (reading !== null) found(reading);
    },
  };
}

/** The first piece may be shorter than the mark, where the archive's pieces end right there. */
function couldBeProgram(bytes: Buffer): boolean {
  return ELF_MAGIC.subarray(0, bytes.length).equals(bytes.subarray(0, ELF_MAGIC.length));
}
