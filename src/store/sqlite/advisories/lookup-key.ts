/** What records are found by: a hash, so whoever looks something up has to compare what he finds. */
export function idKey(id: string): number {
  return hashOf(`id ${foldedId(id)}`);
}

export function packageKey(ecosystem: string, name: string): number {
  return hashOf(`package ${ecosystem} ${foldedName(name)}`);
}

export function foldedId(id: string): string {
  return id.toLowerCase();
}

/** One form for all that any ecosystem takes for the same name. */
export function foldedName(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}

/** `Debian` of `Debian:12` */
export function withoutRelease(ecosystem: string): string {
  const colon = ecosystem.indexOf(':');
  return colon < 0 ? ecosystem : ecosystem.slice(0, colon);
}

/** 53 bits of two multiplicative hashes: fast, and good enough where a collision costs a comparison. */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (low & 0x1fffff) + (high >>> 0);
}
