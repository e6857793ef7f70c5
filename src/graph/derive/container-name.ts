/**
 * A container's name without what tells its replicas apart: `web-1`, `shop_web_2` and `web.3` are `web`,
 * `shop_web` and `web`. Null for a name that says nothing: one that the engine made up, or an id.
 */
export function serviceNameOfContainer(name: string): string | null {
  const plain = podContainerName(name) ?? name;
  if (isMadeUp(plain) || /^[0-9a-f]{12,64}$/.test(plain)) return null;
  const base = plain.replace(/[-_.]\d{1,6}$/, '');
  return base === '' ? null : base;
}

/** cri-dockerd's `k8s_CONTAINER_POD_NAMESPACE_UID_ATTEMPT`. */
function podContainerName(name: string): string | null {
  const parts = name.split('_');
  return parts[0] === 'k8s' && parts.length === 6 ? (parts[1] ?? null) : null;
}

/** Docker and Podman name a container that nobody named `adjective_surname`, from one fixed list. */
function isMadeUp(name: string): boolean {
  const match = /^([a-z]+)_[a-z]+\d?$/.exec(name);
  return match !== null && ADJECTIVES.has(match[1] ?? '');
}

const ADJECTIVES = new Set(
  `admiring adoring affectionate agitated amazing angry awesome beautiful blissful bold boring brave busy
  charming clever compassionate competent condescending confident cool cranky crazy dazzling determined
  distracted dreamy eager ecstatic elastic elated elegant eloquent epic exciting fervent festive flamboyant
  focused friendly frosty funny gallant gifted goofy gracious great happy hardcore heuristic hopeful hungry
  infallible inspiring intelligent interesting jolly jovial keen kind laughing loving lucid magical modest
  musing mystifying naughty nervous nice nifty nostalgic objective optimistic peaceful pedantic pensive
  practical priceless quirky quizzical recursing relaxed reverent romantic sad serene sharp silly sleepy
  stoic strange stupefied suspicious sweet tender thirsty trusting unruffled upbeat vibrant vigilant vigorous
  wizardly wonderful xenodochial youthful zealous zen`.split(/\s+/),
);
